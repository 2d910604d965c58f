"""Settings and registry: readable, and of one mind."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from campaigns.province_file import PROVINCE_FILE, load_province
from campaigns.registry_file import load_registry
from engine.app import ledger_place
from engine.app.opening import REGISTRY_FILE
from engine.app.players import known_players
from engine.app.province import no_commune_yet
from engine.app.settings_words import settings_line
from engine.errors import InputError, LoaError
from engine.i18n import gettext as _
from engine.ledger.areas import Areas
from engine.ledger.database import Database
from engine.ledger.schema import version_of
from engine.ledger.tables import SCHEMA
from engine.settings import Settings, SettingsError, load_settings
from engine.upkeep.checks.servers import PATIENCE
from engine.upkeep.findings import Finding, Patient, bad, fine, look


def settings_check(patient: Patient) -> Iterator[Finding]:
    """Name every setting that is unknown or wrong, else those that contradict each other."""
    try:
        settings = load_settings(patient.workspace)
    except SettingsError as error:
        for fault in error.faults:
            yield bad(settings_line(fault))
        return
    sections = (*settings.faulty_players.values(), *settings.faulty_accounts.values())
    faults = [fault for faults in sections for fault in faults]
    contradictions = [*(bad(settings_line(fault)) for fault in faults), *_contradictions(settings)]
    yield from contradictions or [fine(_("loa.toml and LOA_… can be used"))]


def registry_check(patient: Patient) -> Iterator[Finding]:
    """Name every fault of the registry: a commune's file, or a province's file and its communes."""
    if (patient.workspace / PROVINCE_FILE).exists():
        yield from _province(patient)
    elif (patient.workspace / REGISTRY_FILE).exists():
        players = known_players(patient.settings) if patient.settings is not None else None
        yield from _commune(patient.workspace / REGISTRY_FILE, players)
    else:
        shared = patient.settings is not None and bool(patient.settings.ledger.url)
        judge = fine if shared else look  # without a shared ledger, a file has gone
        yield judge(_("there is no commune.yaml: this machine serves the communes in the ledger"))


def _commune(path: Path, players: Collection[str] | None) -> Iterator[Finding]:
    try:
        loaded = load_registry(path, players)
    except InputError as error:
        yield from (bad(str(problem)) for problem in error.problems)
        return
    yield from (look(str(warning)) for warning in loaded.warnings)
    name = loaded.registry.commune.name
    yield fine(
        _("commune.yaml: {name}, {count} hamlets").format(
            name=name, count=len(loaded.registry.hamlets)
        )
    )


def _province(patient: Patient) -> Iterator[Finding]:
    try:
        loaded = load_province(patient.workspace / PROVINCE_FILE)
    except InputError as error:
        yield from (bad(str(problem)) for problem in error.problems)
        return
    yield from (look(str(warning)) for warning in loaded.warnings)
    province = loaded.province
    communes = _communes(patient, province.id)
    if communes == 0:
        yield look(no_commune_yet())
    elif communes is None:
        yield fine(_("province.yaml: {name}").format(name=province.name))
    else:
        message = _("province.yaml: {name}, {count} communes in the registry")
        yield fine(message.format(name=province.name, count=communes))


def _communes(patient: Patient, province_id: str) -> int | None:
    """Count the province's communes; None where another check says why they cannot be counted."""
    if patient.settings is None:
        return None
    place = ledger_place(patient.settings, patient.workspace)
    if isinstance(place, Path) and not place.exists():
        return 0
    try:
        with closing(Database.connect(place, busy_seconds=PATIENCE)) as database:
            with database.explained(), database.read() as connection:
                if version_of(connection) != SCHEMA:
                    return None
            return len(Areas(database, province_id).communes())
    except (LoaError, DBAPIError):
        return None


def _contradictions(settings: Settings) -> Iterator[Finding]:
    if settings.live and settings.clock.simulated is not None:
        yield bad(
            _(
                "live = true with a simulated clock: real messages would leave at made-up times;"
                " remove [clock] simulated"
            )
        )
    if settings.queue.url and settings.clock.simulated is not None:
        yield bad(_("a simulated clock works in one process only: remove it, or [queue] url"))
    if settings.queue.url and not settings.ledger.url:
        yield look(
            _(
                "[queue] url is set, but the ledger is a file: workers on other machines cannot"
                " reach it; set [ledger] url"
            )
        )
    if not settings.live:
        yield look(_("live = false: what leaves through the network is only rehearsed"))
