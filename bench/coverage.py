"""Coverage of 50 campaigns in 10,000 hamlets: ``loa report --period``, beside reading every row.

The ledger is made up: what was sent and confirmed is written by the database, as founding it
through Loa is not what is measured. Each campaign has a delivery by loudspeaker and one by chat
in every hamlet; six of ten have evidence.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bench.figures import Figure, Note, clocked, timed
from bench.servers import postgres_server
from channels.base import Options
from engine.clock import VIETNAM
from engine.ledger import Ledger, Seal, Submission
from engine.ledger.places import Place
from engine.ledger.tables import deliveries, evidence
from engine.models import (
    Audience,
    Campaign,
    ChatGroup,
    Commune,
    GroupKind,
    Hamlet,
    Hours,
    MapPoint,
    Portal,
    PrintPoint,
    Priority,
    Registry,
    Schedule,
    Section,
    StationRules,
    digest,
)
from engine.reports.coverage import Bounds, coverage
from engine.reports.leader.forms import Form, leader_in
from engine.reports.leader.overall import period_page
from engine.reports.leader.page import Page
from engine.reports.period.span import read_period
from engine.reports.report import households_meant, in_force

HAMLETS, CAMPAIGNS = 10_000, 50
CHANNELS = (("loudspeaker", "played"), ("chat", "relayed"))
START = datetime(2026, 12, 1, 8, tzinfo=VIETNAM)
SLOT = START + timedelta(hours=9)
NOW = START + timedelta(days=20)
DECEMBER = read_period("2026-12")


def figures(folder: Path) -> Iterator[Figure | Note]:
    yield from _measured(folder, folder / "loa.db", "SQLite")
    with postgres_server() as server:
        yield from _measured(folder, server.make_database("coverage"), "PostgreSQL")


def _measured(folder: Path, place: Place, name: str) -> Iterator[Figure | Note]:
    made_up = _opened(folder, place)
    registry = _registry()
    _fill(made_up, registry)
    made_up.close()

    def opened() -> Ledger:
        return _opened(folder, place)

    ledger = opened()
    wall, page = clocked(lambda: _page(ledger, registry))
    ledger.close()
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        peak = apart.submit(_peak, folder, place).result()
    ledger = opened()
    cpu, again = timed(lambda: _page(ledger, registry))
    ledger.close()
    ledger = opened()
    slow, rows = clocked(lambda: _row_by_row(ledger))
    ledger.close()
    assert page == again
    assert page.covered == rows, "both say the same"
    what = f"{name}: {HAMLETS:,} hamlets × {CAMPAIGNS} campaigns"
    yield Figure(f"{what}, page made", wall, "s", slow, "every delivery and piece of evidence read")
    yield Figure(f"{what}, page made", cpu, "s CPU")
    yield Figure(f"{what}, peak memory of a process that makes it", peak, "MB")
    if name == "SQLite":
        for form in Form:
            seconds, _data = clocked(partial(leader_in, form, page))
            yield Figure(f"that page as {form}", seconds, "s")
    yield Note(f"{name}: {2 * HAMLETS * CAMPAIGNS:,} deliveries, {page.covered.lower:,} certain")


def _page(ledger: Ledger, registry: Registry) -> Page:
    return period_page(ledger, registry, DECEMBER, NOW)


def _row_by_row(ledger: Ledger) -> Bounds:
    """Do what one campaign's report does, for each of them, and add up."""
    lower = upper = 0
    for campaign_id in ledger.revisions.campaign_ids():
        revision, _waiting = in_force(ledger, campaign_id)
        registry = ledger.registries.load(revision.registry_revision)
        rows = ledger.views.deliveries(campaign_id)
        found = ledger.evidence.of(campaign_id)
        covered = coverage(
            rows, found, registry, households_meant(revision, registry, rows)
        ).covered
        lower, upper = lower + covered.lower, upper + covered.upper
    return Bounds(lower, upper)


def _opened(folder: Path, place: Place) -> Ledger:
    """Return a ledger that has read nothing yet, as a command finds it."""
    options = {channel: Options for channel, _kind in CHANNELS}
    return Ledger.open(place, "xa-mau", seal=Seal.at(folder / "key"), options=options)


def _peak(folder: Path, place: Place) -> float:
    """Make the page and return the most memory that this process ever had, MB."""
    ledger = _opened(folder, place)
    _page(ledger, _registry())
    ledger.close()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _fill(ledger: Ledger, registry: Registry) -> None:
    number = ledger.registries.save(registry, "0" * 64, START)
    for campaign in range(CAMPAIGNS):
        name = f"tin-{campaign:02}"
        submission = Submission(
            campaign=_campaign(name),
            path=f"campaigns/{name}.yaml",
            source=name.encode(),
            source_sha256=digest(name),
            content_hash=digest(name, "content"),
            registry_revision=number,
            submitted_by="lan",
        )
        revision = ledger.revisions.submit(submission, START)
        ledger.revisions.approve(revision, "minh", START)
        sent, shown = _rows(name, campaign, registry)
        with ledger.database.write() as connection:
            connection.execute(insert(deliveries), sent)
            connection.execute(insert(evidence), shown)


def _rows(
    name: str, campaign: int, registry: Registry
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    sent, shown = [], []
    for place, hamlet in enumerate(registry.hamlets):
        for channel, kind in CHANNELS:
            number = 1 + len(sent) + campaign * len(CHANNELS) * HAMLETS
            confirmed = (place + campaign) % 10 < 6
            sent.append(_delivery(number, name, hamlet, channel, confirmed=confirmed))
            if confirmed:
                households = hamlet.households * (place % 10) // 10 if channel == "chat" else None
                shown.append(_piece(number, kind, households))
    return sent, shown


def _delivery(
    number: int, name: str, hamlet: Hamlet, channel: str, *, confirmed: bool
) -> dict[str, Any]:
    return {
        "id": number,
        "commune_id": "xa-mau",
        "campaign_id": name,
        "revision": 1,
        "hamlet_id": hamlet.id,
        "channel": channel,
        "backend": "folder",
        "target": f"{channel}-{hamlet.id}",
        "slot": SLOT,
        "asap": False,
        "purpose": "notice",
        "content_hash": "0" * 64,
        "priority": "routine",
        "households": hamlet.households,
        "work_at": SLOT,
        "expires_at": SLOT,
        "state": "confirmed" if confirmed else "sent",
        "bundle_id": number,
        "changed_at": SLOT,
    }


def _piece(number: int, kind: str, households: int | None) -> dict[str, Any]:
    return {
        "commune_id": "xa-mau",
        "delivery_id": number,
        "kind": kind,
        "households": households,
        "by": "lan",
        "at": SLOT,
        "source": "made up",
    }


def _campaign(name: str) -> Campaign:
    return Campaign(
        id=name,
        title=f"Thông báo {name}",
        issuer="Ủy ban nhân dân xã Mẫu",
        priority=Priority.ROUTINE,
        audience=Audience(),
        valid_from=START,
        valid_until=START + timedelta(days=30),
        contact="Trạm Y tế xã",
        body="Nội dung giả định.",
        schedule=Schedule(asap=False, moments=(SLOT,)),
        sections={channel: Section(Options()) for channel, _kind in CHANNELS},
    )


def _registry() -> Registry:
    hamlets = tuple(
        Hamlet(
            f"ap-{number:05}",
            f"Ấp {number}",
            100 + number % 300,
            point=MapPoint(9 + number / HAMLETS, 105 + number % 100 / 100),
        )
        for number in range(1, HAMLETS + 1)
    )
    heads = ChatGroup(
        "truong-ap",
        "Trưởng ấp",
        "zalo",
        "kit",
        GroupKind.HEADS,
        tuple(one.id for one in hamlets),
    )
    return Registry(
        commune=Commune("xa-mau", "Xã Mẫu", "Tỉnh Mẫu", "Ủy ban nhân dân xã Mẫu"),
        hamlets=hamlets,
        people=(),
        clusters=(),
        chat_groups=(heads,),
        teams=(),
        print_point=PrintPoint("van-phong", "Văn phòng xã"),
        portal=Portal("cong", "Xã Mẫu", "https://xa-mau.example"),
        station=StationRules((Hours(SLOT.time(), SLOT.time()),), 20, 30),
    )
