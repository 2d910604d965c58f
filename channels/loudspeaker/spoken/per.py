"""One thing per another: đồng/hộ/tháng, km/h, tấn/ha, 50mm/24h."""

from __future__ import annotations

import re
from typing import Final

from .abbreviations import FOREIGN, alternation, first_letters, short_for
from .context import WHOLE, Context, Reading, Rule, rule
from .data.measures import MONEY, SUMS, UNITS
from .numbers import NUMBER
from .syllables import LETTERS, LOWER, is_syllable
from .units import ALL, TIGHT
from .wordlist import words

#: What things are counted per: said with "mỗi".
_EACH: Final = words(
    "hộ người tháng năm ngày tuần quý lần khẩu em suất con cây học lượt buổi giờ phút ca thẻ lớp "
    "trẻ sào công mẫu chai gói bao thùng cái chiếc bộ xe ấp xã tổ đợt vụ liều hồ phần giấy trường "
    "ván vị tấn tạ kg lít đêm bình lứa căn khẩu nhà hồ khóa kỳ trận chuyến viên hũ can lọ ống nhóm "
    "đội đoàn bàn nhân đầu hecta hécta héc gốc bụi luống ao vườn ruộng mùa nhiệm bài trang tờ bản "
    "chương đợt đôi cặp ngôi phòng giường tháng mét trạm trường cơ điểm "
    "chị anh ông bà cháu hội đảng đồng lao"
)
#: Words of measure which a "per" may follow.
_MEASURES: Final = words(
    "tấn tạ yến kg người lần suất con cây lít khối giạ phút giờ ngày buổi liều viên giọt tiếng chỗ "
    "gam mét hộ lượt bao gói chai tháng năm p ph t c"
)
_DENOMINATORS: Final = {
    "h": "giờ", "s": "giây", "l": "lít", "L": "lít", "p": "phút", "d": "ngày", "th": "tháng",
    "ngđ": "ngày đêm", "ng": "người", "t": "tấn", "q": "quyển", "GD": "giao dịch", "SP": "sản phẩm",
}  # fmt: skip
#: "1 tuần/lần" is once in a week; "30 phút/lần" is how long each takes.
_HEADS: Final = words("con hộ người cây")
_ROUND: Final = re.compile(r"10*(?:\.000)*")
_PERIODS: Final = words("ngày tuần tháng quý năm")
#: Words of a date on a form: "ngày/tháng/năm sinh".
_DATED: Final = {"ngày": "tháng", "tháng": "năm"}
#: Beyond these no number counts what stands before a slash; a point may follow an item's number.
_CLAUSE_ENDS: Final = frozenset(".;:)!?")
#: A price with no word for the money: "35.000-40.000/kg".
_PRICE: Final = re.compile(r"(?:[\d.]+\s?-\s?)?[1-9]\d{0,2}(?:\.\d{3})+")
_CLOCKS: Final = frozenset({"h", "'", "ph", "p", "giây"})
_MILLIONS: Final = re.compile(r"\d+tr\d+")
_COUNT: Final = re.compile(r"^[\d.,\s/-]+|\s[\d.,\s-]+$")
#: An hour to another: the 5h-17h of "5h-17h/ngày".
_SPAN: Final = re.compile(r"\d{1,2}[hg]\d{0,2}\s?-\s?\d{1,2}[hg]\d{0,2}")
_TOPS: Final = alternation(UNITS)
_BOTTOMS: Final = alternation((*UNITS, *_DENOMINATORS))


def _top(token: str) -> str:
    """Return what is counted in the token before a slash: the kg of "5kg", the VNĐ of "VNĐ 5"."""
    return _COUNT.sub("", token)


def _per(match: re.Match[str], ctx: Context) -> Reading:
    """Read the slash of đồng/hộ/tháng, km/h, tấn/ha, with what follows it."""
    last = ctx.history[-1] if ctx.history else ""
    if last == "+" and len(ctx.history) > 1:
        last = ctx.history[-2]
    top = _top(last.rpartition("-")[2] if _SPAN.fullmatch(last) else last)
    bottom = match[1]
    if bottom == "TBĐ":
        return None  # "thửa 14/TBĐ 5": a plot, then the sheet of the map
    if bottom == _DATED.get(top.lower().lstrip("/ ")) and not _counts(last, ctx):
        return None
    counts = top in MONEY or top.lower() in SUMS or bool(_MILLIONS.fullmatch(last))
    if bottom == "lần" and top.lower() in _PERIODS and _counts(last, ctx):
        return "một lần"
    if bottom == "ng" and ctx.near({"thuốc", "uống", "viên", "liều"}, 14):
        return "mỗi ngày"  # "1v x 2l/ng"
    if bottom == "p" and counts and ctx.near({"quà", "phần"}, 6):
        return "mỗi phần"
    counts = counts or bool(_PRICE.fullmatch(last))
    measured = counts or top in UNITS or top.lower() in _MEASURES or last.startswith("/")
    measured = measured or (top in _CLOCKS and last[:1].isdigit())
    if not measured and not _counted(ctx):
        return None
    if (top in UNITS or top.lower() in {"lít", "khối"}) and bottom in {"giờ", "giây", "lít"}:
        return f"trên {bottom}"
    counted = len(bottom) > 1 and _counted(ctx)
    if (measured or counted) and (bottom in UNITS or bottom in _DENOMINATORS):
        each = counts or (bottom == "th" and last[:1] == "/")
        return f"{'mỗi' if each else 'trên'} {_DENOMINATORS.get(bottom) or UNITS[bottom]}"
    named = is_syllable(bottom) and (counts or (measured and _counts(last, ctx)))
    if named or bottom.lower() in _EACH:
        return f"mỗi {bottom.lower()}"
    short = short_for(bottom) or (FOREIGN.get(bottom.lower()) if measured else None)
    return f"mỗi {short}" if short else None


def _counts(last: str, ctx: Context) -> bool:
    """Say whether what is counted stands right after its number: the 45 of "45 phút/tiết"."""
    return last[:1].isdigit() or any(token[:1].isdigit() for token in ctx.history[-2:-1])


def _counted(ctx: Context) -> bool:
    """Say whether a number was just written: the 5 of "5kg gạo/hộ", not of "5. Giấy/thẻ"."""
    for token in reversed(ctx.history[-4:-1]):
        if token[0].isdigit() or token in _CLAUSE_ENDS:
            return token[0].isdigit()
    return False


def _per_amount(match: re.Match[str], ctx: Context) -> Reading:
    """Read the slash of 50mm/24h, 50mg/100ml, 100kg/1.000m2, with what follows it."""
    last = ctx.history[-1] if ctx.history else ""
    top = _top(last)
    if not last or not (top in ALL or top.lower() in _MEASURES | SUMS or _counted(ctx)):
        return None
    amount, sign = match.groups()
    if top.lower() in _HEADS and not _ROUND.fullmatch(amount):
        return None  # "35 con/2.150kg": so many, and what they weigh
    hours = sign.strip() in {"h", "giờ"}
    unit = "giờ" if hours else ALL.get(sign.strip(), sign.strip())
    return f"{'trong' if hours else 'trên'} {ctx.number(amount)} {unit}"


def _per_count(match: re.Match[str], ctx: Context) -> Reading:
    """Read the slash of "120.000đ/30 ngày"."""
    last = ctx.history[-1] if ctx.history else ""
    top = _top(last)
    each = last.startswith("/") and len(ctx.history) > 1 and _top(ctx.history[-2]) in MONEY
    return "cho" if each or top in MONEY or top.lower() in SUMS else None


def _distances(match: re.Match[str], ctx: Context) -> Reading:
    """Read the slash of "chạy 5km/10km": nothing is measured in kilometres per kilometre."""
    return "," if ctx.history and _top(ctx.history[-1]) == match[1] else None


def _bare_per(match: re.Match[str], ctx: Context) -> Reading:
    """Read "km/h", "mg/l", "µg/m3" with no number before them."""
    top, bottom = match.groups()
    return f"{UNITS[top]} trên {_DENOMINATORS.get(bottom) or UNITS[bottom]}"


PER: Final[tuple[Rule, ...]] = (
    rule("list", rf"\s?/(?=\s?\d{{1,3}}\s?(km|m){WHOLE})", _distances, starts=" /"),
    rule("per count", rf"\s?/(?=\s?\d{{1,3}}\s[{LOWER}])", _per_count, starts=" /"),
    rule(
        "per amount",
        rf"\s?/\s?({NUMBER})(\s?(?:{alternation(UNITS.keys() - TIGHT)}|h|giờ|lít|công)){WHOLE}",
        _per_amount,
        starts=" /",
    ),
    rule("per", rf"\s?/\s?([{LETTERS}µ%]+[23]?){WHOLE}", _per, starts=" /"),
)
PER_UNITS: Final[tuple[Rule, ...]] = (
    rule(
        "unit per unit", rf"({_TOPS})/({_BOTTOMS}){WHOLE}", _bare_per, starts=first_letters(UNITS)
    ),
)
