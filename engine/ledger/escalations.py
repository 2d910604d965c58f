"""Steps of escalations: deliveries that are there because nobody has passed a message on."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from engine.i18n import gettext as _
from engine.ledger.bundling import Opened
from engine.ledger.codec import dump_content
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, take_turns, upsert
from engine.ledger.escalation_tables import escalating, escalation_steps
from engine.ledger.given import among
from engine.ledger.holding import held_now, hold_deliveries
from engine.ledger.stopping import stop_deliveries
from engine.ledger.tables import contents, deliveries, events
from engine.models import Evidence, EvidenceKind, PlannedDelivery, Purpose
from engine.models.escalation import Act, Step, Without
from engine.models.plan import Frozen
from engine.states import State

ACTOR = "loa"

#: What a word settles.
_ANSWERS = {
    EvidenceKind.RECEIVED: (Without.RECEIPT,),
    EvidenceKind.RELAYED: (Without.RECEIPT, Without.RELAY),
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as its delivery stands. ``telling`` is the content that the head was told."""

    delivery_id: int
    revision: int
    hamlet_id: str
    channel: str
    target: str
    telling: str
    step: Step
    told_at: datetime
    slot: datetime
    expires_at: datetime
    state: State
    reason: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step to plan: its delivery, what it is a step of, and why in words."""

    delivery: PlannedDelivery
    step: Step
    telling: str
    told_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What changes: steps to plan with their contents, and to stop, each with its reason.

    ``over``: the campaign needs nobody's eye any more.
    """

    revision: int = 0
    make: tuple[NewStep, ...] = ()
    stop: Mapping[int, str] = field(default_factory=dict)
    contents: Mapping[str, Frozen] = field(default_factory=dict)
    over: bool = False

    def __bool__(self) -> bool:
        return bool(self.make or self.stop or self.over)


_AS_IT_STANDS = (
    deliveries.c.revision,
    deliveries.c.hamlet_id,
    deliveries.c.channel,
    deliveries.c.target,
    deliveries.c.slot,
    deliveries.c.expires_at,
    deliveries.c.state,
    deliveries.c.reason,
    deliveries.c.changed_at,
)


class Escalations:
    """The steps of one commune."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    @again_if_lost
    def watch(self, campaign_id: str) -> None:
        """Look after a campaign from now on; twice has the effect of once."""
        row = {"commune_id": self._commune_id, "campaign_id": campaign_id}
        with self._database.write() as connection:
            connection.execute(upsert(connection, escalating).values(row).on_conflict_do_nothing())

    def watched(self) -> list[str]:
        """Return the campaigns that are looked after, by name."""
        w = escalating.c
        query = select(w.campaign_id).where(w.commune_id == self._commune_id)
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(w.campaign_id)).scalars())

    def told(self, campaign_id: str, channel: str = "chat") -> dict[int, datetime]:
        """Return when each message of a campaign on a channel was sent first, by delivery."""
        e, d = events.c, deliveries.c
        query = (
            select(e.delivery_id, func.min(e.at).label("at"))
            .join(deliveries, d.id == e.delivery_id)
            .where(
                e.commune_id == self._commune_id,
                e.campaign_id == campaign_id,
                e.to_state.in_((State.SENT, State.CONFIRMED)),
                d.commune_id == self._commune_id,
                d.channel == channel,
                d.purpose != Purpose.REMINDER,
            )
            .group_by(e.delivery_id)
        )
        with self._database.read() as connection:
            return {row.delivery_id: row.at for row in connection.execute(query)}

    def steps(self, campaign_id: str) -> list[StepRow]:
        """Return every step ever planned for a campaign, in order of their slots."""
        s, d = escalation_steps.c, deliveries.c
        query = (
            select(s.delivery_id, s.telling, s.act, s.minutes, s.without, s.told_at, *_AS_IT_STANDS)
            .join(deliveries, and_(d.commune_id == s.commune_id, d.id == s.delivery_id))
            .where(s.commune_id == self._commune_id, s.campaign_id == campaign_id)
            .order_by(d.slot, d.id)
        )
        with self._database.read() as connection:
            return [
                StepRow(
                    row.delivery_id,
                    row.revision,
                    row.hamlet_id,
                    row.channel,
                    row.target,
                    row.telling,
                    Step(timedelta(minutes=row.minutes), Act(row.act), Without(row.without)),
                    row.told_at,
                    row.slot,
                    row.expires_at,
                    State(row.state),
                    row.reason,
                    row.changed_at,
                )
                for row in connection.execute(query)
            ]

    def settle(self, campaign_id: str, decide: Callable[[], Decision], at: datetime) -> Decision:
        """Do what ``decide`` says, by what is known once nobody else can change it meanwhile.

        Any number of processes may ask for the same at once: each step is planned once.
        """
        if not decide():
            return Decision()
        return self._settle(campaign_id, decide, at)

    @again_if_lost
    def _settle(self, campaign_id: str, decide: Callable[[], Decision], at: datetime) -> Decision:
        with self._database.write(durable=True) as connection:
            take_turns(connection, _turn(self._commune_id, campaign_id))
            decision = decide()
            for reason, ids in _by_reason(decision.stop):
                _stop(connection, self._commune_id, ids, at, ACTOR, reason)
            rows = [
                {
                    "commune_id": self._commune_id,
                    "hash": key,
                    "body": dump_content(content),
                    "needs": json.dumps(needs),
                }
                for key, (content, needs) in decision.contents.items()
            ]
            if rows:
                connection.execute(upsert(connection, contents).on_conflict_do_nothing(), rows)
            for one in decision.make:
                self._make(connection, campaign_id, decision.revision, one, at)
            if decision.over:
                w = escalating.c
                mine = (w.commune_id == self._commune_id, w.campaign_id == campaign_id)
                connection.execute(delete(escalating).where(*mine))
        return decision

    def _make(
        self, connection: Connection, campaign_id: str, revision: int, one: NewStep, at: datetime
    ) -> None:
        item = one.delivery
        hold_deliveries(connection, self._commune_id, campaign_id, revision, [item], at)
        found = held_now(connection, self._commune_id, campaign_id, item)
        if found is None:  # it is there already
            return
        connection.execute(
            insert(escalation_steps).values(
                commune_id=self._commune_id,
                delivery_id=found,
                campaign_id=campaign_id,
                hamlet_id=item.hamlet_id,
                telling=one.telling,
                act=one.step.do,
                minutes=one.step.minutes,
                without=one.step.without,
                told_at=one.told_at,
            )
        )
        opened = Opened(connection.dialect.name, deliveries.c.id == found)
        said = {"said_of_all": one.reason}
        opened.run(connection, self._commune_id, at=at, actor=ACTOR, said=said)


def stop_answered(connection: Connection, commune_id: str, piece: Evidence, what: str) -> None:
    """Stop the steps of a hamlet that waited for the word that a piece of evidence gives."""
    settled = _ANSWERS.get(piece.kind)
    if settled is None or piece.of_nobody:
        return
    s, d, w = escalation_steps.c, deliveries.c, escalating.c
    about = connection.execute(
        select(d.campaign_id, d.hamlet_id)
        .join(escalating, and_(w.commune_id == d.commune_id, w.campaign_id == d.campaign_id))
        .where(d.commune_id == commune_id, d.id == piece.delivery_id, d.replaced_in.is_(None))
    ).first()
    if about is None:
        return
    take_turns(connection, _turn(commune_id, about.campaign_id))
    waiting = (
        select(s.delivery_id)
        .join(deliveries, d.id == s.delivery_id)
        .where(
            s.commune_id == commune_id,
            s.campaign_id == about.campaign_id,
            s.hamlet_id == about.hamlet_id,
            s.without.in_(settled),
            d.commune_id == commune_id,
            d.state.in_((State.HELD, State.PLANNED, State.FAILED)),
            d.replaced_in.is_(None),
        )
    )
    ids = list(connection.execute(waiting).scalars())
    if ids:
        reason = _("needed no more: {what}").format(what=what)
        _stop(connection, commune_id, ids, piece.at, piece.by, reason)


def _stop(
    connection: Connection,
    commune_id: str,
    ids: Collection[int],
    at: datetime,
    actor: str,
    reason: str,
) -> None:
    """Cancel steps that were not sent; the same may be planned again for another reason."""
    d = deliveries.c
    where = and_(d.commune_id == commune_id, among(d.id, ids))
    stop_deliveries(connection, commune_id, where, State.CANCELLED, (), at, actor, reason)
    gone = and_(where, d.state == State.CANCELLED, d.replaced_in.is_(None))
    connection.execute(update(deliveries).where(gone).values(replaced_in=d.revision))


def _by_reason(stop: Mapping[int, str]) -> Iterator[tuple[str, list[int]]]:
    found: dict[str, list[int]] = {}
    for delivery_id, reason in stop.items():
        found.setdefault(reason, []).append(delivery_id)
    yield from found.items()


def _turn(commune_id: str, campaign_id: str) -> str:
    return f"{commune_id}/escalation/{campaign_id}"
