"""Encoded sounds, one after the other without encoding again: level, gaps, other decoders."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from mutagen.id3 import ID3
from mutagen.mp3 import MP3
from support import ffmpeg, sound
from support.sound import Signal

from channels.loudspeaker.audio import mp3
from channels.loudspeaker.audio.carrier import Carrier, carrier_of
from channels.loudspeaker.audio.mastering import master, mastered
from channels.loudspeaker.audio.mp3 import Mp3
from channels.loudspeaker.audio.mp3_frames import BrokenMp3Error, frames
from channels.loudspeaker.audio.pcm import RATE, Held, Passage, Samples
from channels.loudspeaker.audio.terms import Finish, Format, Tags

TAGS = Tags("Chương trình – Ấp 1", "Đài Truyền thanh xã Mẫu", "", "2026-12-01")
WAV = Finish(format=Format.WAV)


def voice(seconds: float, level: float = 0.3) -> Samples:
    margin = np.zeros(RATE // 4, dtype=np.float32)
    said = sound.murmur(seconds, level).astype(np.float32)
    return np.concatenate([margin, said, margin])


def item(seconds: float, finish: Finish = Finish()) -> bytes:  # noqa: B008 - frozen
    made = mastered([Passage(Held(voice(seconds)), pause=0.5, before=0.5)], -16.0, finish)
    return carrier_of(finish).file(made, Tags("Tin", "Xã Mẫu", "tin", "2026-12-01"))


def joined(files: Sequence[bytes], carrier: Carrier) -> tuple[bytes, float]:
    out = io.BytesIO()
    begins = carrier.join([io.BytesIO(file) for file in files], TAGS, out)
    return out.getvalue(), begins[-1]


def sounding(samples: Signal) -> list[tuple[float, float]]:
    """Return from and to which second something is heard, silences of under 0.45 s bridged."""
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    breaks = np.flatnonzero(np.diff(loud) > 0.45 * RATE)
    begins, ends = [loud[0], *loud[breaks + 1]], [*loud[breaks], loud[-1]]
    return [(b / RATE, e / RATE) for b, e in zip(begins, ends, strict=True)]


@pytest.fixture(scope="module")
def items() -> list[bytes]:
    return [item(seconds) for seconds in (3.0, 5.0, 2.0)]


@pytest.fixture(scope="module")
def programme(items: list[bytes]) -> bytes:
    return joined(items, Mp3())[0]


def test_each_item_sounds_in_the_programme_as_it_does_alone(
    items: list[bytes], programme: bytes
) -> None:
    heard, at = sound.decoded(programme), 0
    for one in items:
        alone = sound.decoded(one)
        within = heard[at : at + len(alone)]
        assert np.abs(within - alone)[1152:].max() < 1e-4
        assert sound.loudness(within) == pytest.approx(-16.0, abs=0.5)
        at += len(alone)
    assert at == len(heard)


def test_the_programme_is_on_target_for_two_decoders_and_two_meters(programme: bytes) -> None:
    heard = sound.decoded(programme)
    other = ffmpeg.decoded(programme)
    assert len(heard) == len(other)
    assert np.abs(heard - other).max() < 1e-4
    assert sound.loudness(heard) == pytest.approx(-16.0, abs=0.5)
    integrated, peak = ffmpeg.levels(programme)
    assert integrated == pytest.approx(-16.0, abs=0.5)
    assert peak <= -1.0


def test_gaps_at_the_joints_are_the_margins_and_nothing_clicks_in_them(
    programme: bytes,
) -> None:
    heard = ffmpeg.decoded(programme)
    parts = sounding(heard)
    assert len(parts) == 3
    for (_begin, end), (begin, _end) in pairwise(parts):
        gap = heard[round((end + 0.1) * RATE) : round((begin - 0.1) * RATE)]
        assert begin - end == pytest.approx(1.5, abs=0.2)
        assert np.abs(gap).max() < 1e-3


def test_pauses_between_passages_are_as_long_as_asked_for() -> None:
    said = Held(sound.murmur(2.0, 0.3).astype(np.float32))
    order = [Passage(said, pause=pause, before=0.5 * (pause == 0.6)) for pause in (0.6, 1.2, 2.0)]
    heard = sound.decoded(mp3.tagged(master(order, -16.0), TAGS))
    whole = 0.5 + 3 * 2.0 + 0.6 + 1.2 + 2.0
    assert len(heard) / RATE == pytest.approx(whole, abs=0.05)
    begins = [begin for begin, _end in sounding(heard)]
    assert np.diff(begins) == pytest.approx([2.6, 3.2], abs=0.03)


def test_the_same_passage_twice_is_encoded_once() -> None:
    said = Held(voice(1.0))
    first, _pause, second, *_rest = mastered([Passage(said, 0.6), Passage(said, 0.6)], -16.0)
    assert first is second


def test_the_joined_file_has_its_own_tags_and_no_others(
    items: list[bytes], programme: bytes
) -> None:
    tags = ID3(io.BytesIO(programme), translate=False)
    assert (str(tags["TIT2"]), str(tags["TPE1"])) == (TAGS.title, TAGS.issuer)
    assert "TALB" not in tags
    assert programme.count(b"ID3") == 1
    info = MP3(io.BytesIO(programme)).info
    assert (info.bitrate, info.sample_rate, info.channels) == (128_000, 44_100, 1)
    assert info.length == pytest.approx(joined(items, Mp3())[1], abs=0.03)


def test_tags_and_frames_that_describe_a_file_are_left_out() -> None:
    passage = master(voice(1.0), -16.0)
    (header, first), *_others = frames(io.BytesIO(passage))
    described = bytearray(first)
    described[header.side + 17 : header.side + 21] = b"Info"
    tail = b"TAG" + bytes(125)
    strange = mp3.tag(TAGS) + mp3.tag(TAGS) + bytes(described) + passage + tail
    assert b"".join(frame for _header, frame in frames(io.BytesIO(strange))) == passage


def test_the_first_frame_of_every_passage_stands_alone() -> None:
    for length in (0.05, 0.5, 3.0):
        (header, first), *_others = frames(Mp3().encode([voice(length)]).opened())
        assert header.borrows(first) == 0
    assert Mp3().silence(0.001).size == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: len(data) - 100],
        lambda data: data[:5_000] + b"\x00" * 50 + data[5_000:],
        lambda data: b"not an MP3" * 100,
        lambda data: data[417 * 3 :][next(n for n in range(2_000) if data[417 * 3 + n] == 0xFF) :],
    ],
    ids=["cut", "filled", "foreign", "beheaded"],
)
def test_what_is_no_whole_mp3_is_not_joined(spoil: Callable[[Any], Any]) -> None:
    passage = master(voice(1.0), -16.0)
    broken = spoil(passage)
    with pytest.raises(BrokenMp3Error):
        joined([passage, broken], Mp3())


def test_sounds_of_another_rate_are_not_joined(items: list[bytes]) -> None:
    with pytest.raises(BrokenMp3Error):
        joined([items[0], item(1.0, Finish(rate=48_000))], Mp3())


def test_wav_files_join_with_tags_behind() -> None:
    files = [item(1.0, WAV), item(2.0, WAV)]
    data, seconds = joined(files, carrier_of(WAV))
    heard = sound.decoded(data)
    assert len(heard) / RATE == pytest.approx(seconds) == pytest.approx(6.0, abs=0.1)
    assert np.array_equal(heard, np.concatenate([sound.decoded(file) for file in files]))
    assert sound.loudness(heard) == pytest.approx(-16.0, abs=0.5)
    assert sound.true_peak(heard) <= -1.0
    assert ID3(io.BytesIO(data[data.index(b"id3 ") + 8 :]))["TIT2"].text == [TAGS.title]


@pytest.mark.parametrize("data", [b"", b"RIFF" + bytes(40), b"x" * 500])
def test_what_is_no_wav_of_ours_is_not_joined(data: bytes) -> None:
    with pytest.raises(ValueError, match="WAV"):
        joined([data], carrier_of(WAV))
    cut = item(1.0, WAV)[:40_000]
    with pytest.raises(ValueError, match="cut"):
        joined([cut], carrier_of(WAV))
