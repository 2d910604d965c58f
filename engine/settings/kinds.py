"""Kinds of values that settings have."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

EngineName = Literal["espeak", "gtts", "piper"]
Region = Literal["south", "north"]


def listed(value: object) -> object:
    """Return names written in one text as a list: a variable has no other way to give it."""
    return re.split(r"[,\s]+", value.strip()) if isinstance(value, str) else value


#: Channels by their names; whether there are such, those who use them say.
ChannelNames = Annotated[tuple[str, ...], BeforeValidator(listed), Field(min_length=1)]

#: Engines in the order in which they are tried.
Engines = Annotated[tuple[EngineName, ...], BeforeValidator(listed), Field(min_length=1)]
