"""What runs: the process that holds the workspace, and what starts at boot."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Iterator, Sequence

from engine.i18n import gettext as _
from engine.settings import Settings
from engine.upkeep.findings import Finding, Patient, fine, look

#: The units of deploy/systemd that carry the work: several machines' with a queue, else one's.
WITH_QUEUE = ("loa-scheduler.service", "loa-worker.service")
WITHOUT = ("loa-run.service",)

#: Saves the workspace every night.
BACKUP = "loa-backup.timer"


def running_check(patient: Patient) -> Iterator[Finding]:
    """Say whether anything is at work in this workspace."""
    lock = patient.workspace / ".loa-run.lock"
    if not lock.exists():
        yield look(_("nothing has run here yet: loa run"))
        return
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield fine(_("loa run, or a worker or scheduler, is at work here"))
            return
    yield look(
        _("nobody is at work here now: nothing is sent until loa run, or the services, start")
    )


def boot_check(patient: Patient) -> Iterator[Finding]:
    """Say whether the services start with the machine; nothing where systemd is not there.

    With a queue the work may be done by other machines, so that none need be installed here.
    """
    program = shutil.which("systemctl")
    if program is None:
        return
    queue = bool((patient.settings or Settings()).queue.url)
    missing: list[str] = []
    for unit in (*(WITH_QUEUE if queue else WITHOUT), BACKUP):
        match _state(program, unit):
            case "enabled":
                yield fine(_("{unit} starts with the machine").format(unit=unit))
            case "":
                missing.append(unit)
            case _installed:
                message = _("{unit} does not start with the machine: systemctl enable --now {unit}")
                yield look(message.format(unit=unit))
    if missing and queue:
        message = _("not installed on this machine: {units}; other machines may have them")
        yield fine(message.format(units=", ".join(missing)))
    elif missing:
        yield look(_how_to_install(missing))


def _state(program: str, unit: str) -> str:
    """Return what systemd says of a unit; empty when it was never installed."""
    asked = subprocess.run(  # noqa: S603 - a program of the system's, with our own words
        [program, "is-enabled", unit], capture_output=True, text=True, check=False, timeout=10
    )
    if asked.returncode == 0:
        return "enabled"
    said = asked.stdout.strip()
    return "" if said == "not-found" else said


def _how_to_install(units: Sequence[str]) -> str:
    message = _(
        "not installed, so nothing starts by itself with the machine: {units}. To install them, as"
        " root: install -m 644 {files} /etc/systemd/system/; systemctl daemon-reload; systemctl"
        " enable --now {units} (docs/operations.md)"
    )
    names = [name for unit in units for name in _files(unit)]
    files = " ".join(f"deploy/systemd/{name}" for name in names)
    return message.format(units=" ".join(units), files=files)


def _files(unit: str) -> tuple[str, ...]:
    """Return the files of a unit: a timer has the service that it starts beside it."""
    service = unit.replace(".timer", ".service")
    return (unit,) if service == unit else (service, unit)
