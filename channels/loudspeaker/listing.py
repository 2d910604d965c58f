"""A programme written down: the playlist that players follow, and the manifest beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from channels.loudspeaker.kept import Shared
from channels.loudspeaker.names import Part
from channels.loudspeaker.text import one_line
from engine.clock import local
from engine.models import Bundle, Content, File

#: What players show of the frame.
OPENING, CLOSING = "Mở đầu chương trình", "Kết thúc chương trình"


@dataclass(frozen=True, slots=True)
class Track:
    """One distinct sound of one campaign, and the hamlets whose words it says.

    ``since`` is when its campaign was first approved.
    """

    content: Content
    file: File
    hamlets: tuple[str, ...]
    seconds: float
    since: datetime | None = None

    def renamed(self, name: str) -> Track:
        return replace(self, file=self.file.renamed(name))


@dataclass(frozen=True, slots=True)
class Aired:
    """One sound as it comes in a programme; only a bridge has no title."""

    title: str
    file: File
    seconds: float


@dataclass(frozen=True, slots=True)
class Whole:
    """A programme's parts as files of its slot; those that it does not have are missing."""

    tracks: Sequence[Track]
    opening: Shared | None = None
    closing: Shared | None = None
    bridge: Shared | None = None
    joined: Shared | None = None

    def aired(self) -> Iterator[Aired]:
        """Yield every sound in airing order, the bridge as often as it comes."""
        if self.opening:
            yield Aired(OPENING, self.opening.file, self.opening.seconds)
        for number, track in enumerate(self.tracks):
            if number and self.bridge:
                yield Aired("", self.bridge.file, self.bridge.seconds)
            yield Aired(one_line(track.content.title), track.file, track.seconds)
        if self.closing:
            yield Aired(CLOSING, self.closing.file, self.closing.seconds)

    def files(self) -> Iterator[File]:
        """Yield the sounds in airing order, each once, then all of them in one."""
        if self.opening:
            yield self.opening.file
        yield from (track.file for track in self.tracks)
        for part in (self.bridge, self.closing, self.joined):
            if part:
                yield part.file

    def starts(self) -> list[float]:
        """Return the seconds at which the tracks begin in the joined sound; none without it."""
        begins = self.joined.starts if self.joined else ()
        first = 1 if self.opening else 0
        step = 2 if self.bridge else 1
        return [round(one, 3) for one in begins[first : first + step * len(self.tracks) : step]]


def playlist(whole: Whole) -> bytes:
    """Return an extended M3U in UTF-8; paths are relative to the playlist."""
    rows = ["#EXTM3U"]
    for one in whole.aired():
        rows.append(f"#EXTINF:{round(one.seconds)},{one.title}")
        rows.append(one.file.name.rpartition("/")[2])
    return ("\n".join(rows) + "\n").encode()


def manifest(bundle: Bundle, whole: Whole) -> bytes:
    """Return what airs as JSON; what the programme does not have is not named."""
    parts = {
        Part.OPENING: whole.opening,
        Part.CLOSING: whole.closing,
        Part.BRIDGE: whole.bridge,
        Part.PROGRAMME: whole.joined,
    }
    starts = whole.starts()
    listed = {
        "slot": local(bundle.slot).isoformat(),
        "cluster": bundle.target,
        "version": bundle.version,
        "items": [
            {
                "title": one_line(track.content.title),
                "campaign": track.content.campaign_id,
                "priority": track.content.priority.value,
                "purpose": track.content.purpose.value,
                "drill": track.content.drill,
                **_described(track.file, track.seconds),
                **({"starts": starts[number]} if starts else {}),
                "hamlets": list(track.hamlets),
            }
            for number, track in enumerate(whole.tracks)
        ],
        **{
            name.value: _described(part.file, round(part.seconds, 1))
            for name, part in parts.items()
            if part
        },
    }
    return (json.dumps(listed, ensure_ascii=False, indent=2) + "\n").encode()


def _described(file: File, seconds: float) -> dict[str, str | int | float]:
    return {"file": file.name, "sha256": file.sha256, "size": file.size, "seconds": seconds}
