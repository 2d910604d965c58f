"""What the files of a slot are called: made from ids and times alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.clock import local
from engine.models import Bundle, Priority, Purpose

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True, slots=True)
class SlotNames:
    """Names for one slot: ``date`` 2026-12-01 and ``hour`` 0500, as people in Vietnam read it."""

    date: str
    hour: str

    @classmethod
    def of(cls, bundle: Bundle) -> SlotNames:
        slot = local(bundle.slot)
        return cls(f"{slot:%Y-%m-%d}", f"{slot:%H%M}")

    @property
    def playlist(self) -> str:
        return f"{self.date}/{self.hour}.m3u8"

    @property
    def manifest(self) -> str:
        return f"{self.date}/{self.hour}.json"

    def audio(self, priority: Priority, campaign_id: str, *more: str) -> str:
        return f"{self.date}/{'-'.join((self.hour, priority.value, campaign_id, *more))}.mp3"

    def is_audio(self, name: str) -> bool:
        """Say whether ``name`` can be an audio file of this slot and nothing else."""
        folder, _slash, file = name.partition("/")
        return (
            folder == self.date
            and is_plain(file)
            and file.startswith(f"{self.hour}-")
            and file.endswith(".mp3")
        )


def purpose_suffix(purpose: Purpose) -> tuple[str, ...]:
    """A notice's name says nothing of its purpose; every other purpose is named."""
    return () if purpose is Purpose.NOTICE else (purpose.value.replace("_", "-"),)


def is_plain(name: str) -> bool:
    """Say whether ``name`` is safe as one step of a path."""
    return bool(_PLAIN.fullmatch(name))
