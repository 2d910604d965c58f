"""Who was not reached, and why: every hamlet that is not surely covered, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.i18n import gettext as _
from engine.ledger import DeliveryRow
from engine.reports.coverage import Coverage, HamletCoverage
from engine.reports.matrix import Cell, Matrix
from engine.reports.plain import Discreet
from engine.reports.words import Absence, channel_word, moment, number, state_word
from engine.states import State

#: How many different reasons of one channel are told before the rest are only counted.
REASONS = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a hamlet is not surely reached. ``channel`` is empty when it concerns all of them.

    ``code`` is stable: a state, ``no_place``, ``not_planned``, ``received_only``, ``partial``,
    or ``unnumbered``.
    """

    code: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class Unreached:
    """A hamlet whose households are not all surely covered, with every reason."""

    hamlet: HamletCoverage
    reasons: tuple[Reason, ...]

    @property
    def missing(self) -> int:
        """Households that no evidence is sure to cover."""
        return self.hamlet.households - self.hamlet.covered.lower


def unreached(
    matrix: Matrix, coverage: Coverage, rows: Sequence[DeliveryRow], discreet: Discreet
) -> tuple[Unreached, ...]:
    """Return hamlets that are not completely covered.

    First those nobody confirmed at all, then by the share that is surely covered, then by how
    many households that leaves.
    """
    by_place: dict[tuple[str, str], list[DeliveryRow]] = {}
    for row in rows:
        by_place.setdefault((row.hamlet_id, row.channel), []).append(row)
    cells = {row.hamlet_id: row.cells for row in matrix.rows}
    found = [
        Unreached(
            hamlet, tuple(_reasons(hamlet, cells.get(hamlet.hamlet_id, ()), by_place, discreet))
        )
        for hamlet in coverage.hamlets
        if not hamlet.complete
    ]
    return tuple(sorted(found, key=_badness))


def _badness(one: Unreached) -> tuple[bool, float, int]:
    hamlet = one.hamlet
    share = hamlet.covered.lower / hamlet.households if hamlet.households else 0.0
    return hamlet.confirmed, share, -one.missing


def _reasons(
    hamlet: HamletCoverage,
    cells: Sequence[Cell],
    by_place: Mapping[tuple[str, str], Sequence[DeliveryRow]],
    discreet: Discreet,
) -> Iterator[Reason]:
    yield from _numbers(hamlet)
    covering = {one.channel for one in hamlet.channels}
    for cell in cells:
        if cell.channel in covering:
            continue
        rows = by_place.get((hamlet.hamlet_id, cell.channel), ())
        code = "received_only" if cell.code is State.CONFIRMED else cell.code.value
        text = f"{channel_word(cell.channel)}: {_why(cell, rows, discreet)}"
        yield Reason(code, cell.channel, text)


def _numbers(hamlet: HamletCoverage) -> Iterator[Reason]:
    """Say what the evidence leaves open."""
    if hamlet.covered.lower:
        text = _("only {lower} of {households} households are certain").format(
            lower=number(hamlet.covered.lower), households=number(hamlet.households)
        )
        yield Reason("partial", "", text)
    elif hamlet.confirmed and all(one.reported is None for one in hamlet.channels):
        channels = ", ".join(channel_word(one.channel) for one in hamlet.channels)
        text = _("{channels}: confirmed, but nobody said how many households").format(
            channels=channels
        )
        yield Reason("unnumbered", "", text)
    elif hamlet.confirmed:
        text = _("no household of {households} is certain").format(
            households=number(hamlet.households)
        )
        yield Reason("partial", "", text)


def _why(cell: Cell, rows: Sequence[DeliveryRow], discreet: Discreet) -> str:
    """Say in words why a channel covers nobody here."""
    if cell.code is Absence.NO_PLACE:
        return _("the registry has no place for it here")
    if cell.code is State.SENT:
        return _("sent, but nobody has confirmed it")
    if cell.code is State.CONFIRMED:
        return _("the head has it; nobody has confirmed that households were told")
    speaking = [row for row in rows if row.state is cell.code]
    if cell.code is State.PLANNED and speaking:
        return _("planned for {moment}").format(moment=moment(min(row.slot for row in speaking)))
    return _with_reasons(state_word(cell.code), [discreet(row.reason) for row in speaking])


def _with_reasons(word: str, reasons: Sequence[str]) -> str:
    told = list(dict.fromkeys(filter(None, reasons)))
    if not told:
        return word
    more = len(told) - REASONS
    tail = _(" (and {count} other reasons)").format(count=more) if more > 0 else ""
    return f"{word}: {'; '.join(told[:REASONS])}{tail}"
