"""The example campaigns on the loudspeaker: how loud, how fast said, how fast made, each proved.

Each in its first hamlet's words, with nothing kept of any of them before. The proof of each item
is part of making it; loudness and peak are measured on the decoded MP3.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.figures import Figure, clocked
from channels.base import artifact_key
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.inputs import RecordingInputs, SpeechInputs
from channels.loudspeaker.script import Line
from engine.app import App, open_app
from engine.models import File
from engine.planner.compose import Composer

EXAMPLE = Path(__file__).parents[1] / "campaigns" / "examples" / "binh-hoa-hung"


def figures(folder: Path) -> Iterator[Figure]:
    shutil.copytree(EXAMPLE, folder / "xa")
    with open_app(folder / "xa") as app:
        files = sorted((folder / "xa" / "campaigns").glob("*.yaml"))
        items = [inputs_of(app, path) for path in files]
        channel = speaker(app)
        said = next(one for one in items if isinstance(one, SpeechInputs))
        first = replace(said, sentences=(Line("Bắt đầu.", 0.5),), text="")
        channel.render(first)  # loads the libraries
        for path, inputs in zip(files, items, strict=True):
            yield from of_one(channel, path.stem, inputs, folder)


def of_one(
    channel: LoudspeakerChannel, name: str, inputs: SpeechInputs | RecordingInputs, folder: Path
) -> Iterator[Figure]:
    cold, made = clocked(lambda: channel.render(inputs))
    file = folder / f"{name}.mp3"
    file.write_bytes(made.data)
    proof, lasts = made.proof, made.proof["seconds"]
    listener = channel.listener()
    found = listener.alone(listener.sound(file)).figures
    yield Figure(f"{name}: how long it is heard", lasts, "s")
    yield Figure(f"{name}: loudness", found["loudness"], "LUFS")
    yield Figure(f"{name}: true peak", found["true_peak"], "dBTP")
    if "words" in proof:
        yield Figure(f"{name}: words heard", proof["words"], "")
        yield Figure(f"{name}: the least like of them", 100 * proof["alike"], "%")
        yield Figure(f"{name}: pace", proof["pace"], "syllables a minute")
    yield Figure(f"{name}: made and proved", cold, "s")
    yield Figure(f"{name}: times faster than it is heard", lasts / cold, "×")
    warm, _again = clocked(lambda: channel.render(inputs))
    yield Figure(f"{name}: again, sentences kept", lasts / warm, "×")


def speaker(app: App) -> LoudspeakerChannel:
    channel = app.channels["loudspeaker"]
    assert isinstance(channel, LoudspeakerChannel)
    return channel


def inputs_of(app: App, path: Path) -> SpeechInputs | RecordingInputs:
    """Return what shapes the sound of a campaign in its first hamlet."""
    channel, campaign = speaker(app), app.office.plan(path)[0]
    hamlet = next(
        one for one in app.registry.hamlets if one.id in (campaign.audience.hamlets or {one.id})
    )
    composed = Composer(campaign, app.registry, {"loudspeaker": channel})
    content = composed.content("loudspeaker", hamlet).content
    made = channel.prepare(content, hamlet, _Recordings(path.parent))
    assert artifact_key(channel, made)
    return made


class _Recordings:
    """The recordings that lie beside the campaigns, by what they hold."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def need(self, _channel: str) -> File | None:
        return None

    def attachment(self, sha256: str) -> Path:
        for path in self._folder.rglob("*.ogg"):
            if File.of_bytes("a", "", path.read_bytes()).sha256 == sha256:
                return path
        raise FileNotFoundError(sha256)
