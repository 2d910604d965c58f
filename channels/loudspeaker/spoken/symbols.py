"""Marks, brackets, dashes, bullets, comparison signs, and what has no sound at all."""

from __future__ import annotations

import re
from typing import Final

from . import arrows
from .abbreviations import FOREIGN, abbreviation
from .context import WHOLE, Context, Reading, Rule, rule
from .dates import CLOCK
from .letters import spell
from .model import Doubtful, Why
from .numbers import thousand
from .spans import is_span
from .syllables import LETTERS, LOWER, UPPER, has_vowel
from .units import UNIT_SIGNS, of_one_kind
from .web import ENDINGS, FILES
from .wordlist import words

_NAMES: Final = {
    "&": "và", "=": "bằng", "<": "nhỏ hơn", ">": "lớn hơn", "≥": "lớn hơn hoặc bằng",
    "≤": "nhỏ hơn hoặc bằng", "<=": "nhỏ hơn hoặc bằng", ">=": "lớn hơn hoặc bằng",
    "≠": "khác", "±": "cộng trừ", "+/-": "cộng trừ", "×": "nhân", "÷": "chia", "≈": "xấp xỉ",
    "%": "phần trăm", "‰": "phần nghìn", "°C": "độ xê", "°": "độ", "$": "đô la Mỹ",
    "€": "ơ rô", "₫": "đồng", "£": "bảng Anh", "¥": "yên", "№": "số", "@": "a còng",
    "µ": "mi crô", "∞": "vô cùng", "§": "mục", "§§": "mục",
}  # fmt: skip
_OPEN: Final = "([{"
_BULLETS: Final = "-+•·▪▫◦‣►▶✓✔✅☑◆◇○●■□➢➤➔→"
#: What a + may add to, or be the sign of.
_ADDED: Final = re.compile(rf"\s?[\d(]|[{LETTERS}]|\s+(?!trở\s)[{LETTERS}]")
_SCREENS: Final = words("tivi vi tv led màn hình laptop tính inch loa lốp bánh vành ống phi smart")
#: Near these a rise is no rise, but a limit.
_LIMITS: Final = words("từ trên dưới đủ tuổi cấp hạng mức")
#: Abbreviations whose own point may stand before a number.
_POINTED: Final = words(
    "KP Kp ĐT Đt đt SĐT DĐ Tel tel TEL Fax STT SN HK BĐ Km km Tr tr NQ QĐ NĐ TT CT CV"
)
_KIND: Final = words("cảm cám ơn thương yêu chúc mừng vui bạn quý")
#: An office by three letters or more.
_OFFICE: Final = re.compile(rf"[{UPPER}]{{3,}}{WHOLE}")
_DIGITS: Final = re.compile(r"\d{1,6}(?!\d)")
#: A sentence that has not ended.
_GOES_ON: Final = re.compile(rf"\s(?:[{LOWER}]|Chạp|Giêng)")
#: What one chooses next: the "Cập nhật" of: bấm "Sổ sức khỏe" > "Cập nhật" > nhập mã.
_MENU: Final = re.compile(rf'\s(?:["“]|[{UPPER}][{LOWER}]|(?:nhập|chọn|bấm|nhấn)\s)')
_SPANNED: Final = re.compile(
    r"[12]m\d{0,2}-[12]m\d{1,2}(?:\D.*)?|\d{1,2}\s?[AaPp][Mm]-\d{1,2}\s?[AaPp][Mm].*"
)
_MINUTES: Final = re.compile(r"\d{1,2}\s?(?:p|ph|phút|')")
_HOURS_AHEAD: Final = re.compile(r"\d{1,2}\s?(?:h|giờ)")
_CLAUSE_AHEAD: Final = re.compile(rf"\s*[{UPPER}]")
#: An amount and its unit, wherever it stands.
_UNIT: Final = re.compile(
    rf"[\d.,]+(?:\s?-\s?[\d.,]+)?\s?((?:{UNIT_SIGNS}|[kK]|tr|triệu|tỷ|ngàn|nghìn)?)"
)


def _named(match: re.Match[str], ctx: Context) -> Reading:
    return _NAMES[match[0]].replace("phần nghìn", f"phần {thousand(ctx.region)}")


def _diameter(match: re.Match[str], ctx: Context) -> Reading:
    """Read Ø90."""
    return "phi"


def _compared(match: re.Match[str], ctx: Context) -> Reading:
    """Read the < of "5 < x", which has a space on either side."""
    spaced = ctx.line[match.start() - 1 : match.start()] == " " and bool(ctx.history)
    if spaced and match[1] == ">" and _MENU.match(ctx.line, match.end()):
        return "," if ctx.last()[:1].isalpha() or ctx.after({'"', "”"}) else _NAMES[">"]
    return _NAMES[match[1]] if spaced else None


def _plus(match: re.Match[str], ctx: Context) -> Reading:
    if _is_least(match, ctx):
        return "" if ctx.next_word(match.end()) == "trở" else "trở lên"
    return "cộng" if ctx.history or ctx.line[match.end() : match.end() + 1].isdigit() else ""


def _is_least(match: re.Match[str], ctx: Context) -> bool:
    """Say whether the + of "18+" and "100.000đ+" closes an amount; of "5+" alone it may not."""
    before, after = ctx.line[: match.start()][-1:], ctx.line[match.end() :]
    if before.isdigit() and [word.lower() for word in ctx.history[-2:-1]] == ["thứ"]:
        return not after[:1].isdigit()
    if not (before.isalnum() or before in "%₫") or _ADDED.match(after) or not ctx.history:
        return False
    last = ctx.history[-1]
    return last[:1].isdigit() and (len(last) > 1 or len(ctx.history) > 1)


def _inches(match: re.Match[str], ctx: Context) -> Reading:
    """Read the " of "tivi 32"", unless it closes what another one opened."""
    number = ctx.history[-1] if ctx.history else ""
    opened = ctx.line.count('"', 0, match.start()) % 2
    measured = number.replace(",", "").isdigit() and ctx.line[match.start() - 1].isdigit()
    return "inh" if measured and not opened and ctx.near(_SCREENS, 6) else None


def _heart(match: re.Match[str], ctx: Context) -> Reading:
    """Drop the <3 that closes a greeting."""
    return "" if ctx.near(_KIND, 9) else None


def _next_item(match: re.Match[str], ctx: Context) -> Reading:
    """Read the second * of "* Bàn 1: … * Bàn 2: …", whose line begins with one too."""
    sign = match[0].strip()
    return "," if ctx.history and ctx.line.lstrip().startswith(f"{sign} ") else None


def _about(match: re.Match[str], ctx: Context) -> Reading:
    """Read the ~ of "~100 hộ", and of 7h~8h, where it means "to"."""
    if ctx.line[match.start() - 1 : match.start()].isalnum() and ctx.history:
        return "đến"
    return "" if ctx.after({"khoảng", "chừng", "gần", "hơn"}) else "khoảng"


def _result(match: re.Match[str], ctx: Context) -> Reading:
    """Read HBsAg (-) and Rh(+)."""
    return "dương tính" if match[1] == "+" else "âm tính"


def _rise(match: re.Match[str], ctx: Context) -> Reading:
    """Read the ↑ of "↑15%", unless it was said in words, and that of "từ 16 tuổi ↑"."""
    rises = match[0][0] in "↑▲"
    word = "tăng" if rises else "giảm"
    if ctx.line[match.end() :].lstrip(" +-")[:1].isdigit():
        return "" if ctx.after({word}) else word
    limited = any(token[:1].isdigit() for token in ctx.history[-2:]) and ctx.near(_LIMITS, 5)
    return ("trở lên" if rises else "trở xuống") if limited else ""


def _bullet(match: re.Match[str], ctx: Context) -> Reading:
    """Drop a bullet at the start of a line; the scanner closes the item with a full stop."""
    return "" if not ctx.history else None


def _minus(match: re.Match[str], ctx: Context) -> Reading:
    """Read a minus sign: before a number, with a space or a bracket in front of it."""
    before = ctx.line[match.start() - 1] if match.start() else " "
    return "âm" if before in " (:=<>±≤≥≈~" else None


def _to(match: re.Match[str], ctx: Context) -> Reading:
    """Read the dash of "30% - 50%", "5kg-10kg": from an amount to an amount of one kind."""
    last = ctx.history[-1] if ctx.history else ""
    if not last[:1].isdigit() or last[-1:].isdigit():
        return None
    if last.strip("0123456789.,-") == "":
        return None
    if _SPANNED.fullmatch(f"{last}-{ctx.line[match.end() : match.end() + 5]}"):
        return "đến"  # 1m-1m3, 6AM-9PM
    if _MINUTES.fullmatch(last) and _HOURS_AHEAD.match(ctx.line, match.end()):
        return "đến"  # 30p-1h
    first, following = _UNIT.match(last), _UNIT.match(ctx.line, match.end())
    signs = (first[1], following[1]) if first and following else ("", "")
    return "đến" if all(signs) and of_one_kind(*signs) else ","


def _span(match: re.Match[str], ctx: Context) -> Reading:
    """Read the dash of "ấp 1 - ấp 4", "7h sáng-5h chiều", "thứ hai-thứ sáu"."""
    return "đến" if is_span(ctx, match.end()) else None


def _until(match: re.Match[str], ctx: Context) -> Reading:
    """Read the dash of "22h ngày 09/12 - 4h ngày 10/12"."""
    history = ctx.history[-3:]
    dated = len(history) == 3 and history[1].lower() == "ngày" and CLOCK.fullmatch(history[0])
    return "đến" if dated else None


def _dash(match: re.Match[str], ctx: Context) -> Reading:
    """A dash is a pause if a space is beside it or between phone numbers or offices."""
    if match[0] == "-" and _between_offices(match.end(), ctx):
        return ","
    if match[0] == "-" and ctx.history and ctx.history[-1].isdigit():
        following = _DIGITS.match(ctx.line, match.end())
        if following:
            rises = int(following[0]) > int(ctx.history[-1]) and following[0][0] != "0"
            return "đến" if rises else ","
    phones = bool(ctx.history) and len(re.sub(r"\D", "", ctx.history[-1])) > 7
    between = phones and ctx.line[match.end() :][:1] in "0123456789(+"
    return "," if between or " " in match[0] or len(match[0].strip()) > 1 else ""


def _between_offices(end: int, ctx: Context) -> bool:
    """Say whether a dash joins whole abbreviations: the dashes of "Đảng uỷ-HĐND-UBND"."""
    following = _OFFICE.match(ctx.line, end)
    if following is None or not ctx.history or not ctx.history[-1][-1].isalpha():
        return False
    return not ctx.shouting and abbreviation(following[0]) is not None


def _mark(match: re.Match[str], ctx: Context) -> Reading:
    """Read a mark; the point of "KP. 4" and "ĐT. 0909…" belongs to the abbreviation."""
    if match[0] == "." and (ctx.after({"vit"}) or _joins_letters(match, ctx)):
        return ""
    if match[0] == "." and _shortened(ctx) and _GOES_ON.match(ctx.line, match.end()):
        return ""
    pointed = match[0] == "." and bool(ctx.history) and ctx.history[-1] in _POINTED
    return "" if pointed and ctx.line[match.end() :].lstrip()[:1].isdigit() else match[0]


def _joins_letters(match: re.Match[str], ctx: Context) -> bool:
    """Say whether the point of VP.UBND joins two abbreviations."""
    before = ctx.history[-1] if ctx.history else ""
    return before.isupper() and bool(_OFFICE.match(ctx.line, match.end()))


def _shortened(ctx: Context) -> bool:
    """Say whether a small word that cannot be sung was just written: the ng of "ng. trên 40t"."""
    last = ctx.history[-1] if ctx.history else ""
    if last.endswith("th") and last[0].isdigit():  # "29 th. Chạp"
        return True
    return last.isalpha() and last.islower() and len(last) < 4 and not has_vowel(last)


def _ellipsis(match: re.Match[str], ctx: Context) -> Reading:
    return "…"


def _ending(match: re.Match[str], ctx: Context) -> Reading:
    """Read the point of "tên miền .vn"."""
    before = ctx.line[match.start() - 1] if match.start() else " "
    ending = match[1].lower()
    return f"chấm {FOREIGN.get(ending) or spell(ending)}" if before in " (" else None


def _pause(match: re.Match[str], ctx: Context) -> Reading:
    return ","


def _silent(match: re.Match[str], ctx: Context) -> Reading:
    return ""


def _unreadable(match: re.Match[str], ctx: Context) -> Reading:
    """Drop letters of another script, on the record; a picture before a clause is a pause."""
    if any(character.isalnum() for character in match[0]):
        return Doubtful("", Why.UNREADABLE)
    return "," if _CLAUSE_AHEAD.match(ctx.line, match.end()) else ""


_SIGNS: Final = "|".join(re.escape(sign) for sign in sorted(_NAMES, key=len, reverse=True))

#: "-5°C" and "+2" alone on a line begin with a sign, not with a bullet.
_SIGNED: Final = r"[-+]\d+(?:,\d+)?\s?(?:[°%]|độ|$|[,;]\s?-\d|đến -?\d+\s?(?:°|độ))"

BULLET: Final = rule(
    "bullet", rf"(?!{_SIGNED})(?:[{re.escape(_BULLETS)}]+\s*|\*\s+)", _bullet, starts=_BULLETS + "*"
)
SYMBOLS: Final[tuple[Rule, ...]] = (
    BULLET,
    rule("ellipsis", r"\.{2,}|…[.…]*", _ellipsis, starts=".…"),
    rule("address ending", rf"\.((?i:{ENDINGS}|{FILES})){WHOLE}", _ending, starts="."),
    rule("mark", r"[.,;:?!]", _mark, starts=".,;:?!"),
    rule("minus", r"-(?=\d)", _minus, starts="-"),
    rule("to", r"\s?-\s?(?=\d{1,2}\s?[hHg]\d{0,2}(?:'|p|ph| phút)?\s+ngày)", _until, starts=" -"),
    rule("to", rf"\s?-\s?(?=[{LETTERS}0-9])", _span, starts=" -"),
    rule("to", r"\s?-\s?(?=\d)", _to, starts=" -"),
    rule("dash", r"\s*-(?!>)(?:-(?!>)|\s)*", _dash, starts=" -"),
    rule("about", r"~\s?(?=\d)", _about, starts="~"),
    rule("rise", r"[↑↓▲▼]+", _rise, starts="↑↓▲▼"),
    *arrows.ARROWS,
    rule("rule of signs", r"([=~_*#+-])\1{2,}", _silent, starts="=~_*#+-"),
    rule("checkbox", r"\[\s?[xXvV✓]?\s?\]", _silent, starts="["),
    rule("bullet, next", rf"\s*[*+]\s+(?=[{UPPER}])", _next_item, starts=" *+"),
    rule("diameter", r"[Ø⌀Φ](?=\s?\d)", _diameter, starts="Ø⌀Φ"),
    rule("comparison", r"([<>])(?= )", _compared, starts="<>"),
    rule("quote mark", r"[<>](?![=<>-]?\s?\d|=)", _pause, starts="<>"),
    rule("ornament", r"<3+(?=[\s.!]*$)", _heart, starts="<"),
    rule("sign", _SIGNS, _named, starts="".join(sorted({sign[0] for sign in _NAMES}))),
    rule("plus", r"\+", _plus, starts="+"),
    rule("test result", r"\(\s?([-+])\s?\)", _result, starts="("),
    rule("bracket", r"[()\[\]{}|]", _pause, starts="()[]{}|"),
    rule("slash", r"\s?/+\s?", _pause, starts=" /"),
    rule("unit", r'"', _inches, starts='"'),
    rule("quote", r"[\"'“”]+", _silent, starts="\"'“”"),
    rule("ornament", r"[#*_^~`\\-]+", _silent, starts="#*_^~`\\-"),
    rule("other script", rf"[^{LETTERS}0-9\x00-\x7f°µ₫…“”‰≥≤≠±×÷≈€£¥№→⇒➔➜➤↑↓▲▼]+", _unreadable),
)
