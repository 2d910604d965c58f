"""The small types that only the registry file is made of."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from campaigns.fields import ID_PATTERN, AlsoAccepts, Whole, read_id, shown
from campaigns.schedule import parse_time
from engine.i18n import gettext as _
from engine.models import Hours

#: ``hamlets: all`` in a group, a team or a cluster.
EVERY = "*"


def _hours(value: Any) -> Hours:
    parts = re.split(r"\s*[-–]\s*", value.strip()) if isinstance(value, str) else []
    if len(parts) != 2:
        message = _('found {found}; write two times, for example "05:00-06:30"')
        raise ValueError(message.format(found=shown(value)))
    hours = Hours(parse_time(parts[0]), parse_time(parts[1]))
    if hours.end <= hours.start:
        message = _("found {found}; the end must be later the same day than the beginning")
        raise ValueError(message.format(found=shown(value)))
    return hours


def _every(value: Any) -> Any:
    return (EVERY,) if value == "all" else [value] if isinstance(value, str) else value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
        good = good and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        good = False
    if not good or not re.fullmatch(r"[!-~]+", value):
        message = _("found {found}; write an address that begins with https:// or http://")
        raise ValueError(message.format(found=shown(value)))
    return value.rstrip("/")


def _ratio(value: Any) -> Decimal:
    try:
        ratio = Decimal(str(value).replace(",", ".")) if type(value) in {int, str} else None
    except InvalidOperation:
        ratio = None
    if ratio is None or not ratio.is_finite() or not 0 <= ratio <= 20:
        message = _("found {found}; write a number from 0 to 20, for example 1 or 0.5")
        raise ValueError(message.format(found=shown(value)))
    return ratio


def named(value: Any) -> Any:
    """A name alone is a person without a phone."""
    return {"name": value} if isinstance(value, str) else value


HoursField = Annotated[
    Hours,
    BeforeValidator(_hours),
    WithJsonSchema({"type": "string", "examples": ["05:00-06:30"]}),
]
_IdOrEvery = Annotated[
    str,
    BeforeValidator(lambda value: value if value == EVERY else read_id(value)),
    WithJsonSchema({"type": "string", "pattern": ID_PATTERN}),
]
HamletIds = Annotated[
    tuple[_IdOrEvery, ...],
    Field(min_length=1, description="Mã các ấp, hoặc all là mọi ấp."),
    BeforeValidator(_every),
    AlsoAccepts({"type": "string"}),
]
Count = Annotated[Whole, Field(ge=0, le=1_000_000)]
Ratio = Annotated[
    Decimal,
    BeforeValidator(_ratio),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}]}),
]
Url = Annotated[str, StringConstraints(max_length=200), AfterValidator(_url)]
