"""How sound leaves: for horns and for rooms, as MP3 and WAV, at every rate that may be set."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support import ffmpeg, sound
from support.sound import Signal

from channels.loudspeaker.audio.carrier import carrier_of
from channels.loudspeaker.audio.chime import chime
from channels.loudspeaker.audio.mastering import mastered
from channels.loudspeaker.audio.pcm import RATE, Held, Passage, Samples
from channels.loudspeaker.audio.terms import (
    CHIME_SECONDS,
    KBITS,
    RATES,
    Chime,
    Finish,
    Format,
    Profile,
    Tags,
)
from channels.loudspeaker.channel import LoudspeakerChannel
from engine.errors import LoaError

TAGS = Tags("Tin", "Xã Mẫu", "tin", "2026-12-01")


def file(samples: Samples, finish: Finish, target: float = -16.0) -> bytes:
    made = mastered([Passage(Held(samples), pause=0.5, before=0.5)], target, finish)
    return carrier_of(finish).file(made, TAGS)


@cache
def voice() -> Samples:
    """Return speech whose second half comes from further away."""
    both = np.concatenate([sound.murmur(4, 0.5), sound.murmur(4, 0.12)])
    return both.astype(np.float32)


def band(samples: Signal, low: float, high: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    return float(10 * np.log10(spectrum[(hertz >= low) & (hertz < high)].sum()))


FINISHES = [
    *(Finish(rate=rate) for rate in RATES[Format.MP3]),
    *(Finish(kbits=kbits) for kbits in KBITS if kbits != 128),
    Finish(format=Format.WAV),
    Finish(format=Format.WAV, rate=16_000),
    Finish(profile=Profile.INDOOR),
]


@pytest.mark.parametrize("finish", FINISHES, ids=str)
def test_every_finish_is_on_target_for_a_foreign_meter(finish: Finish) -> None:
    integrated, peak = ffmpeg.levels(file(voice(), finish))
    assert integrated == pytest.approx(-16.0, abs=0.5)
    assert peak <= -1.0


@pytest.mark.parametrize("rate", RATES[Format.WAV])
def test_a_wav_is_16_bits_mono_at_its_rate(rate: int) -> None:
    made = file(voice(), Finish(format=Format.WAV, rate=rate))
    info = soundfile.info(io.BytesIO(made))
    assert (info.samplerate, info.channels, info.subtype) == (rate, 1, "PCM_16")
    assert info.duration == pytest.approx(9.0, abs=0.05)


def test_a_horn_gets_no_bass_and_clearer_consonants() -> None:
    heard = {
        profile: sound.decoded(file(voice(), Finish(profile=profile, format=Format.WAV)))
        for profile in Profile
    }
    horn, indoor = heard[Profile.HORN], heard[Profile.INDOOR]
    assert band(horn, 30, 120) < band(indoor, 30, 120) - 12
    presence = band(horn, 2_000, 4_000) - band(horn, 400, 1_000)
    assert presence > band(indoor, 2_000, 4_000) - band(indoor, 400, 1_000) + 2


def test_a_horn_gets_its_far_half_nearer() -> None:
    def apart(profile: Profile) -> float:
        # Far below full scale, where the limiter has nothing to do.
        heard = sound.decoded(file(voice(), Finish(profile=profile, format=Format.WAV), -30.0))
        half = len(heard) // 2
        return sound.loudness(heard[:half]) - sound.loudness(heard[half:])

    assert apart(Profile.INDOOR) > 8
    assert apart(Profile.HORN) < apart(Profile.INDOOR) - 3


@pytest.mark.parametrize("which", Chime)
def test_a_chime_is_as_loud_as_speech_and_short(which: Chime) -> None:
    made = file(chime(which), Finish())
    integrated, peak = ffmpeg.levels(made)
    assert integrated == pytest.approx(-16.0, abs=0.5)
    assert peak <= -1.0
    assert len(chime(which)) / RATE == pytest.approx(CHIME_SECONDS[which], abs=0.01)
    shortest = 1.5 if which is Chime.BRIDGE else 2.0
    assert shortest < len(chime(which)) / RATE < 3.0
    assert np.array_equal(chime(which), chime(which))


@pytest.mark.parametrize("which", [Chime.BELLS, Chime.BRIDGE])
def test_the_alarm_cannot_be_taken_for_bells(which: Chime) -> None:
    length = min(len(chime(which)), len(chime(Chime.ALARM)))
    bells, alarm = (chime(one)[:length].astype(np.float64) for one in (which, Chime.ALARM))
    alike = np.abs(np.fft.rfft(bells)) @ np.abs(np.fft.rfft(alarm))
    own = np.linalg.norm(np.fft.rfft(bells)) * np.linalg.norm(np.fft.rfft(alarm))
    assert alike / own < 0.2


@pytest.mark.parametrize(
    "finish", [Finish(rate=11_025), Finish(kbits=127), Finish(rate=16_000), Finish(rate=96_000)]
)
def test_a_finish_that_players_may_not_know_is_refused(tmp_path: Path, finish: Finish) -> None:
    with pytest.raises(LoaError):
        LoudspeakerChannel(outbox=tmp_path, speech_cache=tmp_path, finish=finish)
