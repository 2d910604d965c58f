"""Old artifacts go once a day, by whoever does the rounds; `loa prune` does the same by hand."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from engine.app import App
from engine.dispatch import Renderer
from engine.dispatch.retention import Pruned, Retention, needed_keys
from engine.files import BACKUP_LOCK, alone, write_atomic
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.ledger.wanted import communes_of

logger = logging.getLogger(__name__)

#: Least time between two prunings of a workspace.
EVERY = timedelta(days=1)

#: Says in the workspace when the last pruning was.
MARK = ".loa-pruned"


def prune(app: App, keep: timedelta, *, dry_run: bool = False) -> Pruned:
    """Remove what nobody has used for ``keep`` and no delivery needs.

    Raises BlockingIOError while a backup is being made, OSError.
    """

    def needed(since: datetime) -> set[str]:
        keys = needed_keys(app.ledger, app.renderer, since)
        for ledger, renderer in _other_communes(app):
            keys |= needed_keys(ledger, renderer, since)
        return keys

    retention = Retention(
        artifacts=app.artifacts,
        needed=needed,
        files=(app.house.workspace / "artifacts" / "speech", *_rehearsals(app)),
        previews=app.workspace / "preview",
    )
    with alone(app.house.workspace / BACKUP_LOCK):
        return retention.prune(app.clock.now() - keep, dry_run=dry_run)


def _rehearsals(app: App) -> list[Path]:
    """Return where communes of this workspace have rehearsed."""
    others = app.house.workspace.glob("communes/*/outbox/rehearsal")
    return [app.outbox / "rehearsal", *others]


def _other_communes(app: App) -> Iterator[tuple[Ledger, Renderer]]:
    """Open the other communes of the app's ledger in turn: they may share its store."""
    with app.ledger.database.read() as connection:
        ids = [one for one in communes_of(connection) if one != app.ledger.commune_id]
    for commune_id in ids:
        ledger = Ledger.on(
            app.house.database, commune_id, seal=app.house.seal, options=app.house.options
        )
        yield ledger, Renderer(app.channels, app.artifacts, ledger.deliveries.content)


def prune_daily(app: App) -> None:
    """Do so by the settings, at most once a day; a failure is told and tried the next day."""
    days = app.settings.artifacts.keep_days
    if days is None or not _due(app):
        return
    try:
        with suppress(BlockingIOError):  # a backup is being made; tomorrow is early enough
            pruned = prune(app, timedelta(days=days))
            if pruned.artifacts or pruned.other:
                logger.info(
                    _("removed {count} old artifacts, {size:.1f} MB").format(
                        count=pruned.artifacts + pruned.other,
                        size=(pruned.artifact_bytes + pruned.other_bytes) / 1e6,
                    )
                )
        write_atomic(app.workspace / MARK, app.clock.now().isoformat().encode())
    except OSError as error:
        logger.warning(_("old artifacts could not be removed: {reason}").format(reason=error))


def _due(app: App) -> bool:
    mark = app.workspace / MARK
    try:
        last = datetime.fromisoformat(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return app.clock.now() - last >= EVERY
