"""Whether the servers that a process cannot work without answer it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from sqlalchemy.exc import DBAPIError

from engine.i18n import gettext as _
from engine.ledger import ledger_reason

#: Seconds after which a server that says nothing counts as away.
PATIENCE = 5.0

#: Seconds for which an answer holds, so that many questions cost no more than one.
FRESH = 1.0


class Readiness:
    """Asks servers, by name. Each question raises when its server is not as it should be."""

    def __init__(
        self, questions: Mapping[str, Callable[[], None]], *, patience: float = PATIENCE
    ) -> None:
        self._probes = {name: _Probe(ask, patience) for name, ask in questions.items()}

    def answers(self) -> dict[str, str]:
        """Return by name why a server is not ready; empty for one that is."""
        return {name: probe.reason() for name, probe in self._probes.items()}


class _Probe:
    """One server, asked by a thread of its own: whoever wants to know waits no longer than
    ``patience``, and a server that hangs keeps one thread, not one for each question."""

    def __init__(self, ask: Callable[[], None], patience: float) -> None:
        self._ask = ask
        self._patience = patience
        self._guard = threading.Lock()
        self._asking: threading.Thread | None = None
        self._asked = 0.0
        self._reason = ""

    def reason(self) -> str:
        with self._guard:
            asking = self._asking
            if asking is None or (not asking.is_alive() and time.monotonic() - self._asked > FRESH):
                asking = threading.Thread(target=self._run, name="readiness", daemon=True)
                self._asking, self._asked = asking, time.monotonic()
                asking.start()
        asking.join(max(0.0, self._asked + self._patience - time.monotonic()))
        if asking.is_alive():
            seconds = round(time.monotonic() - self._asked)
            return _("no answer for {seconds} s").format(seconds=seconds)
        return self._reason

    def _run(self) -> None:
        try:
            self._ask()
        except DBAPIError as error:
            self._reason = ledger_reason(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is why the server is not ready
            self._reason = str(error) or type(error).__name__
        else:
            self._reason = ""
