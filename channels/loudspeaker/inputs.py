"""All that shapes the sound of an item, and nothing of the hamlet that hears it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from channels.base import Artifacts
from channels.loudspeaker.audio.terms import USUAL, Chime, Finish, Tags
from channels.loudspeaker.script import Line
from channels.loudspeaker.speech.engine import Choice
from engine.clock import local
from engine.models import Attachment, Content, File


@dataclass(frozen=True, slots=True)
class SpeechInputs:
    """Sentences for a voice: the first of ``voices`` that speaks. ``loudness`` in LUFS.

    ``text`` is all that is said, every reading of it, as it is approved: the proof holds the
    sentences against it. Empty where nobody approves a text.
    """

    sentences: tuple[Line, ...]
    voices: tuple[Choice, ...]
    loudness: float
    repeat: int
    tags: Tags
    finish: Finish = USUAL
    text: str = ""


@dataclass(frozen=True, slots=True)
class RecordingInputs:
    """A sound file that somebody recorded. ``loudness`` in LUFS.

    ``opening`` is said before it, when it corrects an earlier one.
    """

    recording: File
    loudness: float
    repeat: int
    tags: Tags
    finish: Finish = USUAL
    opening: SpeechInputs | None = None

    def identity(self) -> dict[str, Any]:
        """Return what its hash is made of: an opening only where there is one."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: one for name, one in own.items() if name != "opening" or one is not None}


@dataclass(frozen=True, slots=True)
class AnnouncementInputs:
    """A programme's opening, closing or bridge: a chime or a jingle, then ``speech``, over a bed.

    Each may be missing; ``speech`` says how all of it leaves.
    """

    speech: SpeechInputs
    chime: Chime | None = None
    jingle: File | None = None
    bed: File | None = None


def tags_of(content: Content) -> Tags:
    """Return what players show of an item."""
    return Tags(content.title, content.issuer, content.campaign_id, _dated(content))


def _dated(content: Content) -> str:
    """Return the day that players show: when it begins to hold, else when it airs first."""
    schedule = content.own_schedule or content.schedule
    begins = content.valid_from or min(schedule.moments, default=None)
    return f"{local(begins):%Y-%m-%d}" if begins is not None else ""


def file_of(recording: Attachment, artifacts: Artifacts) -> File:
    """Return a recording where it lies. Raises ChannelError when it is gone."""
    path = artifacts.attachment(recording.sha256)
    return File(recording.sha256, recording.media_type, recording.sha256, recording.size, path)
