"""Amounts of measures and money, in ranges and alone."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from .abbreviations import alternation, first_letters
from .context import WHOLE, Context, Reading, Rule, rule
from .data.measures import MONEY, SUMS, UNITS
from .model import Doubtful, Why
from .numbers import NUMBER, thousand
from .wordlist import words

#: Units whose sign is one letter that may stand alone elsewhere: no space before them.
TIGHT: Final = frozenset({"HP", "CV", "W", "V", "s", "Đ", "gr", "°", "ms"})
_AGED: Final = words(
    "trẻ tuổi em bé cháu dưới trên từ người ông bà anh chị cô nam nữ bệnh tên cụ hưởng thọ đủ tròn "
    "mầm chồi lá mẫu > ≥ < ≤"
)
#: Near these a small number before đ is a mark.
_MARKED: Final = words(
    "trừ điểm cộng thi toán văn anh môn đạt xếp chấm thắng hòa nv1 nv2 nv3 nv vọng"
)
_HIGHEST_MARK: Final = 100
#: What is counted by the minute: "mạch 80 l/p".
_BEATS: Final = words("mạch tim thở nhịp")
_HEIGHT_AHEAD: Final = re.compile(r"\s?-\s?[12]m(?:[4-9]|\d\d)(?!\d)")
#: In a line with one of these somebody's age is told.
_DEATHS: Final = words("mất thọ viếng tang trần cáo")
_METRES: Final = re.compile(r"[12]m(?:[4-9]|\d\d)?")
_GOODS: Final = words(
    "lúa gạo hàng rác cá tôm phân xi thép cát đá gạch đất trái thanh mía cao hồ tiêu muối rau quả "
    "sầu mít chuối dưa bắp khoai thịt heo bò gà vịt thóc ngô nông thủy than giấy vật"
)
_MASSES: Final = frozenset({"mg", "g", "gr", "kg", "Kg", "KG", "µg"})
_AGE: Final = re.compile(r"[5-9]\dt")
_MEDICINE: Final = words("uống thuốc liều sáng trưa chiều tối viên ngày mg kháng hạ sốt")
_TAKEN: Final = words("sáng trưa chiều tối sau trước mỗi")
_LENGTHS: Final = frozenset({"mm", "cm", "dm", "m", "km", "Km", "KM"})
_VOLUMES: Final = frozenset({"ml", "mL", "l", "lit", "cc", "m3"})
ALL: Final = {**UNITS, **MONEY}
UNIT_SIGNS: Final = alternation(ALL)
_SPACED: Final = alternation(ALL.keys() - TIGHT)
SIGN: Final = rf"(?!\s?đ/c{WHOLE})(?:\s?(?:{_SPACED})|(?:{alternation(TIGHT)})){WHOLE}"
RANGE: Final = r"\s?-\s?"


def amount(first: str, last: str | None, ctx: Context) -> str:
    """Read a number, or from one number to another."""
    words = ctx.number(first)
    return f"{words} đến {ctx.number(last)}" if last else words


def _thousands(written: str) -> str | None:
    """Return 1,500 and 1.500,000 as 1.500…: with money, three digits are thousands."""
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+,000", written):
        return written.replace(",", ".")
    return written.replace(",", ".") if re.fullmatch(r"[1-9]\d{0,2},\d{3}", written) else None


def unit_name(sign: str, ctx: Context) -> str:
    """Return how a unit is said; a per mille holds the region's word for a thousand."""
    return ALL[sign].replace("phần nghìn", f"phần {thousand(ctx.region)}")


def _capital(match: re.Match[str], ctx: Context) -> Reading:
    """Read 20A, 5T, 16L near what is so measured; elsewhere it is a house, a class, a road."""
    first, last, letter = match.groups()
    leads, unit = _CAPITALS.get(letter, (frozenset(), ""))
    saved = first in _MONTHS and ctx.near(_SAVED, 9)
    termed = _TERM.match(ctx.line, match.end()) or _TERMED.fullmatch("".join(ctx.history[-2:-1]))
    if letter == "T" and (ctx.near(_TERMS, 3) or (saved and termed)):
        return f"{amount(first, last, ctx)} tháng"
    if letter == "T" and ctx.near({"nam", "nữ", "tuổi", "bn", "trẻ"}, 5) and first.isdigit():
        return f"{amount(first, last, ctx)} tuổi"
    if letter == "T" and first.isdigit() and ctx.near({"cao", "sàn", "tầng"}, 8):
        return f"{amount(first, last, ctx)} tầng"
    if letter == "M":  # LÊN TRÊN BĐ3 0,2M
        return f"{amount(first, last, ctx)} mét" if ctx.shouting else None
    goods = letter == "T" and ctx.next_word(match.end()) in _GOODS
    measured = goods or ctx.near(leads, 4) or (letter != "A" and "," in first)
    return f"{amount(first, last, ctx)} {unit}" if measured else None


def _quantity(match: re.Match[str], ctx: Context) -> Reading:
    first, last, sign = match.groups()
    sign = sign.strip()
    if sign == "s" and len(first) == 4 and first[-1] == "0":  # những năm 1980s
        return ctx.number(first)
    if sign == "đ" and _is_a_mark(first, match.end(), ctx):
        return f"{amount(first, last, ctx)} điểm"
    if sign == "l" and _is_a_time(match.end(), ctx):
        return f"{amount(first, last, ctx)} lần"
    meant = _thousands(first)
    if meant and sign not in MONEY and not first.endswith("00"):
        return Doubtful(f"{amount(first, last, ctx)} {unit_name(sign, ctx)}", Why.AMBIGUOUS_NUMBER)
    words = f"{amount(meant or first, last, ctx)} {unit_name(sign, ctx)}"
    return Doubtful(words, Why.AMBIGUOUS_NUMBER) if meant else words


def _is_a_time(end: int, ctx: Context) -> bool:
    """Say whether the l of "mạch 80l/p" and "2v x 3l/ngày" is a lần."""
    beats = ctx.line.startswith("/p", end) and ctx.near(_BEATS, 4)
    taken = ctx.after({"x"}) and ctx.line.startswith("/ng", end) and ctx.near(_MEDICINE, 8)
    return beats or taken


def _is_a_mark(number: str, end: int, ctx: Context) -> bool:
    """Say whether the đ of "9,5đ" and "trừ 4đ" is a điểm: no sum is so small, or in parts."""
    if not re.fullmatch(r"\d{1,3}(?:[.,]\d{1,2})?", number):
        return False
    if not number.isdigit():
        return True
    small = 0 < int(number) <= _HIGHEST_MARK and not ctx.line.startswith("/", end)
    ranked = ("xếp", "hạng") in pairwise(map(str.lower, ctx.history))
    return small and (ranked or ctx.near(_MARKED, 5) or ctx.next_word(end) == "môn")


def _tons(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 6.5 t of "6.5 t/ha" and the 50c of "50c/kg", shrimps of a size."""
    return f"{amount(match[1], match[2], ctx)} {'tấn' if match[3] == 't' else 'con'}"


def _age(match: re.Match[str], ctx: Context) -> Reading:
    """Read "trẻ 2-3t", "18t trở lên"; "5t lúa" are tons."""
    if ctx.next_word(match.end()) in _GOODS or "/ha" in ctx.history:
        return f"{amount(match[1], match[2], ctx)} tấn"
    before = "".join(ctx.history[-2:-1])
    listed = ctx.after({",", "và"}) and bool(re.fullmatch(r"\d+t", before))
    listed = listed or any(_AGE.fullmatch(token) for token in ctx.history[:-1])
    aged = listed or ctx.near(_AGED, 9 if int(match[1]) > 12 else 3)
    aged = aged or bool(match[2] and 14 < int(match[1]) < int(match[2]) < 100)
    aged = aged or (len(match[1]) > 1 and not _DEATHS.isdisjoint(map(str.lower, ctx.history)))
    aged = aged or ctx.next_word(match.end()) == "trở" or ctx.line[match.end() :][:1] in {"+", "↑"}
    return f"{amount(match[1], match[2], ctx)} tuổi" if aged else None


def _years_and_months(match: re.Match[str], ctx: Context) -> Reading:
    """Read 61t9th, the age at which one retires."""
    return f"{ctx.number(match[1])} tuổi {ctx.number(match[2])} tháng"


def _much_land(match: re.Match[str], ctx: Context) -> Reading:
    """Read "1 triệu ha", whose ha is no word by itself."""
    return f"{ctx.number(match[1])} {match[2]} héc ta"


def _hectares(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1ha2, a hectare and two tenths."""
    return f"{ctx.number(match[1])} héc ta {ctx.cardinal(int(match[2]))}"


def _point(match: re.Match[str], ctx: Context) -> Reading:
    """Read 10,5N and 112,8E: degrees of latitude and longitude."""
    return f"{ctx.number(match[1])} độ {_DEGREES[match[2]]}"


def _screen(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 43in of a television."""
    return f"{ctx.number(match[1])} inh" if ctx.near(_SCREENS, 5) else None


def _pills(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 1v of "uống 1v x 2 lần/ngày"."""
    taken = ctx.near(_MEDICINE, 6) or ctx.next_word(match.end()) in _TAKEN
    return f"{amount(match[1], match[2], ctx)} viên" if taken else None


def _height(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1m65 and 2m5; "cao 1m2" is a height, any other m2 an area."""
    if match[0].isupper() and not ctx.shouting:
        return None
    if match[2] in "23" and not (
        ctx.after({"cao", "dài", "rộng", "sâu", "dày"}) or (int(match[1]) < 3 and _tall(match, ctx))
    ):
        return None
    return f"{ctx.number(match[1])} mét {ctx.cardinal(int(match[2]))}"


def _tall(match: re.Match[str], ctx: Context) -> bool:
    """Say whether the 1m2 of "cao dưới 1m2" and of "1m2-1m4" is a height."""
    since = "".join(ctx.history[-2:-1]) if ctx.after({"-", "đến"}) else ""
    if _METRES.fullmatch(since):
        return True  # "trẻ em 1m-1m3"
    compared = ctx.after({"dưới", "trên", "từ", "đến", "-", "tới", "hơn", "khoảng"})
    return (compared and ctx.near({"cao", "trẻ", "bé", "cháu"}, 7)) or bool(
        _HEIGHT_AHEAD.match(ctx.line, match.end())
    )


def _position(match: re.Match[str], ctx: Context) -> Reading:
    """Read 10°46'30"N: degrees, minutes, seconds, and the side of the world."""
    degrees, minutes, seconds, side = match.groups()
    words = f"{ctx.number(degrees)} độ {ctx.cardinal(int(minutes))} phút"
    if seconds:
        words += f" {ctx.number(seconds)} giây"
    return f"{words} {_SIDES[side]}" if side else words


def _in_brackets(match: re.Match[str], ctx: Context) -> Reading:
    """Read the unit of "3,5 x 4,2 (m)"."""
    return UNITS[match[0]] if ctx.after({"("}) else None


def _bare(match: re.Match[str], ctx: Context) -> Reading:
    """Read "m2", "kg", "kWh" with no number before them."""
    return unit_name(match[0], ctx)


def _kilometre(match: re.Match[str], ctx: Context) -> Reading:
    """Read the Km of "Km12+500"."""
    return UNITS["km"]


def of_one_kind(first: str, last: str) -> bool:
    """Say whether two signs measure the same, so that a dash between them is a range."""
    kinds = (_MASSES, _LENGTHS, _VOLUMES, MONEY.keys() | SUMS)
    return first == last or any(first in kind and last in kind for kind in kinds)


#: After these a T is a month.
_TERMS: Final = words("hạn kỳ gửi vay góp hành")
#: …and near these, if so many months are usual.
_SAVED: Final = words("suất lãi tk tiết bhxh bhyt tự đóng trả")
#: What is told of a term: its rate, another term.
_TERM: Final = re.compile(r"\s?[:/,;)(]|\s(?:\d|lần|là|lãi)")
_TERMED: Final = re.compile(r"\d{1,2}T")
_MONTHS: Final = words("1 2 3 6 9 12 13 18 24 36 60")
_NOT_ALONE: Final = words("KM KG MB ha Ha HA cc oC HP TB KV đồng lit inch th dl ms hp CV Ah %o")
#: Units of one capital letter: near which words they are units at all.
_CAPITALS: Final = {
    "A": (
        words("điện dòng cầu chì aptomat atomat sạc ổ phích acquy ắc bình máy áp pin nguồn củ"),
        "am pe",
    ),
    "T": (words("tải trọng nặng quá xe trên dưới tt"), "tấn"),
    "L": (words("bình can chai xăng dầu nước thùng xô phuy lọ thuốc"), "lít"),
}
_ALONE: Final = alternation(u for u in ALL if len(u) > 1 and u not in _NOT_ALONE)

_SIDES: Final = {"N": "Bắc", "S": "Nam", "E": "Đông", "W": "Tây", "B": "Bắc", "Đ": "Đông"}

_DEGREES: Final = {"N": "vĩ Bắc", "E": "kinh Đông"}
_SCREENS: Final = words("tivi vi tv led màn hình laptop tính")

QUANTITIES: Final[tuple[Rule, ...]] = (
    rule("quantity", rf"({NUMBER})\s(triệu|ngàn|nghìn|vạn)\sha{WHOLE}", _much_land, then="0.,tnv"),
    rule("quantity", rf"(\d{{1,3}})ha(\d){WHOLE}", _hectares, then="h", tight=True),
    rule("position", rf"(\d{{1,3}}[.,]\d{{1,2}})\s?([NE]){WHOLE}", _point, then=".,"),
    rule("quantity", rf"(\d{{2,3}})\s?in{WHOLE}", _screen, then="i"),
    rule(
        "position",
        rf"(\d{{1,3}})°\s?(\d{{1,2}})'\s?(?:(\d{{1,2}}(?:[.,]\d+)?)(?:\"|'')\s?)?([NSEWBĐ])?{WHOLE}",
        _position,
        then="°",
    ),
    rule("metres and", rf"(\d{{1,3}})[mM](\d{{1,2}}){WHOLE}", _height, then="mM", tight=True),
    rule(
        "quantity",
        rf"({NUMBER})(?:{RANGE}({NUMBER}))?\s?(?:(t)(?=/(?:ha|công|hộ|sào|mẫu|vụ|năm|ngày){WHOLE})"
        rf"|(c)(?=/(?:kg|m2){WHOLE}))",
        _tons,
        then="0.,-tc",
    ),
    rule("age", rf"(\d{{1,2}})t\s?(\d{{1,2}})th{WHOLE}", _years_and_months, then="t"),
    rule("age", rf"(\d{{1,3}})(?:{RANGE}(\d{{1,3}}))?t{WHOLE}", _age, then="-t"),
    rule("quantity", rf"(\d{{1,2}})(?:{RANGE}(\d{{1,2}}))?v{WHOLE}", _pills, then="-v"),
    rule(
        "spaced money",
        rf"([1-9]\d{{0,2}}(?: \d{{3}})+)()(\s?(?:{alternation(MONEY)})){WHOLE}",
        _quantity,
        then="0",
    ),
    rule(
        "capital unit",
        rf"({NUMBER})(?:{RANGE}({NUMBER}))?\s?([ATLM]){WHOLE}",
        _capital,
        then="0.,-ATLM",
    ),
    rule(
        "quantity",
        rf"({NUMBER})(?:{RANGE}({NUMBER}))?({SIGN})",
        _quantity,
        then="0.,-" + first_letters(ALL),
    ),
)
BARE_UNITS: Final[tuple[Rule, ...]] = (
    rule("unit", r"[mgl](?=\))", _in_brackets, starts="mgl"),
    rule("unit", r"[Kk]m(?=\d)", _kilometre, starts="Kk"),
    rule("unit", rf"(?:{_ALONE}){WHOLE}", _bare, starts=first_letters(ALL)),
)
