"""The map of hamlets: drawn by us from their coordinates, readable in black and white."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice

from jinja2 import Environment, StrictUndefined, Template

from engine.i18n import gettext as _
from engine.models import MapPoint
from engine.reports.leader.page import Area

#: Pixels: the picture's width and height, its margin, and the largest and smallest circle.
WIDTH, HEIGHT, MARGIN = 360.0, 260.0, 22.0
_LARGEST, _SMALLEST = 17.0, 5.0

#: The worst so many are drawn; more would be a blot.
MOST = 200

#: More circles than this bear no numbers: nobody could tell whose they are.
NUMBERED = 40


@dataclass(frozen=True, slots=True)
class Circle:
    """One hamlet: ``number`` is its line in the table, ``pie`` the path of the part reached."""

    x: float
    y: float
    radius: float
    number: str
    pie: str
    whole: bool
    always: bool
    tip: str


def map_svg(areas: Sequence[Area]) -> str:
    """Return the map as SVG; empty where no place is known. ``areas`` come worst first."""
    placed = [(number, area) for number, area in enumerate(areas, 1) if area.point is not None]
    shown = list(islice(placed, MOST))
    if not shown:
        return ""
    spots = _projected([area.point for _number, area in shown if area.point is not None])
    most = max(area.households for _number, area in shown)
    circles = [
        _circle(spot, number, area, most, numbered=len(shown) <= NUMBERED)
        for spot, (number, area) in zip(spots, shown, strict=True)
    ]
    return _template().render(
        width=WIDTH, height=HEIGHT, circles=circles, title=_("Map of hamlets")
    )


def left_out(areas: Sequence[Area]) -> int:
    """Return how many hamlets with a place the map has no room for."""
    return max(0, sum(area.point is not None for area in areas) - MOST)


def _projected(points: Sequence[MapPoint]) -> list[tuple[float, float]]:
    """Lay points out as a small country is drawn: a degree of longitude is shorter up north."""
    middle = math.radians(sum(one.latitude for one in points) / len(points))
    flat = [(one.longitude * math.cos(middle), -one.latitude) for one in points]
    left, top = min(x for x, _y in flat), min(y for _x, y in flat)
    across, down = max(x for x, _y in flat) - left, max(y for _x, y in flat) - top
    inner, high = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    scale = min(inner / across if across else math.inf, high / down if down else math.inf)
    if math.isinf(scale):
        return [(WIDTH / 2, HEIGHT / 2)] * len(flat)
    from_left, from_top = (WIDTH - across * scale) / 2, (HEIGHT - down * scale) / 2
    return [(from_left + (x - left) * scale, from_top + (y - top) * scale) for x, y in flat]


def _circle(
    spot: tuple[float, float], number: int, area: Area, most: int, *, numbered: bool
) -> Circle:
    x, y = spot
    size = math.sqrt(area.households / most) if most else 0.0
    radius = max(_SMALLEST, _LARGEST * size) if numbered else _SMALLEST
    share = min(1.0, area.share)
    return Circle(
        x=x,
        y=y,
        radius=radius,
        number=str(number) if numbered else "",
        pie=_slice(x, y, radius, share) if 0 < share < 1 else "",
        whole=share >= 1,
        always=area.always,
        tip=f"{area.name}: {share:.0%}",
    )


def _slice(x: float, y: float, radius: float, share: float) -> str:
    """Return the path of a slice that begins at the top and turns right."""
    angle = 2 * math.pi * share
    end = f"{x + radius * math.sin(angle):.2f} {y - radius * math.cos(angle):.2f}"
    far = int(share > 0.5)
    return f"M{x:.2f} {y:.2f}V{y - radius:.2f}A{radius:.2f} {radius:.2f} 0 {far} 1 {end}Z"


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = files("engine.reports") / "templates" / "map.svg.j2"
    return environment.from_string(source.read_text(encoding="utf-8"))
