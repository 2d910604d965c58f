"""Recordings: every kind of file, levelled like speech; whatever cannot air is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support import builders as b
from support import sound
from support.sound import Signal

from channels.base import ChannelError
from channels.loudspeaker.audio import pcm
from channels.loudspeaker.audio.recording import Examined, examine, read_recording
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.options import LoudspeakerOptions

KINDS = {"wav": "WAV", "flac": "FLAC", "ogg": "OGG", "mp3": "MP3"}


def permanently_refused(path: Path) -> str:
    with pytest.raises(ChannelError) as caught:
        read_recording(path)
    assert caught.value.permanent
    return str(caught.value)


@pytest.mark.parametrize("kind", [*KINDS, "opus", "m4a", "aac"])
def test_each_kind_of_recording_airs_at_the_stations_loudness(tmp_path: Path, kind: str) -> None:
    channel = LoudspeakerChannel(outbox=tmp_path / "outbox", speech_cache=tmp_path / "cache")
    path = sound.recorded(tmp_path / f"loi-moi.{kind}", sound.murmur(4, 0.05))
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


def test_sides_that_mirror_each_other_are_not_mixed_to_nothing(tmp_path: Path) -> None:
    left = sound.murmur(2, rate=48_000)
    samples = read_recording(
        sound.sound_file(tmp_path / "a.wav", np.stack([left, -left], axis=1), rate=48_000)
    )
    assert np.abs(samples).max() == pytest.approx(np.abs(left).max(), rel=0.1)


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


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "m4a", "ogg"])
def test_a_recording_that_was_cut_short_is_refused(tmp_path: Path, kind: str) -> None:
    path = sound.recorded(tmp_path / f"a.{kind}", sound.murmur(3))
    path.write_bytes(_cut(path.read_bytes()))
    assert permanently_refused(path)


@pytest.mark.parametrize(
    "left", [2, 20, 30, 200], ids=["in the mark", "header", "lengths", "sound"]
)
@pytest.mark.parametrize("coding", ["VORBIS", "OPUS"])
def test_an_ogg_that_ends_within_a_page_is_refused(tmp_path: Path, coding: str, left: int) -> None:
    whole = sound.sound_file(tmp_path / "a.ogg", sound.murmur(3), rate=48_000, subtype=coding)
    assert len(read_recording(whole)) == pytest.approx(3 * pcm.RATE, rel=0.1)
    data = whole.read_bytes()
    whole.write_bytes(data[: data.rindex(b"OggS") + left])
    assert permanently_refused(whole)


def test_a_tag_behind_an_ogg_is_no_part_of_it(tmp_path: Path) -> None:
    path = sound.sound_file(tmp_path / "a.ogg", sound.murmur(3), rate=48_000)
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    assert len(read_recording(path))


def test_an_m4a_whose_sound_was_cut_short_behind_its_header_is_refused(tmp_path: Path) -> None:
    path = sound.recorded(tmp_path / "a.m4a", sound.murmur(6))
    header_first = sound.header_first(path)
    assert len(read_recording(header_first)) == pytest.approx(6 * pcm.RATE, rel=0.02)
    header_first.write_bytes(header_first.read_bytes()[: -path.stat().st_size // 3])
    assert permanently_refused(header_first)


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


def examined(path: Path) -> Examined:
    return examine(path)


def said(seconds: float, level: float = 0.1) -> Signal:
    return sound.murmur(seconds, level)


def pause(seconds: float) -> Signal:
    """Nothing but the noise of a room, 55 dB below speech."""
    return np.random.default_rng(3).standard_normal(round(seconds * pcm.RATE)) * 5e-5


def wav(tmp_path: Path, *parts: Signal) -> Path:
    return sound.sound_file(tmp_path / "a.wav", np.concatenate(parts))


def test_a_recording_is_what_its_content_says(tmp_path: Path) -> None:
    path = sound.recorded(tmp_path / "a.m4a", said(2)).rename(tmp_path / "a.mp3")
    assert len(read_recording(path)) == pytest.approx(2 * pcm.RATE, rel=0.05)


def test_a_film_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    assert "film" in permanently_refused(sound.film(tmp_path / "a.mp4", 1))


def test_silence_around_what_is_said_is_cut(tmp_path: Path) -> None:
    found = examined(wav(tmp_path, pause(4), said(3), pause(6)))
    assert found.take.seconds == pytest.approx(3.3, abs=0.3)
    (remark,) = found.remarks
    assert "10" in remark
    cut = np.concatenate(list(found.take()))
    assert len(cut) == round(found.take.seconds * pcm.RATE)
    assert np.abs(cut[pcm.RATE : 2 * pcm.RATE]).max() > 0.05
    assert cut[0] == cut[-1] == 0.0


def test_a_recording_without_silence_stays_as_it_is(tmp_path: Path) -> None:
    path = wav(tmp_path, said(9))
    found = examined(path)
    assert found.remarks == ()
    assert len(np.concatenate(list(found.take()))) >= 8.8 * pcm.RATE


def test_a_silence_of_some_seconds_is_shortened_and_told(tmp_path: Path) -> None:
    found = examined(wav(tmp_path, said(5), pause(6), said(5)))
    assert found.take.seconds == pytest.approx(11.5, abs=0.4)
    assert len(found.remarks) == 1
    cut = np.concatenate(list(found.take()))
    tenths = cut[: len(cut) // 4410 * 4410].reshape(-1, 4410)
    quiet = np.abs(tenths).max(axis=1) < 1e-3
    longest = max(len(run) for run in "".join(".x"[one] for one in quiet.astype(int)).split("."))
    assert 12 <= longest <= 20


def test_a_recorder_that_stopped_is_told_with_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    with pytest.raises(ChannelError, match=r"silent for 1[23] seconds, from 1:0[45] on") as caught:
        examined(wav(tmp_path, said(65), pause(12), said(5)))
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ((said(4, 0.015),), "too quiet"),
        ((np.clip(said(4, 8.0), -1, 1),), "distorted"),
        ((said(0.3),), "too short"),
        ((pause(4) * 0.01,), "silent"),
    ],
    ids=["quiet", "clipped", "short", "silent"],
)
def test_what_cannot_air_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: tuple[Signal, ...], told: str
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    with pytest.raises(ChannelError, match=told) as caught:
        examined(wav(tmp_path, *parts))
    assert caught.value.permanent


@pytest.mark.parametrize("kind", ["mp3", "m4a", "opus"])
def test_clipping_is_heard_through_lossy_coding(tmp_path: Path, kind: str) -> None:
    path = sound.recorded(tmp_path / f"a.{kind}", np.clip(said(6, 8.0), -1, 1))
    with pytest.raises(ChannelError):
        examined(path)


@pytest.mark.parametrize(
    ("parts", "told"),
    [((said(8, 0.05),), "very quiet"), ((said(20), np.clip(said(1, 4.0), -1, 1)), "distorted")],
    ids=["quiet", "clipped"],
)
def test_what_is_poor_airs_with_a_remark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: tuple[Signal, ...], told: str
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    (remark,) = examined(wav(tmp_path, *parts)).remarks
    assert told in remark


def test_a_recording_said_twice_is_the_same_sound_twice(tmp_path: Path) -> None:
    channel = LoudspeakerChannel(outbox=tmp_path / "outbox", speech_cache=tmp_path / "cache")
    path = wav(tmp_path, said(5))
    recording = b.attachment_of(path, "audio/wav")
    content = b.content("loudspeaker", LoudspeakerOptions(repeat=2), recording=recording)
    artifacts = b.FakeArtifacts(attachments={recording.sha256: path})
    heard = sound.decoded(channel.render(channel.prepare(content, b.hamlet(), artifacts)).data)
    assert len(heard) / pcm.RATE == pytest.approx(5 + 2 + 5 + 1, abs=0.4)
    assert sound.loudness(heard) == pytest.approx(-16.0, abs=0.5)
