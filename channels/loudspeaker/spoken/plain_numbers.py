"""Numbers with nothing special about them: the last to be asked."""

from __future__ import annotations

import re
from typing import Final

from .context import Context, Reading, Rule, rule
from .model import Doubtful, Why
from .numbers import NUMBER
from .wordlist import words


def _number(match: re.Match[str], ctx: Context) -> Reading:
    """Read a number; 1,500 may be a thousand and a half or one and a half."""
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", match[0]) and ctx.next_word(match.end()) in _WHOLES:
        return Doubtful(ctx.number(match[0].replace(",", ".")), Why.AMBIGUOUS_NUMBER)
    if _COUNT.fullmatch(match[0]) and ctx.next_word(match.end()) in _WHOLES:
        return ctx.cardinal(int(match[0]))
    said = ctx.number(match[0])
    if match[0] == "000":
        return Doubtful(said, Why.AMBIGUOUS_NUMBER)
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", match[0]):
        return Doubtful(said, Why.AMBIGUOUS_NUMBER)
    return said


def _spaced(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 12 345 of "12 345 hộ"; it may be two numbers."""
    if ctx.next_word(match.end()) not in _WHOLES or ctx.after(_NAMED_BY_NUMBER):
        return None
    return Doubtful(ctx.number(match[0].replace(" ", "")), Why.AMBIGUOUS_NUMBER)


_NAMED_BY_NUMBER: Final = words("ấp tổ khu kp phố đội thôn số lớp đợt tháng ngày năm phường quý")
#: "001 giấy phép" counts one; so do the 05 of offices.
_COUNT: Final = re.compile(r"00\d")
#: There is no part of these.
_WHOLES: Final = words(
    "hộ người phiếu em học cháu đơn suất con cây cái chiếc căn nhà lượt lần đại cử công hồ đảng "
    "trẻ đoàn hội xe thẻ gói phần vé bao gia nhân cán khách bệnh ca mũi liều viên tờ bản cuốn "
    "quyển giấy"
)

PLAIN_NUMBERS: Final[tuple[Rule, ...]] = (
    rule("number", r"[1-9]\d{0,2} \d{3}(?![\d.,/])", _spaced, then="0"),
    rule("number", NUMBER, _number),
)
