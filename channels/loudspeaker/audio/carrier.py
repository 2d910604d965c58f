"""What carries a sound to a player: encoded passages that join without encoding again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Protocol

from channels.loudspeaker.audio.encoded import Encoded
from channels.loudspeaker.audio.pcm import Samples
from channels.loudspeaker.audio.terms import MEDIA_TYPES, Finish, Format, Tags
from engine.models import File


class Carrier(Protocol):
    """A file format at a rate.

    ``loss`` is by how many dB what is decoded is quieter than what was encoded, ``overshoot``
    by how many its peaks mostly pass what they would be then, at worst.
    """

    media_type: str
    loss: float
    overshoot: float

    def encode(self, blocks: Iterable[Samples]) -> Encoded:
        """Return an encoded passage, without tags, of a sound given stretch by stretch at RATE."""
        ...

    def decode(self, passage: Encoded) -> Iterator[Samples]:
        """Return what a player would hear, stretch by stretch at RATE."""
        ...

    def silence(self, seconds: float) -> Encoded:
        """Return a passage of silence, as near to ``seconds`` as the format can be."""
        ...

    def seconds(self, passage: Encoded) -> float:
        """Return how long an encoded passage plays."""
        ...

    def plays(self, file: File) -> float:
        """Return how many seconds one of Loa's whole files plays. Raises OSError, ValueError."""
        ...

    def file(self, passages: Iterable[Encoded], tags: Tags) -> bytes:
        """Return a whole file: the passages, one after the other, and the tags."""
        ...

    def join(
        self, files: Iterable[BinaryIO], tags: Tags, out: BinaryIO, titles: Sequence[str] = ()
    ) -> tuple[float, ...]:
        """Write whole files as one, without encoding again.

        Return the second at which each begins, and at last the one at which all ends. ``titles``
        of the files make chapters of them; one without a title is none. ``out`` can seek.

        Raises ValueError for a file that is not of this format, or is not whole.
        """
        ...


def carrier_of(finish: Finish) -> Carrier:
    """Return what carries sound of this finish."""
    if finish.format is Format.WAV:
        from channels.loudspeaker.audio.wav import Wav

        return Wav(finish.rate)
    from channels.loudspeaker.audio.mp3 import Mp3

    return Mp3(finish.rate, finish.kbits)


def plays(file: File) -> float:
    """Return how many seconds a file of this channel's plays. Raises OSError, ValueError."""
    wav = file.media_type == MEDIA_TYPES[Format.WAV]
    return carrier_of(Finish(format=Format.WAV if wav else Format.MP3)).plays(file)
