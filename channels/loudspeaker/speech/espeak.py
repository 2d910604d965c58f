"""espeak-ng: speaks offline, in helper processes that are replaced when they hang or crash."""

from __future__ import annotations

from collections.abc import Sequence

from channels.helping.pool import IDLE_SECONDS, Helpers, cores, helper_command
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.asking import Asked, speaking, spoken
from channels.loudspeaker.speech.engine import Cost, Traits, Voice
from channels.loudspeaker.speech.espeak_helper import VOLUME, WORDS_PER_MINUTE

#: Samples per second of all its voices.
RATE = 22_050

VOICES = (
    Voice("vi-vn-x-south", "vi", RATE, "south"),
    Voice("vi", "vi", RATE, "north"),
    Voice("vi-vn-x-central", "vi", RATE, "central"),
)


class EspeakEngine:
    """espeak-ng behind helper processes, shared by all threads of this process.

    ``time_limit`` is seconds for one sentence (measured: 0.01 s); a helper that takes longer
    is killed. ``helpers`` is how many there are at most.
    """

    name = "espeak"

    def __init__(
        self,
        *,
        time_limit: float = 20.0,
        helpers: int | None = None,
        idle_seconds: float = IDLE_SECONDS,
        command: Sequence[str] = helper_command("channels.loudspeaker.speech.espeak_helper"),
    ) -> None:
        size = helpers or cores()
        self._helpers = Helpers(
            command, size=size, bounds=speaking(time_limit), idle_seconds=idle_seconds
        )
        self.traits = Traits(online=False, cost=Cost.FREE, cacheable=True, at_once=size)

    @property
    def helper_pids(self) -> tuple[int, ...]:
        """The process ids of the helpers that wait for something to say."""
        return self._helpers.pids

    def voices(self) -> Sequence[Voice]:
        """Return the Vietnamese voices; espeak-ng has others, by its own names."""
        return VOICES

    def missing(self) -> str:
        return ""

    def identity(self, voice: str) -> str:
        return f"1.52/{WORDS_PER_MINUTE}wpm/{VOLUME}"

    def say(self, sentence: str, voice: str) -> Pcm:
        request = {"voice": voice, "text": sentence.lower()}
        return spoken(self._helpers, Asked("espeak-ng", voice, sentence, request))

    def close(self) -> None:
        self._helpers.close()
