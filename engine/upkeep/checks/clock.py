"""The machine's clock: against the ledger's server, the last event, and the network's time."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from engine.app import ledger_place
from engine.clock import SystemClock
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.database import Database
from engine.ledger.dialect import is_postgresql
from engine.ledger.tables import events
from engine.settings import Settings
from engine.upkeep.findings import Finding, Patient, bad, fine, look
from engine.upkeep.moments import shown

#: How far from the server's a clock may be before a person looks, and before it does harm.
NOTICEABLE, HARMFUL = timedelta(seconds=5), timedelta(minutes=1)


def clock_check(patient: Patient) -> Iterator[Finding]:
    """Say whether the clock can be believed."""
    settings = patient.settings or Settings()
    if settings.clock.simulated is not None:
        yield look(_("the clock is simulated: nothing happens at real times"))
        return
    yield from _network_time()
    place = ledger_place(settings, patient.workspace)
    if patient.settings is None or (isinstance(place, Path) and not place.exists()):
        yield from compared(SystemClock().now(), None, None)
    else:
        yield from _against_ledger(place)


def _network_time() -> Iterator[Finding]:
    program = shutil.which("timedatectl")
    if program is None:
        return
    asked = subprocess.run(  # noqa: S603 - a program of the system's, without words of anybody's
        [program, "show", "--property=NTPSynchronized", "--value"],
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )
    if asked.stdout.strip() == "no":
        yield look(_("this machine's clock is not set by the network: timedatectl set-ntp true"))
    elif asked.stdout.strip() == "yes":
        yield fine(_("this machine's clock is set by the network"))


def _against_ledger(place: Path | str) -> Iterator[Finding]:
    with closing(Database.connect(place)) as database:
        try:
            with database.explained(), database.read() as connection:
                last = connection.execute(select(func.max(events.c.at))).scalar()
                server = (
                    connection.execute(select(func.clock_timestamp())).scalar_one()
                    if is_postgresql(connection)
                    else None
                )
        except LoaError:
            yield look(_("the clock could not be compared: the ledger does not answer"))
            return
    yield from compared(SystemClock().now(), last, server)


def compared(now: datetime, last: datetime | None, server: datetime | None) -> Iterator[Finding]:
    """Judge the moment ``now`` by the ledger's last event and its server's clock."""
    if last is not None and now < last - HARMFUL:
        message = _("the clock says {now}, but the last event was at {last}: set it")
        yield bad(message.format(now=shown(now), last=shown(last)))
    if server is not None:
        apart = abs(now - server.astimezone(UTC))
        if apart > NOTICEABLE:
            message = _(
                "this machine and PostgreSQL's are {seconds:.0f} s apart: set both clocks by the"
                " network"
            )
            yield (bad if apart > HARMFUL else look)(message.format(seconds=apart.total_seconds()))
            return
    yield fine(_("it is {now}").format(now=shown(now)))
