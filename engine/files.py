"""Writing so that a reader sees the old bytes or the new ones, never half."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

#: Held in a workspace while a backup of it is made, or old artifacts are removed.
BACKUP_LOCK = ".loa-backup.lock"


def write_atomic(path: Path, data: bytes | Iterable[bytes], *, durable: bool = True) -> None:
    """Put ``data`` at ``path`` all at once, durably: temporary file, fsync, rename.

    Great files come in pieces. Not ``durable``: a power cut may lose or spoil it, so it must be
    provable and can be made again. Parents are made. Raises OSError (full disk, no permission …)
    and what giving the pieces raises, leaving what was there before and no temporary file.
    """
    if path.exists() and not path.is_file():
        # A rename would put a file in the place of a folder's or a device's name.
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.writelines((data,) if isinstance(data, bytes) else data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files that a killed process left below ``folder``."""
    for leftover in folder.rglob(".*.tmp"):
        leftover.unlink(missing_ok=True)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold ``lock`` alone; it dies with the process, however that dies.

    Raises BlockingIOError when another holds it, OSError when it cannot be made.
    """
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


#: Where Linux lists what is mounted; the fifth word of a line is the folder.
MOUNTS = Path("/proc/self/mountinfo")


def is_mount(folder: Path) -> bool:
    """Say whether something is mounted on this very folder, be it of the same disk.

    Such a folder cannot be renamed. Where the system keeps no list only other disks are seen.
    """
    if folder.is_mount():
        return True
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False
    mounted = {line.split(" ", 5)[4] for line in lines if line.count(" ") > 4}
    # Blanks and backslashes are written as octal numbers there (proc(5)).
    named = "".join(f"\\{ord(c):03o}" if c in " \t\n\\" else c for c in str(folder.resolve()))
    return named in mounted
