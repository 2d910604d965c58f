"""A sound as a PNG: outline and loudness over time, with what was found. Drawn by Typst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from channels.loudspeaker.proof.listening import Sound
from channels.typesetting import press
from engine.i18n import gettext as _

_TEMPLATE = Path(__file__).parent / "templates" / "sound.typ"

#: Points: the page, what is inside its margins, the panels.
_WIDTH, _INNER, _WAVE, _LEVEL = 1_000, 952, 180, 130

#: LUFS at the lower and the upper edge of the loudness panel.
_QUIETEST, _LOUDEST = -60.0, 0.0

#: Columns that are drawn; pixels per inch of the PNG.
_COLUMNS, _PPI = 952, 144

#: Seconds from which a silence is shaded.
_SHADED = 1.0

#: Steps of the time axis, in seconds: the first that leaves at most so many ticks.
_STEPS, _TICKS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800), 20


@dataclass(frozen=True, slots=True)
class Caption:
    """What is written around the picture: ``lines`` are (text, whether it is a fault)."""

    title: str
    subtitle: str
    lines: Sequence[tuple[str, bool]]
    moments: Sequence[float]


def picture(sound: Sound, caption: Caption) -> bytes:
    """Return the PNG. ``caption.moments`` are marked, in seconds. Raises TypesetError."""
    return press().png(_TEMPLATE, _data(sound, caption), _PPI)


def _data(sound: Sound, caption: Caption) -> dict[str, Any]:
    seconds = max(sound.heard.seconds, 0.1)
    scale = _INNER / seconds
    return {
        "width": _WIDTH,
        "inner": _INNER,
        "title": caption.title,
        "subtitle": caption.subtitle,
        "legend": _(
            "above: amplitude, silences shaded, faults marked; below: loudness (LUFS, 0.4 s)"
            " and that of the whole, dashed; seconds"
        ),
        "wave": {"height": _WAVE, "points": _outline(sound.heard.outline)},
        "silences": [[a * scale, (b - a) * scale] for a, b in sound.heard.silences(_SHADED)],
        "marks": [min(max(at, 0.0), seconds) * scale for at in caption.moments],
        "level": {
            "height": _LEVEL,
            "lines": [{"y": _height(level), "label": f"{level:.0f}"} for level in (-45, -30, -15)],
            "whole": _height(sound.loudness.integrated)
            if np.isfinite(sound.loudness.integrated)
            else None,
            "runs": list(_runs(_columns(sound.loudness.moments))),
        },
        "ticks": _ticks(seconds, scale),
        "lines": [{"text": text, "bad": bad} for text, bad in caption.lines],
    }


def _columns(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return at most as many values as there are columns: the largest of each stretch."""
    if len(values) <= _COLUMNS:
        return values
    edges = np.linspace(0, len(values), _COLUMNS + 1).astype(int)[:-1]
    largest: npt.NDArray[Any] = np.maximum.reduceat(values, edges)
    return largest


def _outline(outline: npt.NDArray[np.float32]) -> list[list[float]]:
    """Return the points of the outline, there above the middle and back below it."""
    highest = np.clip(_columns(outline), 0, 1)
    places = np.linspace(0, _INNER, max(2, len(highest)))
    middle = _WAVE / 2
    there = [[float(x), middle * (1 - float(y))] for x, y in zip(places, highest, strict=False)]
    back = [[x, _WAVE - y] for x, y in reversed(there)]
    return there + back if there else [[0, middle], [_INNER, middle]]


def _runs(moments: npt.NDArray[np.float64]) -> Iterator[list[list[float]]]:
    """Yield the loudness line in runs that silence does not interrupt."""
    places = np.linspace(0, _INNER, max(2, len(moments)))
    run: list[list[float]] = []
    for x, level in zip(places, moments, strict=False):
        if level > _QUIETEST:
            run.append([float(x), _height(float(level))])
        elif run:
            yield run
            run = []
    if run:
        yield run


def _height(level: float) -> float:
    share = (min(max(level, _QUIETEST), _LOUDEST) - _QUIETEST) / (_LOUDEST - _QUIETEST)
    return _LEVEL * (1 - share)


def _ticks(seconds: float, scale: float) -> list[dict[str, Any]]:
    step = next((one for one in _STEPS if seconds / one <= _TICKS), _STEPS[-1])
    return [
        {"x": at * scale, "label": f"{at // 60}:{at % 60:02d}"}
        for at in range(0, int(seconds) + 1, step)
    ]
