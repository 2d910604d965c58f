"""A station's day in the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table
from rich.text import Text

from engine.clock import local
from engine.i18n import gettext as _
from engine.models import Priority
from engine.reports.plain import plain
from engine.reports.screen import id_width
from engine.reports.station.day import ClusterDay, Item, Session, StationDay
from engine.reports.station.wording import minutes_words, moved_words, state_or_proposed
from engine.reports.words import SYMBOLS, kind_word

_STYLES = {Priority.EMERGENCY: "bold red", Priority.IMPORTANT: "yellow", Priority.ROUTINE: ""}

#: One line: when, what, how long, how urgent, where it stands.
_Line = tuple[str, Text, str, str, str]

#: Where a line stands among those of its cluster: by moment, kind and order within a session.
_Place = tuple[datetime, int, int]


def day_table(day: StationDay) -> Table:
    """Return the day as a table: relays, quiet times and items in order, cluster by cluster."""
    table = Table(
        Column(_("Hour"), no_wrap=True),
        Column(_("On air"), min_width=id_width(map(_name, _items(day)))),
        Column(_("Seconds"), justify="right"),
        Column(_("Priority")),
        Column(_("State")),
        box=SIMPLE_HEAD,
        title=f"{day.day:%d/%m/%Y} · {plain(day.commune)}",
        title_justify="left",
    )
    for cluster in day.clusters:
        place = f" · {plain(cluster.cluster.place)}" if cluster.cluster.place else ""
        table.add_row("", Text(f"{cluster.cluster.id}{place}", "bold"), "", "", "")
        for _begins, line in sorted(_lines(cluster, day), key=lambda one: one[0]):
            table.add_row(*line)
        table.add_section()
    return table


def _name(item: Item) -> str:
    return f"({plain(item.campaign_id)})"


def _items(day: StationDay) -> Iterator[Item]:
    for cluster in day.clusters:
        for session in cluster.sessions:
            yield from session.items


def _lines(cluster: ClusterDay, day: StationDay) -> Iterator[tuple[_Place, _Line]]:
    """Yield (what it is sorted by, a line)."""
    for closed in cluster.closed:
        hour = f"{local(closed.begins):%H:%M}–{local(closed.ends):%H:%M}"
        what = _("relay") if closed.relay else _("quiet")
        yield (closed.begins, 0, 0), (hour, Text(f"▒ {what}: {plain(closed.why)}"), "", "", "")
    for session in cluster.sessions:
        for place, item in enumerate(session.items, 1):
            yield (session.slot, 1, place), _item_line(item)
        if any(item.priority is not Priority.EMERGENCY for item in session.items):
            yield (session.slot, 2, 0), _end_line(session, day)


def _item_line(item: Item) -> _Line:
    star = "★ " if item.state is None else ""
    what = f"{star}{plain(item.title)} {_name(item)}"
    if item.moved_from is not None:
        what = f"{what}\n{moved_words(item.moved_from)}"
    symbol = SYMBOLS[item.state] if item.state is not None else "★"
    return (
        f"{local(item.begins):%H:%M:%S}",
        Text(what, _STYLES[item.priority]),
        str(round(item.seconds)),
        kind_word(item.priority, item.purpose),
        f"{symbol} {state_or_proposed(item.state)}",
    )


def _end_line(session: Session, day: StationDay) -> _Line:
    left = day.minutes_per_session * 60 - session.seconds
    style = "bold red" if left < 0 else "dim"
    return (f"{local(session.ends):%H:%M:%S}", Text(minutes_words(left), style), "", "", "")
