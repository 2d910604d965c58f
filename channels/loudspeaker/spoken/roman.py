"""Roman numerals, where they are numerals: quý IV, thế kỷ XXI, Bình Trung II."""

from __future__ import annotations

import re
from typing import Final

from .context import MARKS, WHOLE, Context, Reading, Rule, rule
from .model import Doubtful, Why
from .syllables import is_syllable
from .wordlist import words

_VALUES: Final = {"I": 1, "V": 5, "X": 10}
_LEADS: Final = words(
    "quý kỷ chương phần mục khóa khoá kỳ kì thứ hội cấp loại hạng tuyến vực vùng nhóm đợt đoạn "
    "bậc tập ấp thôn khu lớp quân số tổ lần bảng độ phụ biểu mẫu tầng bài hồi phố trung xã bước "
    "dự ngạch chiến nhất"
)
#: 1..39 in strict form: L, C, D and M are letters far more often than numerals.
_SMALL: Final = r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})"


def roman_value(numeral: str) -> int:
    """Return the value of a roman numeral in strict form."""
    values = [_VALUES[letter] for letter in numeral]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)


def _read(value: int, ctx: Context) -> str:
    return "tư" if value == 4 and ctx.after({"thứ"}) else ctx.cardinal(value)


def _range(match: re.Match[str], ctx: Context) -> Reading:
    """Read I-III, XIX - XX."""
    first, last = (roman_value(part) for part in match.groups())
    if first >= last:
        return None
    return f"{_read(first, ctx)} đến {_read(last, ctx)}"


def _after_lead(match: re.Match[str], ctx: Context) -> Reading:
    numeral, year = match.groups()
    if not ctx.after(_LEADS):
        return None
    words = _read(roman_value(numeral), ctx)
    return f"{words} năm {ctx.cardinal(int(year))}" if year else words


def _heading(match: re.Match[str], ctx: Context) -> Reading:
    """Read "II." or "V/" at the start of a line, and "(III)"."""
    return _read(roman_value(match[1]), ctx) if not ctx.history else None


def _anywhere(match: re.Match[str], ctx: Context) -> Reading:
    """Read II, III, IV… after any word: only capitals around it make VI and XI syllables."""
    numeral = match[1]
    if is_syllable(numeral) and (ctx.in_capitals(match.end()) or ctx.shouting):
        return None
    words = _read(roman_value(numeral), ctx)
    if len(numeral) > 1:
        return words
    name_before = bool(ctx.history) and ctx.history[-1][:1].isupper()
    if not name_before or ctx.history[-1] in MARKS:
        return Doubtful(words, Why.AMBIGUOUS_NUMERAL) if numeral == "I" else None
    return words


ROMANS: Final[tuple[Rule, ...]] = (
    rule("roman range", rf"({_SMALL})\s?-\s?({_SMALL}){WHOLE}", _range),
    rule("roman numeral", rf"({_SMALL})(?:/(\d{{4}}))?{WHOLE}", _after_lead),
    rule("roman heading", rf"({_SMALL})(?=\s?[./)](?:\s|$))", _heading),
    rule("roman numeral", rf"({_SMALL}){WHOLE}", _anywhere),
)
