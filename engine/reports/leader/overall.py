"""The leader's page of a period: all its campaigns, and the hamlets that are always behind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from engine.clock import local
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.ledger.coverage_views import Span
from engine.models import Registry
from engine.reports.amended import amended_places
from engine.reports.coverage import Bounds, Coverage, views_assumption
from engine.reports.leader.notices import amended_of, duty_of, in_order, names_in, notice_of
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
from engine.reports.period.behind import rule
from engine.reports.period.gathering import Gathered, Told, gather, worst_first
from engine.reports.period.span import Period
from engine.reports.plain import Discreet, plain
from engine.reports.report import conditions_said
from engine.reports.words import number
from engine.states import State


def period_page(
    ledger: Ledger,
    registry: Registry,
    period: Period,
    now: datetime,
    *,
    simulated: bool = False,
    rehearsing: Collection[str] = (),
) -> Page:
    """Return the page of all the commune's campaigns in ``period``, as it stands now."""
    found = gather(ledger, period.span, now)
    discreet = Discreet(registry.people)
    notices = notices_of(found, names_in(registry.people, discreet), now)
    counted = [one for one in notices if one.counts is Counts.YES]
    areas = tuple(areas_of(found))
    return Page(
        kind=Kind.PERIOD,
        rows=Rows.HAMLETS,
        name=period.name,
        title=period.title,
        about=_("households surely reached, each campaign counted"),
        office=plain(registry.commune.office),
        place=plain(registry.commune.name),
        made_at=local(now),
        simulated=simulated,
        rehearsing=tuple(sorted(rehearsing)),
        statements=conditions_said(sorted(rehearsing), simulated=simulated),
        facts=tuple(period_facts(period, notices)),
        households=sum(one.households for one in counted),
        covered=summed(one.covered for one in counted),
        twice=summed(one.twice for one in counted),
        complete=sum(one.complete for one in areas),
        states=states_of(notices),
        channels=(),
        totals=(),
        areas=areas,
        notices=notices,
        failures=failures_of(ledger, period.span, found, discreet),
        timeline=(),
        duties=tuple(duties_of(ledger, found.told, now)),
        amended=tuple(amendments_of(ledger, found.told, now)),
        rules=rules_of(found.told),
    )


def rules_of(told: Iterable[Told]) -> tuple[str, ...]:
    """Return what the numbers of a period assume, the rule of who is behind among it."""
    period = _(
        "A campaign counts in the period in which its deliveries were due; drills, what was "
        "withdrawn or cancelled and what is still to come do not count."
    )
    viewed = (views_assumption(),) if any(one.viewed for one in told) else ()
    return (rule(), period, *Coverage(()).assumptions, *viewed)


def notices_of(found: Gathered, who: Mapping[str, Named], now: datetime) -> tuple[Notice, ...]:
    return tuple(notice_of(one.revision, who, one.stands, one.reach, now) for one in found.told)


def areas_of(found: Gathered) -> Iterator[Area]:
    """Yield the hamlets, those that are always behind first."""
    sums = found.sums
    order = worst_first(sums)
    columns = (
        sums.households,
        sums.lower,
        sums.upper,
        sums.twice_lower,
        sums.twice_upper,
        sums.confirmed > 0,
        sums.notices,
        sums.behind,
        sums.always,
    )
    ids = [sums.ids[place] for place in order]
    rows = zip(ids, *(column[order].tolist() for column in columns), strict=True)
    for hamlet_id, meant, low, high, least, most, confirmed, notices, behind, always in rows:
        yield Area(
            id=hamlet_id,
            name=found.names[hamlet_id],
            households=meant,
            covered=Bounds(low, high),
            twice=Bounds(least, most),
            confirmed=confirmed,
            notices=notices,
            behind=behind,
            always=always,
            point=found.points[hamlet_id],
        )


def failures_of(
    ledger: Ledger, span: Span, found: Gathered, discreet: Discreet
) -> tuple[Failure, ...]:
    """Return what went wrong with the campaigns of a period."""
    names = [one.revision for one in found.told]
    titles = {one.campaign_id: plain(one.campaign.heading) for one in names}
    stands = [stand for one in found.told for stand in one.stands]
    return tuple(
        Failure(
            campaign_id=one.campaign_id,
            title=titles[one.campaign_id],
            channel=one.channel,
            state=one.state,
            reason=discreet(one.reason),
            areas=one.hamlets,
        )
        for one in ledger.views.troubles(stands, span)
    )


def duties_of(ledger: Ledger, told: Iterable[Told], now: datetime) -> Iterator[Duty]:
    for one in told:
        duty = duty_of(ledger, one.revision, one.registry, now)
        if duty is not None and one.counts in (Counts.YES, Counts.TO_COME):
            yield duty


def amendments_of(ledger: Ledger, told: Iterable[Told], now: datetime) -> Iterator[Amended]:
    for one in told:
        if one.revision.campaign.correction is None:
            continue
        name = one.revision.campaign_id
        every = ledger.views.deliveries(name, replaced=True)
        amends = one.revision.campaign.correction.amends
        told_rows = ledger.told.of(name)
        places = amended_places(told_rows, every, one.registry, now, amends)
        amended = amended_of(one.revision, places)
        if amended is not None:
            yield amended


def period_facts(period: Period, notices: Sequence[Notice]) -> Iterator[tuple[str, str]]:
    counted = {kind: sum(one.counts is kind for one in notices) for kind in Counts}
    yield _("Period"), f"{period.first:%d/%m/%Y} – {period.last:%d/%m/%Y}"
    yield _("Campaigns"), number(len(notices))
    yield _("Counted"), number(counted[Counts.YES])
    others = {
        _("drills"): counted[Counts.DRILL],
        _("withdrawn"): counted[Counts.WITHDRAWN],
        _("cancelled"): counted[Counts.CANCELLED],
        _("still to come"): counted[Counts.TO_COME],
    }
    said = ", ".join(f"{number(count)} {word}" for word, count in others.items() if count)
    if said:
        yield _("Not counted"), said


def states_of(notices: Iterable[Notice]) -> Mapping[State, int]:
    every: dict[State, int] = {}
    for notice in notices:
        for state, count in notice.states.items():
            every[state] = every.get(state, 0) + count
    return in_order(every)


def summed(bounds: Iterable[Bounds]) -> Bounds:
    known = tuple(bounds)
    return Bounds(sum(one.lower for one in known), sum(one.upper for one in known))
