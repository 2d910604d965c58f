"""A made-up province in a ledger: thousands of communes alike, with a campaign approved in each.

The first commune is founded as ever, through Loa itself; the others are copies of its rows under
their own ids, made by the database, for founding thousands one by one is not what is measured.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, Text, bindparam, func, insert, select

from campaigns.loader import load_campaign
from engine.app import App, Communes
from engine.ledger import Ledger, Submission
from engine.ledger.tables import credentials, people, registries, revisions
from engine.models import (
    Commune,
    Hamlet,
    Hours,
    Person,
    Portal,
    PrintPoint,
    Priority,
    Registry,
    Right,
    StationRules,
)
from engine.planner import plan_campaign
from engine.planner.binding import bound_hash

FIRST = "xa-0001"
PASSPHRASE = "mật khẩu của bản thử"

_CAMPAIGN = """\
id: {id}
title: Lịch tiêm vắc xin cho trẻ em
priority: {priority}
valid: {{from: 2026-12-01, until: 2026-12-31}}
contact: Trạm Y tế xã, điện thoại 0272.3000.111
text: |
  Trạm Y tế xã kính mời phụ huynh có con từ 18 đến 24 tháng tuổi đưa trẻ đi tiêm vắc xin sởi.
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a province is. ``apart``: each delivery is a bundle of its own."""

    communes: int
    hamlets: int = 30
    apart: bool = False

    @property
    def of_one(self) -> int:
        """Deliveries of one campaign in one commune: four channels in every hamlet."""
        return self.hamlets * 4


def commune_ids(count: int) -> list[str]:
    return [f"xa-{number:04}" for number in range(1, count + 1)]


def found(communes: Communes, shape: Shape) -> None:
    """Put the registries of every commune into the ledger."""
    house, registry = communes.house, _registry(shape.hamlets)
    ledger = Ledger.on(house.database, FIRST, seal=house.seal, options=house.options)
    ledger.registries.save(registry, "0" * 64, house.clock.now())
    with communes.lent(FIRST) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
    with house.database.write() as connection:
        for table in (registries, people, credentials):
            _copy(connection, table, commune_ids(shape.communes)[1:])


def approve(communes: Communes, campaign_id: str, count: int) -> None:
    """Let ``campaign_id`` be approved in the first ``count`` communes, and planned in none."""
    with communes.lent(FIRST) as app:
        path = write_campaign(app, campaign_id, Priority.ROUTINE)
        _approve(app, path)
    with communes.house.database.write() as connection:
        _copy(connection, revisions, commune_ids(count)[1:], campaign_id)


def write_campaign(app: App, campaign_id: str, priority: Priority) -> Path:
    """Write a campaign for every hamlet, as soon as possible; return its file."""
    path = app.workspace / "campaigns" / f"{campaign_id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_CAMPAIGN.format(id=campaign_id, priority=priority), encoding="utf-8")
    return path


def _approve(app: App, path: Path) -> None:
    """Do what the office does, but leave the opening to whoever plans."""
    now, source = app.clock.now(), path.read_bytes()
    campaign = load_campaign(path, app.registry, app.house.options, now).campaign
    plan = plan_campaign(campaign, app.registry, app.channels, now)
    frozen = Submission(
        campaign=campaign,
        path=path.name,
        source=source,
        source_sha256=hashlib.sha256(source).hexdigest(),
        content_hash=bound_hash(source, campaign, plan),
        registry_revision=app.registry_revision,
        submitted_by="lan",
    )
    revision = app.ledger.revisions.submit(frozen, now)
    app.ledger.revisions.approve(revision, "minh", now)


def _copy(
    connection: Connection, table: Table, ids: Sequence[str], campaign_id: str | None = None
) -> None:
    """Copy the first commune's rows for every commune in ``ids``."""
    row, other = table.alias(), bindparam("other", type_=Text())
    columns: dict[str, Any] = {column.name: row.c[column.name] for column in table.columns}
    columns["commune_id"] = other
    if "body" in columns:
        columns["body"] = func.replace(row.c.body, FIRST, other)
    copies = select(*columns.values()).where(row.c.commune_id == FIRST)
    if campaign_id is not None:
        copies = copies.where(row.c.campaign_id == campaign_id)
    if ids:
        copy = insert(table).from_select(list(columns), copies)
        connection.execute(copy, [{"other": one} for one in ids])


def _registry(hamlets: int) -> Registry:
    return Registry(
        commune=Commune(FIRST, "Xã Mẫu", "Tỉnh Mẫu", "Ủy ban nhân dân xã Mẫu"),
        hamlets=tuple(
            Hamlet(f"ap-{number:05}", f"Ấp {number}", 100 + number % 300)
            for number in range(1, hamlets + 1)
        ),
        people=(
            Person("lan", "Nguyễn Thị Mẫu", rights=frozenset({Right.SUBMIT})),
            Person("minh", "Trần Văn Mẫu", rights=frozenset({Right.APPROVE})),
        ),
        clusters=(),
        chat_groups=(),
        teams=(),
        print_point=PrintPoint("van-phong", "Văn phòng xã"),
        portal=Portal("cong", "Xã Mẫu", "https://xa-mau.example"),
        station=StationRules((Hours(time(5), time(18, 30)),), 20, 30),
    )
