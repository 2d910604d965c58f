"""A chain of voices through the whole house: who spoke, and why not another, wherever one looks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import builders
from support.commune import NOTICE, PASSPHRASE, loa, make_commune
from support.fake_google import FakeGoogle, Habit, fake_google, without_proxies

from channels.loudspeaker.inputs import SpeechInputs
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.speech.engine import Choice
from channels.loudspeaker.speech.gtts_engine import AT_ONCE
from engine.app import App, open_app
from engine.settings import load_settings
from workers.embedded import EmbeddedRuntime


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with without_proxies(), fake_google() as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path, google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOA_LANG", "en")
    folder = make_commune(tmp_path / "xa", {"tiem-phong": NOTICE})
    path = folder / "loa.toml"
    voices = f"""
[loudspeaker]
engines = ["gtts", "piper", "espeak"]
piper_voice = "chua-cai"
gtts_url = "{google.address}"
"""
    path.write_text(path.read_text("utf-8") + voices, encoding="utf-8")
    return folder


def aired(workspace: Path) -> None:
    with open_app(workspace) as app:
        for person in ("lan", "minh"):
            app.office.set_passphrase(person, PASSPHRASE, None)
        app.office.submit(workspace / "campaigns/tiem-phong.yaml", "lan")
        app.office.approve("tiem-phong", "minh", PASSPHRASE)
        EmbeddedRuntime(app).run()


def remarks(workspace: Path) -> list[str]:
    """What ``loa status`` says was made otherwise than chosen."""
    said = loa("status", "tiem-phong", cwd=workspace)
    assert said.returncode == 0, said.stderr
    return [line for line in said.stdout.splitlines() if line.startswith("⚠")]


def test_the_voice_that_was_chosen_leaves_no_remark(workspace: Path, google: FakeGoogle) -> None:
    aired(workspace)
    assert google.asked
    assert remarks(workspace) == []


def test_who_spoke_instead_and_why_is_told_wherever_people_look(
    workspace: Path, google: FakeGoogle
) -> None:
    google.habit = Habit.TOO_MANY
    aired(workspace)
    # Two items of several sentences, at the same time: Google was left alone after the first few.
    assert 1 <= len(google.asked) <= 2 * AT_ONCE
    told = "\n".join(remarks(workspace))
    assert "Ấp 1" in told
    assert "Ấp 2" in told
    assert "The voice “gtts” could not be used, “espeak” spoke instead" in told
    assert "429" in told
    assert "The voice “piper” could not be used, “espeak” spoke instead: there is no voice" in told

    confirm = ["confirm", "tiem-phong", "--hamlet", "ap-1", "--channel", "loudspeaker"]
    said = loa(*confirm, "--households", "90", "--by", "lan", cwd=workspace)
    assert said.returncode == 0, said.stderr
    assert loa("report", "tiem-phong", cwd=workspace).returncode == 0
    reports = workspace / "reports" / "tiem-phong"
    page, table, data = (
        next(reports.glob(f"*.{kind}")).read_text("utf-8") for kind in ("html", "csv", "json")
    )
    assert "Made otherwise than chosen" in page
    for document in (page, table, data):
        assert "“espeak” spoke instead" in document
        assert "429" in document
    spoken = [line for line in json.loads(data)["deliveries"] if line["channel"] == "loudspeaker"]
    assert spoken
    assert all("spoke instead" in line["remark"] for line in spoken)
    assert any(line["state"] == "confirmed" for line in spoken)


def test_the_preview_says_who_would_speak(workspace: Path, google: FakeGoogle) -> None:
    google.habit = Habit.ERROR
    with open_app(workspace) as app:
        app.office.set_passphrase("lan", PASSPHRASE, None)
        app.office.submit(workspace / "campaigns/tiem-phong.yaml", "lan")
    said = loa("preview", "tiem-phong", cwd=workspace)
    assert said.returncode == 0, said.stderr
    assert "⚠ The voice “gtts” could not be used, “espeak” spoke instead" in said.stdout


def voices_of(app: App) -> tuple[Choice, ...]:
    channel = app.channels["loudspeaker"]
    content = builders.content("loudspeaker", LoudspeakerOptions(), body="Giá 1.000 đồng.")
    inputs = channel.prepare(content, builders.hamlet(), builders.FakeArtifacts())
    assert isinstance(inputs, SpeechInputs)
    return inputs.voices


def test_a_commune_may_have_voices_of_its_own(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gtts, piper = Choice("gtts", "vi"), Choice("piper", "chua-cai")
    with open_app(workspace) as app:
        assert voices_of(app) == (gtts, piper, Choice("espeak", "vi-vn-x-south"))
    path = workspace / "loa.toml"
    own = '[voices.xa-mau]\nvoice = "vi"\n[voices.xa-khac]\nengines = ["gtts"]\n'
    path.write_text(path.read_text("utf-8") + own, encoding="utf-8")
    with open_app(workspace) as app:
        assert voices_of(app) == (gtts, piper, Choice("espeak", "vi"))
    monkeypatch.setenv("LOA_VOICES_XA-MAU_ENGINES", "piper, espeak")
    monkeypatch.setenv("LOA_VOICES_XA-MAU_PIPER_VOICE", "rieng")
    with open_app(workspace) as app:
        assert voices_of(app) == (Choice("piper", "rieng"), Choice("espeak", "vi"))
    settings = load_settings(workspace)
    assert settings.loudspeaker_of("xa-khac").chain == ("gtts",)
    assert settings.loudspeaker_of("xa-nao-do") == settings.loudspeaker
