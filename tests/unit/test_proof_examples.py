"""The example campaigns have been listened to: every voice, both readings, and the recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bench.planted import VOICES
from campaigns.loader import load_campaign
from campaigns.registry_file import load_registry
from campaigns.workspace import EXAMPLE
from channels.base import Artifacts
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.inputs import RecordingInputs, SpeechInputs
from channels.loudspeaker.proof.listening import Listener
from channels.loudspeaker.speech.engine import Choice
from engine.app import OPTIONS
from engine.clock import VIETNAM
from engine.models import Content, File, Registry
from engine.planner.compose import Composer

SPOKEN = ["canh-bao-lu", "ho-tro-ho-ngheo", "tiem-vac-xin"]
NOW = datetime(2026, 11, 20, 8, tzinfo=VIETNAM)


class Recordings:
    """The ``Artifacts`` port with the example's one recording."""

    def told(self, channel: str) -> Content | None:
        return None

    def need(self, channel: str) -> File | None:
        return None

    def attachment(self, sha256: str) -> Path:
        return EXAMPLE / "campaigns" / "tep" / "loi-moi-hop-dan.ogg"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(EXAMPLE / "commune.yaml").registry


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoudspeakerChannel]:
    folder = tmp_path_factory.mktemp("loudspeaker")
    channel = LoudspeakerChannel(outbox=folder / "outbox", speech_cache=folder / "speech")
    yield channel
    channel.close()


def inputs(
    channel: LoudspeakerChannel, registry: Registry, name: str
) -> SpeechInputs | RecordingInputs:
    """Return what shapes the sound of an example campaign in its first hamlet."""
    campaign = load_campaign(
        EXAMPLE / "campaigns" / f"{name}.yaml", registry, OPTIONS, NOW
    ).campaign
    content = Composer(campaign, registry, {"loudspeaker": channel}).content(
        "loudspeaker", registry.hamlets[0]
    )
    artifacts: Artifacts = Recordings()
    return channel.prepare(content.content, registry.hamlets[0], artifacts)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("name", SPOKEN)
def test_every_word_of_an_example_is_heard_in_every_voice_and_both_readings(
    channel: LoudspeakerChannel, registry: Registry, name: str, voice: str
) -> None:
    one = inputs(channel, registry, name)
    assert isinstance(one, SpeechInputs)
    twice = replace(one, voices=(Choice("espeak", voice),), repeat=2, text="")
    proof = channel.render(twice).proof
    assert proof["words"] > 150 * 2
    assert proof["alike"] > 0.8
    assert 120 < proof["pace"] < 200


def test_the_examples_recording_is_heard_too(
    channel: LoudspeakerChannel, registry: Registry
) -> None:
    proof = channel.render(inputs(channel, registry, "hop-dan")).proof
    assert 20 < proof["seconds"] < 40
    assert proof["silence"] < 2.5


def test_a_listener_finds_out_which_of_several_items_it_hears(
    channel: LoudspeakerChannel, registry: Registry, tmp_path: Path
) -> None:
    items = [inputs(channel, registry, name) for name in SPOKEN]
    file = tmp_path / "a.mp3"
    rendered = channel.render(items[2])
    assert isinstance(items[2], SpeechInputs)
    assert rendered.proof["words"] == len(items[2].text.split())
    file.write_bytes(rendered.data)
    listener: Listener = channel.listener()
    number, judgement = listener.against(listener.sound(file), items)
    assert (number, judgement.faults) == (2, ())
