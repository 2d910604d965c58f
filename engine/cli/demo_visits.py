"""The demonstration's visits: what the example's teams found, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from engine.app import App
from engine.cli.common import report_of
from engine.dispatch.visiting import Visiting
from engine.i18n import gettext as _
from engine.models.visit import Visits
from engine.reports.visits import progress_lines

#: The campaign that sends the example's teams out.
CAMPAIGN = "ho-tro-ho-ngheo"


def visit(app: App) -> Iterator[str]:
    """Let all teams but the last report what they found, and yield how the visits stand."""
    visiting = Visiting(app.ledger, app.registry)
    teams = {team.id: team for team in app.registry.teams}
    for going in visiting.goings(CAMPAIGN)[:-1]:
        members = teams[going.team_id].members
        found = Visits(going.households - 3, absent=2, refused=1, needs_help=1)
        visiting.report(
            CAMPAIGN,
            going.team_id,
            going.hamlet.id,
            members[0],
            found,
            app.clock.now(),
            source=_("made up for the demonstration"),
        )
    yield _("{campaign}, from door to door:").format(campaign=CAMPAIGN)
    for line in progress_lines(report_of(app, CAMPAIGN).visits):
        yield f"  {line}"
