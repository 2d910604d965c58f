"""Where an item becomes an MP3: spoken or recorded, joined, mastered, tagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from channels.base import ChannelError
from channels.loudspeaker.audio.bed import CHIME_PAUSE, jingle, over_bed
from channels.loudspeaker.audio.carrier import carrier_of
from channels.loudspeaker.audio.chime import chime
from channels.loudspeaker.audio.encoded import Encoded
from channels.loudspeaker.audio.mastering import mastered
from channels.loudspeaker.audio.pcm import Held, Passage
from channels.loudspeaker.audio.recording import examine
from channels.loudspeaker.audio.terms import MAX_SECONDS
from channels.loudspeaker.inputs import AnnouncementInputs, RecordingInputs, SpeechInputs
from channels.loudspeaker.passages import at_their_pace, passages
from channels.loudspeaker.script import MARGIN, REPEAT_PAUSE, readings
from channels.loudspeaker.speech.voices import Voices
from channels.loudspeaker.wording import too_long
from engine.i18n import gettext as _
from engine.models import File, Rendered


class Studio:
    """Where voices speak, and recordings are brought to the station's loudness."""

    def __init__(self, voices: Voices) -> None:
        self._voices = voices

    def speech(self, inputs: SpeechInputs) -> Rendered:
        """Speak an item, all of it in one voice; a remark says why it is not the first choice.

        Raises ChannelError.
        """
        if not inputs.sentences:
            raise ChannelError(_("There is nothing to say in this text."), permanent=True)
        voiced, remarks = self._voiced(inputs)
        return _finished(voiced, inputs, remarks)

    def announcement(self, inputs: AnnouncementInputs) -> Rendered:
        """Make a programme's opening or closing. Each part of it is as loud as an item.

        Raises ChannelError.
        """
        speech, remarks = inputs.speech, tuple[str, ...]()
        encoded: list[Encoded] = []

        def add(sound: Sequence[Passage]) -> None:
            encoded.extend(mastered(sound, speech.loudness, speech.finish))

        if inputs.jingle is not None:
            add([jingle(_path(inputs.jingle))])
        elif inputs.chime is not None:
            add([Passage(Held(chime(inputs.chime)), pause=CHIME_PAUSE, before=MARGIN)])
        if speech.sentences:
            voiced, remarks = self._voiced(speech)
            add(voiced if inputs.bed is None else [over_bed(voiced, _path(inputs.bed))])
        carrier = carrier_of(speech.finish)
        return Rendered(carrier.file(encoded, speech.tags), carrier.media_type, remarks)

    @staticmethod
    def recording(inputs: RecordingInputs) -> Rendered:
        """Bring a recording to the station's loudness; remarks say what is poor about it.

        Raises ChannelError.
        """
        examined = examine(_path(inputs.recording))
        if inputs.repeat * (examined.take.seconds + REPEAT_PAUSE) > MAX_SECONDS:
            raise ChannelError(too_long(), permanent=True)
        reading = Passage(examined.take, pause=REPEAT_PAUSE)
        *others, last = [reading] * inputs.repeat
        first, *more = [*others, replace(last, pause=MARGIN)]
        return _finished([replace(first, before=MARGIN), *more], inputs, examined.remarks)

    def _voiced(self, inputs: SpeechInputs) -> tuple[list[Passage], tuple[str, ...]]:
        """Return what is said, in passages, and a remark if it is not the chosen voice."""
        lines = tuple(readings(inputs.sentences, inputs.repeat))
        spoken = self._voices.speak((line.text for line in lines), inputs.voices)
        return passages(lines, at_their_pace(lines, spoken.sounds)), spoken.remarks


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
