"""Places in a text: houses of the commune, and the hamlets, by the words that tell them apart.

A place has a kind, from a short list of what communes have, and a name: the words behind it. Two
places are the same when the kinds are, and one's name is the beginning or a part of the other's:
"Trạm Y tế xã" and "trạm y tế xã Bình Hòa Hưng" are, "nhà văn hóa Ấp 3" and "… Ấp 4" are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from engine.rules.one_truth.facts import Kind, Place
from engine.rules.one_truth.found import Found
from engine.rules.one_truth.words import Word, said_at, words_of

#: What is said for a kind of place, and the kind: an office has several names.
_KINDS: Final[Mapping[str, str]] = {
    "nhà văn hóa": "nhà văn hóa", "nhà văn hoá": "nhà văn hóa",
    "nhà sinh hoạt cộng đồng": "nhà văn hóa", "trung tâm văn hóa": "trung tâm văn hóa",
    "trạm y tế": "trạm y tế", "trung tâm y tế": "trung tâm y tế",
    "bệnh viện": "bệnh viện", "phòng khám": "phòng khám",
    "hội trường": "hội trường", "ủy ban nhân dân": "ủy ban", "uỷ ban nhân dân": "ủy ban",
    "trụ sở ủy ban nhân dân": "ủy ban", "trụ sở uỷ ban nhân dân": "ủy ban",
    "trụ sở xã": "ủy ban", "trụ sở": "trụ sở", "văn phòng": "văn phòng",
    "trung tâm phục vụ hành chính công": "hành chính công", "bộ phận một cửa": "hành chính công",
    "trung tâm hành chính công": "hành chính công",
    "trường tiểu học": "trường tiểu học", "trường trung học cơ sở": "trường trung học cơ sở",
    "trường trung học phổ thông": "trường trung học phổ thông",
    "trường mầm non": "trường mầm non", "trường mẫu giáo": "trường mầm non", "trường": "trường",
    "điểm trường": "điểm trường", "chợ": "chợ", "đình": "đình", "chùa": "chùa",
    "nhà thờ": "nhà thờ", "sân vận động": "sân vận động", "sân bóng": "sân bóng",
    "bến xe": "bến xe", "bến phà": "bến phà", "bến đò": "bến đò", "cầu": "cầu",
    "cống": "cống", "công viên": "công viên", "bưu điện": "bưu điện",
    "công an xã": "công an", "trụ sở công an": "công an", "ban chỉ huy quân sự": "quân sự",
    "ngân hàng": "ngân hàng", "kho bạc": "kho bạc", "hợp tác xã": "hợp tác xã",
    "ngã ba": "ngã ba", "ngã tư": "ngã tư", "nhà ông": "nhà riêng", "nhà bà": "nhà riêng",
    "nhà anh": "nhà riêng", "nhà chị": "nhà riêng", "trường học": "trường",
    "nhà hàng": "nhà hàng", "trạm bơm": "trạm bơm", "kho": "kho", "khu di tích": "khu di tích",
}  # fmt: skip
_LONGEST: Final = max(len(kind.split()) for kind in _KINDS)
_LONGEST_NAME: Final = 9
#: One word that is a place only with a name, written with a capital, behind it.
_NEEDS_NAME: Final = frozenset(
    {"trường", "chợ", "đình", "chùa", "cầu", "cống", "kho", "bệnh viện", "trụ sở", "văn phòng",
     "nhà riêng", "ngân hàng", "hợp tác xã", "nhà hàng", "phòng khám"}
)  # fmt: skip
#: Words that belong to a place's name though they are written small.
_OF_NAMES: Final = frozenset({"xã", "ấp", "thôn", "phường", "khu", "tổ", "số", "khóm", "bản", "cũ",
    "mới", "khu phố", "phố", "buôn", "làng", "đường", "xóm"})  # fmt: skip
#: Of these a name may go on with a number: "ấp 3".
_NUMBERED: Final = frozenset({"ấp", "thôn", "khu", "tổ", "số", "khóm", "phố", "buôn", "xóm"})
#: What asks people to come somewhere.
_ASKING: Final = frozenset({"tại", "ở", "đến", "điểm", "về", "tới"})


def places_in(words: tuple[Word, ...]) -> Iterator[Found]:
    """Yield every place of a known kind that a text names."""
    at = 0
    while at < len(words):
        found = _place(words, at)
        if found is None:
            at += 1
        else:
            yield found
            at = found.end


def _place(words: tuple[Word, ...], at: int) -> Found | None:
    for length in range(_LONGEST, 0, -1):
        kind = _KINDS.get(" ".join(said_at(words, at + step) for step in range(length)))
        if kind is None:
            continue
        name, end = _name(words, at + length)
        if kind in _NEEDS_NAME and not any(word.capital or word.rule for word in name):
            continue
        said = tuple(word.said for word in name)
        return Found(Kind.PLACE, Place(kind, said), at, end, venue=_asked_to(words, at))
    return None


def _name(words: tuple[Word, ...], at: int) -> tuple[list[Word], int]:
    """Return the words of a place's name and where they end: "xã Bình Hòa Hưng", "Ấp 3"."""
    office = " ".join(said_at(words, at + step) for step in range(4))
    length = 4 if _KINDS.get(office) == "ủy ban" else 0  # "hội trường Ủy ban nhân dân xã"
    name = list(words[at : at + length])
    at += length
    while at < len(words) and len(name) < _LONGEST_NAME:
        word = words[at]
        numbered = bool(name) and (name[-1].said in _NUMBERED or name[-1].rule == "number")
        named = word.capital or word.said in _OF_NAMES or (numbered and _numeral(word))
        if word.mark or not named:
            break
        name.append(word)
        at += 1
    while name and name[-1].said in _NUMBERED:
        name, at = name[:-1], at - 1
    return name, at


def _numeral(word: Word) -> bool:
    return word.rule in {"number", "phone"} or word.said in {
        "một", "hai", "ba", "bốn", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mươi", "lăm",
    }  # fmt: skip


def _asked_to(words: tuple[Word, ...], at: int) -> bool:
    """Say whether people are asked to come here: "tại …", "Địa điểm: …"."""
    before = [word.said for word in words[max(0, at - 4) : at]]
    if before and before[-1] == ":":
        return bool({"nơi", "điểm", "chỗ", "tại"} & set(before))
    return bool(before) and (before[-1] in _ASKING or before[-2:] == ["địa", "điểm"])


def hamlets_in(words: tuple[Word, ...], names: tuple[str, ...]) -> Iterator[Found]:
    """Yield every hamlet of the commune that a text names; ``names`` are as in the registry."""
    known = _known(names)
    longest = max((len(name) for name in known), default=0)
    at = 0
    while at < len(words):
        for length in range(longest, 0, -1):
            said = tuple(said_at(words, at + step) for step in range(length))
            name = known.get(said)
            if name is not None:
                yield Found(Kind.HAMLET, Place("", (name,)), at, at + length)
                at += length - 1
                break
        at += 1


@lru_cache(maxsize=256)
def _known(names: tuple[str, ...]) -> dict[tuple[str, ...], str]:
    return {tuple(word.said for word in words_of(name)): name for name in names}


def same_place(one: Place, other: Place) -> bool:
    """Say whether two places can be the same, as far as they are named."""
    if one.kind != other.kind:
        halls = {one.kind, other.kind}
        within = {"hội trường", "ủy ban"}, {"văn phòng", "ủy ban"}, {"trụ sở", "ủy ban"}
        if halls in within:
            hall = one if one.kind != "ủy ban" else other
            return "ủy" in hall.name or "uỷ" in hall.name or not set(hall.name) - {"xã"}
        schools = {kind for kind in halls if kind.startswith("trường ")}
        if "trường" not in halls or not schools:
            return False
    mine, others = set(one.name), set(other.name)
    return mine <= others or others <= mine
