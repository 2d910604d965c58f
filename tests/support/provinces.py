"""A small made-up province on disk, with three communes in its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from campaigns.tables.listed import read_tables
from engine.app.communes import Communes, open_communes
from engine.app.opening import App
from engine.app.province import ProvinceApp, open_province
from engine.boundary import Boundary, no_boundary
from engine.clock import VIETNAM, SimulatedClock
from engine.ledger.places import Place
from engine.planner.importing import Importer
from support.commune import PASSPHRASE
from support.tables import HEADINGS, ROWS, as_csv, province

START = datetime(2026, 12, 1, 4, tzinfo=VIETNAM)

STORM = """\
id: bao
title: Bão sắp vào
audience: {audience}
valid: {{from: 2026-12-01, until: 2026-12-05}}
text: Bà con {{{{ hamlet.name }}}} tránh bão.{more}
schedule: {{dates: [2026-12-01], times: ["17:00"]}}
channels: {{loudspeaker: true, portal: true}}
"""


class Tinh:
    """The province's workspace, and what people do in it."""

    def __init__(self, folder: Path, place: Place) -> None:
        url = f'[ledger]\nurl = "{place}"\n' if isinstance(place, str) else ""
        self.folder = province(folder, settings=f"live = true\n{url}")
        (self.folder / "campaigns").mkdir()
        self.file = self.folder / "campaigns" / "bao.yaml"
        self.take(ROWS)
        with self.opened() as app, app.office() as office:
            office.people.set_passphrase("ba", PASSPHRASE, None, START)

    def take(self, rows: tuple[tuple[object, ...], ...]) -> None:
        """Import a table of hamlets."""
        listed = read_tables([as_csv(self.folder / "a.csv", rows, HEADINGS)])
        with self.opened() as app:
            importer = Importer(app.house.database, app.house.seal, app.province)
            changes = importer.changes(listed)
            importer.write(listed, changes, START, "a.csv", lambda _change: None)

    @contextmanager
    def opened(
        self, boundary: Boundary = no_boundary, at: datetime = START
    ) -> Iterator[ProvinceApp]:
        with open_province(self.folder, clock=SimulatedClock(at), boundary=boundary) as app:
            yield app

    @contextmanager
    def communes(self, at: datetime = START) -> Iterator[Communes]:
        with open_communes(self.folder, clock=SimulatedClock(at)) as communes:
            yield communes

    @contextmanager
    def commune(self, commune_id: str, at: datetime = START) -> Iterator[App]:
        with self.communes(at) as communes, communes.lent(commune_id) as app:
            yield app

    def write(self, audience: str = "all", more: str = "") -> Path:
        self.file.write_text(STORM.format(audience=audience, more=more), encoding="utf-8")
        return self.file

    def submit(self, audience: str = "all", more: str = "") -> None:
        with self.opened() as app, app.office() as office:
            office.submit(self.write(audience, more), "hai")

    def approve(self, *, then_open: bool = True, at: datetime = START) -> None:
        with self.opened(at=at) as app, app.office() as office:
            office.approve("bao", "ba", PASSPHRASE)
            if then_open:
                office.open_all("bao")

    def release(self, audience: str = "all", more: str = "") -> None:
        self.submit(audience, more)
        self.approve()
