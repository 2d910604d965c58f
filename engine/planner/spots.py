"""Where in a campaign's file stands what its texts say: values filled in are found as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from campaigns.source import Source
from campaigns.tree import Node
from engine.models import Breach, Plan, Spot
from engine.models.truth import OPTIONS

#: The file of the registry in a workspace: a campaign without a contact takes it from there.
REGISTRY_FILE = "commune.yaml"


def located(plan: Plan, source: Source) -> Plan:
    """Return ``plan`` with the lines of the campaign's file in every breach that has places."""
    if not any(breach.spots for breach in plan.breaches):
        return plan
    return replace(plan, breaches=tuple(placed(breach, source) for breach in plan.breaches))


def placed(breach: Breach, source: Source) -> Breach:
    """Return a breach with the lines of the places that it has."""
    return replace(breach, spots=tuple(spot_in(source, spot) for spot in breach.spots))


def spot_in(source: Source, spot: Spot) -> Spot:
    """Return a spot with its line: of the words themselves, of the value, or of the field."""
    file = Path(source.file).name
    if spot.path[:1] and spot.path[0] in OPTIONS:
        return spot
    own = source.root.child("contact")
    if spot.path == ("contact",) and (own is None or not own.value):
        # The office and its number, as the registry has them.
        return replace(spot, path=("commune",), file=REGISTRY_FILE)
    node = source.root.at(spot.path)
    text = node.value if isinstance(node.value, str) else ""
    position = text.find(spot.written)
    if position >= 0:
        before = text[:position]
        line, column = before.count("\n") + 1, position - before.rfind("\n")
        mark = source.text_mark(spot.path, line, column)
        return replace(spot, file=file, line=mark.line, column=mark.column)
    if "{" in text:
        for path in _values(source.root, spot):
            mark = source.root.mark_of(path)
            return replace(spot, path=path, file=file, line=mark.line, column=mark.column)
    mark = source.root.mark_of(spot.path)
    return replace(spot, file=file, line=mark.line, column=mark.column)


def _values(root: Node, spot: Spot) -> Iterator[tuple[str | int, ...]]:
    """Yield the values that hold the words, the hamlet's own first, the longest first."""
    groups = [("hamlets", spot.hamlet_id), ("values",)]
    for group in groups:
        node: Node | None = root
        for part in group:
            node = node.child(part) if node is not None else None
        if node is None or not isinstance(node.value, dict):
            continue
        found = [
            (len(str(one.value)), name)
            for name, one in node.value.items()
            if isinstance(one.value, str | int) and _within(str(one.value), spot.written)
        ]
        for _length, name in sorted(found, reverse=True):
            yield (*group, name)


def _within(value: str, written: str) -> bool:
    return bool(value) and (written in value or (len(value) > 1 and value in written))
