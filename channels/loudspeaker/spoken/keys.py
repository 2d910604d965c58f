"""Signs with a sound of their own: what is keyed into a phone, blood groups, gauges."""

from __future__ import annotations

import re
from typing import Final

from .context import Context, Reading, Rule, rule
from .letters import spell
from .numbers import read_groups
from .wordlist import words

_KEYED: Final = words("bấm nhấn phím nút dấu gọi quay soạn cú mã")
_TESTS: Final = words("test nhanh hiv nghiệm xn mẫu")
_KEYS: Final = {"*": "sao", "#": "thăng", "…": ","}
_SIGN_NAMES: Final = {"+": "cộng", "-": "âm"}


def _keyed(match: re.Match[str], ctx: Context) -> Reading:
    """Read *101#, **21*0909…#, 0#: star, hash and digits, as they are pressed."""
    code = match[0]
    if not (code.endswith("#") or ctx.near(_KEYED, 5)) or (
        code[0] not in "*" and not ctx.near(_KEYED, 5)
    ):
        return None
    parts = re.findall(r"\d+|[*#…]", code)
    said = " ".join(_KEYS.get(part) or read_groups(part) for part in parts)
    return said.replace(" ,", ",")


def _key(match: re.Match[str], ctx: Context) -> Reading:
    """Read the * of "phím *" and of "phím * hoặc #"."""
    listed = ctx.after(words("và hoặc , /")) and ctx.near({"phím", "nút"}, 5)
    return _KEYS[match[0]] if ctx.after({"phím", "nút", "dấu", "bấm", "nhấn"}) or listed else None


def _blood(match: re.Match[str], ctx: Context) -> Reading:
    """Read B-, AB+ and Rh-: groups of blood."""
    group, sign = match.groups()
    if group != "Rh" and not ctx.near({"máu", "rh-", "rh+"}, 8):
        return None
    return f"{spell(group)} {_SIGN_NAMES[sign]}"


def _gauge(match: re.Match[str], ctx: Context) -> Reading:
    """Read (+)2,80m, a level above or below zero, and the "(-) 120" of so many tests."""
    if match[0].endswith(" ") and ctx.near(_TESTS, 9):
        return "dương tính" if match[1] == "+" else "âm tính"
    return _SIGN_NAMES[match[1]]


KEYED_DIGITS: Final[tuple[Rule, ...]] = (
    rule("keys", r"\d{1,5}#(?![\w])", _keyed, then="#", tight=True),
)
KEYED_SIGNS: Final[tuple[Rule, ...]] = (
    rule("keys", r"[*#]{1,2}\d{1,15}(?:[*#]{1,2}(?:\d{1,15}|…))*#?(?!\w)", _keyed, starts="*#"),
    rule("keys", r"[*#](?![*#\w])", _key, starts="*#"),
    rule("plus", r"\(\s?([-+])\s?\)\s?(?=\d)", _gauge, starts="("),
)
BLOOD: Final[tuple[Rule, ...]] = (
    rule("blood group", r"(AB|A|B|O|Rh)([-+])(?![\w+-])", _blood, starts="ABOR"),
)
