"""Numbers with nothing special about them: the last to be asked."""

from __future__ import annotations

import re
from typing import Final

from .context import Context, Reading, Rule, rule
from .model import Doubtful, Why
from .numbers import NUMBER


def _number(match: re.Match[str], ctx: Context) -> Reading:
    """Read a number; 1,500 may be a thousand and a half or one and a half."""
    words = ctx.number(match[0])
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", match[0]):
        return Doubtful(words, Why.AMBIGUOUS_NUMBER)
    return words


PLAIN_NUMBERS: Final[tuple[Rule, ...]] = (rule("number", NUMBER, _number),)
