"""Several worker processes under one that does nothing but start them again when they die."""

from __future__ import annotations

import logging
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from engine.i18n import gettext as _
from workers.watch.pulse import Pulse

logger = logging.getLogger(__name__)

#: The pause before a process that died is started again, doubled while it keeps dying.
_PAUSES = (0.1, 30.0)

#: A process that lived so long in seconds is not one that keeps dying.
_HEALTHY = 60.0

_LOOK = 0.1

#: A look ends at once; burying the dead writes to the ledger, which may be slow.
_LONGEST_LOOK = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Child:
    """A process as it stands; one that died has no name until it is started again.

    ``age`` in seconds; ``started`` is how many there have been in its place.
    """

    name: str
    age: float
    started: int


class Supervisor:
    """Keeps ``count`` processes alive.

    ``command`` makes the arguments of a process from its name; ``bury`` is called with the
    name of each that has died, exactly when it no longer can do anything.
    """

    def __init__(
        self,
        command: Callable[[str], Sequence[str]],
        count: int,
        *,
        bury: Callable[[str], None],
        patience: timedelta,
    ) -> None:
        self._slots = [_Slot(command) for _number in range(count)]
        self._bury = bury
        self._patience = patience
        self.pulse = Pulse()
        self.stop = threading.Event()

    def run(self) -> None:
        """Keep them alive until told to stop; then let them end, and kill what does not."""
        try:
            while not self.stop.wait(_LOOK):
                self.pulse.beat("supervisor", _LONGEST_LOOK)
                for slot in self._slots:
                    slot.look(self._bury)
        finally:
            self._end()

    def children(self) -> list[Child]:
        """Return who works at present, one for each process there should be."""
        return [slot.child() for slot in self._slots]

    def _end(self) -> None:
        for slot in self._slots:
            slot.signal(signal.SIGTERM)
        deadline = time.monotonic() + self._patience.total_seconds()
        for slot in self._slots:
            slot.wait(deadline, self._bury)


class _Slot:
    """One process at a time, with a new name for each."""

    def __init__(self, command: Callable[[str], Sequence[str]]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._name = ""
        self._started = 0
        self._born = self._due = 0.0
        self._pause = _PAUSES[0]

    def look(self, bury: Callable[[str], None]) -> None:
        """Start the process if there is none and it is time to; bury it if it has died."""
        if self._process is None:
            if time.monotonic() >= self._due:
                self._start()
        elif (status := self._process.poll()) is not None:
            self._died(status, bury)

    def _start(self) -> None:
        self._name = secrets.token_hex(8)
        self._process = subprocess.Popen(self._command(self._name))  # noqa: S603 - our own words
        self._born = time.monotonic()
        self._started += 1

    def child(self) -> Child:
        # Asked by another thread: what it reads may be a moment old, which does no harm.
        name = self._name if self._process is not None else ""
        return Child(name, time.monotonic() - self._born, self._started)

    def _died(self, status: int, bury: Callable[[str], None]) -> None:
        now = time.monotonic()
        self._pause = _PAUSES[0] if now - self._born > _HEALTHY else self._pause
        self._due = now + self._pause
        words = _("a worker process ended with status {status}; starting it again")
        logger.warning(words.format(status=status))
        self._pause = min(self._pause * 2, _PAUSES[1])
        self._process = None
        bury(self._name)

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def wait(self, deadline: float, bury: Callable[[str], None]) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        bury(self._name)
