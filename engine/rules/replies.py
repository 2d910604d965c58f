"""What a head's short reply in a group means: got it, passed it on, could not, or nobody can say.

Whatever is not plainly one of these is unclear and waits for a person: a wrong confirmation
hides that people were not reached, a missing one does not.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

#: Longer than this is no short reply any more, in characters.
_LONGEST = 120


class Meaning(StrEnum):
    """What a reply says."""

    RECEIVED = "received"
    RELAYED = "relayed"
    NOT_RELAYED = "not_relayed"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as it was understood; ``households`` None when it gives no number."""

    meaning: Meaning
    households: int | None = None


_NOT = r"(?:chua|khong|ko|k|hong|khg|dau|kho)"
_RECEIVED = re.compile(
    r"\b(?:(?:da|vua|moi) (?:nhan|xem|doc|nam|ro|tiep nhan)|nhan (?:duoc )?(?:roi|tin|du|ok)|da ro|"
    r"nhan roi|toi nhan|em nhan|da tiep nhan)\b"
)
_RELAYED = re.compile(
    r"\b(?:da|vua|moi) (?:chuyen|bao|thong bao|dua|phat|gui|dang|phoi hop bao|trien khai)\b"
    r"|\b(?:chuyen|bao|gui|dang|thong bao) (?:xong|roi|het|du)\b"
)
_NEGATED = re.compile(rf"\b{_NOT}\b(?: \w+)? (?:chuyen|nhan|bao|gui|dang|thong bao|xem|doc)\b")
_FUTURE = re.compile(
    r"\b(?:se|chut|lat|mai|chieu nay|toi nay|toi mai|sang mai|de toi|cho toi|dang)\b(?! len nhom)"
)
#: A nod has at most so many words: a nod's own, and such as stand beside one.
_SHORT = 6
_NOD = re.compile(r"ok|oke|okey|okay|oki|okie|okela|da|vang|uh|um|u|ro|biet|hieu|xong|roi|duoc")
_BESIDE = re.compile(r"a|ah|nhe|nha|nhen|anh|chi|em|co|chu|bac|toi|minh|xa|ban|ap|cam|on")
_SIGNS = "👍👌✅🆗🙏"
_NUMBER = re.compile(r"\b(\d{1,3}(?:\.\d{3})+|\d{1,6})(?: \w+)? (?:ho|nha|gia dinh)\b")
_BARE = re.compile(r"\d")
#: Who was told: nobody. Then it was not passed on, whatever else stands beside it.
_NOBODY = re.compile(rf"\b{_NOT}(?: (?:co|den|duoc|toi))? (?:ho|ai|nha|nguoi|gia dinh)\b")


def read_reply(text: str) -> Reply:
    """Return what ``text`` means, written with or without accents."""
    plain = _plain(text)
    if not plain or len(plain) > _LONGEST or "?" in text:
        return Reply(Meaning.UNCLEAR)
    if _NEGATED.search(plain):
        relayed = re.search(rf"\b{_NOT}\b(?: \w+)? (?:chuyen|bao|gui|dang|thong bao)\b", plain)
        both = relayed and not _RELAYED.search(plain) and not _RECEIVED.search(plain)
        return Reply(Meaning.NOT_RELAYED if both else Meaning.UNCLEAR)
    numbers = [int(found.replace(".", "")) for found in _NUMBER.findall(plain)]
    if _RELAYED.search(plain):
        if _FUTURE.search(_RELAYED.sub(" ", plain)) or len(numbers) > 1:
            return Reply(Meaning.UNCLEAR)
        if not numbers and _BARE.search(plain):
            return Reply(Meaning.UNCLEAR)  # a number of what?
        if 0 in numbers or _NOBODY.search(plain):
            return Reply(Meaning.UNCLEAR)  # passed on to nobody: somebody asks what it means
        return Reply(Meaning.RELAYED, numbers[0] if numbers else None)
    if _RECEIVED.search(plain) and not numbers:
        return Reply(Meaning.RECEIVED)
    return Reply(Meaning.UNCLEAR)


def is_answer(text: str) -> bool:
    """Say whether ``text`` answers something, however unclear: no small talk.

    So does what speaks of receiving or passing on, and a bare "ok", "dạ rồi", 👍.
    """
    plain = _plain(text)
    if any(one.search(plain) for one in (_NEGATED, _RELAYED, _RECEIVED)):
        return True
    words = plain.replace(".", " ").split()
    if words:
        nods = [_NOD.fullmatch(word) is not None for word in words]
        beside = [_BESIDE.fullmatch(word) is not None for word in words]
        return len(words) <= _SHORT and any(nods) and all(map(max, nods, beside))
    return any(sign in text for sign in _SIGNS)


def _plain(text: str) -> str:
    """Return ``text`` in small letters without accents and signs, with single spaces."""
    small = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(one for one in small if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^\w.]+|\.(?!\d)", " ", letters).split())
