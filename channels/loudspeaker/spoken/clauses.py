"""Parts of a law: "Điều 15a", "K2 Đ15 Luật Đất đai", "theo Đ.5, K.2"."""

from __future__ import annotations

import re
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .letters import spell
from .syllables import LOWER, UPPER
from .wordlist import words

#: Parts of a law, by name and by letter.
_CLAUSES: Final = {"khoản": "khoản", "điểm": "điểm", "điều": "điều", "k": "khoản", "đ": "điều"}
_NO_CLAUSES: Final = words("lớp khu lô đường khóa kênh tuyến rạch cống trạm trụ cột thửa")
_ARTICLE: Final = re.compile(r"[, ]*(?:([ĐKk])\.?\s?\d|[Đđ]iều|[Kk]hoản)")
_SHORT_CLAUSE: Final = re.compile(r"([ĐKk])\.?\s?\d{1,3}")
#: What follows a hamlet of a ward.
_IN_A_WARD: Final = r"\s?[,-]\s?(?:P\.?\s?[\dA-ZĐ]|[Pp]hường|TT)"
_LAWS: Final = words("luật nđ nghị blhs blds bltths bltt bộ llđ lđđ hiến pháp thông quyết quy")


def _article(match: re.Match[str], ctx: Context) -> Reading:
    """Read "K2 Đ15 Luật Đất đai" and "điểm a, khoản 4, Đ.9"."""
    letter, number = match.groups()
    if ctx.near(_NO_CLAUSES, 3):
        return None
    known = ctx.near(_CLAUSES.keys() | _LAWS, 6) or (
        ctx.next_word(match.end()) in _LAWS
        or _joins_a_clause(letter, match.end(), ctx)
        or _follows_a_clause(letter, ctx)
    )
    return f"{_CLAUSES[letter.lower()]} {ctx.number(number)}" if known else None


def _joins_a_clause(letter: str, end: int, ctx: Context) -> bool:
    """Say whether another part of a law follows, by name or by letter: "Đ.5, K.2"."""
    found = _ARTICLE.match(ctx.line, end)
    if found is None:
        return False
    return found[1] is None or letter == "Đ" or found[1].lower() != letter.lower()


def _follows_a_clause(letter: str, ctx: Context) -> bool:
    """Say whether a part of a law was just read by its letter: the K.2 of "Đ.5, K.2"."""
    parts = (_SHORT_CLAUSE.fullmatch(token) for token in ctx.history[-3:])
    return any(part and part[1].lower() != letter.lower() for part in parts)


def _clause_number(match: re.Match[str], ctx: Context) -> Reading:
    """Read "Điều 15a": the number and its letter."""
    lead = ctx.after({"điều", "khoản", "điểm", "mục", "mẫu"})
    lead = lead or (ctx.after({"lục"}) and ctx.near({"phụ"}, 2))  # no kỷ lục 100m
    if not lead and not (ctx.after({"số"}) and ctx.near({"mẫu"}, 3)):
        return None
    return f"{ctx.number(match[1])} {spell(match[2])}"


def _hamlet(match: re.Match[str], ctx: Context) -> Reading:
    """Read the K. of "K. 3, P. 5" and "K.Long Thạnh, P.Long Hưng": a hamlet of a ward."""
    return f"khóm {ctx.number(match[1])}" if match[1] else "khóm"


CLAUSES: Final[tuple[Rule, ...]] = (
    rule("clause number", rf"(\d{{1,3}})([a-zđ]){WHOLE}", _clause_number, then=LOWER, tight=True),
)
CLAUSE_WORDS: Final[tuple[Rule, ...]] = (
    rule(
        "place",
        rf"K\.\s?(\d{{1,2}}|(?=[{UPPER}][{LOWER}]+(?:\s[{UPPER}0-9][{LOWER}]*){{0,3}}{_IN_A_WARD}))"
        rf"(?:(?<!\d)|(?={_IN_A_WARD}))",
        _hamlet,
        starts="K",
    ),
    rule("article", rf"([ĐKk])\.?\s?(\d{{1,3}})(?![.,/-]\d){WHOLE}", _article, starts="ĐKk"),
)
