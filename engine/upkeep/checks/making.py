"""What makes artifacts: the font of flyers, the voice of loudspeakers."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from channels.base import ChannelError
from channels.flyer import font
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.engine import Engine
from channels.loudspeaker.speech.espeak import EspeakEngine
from engine.i18n import gettext as _
from engine.settings import LoudspeakerSettings, Settings
from engine.upkeep.findings import Finding, Patient, bad, fine, look

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")

#: A sentence with every tone.
_SENTENCE = "xin chào bà con, đây là tiếng thử loa của xã nhà"

#: What speech at least is: seconds, and the loudest sample (of 32,767).
SHORTEST, QUIETEST = 1.0, 1_000


def vietnamese_letters() -> str:
    """Return every letter of Vietnamese, small and capital, composed."""
    small = "".join(
        unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES
    )
    letters = small + "bcdđghklmnpqrstvx"
    return letters + letters.upper()


def fonts_check(
    _patient: Patient, missing: Callable[[str], Sequence[str]] = font.missing
) -> Iterator[Finding]:
    """Say whether the flyers' font has every Vietnamese letter."""
    lacking = missing(vietnamese_letters())
    if lacking:
        message = _("the flyers' font lacks {letters}: install Loa's packages again")
        yield bad(message.format(letters=" ".join(lacking)))
    else:
        yield fine(_("the flyers' font has every Vietnamese letter"))


def voice_check(patient: Patient) -> Iterator[Finding]:
    """Let the chosen voice, and the one that replaces it, speak a sentence."""
    voice = (patient.settings or Settings()).loudspeaker
    if voice.engine == "gtts":
        from channels.loudspeaker.speech.gtts_engine import GttsEngine  # loads httpx

        yield heard(GttsEngine(), voice, replaced=True)
    yield heard(EspeakEngine(), voice)


def heard(engine: Engine, voice: LoudspeakerSettings, *, replaced: bool = False) -> Finding:
    """Judge one sentence. ``replaced``: another voice speaks when this one cannot."""
    judge = look if replaced else bad
    try:
        sound = engine.say(_SENTENCE, voice.voice)
    except ChannelError as error:
        message = _("the voice {voice} does not speak: {reason}")
        return judge(message.format(voice=f"{engine.name} {voice.voice}", reason=error))
    finally:
        engine.close()
    name = f"{engine.name} {voice.voice}"
    if _is_silent(sound):
        return judge(_("the voice {voice} is silent: choose another one").format(voice=name))
    return fine(_("the voice {voice} speaks").format(voice=name))


def _is_silent(sound: Pcm) -> bool:
    if len(sound.samples) < SHORTEST * sound.rate:
        return True
    return int(np.abs(sound.samples.astype(np.int32)).max()) < QUIETEST
