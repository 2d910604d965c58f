"""What runs: the process that holds the workspace, and what starts at boot."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Iterator

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
    """Say whether the services start with the machine; nothing where systemd is not there."""
    program = shutil.which("systemctl")
    if program is None:
        return
    units = WITH_QUEUE if (patient.settings or Settings()).queue.url else WITHOUT
    for unit in (*units, BACKUP):
        asked = subprocess.run(  # noqa: S603 - a program of the system's, with our own words
            [program, "is-enabled", unit], capture_output=True, text=True, check=False, timeout=10
        )
        if asked.returncode:
            message = _("{unit} does not start with the machine: systemctl enable --now {unit}")
            yield look(message.format(unit=unit))
        else:
            yield fine(_("{unit} starts with the machine").format(unit=unit))
