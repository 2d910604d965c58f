"""What the commands that run until they are stopped share: their log, their pages, the queue."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click

from engine.app import App, Communes, House, open_communes
from engine.cli.common import REGISTRY_FILE, SETTINGS_FILE, conditions, find_workspace
from engine.dispatch import Observer
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.schema import check_version
from workers.watch.endpoint import Endpoint, Pages
from workers.watch.logs import start_log
from workers.watch.readiness import Readiness

logger = logging.getLogger(__name__)


def service_workspace(given: Path | None) -> Path:
    """Return the folder that a service works in: a commune's, or one with settings alone.

    Raises LoaError when it is neither.
    """
    folder = (given or Path.cwd()).resolve()
    if (folder / SETTINGS_FILE).is_file() and not (folder / REGISTRY_FILE).is_file():
        return folder
    return find_workspace(given)


def open_served(workspace: Path, observer: Observer) -> Communes:
    """Open all communes that a service serves, and start its log."""
    communes = open_communes(workspace, observer=observer)
    start_service_log(communes)
    return communes


def start_service_log(app: App | Communes) -> None:
    """Let what happens from now on be logged, beginning with what is not real."""
    start_log(app.settings.log.format, app.settings.machine.known_as)
    for condition in conditions(app):
        logger.warning(condition)


def queue_url(communes: Communes) -> str:
    """Return where the queue is. Raises LoaError when the settings do not say."""
    if not communes.settings.queue.url:
        message = _("no queue is set: give [queue] url in loa.toml, or LOA_QUEUE_URL")
        raise LoaError(message)
    return communes.settings.queue.url


def listen_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--listen`` to a service: where it tells how it fares."""
    return click.option(
        "--listen",
        metavar=_("ADDRESS"),
        help=_("Answer /healthz, /readyz and /metrics here (default: [http] listen)."),
    )(command)


def telling(listen: str, pages: Pages) -> AbstractContextManager[Endpoint | None]:
    """Serve ``pages`` while a service runs; an empty ``listen`` means that nobody asks."""
    return Endpoint(listen, pages) if listen else nullcontext()


def readiness(house: House, ping: Callable[[], None] | None = None) -> Readiness:
    """Ask the ledger and, with ``ping``, the queue."""
    questions = {"ledger": lambda: check_version(house.database)}
    return Readiness({**questions, **({"queue": ping} if ping else {})})
