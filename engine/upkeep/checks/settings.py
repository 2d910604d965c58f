"""Settings and registry: readable, and of one mind."""

from __future__ import annotations

from collections.abc import Iterator

from campaigns.registry_file import load_registry
from engine.errors import InputError
from engine.i18n import gettext as _
from engine.settings import Settings, SettingsError, load_settings
from engine.upkeep.findings import Finding, Patient, bad, fine, look
from engine.upkeep.settings_words import settings_line


def settings_check(patient: Patient) -> Iterator[Finding]:
    """Name every setting that is unknown or wrong, else those that contradict each other."""
    try:
        settings = load_settings(patient.workspace)
    except SettingsError as error:
        for fault in error.faults:
            yield bad(settings_line(fault))
        return
    contradictions = list(_contradictions(settings))
    yield from contradictions or [fine(_("loa.toml and LOA_… can be used"))]


def registry_check(patient: Patient) -> Iterator[Finding]:
    """Name every fault of the registry. Workers' machines need no file: the ledger has it."""
    path = patient.workspace / "commune.yaml"
    if not path.exists():
        yield look(_("there is no commune.yaml: this machine serves the communes in the ledger"))
        return
    try:
        loaded = load_registry(path)
    except InputError as error:
        for problem in error.problems:
            yield bad(str(problem))
        return
    for warning in loaded.warnings:
        yield look(str(warning))
    name = loaded.registry.commune.name
    yield fine(
        _("commune.yaml: {name}, {count} hamlets").format(
            name=name, count=len(loaded.registry.hamlets)
        )
    )


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
