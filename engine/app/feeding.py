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
from engine.models.envelope import Envelope


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

    def sign(self, payload: bytes) -> Envelope:
        """Sign with the newest key of the commune. Raises ChannelError."""
        try:
            public = self.ledger.player_keys.current(self.clock.now())
            return self.ledger.player_keys.get(public.id).sign_bytes(payload)
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

    def sign(self, payload: bytes) -> Envelope:
        raise AssertionError(f"something was signed: {payload!r}")

    def has_listeners(self) -> bool:
        return False
