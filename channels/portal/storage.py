"""The site's folder: one writer at a time, files that go public together, faults in clear words."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from channels.base import ChannelError
from channels.disk import refused
from engine.i18n import gettext as _

#: How often a waiting delivery looks whether the site is free, in seconds.
_LOOK = 0.05


@contextmanager
def site_lock(root: Path, patience: timedelta) -> Iterator[None]:
    """Hold the site alone, across threads and processes; a killed holder lets go by itself.

    Raises ChannelError (temporary) if another delivery holds it for longer than ``patience``.
    """
    root.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience.total_seconds()
    with (root / ".lock").open("ab") as handle:
        while not _taken(handle.fileno()):
            if time.monotonic() >= deadline:
                raise ChannelError(_("another delivery is still writing the portal"))
            time.sleep(_LOOK)
        yield


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def clear_faults(root: Path) -> Iterator[None]:
    """Turn what the file system says into a temporary ChannelError that a person understands."""
    try:
        yield
    except OSError as fault:
        raise refused(fault, fault.filename or root) from fault


def write_durably(path: Path, data: bytes) -> None:
    """Write a new file and have it on the disk."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


class Publication:
    """Files that go public together.

    Every file is first written beside its place under a hidden name; only when all are on
    the disk are they renamed, in the order in which they came. So a full disk changes
    nothing, and a power cut in the middle leaves each file old or new, never half.
    """

    def __init__(self, root: Path, write: Callable[[Path, bytes], None] = write_durably) -> None:
        self._root = root
        self._write = write
        self._staged: list[tuple[Path, Path]] = []

    def __enter__(self) -> Publication:
        return self

    def put(self, name: str, data: bytes) -> None:
        """Stage ``data`` as the file ``name`` of the site, unless it holds just that already."""
        path = self._root / name
        if _holds(path, data):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.tmp")
        self._staged.append((temporary, path))
        self._write(temporary, data)

    def commit(self) -> None:
        """Make everything public."""
        folders = {path.parent: None for _temporary, path in self._staged}
        while self._staged:
            temporary, path = self._staged[0]
            temporary.replace(path)
            del self._staged[0]
        for folder in folders:
            _sync(folder)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for temporary, _path in self._staged:
            temporary.unlink(missing_ok=True)
            with suppress(OSError):  # a folder that holds anything else stays
                temporary.parent.rmdir()


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    """Make the renames in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
