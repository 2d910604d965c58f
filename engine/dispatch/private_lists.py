"""Taking a private list in: from a file into the ledger, sealed, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaigns.tables.households import HouseholdRow, read_households
from channels.typesetting import font
from engine.boundary import Boundary, no_boundary
from engine.dispatch.visiting import Visiting
from engine.errors import InputError
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.models import Registry
from engine.models.visit import Household


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list holds now; ``new``: it is another one than before."""

    households: int
    teams: int
    new: bool


def import_list(
    ledger: Ledger,
    registry: Registry,
    campaign_id: str,
    path: Path,
    *,
    ends_at: datetime,
    by: str,
    now: datetime,
    boundary: Boundary = no_boundary,
) -> Imported:
    """Keep a private list in place of the campaign's earlier one; ``ends_at`` its campaign does.

    Raises InputError with every fault of every row, LoaError when no team goes anywhere.
    """
    teams = Visiting(ledger, registry).teams_by_hamlet(campaign_id)
    problems = []
    households = []
    for row in read_households(path, registry):
        fault, team_id = _team_of(row, teams)
        fault = fault or _unprintable(row)
        if fault:
            problems.append(row.problem(fault))
        households.append(
            Household(row.hamlet_id, team_id, row.name, row.address, row.phone, row.why)
        )
    if problems:
        raise InputError(problems)
    boundary("private list read")
    new = ledger.visits.put_list(campaign_id, households, ends_at=ends_at, at=now, by=by)
    boundary("private list kept")
    return Imported(len(households), len({one.team_id for one in households}), new)


def _team_of(row: HouseholdRow, teams: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """Return what is wrong with a row's team, and the team."""
    going = teams.get(row.hamlet_id, ())
    if not going:
        return _("no team visits this hamlet for this campaign"), ""
    if row.team_id and row.team_id not in going:
        message = _("this team does not go there (who does: {teams})")
        return message.format(teams=", ".join(going)), ""
    if not row.team_id and len(going) > 1:
        message = _("several teams go there ({teams}): a column “Tổ” must say which")
        return message.format(teams=", ".join(going)), ""
    return "", row.team_id or going[0]


def _unprintable(row: HouseholdRow) -> str:
    missing = font.missing(row.name + row.address + row.phone + row.why)
    if not missing:
        return ""
    message = _("these characters cannot be printed on a visit sheet: {characters}")
    return message.format(characters=", ".join(f"U+{ord(one):04X}" for one in missing))
