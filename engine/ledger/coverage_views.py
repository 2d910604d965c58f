"""What coverage is worked out from, added up by the database: one row for each hamlet and channel.

However many deliveries a period has, what leaves the database is what differs in a report.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from engine.ledger.database import Database
from engine.ledger.dialect import read_it_all
from engine.ledger.holding_words import is_denied, is_last_word, said_more
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
    """How many deliveries of a campaign are in a state, and when the first and last are due.

    ``ids`` are the lowest and the highest of theirs: all lie between them, and others may.
    """

    campaign_id: str
    channel: str
    purpose: Purpose
    state: State
    count: int
    first: datetime
    last: datetime
    ids: tuple[int, int]

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
#: Teams count what they did from the beginning on, whichever sheet they had with them.
_VISITS = "team"


def _within(stands: Collection[Stand] | None) -> ColumnElement[bool]:
    """Return where a campaign's deliveries and their evidence lie, by ids."""
    ids = _ids(stands)
    if ids is None:
        return true()
    return and_(_D.id.between(*ids), _E.delivery_id.between(*ids))


def _ids(stands: Collection[Stand] | None) -> tuple[int, int] | None:
    if not stands:
        return None
    return min(one.ids[0] for one in stands), max(one.ids[1] for one in stands)


def _each_delivery(here: ColumnElement[bool], more: Select[tuple[int]]) -> Select[Any]:
    """Return what is known of each delivery: the numbers may be rivals, or parts of one.

    ``more`` are those with several pieces of evidence.
    """
    said = (
        select(
            _D.hamlet_id,
            _D.channel,
            _D.id,
            case((_E.households < 0, 0), else_=_E.households).label("number"),
            case((is_denied(more), 1), else_=0).label("denied"),
            _E.views,
        )
        .join(evidence, _E.delivery_id == _D.id)
        .where(here, _D.channel != _VISITS, is_last_word(more))
        .subquery()
        .c
    )
    several = func.count(said.number) > 0
    return select(
        said.hamlet_id,
        said.channel,
        func.min(case((said.denied == 0, said.number))).label("least"),
        case((several, func.sum(said.number)), else_=func.max(said.views)).label("most"),
        func.max(said.views).label("views"),
    ).group_by(said.hamlet_id, said.channel, said.id)


def _each_round(here: ColumnElement[bool]) -> Select[Any]:
    """Return what is known of each team's visits in a hamlet: the last word of each person."""
    place = (_D.hamlet_id, _D.target)
    said = (
        select(
            *place,
            case((_E.households < 0, 0), else_=_E.households).label("number"),
            func.row_number().over(partition_by=(*place, _E.by), order_by=_E.id.desc()).label("n"),
        )
        .join(evidence, _E.delivery_id == _D.id)
        .where(here, _D.channel == _VISITS)
        .subquery()
        .c
    )
    return (
        select(
            said.hamlet_id,
            literal(_VISITS).label("channel"),
            func.min(said.number),
            func.sum(said.number),
            cast(null(), Integer),
        )
        .where(said.n == 1)
        .group_by(said.hamlet_id, said.target)
    )


class CoverageViews:
    """Sums of one commune's deliveries and evidence."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def counted(
        self,
        campaign_id: str,
        heads: Collection[str],
        span: Span = Span(),
        stands: Collection[Stand] | None = None,
    ) -> Counted:
        """Return what is known of each hamlet by each channel that has evidence there.

        ``heads`` are chat groups of hamlet heads: what they got, households have not. A drill
        reaches nobody. ``stands``, the campaign's own in the same span, spare the database a
        search: it then reads deliveries and evidence side by side, in the order of ids.
        """
        here = and_(
            _D.commune_id == self._commune_id,
            _D.campaign_id == campaign_id,
            _D.replaced_in.is_(None),
            _D.state == State.CONFIRMED,
            _D.purpose != Purpose.DRILL,
            or_(_D.purpose != Purpose.REMINDER, _D.channel != "chat"),
            or_(_D.channel != "chat", _D.target.not_in(sorted(heads))),
            _E.commune_id == self._commune_id,
            _E.kind.in_(_OF_HOUSEHOLDS),
            span.holds(_D.slot),
            _within(stands),
        )
        parts = [_each_delivery(here, said_more(self._commune_id, _ids(stands)))]
        if stands is None or any(one.channel == _VISITS for one in stands):
            parts.append(_each_round(here))
        one = union_all(*parts).subquery()
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
                func.min(_D.id).label("lowest"),
                func.max(_D.id).label("highest"),
            )
            .where(_D.commune_id == self._commune_id, only, _STANDS, span.holds(_D.slot))
            .group_by(_D.campaign_id, _D.channel, _D.purpose, _D.state)
            .order_by(_D.campaign_id, _D.channel, _D.purpose, _D.state)
        )
        with self._database.read() as connection:
            if campaign_id is None:
                read_it_all(connection)
            return [
                Stand(
                    row.campaign_id,
                    row.channel,
                    Purpose(row.purpose),
                    State(row.state),
                    row.amount,
                    row.first,
                    row.last,
                    (row.lowest, row.highest),
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
            read_it_all(connection)
            return [
                Trouble(row.campaign_id, row.channel, State(row.state), row.reason, row.hamlets)
                for row in connection.execute(query)
            ]
