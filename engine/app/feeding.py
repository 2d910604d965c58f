"""The port through which programmes reach players that fetch them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.artifacts import ArtifactStore
from engine.artifacts.sounds import keep_sound
from engine.clock import Clock
from engine.errors import ChannelError, LoaError
from engine.ledger import Ledger
from engine.ledger.players import Doors
from engine.models import File
from engine.models.airing import Cancel, Programme


@dataclass(frozen=True, slots=True)
class LedgerFeed:
    """One commune's feed: sounds in the artifact store, what is said in the ledger."""

    ledger: Ledger
    artifacts: ArtifactStore
    clock: Clock

    def publish(self, message: Programme | Cancel, sounds: Sequence[File]) -> int:
        """Keep the sounds, then publish: what is listed can be fetched. Raises ChannelError."""
        for file in sounds:
            keep_sound(self.artifacts, file)
        try:
            return self.ledger.programmes.publish(message, self.clock.now())
        except LoaError as error:
            raise ChannelError(str(error)) from error

    def has_listeners(self) -> bool:
        """Of the house, which is no commune, any commune's player counts."""
        commune_id = self.ledger.commune_id
        return Doors(self.ledger.database, commune_id or None).any_listens()


class NoFeed:
    """For channels that send nothing: nothing is published."""

    def publish(self, message: Programme | Cancel, sounds: Sequence[File]) -> int:
        raise AssertionError(f"something was published: {message} {sounds}")

    def has_listeners(self) -> bool:
        return False
