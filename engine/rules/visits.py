"""How a campaign's visits stand: who goes where, with how many households, and what was said."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime

from channels.team.channel import TeamChannel, TeamDays
from channels.team.rounds import FREE, Busy, Counted, Round, round_for
from channels.team.wording import span
from engine.ledger import DeliveryRow
from engine.models import Content, Evidence, Purpose, Registry
from engine.models.visit import Going, VisitReport, last_words
from engine.states import State

_OVER = (State.CANCELLED, State.EXPIRED, State.SUPERSEDED, State.WITHDRAWN)

#: Returns a content by its hash.
Contents = Callable[[str], Content]


def teams_going(rows: Iterable[DeliveryRow], registry: Registry) -> list[str]:
    """Return the teams that have anything to visit, in the registry's order."""
    found = {row.target for row in rows if _alive(row)}
    order = {team.id: place for place, team in enumerate(registry.teams)}
    return sorted(found, key=lambda name: (order.get(name, len(order)), name))


def rows_of(rows: Iterable[DeliveryRow], team_id: str, registry: Registry) -> list[DeliveryRow]:
    """Return the delivery to a team that says what holds in each hamlet, in the registry's order.

    The newest; but a reminder that may not be needed says nothing while there is another.
    """
    by_hamlet: dict[str, list[DeliveryRow]] = {}
    for row in rows:
        if _alive(row) and row.target == team_id:
            by_hamlet.setdefault(row.hamlet_id, []).append(row)
    holding = {
        hamlet_id: max([row for row in found if not row.asks] or found, key=age)
        for hamlet_id, found in by_hamlet.items()
    }
    return [holding[one.id] for one in registry.hamlets if one.id in holding]


def rows_to(rows: Iterable[DeliveryRow], team_id: str, hamlet_id: str) -> list[DeliveryRow]:
    """Return every delivery that sends a team to a hamlet: one visit answers them all."""
    return [
        row for row in rows if _alive(row) and (row.target, row.hamlet_id) == (team_id, hamlet_id)
    ]


def age(row: DeliveryRow) -> tuple[int, int]:
    """By which deliveries are ordered from the oldest words to the newest."""
    return row.revision, row.id


def content_of(rows: Sequence[DeliveryRow], contents: Contents) -> Content | None:
    """Return the newest words that a team takes along; None when it has nothing to visit."""
    last = max(rows, key=age, default=None)
    return contents(last.content_hash) if last is not None else None


def round_through(
    team_id: str,
    rows: Sequence[DeliveryRow],
    content: Content,
    registry: Registry,
    listed: Counted,
    busy: Busy = FREE,
) -> Round:
    """Return the round of a team through the hamlets of its deliveries; there must be some.

    ``listed`` counts its campaign's private list.
    """
    hamlets = [registry.hamlets_by_id[row.hamlet_id] for row in rows]
    withdrawn = {row.hamlet_id for row in rows if row.purpose is Purpose.WITHDRAWAL}
    return round_for(team_id, begins(rows), content, hamlets, registry, withdrawn, busy, listed)


def begins(rows: Iterable[DeliveryRow]) -> datetime:
    """Return when the first sheet of a round leaves."""
    return min(row.slot for row in rows)


def goings(
    rows: Sequence[DeliveryRow],
    evidence: Iterable[Evidence],
    listed: Counted,
    registry: Registry,
    contents: Contents,
    others: TeamDays,
) -> list[Going]:
    """Return every team in every hamlet; ``listed`` counts private lists by (hamlet, team).

    ``others`` says what else teams are busy with.
    """
    visits = {row.id: (row.target, row.hamlet_id) for row in rows if _alive(row)}
    by_visit: dict[Hashable, list[VisitReport]] = {}
    for report in last_words((one for one in evidence if one.delivery_id in visits), visits.get):
        by_visit.setdefault(visits[report.delivery_id], []).append(report)
    found = []
    for team_id in teams_going(rows, registry):
        own = rows_of(rows, team_id, registry)
        content = content_of(own, contents)
        if content is None:
            continue
        busy = others(content, team_id, begins(own), registry)
        one = round_through(team_id, own, content, registry, listed, busy)
        stops = {stop.hamlet.id: stop for stop in one.stops}
        for row in own:
            stop = stops[row.hamlet_id]
            count = 0 if stop.withdrawn else listed.get((row.hamlet_id, team_id), 0)
            reports = tuple(by_visit.get((team_id, row.hamlet_id), ()))
            days = span(stop.first, stop.last)
            found.append(Going(team_id, stop.hamlet, stop.households, days, count, reports))
    return found


def _alive(row: DeliveryRow) -> bool:
    return row.channel == TeamChannel.name and row.state not in _OVER
