"""What brackets say again: "10 (mười) suất", "Quyết định (QĐ)", said once."""

from __future__ import annotations

import re
from typing import Final

from .abbreviations import short_for
from .context import Context, Reading, Rule, rule
from .numbers import NUMBER

_SUM: Final = re.compile(rf"({NUMBER})\s?(?:đ|đồng|VNĐ|VND)?")


def _again(match: re.Match[str], ctx: Context) -> Reading:
    """Drop a bracket that says what was just read in other letters; a comma follows none."""
    inside = " ".join(match[1].split()).strip(" .")
    if not ctx.history or not inside:
        return None
    return "" if _same_number(inside, ctx) or _same_words(inside, ctx) else None


def _same_number(inside: str, ctx: Context) -> bool:
    number = _SUM.fullmatch(ctx.history[-1])
    if not number:
        return False
    said = inside.lower().removesuffix(" chẵn").removesuffix(" đồng")
    said = said.replace("nghìn", "ngàn").replace("linh", "lẻ")
    return said == ctx.number(number[1]).replace("nghìn", "ngàn").replace("linh", "lẻ")


def _same_words(inside: str, ctx: Context) -> bool:
    """Say whether the abbreviation stands for the words just written."""
    known = short_for(inside) if inside.isupper() else None
    said = known.lower().split() if known else []
    return bool(said) and [word.lower() for word in ctx.history[-len(said) :]] == said


AGAIN: Final[tuple[Rule, ...]] = (rule("bracket", r"\(([^()]{1,80})\)", _again, starts="("),)
