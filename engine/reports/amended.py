"""Whether an amendment reached everybody whom the earlier words had reached, place by place.

What was sent is not yet known to have come: that stands apart, here and wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.clock import local
from engine.i18n import gettext as _
from engine.ledger import DeliveryRow
from engine.ledger.told import ToldRow
from engine.models import Amends, Purpose, Registry
from engine.reports.matrix import hamlet_name, in_order
from engine.reports.words import channel_word, moment, state_word
from engine.states import DELIVERED, State

_AMENDING = (Purpose.CORRECTION, Purpose.WITHDRAWAL)

#: Hamlet, channel, target.
_Place = tuple[str, str, str]


class Has(StrEnum):
    """Whether a place that knows the earlier words has the amendment; in order of urgency."""

    MISSING = "missing"
    WAITING = "waiting"
    SENT = "sent"
    CONFIRMED = "confirmed"

    @property
    def left(self) -> bool:
        """Say whether it has left, confirmed or not."""
        return self in (Has.SENT, Has.CONFIRMED)


@dataclass(frozen=True, slots=True)
class AmendedPlace:
    """One place that knows, or may know, earlier words. Times are Vietnam's.

    ``told_at`` is the last slot at which it was told those, ``slot`` when it is told otherwise and
    ``state`` how that stands; both None where nothing is on its way. ``amends`` is how it is told.
    """

    hamlet_id: str
    hamlet: str
    channel: str
    target: str
    told_at: datetime
    has: Has
    slot: datetime | None = None
    state: State | None = None
    amends: Amends = Amends.CORRECTION

    @property
    def words(self) -> str:
        """Say whether it has the amendment."""
        what = amends_word(self.amends)
        if self.state is None or self.slot is None:
            return _("no {what} is on its way: tell them yourselves").format(what=what)
        said = {
            Has.CONFIRMED: _("{what} confirmed, {moment}"),
            Has.SENT: _("{what} sent, not yet confirmed, {moment}"),
            Has.WAITING: _("{what} not yet there: {state}, {moment}"),
            Has.MISSING: _("{what} has not got there: {state}, {moment}"),
        }[self.has]
        return said.format(what=what, state=state_word(self.state), moment=moment(self.slot))

    @property
    def line(self) -> str:
        """Return the place and whether it has the amendment, for a terminal."""
        return f"{self.hamlet}, {channel_word(self.channel)} ({self.target}): {self.words}"


@dataclass(frozen=True, slots=True)
class AmendedHamlet:
    """How many places of one hamlet know earlier words, and how far the amendment has come there.

    A place is a channel with a target. ``told`` = ``sent`` + ``left``, and ``confirmed`` are of
    those that are sent.
    """

    hamlet_id: str
    hamlet: str
    told: int
    sent: int
    confirmed: int

    @property
    def left(self) -> int:
        """How many it has not left for."""
        return self.told - self.sent


def amended_hamlets(places: Sequence[AmendedPlace]) -> tuple[AmendedHamlet, ...]:
    """Return the figures hamlet by hamlet, in the order of ``places``: the worst first."""
    found: dict[str, list[AmendedPlace]] = {}
    for one in places:
        found.setdefault(one.hamlet_id, []).append(one)
    return tuple(
        AmendedHamlet(
            hamlet_id,
            ones[0].hamlet,
            told=len(ones),
            sent=sum(one.has.left for one in ones),
            confirmed=sum(one.has is Has.CONFIRMED for one in ones),
        )
        for hamlet_id, ones in found.items()
    )


def amends_word(amends: Amends) -> str:
    """Return what an amendment is called in the reader's language."""
    return {
        Amends.UPDATE: _("update"),
        Amends.CORRECTION: _("correction"),
        Amends.WITHDRAWAL: _("withdrawal"),
    }[amends]


def amends_words(places: Iterable[AmendedPlace]) -> str:
    """Return what places are told: an update, a correction, a withdrawal, or several of these."""
    found = {one.amends for one in places}
    return ", ".join(amends_word(one) for one in Amends if one in found)


def amended_places(
    told: Sequence[ToldRow],
    every: Iterable[DeliveryRow],
    registry: Registry,
    now: datetime,
    amends: Amends = Amends.CORRECTION,
) -> tuple[AmendedPlace, ...]:
    """Return every place that was told other words than it should know, the worst first.

    ``every`` are all deliveries, those that a later revision replaced among them; ``amends`` is
    what the newest revision does. Nothing for a campaign that was never amended.
    """
    rows = list(every)
    replaced = {row.id for row in rows if row.replaced}
    amending: dict[_Place, list[DeliveryRow]] = {}
    for row in rows:
        if row.purpose in _AMENDING and not row.replaced:
            place = (row.hamlet_id, row.channel, row.target)
            amending.setdefault(place, []).append(row)
    known: dict[_Place, list[ToldRow]] = {}
    for one in told:
        known.setdefault(one.place, []).append(one)
    found = [
        _judged(place, ones, amending.get(place, ()), replaced, registry, now, amends)
        for place, ones in known.items()
    ]
    urgency = list(Has)
    hamlets = in_order(registry, {place[0] for place in known})
    return tuple(
        sorted(
            (one for one in found if one is not None),
            key=lambda p: (urgency.index(p.has), hamlets.index(p.hamlet_id), p.channel, p.target),
        )
    )


def _judged(
    place: _Place,
    told: Sequence[ToldRow],
    amending: Sequence[DeliveryRow],
    replaced: set[int],
    registry: Registry,
    now: datetime,
    amends: Amends,
) -> AmendedPlace | None:
    """Judge one place; None where it was told nothing but what holds."""
    first = min((row.revision for row in amending), default=None)
    if first is not None:
        wrong = [one for one in told if one.revision < first]
    elif any(one.id not in replaced or one.purpose is Purpose.WITHDRAWAL for one in told):
        return None
    else:
        wrong = list(told)
    if not wrong:
        return None
    hamlet_id, channel, target = place
    at = local(max(one.slot for one in wrong))
    name = hamlet_name(registry, hamlet_id)
    if not amending:
        return AmendedPlace(hamlet_id, name, channel, target, at, Has.MISSING, amends=amends)
    hours = {_hour(channel, one.slot) for one in wrong}
    answers = [_answer(hour, amending, now) for hour in hours]
    has, row = max(answers, key=_least_done)
    taken_back = row.purpose is Purpose.WITHDRAWAL
    how = Amends.WITHDRAWAL if taken_back else amends
    return AmendedPlace(hamlet_id, name, channel, target, at, has, local(row.slot), row.state, how)


def _answer(hour: str, amending: Sequence[DeliveryRow], now: datetime) -> tuple[Has, DeliveryRow]:
    """Return how far it has come for those who listen at an hour: its best telling there.

    On loudspeakers it is said again in every slot that is left; who heard it once has it.
    """
    there = [row for row in amending if _hour(row.channel, row.slot) == hour]
    last = max(row.revision for row in there or amending)
    newest = [row for row in there or amending if row.revision == last]
    return min(((_has(row, now), row) for row in newest), key=_least_done)


def _hour(channel: str, slot: datetime) -> str:
    """Name the hour of a slot: people listen at theirs; what is read is there all day."""
    return f"{local(slot):%H:%M}" if channel == "loudspeaker" else ""


def _least_done(one: tuple[Has, DeliveryRow]) -> tuple[int, datetime]:
    return -list(Has).index(one[0]), one[1].slot


def _has(row: DeliveryRow, now: datetime) -> Has:
    if row.state in DELIVERED:
        if row.slot > now:
            return Has.WAITING
        return Has.CONFIRMED if row.state is State.CONFIRMED else Has.SENT
    waits = (State.HELD, State.PLANNED, State.SENDING)
    return Has.WAITING if row.state in waits else Has.MISSING
