"""Speech: a notice to its MP3, for the first time, again, and with one sentence changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bench.figures import Figure, clocked
from bench.made_up import NOTICE
from channels.loudspeaker.audio.mp3 import MEDIA_TYPE, seconds
from channels.loudspeaker.audio.terms import Tags
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.inputs import SpeechInputs
from channels.loudspeaker.script import Line
from channels.loudspeaker.speech.engine import Choice
from channels.loudspeaker.spoken import speak
from engine.models import File, Rendered

VOICE = "vi-vn-x-south"


def figures(folder: Path) -> Iterator[Figure]:
    channel = speaker(folder)
    try:
        inputs = inputs_of(NOTICE)
        channel.render(replace(inputs, sentences=(Line("Bắt đầu.", 0.5),)))  # loads the libraries
        cold, made = clocked(lambda: channel.render(inputs))
        yield Figure("a notice spoken and mastered", cold, "s", length(made), "its own length")
        warm, again = clocked(lambda: channel.render(inputs))
        assert again.data == made.data
        yield Figure("again, sentences kept", warm, "s", cold, "the first time")
        changed, _made = clocked(lambda: render_changed(channel, inputs))
        yield Figure("one sentence changed", changed, "s", cold, "the first time")
    finally:
        channel.close()


def speaker(folder: Path) -> LoudspeakerChannel:
    """Return a loudspeaker that has said nothing yet."""
    return LoudspeakerChannel(
        outbox=folder / "outbox", speech_cache=folder / "speech", lead=timedelta(0)
    )


def length(made: Rendered) -> float:
    return seconds(File.of_bytes("a", MEDIA_TYPE, made.data))


def render_changed(channel: LoudspeakerChannel, inputs: SpeechInputs) -> Rendered:
    first, *rest = inputs.sentences
    return channel.render(replace(inputs, sentences=(replace(first, text="Lúc tám giờ."), *rest)))


def inputs_of(text: str) -> SpeechInputs:
    said = speak(text.replace("{{ gio }}", "7 giờ 30")).text
    lines = tuple(Line(part.strip() + ".", 0.5) for part in said.split(".") if part.strip())
    tags = Tags("Lịch tiêm", "Xã Mẫu", "lich-tiem", "2026-12-01")
    return SpeechInputs(lines, (Choice("espeak", VOICE),), -16.0, 1, tags)
