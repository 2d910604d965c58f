"""Phone numbers: said digit by digit, with pauses."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .dates import COUNTED, MEASURED
from .model import Doubtful, Why
from .numbers import read_digits, read_groups
from .wordlist import words

_SEP: Final = r"(?:\s-\s(?!0)|[ .]|-(?!0\d{3}))"
_CALLS: Final = words("gọi hotline thoại sđt đt lạc nóng alo tel nhắn")
_HELPERS: Final = words("số cứu thương hỏa báo công an máy")
#: Who is called, by a verb: "gặp 115", "nhờ 113", "liên hệ 114".
_ASKED: Final = words("gặp kêu nhờ hệ khẩn nhấn bấm")
_PEOPLE: Final = MEASURED | words("chị bà anh ông cụ phụ cô chú bác thanh nông chủ vị")
#: Exchanges with a number that is known.
_EXCHANGES: Final = r"1022|1080|1414|1900|111"
_RESCUERS: Final = words("sát pccc pccc&cnch csgt cnch nóng cháy hộ")
_LINES: Final = words("fax đt sđt thoại tel bàn")
#: What may join the groups of a phone number.
_JOINTS: Final = "0 .-"
#: A number within its area, what joins two of them, and what follows none.
_LOCAL: Final = r"[1-9](?:\d{2,3}[ .]?\d{3,4}|\.\d{3}\.\d{3}| \d{3} \d{3})(?!\d)"
_JOINT: Final = r"(?:\s?[-/;]\s?|,\s?| hoặc | và )"
_BETWEEN: Final = words("- / ; , hoặc và")
_NOT_COUNTED: Final = (
    rf"(?![.,]\d|\s?(?:[%đ₫kK]|đồng|VN|triệu|tỷ|ngàn|nghìn|người|hộ|m2|kg|tr){WHOLE}){WHOLE}"
)
_WHOLE_PHONE: Final = re.compile(r"\(?0(?:[ .()-]*\d){9,10}")
_CELL_END: Final = re.compile(r"\s?(?:[|;,()/]|$)")
#: A mobile number with the country's code and no plus sign.
_MOBILE_ABROAD: Final = re.compile(r"84 [35789]\d{2} \d{3} \d{3}")
_SUM_AHEAD: Final = re.compile(rf"\s?(?:[đ₫]|đồng|VN|vn){WHOLE}")
_EMERGENCY: Final = r"11[1-5]|1022|156"


def _digits(match: re.Match[str], ctx: Context) -> Reading:
    digits = re.sub(r"\D", "", match[0])
    return read_groups(match[0]) if 8 <= len(digits) <= 11 else None


def _lines(match: re.Match[str], ctx: Context) -> Reading:
    """Read "0272 3812345 - 3812346": one area, and each number after it."""
    whole, others = match.groups()
    if len(re.sub(r"\D", "", whole)) not in (10, 11):
        return None
    said = read_groups(whole)
    for joint, other in re.findall(f"({_JOINT})({_LOCAL})", others):
        said += f" {joint.strip()} " if joint.strip().isalpha() else ", "
        said += read_groups(other)
    return said


def _another_line(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 3.812.345 of "ĐT 3.812.345", and the second of "ĐT: 3812345 - 3812346"."""
    if re.search("[ .]", match[0]) and (on_the_line(match, ctx) or _in_a_phone_book(match, ctx)):
        return read_groups(match[0])
    if not ctx.after(_BETWEEN) or len(ctx.history) < 3 or not ctx.near(_LINES | _CALLS, 7):
        return None
    first = re.sub(r"[ .]", "", ctx.history[-2])
    alike = first.isdigit() and len(first) == len(re.sub(r"\D", "", match[0]))
    return read_groups(match[0]) if alike else None


def _in_a_phone_book(match: re.Match[str], ctx: Context) -> bool:
    """Say whether the 3.857.115 of "CATP 0254 3856 114 | Trạm YT 3.857.115" is one number more.

    Sums end with noughts, and no number with a word for one stands before them.
    """
    listed = any(_WHOLE_PHONE.fullmatch(token) for token in ctx.history)
    ends = not match[0].endswith("0") and _CELL_END.match(ctx.line, match.end())
    return listed and bool(ends) and ctx.history[-1].isupper()


def _without_plus(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 84 909 123 456 of "SĐT: 84 909 123 456"."""
    plain = _MOBILE_ABROAD.fullmatch(match[0]) and not _SUM_AHEAD.match(ctx.line, match.end())
    called = ctx.near(_CALLS | {"zalo", "số"}, 4)
    if not (plain or (called and len(re.sub(r"\D", "", match[0])) in (11, 12))):
        return None
    return f"tám bốn, {read_groups(match[1])}"


def _international(match: re.Match[str], ctx: Context) -> Reading:
    digits = match[1].removeprefix("0) ").removeprefix("0)")
    return f"cộng tám bốn, {read_groups(digits)}" if digits else None


def _service(match: re.Match[str], ctx: Context) -> Reading:
    """Read 113, 1022, 18001 near a word of calling, unless things are being counted."""
    if ctx.next_word(match.end()) in COUNTED or ctx.after({"lên", "còn", "đạt"}):
        return None
    emergency = re.fullmatch(_EMERGENCY, match[0])
    helped = emergency and (
        ctx.near(_HELPERS, 3)
        or (ctx.near(_ASKED, 3) and ctx.next_word(match.end()) not in _PEOPLE)
        or ctx.after({"sát", "đội", "tâm", "ca", "("})
        or (ctx.after({":"}) and ctx.near(_RESCUERS, 4))
    )
    helped = helped or (
        emergency
        and ctx.after({",", "và", "/"})
        and bool(re.fullmatch(_EMERGENCY, "".join(ctx.history[-2:-1])))
    )
    helped = helped or (re.fullmatch(_EXCHANGES, match[0]) and ctx.after({"số", "đài"}))
    texted = ctx.after({"gửi", "đến"}) and ctx.near({"soạn", "tin", "cú"}, 14)
    helped = helped or (ctx.after({"bộ"}) and ctx.near({"nội"}, 2) and ctx.near({"số", "máy"}, 4))
    helped = helped or bool(re.fullmatch(_EXCHANGES, match[0]) and _at_an_exchange(ctx, None))
    if ctx.near(_CALLS, 6) or helped or texted or _at_an_exchange(ctx):
        return read_digits(match[0])
    alone = not ctx.history and not ctx.next_word(match.end())
    if emergency and alone:
        return Doubtful(read_digits(match[0]), Why.AMBIGUOUS_NUMBER)
    return None


def _at_an_exchange(ctx: Context, reach: int | None = 5) -> bool:
    """Say whether "tổng đài" was written ``reach`` words ago; other đài are towers, stations."""
    recent = [word.lower() for word in (ctx.history[-reach:] if reach else ctx.history)]
    return ("tổng", "đài") in pairwise(recent)


def on_the_line(match: re.Match[str], ctx: Context) -> bool:
    """Say whether "ĐT:" or "Fax:" stands before seven or eight digits."""
    return len(re.sub(r"\D", "", match[0])) in (7, 8) and (
        ctx.after(_LINES)
        or (ctx.after({":"}) and ctx.near(_LINES, 2))
        or (ctx.after({"máy", "trực", "ban", "quan"}) and ctx.near({"số", "trực"}, 3))
    )


def _masked(match: re.Match[str], ctx: Context) -> Reading:
    """Read 0905xxx789 and 090***123, with some digits hidden."""
    first, hidden, last = match.groups()
    name = "ích" if hidden[0] in "xX" else "sao"
    return f"{read_digits(first)}, {' '.join([name] * len(hidden))}, {read_digits(last)}"


PHONES: Final[tuple[Rule, ...]] = (
    rule(
        "phone",
        rf"(0\d{{2,3}}[ .-]?{_LOCAL})((?:{_JOINT}{_LOCAL})+){_NOT_COUNTED}",
        _lines,
        starts="0",
    ),
    rule(
        "phone, international",
        rf"84[ .-]?((?:\d{{2,3}}[ .-]?){{2}}\d{{3,4}}(?:[ .-]?\d{{3}})?){WHOLE}",
        _without_plus,
        starts="8",
    ),
    rule(
        "phone",
        rf"{_LOCAL}{_NOT_COUNTED}",
        _another_line,
        starts="123456789",
    ),
    rule(
        "phone, international",
        rf"0084{_SEP}?(\d{{1,10}}(?:{_SEP}\d{{2,7}}){{0,4}}){WHOLE}",
        _international,
        starts="0",
    ),
    rule(
        "phone",
        rf"(0\d{{2,6}})[. ]?([xX]{{2,6}}|\*{{2,6}})[. ]?(\d{{2,4}}){WHOLE}",
        _masked,
        starts="0",
        then="xX*.",
    ),
    rule("phone", rf"0\d{{8,10}}{WHOLE}", _digits, starts="0"),
    rule("phone", rf"0\d{{2,3}}(?:[. ]\d){{6,7}}{WHOLE}", _digits, starts="0", then=_JOINTS),
    rule(
        "phone",
        rf"0\d{{1,4}}(?:{_SEP}\d{{2,8}}){{1,4}}{WHOLE}(?!,\d|/[1-9])",
        _digits,
        starts="0",
        then=_JOINTS,
    ),
    rule(
        "phone",
        rf"0\d{{2,4}}{_SEP}\d(?:(?:[ .-]\d{{3}}){{2}}|(?:[ .-]\d\d){{3}}){WHOLE}",
        _digits,
        starts="0",
        then=_JOINTS,
    ),
    rule(
        "hotline",
        rf"1[89]00(?:(?:{_SEP}\d{{2,4}}){{2,3}}|{_SEP}?\d{{4,6}}){WHOLE}",
        _digits,
        starts="1",
    ),
    rule(
        "short number",
        rf"(?:[1-9]\d{{2,4}}){WHOLE}(?![.,-]\d)(?!/\d{{1,2}}(?!\d))(?!\s?(?:%|[đk]{WHOLE}))",
        _service,
        starts="123456789",
    ),
)
#: A phone number that begins with a bracket or a plus sign.
SIGNED_PHONES: Final[tuple[Rule, ...]] = (
    rule(
        "phone, international",
        rf"(?:\(?\+\s?84\)?|\(0?84\)){_SEP}?\(?(\d{{1,10}}\)?(?:{_SEP}?\d{{2,7}}){{0,4}}){WHOLE}",
        _international,
        starts="(+",
    ),
    rule(
        "phone",
        rf"(\(0\d{{2,3}}\)[ .-]?{_LOCAL})((?:{_JOINT}{_LOCAL})+){_NOT_COUNTED}",
        _lines,
        starts="(",
    ),
    rule(
        "phone",
        rf"\(0\d{{1,4}}\){_SEP}?\d{{1,8}}(?:{_SEP}\d{{2,7}}){{0,3}}{WHOLE}",
        _digits,
        starts="(",
    ),
)
