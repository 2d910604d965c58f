"""The flyers' backend: a folder from which the print point prints."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

from channels.base import ChannelError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Receipt

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class FolderBackend:
    """Puts print runs below ``outbox``. The same bundle again leaves the same files."""

    name = "folder"
    idempotent = True
    networked = False

    def __init__(self, outbox: Path, write: Callable[[Path, bytes], None] = write_atomic) -> None:
        self._outbox = outbox
        self._write = write

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Write every file in the artifact's order, each whole or not at all.

        The receipt's reference is the folder that holds the run. Raises a temporary
        ChannelError when the disk is full, closed to us, or failing.
        """
        for file in artifact.files:
            try:
                self._write(self._outbox / file.name, file.read())
            except OSError as error:
                raise ChannelError(_in_words(error, self._outbox / file.name)) from error
        run = self._outbox / _common_folder(artifact)
        return Receipt(str(run), {"files": str(len(artifact.files))})


def _common_folder(artifact: Artifact) -> str:
    """Return the deepest folder that holds all files: the run's, or the day's if several ran."""
    folders = {file.name.rpartition("/")[0] for file in artifact.files}
    return folders.pop() if len(folders) == 1 else min(folders).rpartition("/")[0]


def _in_words(error: OSError, path: Path) -> str:
    if error.errno in _FULL:
        return _("the disk is full: {path} was not written").format(path=path)
    if error.errno in _FORBIDDEN:
        return _("no permission to write {path}").format(path=path)
    return _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror or error)
