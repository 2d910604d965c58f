"""The letters of a document's number taken apart: NĐ-CP, QĐ-UBND-HC, DS-ST."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .abbreviations import ABBREVIATIONS
from .context import Context
from .data.documents import ISSUERS, KINDS, MATTERS, ORGANS
from .letters import spell

#: The levels of a court, and what it tries: 12/2026/DS-ST.
_COURTS: Final = ("ST", "PT")
_TRIALS: Final = {"DS": "dân sự", "HS": "hình sự", "HC": "hành chính", "LĐ": "lao động",
                  "KDTM": "kinh doanh thương mại", "HNGĐ": "hôn nhân và gia đình",
                  "ST": "sơ thẩm", "PT": "phúc thẩm"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suffix:
    """NĐ-CP taken apart: the kind (perhaps none), who issued it, other matters, all known."""

    kind: str
    issuers: tuple[str, ...]
    matters: tuple[str, ...]
    known: bool


def issuer_of(code: str, ctx: Context) -> str | None:
    """Return how an issuer's code is said; None if it is none that anybody knows."""
    term = re.fullmatch(r"(QH|UBTVQH)(\d{1,2})", code)
    if term:
        return f"{ISSUERS[term[1]]} khóa {ctx.cardinal(int(term[2]))}"
    numbered = re.fullmatch(r"(\D{3,})(\d{2,3})", code)  # BCĐ389
    if numbered:
        board = ISSUERS.get(numbered[1]) or ABBREVIATIONS.get(numbered[1])
        return f"{board} {ctx.cardinal(int(numbered[2]))}" if board else None
    known = ISSUERS.get(code)
    if known or code in ABBREVIATIONS or code in MATTERS:
        return known
    organ = ORGANS.get(code[:1])
    field = ABBREVIATIONS.get(code[1:])
    if organ and field:
        return f"{organ} {field}"
    whole = ABBREVIATIONS.get(code.removesuffix("TW")) if code.endswith("TW") else None
    return f"{whole} Trung ương" if whole else None


def _halves(part: str) -> tuple[str, ...]:
    """Cut HSST, what is tried and before which court, in two."""
    return (part[:-2], part[-2:]) if part[:-2] in _TRIALS else (part,)


def suffix_of(codes: str, ctx: Context) -> Suffix:
    """Take NĐ-CP or QĐ-UBND-HC apart."""
    parts = re.split(r"[-/.]", codes)
    kind = KINDS.get(parts[0], "") if parts[0] not in ISSUERS or len(parts) > 1 else ""
    issuers: list[str] = []
    matters: list[str] = []
    known = True
    court = parts[-1].endswith(_COURTS) and not kind
    parts = [half for part in parts for half in _halves(part)] if court else parts
    for part in parts[1:] if kind else parts:
        if court and part in _TRIALS:
            matters.append(_TRIALS[part])
            continue
        issuer = issuer_of(part, ctx)
        matter = MATTERS.get(part) or ABBREVIATIONS.get(part)
        if issuer:
            issuers.append(issuer)
        elif matter:
            (issuers if matter[0].isupper() else matters).append(matter)
        else:
            known = False
            matters.append(spell(re.sub(r"[^A-Za-zĐđÂâƯư]", "", part)))
    return Suffix(kind, tuple(issuers), tuple(matters), known)


def names_an_office(codes: str) -> bool:
    """Say whether one of the codes is that of an office known by it: UBND, QH15."""
    return any(part.rstrip("0123456789") in ISSUERS for part in re.split(r"[-/]", codes))
