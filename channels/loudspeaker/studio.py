"""Where an item becomes an MP3: spoken or recorded, joined, mastered, tagged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from channels.base import ChannelError
from channels.loudspeaker.audio import mp3
from channels.loudspeaker.audio.mastering import master
from channels.loudspeaker.audio.pcm import RATE, Pcm, Samples, silence
from channels.loudspeaker.audio.recording import read_recording
from channels.loudspeaker.audio.terms import MAX_SECONDS, Tags
from channels.loudspeaker.inputs import RecordingInputs, SpeechInputs
from channels.loudspeaker.proof.limits import ProofLimits
from channels.loudspeaker.proof.proving import ProofError, Prover, Said
from channels.loudspeaker.script import MARGIN, REPEAT_PAUSE, Line, readings
from channels.loudspeaker.speech.cache import SpeechCache
from channels.loudspeaker.speech.engine import Engine
from channels.loudspeaker.speech.espeak import EspeakEngine
from channels.loudspeaker.wording import too_long
from engine.i18n import gettext as _
from engine.models import Rendered

#: The engine that is always there, and speaks when another one cannot.
FALLBACK = "espeak"


class Studio:
    """Voices by name, and the sentences they have spoken before."""

    def __init__(self, cache: SpeechCache, limits: ProofLimits | None = None) -> None:
        """``limits``: what the proof of every item accepts."""
        self._cache = cache
        self.prover = Prover(limits or ProofLimits())
        self._engines: dict[str, Engine] = {FALLBACK: EspeakEngine()}

    def close(self) -> None:
        """End the helper processes; the studio starts them again if it is used again."""
        for engine in self._engines.values():
            engine.close()

    def speech(self, inputs: SpeechInputs) -> Rendered:
        """Speak an item, all of it in one voice; a remark says when it is not the chosen one.

        Raises ChannelError; ProofError when the file does not hold every word.
        """
        said, remarks = self.said(inputs)
        try:
            return self._proved(said, inputs, remarks)
        except ProofError:
            # Whoever tries again gets every sentence spoken anew.
            self._forget(said.spoken, said.engine, said.voice)
            raise

    def said(self, inputs: SpeechInputs) -> tuple[Said, tuple[str, ...]]:
        """Return what is said, and a remark when it is not the chosen voice that says it.

        Raises ChannelError.
        """
        if not inputs.sentences:
            raise ChannelError(_("There is nothing to say in this text."), permanent=True)
        lines = tuple(readings(inputs.sentences, inputs.repeat))
        remarks: tuple[str, ...] = ()
        engine = inputs.engine
        try:
            spoken = self._speak(lines, engine, inputs.voice)
        except ChannelError as error:
            if engine == FALLBACK:
                raise
            remarks, engine = (_replaced(engine, str(error)),), FALLBACK
            spoken = self._speak(lines, engine, inputs.voice)
        return Said(lines, spoken, spoken, engine, inputs.voice, inputs.text), remarks

    def recording(self, inputs: RecordingInputs) -> Rendered:
        """Bring a recording to the station's loudness. Raises ChannelError, ProofError."""
        # The store hands out paths; only small artifacts of Loa's own are held in memory.
        assert isinstance(inputs.recording.source, Path)
        recorded = read_recording(inputs.recording.source)
        pause = silence(REPEAT_PAUSE)
        again = [part for _time in range(inputs.repeat - 1) for part in (pause, recorded)]
        sound = _joined([recorded, *again])
        seconds = len(sound) / RATE
        rendered = _finished(sound, inputs.loudness, inputs.tags)
        return replace(rendered, proof=self.prover.recording(rendered.data, seconds))

    def _proved(self, said: Said, inputs: SpeechInputs, remarks: tuple[str, ...]) -> Rendered:
        """Join, master and prove; the witness speaks meanwhile."""
        asked = tuple(said.spoken) if said.witnessed else ()
        with self.prover.asking(asked, said.voice) as accounts:
            sound = _joined(_with_pauses(said.lines, said.sounds))
            rendered = _finished(sound, inputs.loudness, inputs.tags, remarks)
            del sound
            proof = self.prover.speech(said, rendered.data, accounts.result())
        return replace(rendered, proof=proof)

    def _speak(self, lines: Iterable[Line], engine_name: str, voice: str) -> dict[str, Pcm]:
        """Return the sound of every distinct sentence."""
        engine = self._engine(engine_name)
        spoken: dict[str, Pcm] = {}
        for text in dict.fromkeys(line.text for line in lines):
            identity = (engine.name, engine.identity, voice, text)
            spoken[text] = self._cache.sentence(partial(engine.say, text, voice), *identity)
        return spoken

    def _forget(self, texts: Iterable[str], engine_name: str, voice: str) -> None:
        engine = self._engine(engine_name)
        for text in texts:
            self._cache.forget(engine.name, engine.identity, voice, text)

    def _engine(self, name: str) -> Engine:
        if name == "gtts" and name not in self._engines:
            # Loads httpx and requests: for those who chose it.
            from channels.loudspeaker.speech.gtts_engine import GttsEngine

            self._engines[name] = GttsEngine()
        return self._engines[name]


def _with_pauses(lines: Iterable[Line], spoken: Mapping[str, Pcm]) -> Iterator[Samples]:
    for line in lines:
        yield spoken[line.text].at_output_rate()
        yield silence(line.pause)


def _joined(parts: Iterable[Samples]) -> Samples:
    """Join parts, with a margin around. Raises ChannelError, permanent, when it gets too long.

    They are gathered in one growing block, so that the whole is never held twice.
    """
    margin = silence(MARGIN).tobytes()
    joined, length = bytearray(margin), 0
    for part in parts:
        length += len(part)
        if length > MAX_SECONDS * RATE:
            raise ChannelError(too_long(), permanent=True)
        joined += part.tobytes()
    joined += margin
    return np.frombuffer(joined, dtype=np.float32)


def _finished(
    sound: Samples, loudness: float, tags: Tags, remarks: tuple[str, ...] = ()
) -> Rendered:
    return Rendered(mp3.tagged(master(sound, loudness), tags), mp3.MEDIA_TYPE, remarks)


def _replaced(engine: str, reason: str) -> str:
    return _("The voice “{engine}” could not be used, espeak-ng spoke instead: {reason}").format(
        engine=engine, reason=reason
    )
