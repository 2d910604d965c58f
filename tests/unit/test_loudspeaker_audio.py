"""Loudness, peaks, MP3 and tags, judged by a second meter on what a player would hear."""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
import pytest
from mutagen.id3 import ID3
from mutagen.mp3 import MP3
from support import sound

from channels.base import ChannelError
from channels.loudspeaker.audio import mp3
from channels.loudspeaker.audio.mastering import master
from channels.loudspeaker.audio.meter import amplitude, measure
from channels.loudspeaker.audio.pcm import RATE, Samples, stretches

TAGS = mp3.Tags(
    "Thông báo: lũ dâng cao – khẩn cấp", "Ủy ban nhân dân xã Mẫu", "lu-2026", "2026-12-01"
)


def integrated(blocks: Iterable[Samples]) -> float:
    return measure(blocks).loudness


def sine(frequency: float, seconds: float, level: float = 0.0) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    return (amplitude(level) * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def murmur(seconds: float, level: float = 0.1) -> Samples:
    return sound.murmur(seconds, level).astype(np.float32)


def padded(samples: Samples) -> Samples:
    margin = np.zeros(RATE // 2, dtype=np.float32)
    return np.concatenate([margin, samples, margin])


def test_a_full_scale_sine_of_997_hz_measures_what_the_standard_says() -> None:
    assert integrated([sine(997, 5)]) == pytest.approx(-3.01, abs=0.05)


def test_the_meter_agrees_with_the_standards_own_tables() -> None:
    signal = murmur(12)
    assert integrated(stretches(signal)) == pytest.approx(sound.loudness(signal), abs=0.05)


def test_loudness_does_not_depend_on_how_the_sound_is_cut() -> None:
    signal = murmur(3)
    assert integrated([signal]) == pytest.approx(integrated(np.array_split(signal, 29)), abs=1e-6)


def test_pauses_do_not_make_a_sound_quieter() -> None:
    said = murmur(4)
    pause = np.zeros(10 * RATE, dtype=np.float32)
    assert integrated([said, pause, said]) == pytest.approx(integrated([said]), abs=0.3)


def test_a_true_peak_between_two_samples_is_found() -> None:
    # Half the sample rate's half, sampled 45 degrees off its peaks: samples stay 3 dB below.
    time = np.arange(RATE)
    between = (0.7 * np.sin(np.pi / 2 * time + np.pi / 4)).astype(np.float32)
    assert measure([between]).true_peak == pytest.approx(20 * np.log10(0.7), abs=0.1)


@pytest.mark.parametrize("seconds", [0.4, 3.0, 25.0], ids=["short", "middling", "long"])
@pytest.mark.parametrize("level", [0.9, 0.01], ids=["loud", "quiet"])
def test_what_a_player_hears_is_on_target(seconds: float, level: float) -> None:
    heard = sound.decoded(master(padded(murmur(seconds, level)), -16.0))
    assert sound.loudness(heard) == pytest.approx(-16.0, abs=0.5)
    assert sound.true_peak(heard) <= -1.0


@pytest.mark.parametrize("target", [-24.0, -14.0])
def test_any_target_that_may_be_set_is_reached(target: float) -> None:
    heard = sound.decoded(master(padded(murmur(5)), target))
    assert sound.loudness(heard) == pytest.approx(target, abs=0.5)
    assert sound.true_peak(heard) <= -1.0


def test_an_encoder_that_changes_the_level_is_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp3, "_LOSS", 2.0)
    heard = sound.decoded(master(padded(murmur(3)), -18.0))
    assert sound.loudness(heard) == pytest.approx(-18.0, abs=0.5)


def test_the_same_sound_gives_the_same_bytes() -> None:
    signal = padded(murmur(3))
    once, again = (mp3.tagged(master(signal.copy(), -16.0), TAGS) for _time in range(2))
    assert once == again


def test_silence_is_refused_for_good() -> None:
    with pytest.raises(ChannelError) as caught:
        master(np.zeros(2 * RATE, dtype=np.float32), -16.0)
    assert caught.value.permanent


def test_a_sound_of_single_clicks_is_refused_for_good() -> None:
    clicks = np.zeros(10 * RATE, dtype=np.float32)
    clicks[RATE :: 2 * RATE] = 1.0
    with pytest.raises(ChannelError) as caught:
        master(clicks, -14.0)
    assert caught.value.permanent


def test_the_mp3_is_mono_44100_hz_128_kbit_constant() -> None:
    info = MP3(io.BytesIO(mp3.tagged(master(padded(murmur(4)), -16.0), TAGS))).info
    assert (info.channels, info.sample_rate, info.bitrate) == (1, 44_100, 128_000)
    assert info.length == pytest.approx(5.0, abs=0.1)


def test_tags_are_read_back_in_vietnamese() -> None:
    tags = ID3(io.BytesIO(mp3.tagged(master(padded(murmur(1)), -16.0), TAGS)), translate=False)
    assert tags.version == (2, 3, 0)
    assert str(tags["TIT2"]) == TAGS.title
    assert str(tags["TPE1"]) == TAGS.issuer
    assert str(tags["TALB"]) == TAGS.campaign_id
    assert (str(tags["TYER"]), str(tags["TDAT"])) == ("2026", "0112")
    assert tags["TIT2"].encoding == 1


def test_a_title_stays_one_value_on_one_line() -> None:
    tags = mp3.Tags("Một\nhai\x00ba\u2028bốn\u202e", "Xã", "id", "2026-12-01")
    assert ID3(io.BytesIO(mp3.tagged(b"\xff\xfb" * 8, tags)))["TIT2"].text == ["Một hai ba bốn"]
