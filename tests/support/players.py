"""``loa player`` started as its unit starts it, on the machine's own clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.models import Priority
from engine.models.airing import Programme, ProgrammeItem
from support.amplifier import a_programme, an_item
from support.player_server import Far
from support.redis_server import wait_until

RECORDER = Path(__file__).with_name("recorder.py")
LOA = Path(sys.executable).with_name("loa")


@dataclass
class Machine:
    """A small computer beside an amplifier: its folder, and the log of what is heard."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "player"

    @property
    def log(self) -> Path:
        return self.folder / "heard.jsonl"

    @property
    def said(self) -> str:
        return (self.folder / "service.log").read_text(encoding="utf-8")

    def heard(self, event: str = "begin") -> list[str]:
        return [line["name"] for line in self.events() if line["event"] == event]

    def events(self) -> list[dict[str, Any]]:
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def sounds(self) -> list[str]:
        """The sounds that are there whole."""
        found = self.state / "sounds"
        return [p.name for p in found.iterdir() if not p.suffix] if found.exists() else []

    def environ(self) -> dict[str, str]:
        audio = f"{sys.executable} -E {RECORDER} {self.log} {{file}}"
        return {
            **os.environ,
            "LOA_LANG": "en",
            "LOA_PLAYER_FOLDER": str(self.state),
            "LOA_PLAYER_AUDIO": audio,
        }

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [LOA, "player", *words], env=self.environ(), capture_output=True, text=True
        )

    def enrol(self, far: Far, address: str) -> None:
        done = self.command("enrol", far.code(), "--server", address)
        assert done.returncode == 0, done.stderr

    def start(self, *before: str) -> subprocess.Popen[bytes]:
        with (self.folder / "service.log").open("ab") as log:
            return subprocess.Popen(
                [*before, str(LOA), "player"], env=self.environ(), stdout=log, stderr=log
            )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        process = self.start()
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

    def status(self) -> str:
        return self.command("status").stdout


def news(far: Far, *names: str, seconds: float = 1.0, wait: float = 0.0) -> Programme:
    """A programme of this moment, or of one soon."""
    slot = datetime.now(UTC) + timedelta(seconds=wait)
    items = tuple(said(far, name, seconds) for name in names)
    return a_programme(far, slot=slot, items=items)


def alarm(far: Far, name: str, seconds: float = 0.5, **more: Any) -> Programme:
    now = datetime.now(UTC)
    items = (said(far, name, seconds, Priority.EMERGENCY),)
    priority = Priority.EMERGENCY
    return a_programme(far, slot=now, made_at=now, priority=priority, items=items, **more)


def said(
    far: Far, name: str, seconds: float, priority: Priority = Priority.ROUTINE
) -> ProgrammeItem:
    """An item whose sound tells the recorder its name and how long it is."""
    sound = far.sound(f"{name} {seconds} ".encode(), seconds, name)
    return an_item(far, name, priority=priority, sound=sound)


def until_heard(machine: Machine, *names: str, event: str = "begin") -> None:
    """Wait until these were the first that began, or ended; say what was heard if they were not."""
    try:
        wait_until(lambda: machine.heard(event)[: len(names)] == list(names), str(names))
    except AssertionError as error:
        raise AssertionError(f"{error}; heard {machine.events()}; {machine.said}") from None
