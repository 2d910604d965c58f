"""Identity, account and file numbers, and plates: said digit by digit, with pauses."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .dates import COUNTED, MEASURED
from .letters import spell
from .numbers import read_digits, read_groups
from .phones import on_the_line
from .syllables import LETTERS, UPPER
from .wordlist import words

_IDENTIFIED: Final = words("mã cccd cmnd cước thẻ stk tk khoản mst seri biển danh sim pin otp bks")
#: Cards: what follows them is a number only when it is long, else a year or a count.
_CARDS: Final = words("bhyt bhxh sbd")
_CODE_LEADS: Final = (_IDENTIFIED | _CARDS | {"khung", "máy", "chiếu"}) - {"khoản", "biển", "bks"}
#: After these a number of a bank's is an account's: they name the bank.
_BANKS: Final = words(
    "mb agribank vietcombank bidv vietinbank vcb acb sacombank techcombank tpbank hdbank vpbank "
    "mbbank lpbank nhcsxh kienlongbank shb ocb msb vib scb vtb"
)
_PAPERS: Final = words("gpkd gcnđkkd gcnđkdn gcnqsdđ gcn gplx gpxd gplđ gphđ")
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_PAIRS: Final = frozenset({("đăng", "ký"), ("giấy", "phép"), ("ngân", "hàng"), ("chứng", "nhận")})
#: What has a number on its bow.
_REGISTERED: Final = words("ghe tàu thuyền vỏ sà phà đò")
_ON_THE_WAY: Final = words("số là dân công : mật khẩu hồ sơ thuế cá nhân vị hàng đơn bưu điện kiểm")
#: Between "mã" and its number these name what is counted or sold, not what the code is for.
_NO_CODES: Final = words("lực , . ; ngàn triệu giá với là")


def _identity(match: re.Match[str], ctx: Context) -> Reading:
    """Read what follows "mã số", "tài khoản", "CCCD" as digits."""
    last = ctx.last()
    long = len(match[0]) >= 6
    long_grain = len(match[0]) == 5  # IR 50404; IR 64 and IR 4625 are said as numbers
    if not long and _after_a_password(ctx):
        return read_groups(match[0])
    close = (
        last in _IDENTIFIED
        or (last == "lẻ" and ctx.near({"máy"}, 2))
        or (last in _ON_THE_WAY and ctx.near(_IDENTIFIED, 5))
    )
    close = (
        close
        or _number_sign_before(ctx)
        or (long and (ctx.near(_CARDS, 3) or _after_a_password(ctx)))
        or (len(match[0]) in (5, 6) and _won(match, ctx))
    )
    close = close or [word.lower() for word in ctx.history[-2:]] == ["số", "cuối"]
    close = close or on_the_line(match, ctx) or _after_a_code(match, ctx)
    close = close or (long and (last in _BANKS or (last in {":", "("} and ctx.near(_BANKS, 2))))
    close = close or (long and _after_a_paper(match, ctx)) or (long_grain and ctx.after({"ir"}))
    if ctx.after({"vàng", "nhẫn"}) and set(match[0]) == {"9"}:
        return read_digits(match[0])
    if ctx.near({"tôm"}, 9 if _THOUSANDS.fullmatch(match[0]) else 2) or (
        len(match[0]) == 4 and ctx.near({"luật"}, 4)
    ):
        return None  # "Luật Căn cước 2023": a year
    if _THOUSANDS.fullmatch(match[0]) and ctx.next_word(match.end()) in {"đồng", "vnđ"}:
        return None  # "đóng BHYT 631.800 đồng" is a sum
    legal = last == "khoản" and not long
    return read_groups(match[0]) if close and not legal else None


def _after_a_code(match: re.Match[str], ctx: Context) -> bool:
    """Say whether a mã names what the number is for: "mã bưu chính", "mã QHNS", "mã vùng"."""
    recent = [word.lower() for word in ctx.history[-5:]]
    if "mã" not in recent or len(re.sub(r"\D", "", match[0])) < 3:
        return False
    since = recent[recent.index("mã") + 1 :]
    named = all(word.isalpha() or word == ":" for word in since) and _NO_CODES.isdisjoint(since)
    return named and ctx.next_word(match.end()) not in COUNTED | MEASURED


def _after_a_paper(match: re.Match[str], ctx: Context) -> bool:
    """Say whether a licence, a registration or a bank's account has that number."""
    recent = [word.lower() for word in ctx.history[-7:]]
    if any(word in ".;!?," for word in recent[-3:]):
        return False
    told = not _PAPERS.isdisjoint(recent) or not _PAIRS.isdisjoint(pairwise(recent))
    return told and ctx.next_word(match.end()) not in COUNTED | MEASURED


def _ends(end: int, ctx: Context) -> bool:
    """Say whether no word counts what stands before ``end``."""
    return not ctx.next_word(end) and ctx.line[end : end + 1] not in {"%", "đ"}


def _won(match: re.Match[str], ctx: Context) -> bool:
    """Say whether a ticket of that number won a prize: "giải ĐB: 345678"."""
    prize = ctx.near({"giải", "đb"}, 3) and match[0].isdigit()
    return prize and (ctx.after({":"}) or _ends(match.end(), ctx))


def _number_sign_before(ctx: Context) -> bool:
    """Say whether "số hiệu" was just written; a huy hiệu has years."""
    return [word.lower() for word in ctx.history[-2:]] == ["số", "hiệu"]


def _after_a_password(ctx: Context) -> bool:
    """Say whether "mật khẩu" was just written, perhaps with "là" or a colon."""
    recent = [word.lower() for word in ctx.history[-4:] if word not in ":()"]
    recent = recent[:-1] if recent[-1:] in (["là"], ["wifi"]) else recent
    recent = recent[:-1] if recent[-1:] == ["wifi"] else recent
    return recent[-2:] == ["mật", "khẩu"] or recent[-1:] in (["pass"], ["password"], ["mk"])


def _code(match: re.Match[str], ctx: Context) -> Reading:
    """Read a file's or a card's number that holds letters: H34.12-251205-0001."""
    last = ctx.last()
    if not (last in _CODE_LEADS or _coded(ctx)):
        return None
    if not re.search(r"\d{4}", match[0]):
        return None
    return spell_code(match[0])


def _coded(ctx: Context) -> bool:
    """Say whether a code was announced a few words ago: "mã hồ sơ:"."""
    return ctx.last() in _ON_THE_WAY | {"hs", "kh"} and ctx.near({"mã", "seri", "thẻ", "hiệu"}, 5)


def spell_code(code: str) -> str:
    """Return letters by name and digits one by one, with a pause for each mark."""
    parts = (
        read_groups(part) if part[0].isdigit() else spell(part)
        for part in re.findall(rf"\d+|[{LETTERS}]+|[.-]+", code)
        if part[0].isalnum()
    )
    return ", ".join(parts)


def _series(match: re.Match[str], ctx: Context) -> Reading:
    """Read "CH 01234" and "BA 123456": the letters and number of a paper."""
    letters, number = match.groups()
    if not ctx.near({"số", "seri", "hiệu", "phát"}, 3):
        return None
    return f"{spell(letters)}, {read_groups(number)}"


def _long_run(match: re.Match[str], ctx: Context) -> Reading:
    return read_groups(match[0])


def _boat(match: re.Match[str], ctx: Context) -> Reading:
    """Read LA-1234-TS, the number of a fishing boat, and AG-12345, that of another."""
    if not match[3]:
        return spell_code(match[0]) if ctx.near(_REGISTERED, 6) else None
    letters, number, kind = match.groups()
    return f"{spell(letters)}, {read_groups(number)}, {spell(kind)}"


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
        then="-" + UPPER,
        tight=True,
    ),
)
IDENTITIES: Final[tuple[Rule, ...]] = (
    rule("code", rf"\d{{1,6}}(?:[.-][A-ZĐ0-9]{{1,12}}){{1,8}}{WHOLE}(?![,/]\d)", _code, then=".-"),
    rule(
        "identity number",
        rf"\d{{2,20}}(?:[ .-]\d{{2,20}}){{0,6}}{WHOLE}(?![.,/]\d)(?!\s?(?:[%₫]|đ{WHOLE}))",
        _identity,
    ),
    rule("long number", rf"\d{{9,}}(?![,.]\d)(?!\s?(?:đ{WHOLE}|VN|₫)){WHOLE}", _long_run),
)
CODES: Final[tuple[Rule, ...]] = (
    rule("plate", rf"([A-Z]{{2,3}})[- ]?(\d{{3,5}})[- ]?(TS){WHOLE}", _boat, starts=UPPER),
    rule("plate", rf"([A-Z]{{2}})[- ](\d{{4,5}})(){WHOLE}(?![.,/-]\d)", _boat, starts=UPPER),
    rule(
        "code",
        rf"[A-ZĐ]{{1,8}}\d[A-ZĐ0-9]{{0,20}}(?:[.-][A-ZĐ0-9]{{1,12}}){{0,8}}{WHOLE}",
        _code,
        starts=UPPER,
    ),
    rule(
        "series and number",
        rf"([A-ZĐ]{{2}})\s(0\d{{3,7}}|\d{{6,8}}){WHOLE}(?![.,/-]\d)",
        _series,
        starts=UPPER,
    ),
)
