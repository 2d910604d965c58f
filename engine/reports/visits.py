"""How visits go, hamlet by hamlet: what each team set out for, and what it has said since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.i18n import gettext as _
from engine.models import Registry
from engine.models.visit import Going
from engine.reports.words import number


@dataclass(frozen=True, slots=True)
class Progress:
    """One team in one hamlet.

    Counts are the last words of those who reported, smallest first; several mean that they
    differ, and all are kept. None at all: nobody has reported yet.
    """

    team: str
    hamlet_id: str
    hamlet: str
    planned: int
    days: str
    listed: bool
    visited: tuple[int, ...]
    absent: tuple[int, ...]
    refused: tuple[int, ...]
    needs_help: tuple[int, ...]

    @property
    def disputed(self) -> bool:
        counts = (self.visited, self.absent, self.refused, self.needs_help)
        return any(len(one) > 1 for one in counts)


def progress_of(goings: Iterable[Going], registry: Registry) -> tuple[Progress, ...]:
    """Return how visits stand, in the order of teams and hamlets."""
    names = {team.id: team.name for team in registry.teams}
    return tuple(
        Progress(
            names.get(one.team_id, one.team_id),
            one.hamlet.id,
            one.hamlet.name,
            one.households,
            one.days,
            bool(one.listed),
            *(
                tuple(sorted({report.visits.counts[place] for report in one.said}))
                for place in range(4)
            ),
        )
        for one in goings
    )


def progress_lines(progress: Sequence[Progress]) -> Iterator[str]:
    """Yield a line for each team in each hamlet."""
    for one in progress:
        planned = _("{team}, {hamlet}: {count} households, {days}").format(
            team=one.team, hamlet=one.hamlet, count=number(one.planned), days=one.days
        )
        if not one.visited:
            yield _("{planned}: no report yet").format(planned=planned)
            continue
        said = _("met {visited}, absent {absent}, refused {refused}, need help {needs_help}")
        words = said.format(
            visited=_counts(one.visited),
            absent=_counts(one.absent),
            refused=_counts(one.refused),
            needs_help=_counts(one.needs_help),
        )
        line = _("{planned}: {words}").format(planned=planned, words=words)
        yield _("{line} (reports differ, all are kept)").format(line=line) if one.disputed else line


def _counts(counts: Sequence[int]) -> str:
    return " / ".join(map(number, counts))
