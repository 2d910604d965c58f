"""A plan in the ledger: held in chunks, opened at once, replaced, cancelled."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, zip_longest
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.codec import OptionModels, dump_content, load_content
from engine.ledger.database import Database
from engine.ledger.dialect import IDS, again_if_lost, upsert
from engine.ledger.given import IDS as IDS_GIVEN
from engine.ledger.given import among
from engine.ledger.holding import hold_deliveries
from engine.ledger.moves import record_event
from engine.ledger.opening import CHUNK, Opening
from engine.ledger.revisions import Status
from engine.ledger.shifting import Shifting
from engine.ledger.stopping import stop_deliveries
from engine.ledger.tables import contents, deliveries, events, revisions
from engine.models import Plan, PlannedDelivery
from engine.models.plan import Frozen, slot_key
from engine.states import State

RowT = TypeVar("RowT")

#: The event that an all-clear ended an alert.
ENDED = "alert_ended"


@dataclass(frozen=True, slots=True)
class Current:
    """A delivery that counts: no later revision has replaced it.

    ``moved_from`` is the slot that it was meant for, when it had to give way.
    """

    id: int
    key: tuple[str, str, str, str, str, str]
    slot: datetime
    asap: bool
    state: State
    hamlet_id: str = ""
    target: str = ""
    moved_from: datetime | None = None


class Deliveries(Opening, Shifting):
    """The deliveries of one commune."""

    def __init__(self, database: Database, commune_id: str, options: OptionModels) -> None:
        super().__init__(database, commune_id)
        self._options = options

    def current(self, campaign_id: str) -> list[Current]:
        """Return the campaign's deliveries that count, whatever their state."""
        of_it = {"of_commune": self._commune_id, "of_campaign": campaign_id}
        with self._database.look() as connection:
            rows = connection.execute(_CURRENT, of_it)
            return [
                Current(
                    row.id,
                    (
                        row.hamlet_id,
                        row.channel,
                        row.target,
                        "asap" if row.asap else slot_key(row.slot),
                        row.purpose,
                        row.content_hash,
                    ),
                    row.slot,
                    row.asap,
                    State(row.state),
                    row.hamlet_id,
                    row.target,
                    row.moved_from,
                )
                for row in rows
            ]

    def moved(self, campaign_id: str) -> dict[tuple[str, str, datetime], datetime]:
        """Return to which slot something had to move, by (hamlet, target, slot it was meant for).

        What the newest revision has stopped counts too: whoever plans it may be cut short after
        that, and begin again.
        """
        of_it: dict[str, Any] = {"of_commune": self._commune_id, "of_campaign": campaign_id}
        with self._database.look() as connection:
            rows = list(connection.execute(_MOVED, of_it))
            newest = connection.execute(_NEWEST, of_it).scalar()
            if newest is not None and newest > 1:  # a first revision has stopped nothing
                ids = connection.execute(_OF_CAMPAIGN, of_it).scalars().all()
                rows += connection.execute(_MOVED_BEFORE, {"ids": ids, "newest": newest})
        rows.sort(key=lambda row: row.id)
        return {(row.hamlet_id, row.target, row.moved_from): row.slot for row in rows}

    @again_if_lost
    def hold(
        self,
        campaign_id: str,
        revision: int,
        planned: Sequence[PlannedDelivery],
        plan: Plan,
        at: datetime,
    ) -> None:
        """Write ``planned``, the plan's new deliveries, as ``held``, and the plan's contents.

        Those that are there already stay as they are. What goes into one bundle is written
        together, for a great plan is opened in pieces.
        """
        said, held = _chunks(self._said(plan), CHUNK), _chunks(_by_bundle(planned), CHUNK)
        for words, chunk in zip_longest(said, held, fillvalue=()):
            with self._database.write() as connection:
                if words:
                    connection.execute(upsert(connection, contents).on_conflict_do_nothing(), words)
                if chunk:
                    hold_deliveries(connection, self._commune_id, campaign_id, revision, chunk, at)

    @again_if_lost
    def cancel(
        self,
        campaign_id: str,
        *,
        recalled: Collection[str],
        at: datetime,
        actor: str,
        reason: str,
        all_clear: bool = False,
    ) -> int:
        """Stop everything of the campaign that has not been sent; return how many deliveries.

        What lies with the far side for a slot to come is taken back on ``recalled`` channels.
        ``all_clear``: it ends because an all-clear says so; twice has the effect of once.
        """
        d = deliveries.c
        r = revisions.c
        mine = (r.commune_id == self._commune_id, r.campaign_id == campaign_id)
        ended = Status.ENDED if all_clear else Status.CANCELLED
        alive: ColumnElement[bool] = r.status.in_((Status.APPROVED, Status.OPEN))
        if all_clear:  # of an alert that was cancelled as well: people had been told of it
            alive = or_(alive, and_(r.status == Status.CANCELLED, r.approved_at.is_not(None)))
        with self._database.write(durable=True) as connection:
            changed = 0
            for old, new in ((r.status == Status.SUBMITTED, Status.CANCELLED), (alive, ended)):
                move = update(revisions).where(*mine, old).values(status=new)
                changed += connection.execute(move).rowcount
            if all_clear and not changed:
                return 0
            stopped = stop_deliveries(
                connection,
                self._commune_id,
                d.campaign_id == campaign_id,
                State.CANCELLED,
                recalled,
                at,
                actor,
                reason,
            )
            connection.execute(
                update(deliveries)
                .where(
                    d.commune_id == self._commune_id,
                    d.campaign_id == campaign_id,
                    d.state.in_((State.CANCELLED, State.WITHDRAWN)),
                    d.replaced_in.is_(None),
                )
                .values(replaced_in=d.revision)
            )
            record_event(
                connection,
                self._commune_id,
                what=ENDED if all_clear else "campaign_cancelled",
                at=at,
                actor=actor,
                campaign_id=campaign_id,
                detail=reason,
            )
        return stopped

    def content(self, content_hash: str) -> Frozen:
        """Return one of them. Raises LoaError when the ledger does not have it."""
        found = self.contents([content_hash]).get(content_hash)
        if found is None:
            raise missing_content(content_hash)
        return found

    def contents(self, hashes: Collection[str]) -> dict[str, Frozen]:
        """Return contents by their hashes.

        What the ledger does not have is missing from the answer.
        """
        found: dict[str, Frozen] = {}
        with self._database.look() as connection:
            for asked in _chunks(hashes, IDS):
                rows = connection.execute(
                    _CONTENTS, {"of_commune": self._commune_id, "asked": asked}
                )
                for row in rows:
                    content = load_content(row.body, self._options)
                    found[row.hash] = (content, json.loads(row.needs))
        return found

    def _said(self, plan: Plan) -> Iterator[dict[str, str]]:
        """Yield the plan's contents as the ledger keeps them."""
        for key, content in plan.contents.items():
            yield {
                "commune_id": self._commune_id,
                "hash": key,
                "body": dump_content(content),
                "needs": json.dumps(dict(plan.needs.get(key, {}))),
            }


def missing_content(content_hash: str) -> LoaError:
    """Return the error that says which content the ledger has lost."""
    return LoaError(_("content {hash} is missing from the ledger").format(hash=content_hash))


def _by_bundle(planned: Sequence[PlannedDelivery]) -> list[PlannedDelivery]:
    """Bring what one bundle carries together, bundles in the order in which the plan has them."""
    places: dict[tuple[str, str, datetime], int] = {}
    keys = [(item.channel, item.target, item.slot) for item in planned]
    for key in keys:
        places.setdefault(key, len(places))
    return [
        item
        for _key, item in sorted(zip(keys, planned, strict=True), key=lambda one: places[one[0]])
    ]


def _chunks(rows: Iterable[RowT], size: int) -> Iterator[list[RowT]]:
    source = iter(rows)
    while chunk := list(islice(source, size)):
        yield chunk


#: Built once: they run for every campaign of every commune.
_CONTENTS = select(contents.c.hash, contents.c.body, contents.c.needs).where(
    contents.c.commune_id == bindparam("of_commune"),
    contents.c.hash.in_(bindparam("asked", expanding=True)),
)
_CURRENT = select(
    deliveries.c.id,
    deliveries.c.hamlet_id,
    deliveries.c.channel,
    deliveries.c.target,
    deliveries.c.slot,
    deliveries.c.asap,
    deliveries.c.purpose,
    deliveries.c.content_hash,
    deliveries.c.state,
    deliveries.c.moved_from,
).where(
    deliveries.c.commune_id == bindparam("of_commune"),
    deliveries.c.campaign_id == bindparam("of_campaign"),
    deliveries.c.replaced_in.is_(None),
)
_NEWEST = select(func.max(revisions.c.revision)).where(
    revisions.c.commune_id == bindparam("of_commune"),
    revisions.c.campaign_id == bindparam("of_campaign"),
)
_WENT = select(
    deliveries.c.id,
    deliveries.c.hamlet_id,
    deliveries.c.target,
    deliveries.c.moved_from,
    deliveries.c.slot,
).where(deliveries.c.moved_from.is_not(None))
_MOVED = _WENT.where(
    deliveries.c.commune_id == bindparam("of_commune"),
    deliveries.c.campaign_id == bindparam("of_campaign"),
    deliveries.c.replaced_in.is_(None),
)
#: What was replaced has no index by campaign, but events, which have.
_MOVED_BEFORE = _WENT.where(
    among(deliveries.c.id, IDS_GIVEN), deliveries.c.replaced_in == bindparam("newest")
)
_OF_CAMPAIGN = (
    select(events.c.delivery_id)
    .where(
        events.c.commune_id == bindparam("of_commune"),
        events.c.campaign_id == bindparam("of_campaign"),
        events.c.delivery_id.is_not(None),
    )
    .distinct()
)
