"""What the doctor finds, and whom he looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from engine.settings import Settings


class Level(StrEnum):
    """How bad a finding is; only ``bad`` keeps Loa from its work or endangers what it did."""

    FINE = "fine"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was found, and where it is not fine, what to do."""

    level: Level
    words: str


@dataclass(frozen=True, slots=True)
class Patient:
    """A workspace that may be in any condition; ``settings`` None when they cannot be read."""

    workspace: Path
    settings: Settings | None


#: Looks at one thing by itself. What it raises is a finding too.
Check = Callable[[Patient], Iterable[Finding]]


def fine(words: str) -> Finding:
    return Finding(Level.FINE, words)


def look(words: str) -> Finding:
    return Finding(Level.LOOK, words)


def bad(words: str) -> Finding:
    return Finding(Level.BAD, words)
