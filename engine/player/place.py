"""The folder in which a player keeps all it knows, and the room kept free for its log."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import LoaError
from engine.files import alone, remove_leftovers
from engine.i18n import gettext as _

#: What a disk answers when nothing more goes onto it.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

#: Bytes kept free for the log: some 2,000 plays, a month of a busy station.
RESERVE = 1024 * 1024


class Place:
    """Where a player's things lie; all of them below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.identity = root / "identity.json"
        self.programmes = root / "programmes"
        self.sounds = root / "sounds"
        self.journal = root / "journal.jsonl"
        self.marks = root / "marks.json"
        self.index = root / "index.json"
        self.clock = root / "clock.json"
        self.status = root / "status.json"
        self.reserve = root / "reserve"
        self.lock = root / ".lock"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder alone. Raises LoaError where another agent does, OSError."""
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with alone(self.lock):
                remove_leftovers(self.root)
                yield
        except BlockingIOError:
            message = _("{folder}: another player runs here; one folder is for one player")
            raise LoaError(message.format(folder=self.root)) from None

    def in_use(self) -> bool:
        """Say whether an agent holds the folder now."""
        if not self.lock.exists():
            return False
        try:
            with alone(self.lock):
                return False
        except BlockingIOError:
            return True


class Reserve:
    """A file that holds room on the disk, and gives way to the log when nothing else is left."""

    def __init__(self, path: Path, size: int = RESERVE) -> None:
        self._path = path
        self._size = size

    def keep(self) -> bool:
        """Take the room, unless it is taken; False where the disk is too full for it."""
        if self._path.exists() and self._path.stat().st_size == self._size:
            return True
        try:
            with self._path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self._size)
        except OSError:
            self.spend()
            return False
        return True

    def spend(self) -> None:
        """Give the room away."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def free_bytes(folder: Path) -> int:
    """Return how many bytes a user may still write below ``folder``. Raises OSError."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
