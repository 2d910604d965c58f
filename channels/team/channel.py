"""The channel ``team``: plans visits from door to door, and makes each team its sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from channels.base import Artifacts, Backend, Options
from channels.team.folder import SheetFolder
from channels.team.options import TeamOptions
from channels.team.rounds import (
    FREE,
    Busy,
    Lists,
    households_for,
    no_lists,
    round_for,
    teams_for,
)
from channels.team.sheet import sheet_file
from channels.team.wording import TEMPLATES as TEMPLATES
from channels.team.wording import (
    VisitInputs,
    line_of,
    missing_in_words,
    moved,
    short_of_time,
    words_of,
)
from channels.typesetting import fingerprint
from engine.models import (
    Artifact,
    Bundle,
    Content,
    Forecast,
    Foreseen,
    Hamlet,
    Item,
    Placement,
    PlannedDelivery,
    Purpose,
    Registry,
    Rendered,
)

#: Returns where a team says what came of its visits for a campaign; "" where nobody answers.
Links = Callable[[str, str], str]


#: Returns what a team is busy with beside the campaign of a content, whose sheet leaves at a slot.
TeamDays = Callable[[Content, str, datetime, Registry], Busy]


def no_other_days(_content: Content, _team_id: str, _slot: datetime, _registry: Registry) -> Busy:
    """For those who know of one campaign alone."""
    return FREE


def no_links(_campaign_id: str, _team_id: str) -> str:
    """For those who send nothing."""
    return ""


class TeamChannel:
    """One visit sheet for each team, campaign and slot.

    ``outbox`` is where sheets are laid; ``links`` gives the address on each, ``days`` what teams
    are busy with, ``lists`` how many stand on private lists. Households are counts here: who
    lives where is no channel's business.
    """

    name = "team"
    options: type[Options] = TeamOptions
    needs: tuple[str, ...] = ()
    lead = timedelta(hours=12)
    grace: timedelta | None = None
    cumulative = False

    def __init__(
        self,
        *,
        outbox: Path,
        links: Links = no_links,
        days: TeamDays = no_other_days,
        lists: Lists = no_lists,
    ) -> None:
        folder = SheetFolder(outbox)
        self.version = fingerprint(TEMPLATES)
        self.backends: Mapping[str, Backend] = {folder.name: folder}
        self._links = links
        self._days = days
        self._lists = lists

    def slots(self, content: Content, hamlet: Hamlet, registry: Registry) -> Sequence[Placement]:
        """Return each team that goes there: as soon as approved, or on the section's first day.

        The campaign's schedule is for loudspeakers. A hamlet without households of the wanted
        group gets no visit.
        """
        if not households_for(content, hamlet):
            return ()
        own = content.own_schedule
        at = min(own.moments) if own and not own.asap and own.moments else None
        teams = teams_for(content, hamlet.id, registry)
        return tuple(Placement(team.id, "folder", at) for team in teams)

    def forecast(self, content: Content, hamlet: Hamlet) -> Forecast:
        """Return what visitors tell people; a sheet's numbers are foreseen for all together."""
        words = words_of(content)
        missing = missing_in_words(words)
        return Forecast(
            text="\n\n".join(words.parts()), sheets=1, breaches=(missing,) if missing else ()
        )

    def foresee(
        self, planned: Sequence[tuple[PlannedDelivery, Content]], registry: Registry
    ) -> Foreseen:
        """Say which team goes where on which days, beside what else it does.

        Who is visited later for that, and who cannot be visited in time, is told for a doubt.
        """
        lines: list[str] = []
        doubts: list[str] = []
        for (team_id, slot), (content, hamlets) in _by_team(planned, registry).items():
            busy = self._days(content, team_id, slot, registry)
            listed = self._lists(content.campaign_id)
            one = round_for(team_id, slot, content, hamlets, registry, (), busy, listed)
            lines += line_of(one, content)
            alone = round_for(team_id, slot, content, hamlets, registry, listed=listed)
            doubts += moved(one, alone, busy)
            doubts += short_of_time(one, content)
        return Foreseen(tuple(lines), tuple(doubts))

    def prepare(self, content: Content, hamlet: Hamlet, artifacts: Artifacts) -> VisitInputs:
        """Return the words; which hamlets stand on a sheet is known when it is put together."""
        return words_of(content)

    def render(self, inputs: VisitInputs) -> Rendered:
        """Return the words as a sheet takes them in."""
        return Rendered(inputs.to_json(), "application/json")

    def assemble(self, bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
        """Return a sheet for each campaign. Raises ChannelError when it cannot be printed."""
        campaigns = dict.fromkeys(sorted(item.content.campaign_id for item in items))
        return Artifact(
            tuple(
                sheet_file(
                    bundle,
                    [item for item in items if item.content.campaign_id == campaign],
                    registry,
                    self._links(campaign, bundle.target),
                    self._days(_newest(items, campaign), bundle.target, bundle.slot, registry),
                    self._lists(campaign),
                )
                for campaign in campaigns
            )
        )


def _newest(items: Sequence[Item], campaign_id: str) -> Content:
    """Return a campaign's newest words of a bundle's."""
    own = [item for item in items if item.content.campaign_id == campaign_id]
    return max(own, key=lambda item: item.delivery_id).content


def _by_team(
    planned: Sequence[tuple[PlannedDelivery, Content]], registry: Registry
) -> dict[tuple[str, datetime], tuple[Content, list[Hamlet]]]:
    """Gather what each team does at each slot."""
    found: dict[tuple[str, datetime], tuple[Content, list[Hamlet]]] = {}
    for one, content in planned:
        if one.purpose is Purpose.WITHDRAWAL:  # nobody is visited for what holds no more
            continue
        hamlet = registry.hamlets_by_id[one.hamlet_id]
        found.setdefault((one.target, one.slot), (content, []))[1].append(hamlet)
    return found
