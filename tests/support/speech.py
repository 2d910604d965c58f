"""Speech for tests: what a voice that is none of Loa's own might say."""

from __future__ import annotations

import io
from functools import cache

import soundfile
import soxr

from channels.loudspeaker.speech.espeak import EspeakEngine

#: Samples per second of Google's voice.
RATE = 24_000


@cache
def foreign_mp3(text: str) -> bytes:
    """Return ``text`` as an MP3 at 24 kHz, by a voice that the station does not use."""
    engine = EspeakEngine()
    try:
        said = engine.say(text, "vi")
    finally:
        engine.close()
    samples = soxr.resample(said.samples.astype("float32") / 32_768, said.rate, RATE)
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="MP3")
    return file.getvalue()
