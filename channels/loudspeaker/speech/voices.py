"""All that speaks in one process: engines by name, made when they are first needed.

Loads no library for sound until something is spoken.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from channels.base import ChannelError
from channels.loudspeaker.speech.engine import ENGINES, Choice, Engine
from channels.loudspeaker.speech.resting import Resting
from channels.loudspeaker.speech.voice_files import VoiceFiles
from engine.errors import LoaError
from engine.i18n import gettext as _

if TYPE_CHECKING:
    from channels.loudspeaker.speech.cache import SpeechCache
    from channels.loudspeaker.speech.chain import Chain, Spoken


@dataclass(frozen=True, slots=True)
class Casting:
    """How the engines are made.

    ``files`` is the folder of voices that are files, ``helpers`` how many helper processes
    each offline engine may have (0: one for each core), ``gtts_address`` what replaces Google's
    own address, ``piper_length`` how much longer than by itself a Piper voice takes.
    """

    files: Path
    helpers: int = 0
    gtts_address: str = ""
    piper_length: float = 1.0


class Voices:
    """The engines of one process, the sentences they spoke, and which of them rest."""

    def __init__(
        self, cache: Path, casting: Casting, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.files = VoiceFiles(casting.files)
        self.cache_folder = cache
        self._casting = casting
        self._resting = Resting(now)
        self._engines: dict[str, Engine] = {}
        self._cache: SpeechCache | None = None
        self._guard = threading.Lock()

    def engine(self, name: str) -> Engine:
        """Return an engine. Raises ChannelError, permanent, for one that there is not."""
        with self._guard:
            if name not in self._engines:
                self._engines[name] = self._made(name)
            return self._engines[name]

    def chosen(self, choice: Choice) -> Choice:
        """Return a choice with its voice's fingerprint, where the voice is a file.

        A voice that is not there has none: whoever speaks says so.
        """
        if choice.engine != "piper":
            return choice
        try:
            return Choice(choice.engine, choice.voice, self.files.fingerprint(choice.voice))
        except LoaError:
            return choice

    def speak(self, sentences: Iterable[str], choices: Sequence[Choice]) -> Spoken:
        """Speak an item with the first of ``choices`` that can. Raises ChannelError."""
        return self._chain().speak(sentences, choices)

    def forget(self, sentences: Iterable[str], choice: Choice) -> None:
        """Let sentences be spoken anew: what was kept of them is not what they say."""
        self._chain().forget(sentences, choice)

    def _chain(self) -> Chain:
        from channels.loudspeaker.speech.cache import SpeechCache
        from channels.loudspeaker.speech.chain import Chain

        with self._guard:
            if self._cache is None:
                self._cache = SpeechCache(self.cache_folder)
        return Chain(self.engine, self._cache, self._resting)

    def close(self) -> None:
        """End the helper processes; they start again when something is spoken."""
        with self._guard:
            engines = tuple(self._engines.values())
        for engine in engines:
            engine.close()

    def _made(self, name: str) -> Engine:
        helpers = self._casting.helpers or None
        if name == "espeak":
            from channels.loudspeaker.speech.espeak import EspeakEngine

            return EspeakEngine(helpers=helpers)
        if name == "gtts":
            from channels.loudspeaker.speech.gtts_engine import GttsEngine

            return GttsEngine(address=self._casting.gtts_address)
        if name == "piper":
            from channels.loudspeaker.speech.piper import PiperEngine

            length = self._casting.piper_length
            return PiperEngine(self.files, length=length, helpers=helpers)
        message = _("there is no voice engine “{name}”; there are: {names}")
        raise ChannelError(message.format(name=name, names=", ".join(ENGINES)), permanent=True)


def own_voices(cache: Path | None) -> Voices:
    """Return voices that keep what they spoke in ``cache``."""
    if cache is None:
        raise ValueError("either voices, or where they keep what they spoke")
    return Voices(cache, Casting(files=cache / "voices"))
