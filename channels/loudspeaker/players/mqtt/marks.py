"""How far the plays of each device are known: its log, and the last number without a gap."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class _Mark:
    log: str = ""
    number: int = 0
    later: set[int] = field(default_factory=set)

    def take(self, log: str, number: int) -> None:
        if log != self.log:
            self.log, self.number, self.later = log, 0, set()
        self.later.add(number)
        while self.number + 1 in self.later:
            self.number += 1
            self.later.discard(self.number)


class Marks:
    """What the ledger keeps, what devices were told of that, and what came since."""

    def __init__(self) -> None:
        self._kept: dict[str, _Mark] = {}
        self._marks: dict[str, _Mark] = {}
        self._told: dict[str, tuple[str, int]] = {}

    def read(self, text: str) -> None:
        """Take the mark that the ledger keeps; what came after it counts as not come yet."""
        told: dict[str, list[Any]] = json.loads(text) if text else {}
        self._kept = {cluster: _Mark(*mark) for cluster, mark in told.items()}
        self._marks = {cluster: _Mark(*mark) for cluster, mark in told.items()}

    def of(self, cluster: str) -> Mapping[str, Any]:
        """Return what a device is told: it may forget that and everything before it."""
        mark = self._kept.get(cluster, _Mark())
        return {"log": mark.log, "number": mark.number}

    def untold(self, greeted: set[str]) -> list[str]:
        """Return who must be told: devices that came online, and whose mark has moved."""
        for cluster in greeted:
            self._told.pop(cluster, None)
        moved = {
            cluster
            for cluster, mark in self._kept.items()
            if cluster in self._told and self._told[cluster] != (mark.log, mark.number)
        }
        return sorted(greeted | moved)

    def told(self, cluster: str) -> None:
        mark = self._kept.get(cluster, _Mark())
        self._told[cluster] = (mark.log, mark.number)

    def took(self, cluster: str, told: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Note a play; None for what has no number, or one that is known already."""
        log, number = told.get("log"), told.get("number")
        if not isinstance(log, str) or type(number) is not int or not 1 <= number < 2**53:
            return None
        mark = self._marks.setdefault(cluster, _Mark())
        if log == mark.log and number <= mark.number:
            return None
        mark.take(log, number)
        return told

    def written(self) -> str:
        """Return the mark that the ledger is to keep."""
        marks = {cluster: [mark.log, mark.number] for cluster, mark in self._marks.items()}
        return json.dumps(marks, sort_keys=True)
