"""What was handed over to players and is over by now: proved, not played, or never to be known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Text,
    and_,
    exists,
    insert,
    select,
    update,
)

from engine.i18n import gettext as _
from engine.ledger.bundling import open_deliveries
from engine.ledger.database import Database
from engine.ledger.denied import denied_in, is_again
from engine.ledger.dialect import again_if_lost, lock_bundles
from engine.ledger.given import among, given, is_given, rows_given
from engine.ledger.holding import held_now, hold_deliveries
from engine.ledger.moves import Move, move_deliveries
from engine.ledger.tables import bundles, deliveries, evidence, plays, second_tries
from engine.ledger.tries import ItemKey, Told, told_of
from engine.models import EvidenceKind, PlannedDelivery, PlayOutcome, Priority, Purpose
from engine.models.wording import outcome_word
from engine.states import State

#: Bundles looked at in one go.
LIMIT: Final = 1_000

ACTOR = "loa"


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A delivery whose programme is over and that nothing has proved.

    ``number`` is 0, unless it is a try of another that was not played: the how-manieth.
    """

    id: int
    bundle_id: int
    campaign_id: str
    revision: int
    hamlet_id: str
    cluster: str
    player: str
    slot: datetime
    purpose: Purpose
    content_hash: str
    priority: Priority
    households: int
    number: int

    @property
    def item(self) -> ItemKey:
        """What it has in common with all that stands for it."""
        where = (self.campaign_id, self.hamlet_id, self.cluster)
        return (*where, str(self.purpose), self.content_hash)


@dataclass(frozen=True, slots=True)
class Over:
    """Programmes that are over: their bundles, and what of them is not proved.

    ``reporting`` are the clusters that ever reported anything, ``said`` what players say of
    themselves about a campaign in a cluster and slot: why it was not to be heard. ``denied``
    are the deliveries that a report speaks against; ``again`` the bundles that were looked at
    before, and are again only for what was reported since.
    """

    bundle_ids: tuple[int, ...]
    unproved: tuple[Awaiting, ...]
    reporting: frozenset[str]
    said: Mapping[tuple[str, datetime, str], str]
    denied: frozenset[int] = frozenset()
    again: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One delivery was not played, why, and the delivery that tries again, if one does.

    ``again_of`` is what that tries anew, for the ``number``-th time.
    """

    of: Awaiting
    reason: str
    again: PlannedDelivery | None = None
    again_of: int = 0
    number: int = 0


class Awaited:
    """What one commune's players were given."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def over(self, before: datetime) -> Over:
        """Return programmes that were over before a moment and were not looked at yet."""
        b, d, t = bundles.c, deliveries.c, second_tries.c
        due = select(b.id).where(self._due(before)).order_by(b.ends_at).limit(LIMIT)
        columns = (d.id, d.bundle_id, d.campaign_id, d.revision, d.hamlet_id, d.target, b.backend)
        more = (d.slot, d.purpose, d.content_hash, d.priority, d.households)
        tried = and_(t.commune_id == self._commune_id, t.delivery_id == d.id)
        with self._database.read() as connection:
            ids = tuple(connection.execute(due).scalars())
            if not ids:
                return Over((), (), frozenset(), {})
            rows = connection.execute(
                select(*columns, *more, t.number)
                .join_from(deliveries, bundles, d.bundle_id == b.id)
                .outerjoin(second_tries, tried)
                .where(d.commune_id == self._commune_id, among(d.bundle_id, ids))
                .where(d.state == State.SENT, ~_proved())
                .order_by(d.slot, d.id)
            ).all()
            unproved = tuple(_awaiting(row) for row in rows)
            clusters = {one.cluster for one in unproved}
            slots = {(one.cluster, one.slot) for one in unproved}
            before_now = select(b.id).where(among(b.id, ids), is_again())
            return Over(
                ids,
                unproved,
                self._reporting(connection, clusters),
                self._said(connection, slots),
                denied_in(connection, self._commune_id, ids),
                frozenset(connection.execute(before_now).scalars()),
            )

    def told(self, campaign_ids: Collection[str]) -> dict[ItemKey, list[Told]]:
        """Return of each item of these campaigns what was not played, and every try."""
        with self._database.read() as connection:
            return told_of(connection, self._commune_id, campaign_ids)

    @again_if_lost
    def settle(
        self, over: Over, verdicts: Sequence[Verdict], before: datetime, at: datetime
    ) -> list[Verdict]:
        """Settle programmes as judged, each once; return the verdicts that came true.

        What has a proof by now is confirmed, whatever the verdict. Of what nobody judged
        nothing changes: it stays `sent`.
        """
        with self._database.write(durable=True) as connection:
            lock_bundles(connection, over.bundle_ids)
            b, d = bundles.c, deliveries.c
            still = select(b.id).where(self._due(before), among(b.id, over.bundle_ids))
            ids = set(connection.execute(still).scalars())
            detail = _("played (the proof had come before the receipt)")
            proved = and_(among(d.bundle_id, ids), _proved())
            move_deliveries(
                connection,
                self._commune_id,
                proved,
                old=State.SENT,
                new=State.CONFIRMED,
                at=at,
                actor=ACTOR,
                detail=detail,
            )
            true = self._not_played(connection, [v for v in verdicts if v.of.bundle_id in ids], at)
            self._try_again(connection, [one for one in true if one.again is not None], at)
            connection.execute(update(bundles).where(among(b.id, ids)).values(ends_at=None))
        return true

    def _due(self, before: datetime) -> ColumnElement[bool]:
        b = bundles.c
        return and_(b.commune_id == self._commune_id, b.ends_at < before, b.state == State.SENT)

    def _reporting(self, connection: Connection, clusters: Collection[str]) -> frozenset[str]:
        p = plays.c
        names = given(connection.dialect.name, {"cluster": Text})
        heard = exists().where(p.commune_id == self._commune_id, p.cluster == names.c.cluster)
        rows = rows_given((name,) for name in sorted(clusters))
        return frozenset(connection.execute(select(names.c.cluster).where(heard), rows).scalars())

    def _said(
        self, connection: Connection, slots: Collection[tuple[str, datetime]]
    ) -> dict[tuple[str, datetime, str], str]:
        """Return the last reason a player gave for not playing a campaign in a slot."""
        p, moments = plays.c, {slot for _cluster, slot in slots}
        if not moments:
            return {}
        query = (
            select(p.cluster, p.slot, p.campaign_id, p.outcome, p.reason)
            .where(p.outcome != PlayOutcome.PLAYED)
            .where(p.commune_id == self._commune_id, p.slot >= min(moments))
            .where(p.cluster.in_({cluster for cluster, _slot in slots}), p.slot <= max(moments))
            .order_by(p.id)
        )
        found = connection.execute(query).all()
        return {
            (row.cluster, row.slot, row.campaign_id): row.reason
            or outcome_word(PlayOutcome(row.outcome))
            for row in found
        }

    def _not_played(
        self, connection: Connection, verdicts: Sequence[Verdict], at: datetime
    ) -> list[Verdict]:
        if not verdicts:
            return []
        dialect, d = connection.dialect.name, deliveries.c
        table = given(dialect, {"id": BigInteger, "detail": Text})
        where = is_given(dialect, d.id, table, d.commune_id)
        rows = [(one.of.id, one.reason) for one in verdicts]
        said = {"ids": [one.of.id for one in verdicts], **rows_given(rows)}
        move = Move(dialect, where, State.SENT, State.NOT_PLAYED, detail=table.c.detail)
        moved = move.run(connection, self._commune_id, at=at, actor=ACTOR, said=said)
        ids = {row.id for row in moved}
        return [one for one in verdicts if one.of.id in ids]

    def _try_again(self, connection: Connection, verdicts: Sequence[Verdict], at: datetime) -> None:
        """Plan the second tries and let them be sent."""
        for (campaign_id, revision), alike in _by_revision(verdicts):
            planned = [one.again for one in alike if one.again is not None]
            hold_deliveries(connection, self._commune_id, campaign_id, revision, planned, at)
            made = set()
            for one, item in zip(alike, planned, strict=True):
                found = held_now(connection, self._commune_id, campaign_id, item)
                if found is not None:
                    made.add(found)
                    connection.execute(
                        insert(second_tries).values(
                            commune_id=self._commune_id,
                            delivery_id=found,
                            again_of=one.again_of,
                            number=one.number,
                        )
                    )
            open_deliveries(
                connection, self._commune_id, among(deliveries.c.id, made), at=at, actor=ACTOR
            )


def _proved() -> ColumnElement[bool]:
    e = evidence.c
    return exists().where(e.delivery_id == deliveries.c.id, e.kind == EvidenceKind.PLAYED)


def _awaiting(row: Any) -> Awaiting:
    return Awaiting(
        id=row.id,
        bundle_id=row.bundle_id,
        campaign_id=row.campaign_id,
        revision=row.revision,
        hamlet_id=row.hamlet_id,
        cluster=row.target,
        player=row.backend,
        slot=row.slot,
        purpose=Purpose(row.purpose),
        content_hash=row.content_hash,
        priority=Priority(row.priority),
        households=row.households,
        number=row.number or 0,
    )


def _by_revision(
    verdicts: Sequence[Verdict],
) -> Iterator[tuple[tuple[str, int], list[Verdict]]]:
    found: dict[tuple[str, int], list[Verdict]] = {}
    for one in verdicts:
        found.setdefault((one.of.campaign_id, one.of.revision), []).append(one)
    yield from found.items()
