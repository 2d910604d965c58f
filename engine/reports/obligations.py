"""What the law asks of a campaign and what has come of it: as a table, and as a record to sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from rich.table import Table

from engine.clock import local
from engine.i18n import gettext as _
from engine.i18n import joined
from engine.ledger import Ledger, Revision
from engine.models import LegalBasis, Registry
from engine.reports.matrix import hamlet_name
from engine.reports.paper import pdf
from engine.reports.plain import plain
from engine.rules.obligations import HamletStanding, Run, Standing, rules_of, standings


@dataclass(frozen=True, slots=True)
class ObligationReport:
    """One campaign: what it cites, and how each hamlet stands at ``made_at``."""

    campaign_id: str
    title: str
    office: str
    commune: str
    made_at: datetime
    simulated: bool
    bases: tuple[LegalBasis, ...]
    hamlets: tuple[tuple[str, HamletStanding], ...]

    @property
    def fulfilled(self) -> bool:
        return bool(self.hamlets) and all(one.fulfilled for _name, one in self.hamlets)


def obligation_report(
    ledger: Ledger, revision: Revision, now: datetime, *, simulated: bool
) -> ObligationReport:
    """Read how a campaign stands that cites a law."""
    registry = ledger.registries.load(revision.registry_revision)
    name, campaign = revision.campaign_id, revision.campaign
    rows = ledger.views.deliveries(name, replaced=True)
    found = standings(rules_of(campaign), rows, ledger.evidence.of(name), now)
    return ObligationReport(
        campaign_id=name,
        title=plain(campaign.heading),
        office=plain(registry.commune.office),
        commune=plain(registry.commune.name),
        made_at=local(now),
        simulated=simulated,
        bases=campaign.legal_basis,
        hamlets=tuple(_in_order(found, registry)),
    )


def _in_order(
    found: tuple[HamletStanding, ...], registry: Registry
) -> Iterator[tuple[str, HamletStanding]]:
    order = {hamlet.id: number for number, hamlet in enumerate(registry.hamlets)}
    for one in sorted(found, key=lambda one: (order.get(one.hamlet_id, len(order)), one.hamlet_id)):
        yield hamlet_name(registry, one.hamlet_id), one


def obligation_table(report: ObligationReport) -> Table:
    """Return the table for the terminal."""
    table = Table(title=f"{report.campaign_id} · {report.title}", title_justify="left", box=None)
    for heading in (_("Hamlet"), _("Aired with proof"), _("In a row"), _("Standing"), _("Relayed")):
        table.add_column(heading)
    for name, one in report.hamlets:
        run = f"{one.best.days if one.best else 0}/{one.required}"
        table.add_row(name, days_in_words(one), run, standing_in_words(one), relay_in_words(one))
    return table


def days_in_words(one: HamletStanding) -> str:
    """Return the days with proof; a star marks those that people alone vouch for."""
    marked = (f"{day:%d/%m}{'*' if day in one.by_person else ''}" for day in one.aired)
    return joined(", ", marked) or "–"


def standing_in_words(one: HamletStanding) -> str:
    match one.standing:
        case Standing.FULFILLED if one.best is not None:
            return _("✓ {days} days in a row").format(days=one.best.days)
        case Standing.FULFILLED:
            return _("✓ no days are asked for")
        case Standing.RUNNING:
            return _("◐ under way")
        case Standing.AT_RISK:
            assert one.needed is not None
            return _("! breaks off unless heard on {day}").format(day=_day(one.needed))
        case Standing.SHORT:
            return _("✗ too few days are planned")


def relay_in_words(one: HamletStanding) -> str:
    if one.relayed:
        return _("✓ {moment}").format(moment=f"{local(one.relayed[0]):%H:%M %d/%m/%Y}")
    return _("not yet") if one.relay else _("not asked for")


def record(report: ObligationReport) -> bytes:
    """Return the record as PDF: what the law asks, what was done day by day, room to sign."""
    return pdf("obligation.typ", _printed(report), report.made_at)


def _printed(report: ObligationReport) -> dict[str, object]:
    """Return what the record says. What is printed for people is always Vietnamese."""
    return {
        "office": report.office,
        "commune": report.commune,
        "title": report.title,
        "campaign": report.campaign_id,
        "made_at": f"{report.made_at:%H:%M, %d/%m/%Y}",
        "day": {
            "d": f"{report.made_at:%d}",
            "m": f"{report.made_at:%m}",
            "y": f"{report.made_at:%Y}",
        },
        "simulated": report.simulated,
        "bases": [
            {
                "cited": plain(one.citation.text),
                "law": plain(f"{one.obligation.name}, {one.obligation.place}"),
                "source": plain(one.obligation.source),
                "days": one.obligation.days,
                "relay": one.obligation.relay,
            }
            for one in report.bases
        ],
        "hamlets": [_row(name, one) for name, one in report.hamlets],
        "by_person": any(one.by_person for _name, one in report.hamlets),
    }


def _row(name: str, one: HamletStanding) -> dict[str, str]:
    run = one.best
    return {
        "name": plain(name),
        "days": ", ".join(f"{d:%d/%m/%Y}{'*' if d in one.by_person else ''}" for d in one.aired)
        or "chưa có",
        "run": _run(run) if run else "0 ngày",
        "enough": "đủ" if one.standing is Standing.FULFILLED else "chưa đủ",
        "relayed": f"{local(one.relayed[0]):%H:%M %d/%m/%Y}"
        if one.relayed
        else ("chưa" if one.relay else "không yêu cầu"),
    }


def _run(run: Run) -> str:
    until = f"–{_day(run.last)}" if run.days > 1 else ""
    return f"{run.days} ngày ({_day(run.first)}{until})"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
