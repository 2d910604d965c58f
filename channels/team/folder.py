"""The teams' backend: a folder of visit sheets for each team, to print and take along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from channels.base import ChannelError
from channels.disk import refused
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Receipt


class SheetFolder:
    """Lays sheets below ``outbox``, in the team's folder. The same bundle again changes nothing."""

    name = "folder"
    idempotent = True
    networked = False

    def __init__(self, outbox: Path, write: Callable[[Path, bytes], None] = write_atomic) -> None:
        self._outbox = outbox
        self._write = write

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Write every sheet, whole or not at all. Raises ChannelError."""
        folder = self._outbox / bundle.target
        if folder.parent != self._outbox or not folder.name.strip("."):
            raise ChannelError(_("{id} is no id").format(id=bundle.target), permanent=True)
        for file in artifact.files:
            try:
                self._write(folder / file.name, file.read())
            except OSError as error:
                raise refused(error, folder / file.name) from error
        return Receipt(f"{bundle.target}/{artifact.files[0].name}")
