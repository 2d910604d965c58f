"""Numbers of official documents: 07/2021/NĐ-CP, 123/QĐ-UBND, 18-NQ/TW, 41/2024/QH15.

Said as on the radio: the kind of document unless it was just named, its number, its year, and
who issued it, with pauses, so that "số không bảy, năm hai ngàn…" is not heard as one number.
"""

from __future__ import annotations

import re
from typing import Final

from .abbreviations import ABBREVIATIONS
from .context import WHOLE, Context, Reading, Rule, rule
from .data.documents import ISSUERS, KINDS
from .issuers import Suffix, issuer_of, names_an_office, suffix_of
from .letters import spell
from .model import Doubtful, Why
from .numbers import read_digits, read_groups
from .syllables import LOWER, UPPER
from .wordlist import words

_LAST_WORDS: Final = words(
    "định quyết tư tri tịch thị hoạch báo cáo văn trình mời dẫn luận chế luật lệnh điện án phép "
    "đồng"
)
_DOCUMENT_LEADS: Final = _LAST_WORDS | {"số", "bản", *map(str.lower, KINDS)}
#: Of these the zero is said: "Đề án 06", "Nghị quyết 04".
_NUMBERED_KINDS: Final = frozenset(
    {"nghị định", "quyết định", "nghị quyết", "thông tư", "chỉ thị", "đề án", "kết luận",
     "quy định", "công văn", "công điện", "thông tri", "nđ", "nq", "ct", "qđ", "tt"}
)  # fmt: skip
_CODE: Final = r"[A-ZĐÂƯ][A-ZĐÂƯa-z&]{0,11}"
_NUMBER: Final = r"(\d{1,7})([a-z])?"
#: "ngày 26/12/2024 của Chính phủ": the writer names the issuer himself.
_ISSUED_BY: Final = re.compile(r",?(?:\s+ngày\s+[\d/.-]+|\s+năm\s+\d{4})?\s+của\s+")

#: Who signs what is numbered as the Party's centre's.
_CENTRAL: Final = re.compile(r"Bộ Chính trị|BCT|Ban Bí thư|BBT|Ban [Cc]hấp hành|BCH|Hội nghị")


def _ordinal(number: str, ctx: Context) -> str:
    """Read a document's number: a leading zero is said."""
    return read_groups(number) if number[0] == "0" else ctx.cardinal(int(number))


def _number_said(ctx: Context) -> bool:
    """Say whether "số" or "Số:" was just written."""
    return ctx.after({"số"}) or (ctx.after({":"}) and ctx.near({"số"}, 2))


def _listed(ctx: Context) -> bool:
    """Say whether the number closes a row of numbers: the 03 of "Nghị quyết 01, 02, 03/NQ"."""
    row = ctx.after({",", "và"}) and len(ctx.history) > 2 and ctx.history[-2].isdigit()
    return row and ctx.near(_LAST_WORDS, 8)


def _numbered(number: str, letter: str | None, year: str | None, ctx: Context) -> str:
    """Read a document's number and year, with "số" unless the writer put it."""
    words = _ordinal(number, ctx) + (f" {spell(letter)}" if letter else "")
    if not _number_said(ctx) and not _listed(ctx):
        words = f"số {words}"
    return f"{words}, năm {ctx.cardinal(int(year))}" if year else words


def _named(ctx: Context, kind: str = "") -> bool:
    """Say whether the kind of document was just named: "Quyết định xử phạt số"."""
    history = [token.lower() for token in ctx.history[-10:]]
    if kind and kind in " ".join(history):
        return True
    while history and history[-1] in {"số", ":"}:
        history.pop()
    return bool(history) and history[-1] in _DOCUMENT_LEADS


def _issuers_said(suffix: Suffix, codes: str, ctx: Context, end: int) -> str:
    """Return the issuers as they are said after "của"; nothing if the writer names them next."""
    by = _ISSUED_BY.match(ctx.line, end)
    if by:
        named = ctx.line[by.end() :]
        known = [*suffix.issuers, *(c for c in re.split(r"[-/]", codes) if issuer_of(c, ctx))]
        if any(named.lower().startswith(issuer.lower()) for issuer in known):
            return ""
        if suffix.issuers == (ISSUERS["TW"],) and _CENTRAL.match(named):
            return ""  # "Chỉ thị 46-CT/TW của Bộ Chính trị"
    return ", ".join(suffix.issuers)


def _reference(match: re.Match[str], ctx: Context) -> Reading:
    number, letter, year, codes = match.groups()
    suffix = suffix_of(codes, ctx)
    named = _named(ctx, suffix.kind)
    if not suffix.kind and not named and not names_an_office(codes):
        return None
    if not (suffix.kind or named) and match[0][len(number)] == "-":
        return None  # "camera 04-UBND"
    issuers = _issuers_said(suffix, codes, ctx, match.end())
    owner = f"của {issuers}" if issuers else ""
    said = [_numbered(number, letter, year, ctx)]
    if suffix.kind and not named:
        if _number_said(ctx):
            owner = f"{suffix.kind} {owner}".strip()
        else:
            said = [f"{suffix.kind} {said[0]}"]
    said += (part for part in (owner, *suffix.matters) if part)
    words = ", ".join(said)
    if ctx.next_word(match.end()) == "ngày":
        words += ","
    return words if suffix.known else Doubtful(words, Why.UNKNOWN_ABBREVIATION)


def _number_and_year(match: re.Match[str], ctx: Context) -> Reading:
    """Read "Nghị định 07/2021", "Luật số 41/2024", and the 14/2022 that joins one of them."""
    number, letter, year = match.groups()
    if not _named(ctx) and not _joins_another(ctx):
        return None
    return _numbered(number, letter, year, ctx)


def _joins_another(ctx: Context) -> bool:
    """Say whether a document's number and year were read just before "và" or a comma."""
    history = ctx.history
    return (
        ctx.after({"và", ",", "hoặc"})
        and len(history) > 1
        and bool(re.fullmatch(r"\d+/\d{4}\S*", history[-2]))
        and ctx.near(_LAST_WORDS, 6)
    )


def _known_by_number(match: re.Match[str], ctx: Context) -> Reading:
    """Read the number of "Đề án 06" and "Chỉ thị 05" with its zero."""
    last = " ".join(token.lower() for token in ctx.history[-2:])
    listed = ctx.after({",", "và"}) and bool(re.fullmatch(r"0\d{1,2}", "".join(ctx.history[-2:-1])))
    if listed and ctx.near(_LAST_WORDS, 8):
        return read_digits(match[0])
    if last not in _NUMBERED_KINDS and ctx.last() not in _NUMBERED_KINDS:
        return None
    return None if ctx.next_word(match.end()) in _TIME_WORDS else read_digits(match[0])


def _form(match: re.Match[str], ctx: Context) -> Reading:
    """Read "Mẫu 01/TNCN", "Tờ khai 01/CC-HKT": the number of a form and its letters."""
    if not (ctx.after(_FORMS) or (ctx.after({"số"}) and ctx.near(_FORMS, 3))):
        return None
    number, letter, codes = match.groups()
    words = _ordinal(number, ctx) + (f" {spell(letter)}" if letter else "")
    known = [ABBREVIATIONS.get(code) for code in codes.split("-")]
    if all(known):
        return ", ".join((words, *filter(None, known)))
    said = f"{words}, {spell(codes.replace('-', ''))}"
    return Doubtful(said, Why.UNKNOWN_ABBREVIATION)


def _kind(match: re.Match[str], ctx: Context) -> Reading:
    """Read the NĐ of NĐ45/2022, whose number the other rules read."""
    return None if ctx.after(_FORMS) else KINDS[match[0]]


def _codes_only(match: re.Match[str], ctx: Context) -> Reading:
    """Read "QĐ-UBND" with no number: quyết định của Ủy ban nhân dân."""
    suffix = suffix_of(match[0], ctx)
    if not suffix.kind or not suffix.issuers or not suffix.known:
        return None
    words = ", ".join((", ".join(suffix.issuers), *suffix.matters))
    return f"của {words}" if _named(ctx) else f"{suffix.kind} của {words}"


_FORMS: Final = words("mẫu khai biểu phiếu")
_TIME_WORDS: Final = words("năm ngày tháng giờ tuần phút trường hộ người")

LEGAL: Final[tuple[Rule, ...]] = (
    rule(
        "form",
        rf"(\d{{1,3}})([a-z])?[/-]([A-ZĐ]{{2,12}}(?:-[A-ZĐ]{{1,12}}){{0,2}}){WHOLE}",
        _form,
        then="/-" + LOWER,
        tight=True,
    ),
    rule(
        "document number",
        rf"{_NUMBER}(?:/([12]\d{{3}}))?[/-]({_CODE}\d{{0,3}}(?:[-/]{_CODE}\d{{0,3}}){{0,4}}(?:\.[A-ZĐ]{{2,5}})?){WHOLE}",
        _reference,
        then="/-" + LOWER,
        tight=True,
    ),
    rule(
        "document and year",
        rf"{_NUMBER}/([12]\d{{3}})(?![/\d-]){WHOLE}",
        _number_and_year,
        then="/" + LOWER,
        tight=True,
    ),
    rule(
        "document, known by number", rf"0\d{{1,2}}(?![/.,-]\d){WHOLE}", _known_by_number, starts="0"
    ),
)
LEGAL_WORDS: Final[tuple[Rule, ...]] = (
    rule(
        "document code",
        rf"(?:{'|'.join(KINDS)})(?=\d{{1,5}}[-/](?:[12]\d{{3}}|[A-ZĐ]{{2}}))",
        _kind,
        starts=UPPER,
    ),
    rule("document code", rf"{_CODE}(?:[-/]{_CODE}){{1,3}}{WHOLE}", _codes_only, starts=UPPER),
)
