"""Sounds by the hash of their bytes: what players fetch, from wherever they were made.

A player knows a sound by its SHA-256 alone, and whoever answers it may be another machine than
the one that made it. They lie in the store beside what was rendered, and go as that does.
"""

from __future__ import annotations

import hashlib

from engine.artifacts.store import ArtifactStore, Stored
from engine.errors import ChannelError
from engine.i18n import gettext as _
from engine.models import File, Rendered, digest


def keep_sound(store: ArtifactStore, file: File) -> None:
    """Let a sound be found by its hash. Raises OSError, ChannelError when it is damaged."""

    def whole() -> Rendered:
        data = file.read()
        if hashlib.sha256(data).hexdigest() != file.sha256:
            message = _("{name} is damaged in the store of artifacts")
            raise ChannelError(message.format(name=file.name), permanent=True)
        return Rendered(data, file.media_type)

    store.make(_key(file.sha256), whole)


def find_sound(store: ArtifactStore, sha256: str) -> Stored | None:
    """Return a sound that was kept; None when it is gone. Raises OSError."""
    return store.get(_key(sha256))


def _key(sha256: str) -> str:
    return digest("a player's sound", sha256)
