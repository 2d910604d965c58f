"""A bulletin of some four minutes to its MP3, beside what people do who have ffmpeg.

The same words, the same engine, the same run: each sentence spoken, all joined to a WAV, and
``ffmpeg -af loudnorm`` to an MP3.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile

from bench.figures import Figure, clocked, timed
from bench.made_up import BULLETIN
from bench.speech import VOICE, inputs_of, length, speaker
from channels.loudspeaker.inputs import SpeechInputs
from channels.loudspeaker.speech.espeak import EspeakEngine


def figures(folder: Path) -> Iterator[Figure]:
    channel = speaker(folder)
    try:
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
    finally:
        channel.close()


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
