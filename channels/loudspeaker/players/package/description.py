"""What is said of an item to a province's system: its title, field, priority, times, places."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from channels.loudspeaker.names import SlotNames, purpose_suffix
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.text import one_line
from engine.clock import local
from engine.models import Artifact, Bundle, Cluster, Content, Item, Priority, Purpose, Registry
from engine.models.marks import unmarked
from engine.models.registry import Commune

#: As Thông tư 39/2020/TT-BTTTT calls the three.
PRIORITIES = {
    Priority.ROUTINE: "thông thường",
    Priority.IMPORTANT: "ưu tiên",
    Priority.EMERGENCY: "khẩn cấp",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A cluster, or a hamlet: its id, and where it is or how it is called."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Described:
    """One item of one programme. ``file`` is its sound in the programme; times are ISO 8601.

    ``moments`` are all at which its campaign wants it aired, empty for "as soon as possible".
    ``text`` is as it is written, ``spoken`` as it is read.
    """

    title: str
    field: str
    priority: str
    campaign: str
    purpose: str
    issuer: str
    commune: Place
    province: str
    contact: str
    valid_from: str | None
    valid_until: str
    moments: tuple[str, ...]
    cluster: Place
    hamlets: tuple[Place, ...]
    text: str
    spoken: str
    sha256: str
    size: int
    seconds: float
    media_type: str
    file: str = dataclasses.field(compare=False)

    @property
    def what(self) -> tuple[object, ...]:
        """All that is the same wherever and whenever the item airs."""
        alike = replace(self, moments=(), cluster=Place("", ""), hamlets=(), file="")
        return tuple(sorted((key, repr(value)) for key, value in asdict(alike).items()))

    @property
    def stem(self) -> str:
        """How the campaign and the purpose are called in names of files."""
        return "-".join((self.campaign, *purpose_suffix(Purpose(self.purpose))))

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def described_of(found: dict[str, Any]) -> Described:
    """Return what ``plain`` gave. Raises TypeError, KeyError, ValueError for anything else."""
    places = {name: Place(**found[name]) for name in ("commune", "cluster")}
    hamlets = tuple(Place(**one) for one in found["hamlets"])
    moments = tuple(str(one) for one in found["moments"])
    return Described(**{**found, **places, "hamlets": hamlets, "moments": moments})


def name_of_descriptions(names: SlotNames) -> str:
    """Return what the file of a programme's descriptions is called."""
    return f"{names.date}/{names.hour}-descriptions.json"


def descriptions(
    artifact: Artifact,
    bundle: Bundle,
    items: Sequence[Item],
    registry: Registry,
    spoken: Callable[[Content], str],
    usual_field: str,
) -> bytes:
    """Return what is said of each item of a programme, as JSON."""
    names = SlotNames.of(bundle)
    contents = {
        (one.content.campaign_id, one.content.purpose.value, one.hamlet.id): one.content
        for one in items
    }
    cluster = next(
        (one for one in registry.clusters if one.id == bundle.target), Cluster(bundle.target, ())
    )
    hamlets = {one.id: Place(one.id, one.name) for one in registry.hamlets}
    told = json.loads(artifact.named(names.manifest).read())["items"]
    found = []
    for one in told:
        content = contents[one["campaign"], one["purpose"], one["hamlets"][0]]
        schedule = content.own_schedule or content.schedule
        found.append(
            Described(
                title=one_line(content.title),
                field=content.options_as(LoudspeakerOptions).field or usual_field,
                priority=content.priority.value,
                campaign=content.campaign_id,
                purpose=content.purpose.value,
                issuer=content.issuer,
                commune=_commune(registry.commune),
                province=registry.commune.province,
                contact=content.contact,
                valid_from=_iso(content.valid_from),
                valid_until=local(content.valid_until).isoformat(),
                moments=tuple(local(moment).isoformat() for moment in schedule.moments),
                cluster=Place(cluster.id, cluster.place),
                hamlets=tuple(hamlets.get(name, Place(name, "")) for name in one["hamlets"]),
                text=unmarked(content.body),
                spoken=spoken(content),
                sha256=one["sha256"],
                size=one["size"],
                seconds=one["seconds"],
                media_type=artifact.named(one["file"]).media_type,
                file=one["file"],
            ).plain()
        )
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _commune(commune: Commune) -> Place:
    return Place(commune.id, commune.name)


def _iso(moment: datetime | None) -> str | None:
    return local(moment).isoformat() if moment is not None else None
