"""What every voice is to this channel, however it speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from channels.loudspeaker.audio.pcm import Pcm

#: Longest sentence an engine is asked to speak, in characters: some fifteen seconds.
MAX_SENTENCE = 300

#: The engines there are, by the names that settings use; the first one needs nothing else.
ENGINES = ("espeak", "gtts", "piper")


class Cost(StrEnum):
    """What a sentence costs the commune."""

    FREE = "free"
    #: Free, until the far side finds that it was asked too often.
    QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class Traits:
    """What an engine is, whichever of its voices speaks.

    ``online``: every new sentence leaves the machine. ``cacheable``: a sentence may be kept and
    used again. ``at_once``: how many sentences it may be asked for at the same time.
    """

    online: bool
    cost: Cost
    cacheable: bool
    at_once: int


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice. ``language`` is a code (``vi``), ``about`` a word for people (``south``).

    ``rate`` is samples per second of what the engine returns for it.
    """

    name: str
    language: str
    rate: int
    about: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A voice of an engine, as a setting names it.

    ``fingerprint`` names the voice's own files, and is empty where the engine brings its voices
    along: another file is another sound.
    """

    engine: str
    voice: str
    fingerprint: str = ""


class Engine(Protocol):
    """A voice engine. Several threads may use it at the same time."""

    name: str
    traits: Traits

    def voices(self) -> Sequence[Voice]:
        """Return the voices that this engine can speak with here. Asks nobody."""
        ...

    def missing(self) -> str:
        """Say what must be installed before the engine can speak; empty when nothing must."""
        ...

    def identity(self, voice: str) -> str:
        """Name everything that shapes the sound besides the voice's name and the sentence.

        A change to it lets no cached sentence of the old one be used. Raises ChannelError,
        permanent, when the voice does not exist.
        """
        ...

    def say(self, sentence: str, voice: str) -> Pcm:
        """Speak one sentence of spoken Vietnamese: no digits, no abbreviations.

        Returns within the engine's time limit. Raises ChannelError; permanent when trying
        again cannot help: the voice does not exist, a library is missing.
        """
        ...

    def close(self) -> None:
        """Let go of what the engine holds; it may be used again afterwards."""
        ...
