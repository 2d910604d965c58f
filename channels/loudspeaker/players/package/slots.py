"""Which slots air which packages, kept beside them: out of this, each package is made anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from channels.loudspeaker.names import SlotNames, is_plain
from channels.loudspeaker.players.package.description import Described, described_of
from channels.loudspeaker.players.package.zipped import Airing
from engine.models import digest

#: Hidden from whoever uploads.
FOLDER = ".slots"


@dataclass(frozen=True, slots=True)
class Slot:
    """One cluster's programme at one time. ``taken_back`` are items that it aired before."""

    cluster: str
    at: str
    items: tuple[Described, ...]
    taken_back: tuple[Described, ...] = field(default=())

    @property
    def day(self) -> date:
        return date.fromisoformat(self.at[:10])

    def packages(self) -> dict[str, Airing]:
        return {package_of(item): Airing(self.at, item) for item in self.items}

    def lost(self) -> dict[str, Airing]:
        return {package_of(item): Airing(self.at, item) for item in self.taken_back}

    def data(self) -> bytes:
        told = {
            "cluster": self.cluster,
            "at": self.at,
            "items": [item.plain() for item in self.items],
            "taken_back": [item.plain() for item in self.taken_back],
        }
        return json.dumps(told, ensure_ascii=False).encode()


def package_of(item: Described) -> str:
    """Return how an item's package is called: the same wherever and whenever it airs."""
    return f"{item.stem}-{digest(item.what)[:8]}"


def path_of(folder: Path, cluster: str, names: SlotNames) -> Path:
    return folder / FOLDER / cluster / f"{names.date}-{names.hour}.json"


def read(path: Path) -> Slot | None:
    """Return a slot; None where there is none, or somebody damaged it. Raises OSError."""
    try:
        told = json.loads(path.read_bytes())
        return Slot(
            str(told["cluster"]),
            str(told["at"]),
            tuple(described_of(one) for one in told["items"]),
            tuple(described_of(one) for one in told["taken_back"]),
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return None


def all_slots(folder: Path) -> Iterator[tuple[Path, Slot]]:
    """Yield every slot that is kept, in a fixed order. Raises OSError."""
    for path in sorted((folder / FOLDER).glob("*/*.json")):
        slot = read(path)
        if slot is not None and is_plain(slot.cluster):
            yield path, slot


def airings_of(slots: Mapping[Path, Slot]) -> dict[str, list[Airing]]:
    """Return the airings of each package."""
    found: dict[str, list[Airing]] = {}
    for slot in slots.values():
        for name, airing in slot.packages().items():
            found.setdefault(name, []).append(airing)
    return found


def lost_of(slots: Mapping[Path, Slot]) -> dict[str, list[Airing]]:
    """Return of each package the airings that were taken back."""
    found: dict[str, list[Airing]] = {}
    for slot in slots.values():
        for name, airing in slot.lost().items():
            found.setdefault(name, []).append(airing)
    return found
