"""What coverage is worked out from, added up by the database: one row for each hamlet and channel.

However many deliveries a period has, what leaves the database is what differs in a report.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, exists, func, or_, select, true

from engine.ledger.database import Database
from engine.ledger.tables import deliveries, evidence
from engine.models import EvidenceKind, Purpose
from engine.states import MAY_BE_KNOWN, State


@dataclass(frozen=True, slots=True)
class Span:
    """Deliveries whose slot is from ``since`` on and ``before``; None: without that bound."""

    since: datetime | None = None
    before: datetime | None = None

    def holds(self, column: ColumnElement[datetime]) -> ColumnElement[bool]:
        return and_(
            column >= self.since if self.since is not None else true(),
            column < self.before if self.before is not None else true(),
        )


class Counted(NamedTuple):
    """What confirmed deliveries have shown of households, by hamlet and channel: columns.

    There are hundreds of thousands of rows, too many for an object each. ``least`` is the largest
    number of which a delivery is sure, ``most`` the sum of all numbers, both before they are held
    to the households that there are. ``unnumbered``: how many deliveries nobody gave a number
    for; ``viewed``: of how many it is known how often a page of theirs was opened.
    """

    hamlet_ids: Sequence[str] = ()
    channels: Sequence[str] = ()
    least: Sequence[int] = ()
    most: Sequence[int] = ()
    unnumbered: Sequence[int] = ()
    viewed: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Stand:
    """How many deliveries of a campaign are in a state, and when the first and last are due."""

    campaign_id: str
    channel: str
    purpose: Purpose
    state: State
    count: int
    first: datetime
    last: datetime

    @property
    def asks(self) -> bool:
        """Say whether these only ask somebody to pass a thing on."""
        return only_asks(self.purpose, self.channel, self.state)


def only_asks(purpose: Purpose, channel: str, state: State) -> bool:
    """Say whether a delivery tells households nothing, as ``DeliveryRow.asks`` has it."""
    if purpose is not Purpose.REMINDER:
        return False
    return channel == "chat" or state not in MAY_BE_KNOWN


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why deliveries of a campaign do not stand well, and in how many hamlets."""

    campaign_id: str
    channel: str
    state: State
    reason: str
    hamlets: int


_D, _E = deliveries.c, evidence.c

#: What still counts, and what somebody took back or stopped: as ``Views.deliveries`` has it.
_STANDS = or_(_D.replaced_in.is_(None), _D.state.in_((State.CANCELLED, State.WITHDRAWN)))
#: What did not go as it should.
TROUBLED = (State.FAILED, State.UNCERTAIN, State.NOT_PLAYED, State.EXPIRED)
_OF_HOUSEHOLDS = tuple(kind.value for kind in EvidenceKind if kind.of_households)

_LATER = evidence.alias().c

_SAID_ANEW = (
    _LATER.commune_id == _E.commune_id,
    _LATER.delivery_id == _E.delivery_id,
    _LATER.by == _E.by,
    _LATER.kind == _E.kind,
    _LATER.id > _E.id,
)

#: Visits are told as totals so far, and copies are counted as a whole: what the same person has
#: said anew does not count any more (``engine.models.visit``, ``engine.reports.handed``).
_STANDING = and_(
    or_(_E.kind != EvidenceKind.VISITED, ~exists().where(*_SAID_ANEW)),
    or_(_E.left_over.is_(None), ~exists().where(*_SAID_ANEW, _LATER.left_over.is_not(None))),
)


class CoverageViews:
    """Sums of one commune's deliveries and evidence."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def counted(self, campaign_id: str, heads: Collection[str], span: Span = Span()) -> Counted:
        """Return what is known of each hamlet by each channel that has evidence there.

        ``heads`` are chat groups of hamlet heads: what they got, households have not. A drill
        reaches nobody.
        """
        number = case((_E.households < 0, 0), else_=_E.households)
        several = func.count(_E.households) > 0
        one = (
            select(
                _D.hamlet_id,
                _D.channel,
                func.min(number).label("least"),
                case((several, func.sum(number)), else_=func.max(_E.views)).label("most"),
                func.max(_E.views).label("views"),
            )
            .join(evidence, _E.delivery_id == _D.id)
            .where(
                _D.commune_id == self._commune_id,
                _D.campaign_id == campaign_id,
                _D.replaced_in.is_(None),
                _D.state == State.CONFIRMED,
                _D.purpose != Purpose.DRILL,
                or_(_D.purpose != Purpose.REMINDER, _D.channel != "chat"),
                or_(_D.channel != "chat", _D.target.not_in(sorted(heads))),
                _E.commune_id == self._commune_id,
                _E.kind.in_(_OF_HOUSEHOLDS),
                _STANDING,
                span.holds(_D.slot),
            )
            .group_by(_D.hamlet_id, _D.channel, _D.id)
            .subquery()
        )
        query = select(
            one.c.hamlet_id,
            one.c.channel,
            func.coalesce(func.max(one.c.least), 0),
            cast(func.coalesce(func.sum(one.c.most), 0), BigInteger),
            func.count() - func.count(one.c.most),
            func.count(one.c.views),
        ).group_by(one.c.hamlet_id, one.c.channel)
        with self._database.read() as connection:
            # Hundreds of thousands of rows: the driver's own tuples, without a Row around each.
            cursor = connection.execute(query).cursor
            assert cursor is not None
            return Counted(*zip(*cursor.fetchall(), strict=True))

    def stands(self, span: Span = Span(), *, campaign_id: str | None = None) -> list[Stand]:
        """Return how the deliveries of every campaign, or of one, stand by channel and purpose."""
        only = _D.campaign_id == campaign_id if campaign_id is not None else true()
        query = (
            select(
                _D.campaign_id,
                _D.channel,
                _D.purpose,
                _D.state,
                func.count().label("amount"),
                func.min(_D.slot).label("first"),
                func.max(_D.slot).label("last"),
            )
            .where(_D.commune_id == self._commune_id, only, _STANDS, span.holds(_D.slot))
            .group_by(_D.campaign_id, _D.channel, _D.purpose, _D.state)
            .order_by(_D.campaign_id, _D.channel, _D.purpose, _D.state)
        )
        with self._database.read() as connection:
            return [
                Stand(
                    row.campaign_id,
                    row.channel,
                    Purpose(row.purpose),
                    State(row.state),
                    row.amount,
                    row.first,
                    row.last,
                )
                for row in connection.execute(query)
            ]

    def troubles(self, stands: Iterable[Stand], span: Span = Span()) -> list[Trouble]:
        """Return what went wrong and why; what concerns most hamlets comes first.

        ``stands``: how deliveries stand; only campaigns in which something went wrong are read.
        """
        troubled = {one.campaign_id for one in stands if one.state in TROUBLED}
        if not troubled:
            return []
        hamlets = func.count(_D.hamlet_id.distinct()).label("hamlets")
        query = (
            select(_D.campaign_id, _D.channel, _D.state, _D.reason, hamlets)
            .where(
                _D.commune_id == self._commune_id,
                _D.campaign_id.in_(sorted(troubled)),
                _D.replaced_in.is_(None),
                _D.state.in_(TROUBLED),
                span.holds(_D.slot),
            )
            .group_by(_D.campaign_id, _D.channel, _D.state, _D.reason)
            .order_by(hamlets.desc(), _D.campaign_id, _D.channel, _D.state, _D.reason)
        )
        with self._database.read() as connection:
            return [
                Trouble(row.campaign_id, row.channel, State(row.state), row.reason, row.hamlets)
                for row in connection.execute(query)
            ]
