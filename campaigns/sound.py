"""What of a faulty file is sound: the rest is checked as well, so that one run tells all.

A model judges each value by itself. What several values say together is judged afterwards, on
what is left when the faulty ones are taken out (``campaigns.checks``, ``registry_checks``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from campaigns.faults import problems_of
from campaigns.source import Source
from campaigns.tree import Path
from engine.errors import Problem

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Cuts:
    """Which values were taken out, by their place in the file."""

    paths: frozenset[Path] = frozenset()

    def touch(self, *names: str) -> bool:
        """Say whether something was taken out at or below one of these top-level keys."""
        return any(path[:1] == (name,) for path in self.paths for name in names)

    def below(self, path: Path) -> bool:
        """Say whether something is missing from the value at ``path``, or all of it."""
        depth = len(path)
        return any(cut[:depth] == path or path[: len(cut)] == cut for cut in self.paths)

    def keys_of(self, path: Path) -> frozenset[str]:
        """Return the keys taken out of the group at ``path`` itself."""
        depth = len(path)
        return frozenset(
            str(cut[depth]) for cut in self.paths if len(cut) == depth + 1 and cut[:depth] == path
        )


@dataclass(frozen=True, slots=True)
class Reading(Generic[ModelT]):
    """A file as its model read it, without what is faulty.

    ``source`` counts as ``spec`` does; ``problems`` are the faults of single values.
    """

    spec: ModelT
    source: Source
    cuts: Cuts
    problems: tuple[Problem, ...]


def read_sound(
    source: Source, model: type[ModelT], stand_ins: Mapping[str, Any]
) -> Reading[ModelT]:
    """Return all of ``source`` that ``model`` can read, and every fault of a single value.

    ``stand_ins`` takes the place of top-level keys that the model cannot be without.
    """
    plain: dict[str, Any] = source.root.plain()
    problems = list(source.problems)
    left_out: dict[Path, tuple[int, ...]] = {}
    cuts: set[Path] = set()
    told = False
    while True:
        counted = replace(source, left_out=left_out)
        try:
            spec = model.model_validate(plain)
        except ValidationError as error:
            if not told:  # what comes after is only what the cuts themselves leave lacking
                problems.extend(problems_of(error, source, model))
                told = True
            gone = _cut(plain, [fault["loc"] for fault in error.errors()], stand_ins)
            written = {path: counted.written(path) for path in gone}
            cuts.update(written.values())
            left_out = _left_out(left_out, written.values())
        else:
            return Reading(spec, counted, Cuts(frozenset(cuts)), tuple(problems))


def _left_out(
    before: Mapping[Path, tuple[int, ...]], cuts: Collection[Path]
) -> dict[Path, tuple[int, ...]]:
    found = defaultdict[Path, set[int]](set, {path: set(out) for path, out in before.items()})
    for path in cuts:
        if isinstance(path[-1], int):
            found[path[:-1]].add(path[-1])
    return {path: tuple(sorted(out)) for path, out in found.items()}


def _cut(plain: dict[str, Any], faulty: list[Path], stand_ins: Mapping[str, Any]) -> set[Path]:
    """Take the faulty values out of ``plain``; return the places that were taken out.

    A list whose last entry goes, goes itself: an empty one could mean everything. A group
    that lacks a key goes as a whole.
    """
    gone: set[Path] = set()
    for loc in sorted(faulty, key=_backwards):
        if any(loc[:depth] in gone for depth in range(1, len(loc) + 1)):
            continue
        path = _existing(plain, tuple(part for part in loc if part != "[key]"))
        if not path:  # a key is missing at the top
            name = str(loc[0])
            plain[name] = stand_ins[name]
            gone.add((name,))
            continue
        above = _at(plain, path[:-1])
        if isinstance(above, list) and len(above) == 1:
            path, above = path[:-1], _at(plain, path[:-2])
        del above[path[-1]]
        gone.add(path)
        if len(path) == 1 and path[0] in stand_ins:
            plain[str(path[0])] = stand_ins[str(path[0])]
    return gone


def _backwards(path: Path) -> tuple[tuple[int, str], ...]:
    """Order later entries of a list first, so that taking one out moves none that is to go."""
    return tuple((-part, "") if isinstance(part, int) else (0, part) for part in path)


def _existing(plain: Any, path: Path) -> Path:
    """Return the longest beginning of ``path`` at which there is something."""
    found: Path = ()
    for part in path:
        there = (
            part in plain
            if isinstance(plain, dict)
            else isinstance(plain, list) and isinstance(part, int) and part < len(plain)
        )
        if not there:
            break
        plain = plain[part]
        found = (*found, part)
    return found


def _at(plain: Any, path: Path) -> Any:
    for part in path:
        plain = plain[part]
    return plain
