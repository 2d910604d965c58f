"""The lines of a player's log, and which of them may go."""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.clock import local
from engine.models.play import Play
from engine.player.history import Slot


def slot_words(slot: Slot) -> str:
    """Name a slot to a person: where and when."""
    return f"{slot[0]} {local(slot[1]):%H:%M %d/%m/%Y}"


def play_line(play: Play) -> dict[str, Any]:
    """Return a play as plain values."""
    plain: dict[str, Any] = json.loads(play.line())
    return plain


def part_line(slot: Slot, part: str, at: datetime) -> dict[str, Any]:
    """Return the line that notes a round, an opening or a closing."""
    where = {"cluster": slot[0], "slot": slot[1].isoformat()}
    return {"kind": "part", **where, "part": part, "at": at.isoformat()}


def wanted_lines(
    path: Path, gone: Set[int], old: datetime, kept: int, following: int
) -> Iterator[bytes]:
    """Yield the log without the plays whose numbers are in ``gone`` and what is older than ``old``.

    ``kept`` and ``following``: the number up to which the server has all, and the next one.
    """
    yield _bytes({"kind": "kept", "number": kept, "next": following})
    ended = {line["id"]: line["number"] for line in _read(path) if line.get("kind") == "end"}
    for line in _read(path):
        match line.get("kind"):
            case "whole":
                number = line["number"]
            case "begin" | "mark" | "end":
                number = ended.get(line["id"])
            case "part":
                if datetime.fromisoformat(line["slot"]) < old:
                    continue
                number = None
            case _:  # a spoilt line, or an earlier state of what the first line says
                continue
        if number is None or number not in gone:
            yield _bytes(line)


def _bytes(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for text in file:
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line
