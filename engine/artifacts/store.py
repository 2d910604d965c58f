"""What an artifact store is, wherever its bytes lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from engine.models import File, Rendered

_DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Stored:
    """A rendered file in the store, what was remarked while it was made, and its proof."""

    file: File
    remarks: tuple[str, ...]
    proof: Mapping[str, float] = field(default_factory=dict)


class Kind(StrEnum):
    """What is kept: what can be rendered again, and what cannot be had again."""

    ARTIFACT = "artifact"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a store keeps.

    ``size`` is in bytes, as stored. ``used_at`` is the last use that the store knows of: to
    within a day for a folder; an object store knows only when the thing was put there.
    """

    key: str
    kind: Kind
    size: int
    used_at: datetime


class ArtifactStore(Protocol):
    """Rendered files and attachments, shared by threads, processes and machines.

    What is there is there whole: never half-written, cut or damaged. Two that make the same
    key at once do no harm. A failure is an OSError whose words a person can use, and trying
    again may help; what can never help is a permanent ChannelError. A file that was returned
    stays readable for as long as a bundle takes.
    """

    #: How many artifacts this process has rendered (the rest were found).
    rendered: int

    def get(self, key: str) -> Stored | None:
        """Return what is stored under ``key``; None when it is missing or damaged."""
        ...

    def make(self, key: str, render: Callable[[], Rendered]) -> Stored:
        """Return what is stored under ``key``, rendering it first if need be.

        Threads that want the same key wait for the one that makes it. Raises what ``render``
        raises, and OSError when the store cannot be read or written.
        """
        ...

    def keep_attachment(self, sha256: str, source: Path) -> None:
        """Copy an attachment into the store under the hash of its bytes.

        Raises ValueError when the file no longer has that hash, OSError.
        """
        ...

    def attachment(self, sha256: str) -> Path:
        """Return where an attachment lies. Raises ChannelError when it is gone, OSError."""
        ...

    def entries(self) -> Iterator[Entry]:
        """Go through all that is kept, in no order, holding little of it in memory at a time."""
        ...

    def remove(self, key: str) -> None:
        """Remove what is kept under ``key``; nothing there is no error. Raises OSError.

        An artifact that is still needed is rendered again. An attachment is gone for good.
        """
        ...

    def tidy(self) -> None:
        """Remove what killed processes left half-written. Safe while others write."""
        ...

    def check(self) -> None:
        """Write, read and remove a trial. Raises OSError, in words, when that cannot be done."""
        ...


def checked_key(key: str) -> str:
    """Return ``key`` if it can name something in a store: 64 hexadecimal digits. ValueError."""
    if not (len(key) == 64 and _DIGITS.issuperset(key)):
        raise ValueError(f"not an artifact key: {key!r}")
    return key
