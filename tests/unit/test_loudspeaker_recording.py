"""Recordings: four kinds of file, levelled like speech; whatever cannot air is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support import builders as b
from support import sound

from channels.base import ChannelError
from channels.loudspeaker.audio import pcm
from channels.loudspeaker.audio.recording import read_recording
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.options import LoudspeakerOptions

KINDS = {"wav": "WAV", "flac": "FLAC", "ogg": "OGG", "mp3": "MP3"}


def permanently_refused(path: Path) -> str:
    with pytest.raises(ChannelError) as caught:
        read_recording(path)
    assert caught.value.permanent
    return str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_recording_airs_at_the_stations_loudness(tmp_path: Path, kind: str) -> None:
    channel = LoudspeakerChannel(outbox=tmp_path / "outbox", speech_cache=tmp_path / "cache")
    path = sound.sound_file(tmp_path / f"loi-moi.{kind}", sound.murmur(4, 0.05), format=KINDS[kind])
    recording = b.attachment_of(path, "audio/x")
    content = b.content("loudspeaker", LoudspeakerOptions(), recording=recording)
    artifacts = b.FakeArtifacts(attachments={recording.sha256: path})
    rendered = channel.render(channel.prepare(content, b.hamlet(), artifacts))
    heard = sound.decoded(rendered.data)
    assert sound.loudness(heard) == pytest.approx(-16.0, abs=0.5)
    assert sound.true_peak(heard) <= -1.0
    assert len(heard) / 44_100 == pytest.approx(5.0, abs=0.2)


def test_stereo_at_another_rate_becomes_mono_at_ours(tmp_path: Path) -> None:
    both = np.stack([sound.murmur(2, rate=48_000), np.zeros(96_000)], axis=1)
    samples = read_recording(sound.sound_file(tmp_path / "a.wav", both, rate=48_000))
    assert samples.ndim == 1
    assert len(samples) == pytest.approx(2 * pcm.RATE, abs=50)
    assert np.abs(samples).max() == pytest.approx(0.05, rel=0.1)


def test_an_empty_recording_is_refused(tmp_path: Path) -> None:
    assert permanently_refused(sound.sound_file(tmp_path / "a.wav", np.zeros(0)))


@pytest.mark.parametrize("data", [b"", b"not a sound", b"ID3" + bytes(500), bytes(10_000)])
def test_what_is_no_sound_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(data)
    assert permanently_refused(path)


def test_a_kind_that_was_not_promised_is_refused_by_name(tmp_path: Path) -> None:
    path = sound.sound_file(tmp_path / "a.aiff", sound.murmur(1))
    assert "AIFF" in permanently_refused(path)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _scrambled(data: bytes) -> bytes:
    return data[:200] + bytes(reversed(data[200:]))


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3"])
def test_a_recording_that_was_cut_short_is_refused(tmp_path: Path, kind: str) -> None:
    path = sound.sound_file(tmp_path / f"a.{kind}", sound.murmur(3), format=KINDS[kind])
    path.write_bytes(_cut(path.read_bytes()))
    assert permanently_refused(path)


def test_a_scrambled_recording_is_refused(tmp_path: Path) -> None:
    path = sound.sound_file(tmp_path / "a.flac", sound.murmur(3))
    path.write_bytes(_scrambled(path.read_bytes()))
    assert permanently_refused(path)


def test_a_recording_with_numbers_that_are_none_is_refused(tmp_path: Path) -> None:
    samples = sound.murmur(1).astype(np.float32)
    samples[500] = np.nan
    assert permanently_refused(sound.sound_file(tmp_path / "a.wav", samples, subtype="FLOAT"))


def test_a_recording_of_more_than_thirty_minutes_is_refused(tmp_path: Path) -> None:
    long = np.zeros(8_000 * (30 * 60 + 1), dtype=np.int16)
    assert "30" in permanently_refused(sound.sound_file(tmp_path / "a.wav", long, rate=8_000))


def test_a_silent_recording_is_refused(tmp_path: Path) -> None:
    path = sound.sound_file(tmp_path / "a.wav", np.zeros(pcm.RATE * 2))
    channel = LoudspeakerChannel(outbox=tmp_path / "outbox", speech_cache=tmp_path / "cache")
    recording = b.attachment_of(path, "audio/wav")
    content = b.content("loudspeaker", LoudspeakerOptions(), recording=recording)
    artifacts = b.FakeArtifacts(attachments={recording.sha256: path})
    with pytest.raises(ChannelError) as caught:
        channel.render(channel.prepare(content, b.hamlet(), artifacts))
    assert caught.value.permanent


def test_a_recording_that_is_gone_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(ChannelError) as caught:
        read_recording(tmp_path / "gone.wav")
    assert not caught.value.permanent
