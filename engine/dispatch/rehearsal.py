"""Rehearsal: what a networked backend would send, written to a place apart."""

from __future__ import annotations

from pathlib import Path

from engine.files import write_atomic
from engine.models import Artifact, Bundle


class Rehearsal:
    """Writes bundles to a folder instead of sending them; no state changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, artifact: Artifact, bundle: Bundle) -> str:
        """Write every file of ``artifact``; return the folder. Raises OSError."""
        place = (
            self._folder
            / bundle.channel
            / bundle.backend
            / bundle.target
            / f"{bundle.id}-v{bundle.version}"
        )
        for file in artifact.files:
            write_atomic(place / file.name, file.read())
        return str(place.relative_to(self._folder.parent))
