"""The log of what was played: appended and forced onto the disk before anything goes on.

One JSON object a line. A play is begun, now and then marked with how long it has been heard, and
ended; it gets its number when it ends, so that numbers are without gaps and in the order in which
they can be reported. What was begun and never ended was cut by whatever stopped the player, and
is ended so when the log is opened again. A torn last line is removed: it was never whole.
"""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models.play import Play, PlayOutcome, play_from
from engine.player.history import History, Slot
from engine.player.lines import part_line, play_line, wanted_lines
from engine.player.place import FULL, Reserve

#: How long plays stay although the server has them: it may come back from an older backup.
KEPT = timedelta(days=30)

#: Bytes beyond which the log is looked through for what may go.
COMPACT_AT = 512 * 1024


@dataclass(slots=True)
class _Open:
    """A play without its end. ``seconds``: how long it is known to have been heard."""

    play: Play
    seconds: float = 0.0


class Journal:
    """The player's log. Safe to use from several threads."""

    def __init__(self, path: Path, reserve: Reserve) -> None:
        """Open the log, and end what a stopped player left open. Raises OSError."""
        self._path, self._reserve = path, reserve
        self._guard = threading.Lock()
        self._next = 1
        self._kept = 0
        self._opened = 0
        self._open: dict[int, _Open] = {}
        self._plays: list[Play] = []
        self._waiting: list[bytes] = []
        self._compact_at = COMPACT_AT
        self.history = History()
        #: Lines that could not be read: a spoilt disk.
        self.unreadable = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        self._size = self._load()
        self._end_what_was_cut()

    def close(self) -> None:
        os.close(self._file)

    def begin(self, play: Play) -> int:
        """Note that ``play`` is on air, its number and end still open; return what names it."""
        with self._guard:
            self._opened += 1
            opened = self._opened
            self._open[opened] = _Open(play)
            self.history.begun(play)
            self._append({"kind": "begin", "id": opened, **play_line(play)})
        return opened

    def mark(self, opened: int, seconds: float) -> None:
        """Note that it has been heard for so long; a power cut may lose this."""
        with self._guard:
            self._open[opened].seconds = seconds
            self._append({"kind": "mark", "id": opened, "seconds": round(seconds, 1)}, sure=False)

    def end(self, opened: int, seconds: float, outcome: PlayOutcome, reason: str = "") -> Play:
        """Note how it went; return the play with its number."""
        with self._guard:
            return self._end(opened, seconds, outcome, reason)

    def whole(self, play: Play) -> Play:
        """Note what never went on air: refused, or failed before it began. Gives its number."""
        with self._guard:
            play = replace(play, number=self._next)
            self._next += 1
            self._plays.append(play)
            self.history.ended(play)
            self._append({"kind": "whole", **play_line(play)})
            return play

    def part(self, slot: Slot, part: str, at: datetime) -> None:
        """Note that a round, an opening or a closing began: no item, and not reported."""
        with self._guard:
            self.history.part(slot, part, at)
            self._append(part_line(slot, part, at), sure=False)

    def unsent(self, most: int) -> tuple[Play, ...]:
        """Return the oldest plays that the server does not have for good, in order."""
        with self._guard:
            first = len(self._plays)
            while first and self._plays[first - 1].number > self._kept:
                first -= 1
            return tuple(self._plays[first : first + most])

    def kept(self, number: int) -> None:
        """The server has everything up to ``number`` for good: more, or fewer, than before."""
        with self._guard:
            if number == self._kept:
                return
            self._kept = number
            # It knows of more than this log does, whose disk was changed: never use one twice.
            self._next = max(self._next, number + 1)
            self._append({"kind": "kept", "number": number, "next": self._next})

    def last(self) -> Play | None:
        """Return the newest play that has ended."""
        with self._guard:
            return self._plays[-1] if self._plays else None

    @property
    def troubled(self) -> bool:
        """Say whether something waits in memory because the disk takes nothing."""
        return bool(self._waiting)

    def tend(self, now: datetime) -> None:
        """Write what waits for the disk, and remove what is kept elsewhere and old. Never raises.

        ``now`` must be known for certain.
        """
        with self._guard:
            self._flush(sure=True)
            if self._size < self._compact_at or self._waiting:
                return
            self._compact_at = self._size + COMPACT_AT // 2
            old = now - KEPT
            gone = {p.number for p in self._plays if p.number <= self._kept and p.slot < old}
            self._plays = [play for play in self._plays if play.number not in gone]
            self.history.forget(old)
            with suppress(OSError):
                self._rewrite(gone, old)

    def _rewrite(self, gone: set[int], old: datetime) -> None:
        write_atomic(self._path, wanted_lines(self._path, gone, old, self._kept, self._next))
        fresh = os.open(self._path, os.O_RDWR | os.O_APPEND)
        os.close(self._file)
        self._file, self._size = fresh, self._path.stat().st_size

    def _end(self, opened: int, seconds: float, outcome: PlayOutcome, reason: str) -> Play:
        play = replace(
            self._open.pop(opened).play,
            number=self._next,
            seconds=round(seconds, 1),
            outcome=outcome,
            reason=reason,
        )
        self._next += 1
        self._plays.append(play)
        self.history.ended(play)
        how = {"seconds": play.seconds, "outcome": play.outcome, "reason": play.reason}
        self._append({"kind": "end", "id": opened, "number": play.number, **how})
        return play

    def _append(self, line: dict[str, Any], *, sure: bool = True) -> None:
        self._waiting.append(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self._flush(sure=sure)

    def _flush(self, *, sure: bool) -> None:
        """Write what waits; a full disk gets the reserve, any other fault leaves it waiting."""
        if not self._waiting:
            return
        data = b"".join(self._waiting)
        for last in (False, True):
            try:
                written = os.write(self._file, data)
                if written < len(data):
                    os.write(self._file, data[written:])
                if sure:
                    os.fsync(self._file)
            except OSError as error:
                self._undo()
                if last or error.errno not in FULL:
                    return
                self._reserve.spend()
            else:
                self._size += len(data)
                self._waiting.clear()
                return

    def _undo(self) -> None:
        """Take back what was half written."""
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            # What comes next then begins behind a torn line, which readers skip.
            if self._waiting[0] != b"\n":
                self._waiting.insert(0, b"\n")

    def _load(self) -> int:
        """Read the log; return its size without a torn end, which is cut off."""
        whole = 0
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                try:
                    self._read(json.loads(line))
                except (ValueError, KeyError, TypeError, AttributeError):
                    self.unreadable += bool(line.strip())
        if whole < self._path.stat().st_size:
            os.ftruncate(self._file, whole)
        return whole

    def _read(self, line: dict[str, Any]) -> None:
        match line["kind"]:
            case "begin":
                opened = int(line["id"])
                play = play_from(line)
                self._open[opened] = _Open(play)
                self._opened = max(self._opened, opened)
                self.history.begun(play)
            case "mark":
                self._open[int(line["id"])].seconds = float(line["seconds"])
            case "end":
                how = {name: line[name] for name in ("number", "seconds", "outcome", "reason")}
                begun = self._open.pop(int(line["id"])).play
                self._keep(play_from({**play_line(begun), **how}))
            case "whole":
                self._keep(play_from(line))
            case "part":
                slot, at = (datetime.fromisoformat(line[name]) for name in ("slot", "at"))
                self.history.part((str(line["cluster"]), slot), str(line["part"]), at)
            case "kept":
                self._kept = int(line["number"])
                self._next = max(self._next, int(line["next"]))

    def _keep(self, play: Play) -> None:
        self._plays.append(play)
        self._next = max(self._next, play.number + 1)
        self.history.ended(play)

    def _end_what_was_cut(self) -> None:
        reason = _("the player was stopped in the middle")
        for opened, found in sorted(self._open.items()):
            self._end(opened, found.seconds, PlayOutcome.CUT, reason)
