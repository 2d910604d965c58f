"""The leader's page of a province: its own campaigns, with communes as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.clock import local
from engine.i18n import gettext as _
from engine.ledger import Ledger, Revision
from engine.ledger.coverage_views import Span, Stand
from engine.models import MapPoint, Province
from engine.reports.leader.campaign import about
from engine.reports.leader.notices import Reach, names_in, notice_of
from engine.reports.leader.overall import (
    amendments_of,
    duties_of,
    failures_of,
    period_facts,
    rules_of,
    states_of,
    summed,
)
from engine.reports.leader.page import (
    Amended,
    Area,
    Counts,
    Duty,
    Failure,
    Kind,
    Named,
    Notice,
    Page,
    Rows,
)
from engine.reports.period.behind import ENOUGH, always_behind
from engine.reports.period.gathering import Gathered, gather
from engine.reports.period.span import Period
from engine.reports.plain import Discreet, plain
from engine.reports.report import conditions_said


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune: its name, and its part of the ledger."""

    id: str
    name: str
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the province's campaigns as its communes name them, by those names.

    ``period`` None: one campaign, whenever its deliveries were due.
    """

    campaigns: Mapping[str, Revision]
    period: Period | None

    @property
    def span(self) -> Span:
        return self.period.span if self.period is not None else Span()


def province_page(
    province: Province,
    communes: Iterable[Commune],
    asked: Asked,
    now: datetime,
    *,
    simulated: bool = False,
    rehearsing: Collection[str] = (),
) -> Page:
    """Return the page; communes that a campaign was never for are left out of it."""
    found = [(one, gather(one.ledger, asked.span, now, only=asked.campaigns)) for one in communes]
    found = [(one, got) for one, got in found if got.told]
    discreet = Discreet(province.people)
    notices = tuple(_notices(found, asked, _names(province, discreet), now))
    every = asked.period is None
    areas = sorted((_area(one, got, every=every) for one, got in found), key=_badness)
    counted = [one for one in notices if one.counts is Counts.YES]
    if asked.period is None and not counted:
        counted = list(notices)
    return Page(
        kind=Kind.CAMPAIGN if asked.period is None else Kind.PERIOD,
        rows=Rows.COMMUNES,
        name=asked.period.name if asked.period else _only(notices, asked),
        title=asked.period.title if asked.period else _title(notices, asked),
        about=_about(asked, notices),
        office=plain(province.office),
        place=plain(province.name),
        made_at=local(now),
        simulated=simulated,
        rehearsing=tuple(sorted(rehearsing)),
        statements=conditions_said(sorted(rehearsing), simulated=simulated),
        facts=tuple(period_facts(asked.period, notices)) if asked.period else (),
        households=sum(one.households for one in counted),
        covered=summed(one.covered for one in counted),
        twice=summed(one.twice for one in counted),
        complete=sum(one.complete for one in areas),
        states=states_of(notices),
        channels=(),
        totals=(),
        areas=tuple(areas),
        notices=notices,
        failures=tuple(_failures(found, asked, notices, discreet)),
        timeline=(),
        duties=tuple(_duties(found, now)),
        amended=tuple(_amended(found, now)),
        rules=rules_of(one for _commune, got in found for one in got.told),
    )


def _names(province: Province, discreet: Discreet) -> dict[str, Named]:
    """Return how the office's people are named, by the ids under which they act."""
    named = names_in(province.people, discreet)
    return {f"{province.id}/{person_id}": who for person_id, who in named.items()}


def _only(notices: Sequence[Notice], asked: Asked) -> str:
    return notices[0].campaign_id if notices else next(iter(asked.campaigns.values())).campaign_id


def _title(notices: Sequence[Notice], asked: Asked) -> str:
    newest = next(iter(asked.campaigns.values()))
    return notices[0].title if notices else plain(newest.campaign.heading)


def _about(asked: Asked, notices: Sequence[Notice]) -> str:
    if asked.period is None and notices:
        return about(notices[0])
    return _("households surely reached, each campaign counted")


def _area(commune: Commune, got: Gathered, *, every: bool) -> Area:
    """Return a commune's row. ``every``: campaigns that do not count are shown all the same."""
    counted = [one.reach for one in got.told if every or one.counts is Counts.YES]
    peopled = [one for one in counted if one.households]
    behind = sum(one.covered.lower < ENOUGH * one.households for one in peopled)
    return Area(
        id=commune.id,
        name=plain(commune.name),
        households=sum(one.households for one in counted),
        covered=summed(one.covered for one in counted),
        twice=summed(one.twice for one in counted),
        confirmed=any(one.covered.upper for one in counted),
        notices=len(peopled),
        behind=behind,
        always=always_behind(behind, len(peopled)),
        point=_middle([one for one in got.points.values() if one is not None]),
    )


def _middle(points: Sequence[MapPoint]) -> MapPoint | None:
    """Return the middle of a commune's hamlets, where any of them has a place."""
    if not points:
        return None
    return MapPoint(
        sum(one.latitude for one in points) / len(points),
        sum(one.longitude for one in points) / len(points),
    )


def _badness(one: Area) -> tuple[bool, float, float, int, str]:
    return not one.always, -one.behind / max(one.notices, 1), one.share, -one.missing, one.id


def _notices(
    found: Sequence[tuple[Commune, Gathered]], asked: Asked, who: Mapping[str, Named], now: datetime
) -> Iterator[Notice]:
    """Yield the province's campaigns, each with the sums of its communes."""
    for name, revision in asked.campaigns.items():
        told = [
            one for _commune, got in found for one in got.told if one.revision.campaign_id == name
        ]
        if not told:
            continue
        stands: list[Stand] = [stand for one in told for stand in one.stands]
        reach = Reach(
            areas=sum(one.reach.areas for one in told),
            complete=sum(one.reach.complete for one in told),
            households=sum(one.reach.households for one in told),
            covered=summed(one.reach.covered for one in told),
            twice=summed(one.reach.twice for one in told),
        )
        yield notice_of(revision, who, stands, reach, now)


def _failures(
    found: Sequence[tuple[Commune, Gathered]],
    asked: Asked,
    notices: Sequence[Notice],
    discreet: Discreet,
) -> list[Failure]:
    """Return failures with the same reason as one, with the communes that have them."""
    titles = {one.campaign_id: one.title for one in notices}
    same: dict[tuple[str, str, str, str], Failure] = {}
    for commune, got in found:
        for one in failures_of(commune.ledger, asked.span, got, discreet):
            own = asked.campaigns[one.campaign_id].campaign_id
            key = (own, one.channel, one.state, one.reason)
            before = same.get(key)
            named = (*(before.named if before else ()), plain(commune.name))
            areas = one.areas + (before.areas if before else 0)
            title = titles.get(own, one.title)
            same[key] = replace(one, campaign_id=own, title=title, areas=areas, named=named)
    return sorted(same.values(), key=lambda one: (-one.areas, one.campaign_id, one.channel))


def _duties(found: Sequence[tuple[Commune, Gathered]], now: datetime) -> Iterator[Duty]:
    """Yield duties, each once, with the communes in which they are lacking."""
    same: dict[str, Duty] = {}
    for commune, got in found:
        for one in duties_of(commune.ledger, got.told, now):
            before = same.get(one.campaign_id)
            lacking = (plain(commune.name),) if one.lacking else ()
            same[one.campaign_id] = replace(
                one,
                areas=one.areas + (before.areas if before else 0),
                met=one.met + (before.met if before else 0),
                running=one.running + (before.running if before else 0),
                lacking=(*(before.lacking if before else ()), *lacking),
            )
    return iter(same.values())


def _amended(found: Sequence[tuple[Commune, Gathered]], now: datetime) -> Iterator[Amended]:
    """Yield amendments, each once, with all its places."""
    same: dict[str, Amended] = {}
    for commune, got in found:
        for one in amendments_of(commune.ledger, got.told, now):
            before = same.get(one.campaign_id)
            places = {
                has: count + (before.places[has] if before else 0)
                for has, count in one.places.items()
            }
            same[one.campaign_id] = replace(one, places=places)
    return iter(same.values())
