"""Roman numerals, where they are numerals: quý IV, thế kỷ XXI, Bình Trung II."""

from __future__ import annotations

import re
from typing import Final

from .context import MARKS, NEXT_WORD, WHOLE, Context, Reading, Rule, rule
from .letters import spell
from .model import Doubtful, Why
from .numbers import read_digits
from .syllables import LOWER, UPPER, is_syllable
from .wordlist import words

_VALUES: Final = {"I": 1, "V": 5, "X": 10}
_LEADS: Final = words(
    "quý kỷ chương phần mục khóa khoá kỳ kì thứ hội cấp loại hạng tuyến vực vùng nhóm đợt đoạn "
    "bậc tập ấp thôn khu lớp quân số tổ lần bảng độ phụ biểu mẫu tầng bài hồi phố trung xã bước "
    "dự ngạch chiến nhất lục động bđ vụ ca kíp trụ dãy cụm trạm bàn cống kênh lô đường giải vòng"
)
#: After these, a VI is six even in a heading in capitals.
_SURE_LEADS: Final = words("chương phần mục quý khóa khoá kỷ thứ hội kỳ lục loại hạng cấp")
#: Of these there are a IA and a IIB.
_LETTERED: Final = words(
    "lục pl mục phần chương nhóm biểu mẫu bảng đoạn hạng loại cấp bậc tầng lô phân mã"
)
#: Of these a V or an X may be a letter that hides the name.
_LETTERED_PLACES: Final = words("xã ấp thôn")
#: What follows the X of a commune: two words that begin large.
_PLACE_NAME: Final = re.compile(rf"\.\s?[{UPPER}][{LOWER}]+\s[{UPPER}][{LOWER}]+")
_NUMERAL: Final = re.compile("[IVX]+")
#: 1..39 in strict form: L, C, D and M are letters far more often than numerals.
_SMALL: Final = r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})"


def roman_value(numeral: str) -> int:
    """Return the value of a roman numeral in strict form."""
    values = [_VALUES[letter] for letter in numeral]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)


def _read(value: int, ctx: Context) -> str:
    """Read an ordinal after "thứ", a prize after "giải", else a cardinal."""
    ordinals = {1: "nhất", 4: "tư"} if ctx.after({"thứ"}) else {}
    if ctx.after({"giải"}):
        ordinals = {1: "nhất", 2: "nhì"}
    return ordinals.get(value) or ctx.cardinal(value)


def _range(match: re.Match[str], ctx: Context) -> Reading:
    """Read I-III, XIX - XX, and quý I-III/2026."""
    first, last = (roman_value(part) for part in match.groups()[:2])
    if first >= last:
        return None
    words = f"{_read(first, ctx)} đến {_read(last, ctx)}"
    return f"{words} năm {ctx.cardinal(int(match[3]))}" if match[3] else words


def _after_lead(match: re.Match[str], ctx: Context) -> Reading:
    numeral, year = match.groups()
    if _is_a_commune(match, ctx):
        return None
    if year and _among_numerals(ctx):
        return f"{_read(roman_value(numeral), ctx)} năm {ctx.cardinal(int(year))}"
    if not ctx.after(_LEADS) or (not ctx.after(_SURE_LEADS) and _begins_a_word(match, ctx)):
        return None
    words = _read(roman_value(numeral), ctx)
    if numeral in {"V", "X"} and not year and ctx.after(_LETTERED_PLACES):
        return Doubtful(words, Why.AMBIGUOUS_NUMERAL)
    return f"{words} năm {ctx.cardinal(int(year))}" if year else words


def _among_numerals(ctx: Context) -> bool:
    """Say whether another numeral was just read: the II/2027 of "quý I, II/2027"."""
    listed = ctx.after({",", "và", "&"}) and len(ctx.history) > 2
    return listed and bool(_NUMERAL.fullmatch(ctx.history[-2])) and ctx.near(_LEADS, 6)


def _is_a_commune(match: re.Match[str], ctx: Context) -> bool:
    """Say whether the X is that of "X. Bình Hòa"."""
    return match[1] == "X" and bool(_PLACE_NAME.match(ctx.line, match.end()))


def _lettered(match: re.Match[str], ctx: Context) -> Reading:
    """Read the IA of "Phụ lục IA" and the IIB of "nhóm IIB"."""
    if not ctx.after(_LETTERED):
        return None
    return f"{_read(roman_value(match[1]), ctx)} {spell(match[2])}"


def _begins_a_word(match: re.Match[str], ctx: Context) -> bool:
    """Say whether the letters are the VI of "VI PHẠM", with more capitals after them."""
    following = NEXT_WORD.match(ctx.line, match.end())
    word = following[1] if following else ""
    return is_syllable(match[1]) and len(word) > 1 and word.isupper() and is_syllable(word)


def _heading(match: re.Match[str], ctx: Context) -> Reading:
    """Read "II." or "V/" at the start of a line, and "(III)"; "X. Bình Hòa" is a commune."""
    if _is_a_commune(match, ctx):
        return None
    return _read(roman_value(match[1]), ctx) if all(t in "([" for t in ctx.history) else None


def _section(match: re.Match[str], ctx: Context) -> Reading:
    """Read II.1 and the I.2.1 of a heading with the points said."""
    if ctx.history and not ctx.after(_LEADS) and len(match[1]) == 1:
        return None
    parts = (_part(part, ctx) for part in match[2].strip(".").split("."))
    return " chấm ".join((_read(roman_value(match[1]), ctx), *parts))


def _part(part: str, ctx: Context) -> str:
    if part.isalpha():
        return spell(part)
    return read_digits(part) if part[0] == "0" else ctx.cardinal(int(part))


def _anywhere(match: re.Match[str], ctx: Context) -> Reading:
    """Read II, III, IV… after any word: only capitals around it make VI and XI syllables."""
    numeral = match[1]
    if _is_a_commune(match, ctx) and ctx.after({"xã"}):
        return None
    if is_syllable(numeral) and (ctx.in_capitals(match.end()) or ctx.shouting):
        return None
    words = _read(roman_value(numeral), ctx)
    if len(numeral) > 1:
        return words
    name_before = bool(ctx.history) and ctx.history[-1][:1].isupper()
    if not name_before or ctx.history[-1] in MARKS:
        return Doubtful(words, Why.AMBIGUOUS_NUMERAL) if numeral == "I" else None
    return words


def _small(match: re.Match[str], ctx: Context) -> Reading:
    """Read ii) and iv), which number the items of a list."""
    listed = not ctx.history or ctx.history[-1] in ",;:.()" or ctx.after({"và"})
    return _read(roman_value(match[1].upper()), ctx) if listed else None


ROMANS: Final[tuple[Rule, ...]] = (
    rule(
        "roman range",
        rf"({_SMALL})\s?-\s?({_SMALL})(?:[/-](\d{{4}}))?{WHOLE}",
        _range,
        starts="IVX",
    ),
    rule(
        "roman section",
        rf"({_SMALL})((?:\.\d{{1,2}}){{1,4}}(?:\.[a-zđ](?![.]))?)(?!\d){WHOLE}",
        _section,
        starts="IVX",
    ),
    rule(
        "roman numeral", rf"({_SMALL})(?:[/-](\d{{4}}))?(?!\s?=){WHOLE}", _after_lead, starts="IVX"
    ),
    rule("roman numeral", rf"({_SMALL})([ABCDĐE]){WHOLE}", _lettered, starts="IVX"),
    rule("roman heading", rf"({_SMALL})(?=\s?[./)](?:\s|$))", _heading, starts="IVX"),
    rule("roman, small", r"(ii|iii|iv|vi|vii|viii|ix)(?=\))", _small, starts="iv"),
    rule("roman numeral", rf"({_SMALL}){WHOLE}", _anywhere, starts="IVX"),
)
