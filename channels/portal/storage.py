"""The site's folder: one writer at a time, and faults in clear words."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from channels.base import ChannelError
from channels.disk import refused
from engine.files import is_mount
from engine.i18n import gettext as _

#: How often a waiting delivery looks whether the site is free, in seconds.
_LOOK = 0.05


@contextmanager
def site_lock(root: Path, patience: timedelta) -> Iterator[None]:
    """Hold the site alone, across threads and processes; a killed holder lets go by itself.

    The lock lies beside the site, whose folder is another one after each publication. Raises
    ChannelError (temporary) if another delivery holds it for longer than ``patience``, and
    permanent where the folder is a mount point: two folders could never change places there.
    """
    root.parent.mkdir(parents=True, exist_ok=True)
    if is_mount(root):
        raise ChannelError(mounted_message(root), permanent=True)
    deadline = time.monotonic() + patience.total_seconds()
    with root.with_name(f".{root.name}.lock").open("ab") as handle:
        while not _taken(handle.fileno()):
            if time.monotonic() >= deadline:
                raise ChannelError(_("another delivery is still writing the portal"))
            time.sleep(_LOOK)
        yield


def mounted_message(root: Path) -> str:
    """Say what to do about a site's folder on which something is mounted."""
    message = _(
        "{path} is a mount point, and the portal is published by exchanging that folder: mount"
        " {parent} (or the workspace) instead, and let the web server show {path}"
    )
    return message.format(path=root, parent=root.parent)


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
