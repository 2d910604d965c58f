"""What the commands share that a province's office runs: its workspace, opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from campaigns.province_file import PROVINCE_FILE, load_province
from engine.app import ledger_place
from engine.cli.common import find_workspace
from engine.clock import Clock, SimulatedClock, SystemClock
from engine.ledger.areas import Areas
from engine.ledger.database import Database
from engine.ledger.provinces import Provinces
from engine.ledger.registries import Registries
from engine.ledger.schema import open_database
from engine.ledger.seal import Seal
from engine.models import Province
from engine.settings import load_settings


@dataclass(frozen=True, slots=True)
class ProvinceDesk:
    """A province's opened workspace."""

    workspace: Path
    province: Province
    revision: int
    database: Database
    seal: Seal
    clock: Clock

    @property
    def areas(self) -> Areas:
        return Areas(self.database, self.province.id)

    def registries(self, commune_id: str) -> Registries:
        return Registries(self.database, commune_id, self.seal)


@contextmanager
def opened_province(given: Path | None) -> Iterator[ProvinceDesk]:
    """Open the province's workspace; its file gets a new revision when it changed.

    Raises InputError for the file, LoaError for the ledger or where there is no province.yaml.
    """
    workspace = find_workspace(given, names=(PROVINCE_FILE,))
    loaded = load_province(workspace / PROVINCE_FILE)
    settings = load_settings(workspace)
    for warning in loaded.warnings:
        click.echo(f"⚠ {warning}", err=True)
    seal = Seal.at(workspace / settings.data_key_file)
    database = open_database(Database.connect(ledger_place(settings, workspace)))
    simulated = settings.clock.simulated
    clock: Clock = SimulatedClock(simulated) if simulated else SystemClock()
    try:
        provinces = Provinces(database, loaded.province.id, seal)
        revision = provinces.save(loaded.province, loaded.sha256, clock.now())
        yield ProvinceDesk(workspace, loaded.province, revision, database, seal, clock)
    finally:
        database.close()
