"""Filters judged by SciPy's recursion: the same sound to the limits of double precision."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from channels.loudspeaker.audio.filters import Bank, Biquad, Filter, high_pass, peak

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


def test_a_bell_lifts_its_own_frequency_and_no_other() -> None:
    ringing = np.array([1.0, *np.zeros(2**15 - 1)])
    lifted = Filter([peak(RATE, 2_800, 4.0, 0.8)]).feed(ringing)
    decibels = 20 * np.log10(np.abs(np.fft.rfft(lifted)))
    hertz = np.fft.rfftfreq(len(ringing), 1 / RATE)
    assert decibels[np.abs(hertz - 2_800).argmin()] == pytest.approx(4.0, abs=0.01)
    assert np.abs(decibels[hertz < 200]).max() < 0.1
    assert np.abs(decibels[hertz > 20_000]).max() < 0.1


def test_chains_of_a_bank_hear_the_same_and_single_precision_is_enough() -> None:
    chains = ([high_pass(RATE, 200)], [high_pass(RATE, 200), high_pass(RATE, 38)], [])
    found = Bank(*chains).feed(noise(100_000))
    for chain, one in zip(chains, found, strict=True):
        expected = Filter(chain).feed(noise(100_000))
        noise_floor = np.abs(one - expected).std() / expected.std()
        assert 20 * np.log10(noise_floor) < -125
