"""Phone numbers, identity and account numbers, plates: said digit by digit, with pauses."""

from __future__ import annotations

import re
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .dates import COUNTED
from .letters import spell
from .numbers import read_digits, read_groups
from .wordlist import words

_SEP: Final = r"(?:\s-\s|[ .-])"
_CALLS: Final = words("gọi hotline đài thoại sđt đt lạc nóng alo tel nhắn")
_HELPERS: Final = words("số cứu thương hỏa báo công an máy")
_IDENTIFIED: Final = words(
    "mã cccd cmnd cước thẻ stk khoản mst bhyt bhxh seri hiệu biển định danh sim pin otp"
)
_ON_THE_WAY: Final = words("số là dân công : mật khẩu")
_EMERGENCY: Final = r"11[1-5]|1022|156"


def _digits(match: re.Match[str], ctx: Context) -> Reading:
    digits = re.sub(r"\D", "", match[0])
    return read_groups(match[0]) if 8 <= len(digits) <= 11 else None


def _international(match: re.Match[str], ctx: Context) -> Reading:
    return "cộng tám bốn, " + read_groups(match[1])


def _service(match: re.Match[str], ctx: Context) -> Reading:
    """Read 113, 1022, 18001 near a word of calling, unless things are being counted."""
    if ctx.next_word(match.end()) in COUNTED:
        return None
    emergency = re.fullmatch(_EMERGENCY, match[0])
    called = ctx.near(_CALLS, 6) or (emergency and ctx.near(_HELPERS, 3))
    return read_digits(match[0]) if called else None


def _identity(match: re.Match[str], ctx: Context) -> Reading:
    """Read what follows "mã số", "tài khoản", "CCCD" as digits."""
    last = ctx.last()
    close = last in _IDENTIFIED or (last in _ON_THE_WAY and ctx.near(_IDENTIFIED, 5))
    legal = last == "khoản" and len(match[0]) < 6
    return read_groups(match[0]) if close and not legal else None


def _long_run(match: re.Match[str], ctx: Context) -> Reading:
    return read_groups(match[0])


def _plate(match: re.Match[str], ctx: Context) -> Reading:
    """Read 62A-123.45, 62-H1 234.56, 51F-12345: the province, the series, the number."""
    province, letters, series, number = match.groups()
    head = f"{read_digits(province)} {spell(letters)}"
    if series:
        head += f" {read_digits(series)}"
    return f"{head}, {read_digits(number)}"


PLATES: Final[tuple[Rule, ...]] = (
    rule(
        "plate",
        rf"(\d\d)-?([A-ZĐ]{{1,2}})(\d)?[ -]{{1,3}}(\d{{3}}\.?\d{{2}}|\d{{4}}){WHOLE}",
        _plate,
    ),
)
PHONES: Final[tuple[Rule, ...]] = (
    rule(
        "phone, international",
        rf"0084{_SEP}?(\d{{1,10}}(?:{_SEP}\d{{2,7}}){{0,4}}){WHOLE}",
        _international,
    ),
    rule("phone", rf"0\d{{8,10}}{WHOLE}", _digits),
    rule("phone", rf"0\d{{1,4}}(?:{_SEP}\d{{2,8}}){{1,4}}{WHOLE}(?![,/]\d)", _digits),
    rule("phone", rf"0\d{{2,4}}{_SEP}\d(?:[ .]\d{{3}}){{2}}{WHOLE}", _digits),
    rule("hotline", rf"1[89]00(?:{_SEP}?\d{{4,6}}|(?:{_SEP}\d{{2,3}}){{2}}){WHOLE}", _digits),
    rule(
        "short number",
        rf"(?:[1-9]\d{{2,4}}){WHOLE}(?![.,-]\d)(?!/\d{{1,2}}(?!\d))(?!\s?[%đk])",
        _service,
    ),
    rule("identity number", rf"\d{{2,20}}(?:[ .-]\d{{2,20}}){{0,6}}{WHOLE}(?![,/]\d)", _identity),
    rule("long number", rf"\d{{9,}}(?![,.]\d)(?!\s?(?:đ|VN|₫)){WHOLE}", _long_run),
)
#: A phone number that begins with a bracket or a plus sign.
SIGNED_PHONES: Final[tuple[Rule, ...]] = (
    rule(
        "phone, international",
        rf"\(?\+\s?84\)?{_SEP}?\(?(\d{{1,10}}\)?(?:{_SEP}?\d{{2,7}}){{0,4}}){WHOLE}",
        _international,
    ),
    rule("phone", rf"\(0\d{{1,4}}\){_SEP}?\d{{1,8}}(?:{_SEP}\d{{2,7}}){{0,3}}{WHOLE}", _digits),
)
