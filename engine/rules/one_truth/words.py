"""A written text as the words that are said: every habit of writing becomes one.

``7h30``, ``07:30`` and ``7 giờ 30`` are all said "bảy giờ ba mươi phút"; so what reads texts
aloud is what makes them comparable. Each word knows where it stands in what was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from channels.loudspeaker.spoken import speak
from engine.rules.one_truth.foreign import ForeignHour, foreign_hours

_PIECE = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?|[.,;:!?…()\[\]\n•–-]|[^\s\w]")
_MARK = re.compile(r"[^\w]")
#: A line that goes on in the next: an author's editor broke it, and no mark ends it.
_WRAPPED = re.compile(r"(?<=[^\s.!?;:])\n(?=[^\W\d_A-ZĐÀ-Ỹ]|\d(?!\d*[.)]\s))")
#: Words beside numbers in Khmer, by their consonants, as the reader names what it cannot say.
_KHMER = {"ថងទ": "ngày", "ខ": "tháng", "ឆន": "năm", "ដង": "đồng", "។": ".", "៕": "."}
_KHMER_MONTHS = {
    "មករ": "một", "កមភ": "hai", "មន": "ba", "មស": "tư", "ឧសភ": "năm", "មថន": "sáu",
    "កកកដ": "bảy", "សហ": "tám", "កញញ": "chín", "តល": "mười", "វចឆក": "mười một",
    "ធន": "mười hai",
}  # fmt: skip
_KHMER |= {f"ខ{name}": f"tháng {number}" for name, number in _KHMER_MONTHS.items()}
#: The rule of a word in a script that is not read: it parts what stands beside it.
FOREIGN = "other script"
#: What ends a sentence; a colon and a comma do not.
ENDS = frozenset({".", "!", "?", ";", "…", "\n", "•"})


@dataclass(frozen=True, slots=True)
class Word:
    """One said word, or a mark. ``start`` to ``end`` is what it was written as, in the text.

    ``rule`` is the reading rule that made it, ``written`` what that rule read; both are empty
    for a word that is said as it is written. ``capital``: it was written with a capital.
    """

    said: str
    start: int
    end: int
    rule: str = ""
    written: str = ""
    capital: bool = False

    @property
    def mark(self) -> bool:
        return not self.said[0].isalnum()


#: "ngày 29.12" is a day whatever stands before it; a slash cannot be taken for a comma.
_DOTTED_DAY = re.compile(r"(?<=ngày )(\d{1,2})\.(\d{1,2})(?![\d.]*\d)")
#: "Chủ nhật 13/12" is a day whatever comes behind it.
_AFTER_WEEKDAY = re.compile(
    r"(\b(?:thứ \w{2,3}|chủ nhật|cn|t[2-7]),? )(\d{1,2})/(\d{1,2})(?![\d/])", re.IGNORECASE
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_DAY_AND_MONTH = rf"{_DAY}/(?:0?[1-9]|1[0-2])(?![\d/])"
#: "11/12 và 18/12" are days both, and "12/12 Ấp 3" is one; "11/12 và 5/7 phiếu" are shares.
_IN_A_ROW = re.compile(
    rf"(?<![\d/.,])({_DAY})/(?=(?:0?[1-9]|1[0-2])(?:(?:,| và| đến| tới| -| –) (?:ngày )?"
    rf"{_DAY_AND_MONTH}(?! ?(?:phiếu|điểm|hộ|em|trẻ|người|ấp|thôn|ý kiến|đại biểu|hồ sơ|phần))"
    r"| (?:Ấp|Thôn|Tổ|Khu|Xóm|Bản) \w))"
)
#: "vào 13:30" is an hour whatever stands before it, unless that speaks of shares.
_CLOCK = re.compile(
    r"(?<!tỷ lệ )(?<!tỉ lệ )(?<!tỷ số )(?<!tỉ số )(?<!pha )(?<![\d:.,])"
    r"([01]\d|2[0-3]|[5-9]):([0-5]\d)(?![\d:.,]*\d)"
)


@lru_cache(maxsize=4_096)
def words_of(text: str) -> tuple[Word, ...]:
    """Return the words of ``text`` as they are said, in order, lower case, with their marks."""
    text = _WRAPPED.sub(" ", unicodedata.normalize("NFC", text))
    foreign = tuple(foreign_hours(text))
    for hour in foreign:  # a comma in its place, of the same length, lets nothing join over it
        gap = "," + " " * (hour.end - hour.begin - 1)
        text = text[: hour.begin] + gap + text[hour.end :]
    text = _AFTER_WEEKDAY.sub(r"\1\2.\3", text)
    text = _IN_A_ROW.sub(r"\1.", text)
    text = _CLOCK.sub(r"\1h\2", _DOTTED_DAY.sub(r"\1/\2", text))
    words = tuple(_words(text))
    if not foreign:
        return words
    gaps = {hour.begin for hour in foreign}
    kept = [word for word in words if word.said != "," or word.start not in gaps]
    hours = [word for hour in foreign for word in _hour_said(hour)]
    return tuple(sorted((*kept, *hours), key=lambda word: word.start))


def _hour_said(hour: ForeignHour) -> Iterator[Word]:
    """Yield the words of an hour in another language, as they are said in Vietnamese."""
    if hour.lead:
        yield Word(hour.lead, hour.begin, hour.start)
    for word in words_of(f"{hour.minutes // 60:02d}h{hour.minutes % 60:02d}"):
        yield replace(word, start=hour.start, end=hour.end)


def _words(text: str) -> Iterator[Word]:
    position = 0
    for token in speak(text).tokens:
        if token.start < position:
            continue
        yield from _pieces(text[position : token.start], position)
        said = token.spoken or _KHMER.get(token.written, "")
        if token.rule == FOREIGN and not said:
            said = token.written
        if token.rule in {"bracket", "dash", "bullet", "sign"} and not said.strip(" ,"):
            said = token.written
        capital = token.written[:1].isupper()
        for piece in _PIECE.findall(said):
            yield Word(piece.lower(), token.start, token.end, token.rule, token.written, capital)
        position = token.end
    yield from _pieces(text[position:], position)


def _pieces(text: str, offset: int) -> Iterator[Word]:
    for found in _PIECE.finditer(text):
        if unicodedata.category(found[0][0]) in {"Mn", "Mc", "Cf"}:  # no word, and no mark
            continue
        start, end = offset + found.start(), offset + found.end()
        yield Word(found[0].lower(), start, end, capital=found[0][0].isupper())


def said_at(words: tuple[Word, ...], index: int) -> str:
    """Return the word at ``index``; empty outside the text."""
    return words[index].said if 0 <= index < len(words) else ""


def before(words: tuple[Word, ...], index: int, count: int) -> list[str]:
    """Return up to ``count`` words before ``index``, the nearest first; a sentence's end stops."""
    found: list[str] = []
    for word in reversed(words[:index]):
        if word.said in ENDS or len(found) == count:
            break
        if not word.mark:
            found.append(word.said)
    return found
