"""Opening an approved plan: what it replaces stops, and its deliveries may be sent."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, Integer, and_, bindparam, or_, select, update

from engine.ledger.bundling import Opened
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, literal_state
from engine.ledger.given import among
from engine.ledger.revisions import Status
from engine.ledger.stopping import mark_replaced, stop_deliveries, withdraw_deliveries
from engine.ledger.tables import deliveries, revisions
from engine.states import State

#: Rows in one transaction while a plan is written or opened, so that nothing urgent waits.
CHUNK = 10_000


class Opening:
    """Opens the plans of one commune."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def open(
        self,
        campaign_id: str,
        revision: int,
        *,
        replaced: Collection[int],
        recalled: Collection[str],
        at: datetime,
        actor: str,
    ) -> None:
        """Let a held plan be sent, and what it replaces be sent no more.

        A great plan is opened in pieces, so that nothing urgent waits for it; a revision that
        is cut short stays approved, and opening it again goes on.

        ``replaced`` are ids of deliveries that the revision leaves out or words anew; of
        those already handed over for a slot to come, the ones on channels in ``recalled``
        are taken back.
        """
        make_way = partial(self._make_way, campaign_id, revision, replaced, recalled, at, actor)
        after = self._step(campaign_id, revision, 0, at, actor, make_way)
        while after is not None:
            after = self._step(campaign_id, revision, after, at, actor)

    @again_if_lost
    def make_way(
        self,
        campaign_id: str,
        revision: int,
        *,
        replaced: Collection[int],
        recalled: Collection[str],
        at: datetime,
        actor: str,
        withdrawn: str | None = None,
    ) -> None:
        """Stop what an approved revision amends, before it is judged who knows of it.

        Nothing of ``replaced`` can become known after that, but what is being sent. With the
        reason why it is ``withdrawn``, what people know is marked so, and the rest cancelled.
        """
        d = deliveries.c
        meant = among(d.id, replaced)
        new = State.SUPERSEDED if withdrawn is None else State.CANCELLED
        with self._database.write(durable=True) as connection:
            if not replaced or not self._is_approved(connection, campaign_id, revision):
                return
            who = (recalled, at, actor, withdrawn or "")
            stop_deliveries(connection, self._commune_id, meant, new, *who)
            if withdrawn is not None:
                withdraw_deliveries(connection, self._commune_id, meant, at, actor, withdrawn)
            mark_replaced(connection, self._commune_id, meant, revision)

    @again_if_lost
    def _step(
        self,
        campaign_id: str,
        revision: int,
        after: int,
        at: datetime,
        actor: str,
        make_way: Callable[[Connection], None] = lambda _connection: None,
    ) -> int | None:
        """Open one piece of a revision that still is approved; see ``_open_some``."""
        with self._database.write(durable=True) as connection:
            if not self._is_approved(connection, campaign_id, revision):
                return None
            make_way(connection)
            return self._open_some(connection, campaign_id, revision, after, at, actor)

    def _make_way(
        self,
        campaign_id: str,
        revision: int,
        replaced: Collection[int],
        recalled: Collection[str],
        at: datetime,
        actor: str,
        connection: Connection,
    ) -> None:
        """Stop what an approved revision replaces."""
        d = deliveries.c
        of_it = {"of_commune": self._commune_id, "of_campaign": campaign_id}
        connection.execute(_SUPERSEDE, {**of_it, "of_revision": revision})
        if replaced:
            meant = among(d.id, replaced)
            stop_deliveries(
                connection, self._commune_id, meant, State.SUPERSEDED, recalled, at, actor
            )
            mark_replaced(connection, self._commune_id, meant, revision)

    def _open_some(
        self,
        connection: Connection,
        campaign_id: str,
        revision: int,
        after: int,
        at: datetime,
        actor: str,
    ) -> int | None:
        """Open the held deliveries that follow id ``after``, about a CHUNK of them.

        Returns where to go on; None at the end, when the revision is open. Deliveries of one
        bundle lie together and are opened together.
        """
        of_it: dict[str, Any] = {
            "of_commune": self._commune_id,
            "of_campaign": campaign_id,
            "of_revision": revision,
            "after": after,
        }
        last = connection.execute(_LAST, {**of_it, "most": CHUNK - 1}).first()
        if last is not None:
            up_to = ("up_to", "its_channel", "its_target", "its_slot")
            of_it |= dict(zip(up_to, last, strict=True))
        opened = _opened(connection.dialect.name, whole=last is None)
        opened.run(connection, self._commune_id, at=at, actor=actor, said=of_it)
        if last is None:
            connection.execute(_MARK_OPEN, of_it)
        return None if last is None else int(last.id)

    def _is_approved(self, connection: Connection, campaign_id: str, revision: int) -> bool:
        """Say whether a revision waits to be opened, and keep it from being cancelled meanwhile."""
        of_it = {
            "of_commune": self._commune_id,
            "of_campaign": campaign_id,
            "of_revision": revision,
        }
        return connection.execute(_APPROVED, of_it).first() is not None


_d, _r = deliveries.c, revisions.c

#: The id, in a way that no index answers to: by its own, whole tables would be gone through.
_ID = _d.id + 0

#: The held deliveries of a revision that follow an id. Those that count have an index.
_HELD = and_(
    _d.replaced_in.is_(None),
    _d.campaign_id == bindparam("of_campaign"),
    _d.revision == bindparam("of_revision"),
    bindparam("after") < _ID,
)

#: The last one of a piece.
_LAST = (
    select(_d.id, _d.channel, _d.target, _d.slot)
    .where(_d.commune_id == bindparam("of_commune"), _d.state == literal_state(State.HELD), _HELD)
    .order_by(_ID)
    .offset(bindparam("most", type_=Integer()))
    .limit(1)
)

_OF_IT = and_(
    _r.commune_id == bindparam("of_commune"),
    _r.campaign_id == bindparam("of_campaign"),
    _r.revision == bindparam("of_revision"),
)
_APPROVED = select(_r.revision).where(_OF_IT, _r.status == Status.APPROVED).with_for_update()
#: What came before it is superseded.
_SUPERSEDE = (
    update(revisions)
    .where(
        _r.commune_id == bindparam("of_commune"),
        _r.campaign_id == bindparam("of_campaign"),
        _r.revision < bindparam("of_revision"),
        _r.status.in_((Status.OPEN, Status.APPROVED)),
    )
    .values(status=Status.SUPERSEDED)
)
_MARK_OPEN = update(revisions).where(_OF_IT).values(status=Status.OPEN)


@cache
def _opened(dialect: str, *, whole: bool) -> Opened:
    """Return what opens all that is held, or one piece with all of its last one's bundle."""
    if whole:
        return Opened(dialect, _HELD)
    same_bundle = and_(
        _d.channel == bindparam("its_channel"),
        _d.target == bindparam("its_target"),
        _d.slot == bindparam("its_slot", type_=_d.slot.type),
    )
    return Opened(dialect, and_(_HELD, or_(bindparam("up_to") >= _ID, same_bundle)))
