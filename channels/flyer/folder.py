"""The flyers' backend: a folder from which the print point prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from channels.disk import refused
from engine.files import write_atomic
from engine.models import Artifact, Bundle, Receipt


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

        The receipt's reference is the folder that holds the run, within the outbox. Raises a
        temporary ChannelError when the disk is full, closed to us, or failing.
        """
        for file in artifact.files:
            try:
                self._write(self._outbox / file.name, file.read())
            except OSError as error:
                raise refused(error, self._outbox / file.name) from error
        return Receipt(_common_folder(artifact), {"files": str(len(artifact.files))})


def _common_folder(artifact: Artifact) -> str:
    """Return the deepest folder that holds all files: the run's, or the day's if several ran."""
    folders = {file.name.rpartition("/")[0] for file in artifact.files}
    return folders.pop() if len(folders) == 1 else min(folders).rpartition("/")[0]
