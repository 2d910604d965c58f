"""What the files of a slot are called: made from ids and times alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from channels.loudspeaker.audio.terms import ENDINGS, MEDIA_TYPES, Format
from engine.clock import local
from engine.models import Bundle, Priority, Purpose

#: What ``SlotNames.hour`` looks like.
HOUR = r"\d{4}(?:\d{2}(?:\d{6})?)?"

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class Part(StrEnum):
    """What a programme has besides items: beginning, end, bridge, and all of it in one file."""

    OPENING = "opening"
    CLOSING = "closing"
    BRIDGE = "bridge"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class SlotNames:
    """Names for one slot: ``date`` 2026-12-01 and ``hour`` 0500, as people in Vietnam read it.

    What goes out at once, between two minutes, has seconds as well, and their millionths: it
    must not take the names of the session that begins with the same minute.
    """

    date: str
    hour: str

    @classmethod
    def of(cls, bundle: Bundle) -> SlotNames:
        slot = local(bundle.slot)
        exact = f"{slot:%H%M%S%f}" if slot.microsecond else f"{slot:%H%M%S}" if slot.second else ""
        return cls(f"{slot:%Y-%m-%d}", exact or f"{slot:%H%M}")

    @property
    def playlist(self) -> str:
        return f"{self.date}/{self.hour}.m3u8"

    @property
    def manifest(self) -> str:
        return f"{self.date}/{self.hour}.json"

    def audio(
        self, priority: Priority, campaign_id: str, *more: str, ending: str = ENDINGS[Format.MP3]
    ) -> str:
        return f"{self.date}/{'-'.join((self.hour, priority.value, campaign_id, *more))}.{ending}"

    def part(self, part: Part, ending: str) -> str:
        """Return the name of what no campaign brings: no priority is called like it."""
        return f"{self.date}/{self.hour}-{part}.{ending}"

    def is_audio(self, name: str) -> bool:
        """Say whether ``name`` can be an audio file of this slot and nothing else."""
        folder, _slash, file = name.partition("/")
        return (
            folder == self.date
            and is_plain(file)
            and file.startswith(f"{self.hour}-")
            and file.rpartition(".")[2] in ENDINGS.values()
        )


def purpose_suffix(purpose: Purpose) -> tuple[str, ...]:
    """A notice's name says nothing of its purpose; every other purpose is named."""
    return () if purpose is Purpose.NOTICE else (purpose.value.replace("_", "-"),)


def is_plain(name: str) -> bool:
    """Say whether ``name`` is safe as one step of a path."""
    return bool(_PLAIN.fullmatch(name))


def ending_of(media_type: str) -> str:
    """Return the ending of a sound file of this channel's own. MP3 for what it does not know."""
    known = {media: ENDINGS[form] for form, media in MEDIA_TYPES.items()}
    return known.get(media_type, ENDINGS[Format.MP3])
