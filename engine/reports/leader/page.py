"""What the leader's page says. Every form is made of this, so their numbers are the same.

Nothing here is cut to fit: what a sheet of paper has no room for, it counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.models import MapPoint, Priority, Purpose
from engine.reports.amended import Has
from engine.reports.coverage import Bounds
from engine.reports.lines import Who
from engine.reports.matrix import Cell
from engine.states import State


class Kind(StrEnum):
    """What a page is about."""

    CAMPAIGN = "campaign"
    PERIOD = "period"


class Rows(StrEnum):
    """What the rows of a page's table are."""

    HAMLETS = "hamlets"
    COMMUNES = "communes"


class Counts(StrEnum):
    """Whether a campaign counts among those that people had to be reached by, or why not."""

    YES = "yes"
    DRILL = "drill"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    #: Nothing of it was due yet.
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class Area:
    """A hamlet, or in a province a commune.

    ``households`` are those that were meant; over several campaigns each campaign counts a
    household anew. ``notices`` are the campaigns that were meant for it and count, ``behind``
    in how many of them it was behind, ``always`` whether it always is. ``why``: in words,
    what keeps it from being surely reached.
    """

    id: str
    name: str
    households: int
    covered: Bounds
    twice: Bounds
    confirmed: bool
    cells: tuple[Cell, ...] = ()
    why: tuple[str, ...] = ()
    notices: int = 1
    behind: int = 0
    always: bool = False
    point: MapPoint | None = None

    @property
    def missing(self) -> int:
        """Households that no evidence is sure to cover."""
        return self.households - self.covered.lower

    @property
    def share(self) -> float:
        """How large a part is surely covered; 0 to 1."""
        return self.covered.lower / self.households if self.households else 0.0

    @property
    def complete(self) -> bool:
        return self.confirmed and self.missing <= 0


@dataclass(frozen=True, slots=True)
class Duty:
    """What the law asks of a campaign, and in how many hamlets it was done.

    ``lacking`` names hamlets in which it can no longer be done, or is at risk.
    """

    campaign_id: str
    title: str
    asked: str
    areas: int
    met: int
    running: int
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amended:
    """A correction, an update or a withdrawal: ``places`` says how many have it, and have not."""

    campaign_id: str
    title: str
    said: str
    at: datetime
    places: Mapping[Has, int]


@dataclass(frozen=True, slots=True)
class Named(Who):
    """A person as a page names him that somebody signs; by id when no registry knows him."""

    name: str = ""

    @property
    def shortly(self) -> str:
        return self.name or self.id

    def __str__(self) -> str:
        return f"{self.shortly} ({self.role})" if self.role else self.shortly


@dataclass(frozen=True, slots=True)
class Notice:
    """One campaign. ``households`` and the bounds are sums over its hamlets."""

    campaign_id: str
    title: str
    revision: int
    status: str
    priority: Priority
    purpose: Purpose
    counts: Counts
    submitted_by: Named
    submitted_at: datetime
    approved_by: Named | None
    approved_at: datetime | None
    first: datetime | None
    last: datetime | None
    areas: int
    complete: int
    households: int
    covered: Bounds
    twice: Bounds
    states: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Failure:
    """Deliveries that did not go as they should, and why. ``areas``: in how many hamlets.

    ``named`` are some of those hamlets, where they are known.
    """

    campaign_id: str
    title: str
    channel: str
    state: State
    reason: str
    areas: int
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page. ``areas`` are in order, the worst first; ``notices`` in order of time.

    ``statements`` must be read before any number; ``rules`` say what the numbers assume.
    """

    kind: Kind
    rows: Rows
    name: str
    title: str
    about: str
    office: str
    place: str
    made_at: datetime
    simulated: bool
    rehearsing: tuple[str, ...]
    statements: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    households: int
    covered: Bounds
    twice: Bounds
    complete: int
    states: Mapping[State, int]
    channels: tuple[str, ...]
    totals: tuple[Cell, ...]
    areas: tuple[Area, ...]
    notices: tuple[Notice, ...]
    failures: tuple[Failure, ...]
    timeline: tuple[Happened, ...]
    duties: tuple[Duty, ...]
    amended: tuple[Amended, ...]
    rules: tuple[str, ...] = field(default=())

    @property
    def always(self) -> tuple[Area, ...]:
        """The areas that are always behind."""
        return tuple(area for area in self.areas if area.always)

    @property
    def counted(self) -> int:
        """How many campaigns count."""
        return sum(one.counts is Counts.YES for one in self.notices)
