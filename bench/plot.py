"""A plain line chart as SVG: powers of ten to the right, values upward from zero."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

#: (how many, value), in order.
Line = Sequence[tuple[int, float]]

_WIDTH, _HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 170, 50, 50

#: Told apart without colour as well: by dashes and by the names at the lines' ends.
_STYLES = (
    'stroke="#0b4f8a"',
    'stroke="#0b4f8a" stroke-dasharray="7 4"',
    'stroke="#a8480a"',
    'stroke="#a8480a" stroke-dasharray="7 4"',
)


def chart(title: str, unit: str, lines: Mapping[str, Line]) -> str:
    """Return the chart of up to four lines as an SVG document."""
    counts = [number for line in lines.values() for number, _value in line]
    frame = _Frame(min(counts), max(counts), _top(lines))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="#222">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="24" font-size="16">{escape(title)}</text>',
        f'<text x="{_LEFT}" y="42">{escape(unit)}</text>',
        *_grid(frame, sorted(set(counts))),
        *_drawn(frame, lines),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Frame:
    """Where a point lies."""

    def __init__(self, fewest: int, most: int, top: float) -> None:
        self._from, self._span = math.log10(fewest), math.log10(most / fewest) or 1.0
        self.top = top

    def x(self, number: int) -> float:
        width = _WIDTH - _LEFT - _RIGHT
        return _LEFT + (math.log10(number) - self._from) / self._span * width

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - value / self.top * (_HEIGHT - _TOP - _BOTTOM)


def _top(lines: Mapping[str, Line]) -> float:
    """Return a round number that no value exceeds."""
    most = max(value for line in lines.values() for _number, value in line)
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= most)


def _grid(frame: _Frame, counts: Sequence[int]) -> Iterator[str]:
    for quarter in range(5):
        value = frame.top * quarter / 4
        y = frame.y(value)
        yield f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
    for number in counts:
        x, y = frame.x(number), _HEIGHT - _BOTTOM + 20
        yield f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{number:,}</text>'


def _drawn(frame: _Frame, lines: Mapping[str, Line]) -> Iterator[str]:
    for (name, line), style in zip(lines.items(), _STYLES, strict=False):
        points = [(frame.x(number), frame.y(value)) for number, value in line]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield f'<path d="M{path}" fill="none" stroke-width="2" {style}/>'
        for x, y in points:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#fff" {style}/>'
        x, y = points[-1]
        yield f'<text x="{x + 10:.1f}" y="{y + 4:.1f}">{escape(name)}</text>'
