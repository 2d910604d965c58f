"""Units of measure and money, alone, in ranges, and one per another."""

from __future__ import annotations

import re
from typing import Final

from .abbreviations import alternation, first_letters, short_for
from .context import WHOLE, Context, Reading, Rule, rule
from .data.measures import MONEY, UNITS
from .model import Doubtful, Why
from .numbers import NUMBER, thousand
from .syllables import LETTERS, LOWER, is_syllable
from .wordlist import words

#: Units whose sign is one letter that may stand alone elsewhere: no space before them.
_TIGHT: Final = frozenset({"HP", "CV", "W", "V", "s", "Đ", "gr", "°", "ms"})
#: What things are counted per: said with "mỗi".
_EACH: Final = words(
    "hộ người tháng năm ngày tuần quý lần khẩu em suất con cây học lượt buổi giờ phút ca thẻ lớp "
    "trẻ sào công mẫu chai gói bao thùng cái chiếc bộ xe ấp xã tổ đợt vụ liều hồ phần giấy trường "
    "ván vị tấn tạ kg lít đêm bình lứa căn khẩu nhà hồ khóa kỳ trận chuyến viên hũ can lọ ống nhóm "
    "đội đoàn bàn nhân đầu hecta hécta héc gốc bụi luống ao vườn ruộng mùa nhiệm bài trang tờ bản "
    "chương đợt đôi cặp ngôi phòng giường tháng mét trạm trường cơ điểm"
)
_SUMS: Final = words("triệu tỷ tỉ ngàn nghìn trăm k tr")
#: Words of measure which a "per" may follow.
_MEASURES: Final = words(
    "tấn tạ yến kg người lần suất con cây lít khối giạ phút giờ ngày buổi liều viên giọt tiếng chỗ "
    "gam mét hộ lượt bao gói chai tháng năm"
)
_MASSES: Final = frozenset({"mg", "g", "gr", "kg", "Kg", "KG", "µg"})
_LENGTHS: Final = frozenset({"mm", "cm", "dm", "m", "km", "Km", "KM"})
_VOLUMES: Final = frozenset({"ml", "mL", "l", "lit", "cc", "m3"})
_DENOMINATORS: Final = {"h": "giờ", "s": "giây", "l": "lít", "L": "lít", "p": "phút", "d": "ngày"}


ALL: Final = {**UNITS, **MONEY}
_COUNT: Final = re.compile(r"^[\d.,\s-]+|\s[\d.,\s-]+$")
UNIT_SIGNS: Final = alternation(ALL)
SIGN: Final = rf"(?:\s?(?:{alternation(ALL.keys() - _TIGHT)})|(?:{alternation(_TIGHT)})){WHOLE}"
_RANGE: Final = r"\s?-\s?"


def _amount(first: str, last: str | None, ctx: Context) -> str:
    words = ctx.number(first)
    return f"{words} đến {ctx.number(last)}" if last else words


def _thousands(written: str) -> str | None:
    """Return 1,500 as 1.500: with money, three digits after a comma are thousands."""
    return written.replace(",", ".") if re.fullmatch(r"[1-9]\d{0,2},\d{3}", written) else None


def unit_name(sign: str, ctx: Context) -> str:
    """Return how a unit is said; a per mille holds the region's word for a thousand."""
    return ALL[sign].replace("phần nghìn", f"phần {thousand(ctx.region)}")


def _capital(match: re.Match[str], ctx: Context) -> Reading:
    """Read 20A, 5T, 16L near what is so measured; elsewhere it is a house, a class, a road."""
    first, last, letter = match.groups()
    leads, unit = _CAPITALS[letter]
    measured = ctx.near(leads, 4) or (letter != "A" and "," in first)
    return f"{_amount(first, last, ctx)} {unit}" if measured else None


def _quantity(match: re.Match[str], ctx: Context) -> Reading:
    first, last, sign = match.groups()
    sign = sign.strip()
    meant = _thousands(first) if sign in MONEY else None
    words = f"{_amount(meant or first, last, ctx)} {unit_name(sign, ctx)}"
    return Doubtful(words, Why.AMBIGUOUS_NUMBER) if meant else words


def _short_money(match: re.Match[str], ctx: Context) -> Reading:
    """Read 50k, 50-100k, 5tr: thousands and millions of đồng."""
    first, last, sign = match.groups()
    size = thousand(ctx.region) if sign.lower() == "k" else "triệu"
    words = f"{_amount(first, last, ctx)} {size}"
    said = ctx.next_word(match.end()) in {"đồng", "đ", "vnđ", "vnd"}
    return words if said else f"{words} đồng"


def _millions_and(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1tr5 and 2tr350: millions, then the thousands that the digits begin."""
    millions, rest = match.groups()
    words = f"{ctx.number(millions)} triệu"
    tail = int(rest.ljust(3, "0"))
    return f"{words} {ctx.cardinal(tail)} {thousand(ctx.region)} đồng"


def _height(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1m65 and 2m5; "cao 1m2" is a height, any other m2 an area."""
    if match[2] in "23" and not ctx.after({"cao", "dài", "rộng", "sâu", "dày"}):
        return None
    return f"{ctx.number(match[1])} mét {ctx.cardinal(int(match[2]))}"


def _sign_first(match: re.Match[str], ctx: Context) -> Reading:
    """Read $5, €10, US$ 100."""
    return f"{ctx.number(match[2])} {_CURRENCIES[match[1].removeprefix('US')]}"


def _currency_first(match: re.Match[str], ctx: Context) -> Reading:
    """Read "VNĐ 500.000", "USD 100"."""
    return f"{ctx.number(match[2])} {MONEY[match[1]]}"


def _top(token: str) -> str:
    """Return what is counted in the token before a slash: the kg of "5kg", the VNĐ of "VNĐ 5"."""
    return _COUNT.sub("", token)


def _per(match: re.Match[str], ctx: Context) -> Reading:
    """Read the slash of đồng/hộ/tháng, km/h, tấn/ha, with what follows it."""
    last = ctx.history[-1] if ctx.history else ""
    top = _top(last)
    bottom = match[1]
    counts = top in MONEY or top.lower() in _SUMS
    measured = counts or top in UNITS or top.lower() in _MEASURES or last.startswith("/")
    if not measured and not _counted(ctx):
        return None
    if top in UNITS and bottom in {"giờ", "giây", "lít"}:
        return f"trên {bottom}"
    counted = len(bottom) > 1 and _counted(ctx)
    if (measured or counted) and (bottom in UNITS or bottom in _DENOMINATORS):
        return f"{'mỗi' if counts else 'trên'} {_DENOMINATORS.get(bottom) or UNITS[bottom]}"
    each = bottom.lower() in _EACH or (counts and is_syllable(bottom))
    if each:
        return f"mỗi {bottom.lower()}"
    short = short_for(bottom)
    return f"mỗi {short}" if short else None


def _counted(ctx: Context) -> bool:
    """Say whether a number was just written: the 5 of "5kg gạo/hộ"."""
    return any(token[0].isdigit() for token in ctx.history[-4:-1])


def _per_amount(match: re.Match[str], ctx: Context) -> Reading:
    """Read the slash of 50mm/24h, 50mg/100ml, 100kg/1.000m2, with what follows it."""
    last = ctx.history[-1] if ctx.history else ""
    top = _top(last)
    if not last or not (top in ALL or top.lower() in _MEASURES | _SUMS or _counted(ctx)):
        return None
    amount, sign = match.groups()
    hours = sign.strip() in {"h", "giờ"}
    unit = "giờ" if hours else ALL.get(sign.strip(), sign.strip())
    return f"{'trong' if hours else 'trên'} {ctx.number(amount)} {unit}"


def _per_count(match: re.Match[str], ctx: Context) -> Reading:
    """Read the slash of "120.000đ/30 ngày"."""
    last = ctx.history[-1] if ctx.history else ""
    top = _top(last)
    return "cho" if top in MONEY or top.lower() in _SUMS else None


def _bare_per(match: re.Match[str], ctx: Context) -> Reading:
    """Read "km/h", "mg/l", "µg/m3" with no number before them."""
    top, bottom = match.groups()
    return f"{UNITS[top]} trên {_DENOMINATORS.get(bottom) or UNITS[bottom]}"


def _bare(match: re.Match[str], ctx: Context) -> Reading:
    """Read "m2", "kg", "kWh" with no number before them."""
    return unit_name(match[0], ctx)


def _kilometre(match: re.Match[str], ctx: Context) -> Reading:
    """Read the Km of "Km12+500"."""
    return UNITS["km"]


def of_one_kind(first: str, last: str) -> bool:
    """Say whether two signs measure the same, so that a dash between them is a range."""
    kinds = (_MASSES, _LENGTHS, _VOLUMES, MONEY.keys() | _SUMS)
    return first == last or any(first in kind and last in kind for kind in kinds)


_TOPS: Final = alternation(UNITS)
_BOTTOMS: Final = alternation((*UNITS, *_DENOMINATORS))
_NOT_ALONE: Final = words("ha Ha HA cc oC HP TB đồng lit inch dl ms hp CV Ah %o")
#: Units of one capital letter: near which words they are units at all.
_CAPITALS: Final = {
    "A": (words("điện dòng cầu chì aptomat atomat sạc ổ phích acquy ắc bình máy áp"), "am pe"),
    "T": (words("tải trọng nặng quá xe trên dưới"), "tấn"),
    "L": (words("bình can chai xăng dầu nước thùng xô phuy lọ thuốc"), "lít"),
}
_CURRENCIES: Final = {"$": "đô la Mỹ", "€": "ơ rô", "£": "bảng Anh", "¥": "yên", "₫": "đồng"}
_ALONE: Final = alternation(u for u in ALL if len(u) > 1 and u not in _NOT_ALONE)

QUANTITIES: Final[tuple[Rule, ...]] = (
    rule("millions and", rf"(\d{{1,4}})tr(\d{{1,3}}){WHOLE}", _millions_and, then="t", tight=True),
    rule(
        "short money",
        rf"({NUMBER})(?:{_RANGE}({NUMBER}))?\s?(k|K|tr|Tr){WHOLE}",
        _short_money,
        then="0.,-kKtT",
    ),
    rule("metres and", rf"(\d{{1,3}})m(\d{{1,2}}){WHOLE}", _height, then="m", tight=True),
    rule(
        "spaced money",
        rf"([1-9]\d{{0,2}}(?: \d{{3}})+)()(\s?(?:{alternation(MONEY)})){WHOLE}",
        _quantity,
        then="0",
    ),
    rule(
        "capital unit",
        rf"({NUMBER})(?:{_RANGE}({NUMBER}))?\s?([ATL]){WHOLE}",
        _capital,
        then="0.,-ATL",
    ),
    rule(
        "quantity",
        rf"({NUMBER})(?:{_RANGE}({NUMBER}))?({SIGN})",
        _quantity,
        then="0.,-" + first_letters(ALL),
    ),
)
CURRENCY_SIGNS: Final[tuple[Rule, ...]] = (
    rule("currency first", rf"([$€£¥₫])\s?({NUMBER})", _sign_first, starts="$€£¥₫U"),
)
PER: Final[tuple[Rule, ...]] = (
    rule("per count", rf"\s?/(?=\s?\d{{1,3}}\s[{LOWER}])", _per_count, starts=" /"),
    rule(
        "per amount",
        rf"\s?/\s?({NUMBER})(\s?(?:{alternation(UNITS.keys() - _TIGHT)}|h|giờ|lít|công)){WHOLE}",
        _per_amount,
        starts=" /",
    ),
    rule("per", rf"\s?/\s?([{LETTERS}µ%]+[23]?){WHOLE}", _per, starts=" /"),
)
BARE_UNITS: Final[tuple[Rule, ...]] = (
    rule(
        "currency first",
        rf"(VNĐ|VND|USD|EUR)\s?({NUMBER})(?!\s?[đ%])",
        _currency_first,
        starts="VUE",
    ),
    rule("currency first", rf"(US\$)\s?({NUMBER})", _sign_first, starts="$€£¥₫U"),
    rule(
        "unit per unit", rf"({_TOPS})/({_BOTTOMS}){WHOLE}", _bare_per, starts=first_letters(UNITS)
    ),
    rule("unit", r"[Kk]m(?=\d)", _kilometre, starts="Kk"),
    rule("unit", rf"(?:{_ALONE}){WHOLE}", _bare, starts=first_letters(ALL)),
)
