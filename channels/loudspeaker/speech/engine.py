"""What every voice is to this channel, however it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from channels.loudspeaker.audio.pcm import Pcm

#: Longest sentence an engine is asked to speak, in characters: some fifteen seconds.
MAX_SENTENCE = 300


class Engine(Protocol):
    """A voice engine.

    ``identity`` names everything about the engine that shapes its sound, besides the voice
    and the sentence: a change to it lets no cached sentence of the old one be used.
    """

    name: str
    identity: str

    def say(self, sentence: str, voice: str) -> Pcm:
        """Speak one sentence of spoken Vietnamese: no digits, no abbreviations.

        Raises ChannelError; permanent when the voice does not exist.
        """
        ...

    def close(self) -> None:
        """Let go of what the engine holds; it may be used again afterwards."""
        ...
