"""What the loudspeakers play on one day: sessions, their items, what is free, what clashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from engine.clock import local
from engine.ledger.air_views import Airing
from engine.models import (
    Around,
    Breach,
    Cluster,
    Content,
    Hours,
    Plan,
    Priority,
    Purpose,
    Registry,
    StationRules,
)
from engine.reports.station.clashes import clashes_of, moves_of
from engine.reports.station.parts import Part, day_bounds, parts_of
from engine.rules import Closed, closed_on
from engine.states import State

#: Returns how many seconds a content takes on air, all its readings together.
Seconds = Callable[[Content], float]


@dataclass(frozen=True, slots=True)
class Item:
    """One sound of one campaign in a session, for the hamlets whose words it says.

    ``begins`` is counted from lengths that are known or foreseen. ``state`` is None for what
    is only proposed: its campaign has not been approved. ``moved_from`` is the slot that it was
    meant for, when that is another.
    """

    campaign_id: str
    title: str
    priority: Priority
    hamlets: tuple[str, ...]
    begins: datetime
    seconds: float
    state: State | None
    purpose: Purpose = Purpose.NOTICE
    moved_from: datetime | None = None

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Session:
    """What one cluster plays from one slot on, in airing order.

    ``besides``: the seconds of opening, bridges and closing.
    """

    slot: datetime
    items: tuple[Item, ...]
    besides: float = 0.0

    @property
    def seconds(self) -> float:
        return sum(item.seconds for item in self.items) + self.besides

    @property
    def ends(self) -> datetime:
        return self.slot + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class ClusterDay:
    """One cluster's day. ``closed`` are relays and quiet times, in order."""

    cluster: Cluster
    sessions: tuple[Session, ...]
    closed: tuple[Closed, ...]

    @property
    def seconds(self) -> float:
        return sum(session.seconds for session in self.sessions)


@dataclass(frozen=True, slots=True)
class StationDay:
    """The whole station's day; ``hours`` are the stretches in which it may speak then.

    ``clashes`` are rules that it breaks; ``moves`` say what moves for the proposed campaign, and
    which rules that may break.
    """

    day: date
    commune: str
    hours: tuple[Hours, ...]
    minutes_per_session: int
    clusters: tuple[ClusterDay, ...]
    clashes: tuple[Breach, ...]
    moves: tuple[Breach, ...] = ()


def station_day(
    day: date,
    registry: Registry,
    airings: Iterable[Airing],
    contents: Mapping[str, Content],
    seconds: Seconds,
    proposed: Plan | None = None,
    *,
    only: str | None = None,
    since: Mapping[str, datetime] = MappingProxyType({}),
    around: Around = Around(),  # noqa: B008 - frozen
    now: datetime | None = None,
) -> StationDay:
    """Return the station's day: ``airings``, and what approving ``proposed`` would make of them.

    That is what the plan says: what it adds, what it replaces, and what moves for it, to that
    day or from it; ``airings`` hold the slots of all of those (``days_of``).
    ``only`` is the id of a cluster that is looked at alone. ``since`` says when campaigns were
    first approved, which decides in which order they air; ``around`` is what a programme takes
    besides its items.

    ``contents`` holds what the airings say, by hash; ``now`` is when it would be approved.
    """
    known = dict(contents) | dict(proposed.contents if proposed else {})
    begins, ends = day_bounds(day)
    parts = [
        part
        for part in parts_of(airings, proposed, now)
        if begins <= part.slot < ends and only in (None, part.cluster)
    ]
    lengths = {key: seconds(known[key]) for key in {part.content_hash for part in parts}}
    station = registry.station
    sessions = _sessions(parts, known, lengths, station, since, around)
    return StationDay(
        day=day,
        commune=registry.commune.name,
        hours=station.hours if day.isoweekday() in station.days else (),
        minutes_per_session=station.minutes_per_session,
        clusters=tuple(
            ClusterDay(
                cluster,
                tuple(sessions.get(cluster.id, ())),
                tuple(closed_on(station, cluster.id, day)),
            )
            for cluster in registry.clusters
            if only in (None, cluster.id)
        ),
        clashes=tuple(clashes_of(day, parts, lengths, registry, around, proposed, only)),
        moves=tuple(moves_of(day, proposed, only)),
    )


def _sessions(
    parts: Iterable[Part],
    contents: Mapping[str, Content],
    lengths: Mapping[str, float],
    station: StationRules,
    since: Mapping[str, datetime],
    around: Around,
) -> dict[str, list[Session]]:
    """Return each cluster's sessions in order. Hamlets that hear the same words share an item."""
    found: dict[tuple[str, datetime], dict[tuple[str, str], list[Part]]] = {}
    for part in parts:
        alike = found.setdefault((part.cluster, part.slot), {})
        alike.setdefault((part.campaign_id, part.content_hash), []).append(part)
    sessions: dict[str, list[Session]] = defaultdict(list)
    for (cluster, slot), items in sorted(found.items()):
        ordered = sorted(items.items(), key=lambda one: _order(station, slot, one, since))
        urgent = any(parts[0].priority is Priority.EMERGENCY for _key, parts in ordered)
        # An emergency has a frame of its own, and comes beside the station's minutes.
        frame = Around() if urgent else around
        aired = tuple(_items(slot, ordered, contents, lengths, frame))
        lasts = [item.seconds for item in aired]
        sessions[cluster].append(Session(slot, aired, frame.session(lasts) - sum(lasts)))
    return sessions


def _order(
    station: StationRules,
    slot: datetime,
    item: tuple[tuple[str, str], list[Part]],
    since: Mapping[str, datetime],
) -> tuple[object, ...]:
    """Return what sorts a session's items as its programme airs them."""
    (campaign_id, _key), parts = item
    age, hamlets = since.get(campaign_id), sorted({part.hamlet_id for part in parts})
    place = station.airing_order(local(slot), campaign_id, parts[0].priority, age)
    return place, parts[0].purpose is Purpose.ALL_CLEAR, campaign_id, hamlets


def _items(
    slot: datetime,
    ordered: Iterable[tuple[tuple[str, str], list[Part]]],
    contents: Mapping[str, Content],
    lengths: Mapping[str, float],
    around: Around,
) -> Iterator[Item]:
    """Yield a session's items in the order in which a programme airs them."""
    begins = slot + timedelta(seconds=around.opening)
    for (campaign_id, key), parts in ordered:
        yield Item(
            campaign_id=campaign_id,
            title=contents[key].title,
            priority=parts[0].priority,
            hamlets=tuple(sorted({part.hamlet_id for part in parts})),
            begins=begins,
            seconds=lengths[key],
            state=parts[0].state,
            purpose=parts[0].purpose,
            moved_from=parts[0].moved_from,
        )
        begins += timedelta(seconds=lengths[key] + around.between)
