"""What makes artifacts: the font of flyers, the voice of loudspeakers."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

import numpy as np

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.engine import Choice, Engine
from channels.typesetting import font
from engine.app import build_voices, choices_of, settings_by_commune
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
    """Let every voice that is set speak a sentence, of the commune and of those of their own."""
    settings = patient.settings or Settings()
    seen: set[tuple[Choice, bool]] = set()
    with closing(build_voices(settings, patient.workspace)) as voices:
        for own in settings_by_commune(settings).values():
            *first, last = choices_of(own)
            for choice, replaced in [*((one, True) for one in first), (last, False)]:
                if (choice, replaced) not in seen:
                    seen.add((choice, replaced))
                    yield heard(voices.engine(choice.engine), own, replaced=replaced)


def heard(engine: Engine, own: LoudspeakerSettings, *, replaced: bool = False) -> Finding:
    """Judge one sentence. ``replaced``: another voice speaks when this one cannot."""
    judge = look if replaced else bad
    voice = own.voice_of(engine.name)
    name = f"{engine.name} {voice}".strip()
    try:
        sound = engine.say(_SENTENCE, voice)
    except ChannelError as error:
        message = _("the voice {voice} does not speak: {reason}")
        return judge(message.format(voice=name, reason=error))
    finally:
        engine.close()
    if _is_silent(sound):
        return judge(_("the voice {voice} is silent: choose another one").format(voice=name))
    return fine(_("the voice {voice} speaks").format(voice=name))


def _is_silent(sound: Pcm) -> bool:
    if len(sound.samples) < SHORTEST * sound.rate:
        return True
    return int(np.abs(sound.samples.astype(np.int32)).max()) < QUIETEST
