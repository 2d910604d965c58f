"""The programme of a slot: its sounds in airing order, a playlist and a manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from channels.base import ChannelError
from channels.loudspeaker.frame import Frame, Tone
from channels.loudspeaker.kept import Shared
from channels.loudspeaker.lengths import seconds_of
from channels.loudspeaker.listing import Track, Whole, manifest, playlist
from channels.loudspeaker.names import Part, SlotNames, ending_of, purpose_suffix
from engine.clock import local
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Content, File, Item, Priority, Purpose, Registry


def programme(
    bundle: Bundle,
    items: Sequence[Item],
    registry: Registry,
    frame: Frame | None = None,
) -> Artifact:
    """Return what a slot airs, in the station's order (``StationRules.airing_order``).

    A ``frame`` puts an opening before, bridges between and a closing after them, and all of it
    into one file besides, in which each has a chapter. Items that say the same are one file; an
    alert is not said again beside the all-clear that ends it. No items give an empty playlist,
    which takes off the air what an earlier version listed. Raises ChannelError when the store
    cannot be read.
    """
    names = SlotNames.of(bundle)
    tracks = _named(names, _in_order(_tracks(_still_true(items)), bundle, registry))
    whole, remarks = Whole(tracks), tuple[str, ...]()
    if frame is not None and tracks:
        whole, remarks = _framed(names, tracks, registry, frame)
    return Artifact(
        (
            *whole.files(),
            File.of_bytes(names.playlist, "audio/mpegurl", playlist(whole)),
            File.of_bytes(names.manifest, "application/json", manifest(bundle, whole)),
        ),
        remarks,
    )


def _framed(
    names: SlotNames, tracks: Sequence[Track], registry: Registry, frame: Frame
) -> tuple[Whole, tuple[str, ...]]:
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
    several = len(tracks) > 1
    bridge = part(Part.BRIDGE, lambda: frame.bridge(registry, tone)) if several else None
    whole = Whole(tracks, opening, closing, bridge)
    aired = list(whole.aired())
    joined = part(Part.PROGRAMME, lambda: frame.joined(aired, registry, names.date))
    return replace(whole, joined=joined), tuple(remarks)


#: Purposes that tell of no danger.
_CALM = (Purpose.ALL_CLEAR, Purpose.WITHDRAWAL)


def _tone(contents: Sequence[Content]) -> Tone:
    """Return how a programme presents itself: an alarm only for what tells of a danger."""
    alarming = (c for c in contents if not (c.drill or c.ends or c.purpose in (_CALM)))
    if any(content.priority is Priority.EMERGENCY for content in alarming):
        return Tone.ALARM
    return Tone.DRILL if all(content.drill for content in contents) else Tone.CALM


def _without(part: Part, reason: str) -> str:
    missing = {
        Part.OPENING: _("the programme has no opening: {reason}"),
        Part.CLOSING: _("the programme has no closing: {reason}"),
        Part.BRIDGE: _("the programme has no bridges: {reason}"),
        Part.PROGRAMME: _("the programme is not in one file, only in its parts: {reason}"),
    }
    return missing[part].format(reason=reason)


def _still_true(items: Sequence[Item]) -> list[Item]:
    """Leave out what another item says is over: a slot may hold both, an alert and its end."""
    over = {item.content.ends for item in items if item.content.ends}
    return [item for item in items if item.content.ends or item.content.campaign_id not in over]


def _tracks(items: Sequence[Item]) -> list[Track]:
    alike: dict[tuple[str, str, str, str], list[Item]] = {}
    for item in items:
        content = item.content
        key = (content.campaign_id, content.purpose, content.priority, item.file.sha256)
        alike.setdefault(key, []).append(item)
    return [
        Track(
            content=group[0].content,
            file=group[0].file,
            hamlets=tuple(sorted({item.hamlet.id for item in group})),
            seconds=seconds_of(group[0].file),
            since=min((item.since for item in group if item.since), default=None),
        )
        for group in alike.values()
    ]


def _in_order(tracks: list[Track], bundle: Bundle, registry: Registry) -> list[Track]:
    slot = local(bundle.slot)

    def order(track: Track) -> tuple[tuple[float, ...], bool, str, str, tuple[str, ...]]:
        one = track.content
        place = registry.station.airing_order(slot, one.campaign_id, one.priority, track.since)
        last = one.purpose is Purpose.ALL_CLEAR
        return place, last, one.campaign_id, one.purpose.value, track.hamlets

    return sorted(tracks, key=order)


def _named(names: SlotNames, tracks: list[Track]) -> list[Track]:
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


def _name(names: SlotNames, track: Track, *more: str) -> str:
    content = track.content
    suffix = (*purpose_suffix(content.purpose), *more)
    ending = ending_of(track.file.media_type)
    return names.audio(content.priority, content.campaign_id, *suffix, ending=ending)
