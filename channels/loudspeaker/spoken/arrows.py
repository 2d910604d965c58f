"""Arrows: "7h => 11h", "T2 → T6" and "KP4 -> KP9" go from one to the other; others are a pause."""

from __future__ import annotations

import re
from typing import Final

from .context import Context, Reading, Rule, rule
from .spans import is_span
from .syllables import UPPER

_ARROWS: Final = "→⇒➔➜➤"
_AMOUNT: Final = re.compile(r"\d[\d.]*(?:,\d+)?(?![/\d])")
_SPANS: Final = frozenset({"thứ", "ngày", "tháng", "năm"})
_WEEKDAY: Final = re.compile("(?:T[2-7]|CN)(?![0-9])")
_LETTERS_AND_NUMBER: Final = re.compile(rf"([{UPPER}]+)\d{{1,3}}(?!\d)")
_DAY_MONTH: Final = re.compile(r"\d{1,2}/\d{1,2}(?![\d])")


def _arrow(match: re.Match[str], ctx: Context) -> Reading:
    """Read the arrow of "7h => 11h", "T2 → T6", "thứ 2 → thứ 6"; any other is a pause."""
    last = ctx.history[-1] if ctx.history else ""
    following = ctx.line[match.end() :].lstrip()
    counted = last[:1].isdigit()
    joins = (
        (counted and following[:1].isdigit())
        or (counted and ctx.near(_SPANS, 2) and _first(following) in _SPANS)
        or (_WEEKDAY.fullmatch(last) and _WEEKDAY.match(following))
        or _alike(last, following)
    )
    if is_span(ctx, match.end()) or (counted and _DAY_MONTH.match(following)):
        return "đến"
    if not joins:
        return ","
    return "còn" if _value(following) < _value(last) else "đến"


def _alike(last: str, following: str) -> bool:
    """Say whether the same letters stand before both numbers: "KP4 -> KP9"."""
    found = _LETTERS_AND_NUMBER.fullmatch(last)
    other = _LETTERS_AND_NUMBER.match(following)
    return bool(found and other) and last.rstrip("0123456789") == _letters_of(following)


def _letters_of(text: str) -> str:
    found = _LETTERS_AND_NUMBER.match(text)
    return found[1] if found else ""


def _value(text: str) -> float:
    """Return the plain number that ``text`` begins with; 0 if it begins with none."""
    found = _AMOUNT.match(text)
    return float(found[0].replace(".", "").replace(",", ".")) if found else 0.0


def _first(text: str) -> str:
    """Return the first word of ``text`` in lower case."""
    return text.partition(" ")[0].lower()


ARROWS: Final[tuple[Rule, ...]] = (
    rule("arrow", rf"[-=]+>|<[-=]+(?!\s?\d)|[{_ARROWS}]+", _arrow, starts="-=<" + _ARROWS),
)
