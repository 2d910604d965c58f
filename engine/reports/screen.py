"""The matrix and the campaigns in a terminal: colour, a symbol and words for every state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table
from rich.text import Text

from engine.i18n import gettext as _
from engine.ledger import Ledger, Status, status_word
from engine.models import Priority, Purpose
from engine.reports.matrix import NEEDS_ATTENTION, Cell, Matrix, MatrixRow, ordered_counts
from engine.reports.plain import plain
from engine.reports.words import (
    SYMBOLS,
    Absence,
    channel_word,
    kind_word,
    number,
    state_word,
)
from engine.states import State

#: Ids up to this long are never broken in two, however narrow the terminal: an all-clear's has 26,
#: or a few more.
LONGEST_ID = 32

#: How many hamlets a table shows before it keeps to those that need somebody to act.
HAMLETS = 40

_STYLES: dict[State | Absence, str] = {
    State.FAILED: "bold red",
    State.UNCERTAIN: "bold magenta",
    State.NOT_PLAYED: "bold red",
    State.EXPIRED: "red",
    State.SENDING: "cyan",
    State.PLANNED: "blue",
    State.HELD: "blue",
    State.SENT: "yellow",
    State.CONFIRMED: "green",
    State.WITHDRAWN: "dim",
    State.CANCELLED: "dim",
    State.SUPERSEDED: "dim",
    Absence.NO_PLACE: "bold magenta",
    Absence.NOT_PLANNED: "dim",
}


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """One campaign on the overview: its newest revision, and its deliveries by state."""

    campaign_id: str
    title: str
    revision: int
    status: Status
    priority: Priority
    counts: Mapping[State, int]
    over: bool = False
    purpose: Purpose = Purpose.NOTICE

    @property
    def needs_attention(self) -> bool:
        return any(state in NEEDS_ATTENTION for state in self.counts)


def overview(ledger: Ledger, now: datetime | None = None) -> tuple[CampaignLine, ...]:
    """Read every campaign: urgent ones first, then by id. ``now`` tells which are over."""
    lines = []
    for campaign_id in ledger.revisions.campaign_ids():
        newest = ledger.revisions.latest(campaign_id)
        assert newest is not None
        counts = ordered_counts(row.state for row in ledger.views.deliveries(campaign_id))
        lines.append(
            CampaignLine(
                campaign_id,
                plain(newest.campaign.heading),
                newest.revision,
                newest.status,
                newest.priority,
                counts,
                over=now is not None and newest.campaign.valid_until < now,
                purpose=newest.campaign.purpose,
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.priority.rank, line.campaign_id)))


def status_table(matrix: Matrix, *, limit: int = HAMLETS) -> Table:
    """Return the matrix for a terminal.

    With more than ``limit`` hamlets only those that need somebody to act are listed, at most
    ``limit``; the last row counts all hamlets, and the caption says how many are not shown.
    """
    shown = _shown(matrix, limit)
    table = Table(
        Column(_("Hamlet"), style="bold", max_width=18, overflow="fold"),
        *(Column(channel_word(one), overflow="fold") for one in matrix.channels),
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        caption=_caption(matrix, shown),
        caption_justify="left",
        show_footer=False,
    )
    for row in shown:
        table.add_row(Text(row.name), *(_cell(cell) for cell in row.cells))
    if len(matrix.rows) > 1:
        table.add_section()
        table.add_row(Text(_("Hamlets")), *(_total(one, matrix) for one in matrix.totals))
    return table


def overview_table(lines: Iterable[CampaignLine]) -> Table:
    """Return one row per campaign: what it is, where it stands, its deliveries by state."""
    lines = tuple(lines)
    widest = id_width(line.campaign_id for line in lines)  # with a ratio it is what is least
    table = Table(
        Column(_("Campaign"), overflow="fold", ratio=3, width=widest),
        Column(_("Priority"), no_wrap=True),
        Column(_("Status"), overflow="fold", ratio=2),
        Column(_("Deliveries"), overflow="fold", ratio=2),
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        expand=True,
    )
    for line in lines:
        table.add_row(
            Text.assemble((line.campaign_id, "bold"), "\n", line.title),
            _priority(line.priority, line.purpose),
            Text(f"{status_word(line.status, over=line.over)} ({_revision(line.revision)})"),
            _counts(line.counts, Absence.NOT_PLANNED),
        )
    return table


def id_width(ids: Iterable[str]) -> int:
    """Return how wide a column must be for ids that are copied from it, ``LONGEST_ID`` at most."""
    return min(LONGEST_ID, max(map(len, ids), default=1))


def _shown(matrix: Matrix, limit: int) -> Sequence[MatrixRow]:
    if len(matrix.rows) <= limit:
        return matrix.rows
    return tuple(islice((row for row in matrix.rows if row.needs_attention), limit))


def _caption(matrix: Matrix, shown: Sequence[MatrixRow]) -> Text | None:
    if len(shown) == len(matrix.rows):
        return None
    needy = sum(row.needs_attention for row in matrix.rows)
    text = _("{shown} of {needy} hamlets that need somebody to act; {all} hamlets in all")
    return Text(
        text.format(shown=number(len(shown)), needy=number(needy), all=number(len(matrix.rows)))
    )


def _cell(cell: Cell) -> Text:
    if cell.total <= 1:
        return _mark(cell.code)
    return _counts(cell.counts, cell.code)


def _total(cell: Cell, matrix: Matrix) -> Text:
    """Count hamlets: by state, and those without any delivery."""
    absent = matrix.absent.get(cell.channel, 0)
    if not absent:
        return _counts(cell.counts, cell.code)
    code = cell.code if isinstance(cell.code, Absence) else Absence.NO_PLACE
    parts = [_mark(state, count) for state, count in cell.counts.items()]
    return Text("\n").join([_mark(code, absent), *parts])


def _counts(counts: Mapping[State, int], empty: State | Absence) -> Text:
    if not counts:
        return _mark(empty)
    return Text("\n").join(_mark(state, count) for state, count in counts.items())


def _mark(code: State | Absence, count: int | None = None) -> Text:
    said = state_word(code) if count is None else f"{number(count)} {state_word(code)}"
    return Text(f"{SYMBOLS[code]} {said}", style=_STYLES[code])


def _priority(priority: Priority, purpose: Purpose) -> Text:
    urgent = priority is Priority.EMERGENCY and purpose is not Purpose.ALL_CLEAR
    word = kind_word(priority, purpose)
    return Text(f"{'‼ ' if urgent else ''}{word}", "bold red" if urgent else "")


def _revision(number: int) -> str:
    return _("revision {number}").format(number=number)
