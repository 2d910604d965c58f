"""What a station script is told of a programme: which sounds, in which order, until when."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from channels.loudspeaker.names import Part, SlotNames, ending_of
from channels.loudspeaker.players.contents import audio_of
from engine.clock import local
from engine.models import Artifact, Bundle, File, Priority


@dataclass(frozen=True, slots=True)
class Limits:
    """How long after its slot a programme may begin, and how long what it says may air.

    What was cut off by an emergency has the second limit, and so have emergencies.
    """

    late: timedelta = timedelta(minutes=10)
    overrun: timedelta = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Plan:
    """One edition of one slot's programme.

    ``parts`` come in airing order; a bridge comes last, and goes between two items. ``sounds``
    are the files that it plays, by their names below the station's folder.
    """

    stamp: str
    name: str
    parts: tuple[Mapping[str, Any], ...]
    sounds: Mapping[str, File]

    def data(self, bundle: Bundle, now: float, limits: Limits) -> bytes:
        """Return what the station reads. ``now`` is what its clock shows, in seconds since 1970.

        Limits run from when it is handed over if that is after the slot: whoever sends it knows
        that it may still be sent.
        """
        due = bundle.slot.timestamp()
        begin = max(due, now)
        urgent = any(part["urgent"] for part in self.parts)
        late = limits.overrun if urgent else limits.late
        plan = {
            "slot": local(bundle.slot).isoformat(),
            "cluster": bundle.target,
            "due": due,
            "late": begin + late.total_seconds(),
            "until": begin + limits.overrun.total_seconds(),
            "parts": list(self.parts),
        }
        return json.dumps(plan).encode()


def stamp_of(bundle: Bundle) -> str:
    """Return what all editions of a slot's programme have in common, to the microsecond."""
    return f"{bundle.slot.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"


def plan_of(artifact: Artifact, bundle: Bundle) -> Plan:
    """Return the plan of a programme. Raises a permanent ChannelError for a name that is none."""
    names = SlotNames.of(bundle)
    files = {file.name: file for file in audio_of(artifact, names)}
    manifest = json.loads(artifact.named(names.manifest).read())
    wanted: list[tuple[str, Mapping[str, Any]]] = []
    if Part.OPENING in manifest:
        wanted.append(("opening", manifest[Part.OPENING]))
    wanted += [("item", item) for item in manifest["items"]]
    if Part.CLOSING in manifest:
        wanted.append(("closing", manifest[Part.CLOSING]))
    before = _urgent_before(wanted)
    if Part.BRIDGE in manifest:
        wanted.append(("bridge", manifest[Part.BRIDGE]))
    parts, sounds = [], {}
    for number, (part, told) in enumerate(wanted):
        file = files[told["file"]]
        sound = f"sounds/{file.sha256}.{ending_of(file.media_type)}"
        sounds[sound] = file
        parts.append(_part(part, told, sound, urgent=number < before))
    stamp = stamp_of(bundle)
    name = f"{stamp}.{bundle.version:06d}-{bundle.edition:06d}.json"
    return Plan(stamp, name, tuple(parts), sounds)


def _urgent_before(wanted: Sequence[tuple[str, Mapping[str, Any]]]) -> int:
    """Return how many parts are as urgent as an emergency: up to the last one that is.

    The closing is when nothing less urgent comes before it.
    """
    urgent = [
        number
        for number, (part, told) in enumerate(wanted)
        if part == "item" and told["priority"] == Priority.EMERGENCY
    ]
    if not urgent:
        return 0
    last = urgent[-1] + 1
    return len(wanted) if all(part != "item" for part, _told in wanted[last:]) else last


def _part(part: str, told: Mapping[str, Any], sound: str, *, urgent: bool) -> Mapping[str, Any]:
    return {
        "part": part,
        "urgent": urgent,
        "sound": sound,
        "sha256": told["sha256"],
        "seconds": float(told["seconds"]),
        "campaign": told.get("campaign", ""),
        "purpose": told.get("purpose", ""),
        "hamlets": list(told.get("hamlets", ())),
    }
