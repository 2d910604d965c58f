"""What in one commune's ledger needs a person. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from engine.ledger.bundles import not_rehearsed
from engine.ledger.database import Database
from engine.ledger.dialect import IDS
from engine.ledger.given import among
from engine.ledger.tables import bundles, deliveries, plays, reused_numbers
from engine.ledger.taken_back import TakenBack, Undone, taken_back
from engine.ledger.tries import made_good
from engine.models import Finding, PlayOutcome, Priority, Purpose
from engine.states import State

# A literal, not a parameter: only so does every planner see that a partial index fits.
_PLANNED: ColumnElement[str] = literal_column(f"'{State.PLANNED}'")

#: What waits for a moment comes within so much of it: not all at once.
AT_ONCE = timedelta(minutes=1)

#: States out of which only a person helps.
_STUCK = (State.FAILED, State.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Stuck:
    """Deliveries of one campaign on one channel that failed or are in doubt."""

    campaign_id: str
    channel: str
    state: State
    count: int
    emergencies: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Lacking:
    """Deliveries of one campaign that lack something since a moment."""

    campaign_id: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries of one campaign that wait for a far side; ``emergencies`` of them are urgent."""

    campaign_id: str
    count: int
    emergencies: int


@dataclass(frozen=True, slots=True)
class Silent:
    """Deliveries of one campaign that one cluster did not play; ``slot`` is the last one's."""

    campaign_id: str
    cluster: str
    count: int
    emergencies: int
    since: datetime
    slot: datetime


@dataclass(frozen=True, slots=True)
class Strange:
    """One player's reports that cannot be, heard in between."""

    player: str
    count: int
    since: datetime
    seen: datetime


@dataclass(frozen=True, slots=True)
class Doubled:
    """Two players that played the same in one cluster; ``slot`` is the last time."""

    cluster: str
    players: tuple[str, str]
    slot: datetime
    since: datetime


class Needs:
    """What one commune's people have to look after."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def stuck(self) -> list[Stuck]:
        """Return what failed, or may or may not have arrived."""
        d, b = deliveries.c, bundles.c
        urgent = case((d.priority == Priority.EMERGENCY, 1), else_=0)
        each = select(d.campaign_id, d.channel, d.state, urgent.label("urgent"), d.changed_at)
        mine = each.where(d.commune_id == self._commune_id)
        # Those that count have an index; of the others, the doubtful ones have bundles.
        current = mine.where(d.replaced_in.is_(None), d.state.in_(_STUCK))
        ours = select(b.id).where(b.commune_id == self._commune_id)
        replaced = mine.where(
            d.bundle_id.in_(ours), d.replaced_in.is_not(None), d.state == State.UNCERTAIN
        )
        found = union_all(current, replaced).subquery().c
        kinds = (found.campaign_id, found.channel, found.state)
        query = (
            select(*kinds, func.count(), func.sum(found.urgent), func.min(found.changed_at))
            .group_by(*kinds)
            .order_by(*kinds)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [Stuck(row[0], row[1], State(row[2]), row[3], row[4], row[5]) for row in rows]

    def unproven(self, after: datetime, before: datetime) -> list[Lacking]:
        """Return what was sent for slots in between, and that nothing has confirmed since.

        Nobody can prove a reminder: what it asks for is proof of something else.
        """
        d = deliveries.c
        told = or_(d.purpose != Purpose.REMINDER, d.channel != "chat")
        sent = and_(d.state == State.SENT, d.slot > after, d.slot < before, told)
        return self._lacking(sent, d.slot)

    def not_played(self, after: datetime) -> list[Silent]:
        """Return what was not played in slots after a moment, and nothing has made good since."""
        d = deliveries.c
        urgent = case((d.priority == Priority.EMERGENCY, 1), else_=0)
        query = (
            select(d.campaign_id, d.target, func.count(), func.sum(urgent))
            .add_columns(func.min(d.changed_at), func.max(d.slot))
            .where(d.commune_id == self._commune_id, d.replaced_in.is_(None))
            .where(d.state == State.NOT_PLAYED, d.slot > after, ~made_good(self._commune_id))
            .group_by(d.campaign_id, d.target)
            .order_by(d.campaign_id, d.target)
        )
        with self._database.read() as connection:
            return [Silent(*row) for row in connection.execute(query)]

    def strange_plays(self, after: datetime) -> list[Strange]:
        """Return what players reported after a moment that cannot be, by player."""
        p = plays.c
        strange = [finding.value for finding in Finding if finding.strange]
        query = (
            select(p.player, func.count(), func.min(p.heard_at), func.max(p.heard_at))
            .where(p.commune_id == self._commune_id, p.heard_at > after, p.finding.in_(strange))
            .group_by(p.player)
            .order_by(p.player)
        )
        with self._database.read() as connection:
            return [Strange(*row) for row in connection.execute(query)]

    def taken_back(
        self, undone: Undone, now: datetime, before: datetime, fetching: Collection[str] = ()
    ) -> list[TakenBack]:
        """Return what was taken back from players and still needs a person (``taken_back``)."""
        return taken_back(self._database, self._commune_id, undone, now, before, fetching)

    def reused_numbers(self, after: datetime) -> list[Strange]:
        """Return under how many numbers other plays came after a moment, by player."""
        r = reused_numbers.c
        query = (
            select(r.player, func.count(), func.min(r.first_at), func.max(r.heard_at))
            .where(r.commune_id == self._commune_id, r.heard_at > after)
            .group_by(r.player)
            .order_by(r.player)
        )
        with self._database.read() as connection:
            return [Strange(*row) for row in connection.execute(query)]

    def played_at_once(self, after: datetime) -> list[Doubled]:
        """Return, by cluster, which players played the same item at the same time."""
        one, other = plays.c, plays.alias("other").c
        same = ("commune_id", "cluster", "slot", "campaign_id", "purpose", "hamlets")
        heard = [PlayOutcome.PLAYED.value, PlayOutcome.CUT.value]
        query = (
            select(one.cluster, one.player, other.player.label("second"), one.slot)
            .add_columns(one.began, one.seconds, one.heard_at)
            .add_columns(other.began.label("second_began"), other.seconds.label("second_seconds"))
            .where(*(one[name] == other[name] for name in same), one.player < other.player)
            .where(one.commune_id == self._commune_id, one.began > after)
            .where(one.outcome.in_(heard), other.outcome.in_(heard))
            .order_by(one.cluster, one.slot)
        )
        found: dict[str, Doubled] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                ends = row.began + timedelta(seconds=row.seconds)
                second_ends = row.second_began + timedelta(seconds=row.second_seconds)
                if row.began < second_ends and row.second_began < ends:
                    before = found.get(row.cluster)
                    since = before.since if before is not None else row.heard_at
                    players = (row.player, row.second)
                    found[row.cluster] = Doubled(row.cluster, players, row.slot, since)
        return list(found.values())

    def waiting(self, channel: str, backend: str, until: datetime) -> list[Waiting]:
        """Return what is to be sent by a backend until a moment, and was not yet, by campaign."""
        d, b = deliveries.c, bundles.c
        urgent = case((d.priority == Priority.EMERGENCY, 1), else_=0)
        there = and_(b.channel == channel, b.backend == backend, b.state == _PLANNED)
        query = (
            select(d.campaign_id, func.count(), func.sum(urgent))
            .join_from(bundles, deliveries, d.bundle_id == b.id)
            .where(b.commune_id == self._commune_id, there, b.next_attempt_at <= until + AT_ONCE)
            .where(d.state == _PLANNED)
            .group_by(d.campaign_id)
            .order_by(d.campaign_id)
        )
        with self._database.read() as connection:
            return [Waiting(*row) for row in connection.execute(query)]

    def only_rehearsed(self, backends: Collection[str], now: datetime) -> list[Lacking]:
        """Return what is due and was rehearsed in place of being sent, on ``backends``."""
        d, b = deliveries.c, bundles.c
        due = and_(b.commune_id == self._commune_id, b.state == _PLANNED, b.next_attempt_at <= now)
        rehearsed = and_(b.backend.in_(backends), b.rehearsed_version == b.version)
        with self._database.read() as connection:
            ids = connection.execute(select(b.id).where(due, rehearsed).limit(IDS)).scalars().all()
        if not ids:  # as nearly always: then the deliveries, far more, are not looked at
            return []
        return self._lacking(and_(d.state == State.PLANNED, among(d.bundle_id, ids)), d.work_at)

    def _lacking(self, where: ColumnElement[bool], since: ColumnElement[datetime]) -> list[Lacking]:
        d = deliveries.c
        query = (
            select(d.campaign_id, func.count(), func.min(since))
            .where(d.commune_id == self._commune_id, d.replaced_in.is_(None), where)
            .group_by(d.campaign_id)
            .order_by(d.campaign_id)
        )
        with self._database.read() as connection:
            return [Lacking(*row) for row in connection.execute(query)]


def backends_in_use(database: Database, after: datetime) -> list[tuple[str, str]]:
    """Return (channel, backend) of what any commune sends for slots after a moment."""
    b = bundles.c
    query = select(b.channel, b.backend).where(b.slot > after).distinct()
    with database.read() as connection:
        return [(row.channel, row.backend) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Overdue:
    """What nobody has taken in hand: since when work on it is due, and for which first slot."""

    since: datetime
    slot: datetime


def overdue_since(
    database: Database, before: datetime, *, rehearse: Collection[str]
) -> Overdue | None:
    """Return what of any commune has been due since before a moment and waits for everybody."""
    b = bundles.c
    waiting = and_(b.state == _PLANNED, b.next_attempt_at < before)
    free = or_(b.lease_until.is_(None), b.lease_until < before)
    first = select(func.min(b.next_attempt_at), func.min(b.slot))
    with database.read() as connection:
        since, slot = connection.execute(first.where(waiting, free, not_rehearsed(rehearse))).one()
    return Overdue(since, slot) if since is not None else None
