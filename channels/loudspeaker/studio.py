"""Where an item becomes an MP3: spoken or recorded, joined, mastered, tagged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from channels.base import ChannelError
from channels.loudspeaker.audio.bed import CHIME_PAUSE, jingle, over_bed
from channels.loudspeaker.audio.carrier import carrier_of
from channels.loudspeaker.audio.chime import chime
from channels.loudspeaker.audio.encoded import Encoded
from channels.loudspeaker.audio.mastering import mastered
from channels.loudspeaker.audio.pcm import Held, Passage, Pcm
from channels.loudspeaker.audio.recording import examine
from channels.loudspeaker.audio.terms import MAX_SECONDS
from channels.loudspeaker.inputs import AnnouncementInputs, RecordingInputs, SpeechInputs
from channels.loudspeaker.passages import at_their_pace, passages
from channels.loudspeaker.script import MARGIN, REPEAT_PAUSE, Line, readings
from channels.loudspeaker.speech.cache import SpeechCache
from channels.loudspeaker.speech.engine import Engine
from channels.loudspeaker.speech.espeak import EspeakEngine
from channels.loudspeaker.wording import too_long
from engine.i18n import gettext as _
from engine.models import File, Rendered

#: The engine that is always there, and speaks when another one cannot.
FALLBACK = "espeak"


class Studio:
    """Voices by name, and the sentences they have spoken before."""

    def __init__(self, cache: SpeechCache) -> None:
        self._cache = cache
        self._engines: dict[str, Engine] = {FALLBACK: EspeakEngine()}

    def close(self) -> None:
        """End the helper processes; the studio starts them again if it is used again."""
        for engine in self._engines.values():
            engine.close()

    def speech(self, inputs: SpeechInputs) -> Rendered:
        """Speak an item, all of it in one voice; a remark says when it is not the chosen one.

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
        remarks: tuple[str, ...] = ()
        try:
            spoken = self._speak(lines, inputs.engine, inputs.voice)
        except ChannelError as error:
            if inputs.engine == FALLBACK:
                raise
            remarks = (_replaced(inputs.engine, str(error)),)
            spoken = self._speak(lines, FALLBACK, inputs.voice)
        return passages(lines, at_their_pace(lines, spoken)), remarks

    def _speak(self, lines: Iterable[Line], engine_name: str, voice: str) -> dict[str, Pcm]:
        """Return the sound of every distinct sentence."""
        engine = self._engine(engine_name)
        spoken: dict[str, Pcm] = {}
        for text in dict.fromkeys(line.text for line in lines):
            identity = (engine.name, engine.identity, voice, text)
            spoken[text] = self._cache.sentence(partial(engine.say, text, voice), *identity)
        return spoken

    def _engine(self, name: str) -> Engine:
        if name == "gtts" and name not in self._engines:
            # Loads httpx and requests: for those who chose it.
            from channels.loudspeaker.speech.gtts_engine import GttsEngine

            self._engines[name] = GttsEngine()
        return self._engines[name]


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


def _replaced(engine: str, reason: str) -> str:
    return _("The voice “{engine}” could not be used, espeak-ng spoke instead: {reason}").format(
        engine=engine, reason=reason
    )
