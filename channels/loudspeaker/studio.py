"""Where an item becomes an MP3: spoken or recorded, joined, mastered, tagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from channels.base import ChannelError
from channels.loudspeaker.audio.bed import jingle, over_bed
from channels.loudspeaker.audio.carrier import carrier_of
from channels.loudspeaker.audio.chime import chime
from channels.loudspeaker.audio.encoded import Encoded
from channels.loudspeaker.audio.mastering import mastered
from channels.loudspeaker.audio.pcm import Held, Passage
from channels.loudspeaker.audio.recording import examine
from channels.loudspeaker.audio.terms import CHIME_PAUSE, MAX_SECONDS, Chime
from channels.loudspeaker.inputs import AnnouncementInputs, RecordingInputs, SpeechInputs
from channels.loudspeaker.passages import at_their_pace, passages
from channels.loudspeaker.proof.limits import ProofLimits
from channels.loudspeaker.proof.proving import ProofError, Prover, Said
from channels.loudspeaker.script import MARGIN, REPEAT_PAUSE, readings
from channels.loudspeaker.speech.voices import Voices
from channels.loudspeaker.wording import too_long
from engine.i18n import gettext as _
from engine.models import File, Rendered


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
        sounds = at_their_pace(lines, spoken.sounds)
        return Said(lines, spoken.sounds, sounds, spoken.choice, inputs.text), spoken.remarks

    def announcement(self, inputs: AnnouncementInputs) -> Rendered:
        """Make a programme's opening, closing or bridge. Each part of it is as loud as an item.

        Raises ChannelError; ProofError when the voice does not say it.
        """
        speech, remarks = inputs.speech, tuple[str, ...]()
        encoded: list[Encoded] = []

        def add(sound: Sequence[Passage]) -> None:
            encoded.extend(mastered(sound, speech.loudness, speech.finish))

        if inputs.jingle is not None:
            add([jingle(_path(inputs.jingle))])
        elif inputs.chime is not None:
            # Items have silence around them already, which is all that a bridge needs.
            around = (0.0, 0.0) if inputs.chime is Chime.BRIDGE else (CHIME_PAUSE, MARGIN)
            add([Passage(Held(chime(inputs.chime)), *around)])
        if speech.sentences:
            said, remarks = self._announced(speech)
            voiced = passages(said.lines, said.sounds)
            add(voiced if inputs.bed is None else [over_bed(voiced, _path(inputs.bed))])
        carrier = carrier_of(speech.finish)
        return Rendered(carrier.file(encoded, speech.tags), carrier.media_type, remarks)

    def _announced(self, speech: SpeechInputs) -> tuple[Said, tuple[str, ...]]:
        """Return what is said, once it is known that the voice says it."""
        said, remarks = self.said(speech)
        try:
            self.prover.voice(said)
        except ProofError:
            self._voices.forget(said.spoken, said.by)
            raise
        return said, remarks

    def _proved(self, said: Said, inputs: SpeechInputs, remarks: tuple[str, ...]) -> Rendered:
        """Join, master and prove; the witness speaks meanwhile."""
        with self.prover.preparing(said) as prepared:
            rendered = _finished(passages(said.lines, said.sounds), inputs, remarks)
            proof = self.prover.speech(said, rendered.data, prepared.result())
        return replace(rendered, proof=proof)

    def recording(self, inputs: RecordingInputs) -> Rendered:
        """Bring a recording to the station's loudness; remarks say what is poor about it.

        Raises ChannelError, ProofError.
        """
        examined = examine(_path(inputs.recording))
        if inputs.repeat * (examined.take.seconds + REPEAT_PAUSE) > MAX_SECONDS:
            raise ChannelError(too_long(), permanent=True)
        reading = Passage(examined.take, pause=REPEAT_PAUSE)
        *others, last = [reading] * inputs.repeat
        first, *more = [*others, replace(last, pause=MARGIN)]
        sound = [replace(first, before=MARGIN), *more]
        seconds = 2 * MARGIN + len(sound) * examined.take.seconds
        seconds += (len(sound) - 1) * REPEAT_PAUSE
        remarks = examined.remarks
        if inputs.opening is not None:
            said, of_voice = self._announced(inputs.opening)
            opening = passages(said.lines, said.sounds)
            seconds += sum(said.sounds[line.text].seconds + line.pause for line in said.lines)
            sound, remarks = [*opening, *sound], (*remarks, *of_voice)
        rendered = _finished(sound, inputs, remarks)
        return replace(rendered, proof=self.prover.recording(rendered.data, seconds))


def _path(file: File) -> Path:
    # The store hands out paths; only small artifacts of Loa's own are held in memory.
    assert isinstance(file.source, Path)
    return file.source


def _finished(
    sound: Sequence[Passage],
    inputs: SpeechInputs | RecordingInputs,
    remarks: tuple[str, ...] = (),
) -> Rendered:
    carrier = carrier_of(inputs.finish)
    encoded = mastered(sound, inputs.loudness, inputs.finish)
    return Rendered(carrier.file(encoded, inputs.tags), carrier.media_type, remarks)
