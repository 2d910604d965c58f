"""The report as one HTML page that needs nothing else: for a screen, and for A4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby

from jinja2 import Environment

from engine.i18n import gettext as _
from engine.i18n import language
from engine.ledger import status_word
from engine.reports.browser import page_environment, style_sheet
from engine.reports.lines import EventLine, Who
from engine.reports.report import Report
from engine.reports.words import (
    Absence,
    channel_word,
    event_word,
    exact_moment,
    kind_word,
    number,
)
from engine.states import State

#: A longer appendix is folded away: on the screen a click opens it, on paper it stays out.
OPEN_UP_TO = 120

#: How many places one line of the timeline names before it only counts them.
NAMED = 6

_TONES = {
    State.SENDING: "waiting",
    State.PLANNED: "waiting",
    State.HELD: "waiting",
    State.SENT: "sent",
    State.CONFIRMED: "done",
    State.WITHDRAWN: "ended",
    State.CANCELLED: "ended",
    State.SUPERSEDED: "ended",
    Absence.NOT_PLANNED: "ended",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """Events that are one to a reader: the same thing, at one moment, to several deliveries."""

    at: datetime
    actor: Who
    before: str
    what: str
    detail: str
    places: str
    count: int


def report_html(report: Report) -> bytes:
    """Return the page, UTF-8."""
    cells = [cell for row in report.matrix.rows for cell in row.cells]
    page = _environment().get_template("report.html.j2")
    text = page.render(
        report=report,
        language=language(),
        css=style_sheet("report.css"),
        happenings=happenings(report.events),
        attention=sum(cell.needs_attention for cell in cells),
        cells=len(cells),
        open_up_to=OPEN_UP_TO,
    )
    return text.encode("utf-8")


def tone(code: State | Absence) -> str:
    """Return how a state is coloured; what needs a person is an alarm."""
    return _TONES.get(code, "alarm")


def happenings(events: Iterable[EventLine]) -> tuple[Happening, ...]:
    """Join neighbouring events that differ only in the delivery; the order stays."""
    return tuple(
        Happening(at, actor, before, what, detail, *_places(tuple(group)))
        for (at, actor, before, what, detail), group in groupby(events, key=_sameness)
    )


def _sameness(event: EventLine) -> tuple[datetime, Who, str, str, str]:
    return event.at, event.actor, event.before, event.what, event.detail


def _places(events: Sequence[EventLine]) -> tuple[str, int]:
    """Return where it happened, named or counted, and how many events there were."""
    hamlets: dict[str, list[str]] = {}
    for event in events:
        if event.channel and event.hamlet not in hamlets.setdefault(event.channel, []):
            hamlets[event.channel].append(event.hamlet)
    named = (f"{channel_word(name)}: {_named(found)}" for name, found in hamlets.items())
    return "; ".join(named), len(events)


def _named(hamlets: Sequence[str]) -> str:
    if len(hamlets) <= NAMED:
        return ", ".join(hamlets)
    return _("{count} hamlets").format(count=number(len(hamlets)))


@cache
def _environment() -> Environment:
    return page_environment(
        {
            "tone": tone,
            "kind_word": kind_word,
            "status_word": status_word,
            "event_word": event_word,
            "exact_moment": exact_moment,
        }
    )
