"""Which days of a team other campaigns take: no team is sent to more doors than it can reach.

Campaigns go in the order in which they were opened, emergencies before all others. The same
ledger gives the same days every time: on the plan, the sheet, the team's page and in reports.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from channels.team.channel import TeamChannel
from channels.team.options import TeamOptions
from channels.team.rounds import Busy
from engine.clock import local
from engine.ledger import DeliveryRow, Ledger
from engine.models import Content, Priority, Registry
from engine.rules.visits import content_of, round_through, rows_of

#: What was over so long before a sheet leaves has no part in its days any more.
BEFORE: Final = timedelta(days=60)


class OtherDays:
    """Tells what teams are busy with, from the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __call__(self, content: Content, team_id: str, slot: datetime, registry: Registry) -> Busy:
        """Return what a team does for campaigns that go before the one that ``content`` is of.

        A campaign that is not opened yet goes behind all that are, unless it is an emergency.
        """
        work: dict[str, list[DeliveryRow]] = {}
        for row in self._ledger.views.bound_for(TeamChannel.name, team_id, slot - BEFORE):
            if not row.asks:
                work.setdefault(row.campaign_id, []).append(row)
        mine = _place(work.pop(content.campaign_id, ()), content)
        taken: Counter[date] = Counter()
        names: list[str] = []
        behind: list[str] = []
        for name, rows in sorted(work.items(), key=lambda one: _place(one[1])):
            own = rows_of(rows, team_id, registry)
            said = content_of(own, self._content)
            if said is None:
                continue
            if _place(rows) > mine:
                if content.priority is Priority.EMERGENCY and said.valid_until >= slot:
                    behind.append(name)
                continue
            listed = self._ledger.visits.counts(name)
            one = round_through(team_id, own, said, registry, listed, Busy(dict(taken)))
            minutes = said.options_as(TeamOptions).minutes
            taken.update({day: visits * minutes for day, visits in one.visits})
            if one.visits and one.visits[-1][0] >= local(slot).date():
                names.append(name)
        return Busy(dict(taken), tuple(names), tuple(behind))

    def _content(self, content_hash: str) -> Content:
        return self._ledger.deliveries.content(content_hash)[0]


def _place(rows: Sequence[DeliveryRow], content: Content | None = None) -> tuple[bool, float]:
    """Say how far in front a campaign goes, by what sends the team out, else by its words."""
    first = min(rows, key=lambda row: row.id, default=None)
    if first is not None:
        return first.priority is not Priority.EMERGENCY, first.id
    urgent = content is not None and content.priority is Priority.EMERGENCY
    return not urgent, math.inf
