"""A bounded folder for what was fetched from an object store; a machine's processes share it."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import TypeVar

from engine.artifacts.folder import FolderStore
from engine.artifacts.store import Stored
from engine.models import Rendered

Where = TypeVar("Where")

#: What was used so lately is not dropped: a bundle that is being sent may still read it.
IN_USE = timedelta(minutes=15)

#: Uses are noted this often: exact enough to tell the oldest.
_NOTE_EVERY = timedelta(minutes=1)

#: Dropping goes on below the limit by this part, so that it is seldom.
_ROOM = 0.1


class Cache:
    """Files by key, at most ``limit`` bytes of them beside those used in the last 15 minutes.

    What was not used for longest goes first.
    """

    def __init__(self, root: Path, limit: int, now: Callable[[], float] = time.time) -> None:
        self._root = root
        self._limit = limit
        self._now = now
        self._folder = FolderStore(root, note_use_every=_NOTE_EVERY, now=now)
        self._guard = threading.Lock()
        #: Bytes put here since this process last looked how much there is.
        self._since = limit

    def get(self, key: str) -> Stored | None:
        """Return what is here under ``key``. Raises OSError."""
        return self._folder.get(key)

    def attachment(self, sha256: str) -> Path | None:
        """Return where an attachment lies. Raises OSError."""
        return self._folder.find_attachment(sha256)

    def put(self, key: str, rendered: Rendered) -> Stored:
        """Keep an artifact. Raises OSError: a full disk that dropping all it may does not help."""
        return self._kept(len(rendered.data), lambda: self._folder.put(key, rendered))

    def put_attachment(self, sha256: str, data: bytes) -> Path:
        """Keep an attachment. Raises OSError as ``put`` does."""
        return self._kept(len(data), lambda: self._folder.put_attachment(sha256, data))

    def remove(self, key: str) -> None:
        """Remove what is here under ``key``. Raises OSError."""
        self._folder.remove(key)

    def tidy(self) -> None:
        """Remove what killed processes left, and what is too much."""
        self._folder.tidy()
        self._drop(self._limit)

    def check(self) -> None:
        """Write and read a trial. Raises OSError."""
        self._folder.check()

    def _kept(self, size: int, put: Callable[[], Where]) -> Where:
        try:
            where = put()
        except OSError as error:
            if error.errno not in (ENOSPC, EDQUOT):
                raise
            self._drop(0)
            where = put()
        with self._guard:
            self._since += size
            look = self._since > self._limit * _ROOM
        if look:
            self._drop(self._limit)
        return where

    def _drop(self, limit: int) -> None:
        """Drop the oldest until ``limit`` is kept, unless another process is about it."""
        self._root.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._root / ".dropping", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            self._drop_alone(limit)
        finally:
            os.close(handle)

    def _drop_alone(self, limit: int) -> None:
        kept = sorted(self._folder.entries(), key=lambda entry: entry.used_at)
        size = sum(entry.size for entry in kept)
        if size > limit:
            oldest = self._now() - IN_USE.total_seconds()
            for entry in kept:
                if size <= limit * (1 - _ROOM) or entry.used_at.timestamp() >= oldest:
                    break
                self._folder.remove(entry.key)
                size -= entry.size
        with self._guard:
            self._since = 0
