"""Slower speech: longer, no deeper, without clicks."""

from __future__ import annotations

import numpy as np
import pytest

from channels.loudspeaker.audio.pace import paced
from channels.loudspeaker.audio.pcm import Pcm

RATE = 22_050


def tone(frequency: float, seconds: float = 2.0) -> Pcm:
    time = np.arange(round(seconds * RATE)) / RATE
    return Pcm((9_000 * np.sin(2 * np.pi * frequency * time)).astype(np.int16), RATE)


@pytest.mark.parametrize("frequency", [110.0, 180.0, 230.0])
@pytest.mark.parametrize("pace", [0.7, 0.85])
def test_it_lasts_longer_at_the_same_pitch(frequency: float, pace: float) -> None:
    slow = paced(tone(frequency), pace)
    assert slow.seconds == pytest.approx(2.0 / pace, rel=1e-3)
    spectrum = np.abs(np.fft.rfft(slow.samples * np.hanning(len(slow.samples))))
    assert spectrum.argmax() * RATE / len(slow.samples) == pytest.approx(frequency, abs=1.0)


def test_a_tone_stays_as_loud_and_as_smooth() -> None:
    slow = paced(tone(150.0), 0.8).samples[1_000:-2_000].astype(np.float64)
    tops = np.abs(slow[: len(slow) // 300 * 300].reshape(-1, 300)).max(axis=1)
    assert tops.min() > 8_500
    assert tops.max() < 9_500
    steepest = 9_000 * 2 * np.pi * 150 / RATE
    assert np.abs(np.diff(slow)).max() < 1.3 * steepest


def test_the_usual_pace_and_what_is_too_short_stay_as_they_are() -> None:
    whole, short = tone(150.0), tone(150.0, 0.05)
    assert paced(whole, 1.0) is whole
    assert paced(short, 0.8) is short


def test_silence_stays_silence() -> None:
    assert not paced(Pcm(np.zeros(RATE, dtype=np.int16), RATE), 0.8).samples.any()
