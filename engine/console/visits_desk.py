"""What teams' pages know and do: all of it blocking, so all of it in threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from engine.app import App, Communes
from engine.console.forms import ClosedError
from engine.dispatch.visiting import TeamPage, Visiting
from engine.i18n import gettext as _
from engine.ledger.visits import VisitDoor
from engine.models import Registry
from engine.models.visit import Household, VisitLink, Visits


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody sent with the form of one hamlet.

    ``sure_of``: so many, more than planned, he says are right.
    """

    hamlet_id: str
    by: str
    visits: Visits
    note: str = ""
    sure_of: int | None = None


class VisitDesk:
    """Serves the teams' links of the communes that a workspace serves."""

    def __init__(self, communes: Communes) -> None:
        self._communes = communes
        self._door = VisitDoor(communes.house.database, communes.house.seal, communes.only_id)

    def link(self, token: str) -> VisitLink:
        """Return what a token opens, by the registry as its file says now.

        Raises ClosedError for one that opens nothing.
        """
        link = self._door.open(token, self._communes.clock.now())
        if link is None:
            raise ClosedError
        self._communes.reread()
        return link

    def page(self, link: VisitLink) -> TeamPage:
        with self._visiting(link) as (_app, visiting, _registry):
            return visiting.page(link)

    def listed(self, link: VisitLink) -> list[tuple[str, list[Household]]]:
        """Return the team's private list by hamlet; that it was shown is on record."""
        now = self._communes.clock.now()
        with self._visiting(link) as (_app, visiting, registry):
            found: dict[str, list[Household]] = {}
            for one in visiting.list_of(link, now):
                hamlet = registry.hamlets_by_id.get(one.hamlet_id)
                name = hamlet.name if hamlet is not None else one.hamlet_id
                found.setdefault(name, []).append(one)
        return list(found.items())

    def sheet(self, link: VisitLink) -> bytes:
        """Return the team's sheet with its list, made now and kept nowhere.

        Raises what Visiting raises.
        """
        now = self._communes.clock.now()
        with self._visiting(link) as (app, visiting, _registry):
            address = app.house.visit_address(app.ledger, link.campaign_id, link.team_id)
            listed = visiting.list_of(link, now)
            return visiting.sheet(link.campaign_id, link.team_id, address, listed=listed)

    def take(self, link: VisitLink, said: Reported) -> None:
        """Keep what somebody said. Raises LoaError for what cannot be, in words for him."""
        now = self._communes.clock.now()
        with self._visiting(link) as (_app, visiting, _registry):
            visiting.report(
                link.campaign_id,
                link.team_id,
                said.hamlet_id,
                said.by,
                said.visits,
                now,
                note=said.note,
                source=_("through its team's link"),
                sure_of=said.sure_of,
            )

    @contextmanager
    def _visiting(self, link: VisitLink) -> Iterator[tuple[App, Visiting, Registry]]:
        with self._communes.lent(link.commune_id) as app:
            newest = app.ledger.registries.latest()
            registry = app.ledger.registries.load(newest) if newest else app.registry
            yield app, Visiting(app.ledger, registry), registry
