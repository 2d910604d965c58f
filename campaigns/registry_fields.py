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
from engine.models import Hours, MapPoint

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


#: Where Vietnam lies with its islands, degrees: latitudes and longitudes never meet, so that a
#: pair in the wrong order is found.
_LATITUDES, _LONGITUDES = (6.0, 24.0), (102.0, 118.0)


def read_point(value: Any) -> MapPoint:
    """Return a place as maps show it, ``10.9210, 106.0432``, or a list of the two.

    Raises ValueError.
    """
    parts = re.split(r"\s*[,;]\s*", value.strip()) if isinstance(value, str) else value
    try:
        latitude, longitude = (float(part) for part in parts if not isinstance(part, bool))
    except (TypeError, ValueError):
        message = _('found {found}; write latitude and longitude, for example "10.9210, 106.0432"')
        raise ValueError(message.format(found=shown(value))) from None
    inside = _LATITUDES[0] <= latitude <= _LATITUDES[1]
    if not (inside and _LONGITUDES[0] <= longitude <= _LONGITUDES[1]):
        message = _(
            "found {latitude}, {longitude}; in Vietnam the latitude is {south} to {north} and "
            "comes first, the longitude {west} to {east}"
        )
        south, north = map("{:g}".format, _LATITUDES)
        west, east = map("{:g}".format, _LONGITUDES)
        raise ValueError(
            message.format(
                latitude=f"{latitude:g}",
                longitude=f"{longitude:g}",
                south=south,
                north=north,
                west=west,
                east=east,
            )
        )
    return MapPoint(latitude, longitude)


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
PointField = Annotated[
    MapPoint,
    BeforeValidator(read_point),
    WithJsonSchema({"type": "string", "examples": ["10.9210, 106.0432"]}),
    AlsoAccepts({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
]
Count = Annotated[Whole, Field(ge=0, le=1_000_000)]
Ratio = Annotated[
    Decimal,
    BeforeValidator(_ratio),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}]}),
]
Url = Annotated[str, StringConstraints(max_length=200), AfterValidator(_url)]
