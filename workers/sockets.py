"""A folder for the sockets of one supervisor's processes, which goes when the supervisor goes.

Whoever made a folder holds a lock on it, which the machine takes away when he dies, however
that comes; no number of a process is looked at, so none can be somebody else's by now.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "loa-worker-"


@contextmanager
def sockets_folder() -> Iterator[Path]:
    """Make a folder that only this user can open, and remove those whose makers are dead."""
    remove_orphans()
    folder, lock = _made()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_orphans() -> None:
    """Remove the folders of this user that nobody holds any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        lock = _locked(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _made() -> tuple[Path, int]:
    """Make a folder and lock it; one that another has removed before the lock is made anew."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = _locked(folder)
        if lock is None:
            continue
        if folder.is_dir() and os.path.samestat(folder.stat(), os.fstat(lock)):
            return folder, lock
        os.close(lock)


def _locked(folder: Path) -> int | None:
    """Lock a folder of this user's; None for another's, a link, or one that somebody holds."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        if os.fstat(lock).st_uid == os.getuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
    except BlockingIOError:
        pass
    os.close(lock)
    return None
