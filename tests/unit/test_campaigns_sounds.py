"""Recordings as a campaign names them: told by their content, measured by their headers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support import sound

from campaigns import attached
from campaigns.attached import AttachedError, describe

MEDIA_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
}


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def refused(path: Path) -> str:
    with pytest.raises(AttachedError) as caught:
        describe(path.parent, path.name, sound=True)
    return str(caught.value)


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_every_kind_of_recording_is_known_and_measured(tmp_path: Path, kind: str) -> None:
    path = sound.recorded(tmp_path / f"loi-moi.{kind}", sound.murmur(3))
    found, _where = describe(tmp_path, path.name, sound=True)
    assert found.media_type == MEDIA_TYPES[kind]
    assert found.seconds == pytest.approx(3.0, abs=0.15)


def test_a_recording_is_what_its_content_says(tmp_path: Path) -> None:
    path = sound.recorded(tmp_path / "a.m4a", sound.murmur(2)).rename(tmp_path / "zalo.mp3")
    found, _where = describe(tmp_path, path.name, sound=True)
    assert found.media_type == "audio/mp4"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"%PDF-1.7", "this is PDF, not a recording"),
        (b"PK\x03\x04 a document", "this is ZIP, Word, Excel, not a recording"),
        (b"#!AMR\n", "this is AMR, not a recording"),
        (b"just words", "its content is not that of a sound file"),
        (b"", "the file is empty"),
        (bytes(5000), "its content is not that of a sound file"),
    ],
)
def test_what_is_no_recording_is_told_by_what_it_is(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "a.mp3").write_bytes(data)
    assert refused(tmp_path / "a.mp3").startswith(f"a.mp3: {told}")


@pytest.mark.parametrize("kind", ["m4a", "mp3", "flac", "wav"])
def test_a_recording_whose_header_is_broken_is_refused(tmp_path: Path, kind: str) -> None:
    path = sound.recorded(tmp_path / f"a.{kind}", sound.murmur(1))
    path.write_bytes(path.read_bytes()[:16] + bytes(400))
    assert "broken" in refused(path)


def test_half_a_gigabyte_is_refused_without_reading_it(tmp_path: Path) -> None:
    with (tmp_path / "dai.wav").open("wb") as file:
        file.write(b"RIFF\0\0\0\0WAVE")
        file.truncate(500_000_000)
    told = "dai.wav has 500 MB, a recording at most 200 MB: save it as MP3 or M4A, or cut it"
    assert refused(tmp_path / "dai.wav") == told


def test_a_wav_larger_than_any_document_is_taken(tmp_path: Path) -> None:
    long = np.zeros(attached.MAX_FILE_BYTES // 2 + 1, dtype=np.int16)
    path = sound.sound_file(tmp_path / "a.wav", long, rate=8_000)
    assert describe(tmp_path, path.name, sound=True)[0].size > attached.MAX_FILE_BYTES
