"""Filters judged by SciPy's recursion: the same sound to the limits of double precision."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from channels.loudspeaker.audio.filters import Biquad, Filter, high_pass

RATE = 44_100


def noise(samples: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.random.default_rng(11).standard_normal(samples)


def sections(*chain: Biquad) -> list[list[float]]:
    return [[x / one.poles[0] for x in (*one.zeros, *one.poles)] for one in chain]


@pytest.mark.parametrize("frequency", [38.0, 80.0, 4_000.0])
@pytest.mark.parametrize("samples", [1, 7_000, 70_000, 300_000])
def test_a_filter_gives_what_the_recursion_gives(frequency: float, samples: int) -> None:
    chain = (high_pass(RATE, frequency, 0.5), high_pass(RATE, 2 * frequency))
    expected = sosfilt(sections(*chain), noise(samples))
    assert np.abs(Filter(chain).feed(noise(samples)) - expected).max() < 1e-11


def test_the_high_pass_is_butterworths() -> None:
    expected = butter(2, 80, "highpass", fs=RATE, output="sos")
    (found,) = sections(high_pass(RATE, 80))
    assert np.allclose(found, expected, atol=1e-12)


def test_a_filter_remembers_across_stretches() -> None:
    whole = Filter([high_pass(RATE, 38.0)]).feed(noise(40_000))
    cut = Filter([high_pass(RATE, 38.0)])
    parts = [cut.feed(part) for part in np.split(noise(40_000), [1, 1, 100, 9_000, 39_999])]
    assert np.abs(np.concatenate(parts) - whole).max() < 1e-11
