"""Where an item becomes an MP3: spoken or recorded, joined, mastered, tagged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
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
from channels.loudspeaker.speech.voices import Voices
from channels.loudspeaker.wording import too_long
from engine.i18n import gettext as _
from engine.models import Rendered


class Studio:
    """Where voices speak, and recordings are brought to the station's loudness."""

    def __init__(self, voices: Voices, limits: ProofLimits | None = None) -> None:
        """``limits``: what the proof of every item accepts."""
        self._voices = voices
        self.prover = Prover(limits or ProofLimits())

    def speech(self, inputs: SpeechInputs) -> Rendered:
        """Speak an item, all of it in one voice; a remark says why it is not the first choice.

        Raises ChannelError; ProofError when the file does not hold every word.
        """
        try:
            return self._attempt(inputs)
        except ProofError as error:
            if not error.by_voice:
                raise
        # What was kept of the sentences may be at fault: this time they are spoken anew.
        return self._attempt(inputs)

    def _attempt(self, inputs: SpeechInputs) -> Rendered:
        said, remarks = self.said(inputs)
        try:
            return self._proved(said, inputs, remarks)
        except ProofError:
            self._voices.forget(said.spoken, said.by)
            raise

    def said(self, inputs: SpeechInputs) -> tuple[Said, tuple[str, ...]]:
        """Return what is said, and a remark when it is not the chosen voice that says it.

        Raises ChannelError.
        """
        if not inputs.sentences:
            raise ChannelError(_("There is nothing to say in this text."), permanent=True)
        lines = tuple(readings(inputs.sentences, inputs.repeat))
        spoken = self._voices.speak((line.text for line in lines), inputs.voices)
        sounds = spoken.sounds
        return Said(lines, sounds, sounds, spoken.choice, inputs.text), spoken.remarks

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
        with self.prover.asking(asked, said.by.voice) as accounts:
            sound = _joined(_with_pauses(said.lines, said.sounds))
            rendered = _finished(sound, inputs.loudness, inputs.tags, remarks)
            del sound
            proof = self.prover.speech(said, rendered.data, accounts.result())
        return replace(rendered, proof=proof)


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
