"""The commune's own registry file, watched while Loa runs."""

from __future__ import annotations

import hashlib
import logging
import threading
from datetime import datetime
from pathlib import Path

from campaigns.registry_file import load_registry
from engine.app.opening import REGISTRY_FILE, App
from engine.app.players import known_players
from engine.errors import LoaError
from engine.i18n import gettext as _

logger = logging.getLogger(__name__)


class RegistryFile:
    """``commune.yaml`` of one opened commune; what is changed in it goes into the ledger."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._path: Path = app.house.workspace / REGISTRY_FILE
        self._seen: tuple[int, int] | None = None
        self._looking = threading.Lock()

    def look(self, now: datetime) -> None:
        """Keep what the file says, if it was changed, as a new revision of the registry.

        A file that is gone changes nothing; one with faults neither, and that is told once. When
        this returns, whoever else looks meanwhile waits for it: nobody goes by what was before.
        """
        with self._looking:
            before = self._seen
            try:
                self._look(now)
            except BaseException:  # the ledger's, or an interrupt: what it says is still to be kept
                self._seen = before
                raise

    def _look(self, now: datetime) -> None:
        try:
            there = self._path.stat()
            seen = (there.st_mtime_ns, there.st_size)
            if seen == self._seen:
                return
            self._seen = seen
            self._take_over(now)
        except FileNotFoundError:  # a province's workspace has none; its registries are imported
            return
        except (OSError, LoaError) as error:
            words = _("{file} cannot be used as it is now; what it said before holds: {why}")
            logger.warning(words.format(file=REGISTRY_FILE, why=error))

    def _take_over(self, now: datetime) -> None:
        registries = self._app.ledger.registries
        if registries.is_newest(hashlib.sha256(self._path.read_bytes()).hexdigest()):
            return
        loaded = load_registry(self._path, known_players(self._app.settings))
        if loaded.registry.commune.id != self._app.ledger.commune_id:
            message = _("it is the registry of another commune: {commune}")
            raise LoaError(message.format(commune=loaded.registry.commune.id))
        registries.save(loaded.registry, loaded.sha256, now)
