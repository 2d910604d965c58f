"""The server as a process: it listens, leaves signs of life, and ends in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from ssl import SSLError

import uvicorn

from engine.app import Communes
from engine.console.api import build_api
from engine.console.covers import covers_router
from engine.console.covers_desk import CoverDesk
from engine.console.desk import Desk
from engine.console.figures import Figures
from engine.console.hub import Hub
from engine.console.relay import relay_router
from engine.console.relay_desk import RelayDesk
from engine.console.visits import visits_router
from engine.console.visits_desk import VisitDesk
from engine.console.zalo_hook import ZaloHook, hook_router
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.ledger import LEDGER_ERRORS, ledger_reason
from workers.watch.endpoint import HOST_PORT, Pages
from workers.watch.pages import pages_of
from workers.watch.pulse import Pulse
from workers.watch.readiness import Readiness

logger = logging.getLogger(__name__)

#: Seconds that answers in progress have left when the server is told to stop.
LAST_WORDS = 10

#: Connections at once; more are told to come again.
CONNECTIONS = 2_000

#: Between two rounds beside the answers, and how long one may take.
ROUND, LONGEST_ROUND = timedelta(seconds=5), timedelta(minutes=2)

#: How long the event loop may not turn before it counts as stuck.
LONGEST_TURN = timedelta(seconds=30)

#: What was over so long ago is nobody's to fetch any more.
KEPT = timedelta(days=2)


class ConsoleService:
    """Answers players, people and Zalo until told to stop; a signal handler may set ``stop``."""

    def __init__(
        self, communes: Communes, ready: Readiness, *, beat: Callable[[], None] = lambda: None
    ) -> None:
        """``beat`` is called in every round: what the process tells about itself."""
        self._communes = communes
        self._beat = beat
        self.stop = threading.Event()
        self.pulse = Pulse()
        self.figures = Figures()
        self.pages: Pages = pages_of(self.pulse, ready, self.figures.registry)
        self._desk = Desk(communes)
        self._relay = RelayDesk(communes)
        self._visits = VisitDesk(communes)
        self._hook = ZaloHook(communes, rest=self.stop.wait)
        self._hub = Hub(self._desk.feeds)
        self.figures.waiting(lambda: self._hub.count)

    def run(self, listen: str) -> None:
        """Serve at ``listen``, machine:port. Raises LoaError when nobody can listen there."""
        settings = self._communes.settings.console
        workspace = self._communes.workspace
        config = uvicorn.Config(
            build_api(
                self._desk,
                self._hub,
                self.figures,
                self.pages,
                (
                    relay_router(self._relay),
                    visits_router(self._visits),
                    covers_router(CoverDesk(self._communes)),
                    hook_router(self._hook),
                ),
            ),
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=LAST_WORDS,
            ssl_certfile=workspace / settings.certificate if settings.certificate else None,
            ssl_keyfile=workspace / settings.certificate_key if settings.certificate_key else None,
        )
        _load_certificate(config)
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        with _bound(listen) as bound, self._rounds():
            host, port = bound.getsockname()[:2]
            kind = "https" if config.is_ssl else "http"
            words = _("links, players and events are answered at {address}")
            logger.info(words.format(address=f"{kind}://{host}:{port}"))
            server = _Server(config, self.stop, self._hub, self.pulse)
            asyncio.run(server.serve(sockets=[bound]))

    @contextlib.contextmanager
    def _rounds(self) -> Iterator[None]:
        thread = threading.Thread(target=self._keep_going, name="rounds")
        thread.start()
        try:
            yield
        finally:
            self.stop.set()
            thread.join()

    def _keep_going(self) -> None:
        """Leave signs of life, see who may speak, forget what is over, until told to stop."""
        while not self.stop.is_set():
            self.pulse.beat("rounds", LONGEST_ROUND)
            try:
                self._beat()
                self._communes.reread()
                self._desk.feeds.forget(self._communes.clock.now() - KEPT)
                self._hook.understand()
                self._hook.forget()
            except LEDGER_ERRORS as error:
                logger.warning(ledger_reason(error))
            except LoaError as error:
                logger.warning(error)
            self.stop.wait(ROUND.total_seconds())


class _Server(uvicorn.Server):
    """Uvicorn, but signals are Loa's own business, and whoever waits is let go at the end."""

    def __init__(
        self, config: uvicorn.Config, stop: threading.Event, hub: Hub, pulse: Pulse
    ) -> None:
        super().__init__(config)
        self._stop = stop
        self._hub = hub
        self._pulse = pulse

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def on_tick(self, counter: int) -> bool:
        self._pulse.beat("answers", LONGEST_TURN)
        if self._stop.is_set():
            self._hub.close()
            return True
        return await super().on_tick(counter)


@contextlib.contextmanager
def _bound(listen: str) -> Iterator[socket.socket]:
    """Listen at an address. Raises LoaError when it is none, or nobody can."""
    host, port = _address_of(listen)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.create_server((host, port), family=family, backlog=2_048)
    except OSError as error:
        message = _("[console] listen: nobody can listen at {address}: {reason}")
        raise LoaError(message.format(address=listen, reason=os_reason(error))) from None
    with bound:
        yield bound


def _address_of(listen: str) -> tuple[str, int]:
    found = HOST_PORT.fullmatch(listen)
    if found is None or int(found["port"]) > 65535:
        message = _("[console] listen is {found}; allowed: machine:port such as 0.0.0.0:8470")
        raise LoaError(message.format(found=repr(listen)))
    return found["six"] or found["host"], int(found["port"])


def _load_certificate(config: uvicorn.Config) -> None:
    try:
        config.load()
    except (OSError, SSLError) as error:
        message = _("[console] certificate: {place} cannot be used: {reason}")
        raise LoaError(
            message.format(place=Path(str(config.ssl_certfile)), reason=os_reason(error))
        ) from None
