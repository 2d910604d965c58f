"""The programme of a slot: its audio files in airing order, a playlist and a manifest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from channels.disk import refused
from channels.loudspeaker.audio import mp3
from channels.loudspeaker.names import SlotNames, purpose_suffix
from channels.loudspeaker.text import one_line
from engine.clock import local
from engine.models import Artifact, Bundle, Content, File, Item


@dataclass(frozen=True, slots=True)
class _Track:
    """One distinct sound of one campaign, and the hamlets whose words it says."""

    content: Content
    file: File
    hamlets: tuple[str, ...]
    seconds: float

    @property
    def order(self) -> tuple[int, str, str, tuple[str, ...]]:
        return (
            self.content.priority.rank,
            self.content.campaign_id,
            self.content.purpose.value,
            self.hamlets,
        )


def programme(bundle: Bundle, items: Sequence[Item]) -> Artifact:
    """Return what a slot airs: emergency first, then important, then routine, then by id.

    Items that say the same are one file; no items give an empty playlist, which takes off the
    air what an earlier version listed. Raises ChannelError when the store cannot be read.
    """
    names = SlotNames.of(bundle)
    tracks = _named(names, sorted(_tracks(items), key=lambda track: track.order))
    return Artifact(
        (
            *(track.file for track in tracks),
            File.of_bytes(names.playlist, "audio/mpegurl", _playlist(tracks)),
            File.of_bytes(names.manifest, "application/json", _manifest(bundle, tracks)),
        )
    )


def _tracks(items: Sequence[Item]) -> list[_Track]:
    alike: dict[tuple[str, str, str, str], list[Item]] = {}
    for item in items:
        content = item.content
        key = (content.campaign_id, content.purpose, content.priority, item.file.sha256)
        alike.setdefault(key, []).append(item)
    return [
        _Track(
            content=group[0].content,
            file=group[0].file,
            hamlets=tuple(sorted({item.hamlet.id for item in group})),
            seconds=_seconds(group[0].file),
        )
        for group in alike.values()
    ]


def _seconds(file: File) -> float:
    try:
        return round(mp3.seconds(file), 1)
    except OSError as error:
        raise refused(error, file.name) from error


def _named(names: SlotNames, tracks: list[_Track]) -> list[_Track]:
    """Name each track. A name that two would bear is made distinct by hamlet, then by sound.

    The second step is for ids that run together: campaign ``a`` in hamlet ``b`` and campaign
    ``a-b``.
    """
    short = [_name(names, track) for track in tracks]
    full = [
        name if short.count(name) == 1 else _name(names, track, track.hamlets[0])
        for name, track in zip(short, tracks, strict=True)
    ]
    taken = Counter(full)
    return [
        _renamed(
            track,
            name
            if taken[name] == 1
            else f"{name.removesuffix('.mp3')}-{track.file.sha256[:8]}.mp3",
        )
        for name, track in zip(full, tracks, strict=True)
    ]


def _name(names: SlotNames, track: _Track, *more: str) -> str:
    content = track.content
    return names.audio(
        content.priority, content.campaign_id, *purpose_suffix(content.purpose), *more
    )


def _renamed(track: _Track, name: str) -> _Track:
    return _Track(track.content, track.file.renamed(name), track.hamlets, track.seconds)


def _playlist(tracks: Iterable[_Track]) -> bytes:
    """Return an extended M3U in UTF-8; paths are relative to the playlist."""
    rows = ["#EXTM3U"]
    for track in tracks:
        rows.append(f"#EXTINF:{round(track.seconds)},{one_line(track.content.title)}")
        rows.append(track.file.name.rpartition("/")[2])
    return ("\n".join(rows) + "\n").encode()


def _manifest(bundle: Bundle, tracks: Iterable[_Track]) -> bytes:
    manifest = {
        "slot": local(bundle.slot).isoformat(),
        "cluster": bundle.target,
        "version": bundle.version,
        "items": [
            {
                "title": one_line(track.content.title),
                "campaign": track.content.campaign_id,
                "priority": track.content.priority.value,
                "purpose": track.content.purpose.value,
                "file": track.file.name,
                "sha256": track.file.sha256,
                "size": track.file.size,
                "seconds": track.seconds,
                "hamlets": list(track.hamlets),
            }
            for track in tracks
        ],
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
