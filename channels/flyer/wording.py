"""Preparing an author's words for paper: always Vietnamese, always plain text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from engine.clock import local
from engine.models import Content, Correction, Priority, Purpose

NBSP = "\N{NO-BREAK SPACE}"

ZERO_WIDTH = "\N{ZERO WIDTH SPACE}"

#: So many Khmer letters in a row that no line could end, and where a syllable begins among
#: them: at a letter that bears a vowel or another letter, and is below none (Unicode, 16.4).
_KHMER_RUN = re.compile("[\u1780-\u17d3]{12,}")
_KHMER_SYLLABLE = re.compile("(?<=[\u1780-\u17d1\u17d3])(?=[\u1780-\u17b3][\u17b6-\u17d2])")

_SPACES = re.compile(r"[ \t\u00a0]+")
_BLANK_LINES = re.compile(r"\n{2,}")

#: What a number counts or measures, which is read with it. Longer ones first.
_UNITS = (
    *("tháng tuổi", "phút", "giây", "tuổi", "ngày", "tuần", "tháng", "năm"),
    *("nghìn đồng", "triệu đồng", "tỷ đồng", "đồng", "nghìn", "ngàn", "triệu", "tỷ", "VNĐ", "VND"),
    *("người", "hộ", "trẻ", "bản", "tờ", "liều", "mũi", "suất", "phần", "cái", "con", "bao"),
    *("kg", "km/h", "km", "cm", "mm", "mét", "m2", "m3", "m²", "m³", "m", "ha", "lít", "ml", "tấn"),
    *("tạ", "độ", "°C", "%", "đ"),
)

#: What must not break over two lines. Each match is short and none overlaps the next, so that
#: no author can chain them into a line wider than the page.
_KEEP_TOGETHER = re.compile(
    r"(?<!\w)(?:"
    r"\d{1,2} giờ(?: \d{1,2}(?: phút)?)?"
    r"|ngày \d{1,2} tháng \d{1,2}"
    rf"|\d[\d.,]{{0,15}} (?:{'|'.join(_UNITS)})"
    r"|(?:ngày|tháng|năm|quý|tuần|ấp|tổ|khóm|thôn|khu|số|điều|khoản|trang|đợt|lần|mũi)"
    r" \d[\d/.-]{0,9}"
    r"|(?:\+84|0\d{1,3})(?: \d{2,4}){1,3}"
    r")(?!\w)",
    re.IGNORECASE,
)

#: What names a place in Vietnamese, its name after it; names have up to four words.
_PLACES = frozenset({"XÃ", "PHƯỜNG", "TRẤN", "KHU", "TỈNH", "ẤP", "THÔN", "KHÓM", "PHỐ", "LÀNG"})
_MOST_OF_A_NAME, _LONGEST_NAME = 4, 24

_PURPOSE_MARKS = {
    Purpose.REMINDER: "NHẮC LẠI",
    Purpose.CORRECTION: "ĐÍNH CHÍNH",
    Purpose.WITHDRAWAL: "THU HỒI",
    Purpose.ALL_CLEAR: "HẾT NGUY HIỂM",
    Purpose.DRILL: "DIỄN TẬP",
}
_PRIORITY_MARKS = {Priority.EMERGENCY: "KHẨN CẤP", Priority.IMPORTANT: "QUAN TRỌNG"}

#: Purposes under which an emergency's mark would frighten without need.
_CALM = frozenset({Purpose.DRILL, Purpose.ALL_CLEAR, Purpose.WITHDRAWAL})


def printable(text: str) -> str:
    """Return ``text`` in NFC, with single spaces, line ends as ``\\n`` and at most one empty line.

    Characters that print nothing but can reorder or hide what is read (Unicode category Cf:
    direction marks, zero-width joiners, soft hyphens) are left out.
    """
    return _paragraphs(map(_printable, _lines(text)))


def unbroken(text: str) -> str:
    """Return ``text`` printable, with no-break spaces inside dates, hours, amounts and phones."""
    return _paragraphs(map(_unbroken, _lines(text)))


def foreign(text: str, lang: str) -> str:
    """Return a text in another language, printable.

    Khmer is written without spaces between words: a line may end at a zero-width space, which is
    kept, and in a run without any at the end of a syllable.
    """
    lines = _paragraphs(map(_printable, _lines(text, kept=ZERO_WIDTH if lang == "km" else "")))
    return _KHMER_RUN.sub(_with_breaks, lines) if lang == "km" else lines


def _with_breaks(run: re.Match[str]) -> str:
    return _KHMER_SYLLABLE.sub(ZERO_WIDTH, run[0])


def _lines(text: str, kept: str = "") -> list[str]:
    visible = unicodedata.normalize("NFC", text)
    for character in set(visible) - set(kept):
        if unicodedata.category(character) == "Cf":
            visible = visible.replace(character, "")
    return visible.splitlines()


def _paragraphs(lines: Iterable[str]) -> str:
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def _printable(line: str) -> str:
    return _SPACES.sub(" ", line).strip()


# Texts of many hamlets differ in a line or two; what they share is worked out once.
@lru_cache(maxsize=1024)
def _unbroken(line: str) -> str:
    return _KEEP_TOGETHER.sub(lambda found: found[0].replace(" ", NBSP), _printable(line))


def one_line(text: str) -> str:
    """Return ``text`` unbroken and on one line: a title, a name."""
    return unbroken(" ".join(text.split()))


def heading(text: str) -> str:
    """Return a title, or who issues it, on one line; no name in it is broken over two."""
    words = one_line(text).split(" ")
    names = _after_places if len(words) > 2 and text.isupper() else _capitalised
    for first, end in list(names(words)):
        if len(" ".join(words[first:end])) <= _LONGEST_NAME:
            words[first:end] = [NBSP.join(words[first:end])] + [""] * (end - first - 1)
    return " ".join(filter(None, words))


def _capitalised(words: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where two to four words in a row begin with a capital letter: Bình Hòa Hưng."""
    first = 0
    for place, word in enumerate([*words, ""]):
        if not word[:1].isupper():
            if 2 <= place - first <= _MOST_OF_A_NAME:
                yield first, place
            first = place + 1
        elif not word[-1].isalpha():
            if 2 <= place + 1 - first <= _MOST_OF_A_NAME:
                yield first, place + 1
            first = place + 1


def _after_places(words: list[str]) -> Iterator[tuple[int, int]]:
    """Yield what is named in capital letters after XÃ, ẤP …, up to a comma or the end."""
    place = 0
    while place < len(words):
        if words[place] in _PLACES:
            first = place + 1
            while place + 1 < len(words) and words[place].isalpha():
                place += 1
            end = place + 1
            if 2 <= end - first <= _MOST_OF_A_NAME:
                yield first, end
        place += 1


def validity(until: datetime) -> str:
    """Say until when a notice holds, in local time; an end of day is named by its date."""
    end = local(until)
    if (end.hour, end.minute) == (0, 0):
        end -= timedelta(minutes=1)
    if (end.hour, end.minute) == (23, 59):
        return unbroken(f"Có hiệu lực đến hết ngày {end:%d/%m/%Y}")
    return unbroken(f"Có hiệu lực đến {end:%H} giờ {end:%M} ngày {end:%d/%m/%Y}")


def withdrawn_since(at: datetime) -> str:
    """Say since when a notice does not hold any more, in local time."""
    return unbroken(f"Hết hiệu lực từ {local(at):%H} giờ {local(at):%M} ngày {local(at):%d/%m/%Y}")


def is_calm(content: Content) -> bool:
    """Say whether the page must not look like an alarm, however urgent its campaign is."""
    return content.drill or content.purpose in _CALM


def amended(content: Content) -> str:
    """Return the line that says what the page amends, and why; nothing for other pages.

    The title that stands below is not said twice. A withdrawal says all that in its text.
    """
    correction = content.correction
    if correction is None or content.purpose is Purpose.WITHDRAWAL:
        return ""
    opening = correction.opening
    if one_line(correction.previous_title) == one_line(content.title):
        opening = opening.replace(f" “{correction.previous_title}”", "", 1)
    return one_line(opening)


def mark(
    priority: Priority,
    purpose: Purpose,
    *,
    drill: bool = False,
    correction: Correction | None = None,
) -> str:
    """Return what stands above the title: KHẨN CẤP, ĐÍNH CHÍNH …; nothing for a plain notice.

    A place that a correction leaves out is told that the notice does not hold there: THU HỒI.
    """
    calm = drill or purpose in _CALM
    urgency = None if calm else _PRIORITY_MARKS.get(priority)
    played = _PURPOSE_MARKS[Purpose.DRILL] if drill and purpose is not Purpose.DRILL else None
    named = correction.heading_for(purpose) if correction else _PURPOSE_MARKS.get(purpose)
    return " · ".join(filter(None, (played, urgency, named)))


def number(value: int) -> str:
    """Return ``value`` as Vietnamese readers write it: 12.000."""
    return f"{value:,}".replace(",", ".")
