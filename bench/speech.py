"""Speech: a notice to its MP3, for the first time, again, and with one sentence changed.

Then a bulletin of some four minutes, beside what people do who have ffmpeg. The same words, the
same engine, the same run: each sentence spoken, all joined to a WAV, and ``ffmpeg -af loudnorm``
to an MP3.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile

from bench.figures import Figure, clocked, timed
from bench.made_up import BULLETIN, NOTICE
from channels.loudspeaker.audio.mp3 import MEDIA_TYPE, seconds
from channels.loudspeaker.audio.terms import Tags
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.inputs import SpeechInputs
from channels.loudspeaker.script import Line
from channels.loudspeaker.speech.engine import Choice
from channels.loudspeaker.speech.espeak import EspeakEngine
from channels.loudspeaker.spoken import speak
from engine.models import File, Rendered

VOICE = "vi-vn-x-south"


def figures(folder: Path) -> Iterator[Figure]:
    channel = LoudspeakerChannel(
        outbox=folder / "outbox", speech_cache=folder / "speech", lead=timedelta(0)
    )
    try:
        inputs = inputs_of(NOTICE)
        channel.render(replace(inputs, sentences=(Line("Bắt đầu.", 0.5),)))  # loads the libraries
        cold, made = clocked(lambda: channel.render(inputs))
        yield Figure("a notice spoken and mastered", cold, "s", length(made), "its own length")
        warm, again = clocked(lambda: channel.render(inputs))
        assert again.data == made.data
        yield Figure("again, sentences kept", warm, "s", cold, "the first time")
        changed, _made = clocked(lambda: render_changed(channel, inputs))
        yield Figure("one sentence changed", changed, "s", cold, "the first time")
        yield from bulletin(channel, folder)
    finally:
        channel.close()


def bulletin(channel: LoudspeakerChannel, folder: Path) -> Iterator[Figure]:
    """Make a bulletin of some four minutes, beside the straightforward chain."""
    inputs = inputs_of(BULLETIN)
    usual, mp3 = clocked(lambda: by_ffmpeg(inputs, folder))
    cold, made = clocked(lambda: channel.render(inputs))
    warm, again = clocked(lambda: channel.render(inputs))
    assert again.data == made.data
    lasts, chain = length(made), "espeak, WAV, ffmpeg loudnorm"
    yield Figure("a bulletin: how long it is heard", lasts, "s")
    yield Figure("a bulletin: text to MP3", cold, "s", usual, chain)
    yield Figure("… times faster than it is heard", lasts / cold, "×", mp3 / usual, chain)
    yield Figure("a bulletin again, sentences kept", warm, "s", usual, chain)
    yield Figure("… times faster than it is heard", lasts / warm, "×", mp3 / usual, chain)
    busy, _made = timed(lambda: channel.render(inputs))
    yield Figure("… processor time of it, all cores", busy, "s CPU")


def length(made: Rendered) -> float:
    return seconds(File.of_bytes("a", MEDIA_TYPE, made.data))


def by_ffmpeg(inputs: SpeechInputs, folder: Path) -> float:
    """Make the MP3 the straightforward way; return how many seconds it plays."""
    engine = EspeakEngine()
    parts = []
    try:
        for line in inputs.sentences:
            sound = engine.say(line.text, VOICE)
            parts += [sound.samples, np.zeros(round(line.pause * sound.rate), dtype=np.int16)]
    finally:
        engine.close()
    soundfile.write(folder / "said.wav", np.concatenate(parts), sound.rate)
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", folder / "said.wav",
        "-af", "loudnorm=I=-16:TP=-1", "-ar", "44100", "-ac", "1", "-b:a", "128k",
        folder / "said.mp3",
    ]  # fmt: skip
    subprocess.run(command, check=True)
    return float(soundfile.info(str(folder / "said.mp3")).duration)


def render_changed(channel: LoudspeakerChannel, inputs: SpeechInputs) -> Rendered:
    first, *rest = inputs.sentences
    return channel.render(replace(inputs, sentences=(replace(first, text="Lúc tám giờ."), *rest)))


def inputs_of(text: str) -> SpeechInputs:
    said = speak(text.replace("{{ gio }}", "7 giờ 30")).text
    lines = tuple(Line(part.strip() + ".", 0.5) for part in said.split(".") if part.strip())
    tags = Tags("Lịch tiêm", "Xã Mẫu", "lich-tiem", "2026-12-01")
    return SpeechInputs(lines, (Choice("espeak", VOICE),), -16.0, 1, tags)
