"""Compression and limiting, on cells and on the samples that they become."""

from __future__ import annotations

import numpy as np
import pytest
from support import sound

from channels.loudspeaker.audio.dynamics import CELL, Cells, Limiter, limited
from channels.loudspeaker.audio.meter import amplitude, loudness, measure
from channels.loudspeaker.audio.pcm import RATE, STRETCH, Held, Samples, stretches
from channels.loudspeaker.audio.track import Budget, Track
from channels.loudspeaker.audio.wav import Wav


def murmur(seconds: float, level: float = 0.1) -> Samples:
    margin = np.zeros(RATE // 2, dtype=np.float32)
    return np.concatenate([margin, sound.murmur(seconds, level).astype(np.float32), margin])


def cells_of(samples: Samples) -> Cells:
    track = Track(Held(samples), (), -1.0)
    track.listen(Budget(0))
    return track.cells


def through(samples: Samples, gain: float, ceiling: float, reach: int = 5) -> Samples:
    factors = Limiter(gain, reach).factors(cells_of(samples).peaks, ceiling)
    parts, first = [], 0
    for part in stretches(samples):
        parts.append(limited(part, factors, first))
        first += len(part) // CELL
    return np.concatenate(parts)


@pytest.mark.parametrize("seconds", [0.6, 5.0, 25.0])
def test_the_limiter_keeps_every_true_peak_below_its_ceiling(seconds: float) -> None:
    loud = through(murmur(seconds), 30.0, -1.0).astype(np.float64)
    assert sound.true_peak(loud) <= -0.7  # the gain's own movement adds a little


def test_the_limiter_leaves_alone_what_is_below_its_ceiling() -> None:
    quiet = murmur(2, level=0.01)
    assert np.allclose(through(quiet, 6.0, -1.0), quiet * amplitude(6.0), atol=1e-6)


@pytest.mark.parametrize("gain", [-6.0, 6.0, 15.0])
def test_the_limiter_knows_how_loud_it_will_be(gain: float) -> None:
    voice = murmur(12, level=0.5)
    heard = measure([through(voice, gain, -1.2)]).loudness
    foreseen = loudness(Limiter(gain, 5).steps(cells_of(voice), -1.2))
    assert foreseen == pytest.approx(heard, abs=0.1)


def test_the_limiters_stretches_join_without_a_step() -> None:
    time = np.arange(21 * RATE) / RATE
    steady = (amplitude(-2) * np.sin(2 * np.pi * 200 * time)).astype(np.float32)
    made = through(steady, 6.0, -3.0)
    seam = made[STRETCH - 200 : STRETCH + 200]
    assert np.abs(np.diff(seam)).max() <= 1.05 * np.abs(np.diff(made[RATE : 2 * RATE])).max()


def test_compression_brings_loud_and_quiet_speech_nearer_to_each_other() -> None:
    both = np.concatenate([murmur(6, 0.4), murmur(6, 0.1)])
    cells = cells_of(both)
    evened = cells.times(cells.compressed(loudness(cells.steps), 2.5))
    half = len(cells.steps) // 2

    def apart(of: Cells) -> float:
        return loudness(of.steps[:half]) - loudness(of.steps[half:])

    assert apart(cells) == pytest.approx(12.0, abs=0.5)
    assert 4.0 < apart(evened) < 9.0


def test_a_ratio_of_one_changes_nothing() -> None:
    cells = cells_of(murmur(1))
    assert (cells.compressed(-20.0, 1.0) == 1.0).all()


def test_a_track_that_may_keep_nothing_gives_the_same_sound() -> None:
    voice, made = murmur(9, 0.3), []
    for room in (0, 10_000_000):
        track = Track(Held(voice), (), -1.0)
        track.listen(Budget(room))
        made.append(bytes(track.take(Limiter(0.0, 5), Wav()).encoded))
    assert made[0] == made[1]
    heard = np.frombuffer(made[0], dtype="<i2") / 32_768
    assert np.allclose(heard, voice, atol=1e-4)
