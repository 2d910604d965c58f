"""Reading a manifest back: what the sounds are that lie beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.loudspeaker.names import Part


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One item as a manifest lists it.

    ``starts`` is the second at which it begins in the joined programme; None where the
    programme has no joined sound.
    """

    campaign_id: str
    hamlets: frozenset[str]
    seconds: float
    starts: float | None


@dataclass(frozen=True, slots=True)
class ListedProgramme:
    """All that a joined programme holds, in airing order, and how long it lasts."""

    items: tuple[ListedItem, ...]
    seconds: float


def listed_in(file: Path) -> ListedItem | ListedProgramme | None:
    """Return what the manifest beside a sound says that it is; None where none speaks of it."""
    for manifest in sorted(file.parent.glob("*.json")):
        try:
            told = json.loads(manifest.read_bytes())
            items = [(Path(one["file"]).name, _item(one)) for one in told["items"]]
            whole = told.get(Part.PROGRAMME)
            if whole is not None and Path(whole["file"]).name == file.name:
                seconds = float(whole["seconds"])
                return ListedProgramme(tuple(item for _name, item in items), seconds)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # not a manifest of ours
        for name, item in items:
            if name == file.name:
                return item
    return None


def _item(told: Mapping[str, Any]) -> ListedItem:
    starts = told.get("starts")
    return ListedItem(
        campaign_id=str(told["campaign"]),
        hamlets=frozenset(map(str, told["hamlets"])),
        seconds=float(told["seconds"]),
        starts=None if starts is None else float(starts),
    )
