"""The MP3 decoder's own notes never reach the screen."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from support import sound

from campaigns import sounds
from channels.base import ChannelError
from channels.loudspeaker.audio import mp3
from channels.loudspeaker.audio.decoding import opened
from channels.loudspeaker.proof import opening
from engine.hushed import hushed


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    chance = np.random.default_rng(5)
    sound = bytearray(mp3.encode([chance.normal(0, 0.1, 10 * 44_100).astype(np.float32)]))
    half = len(sound) // 2
    sound[half : half + 20_000] = bytes(20_000)
    path = tmp_path / "broken.mp3"
    path.write_bytes(sound)
    return path


def test_a_broken_recording_is_refused_in_our_words_alone(
    broken: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ChannelError), opened(broken) as sound:
        for _stretch in sound.blocks:
            pass

    assert capfd.readouterr().err == ""


def test_a_broken_recording_is_measured_without_a_word_of_the_decoder(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    cut = sound.recorded(tmp_path / "a.mp3", sound.murmur(8))
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 3])
    assert sounds.seconds(cut, sounds.Kind("audio/mpeg")) > 0
    assert capfd.readouterr().err == ""


def test_the_proof_hears_a_broken_file_without_a_word_of_the_decoder(
    broken: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ChannelError), opening.opened(broken) as (_rate, stretches):
        for _stretch in stretches:
            pass

    assert capfd.readouterr().err == ""


def test_what_others_write_meanwhile_comes_out_after(capfd: pytest.CaptureFixture[str]) -> None:
    with hushed():
        os.write(2, b"Note: Trying to resync...\nthe disk is nearly full\n")
        with hushed():
            os.write(2, b"[src/libmpg123/parse.c:wetwork():1349] error: Giving up\n")

    assert capfd.readouterr().err == "the disk is nearly full\n"
