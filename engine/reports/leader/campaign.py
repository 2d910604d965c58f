"""The leader's page of one campaign, from its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.models import Registry
from engine.reports.coverage import HamletCoverage
from engine.reports.leader.notices import Reach, amended_of, duty_of, names_in, notice_of
from engine.reports.leader.page import Area, Counts, Failure, Kind, Named, Notice, Page, Rows
from engine.reports.leader.timeline import timeline
from engine.reports.matrix import NEEDS_ATTENTION, Cell
from engine.reports.plain import Discreet
from engine.reports.report import Report, in_force
from engine.reports.words import kind_word, moment
from engine.states import State


def campaign_page(ledger: Ledger, report: Report, now: datetime) -> Page:
    """Return the page. The report's numbers are the page's."""
    name = report.facts.campaign_id
    revision, _waiting = in_force(ledger, name)
    registry = ledger.registries.load(revision.registry_revision)
    hamlets = report.coverage.hamlets
    reach = Reach(
        areas=len(hamlets),
        complete=sum(one.complete for one in hamlets),
        households=report.coverage.households,
        covered=report.coverage.covered,
        twice=report.coverage.twice,
    )
    who = _names(ledger, registry)
    notice = notice_of(revision, who, ledger.views.stands(campaign_id=name), reach, now)
    duty = duty_of(ledger, revision, registry, now)
    amended = amended_of(revision, report.amended)
    return Page(
        kind=Kind.CAMPAIGN,
        rows=Rows.HAMLETS,
        name=name,
        title=report.facts.title,
        about=about(notice),
        office=report.commune.office,
        place=report.commune.name,
        made_at=report.made_at,
        simulated=report.simulated,
        rehearsing=report.rehearsing,
        statements=(*_marks(report, notice), *report.statements),
        facts=tuple(_facts(report, notice)),
        households=reach.households,
        covered=reach.covered,
        twice=reach.twice,
        complete=reach.complete,
        states=notice.states,
        channels=report.matrix.channels,
        totals=report.matrix.totals,
        areas=tuple(_areas(report, registry)),
        notices=(notice,),
        failures=tuple(_failures(report)),
        timeline=timeline(report, revision, who),
        duties=(duty,) if duty is not None else (),
        amended=(amended,) if amended is not None else (),
        rules=report.coverage.assumptions,
    )


def _names(ledger: Ledger, pinned: Registry) -> dict[str, Named]:
    """Return how people are named, by the newest registry, else by the one that is pinned."""
    newest = ledger.registries.latest()
    registries = (pinned, ledger.registries.load(newest)) if newest else (pinned,)
    people = {one.id: one for registry in registries for one in registry.people}
    return names_in(people.values(), Discreet(people.values()))


def about(notice: Notice) -> str:
    """Say what the large number counts."""
    return {
        Counts.YES: _("households surely reached"),
        Counts.TO_COME: _("households surely reached"),
        Counts.CANCELLED: _("households surely reached"),
        Counts.DRILL: _("households: a drill reaches nobody"),
        Counts.WITHDRAWN: _("households surely told of the withdrawal"),
    }[notice.counts]


def _marks(report: Report, notice: Notice) -> Iterator[str]:
    if notice.counts is Counts.WITHDRAWN:
        yield _("Withdrawn: what was said no longer holds. {said}").format(said=report.facts.amends)
    if notice.counts is Counts.CANCELLED:
        yield _("Cancelled before anybody was told.")
    if report.facts.waiting_revision is not None:
        message = _("Revision {number} waits for approval and is not part of this report.")
        yield message.format(number=report.facts.waiting_revision)


def _facts(report: Report, notice: Notice) -> Iterator[tuple[str, str]]:
    facts = report.facts
    revision = _("revision {number}").format(number=facts.revision)
    yield _("Campaign"), f"{facts.campaign_id}, {revision}: {notice.status}"
    yield _("Issued by"), facts.issuer
    yield _("Priority"), kind_word(facts.priority, facts.purpose)
    begins = moment(facts.valid_from) if facts.valid_from else _("from approval")
    yield _("In force"), f"{begins} – {moment(facts.valid_until)}"
    yield _("Submitted by"), f"{notice.submitted_by}, {moment(facts.submitted_at)}"
    approved = _("nobody yet")
    if notice.approved_by is not None and facts.approved_at is not None:
        approved = f"{notice.approved_by}, {moment(facts.approved_at)}"
        if facts.two_keys:
            both = _("two keys: both were there")
            approved = f"{approved} ({both})"
    yield _("Approved by"), approved


def _areas(report: Report, registry: Registry) -> Iterator[Area]:
    """Yield those that are not surely reached, the worst first, then the others."""
    cells: Mapping[str, tuple[Cell, ...]] = {one.hamlet_id: one.cells for one in report.matrix.rows}
    for one in report.unreached:
        why = tuple(reason.text for reason in one.reasons)
        yield _area(one.hamlet, cells, why, registry)
    open_ones = {one.hamlet.hamlet_id for one in report.unreached}
    for hamlet in report.coverage.hamlets:
        if hamlet.hamlet_id not in open_ones:
            yield _area(hamlet, cells, (), registry)


def _area(
    hamlet: HamletCoverage,
    cells: Mapping[str, tuple[Cell, ...]],
    why: tuple[str, ...],
    registry: Registry,
) -> Area:
    known = registry.hamlets_by_id.get(hamlet.hamlet_id)
    return Area(
        id=hamlet.hamlet_id,
        name=hamlet.name,
        households=hamlet.households,
        covered=hamlet.covered,
        twice=hamlet.twice,
        confirmed=hamlet.confirmed,
        cells=cells.get(hamlet.hamlet_id, ()),
        why=why,
        point=known.point if known else None,
    )


def _failures(report: Report) -> list[Failure]:
    """Return what went wrong, by channel and reason; what concerns most hamlets first."""
    found: dict[tuple[str, State, str], dict[str, None]] = {}
    for line in report.deliveries:
        if line.state in NEEDS_ATTENTION and not line.replaced:
            found.setdefault((line.channel, line.state, line.reason), {})[line.hamlet] = None
    facts = report.facts
    failures = [
        Failure(facts.campaign_id, facts.title, channel, state, reason, len(named), tuple(named))
        for (channel, state, reason), named in found.items()
    ]
    return sorted(failures, key=lambda one: (-one.areas, one.channel, one.state, one.reason))
