"""The small types that campaign and registry files are made of.

Each reads what people write, says in words what is wrong, and describes itself in the JSON
Schema as what it is in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema

from campaigns.schedule import WEEKDAYS, parse_date, parse_moment, parse_span, parse_time
from engine.i18n import gettext as _

ID_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"


class Strict(BaseModel):
    """Base of everything in a file: frozen, and no unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AlsoAccepts:
    """Adds a short form to a type's JSON Schema; its validator reads that form."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [self._schema, handler(core)]}


def shown(value: Any) -> str:
    """Return what was found in a file, short enough for one line."""
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return _("a group of keys")
    if isinstance(value, list):
        return _("a list")
    if isinstance(value, int):
        return str(value)
    text = " ".join(str(value).split())
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'


def one_or_more(value: Any) -> Any:
    """Let a list of one be written without brackets."""
    return [value] if isinstance(value, str) else value


def _text(value: Any) -> Any:
    """A whole number where a text belongs is a text of digits: 2026, 113."""
    return str(value) if type(value) is int else value


def _single_line(value: str) -> str:
    if "\n" in value:
        raise ValueError(_("only one line is allowed"))
    return value


def _without_braces(value: str) -> str:
    if "{{" in value or "{%" in value:
        raise ValueError(_("{{ … }} works in text only, not here"))
    return value


def read_id(value: Any) -> str:
    """Return an id. Raises ValueError."""
    text = _text(value)
    if isinstance(text, str) and re.fullmatch(ID_PATTERN, text) and "--" not in text:
        return text
    message = _(
        "found {found}; an id has 1 to 64 small letters a-z without marks, digits and single "
        "hyphens, for example ap-1"
    )
    raise ValueError(message.format(found=shown(value)))


def read_id_pattern(value: Any) -> str:
    """Return an id, or the beginning of ids followed by a star: ``y-te-*``. Raises ValueError."""
    if isinstance(value, str) and value.endswith("*"):
        beginning = value[:-1].removesuffix("-")
        return value if read_id(beginning) else ""
    return read_id(value)


def read_area(value: Any) -> str:
    """Return a commune's id, or a hamlet's within it: ``xa-mau/ap-1``. Raises ValueError."""
    parts = value.split("/") if isinstance(value, str) else [value]
    if len(parts) > 2:
        message = _("found {found}; an area is a commune, or a commune and a hamlet: xa-mau/ap-1")
        raise ValueError(message.format(found=shown(value)))
    return "/".join(read_id(part) for part in parts)


def _phone(value: Any) -> str:
    text = _text(value)
    if isinstance(text, str) and re.fullmatch(r"(?:\+84|0|1)[0-9 .-]{2,17}", text):
        return text
    message = _("found {found}; a phone number is digits, spaces, dots, from 0, 1 or +84")
    raise ValueError(message.format(found=shown(value)))


def from_text(parse: Callable[[str], Any], value: Any) -> Any:
    """Read a text with ``parse``; anything else is shown as what it is."""
    if not isinstance(value, str):
        return parse(shown(value).strip('"'))
    return parse(value)


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(_("found {found}; write true or false").format(found=shown(value)))


def _whole(value: Any) -> int:
    if type(value) is int:
        return value
    message = _("found {found}; write a whole number in digits alone, for example 1250")
    raise ValueError(message.format(found=shown(value)))


def _weekday(value: Any) -> int:
    if isinstance(value, str) and value.lower() in WEEKDAYS:
        return WEEKDAYS[value.lower()]
    message = _("found {found}; allowed: {allowed}")
    raise ValueError(message.format(found=shown(value), allowed=", ".join(WEEKDAYS)))


#: For a list whose only value may stand without brackets.
ONE_OR_MORE = (BeforeValidator(one_or_more), AlsoAccepts({"type": "string"}))

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    BeforeValidator(_text),
    AfterValidator(_single_line),
]
ShortLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=150),
    BeforeValidator(_text),
    AfterValidator(_single_line),
]
#: A word as it is written, or as it is said.
Word = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    BeforeValidator(_text),
    AfterValidator(_single_line),
]
#: How words are said aloud, by how they are written.
Lexicon = Annotated[
    dict[Word, Word],
    Field(
        default={},
        max_length=1_000,
        description=(
            "Cách đọc riêng của xã cho từ, tên, chữ viết tắt, ví dụ: Bàu Môn: bào môn. "
            "Cách đọc ghi trong chiến dịch được ưu tiên hơn."
        ),
    ),
]
#: The lines of one fact; variables may stand in them.
Factual = Annotated[tuple[Line, ...], Field(max_length=10)]
PlainTitle = Annotated[ShortLine, AfterValidator(_without_braces)]
PlainLine = Annotated[Line, AfterValidator(_without_braces)]
Id = Annotated[
    str,
    BeforeValidator(read_id),
    WithJsonSchema({"type": "string", "pattern": ID_PATTERN, "not": {"pattern": "--"}}),
]
#: An id, or the beginning of ids followed by a star.
IdPattern = Annotated[
    str,
    BeforeValidator(read_id_pattern),
    WithJsonSchema({"type": "string", "pattern": r"^[a-z0-9](?:[a-z0-9-]{0,63}\*?)$"}),
]
AreaId = Annotated[
    str,
    BeforeValidator(read_area),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{ID_PATTERN[1:-1]}(?:/{ID_PATTERN[1:-1]})?$",
            "not": {"pattern": "--"},
        }
    ),
]
Phone = Annotated[
    str,
    BeforeValidator(_phone),
    WithJsonSchema({"type": "string", "pattern": r"^(\+84|0|1)[0-9 .-]{2,17}$"}),
]
Truth = Annotated[bool, BeforeValidator(_truth)]
Whole = Annotated[int, BeforeValidator(_whole)]
Weekday = Annotated[
    int, BeforeValidator(_weekday), WithJsonSchema({"type": "string", "enum": list(WEEKDAYS)})
]
Day = Annotated[
    date,
    BeforeValidator(partial(from_text, parse_date)),
    WithJsonSchema({"type": "string", "examples": ["2026-12-01", "01/12/2026"]}),
]
Hour = Annotated[
    time,
    BeforeValidator(partial(from_text, parse_time)),
    WithJsonSchema({"type": "string", "examples": ["05:30", "17h00"]}),
]
Span = Annotated[
    timedelta,
    BeforeValidator(partial(from_text, parse_span)),
    WithJsonSchema({"type": "string", "examples": ["15m", "1h"]}),
]
Beginning = Annotated[
    datetime,
    BeforeValidator(partial(from_text, parse_moment)),
    WithJsonSchema({"type": "string", "examples": ["2026-12-01", "2026-12-01 07:30"]}),
]
Ending = Annotated[
    datetime,
    BeforeValidator(partial(from_text, partial(parse_moment, end=True))),
    WithJsonSchema({"type": "string", "examples": ["2026-12-31", "2026-12-31 17:00"]}),
]
