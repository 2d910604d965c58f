"""Splitting a long message where a reader would pause.

Paragraph, then line, sentence and word; never inside a phone number, date, hour, amount of
money, URL or grapheme. Only a word, or a URL, that is longer than a whole message is cut.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from enum import IntEnum
from itertools import accumulate

from channels.chat.graphemes import is_boundary
from channels.chat.platforms import Platform

_GAP = re.compile(r"[^\S\u00a0\u2007\u202f]+")  # white space, but for the non-breaking kinds
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\Z")
_KEPT = re.compile(
    r"""
      (?:https?://|www\.)\S+
    | (?:ngày\s+)?\d{1,2}\s+tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?
    | \d{1,2}\s+giờ(?:\s+\d{1,2}\b(?:\s+phút)?)?
    | \+?(?:\(\d+\)[ ]?)?\d+(?:[ \u00a0.,:/–-]\d+)*(?:\s+(?:nghìn|ngàn|triệu|tỷ|tỉ|đồng)\b)*
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: No phone number, date or amount is longer; a longer run of digits is a list, which may break.
_LONGEST_NUMBER = 40


class _Pause(IntEnum):
    """Where a reader would pause, best place first."""

    PARAGRAPH = 0
    LINE = 1
    SENTENCE = 2
    WORD = 3
    AFTER_COLON = 4  # parts a heading or a label from what it announces


class _Text:
    """One text, measured once and marked with its pauses."""

    def __init__(self, text: str, platform: Platform) -> None:
        self._text = text
        self._lengths = [0, *accumulate(map(platform.width, text))]
        self._kept = [m.span() for m in _KEPT.finditer(text) if _is_kept(m.group())]
        self._kept_starts = [start for start, _ in self._kept]
        self._pauses: dict[_Pause, list[tuple[int, int]]] = {pause: [] for pause in _Pause}
        for gap in _GAP.finditer(text):
            if self._is_open(gap.start()) and is_boundary(text, gap.end()):
                self._pauses[_pause(text, gap)].append(gap.span())

    def pieces(self, room: int) -> Iterator[str]:
        """Yield the text in pieces no longer than ``room``, without the gaps between them."""
        start = 0
        while start < len(self._text):
            reach = bisect_right(self._lengths, self._lengths[start] + room) - 1
            if reach == len(self._text):
                end = following = reach
            else:
                end, following = self._cut(start, reach)
            yield self._text[start:end]
            start = following

    def _cut(self, start: int, reach: int) -> tuple[int, int]:
        """Return where the piece from ``start`` ends, at most at ``reach``, and the next begins.

        A pause is good when it leaves the piece at least half full; else any will do.
        """
        half = (self._lengths[start] + self._lengths[reach]) / 2
        found = [gap for pause in _Pause if (gap := self._last(pause, start, reach))]
        for gap in found:
            if self._lengths[gap[0]] >= half:
                return gap
        if found:
            return max(found)
        position = self._inside_word(start, reach)
        return position, position

    def _last(self, pause: _Pause, start: int, reach: int) -> tuple[int, int] | None:
        gaps = self._pauses[pause]
        index = bisect_left(gaps, (reach + 1, 0)) - 1
        return gaps[index] if index >= 0 and gaps[index][0] > start else None

    def _inside_word(self, start: int, reach: int) -> int:
        """Return where to cut a word that alone is too long, sparing numbers and graphemes."""
        position = reach
        while position > start:
            kept = self._kept_at(position)
            if kept is not None and kept > start:
                position = kept
            elif is_boundary(self._text, position):
                return position
            else:
                position -= 1
        return reach  # one number, URL or grapheme fills more than a message

    def _kept_at(self, position: int) -> int | None:
        """Return the start of what must stay whole around ``position``, if anything must."""
        index = bisect_left(self._kept_starts, position) - 1
        if index >= 0 and self._kept[index][0] < position < self._kept[index][1]:
            return self._kept[index][0]
        return None

    def _is_open(self, position: int) -> bool:
        return self._kept_at(position) is None


def _is_kept(found: str) -> bool:
    return not found[-1:].isspace() and (
        len(found) <= _LONGEST_NUMBER or found[:4].lower() in ("http", "www.")
    )


def _pause(text: str, gap: re.Match[str]) -> _Pause:
    before = text[max(0, gap.start() - 4) : gap.start()]
    if before.endswith(":"):
        return _Pause.AFTER_COLON
    breaks = gap.group().count("\n")
    if breaks:
        return _Pause.PARAGRAPH if breaks > 1 else _Pause.LINE
    return _Pause.SENTENCE if _SENTENCE_END.search(before) else _Pause.WORD


def split(text: str, closing: str, platform: Platform, mark: str = "") -> tuple[str, ...]:
    """Return ``text`` and ``closing`` as messages that ``platform`` takes.

    Both are clean (NFC, no outer white space). One message stays as it is; several begin with
    "(1/3)" on a line of its own, with ``mark`` behind it. ``closing`` (contact and link) stays
    whole in the last one. Nothing but the white space at the cuts is left out.
    """
    text, closing = platform.escape(text), platform.escape(closing)
    whole = "\n\n".join(filter(None, (text, closing)))
    if platform.length(whole) <= platform.limit:
        return (whole,)
    digits = 1
    while True:
        widest = _number(digits * "9", digits * "9", mark)
        room = platform.limit - platform.length(widest)
        parts = _fill(text, closing, platform, room)
        if len(str(len(parts))) <= digits:
            return tuple(_number(n, len(parts), mark) + part for n, part in enumerate(parts, 1))
        digits += 1


def _fill(text: str, closing: str, platform: Platform, room: int) -> list[str]:
    parts = list(_Text(text, platform).pieces(room))
    ending = list(_Text(closing, platform).pieces(room))
    if parts and len(ending) == 1:
        last = f"{parts[-1]}\n\n{closing}"
        if platform.length(last) <= room:
            return [*parts[:-1], last]
    return parts + ending


def _number(n: object, count: object, mark: str) -> str:
    return f"({n}/{count}) {mark}\n" if mark else f"({n}/{count})\n"
