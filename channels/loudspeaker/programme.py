"""The programme of a slot: its sounds in airing order, a playlist and a manifest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from channels.base import ChannelError
from channels.disk import refused
from channels.loudspeaker.audio.carrier import plays
from channels.loudspeaker.audio.terms import USUAL, Finish
from channels.loudspeaker.frame import Frame, Tone
from channels.loudspeaker.kept import Shared
from channels.loudspeaker.names import Part, SlotNames, ending_of, purpose_suffix
from channels.loudspeaker.text import one_line
from engine.clock import local
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Content, File, Item, Priority, Purpose, Registry


@dataclass(frozen=True, slots=True)
class _Track:
    """One distinct sound of one campaign, and the hamlets whose words it says."""

    content: Content
    file: File
    hamlets: tuple[str, ...]
    seconds: float

    @property
    def order(self) -> tuple[int, bool, str, str, tuple[str, ...]]:
        return (
            self.content.priority.rank,
            self.content.purpose is Purpose.ALL_CLEAR,
            self.content.campaign_id,
            self.content.purpose.value,
            self.hamlets,
        )

    def renamed(self, name: str) -> _Track:
        return replace(self, file=self.file.renamed(name))


@dataclass(frozen=True, slots=True)
class _Whole:
    """A programme's parts as files of its slot; those that it does not have are missing."""

    tracks: Sequence[_Track]
    opening: Shared | None = None
    closing: Shared | None = None
    joined: Shared | None = None

    def files(self) -> Iterator[File]:
        """Yield the sounds in airing order, then all of them in one."""
        if self.opening:
            yield self.opening.file
        yield from (track.file for track in self.tracks)
        for part in (self.closing, self.joined):
            if part:
                yield part.file


def programme(
    bundle: Bundle,
    items: Sequence[Item],
    registry: Registry | None = None,
    frame: Frame | None = None,
    finish: Finish = USUAL,
) -> Artifact:
    """Return what a slot airs: emergency first, then important, then routine, then by id.

    A ``frame`` puts an opening before and a closing after them, and all of it into one file
    besides. Items that say the same are one file; no items give an empty playlist, which takes
    off the air what an earlier version listed. Raises ChannelError when the store cannot be read.
    """
    names = SlotNames.of(bundle)
    tracks = _named(names, sorted(_tracks(items), key=lambda track: track.order))
    whole, remarks = _Whole(tracks), tuple[str, ...]()
    if frame is not None and registry is not None and tracks:
        whole, remarks = _framed(names, tracks, registry, frame, finish)
    return Artifact(
        (
            *whole.files(),
            File.of_bytes(names.playlist, "audio/mpegurl", _playlist(whole)),
            File.of_bytes(names.manifest, "application/json", _manifest(bundle, whole)),
        ),
        remarks,
    )


def _framed(
    names: SlotNames, tracks: Sequence[_Track], registry: Registry, frame: Frame, finish: Finish
) -> tuple[_Whole, tuple[str, ...]]:
    """Return the programme with its frame, and what could not be made of that.

    People are told, but nothing keeps the items from airing.
    """
    tone = _tone([track.content for track in tracks])
    remarks: dict[str, None] = {}

    def part(name: Part, make: Callable[[], Shared | None]) -> Shared | None:
        try:
            made = make()
        except ChannelError as error:
            remarks[_without(name, str(error))] = None
            return None
        if made is None:
            return None
        remarks.update(dict.fromkeys(made.remarks))
        ending = ending_of(made.file.media_type)
        return replace(made, file=made.file.renamed(names.part(name, ending)))

    opening = part(Part.OPENING, lambda: frame.opening(registry, tone))
    closing = part(Part.CLOSING, lambda: frame.closing(registry, tone))
    whole = _Whole(tracks, opening, closing)
    files = list(whole.files())
    joined = part(Part.PROGRAMME, lambda: frame.joined(files, registry, names.date, finish))
    return replace(whole, joined=joined), tuple(remarks)


def _tone(contents: Sequence[Content]) -> Tone:
    """Return how a programme presents itself: no drill and no all-clear ever raises an alarm."""
    alarming = (c for c in contents if not c.drill and c.purpose is not Purpose.ALL_CLEAR)
    if any(content.priority is Priority.EMERGENCY for content in alarming):
        return Tone.ALARM
    return Tone.DRILL if all(content.drill for content in contents) else Tone.CALM


def _without(part: Part, reason: str) -> str:
    missing = {
        Part.OPENING: _("the programme has no opening: {reason}"),
        Part.CLOSING: _("the programme has no closing: {reason}"),
        Part.PROGRAMME: _("the programme is not in one file, only in its parts: {reason}"),
    }
    return missing[part].format(reason=reason)


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
        return round(plays(file), 1)
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
        track.renamed(name if taken[name] == 1 else _distinct(name, track.file.sha256))
        for name, track in zip(full, tracks, strict=True)
    ]


def _distinct(name: str, sha256: str) -> str:
    stem, _dot, ending = name.rpartition(".")
    return f"{stem}-{sha256[:8]}.{ending}"


def _name(names: SlotNames, track: _Track, *more: str) -> str:
    content = track.content
    suffix = (*purpose_suffix(content.purpose), *more)
    ending = ending_of(track.file.media_type)
    return names.audio(content.priority, content.campaign_id, *suffix, ending=ending)


def _playlist(whole: _Whole) -> bytes:
    """Return an extended M3U in UTF-8; paths are relative to the playlist."""
    rows = ["#EXTM3U"]

    def add(seconds: float, title: str, file: File) -> None:
        rows.append(f"#EXTINF:{round(seconds)},{one_line(title)}")
        rows.append(file.name.rpartition("/")[2])

    if whole.opening:
        add(whole.opening.seconds, "Mở đầu chương trình", whole.opening.file)
    for track in whole.tracks:
        add(track.seconds, track.content.title, track.file)
    if whole.closing:
        add(whole.closing.seconds, "Kết thúc chương trình", whole.closing.file)
    return ("\n".join(rows) + "\n").encode()


def _manifest(bundle: Bundle, whole: _Whole) -> bytes:
    """Return what airs as JSON; what the programme does not have is not named."""
    parts = {
        Part.OPENING: whole.opening,
        Part.CLOSING: whole.closing,
        Part.PROGRAMME: whole.joined,
    }
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
                "drill": track.content.drill,
                **_described(track.file, track.seconds),
                "hamlets": list(track.hamlets),
            }
            for track in whole.tracks
        ],
        **{
            name.value: _described(part.file, round(part.seconds, 1))
            for name, part in parts.items()
            if part
        },
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()


def _described(file: File, seconds: float) -> dict[str, str | int | float]:
    return {"file": file.name, "sha256": file.sha256, "size": file.size, "seconds": seconds}
