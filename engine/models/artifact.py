"""Bytes made from content, and what holds them on the way out."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from engine.models.content import Content
from engine.models.registry import Hamlet


@dataclass(frozen=True, slots=True)
class File:
    """Named bytes: in the artifact store (a path) or small and in memory.

    ``name`` is made from ids alone, never from text; it may contain ``/``.
    """

    name: str
    media_type: str
    sha256: str
    size: int
    source: Path | bytes

    @classmethod
    def of_bytes(cls, name: str, media_type: str, data: bytes) -> File:
        return cls(name, media_type, hashlib.sha256(data).hexdigest(), len(data), data)

    def read(self) -> bytes:
        """Return the bytes. Raises OSError when the store cannot be read."""
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()

    def opened(self) -> BinaryIO:
        """Return the bytes as a stream that is to be closed. Raises OSError."""
        return io.BytesIO(self.source) if isinstance(self.source, bytes) else self.source.open("rb")

    def renamed(self, name: str) -> File:
        return File(name, self.media_type, self.sha256, self.size, self.source)

    def identity(self) -> dict[str, str]:
        """A file is what it contains: where it lies and what it is called shape no hash."""
        return {"media_type": self.media_type, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What rendering one Inputs gave.

    ``remarks`` say what a person should know about how it was made (a voice that had to be
    replaced, and why); they are kept with the artifact and shown with each delivery. ``proof``
    holds the figures that a channel which proves what it makes has measured; empty elsewhere.
    """

    data: bytes
    media_type: str
    remarks: tuple[str, ...] = ()
    proof: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One delivery's part in a bundle: its rendered file, and the files it needed of others.

    ``attachments`` says where the bytes of the content's attachments lie, by SHA-256. ``since``
    is when its campaign was first approved; None when it is not.
    """

    delivery_id: int
    hamlet: Hamlet
    content: Content
    file: File
    needs: Mapping[str, File] = field(default_factory=dict)
    attachments: Mapping[str, Path] = field(default_factory=dict)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Airing:
    """What is heard of a bundle, where it is heard: how long it lasts, in seconds, and its items.

    ``sounds`` are the items' seconds by the SHA-256 of their sounds.
    """

    seconds: float
    sounds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a bundle sends: files whose names are relative to whatever place the target is.

    ``remarks`` say what a person should know about how they were put together. ``airing``
    is None where nothing is heard.
    """

    files: tuple[File, ...]
    remarks: tuple[str, ...] = ()
    airing: Airing | None = None

    def named(self, name: str) -> File:
        """Return one file. Raises KeyError if the artifact has none of that name."""
        for file in self.files:
            if file.name == name:
                return file
        raise KeyError(name)
