"""Other machines and processes, as they last told about themselves in the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from engine.app import ledger_place
from engine.clock import SystemClock
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.database import Database
from engine.ledger.machines import Machines, Process, Role
from engine.upkeep.findings import Finding, Patient, bad, fine, look
from engine.upkeep.moments import shown

#: A process gives a sign of life several times in so long.
SILENCE = timedelta(minutes=2)


def machines_check(patient: Patient) -> Iterator[Finding]:
    """Say which processes live, on which machines, and which are missing."""
    assert patient.settings is not None
    place = ledger_place(patient.settings, patient.workspace)
    if isinstance(place, Path) and not place.exists():
        return
    with closing(Database.connect(place)) as database:
        try:
            with database.explained():
                processes = Machines(database).all()
        except LoaError:
            yield look(_("not looked at: the ledger does not answer"))
            return
    wanted = (Role.SCHEDULER, Role.WORKER) if patient.settings.queue.url else ()
    yield from judged(processes, wanted, SystemClock().now())


def judged(
    processes: Collection[Process], wanted: Collection[Role], now: datetime
) -> Iterator[Finding]:
    """Judge signs of life at ``now``; of every ``wanted`` role at least one must live."""
    for one in processes:
        name = f"{one.role} {one.name}"
        if now - one.seen_at > SILENCE:
            message = _(
                "{process}: silent since {moment}; if it was not stopped on purpose, start it"
            )
            yield look(message.format(process=name, moment=shown(one.seen_at)))
        elif one.fault is not None:
            message = _("{process}: its clock is off by {seconds:.0f} s and not believed: set it")
            yield bad(message.format(process=name, seconds=one.offset.total_seconds()))
        else:
            yield fine(_("{process}: alive").format(process=name))
    living = {one.role for one in processes if now - one.seen_at <= SILENCE}
    for role in wanted:
        if role not in living:
            yield bad(_("no {role} lives: start loa {role}").format(role=role))
