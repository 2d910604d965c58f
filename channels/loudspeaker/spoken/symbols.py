"""Marks, brackets, dashes, bullets, comparison signs, and what has no sound at all."""

from __future__ import annotations

import re
from typing import Final

from .context import Context, Reading, Rule, rule
from .model import Doubtful, Why
from .syllables import LETTERS

_NAMES: Final = {
    "&": "và", "=": "bằng", "<": "nhỏ hơn", ">": "lớn hơn", "≥": "lớn hơn hoặc bằng",
    "≤": "nhỏ hơn hoặc bằng", "<=": "nhỏ hơn hoặc bằng", ">=": "lớn hơn hoặc bằng",
    "≠": "khác", "±": "cộng trừ", "+/-": "cộng trừ", "×": "nhân", "÷": "chia", "≈": "xấp xỉ",
    "%": "phần trăm", "‰": "phần nghìn", "°C": "độ xê", "°": "độ", "$": "đô la Mỹ",
    "€": "ơ rô", "₫": "đồng", "£": "bảng Anh", "¥": "yên", "№": "số", "@": "a còng",
    "µ": "mi crô", "∞": "vô cùng",
}  # fmt: skip
_OPEN: Final = "([{"
_BULLETS: Final = "-+•·▪▫◦‣►▶✓✔✅☑◆◇○●■□➢➤➔→"
_ARROWS: Final = "→⇒➔➜➤"


def _named(match: re.Match[str], ctx: Context) -> Reading:
    return _NAMES[match[0]]


def _plus(match: re.Match[str], ctx: Context) -> Reading:
    return "cộng" if ctx.history else ""


def _about(match: re.Match[str], ctx: Context) -> Reading:
    return "khoảng"


def _bullet(match: re.Match[str], ctx: Context) -> Reading:
    """Drop a bullet at the start of a line; the scanner closes the item with a full stop."""
    return "" if not ctx.history else None


def _minus(match: re.Match[str], ctx: Context) -> Reading:
    """Read a minus sign: before a number, with a space or a bracket in front of it."""
    before = ctx.line[match.start() - 1] if match.start() else " "
    return "âm" if before in " (:=<>±" else None


def _to(match: re.Match[str], ctx: Context) -> Reading:
    """Read the dash of "30% - 50%", "5kg-10kg": from an amount to an amount."""
    last = ctx.last()
    return "đến" if last[:1].isdigit() and not last[-1:].isdigit() else None


def _dash(match: re.Match[str], ctx: Context) -> Reading:
    """A dash with a space beside it is a pause, one between words is not heard."""
    return "," if " " in match[0] or len(match[0].strip()) > 1 else ""


def _mark(match: re.Match[str], ctx: Context) -> Reading:
    return match[0]


def _ellipsis(match: re.Match[str], ctx: Context) -> Reading:
    return "…"


def _pause(match: re.Match[str], ctx: Context) -> Reading:
    return ","


def _silent(match: re.Match[str], ctx: Context) -> Reading:
    return ""


def _unreadable(match: re.Match[str], ctx: Context) -> Reading:
    """Drop letters of another script, on the record."""
    lost = any(character.isalnum() for character in match[0])
    return Doubtful("", Why.UNREADABLE) if lost else ""


_SIGNS: Final = "|".join(re.escape(sign) for sign in sorted(_NAMES, key=len, reverse=True))

BULLET: Final = rule(
    "bullet", rf"(?!-\d+(?:,\d+)?\s?(?:[°%]|độ))(?:[{re.escape(_BULLETS)}]+\s*|\*\s+)", _bullet
)
SYMBOLS: Final[tuple[Rule, ...]] = (
    BULLET,
    rule("ellipsis", r"\.{2,}|…[.…]*", _ellipsis),
    rule("mark", r"[.,;:?!]", _mark),
    rule("minus", r"-(?=\d)", _minus),
    rule("to", r"\s?-\s?(?=\d)", _to),
    rule("dash", r"\s*-[-\s]*", _dash),
    rule("about", r"~\s?(?=\d)", _about),
    rule("quote mark", r"[<>](?![=<>]?\s?\d|=)", _pause),
    rule("sign", _SIGNS, _named),
    rule("plus", r"\+", _plus),
    rule("bracket", r"[()\[\]{}|]", _pause),
    rule("slash", r"\s?/+\s?", _pause),
    rule("arrow", rf"[{_ARROWS}]+", _pause),
    rule("quote", r"[\"'“”]+", _silent),
    rule("ornament", r"[#*_^~`\\-]+", _silent),
    rule("other script", rf"[^{LETTERS}0-9\x00-\x7f°µ₫…“”‰≥≤≠±×÷≈€£¥№→⇒➔➜➤]+", _unreadable),
)
