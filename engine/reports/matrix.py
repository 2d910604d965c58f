"""The hamlet × channel matrix: how each hamlet stands on each channel, at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.ledger import DeliveryRow
from engine.models import Registry
from engine.reports.plain import plain
from engine.reports.words import SYMBOLS, Absence, state_word
from engine.states import State

#: Which state speaks for several: what needs a person first, what is still to come, what is
#: done, and last what somebody stopped on purpose.
ORDER = (
    State.FAILED,
    State.UNCERTAIN,
    State.NOT_PLAYED,
    State.EXPIRED,
    State.SENDING,
    State.PLANNED,
    State.HELD,
    State.SENT,
    State.CONFIRMED,
    State.WITHDRAWN,
    State.CANCELLED,
    State.SUPERSEDED,
)

#: States that do not mend themselves.
NEEDS_ATTENTION = frozenset(
    {State.FAILED, State.UNCERTAIN, State.NOT_PLAYED, State.EXPIRED, Absence.NO_PLACE}
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One hamlet on one channel. ``counts`` holds deliveries by state, in the order above.

    ``code`` is the state that speaks for the cell, or why there is no delivery.
    """

    channel: str
    code: State | Absence
    counts: Mapping[State, int]

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.code]

    @property
    def word(self) -> str:
        return state_word(self.code)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def text(self) -> str:
        """The cell in words: ``sent``, ``3 sent``, or ``1 failed · 2 sent``."""
        if self.total <= 1:
            return self.word
        return " · ".join(f"{count} {state_word(state)}" for state, count in self.counts.items())

    @property
    def needs_attention(self) -> bool:
        return self.code in NEEDS_ATTENTION


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One hamlet, with a cell for every channel of the matrix, in its order."""

    hamlet_id: str
    name: str
    cells: tuple[Cell, ...]

    @property
    def needs_attention(self) -> bool:
        return any(cell.needs_attention for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every hamlet of the audience × every channel of the campaign."""

    channels: tuple[str, ...]
    rows: tuple[MatrixRow, ...]

    @property
    def totals(self) -> tuple[Cell, ...]:
        """One cell per channel that counts hamlets by the state that speaks for them."""
        columns = zip(*(row.cells for row in self.rows), strict=True)
        found = [[cell.code for cell in column] for column in columns]
        return tuple(
            _cell(channel, (code for code in codes if isinstance(code, State)), _absence(codes))
            for channel, codes in zip(
                self.channels, found or [[]] * len(self.channels), strict=True
            )
        )

    @property
    def absent(self) -> Mapping[str, int]:
        """How many hamlets have no delivery, by channel; channels without any are left out."""
        cells = (cell for row in self.rows for cell in row.cells)
        return Counter(cell.channel for cell in cells if isinstance(cell.code, Absence))


def matrix(
    rows: Sequence[DeliveryRow],
    registry: Registry,
    channels: Sequence[str],
    *,
    audience: Collection[str] = (),
) -> Matrix:
    """Lay ``rows`` out by hamlet and channel.

    Hamlets come in the registry's order: those with rows and those in ``audience`` (ids).
    Hamlets and channels that only old rows know follow at the end. While nothing at all is
    planned, an empty cell says so; afterwards it says that the registry has no place there.
    """
    columns = tuple(dict.fromkeys((*channels, *sorted({row.channel for row in rows}))))
    states: dict[tuple[str, str], list[State]] = {}
    for row in rows:
        states.setdefault((row.hamlet_id, row.channel), []).append(row.state)
    empty = Absence.NO_PLACE if rows else Absence.NOT_PLANNED
    return Matrix(
        columns,
        tuple(
            MatrixRow(
                hamlet_id,
                hamlet_name(registry, hamlet_id),
                tuple(_cell(one, states.get((hamlet_id, one), ()), empty) for one in columns),
            )
            for hamlet_id in in_order(registry, {*audience, *(row.hamlet_id for row in rows)})
        ),
    )


def in_order(registry: Registry, ids: Collection[str]) -> tuple[str, ...]:
    """Return hamlets in the registry's order, then those that it no longer knows, by id."""
    known = tuple(hamlet.id for hamlet in registry.hamlets if hamlet.id in ids)
    return (*known, *sorted(set(ids) - set(known)))


def hamlet_name(registry: Registry, hamlet_id: str) -> str:
    hamlet = registry.hamlets_by_id.get(hamlet_id)
    return plain(hamlet.name) if hamlet else hamlet_id


def ordered_counts(states: Iterable[State]) -> Mapping[State, int]:
    """Count states; the first key is the one that speaks for all."""
    counted = Counter(states)
    return {state: counted[state] for state in ORDER if state in counted}


def _cell(channel: str, states: Iterable[State], empty: Absence) -> Cell:
    counts = ordered_counts(states)
    return Cell(channel, next(iter(counts), empty), counts)


def _absence(codes: Collection[State | Absence]) -> Absence:
    return Absence.NO_PLACE if Absence.NO_PLACE in codes else Absence.NOT_PLANNED
