"""The port through which programmes reach players that fetch them; engine.app hands it in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.models import File
from engine.models.airing import Cancel, Programme
from engine.models.envelope import Envelope


class Feed(Protocol):
    """Where programmes are published, signed, for players that fetch them by themselves."""

    def publish(self, message: Programme | Cancel, sounds: Sequence[File]) -> int:
        """Publish what one cluster plays in one slot, or not; return the sequence it has.

        Its ``sequence`` and ``made_at`` are given here. Saying the same again changes nothing.
        Raises ChannelError, OSError.
        """
        ...

    def sign(self, payload: bytes) -> Envelope:
        """Sign bytes with the commune's key, for those who get them by another way.

        Raises ChannelError when that key cannot be opened.
        """
        ...

    def has_listeners(self) -> bool:
        """Say whether any player may fetch what is published."""
        ...
