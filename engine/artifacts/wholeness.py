"""Whether a file on a disk still holds what was put there."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

#: How many files are remembered as whole; one takes about 300 bytes.
REMEMBERED = 20_000


class Wholeness:
    """Checks files against their SHA-256: once per process, and again after any change.

    Each use is noted in the file's time of change, at most once in ``note_every`` seconds;
    that is how what nobody uses any more is told from what is in use.
    """

    def __init__(self, note_every: float, now: Callable[[], float] = time.time) -> None:
        self._note_every = note_every
        self._now = now
        self._guard = threading.Lock()
        self._known: OrderedDict[Path, tuple[int, ...]] = OrderedDict()

    def holds(self, path: Path, sha256: str, size: int | None = None) -> bool:
        """Say whether ``path`` holds bytes of that hash, and note its use. Raises OSError."""
        try:
            found = path.stat()
            if size is not None and found.st_size != size:
                return False
            if not self._knows(path, found) and _sha256(path) != sha256:
                return False
            if abs(self._now() - found.st_mtime) >= self._note_every:
                found = self._used(path, found)
        except FileNotFoundError:
            return False
        self._remember(path, found)
        return True

    def put(self, path: Path) -> None:
        """Remember a file that this process has just written."""
        with suppress(FileNotFoundError):
            self._remember(path, path.stat())

    def _used(self, path: Path, found: os.stat_result) -> os.stat_result:
        # What lies on a read-only disk serves as well; nobody tidies it up either.
        with suppress(OSError):
            os.utime(path, (self._now(), self._now()))
            return path.stat()
        return found

    def _knows(self, path: Path, found: os.stat_result) -> bool:
        with self._guard:
            return self._known.get(path) == _signature(found)

    def _remember(self, path: Path, found: os.stat_result) -> None:
        with self._guard:
            self._known[path] = _signature(found)
            self._known.move_to_end(path)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)


def _signature(found: os.stat_result) -> tuple[int, ...]:
    return found.st_size, found.st_mtime_ns, found.st_ino


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
