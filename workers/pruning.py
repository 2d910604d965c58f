"""Old artifacts go once a day, by whoever does the rounds; `loa prune` does the same by hand."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from engine.app import House, close_channels
from engine.dispatch import Renderer
from engine.dispatch.retention import Pruned, Retention, needed_keys
from engine.files import BACKUP_LOCK, alone, write_atomic
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.ledger import Ledger
from engine.ledger.visits import VisitBook, communes_to_purge
from engine.ledger.wanted import communes_of

logger = logging.getLogger(__name__)

#: Least time between two prunings of a workspace.
EVERY = timedelta(days=1)

#: Who removes what, in the audit trail.
ACTOR = "loa"

#: Says in the workspace when the last pruning was.
MARK = ".loa-pruned"


def prune(house: House, keep: timedelta, *, dry_run: bool = False) -> Pruned:
    """Remove what nobody has used for ``keep`` and no commune's delivery needs.

    Raises BlockingIOError while a backup is being made, OSError.
    """
    workspace = house.workspace
    retention = Retention(
        artifacts=house.artifacts,
        needed=lambda since: _needed(house, since),
        files=(house.voices.cache_folder, *_each(workspace, "outbox/rehearsal")),
        previews=tuple(_each(workspace, "preview")),
    )
    with alone(workspace / BACKUP_LOCK):
        return retention.prune(house.clock.now() - keep, dry_run=dry_run)


def prune_daily(house: House) -> None:
    """Do so by the settings, at most once a day; a failure is told and tried the next day."""
    days = house.settings.artifacts.keep_days
    if days is None or not _due(house):
        return
    try:
        with suppress(BlockingIOError):  # a backup is being made; tomorrow is early enough
            _tell(prune(house, timedelta(days=days)))
        write_atomic(house.workspace / MARK, house.clock.now().isoformat().encode())
    except OSError as error:
        words = _("old artifacts could not be removed: {reason}")
        logger.warning(words.format(reason=os_reason(error)))


def purge_private(house: House, served: Callable[[], Collection[str]]) -> None:
    """Remove private lists whose time is over, by the settings, in the communes ``served``."""
    now = house.clock.now()
    keep = timedelta(days=house.settings.privacy.list_days)
    due = communes_to_purge(house.database, now - keep)
    for commune_id in sorted(set(due) & set(served())) if due else ():
        book = VisitBook(house.database, commune_id, house.seal)
        purged = book.purge(at=now, by=ACTOR, keep=keep)
        words = _("{commune}: {count} households of private lists were removed: their time is over")
        logger.info(words.format(commune=commune_id, count=purged.households))


def _each(workspace: Path, name: str) -> Iterator[Path]:
    """Go through the folders of that name: the one commune's own, and those of many."""
    yield workspace / name
    yield from workspace.glob(f"communes/*/{name}")


def _needed(house: House, since: datetime) -> set[str]:
    """Return what deliveries need, of every commune in the ledger: the store may be shared."""
    with house.database.read() as connection:
        ids = communes_of(connection)
    keys: set[str] = set()
    for commune_id in ids:
        ledger = Ledger.on(house.database, commune_id, seal=house.seal, options=house.options)
        channels = house.channels(house.workspace, ledger)
        try:
            renderer = Renderer(channels, house.artifacts, ledger.deliveries.contents)
            keys |= needed_keys(ledger, renderer, since)
        finally:
            close_channels(channels)
    return keys


def _tell(pruned: Pruned) -> None:
    if count := pruned.artifacts + pruned.other:
        size = (pruned.artifact_bytes + pruned.other_bytes) / 1e6
        words = _("removed {count} old artifacts, {size:.1f} MB")
        logger.info(words.format(count=count, size=size))


def _due(house: House) -> bool:
    mark = house.workspace / MARK
    try:
        last = datetime.fromisoformat(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return house.clock.now() - last >= EVERY
