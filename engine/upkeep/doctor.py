"""The doctor: looks at everything, whatever its condition, and says what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from channels.base import ChannelError
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.ledger import ledger_reason
from engine.settings import SettingsError, load_settings
from engine.upkeep.checks.clock import clock_check
from engine.upkeep.checks.files import backups_check, disk_check, rights_check, store_check
from engine.upkeep.checks.machines import machines_check
from engine.upkeep.checks.making import fonts_check, voice_check
from engine.upkeep.checks.programme import programme_check
from engine.upkeep.checks.reaching import channels_check
from engine.upkeep.checks.running import boot_check, running_check
from engine.upkeep.checks.servers import ledger_check, queue_check
from engine.upkeep.checks.settings import registry_check, settings_check
from engine.upkeep.findings import Check, Finding, Level, Patient, bad, look

#: Every check, in the order in which people read what it found.
CHECKS: Mapping[str, Check] = {
    "settings": settings_check,
    "registry": registry_check,
    "rights": rights_check,
    "disk": disk_check,
    "store": store_check,
    "ledger": ledger_check,
    "queue": queue_check,
    "clock": clock_check,
    "fonts": fonts_check,
    "voice": voice_check,
    "programme": programme_check,
    "channels": channels_check,
    "running": running_check,
    "machines": machines_check,
    "boot": boot_check,
    "backups": backups_check,
}

#: Checks that cannot know where to look while the settings cannot be read.
_NEED_SETTINGS = frozenset({"ledger", "queue", "store", "channels", "machines"})


@dataclass(frozen=True, slots=True)
class Examined:
    """What one check found."""

    check: str
    finding: Finding


def examine(
    workspace: Path,
    checks: Mapping[str, Check] = CHECKS,
    on_start: Callable[[str], None] = lambda _check: None,
) -> Iterator[Examined]:
    """Look at everything, one after the other. Never raises for what is broken."""
    patient = _patient(workspace)
    for name, check in checks.items():
        on_start(name)
        if patient.settings is None and name in _NEED_SETTINGS:
            yield Examined(name, look(_("not looked at: the settings cannot be read")))
            continue
        for finding in _alone(check, patient):
            yield Examined(name, finding)


def is_ill(examined: list[Examined]) -> bool:
    return any(one.finding.level is Level.BAD for one in examined)


def _patient(workspace: Path) -> Patient:
    try:
        return Patient(workspace, load_settings(workspace))
    except SettingsError:
        return Patient(workspace, None)


def _alone(check: Check, patient: Patient) -> Iterator[Finding]:
    try:
        yield from check(patient)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        yield bad(f"{place}{os_reason(error)}")
    except DBAPIError as error:
        yield bad(_("the ledger refuses: {reason}").format(reason=ledger_reason(error)))
    except (LoaError, ChannelError) as error:
        yield bad(str(error))
    except Exception as error:  # noqa: BLE001 - a doctor who falls ill finishes his round
        message = _("this could not be looked at: {error}")
        yield bad(message.format(error=f"{type(error).__name__}: {error}"))
