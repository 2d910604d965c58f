"""The picture of a station's day: a line for each cluster, told apart in black and white too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from engine.clock import local
from engine.i18n import gettext as _
from engine.i18n import language
from engine.models import Priority, Purpose
from engine.reports.plain import plain
from engine.reports.station.day import ClusterDay, Item, Session, StationDay
from engine.reports.station.scale import Panel, panels
from engine.reports.station.wording import breach_words, minutes_words, state_or_proposed
from engine.reports.words import kind_word

#: Pixels: the least width, the names of clusters, a cluster's line, what is above the lines.
WIDTH, NAMES, LINE, HEAD = 1280, 210, 56, 92

#: Pixels of an item's bar, of a number's width, and of a line of the list below.
_BAR, _DIGIT, _ROW = 24, 8, 20

#: Fill and outline: light for routine, dark for emergency, so that grey tones differ as well.
_COLOURS = {
    Priority.ROUTINE: ("#cfe3f5", "#1f4e79"),
    Priority.IMPORTANT: ("#f2b84b", "#6b4300"),
    Priority.EMERGENCY: ("#9b1c1c", "#3d0000"),
}


#: How what is only practised is filled: striped, so that nobody takes it for an alarm.
_DRILL = "url(#drill)"

#: Pixels right of the last stretch.
_MARGIN = 24


@dataclass(frozen=True, slots=True)
class _Bar:
    x: float
    width: float
    fill: str
    line: str
    proposed: bool
    tip: str


@dataclass(frozen=True, slots=True)
class _Label:
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class _Closed:
    x: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One cluster's line; ``top`` is its upper edge."""

    top: float
    name: str
    place: str
    closed: tuple[_Closed, ...]
    bars: tuple[_Bar, ...]
    numbers: tuple[_Label, ...]
    free: tuple[_Label, ...]


def svg(day: StationDay) -> str:
    """Return the picture, as SVG: readable by itself, without scripts or other files."""
    shown = panels(day, NAMES, WIDTH - NAMES - _MARGIN)
    numbers = _numbered(day)
    rows = [
        _row(cluster, day, shown, numbers, HEAD + LINE * place)
        for place, cluster in enumerate(day.clusters)
    ]
    nothing = [("none", "none", _("Nothing is on air this day."))]
    listed = [*(list(_listed(day, numbers)) or nothing), *_signs(day, shown)]
    clashes = [breach_words(one) for one in (*day.clashes, *day.moves)]
    below = HEAD + LINE * len(rows)
    return _template().render(
        language=language(),
        width=max(WIDTH, round(shown[-1].left + shown[-1].width + _MARGIN)),
        height=below + 48 + _ROW * (len(listed) + len(clashes) + 1),
        left=NAMES,
        bar=_BAR,
        row=_ROW,
        head=HEAD,
        below=below,
        title=_("Loudspeaker day {day}: {commune}").format(
            day=f"{day.day:%d/%m/%Y}", commune=plain(day.commune)
        ),
        panels=[
            (panel, [(panel.x(q), f"{local(q):%H:%M}") for q in _ticks(panel)]) for panel in shown
        ],
        out_of_hours=[
            _Closed(panel.x(begins), panel.x(ends) - panel.x(begins), _("out of hours"))
            for panel in shown
            for begins, ends in panel.closed
        ],
        rows=rows,
        listed=listed,
        clashes=clashes,
    )


def _signs(day: StationDay, shown: list[Panel]) -> list[tuple[str, str, str]]:
    """Return (fill, outline, words) of the backgrounds and patterns that the picture has."""
    found = []
    if any(panel.closed for panel in shown):
        found.append(("#d4d4d4", "#8a8a8a", _("out of hours: only emergencies may speak")))
    if any(cluster.closed for cluster in day.clusters):
        found.append(("url(#closed)", "#8a8a8a", _("relay or quiet time")))
    items = [item for c in day.clusters for s in c.sessions for item in s.items]
    if any(item.purpose is Purpose.DRILL for item in items):
        found.append((_DRILL, _COLOURS[Priority.EMERGENCY][1], _("a drill")))
    return found


def _ticks(panel: Panel) -> Iterator[datetime]:
    """Yield the quarters that are named: all of them where there is room, else every second."""
    quarters = list(panel.quarters())
    room = panel.width / max(1, len(quarters) - 1)
    step = next((n for n in (1, 2, 4, 8) if room * n >= 44), 16)
    yield from quarters[::step]


def _numbered(day: StationDay) -> dict[tuple[str, str], int]:
    """Number each campaign's title in the order in which they are first heard."""
    items = sorted(
        (item for c in day.clusters for s in c.sessions for item in s.items),
        key=lambda item: (item.begins, item.priority.rank, item.campaign_id),
    )
    keys = dict.fromkeys((item.campaign_id, item.title) for item in items)
    return {key: number for number, key in enumerate(keys, 1)}


def _row(
    cluster: ClusterDay,
    day: StationDay,
    shown: list[Panel],
    numbers: dict[tuple[str, str], int],
    top: float,
) -> _Row:
    return _Row(
        top=top,
        name=plain(cluster.cluster.id),
        place=plain(cluster.cluster.place or ""),
        closed=tuple(_closed(cluster, shown)),
        bars=tuple(
            _bar(item, panel)
            for session in cluster.sessions
            for item in session.items
            for panel in shown
            if panel.begins <= item.begins < panel.ends
        ),
        numbers=tuple(_number_labels(cluster, shown, numbers)),
        free=tuple(_free(cluster, day, shown)),
    )


def _bar(item: Item, panel: Panel) -> _Bar:
    fill, line = _colours(item)
    x = panel.x(item.begins)
    tip = f"{local(item.begins):%H:%M:%S} {plain(item.title)} · {state_or_proposed(item.state)}"
    return _Bar(x, max(3.0, panel.x(item.ends) - x), fill, line, item.state is None, tip)


def _colours(item: Item) -> tuple[str, str]:
    fill, line = _COLOURS[item.priority]
    return (_DRILL if item.purpose is Purpose.DRILL else fill), line


def _closed(cluster: ClusterDay, shown: list[Panel]) -> Iterator[_Closed]:
    for one in cluster.closed:
        for panel in shown:
            x, end = panel.x(one.begins), panel.x(one.ends)
            if end > x:
                yield _Closed(x, end - x, plain(one.why) if end - x > 60 else "")


def _number_labels(
    cluster: ClusterDay, shown: list[Panel], numbers: dict[tuple[str, str], int]
) -> Iterator[_Label]:
    """Yield each item's number above its bar, moved aside where two would meet."""
    for panel in shown:
        free_from = 0.0
        for session in cluster.sessions:
            for item in session.items:
                if not panel.begins <= item.begins < panel.ends:
                    continue
                text = str(numbers[item.campaign_id, item.title])
                text += "*" if item.state is None else ""
                x = max(panel.x(item.begins), free_from)
                free_from = x + _DIGIT * len(text) + 4
                yield _Label(x, text)


def _free(cluster: ClusterDay, day: StationDay, shown: list[Panel]) -> Iterator[_Label]:
    for session in cluster.sessions:
        for panel in shown:
            if panel.begins <= session.slot < panel.ends and not _urgent(session):
                left = day.minutes_per_session * 60 - session.seconds
                yield _Label(panel.x(session.slot), minutes_words(left))


def _urgent(session: Session) -> bool:
    return all(item.priority is Priority.EMERGENCY for item in session.items)


def _listed(day: StationDay, numbers: dict[tuple[str, str], int]) -> Iterator[tuple[str, str, str]]:
    """Yield (fill, outline, words) of each number."""
    found: dict[tuple[str, str], list[Item]] = {}
    for cluster in day.clusters:
        for session in cluster.sessions:
            for item in session.items:
                found.setdefault((item.campaign_id, item.title), []).append(item)
    for key, number in numbers.items():
        items = found[key]
        first = items[0]
        star = "*" if first.state is None else ""
        states = dict.fromkeys(state_or_proposed(item.state) for item in items)
        yield (
            *_colours(first),
            f"{number}{star}  {plain(first.title)} · {plain(first.campaign_id)} · "
            f"{kind_word(first.priority, first.purpose)} · {_lengths(items)} · "
            f"{', '.join(states)}",
        )


def _lengths(items: list[Item]) -> str:
    """Say how long an item takes, as the table says it; from and to where hamlets hear others."""
    lasts = sorted({round(item.seconds) for item in items})
    shown = str(lasts[0]) if len(lasts) == 1 else f"{lasts[0]}–{lasts[-1]}"
    return _("{seconds} s").format(seconds=shown)


@cache
def _template() -> Template:
    text = files("engine.reports").joinpath("templates/day.svg.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(text)
