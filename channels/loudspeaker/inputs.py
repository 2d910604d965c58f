"""All that shapes the sound of an item, and nothing of the hamlet that hears it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from channels.loudspeaker.audio.terms import USUAL, Chime, Finish, Tags
from channels.loudspeaker.script import Line
from channels.loudspeaker.speech.engine import Choice
from engine.models import File


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
