"""A commune's teams from its rows, else as they were; and whether its steps can ever happen."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence

from campaigns.faults import unknown
from campaigns.registry_fields import EVERY
from campaigns.tables.cells import Fault
from campaigns.tables.listed import ListedCommune, ListedTeam
from engine.errors import InputError, Problem
from engine.i18n import gettext as _
from engine.models import ChatGroup, Registry, Team
from engine.models.escalation import Act
from engine.models.registry import VISITS_PER_DAY


def teams_of(
    commune: ListedCommune, earlier: Registry | None, every: Sequence[str]
) -> tuple[Team, ...]:
    """Return the teams; ``every`` are the ids of the hamlets that there are.

    A commune with any row of a team is listed whole: others are gone. Raises InputError for
    hamlets that it has not.
    """
    before = {team.id: team for team in earlier.teams} if earlier else {}
    if not commune.teams:
        return tuple(
            dataclasses.replace(team, hamlets=left)
            for team in before.values()
            if (left := tuple(one for one in team.hamlets if one in every))
        )
    problems = [fault for one in commune.teams for fault in _unknown_hamlets(one, every)]
    if problems:
        raise InputError(problems)
    return tuple(_team(one, before, commune.teams_given, every) for one in commune.teams)


def escalation_faults(
    commune: ListedCommune, groups: Collection[ChatGroup], teams: Collection[Team]
) -> Iterator[Problem]:
    """Yield what of a commune's row about escalation can never happen."""
    row, placed = commune.settings, commune.settings_row
    if row is None or placed is None or not row.escalation:
        return
    if not groups:
        message = _("the commune has no chat group, so nobody asks the heads to pass anything on")
        yield placed(Fault("escalation", message))
    elif not teams and any(step.do is Act.TEAM_VISIT for step in row.escalation):
        message = _("the commune has no team (table of teams); allowed here: {allowed}")
        allowed = ", ".join(act for act in Act if act is not Act.TEAM_VISIT)
        yield placed(Fault("escalation", message.format(allowed=allowed)))


def _unknown_hamlets(one: ListedTeam, every: Collection[str]) -> Iterator[Problem]:
    for hamlet in one.row.team_hamlets:
        if hamlet != EVERY and hamlet not in every:
            yield one.placed(Fault("team_hamlets", unknown(_("hamlet"), hamlet, every)))


def _team(
    one: ListedTeam, before: dict[str, Team], given: Collection[str], every: Sequence[str]
) -> Team:
    row = one.row
    known = before.get(row.team_id) or Team(row.team_id, row.team_name, (), ())
    members = tuple(who.id_in(row.team_id, n) for n, who in enumerate(row.members, 1))
    hamlets = tuple(every) if EVERY in row.team_hamlets else row.team_hamlets
    visits = row.visits_per_day or VISITS_PER_DAY
    return Team(
        row.team_id,
        row.team_name,
        tuple(dict.fromkeys(members)) if "members" in given else known.members,
        tuple(dict.fromkeys(hamlets)),
        visits if "visits_per_day" in given else known.visits_per_day,
    )
