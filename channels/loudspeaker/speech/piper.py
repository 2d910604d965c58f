"""Piper: neural voices from files, offline, in helper processes. Needs the extra ``piper``."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from channels.base import ChannelError
from channels.helping.pool import IDLE_SECONDS, Helpers, cores, helper_command
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.asking import Asked, speaking, spoken
from channels.loudspeaker.speech.engine import Cost, Traits, Voice
from channels.loudspeaker.speech.voice_files import VoiceFile, VoiceFiles, split
from engine.errors import LoaError
from engine.i18n import gettext as _


class PiperEngine:
    """Piper behind helper processes, shared by all threads of this process.

    ``time_limit`` is seconds for one sentence, loading the voice included (measured: 0.6 s to
    load, 1 s for a sentence of 15 s). ``length`` stretches speech: 1.2 takes a fifth longer.
    A voice is named by its file, ``vi_VN-vais1000-medium``; ``#3`` behind it names a speaker.
    """

    name = "piper"

    def __init__(
        self,
        files: VoiceFiles,
        *,
        length: float = 1.0,
        time_limit: float = 60.0,
        helpers: int | None = None,
        idle_seconds: float = IDLE_SECONDS,
        command: Sequence[str] = helper_command("channels.loudspeaker.speech.piper_helper"),
    ) -> None:
        size = helpers or cores()
        self._files = files
        self._length = length
        self._helpers = Helpers(
            command, size=size, bounds=speaking(time_limit), idle_seconds=idle_seconds
        )
        self.traits = Traits(online=False, cost=Cost.FREE, cacheable=True, at_once=size)

    @property
    def helper_pids(self) -> tuple[int, ...]:
        """The process ids of the helpers that wait for something to say."""
        return self._helpers.pids

    def voices(self) -> Sequence[Voice]:
        return tuple(file.voice for file in self._files.found())

    def missing(self) -> str:
        try:
            _library()
        except ChannelError as error:
            return str(error)
        return ""

    def identity(self, voice: str) -> str:
        return f"{_library()}/{self._found(voice)[1]}/{self._length:g}"

    def say(self, sentence: str, voice: str) -> Pcm:
        _library()
        file, fingerprint = self._found(voice)
        speaker = split(voice)[1]
        request = {
            "model": str(file.model),
            "config": str(file.config),
            "fingerprint": fingerprint,
            "speaker": "" if speaker is None else str(speaker),
            "length": f"{self._length:g}",
            # Capitals would be spelled; and what stands in [[ ]] is read as phonemes.
            "text": sentence.lower().replace("[[", " ").replace("]]", " "),
        }
        return spoken(self._helpers, Asked("Piper", voice, sentence, request, fingerprint))

    def close(self) -> None:
        self._helpers.close()

    def _found(self, voice: str) -> tuple[VoiceFile, str]:
        """Return a voice's files and their fingerprint. Raises ChannelError, permanent."""
        try:
            return self._files.named(voice), self._files.fingerprint(voice)
        except LoaError as error:
            raise ChannelError(str(error), permanent=True) from error


def _library() -> str:
    """Return which Piper is installed. Raises ChannelError, permanent, when none is."""
    try:
        return version("piper-tts")
    except PackageNotFoundError as error:
        message = _("Piper is not installed here: pip install piper-tts")
        raise ChannelError(message, permanent=True) from error
