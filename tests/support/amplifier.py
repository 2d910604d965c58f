"""A player whose time is made up: its clock, its counter and its sounds are the test's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.models import Priority, Purpose
from engine.models.airing import Cancel, Programme, ProgrammeItem, Sound
from engine.player.agent import Agent
from engine.player.identity import Identity
from engine.player.place import Place
from engine.player.sink import Playing
from engine.player.timekeeper import Timekeeper
from engine.player.wire import LineError
from support.airing import KEY, SLOT
from support.player_server import COMMUNE, PLAYER, TOKEN, Far, player_server, sequence

#: When most tests begin: two hours before the slot.
EARLY = SLOT - timedelta(hours=2)


@dataclass
class Heard:
    """What came out of the loudspeaker: the far side's own log."""

    sound: str
    began: datetime
    seconds: float = 0.0
    stopped: bool = False


@dataclass
class World:
    """Real time, which only tests move, and the machine's clock, which may be wrong."""

    now: datetime
    counter: float = 1_000.0
    wrong: timedelta = timedelta(0)
    boot: str = "boot-1"
    ntp: bool = False
    battery: bool = False
    heard: list[Heard] = field(default_factory=list)
    #: Why sounds fail, by the sound's bytes.
    broken: dict[str, str] = field(default_factory=dict)

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.counter += seconds

    def machine(self) -> datetime:
        return (self.now + self.wrong).astimezone(UTC)

    def reboot(self, away: timedelta = timedelta(0)) -> None:
        """Cut the power, for so long."""
        self.now += away
        self.counter = 10.0
        self.boot += "'"

    def keeper(self, place: Place) -> Timekeeper:
        return Timekeeper(
            place.clock,
            machine=self.machine,
            counter=lambda: self.counter,
            boot=lambda: self.boot,
            kept_right=lambda: self.ntp,
            battery=lambda: self.battery,
        )


class RecordingSink:
    """Writes down what is heard, by the sound's own bytes, in the world's time."""

    def __init__(self, world: World) -> None:
        self._world = world

    def start(self, sound: Path, seconds: float) -> Playing:
        text = sound.read_bytes().decode(errors="replace")[:40]
        heard = Heard(text, self._world.now)
        self._world.heard.append(heard)
        return _Recorded(self._world, heard, seconds, self._world.broken.get(text, ""))


@dataclass
class _Recorded:
    world: World
    heard: Heard
    length: float
    fault: str

    def result(self) -> str | None:
        elapsed = (self.world.now - self.heard.began).total_seconds()
        self.heard.seconds = min(elapsed, self.length)
        if self.fault:
            return self.fault
        return "" if elapsed >= self.length else None

    def stop(self) -> None:
        self.result()
        self.heard.stopped = True


class Rig:
    """An agent that is turned by hand, and the server that it talks to."""

    def __init__(
        self, folder: Path, address: str, far: Far, *, now: datetime = SLOT, online: bool = True
    ) -> None:
        self.far, self.address, self.folder = far, address, folder
        self.world = World(now)
        self.online = online
        far.now = lambda: self.world.now
        far.held = 0.0
        self.clusters = far.clusters
        self.agent = self._made()

    def _made(self) -> Agent:
        identity = Identity(self.address, PLAYER, TOKEN, COMMUNE, self.clusters, KEY.public)
        place = Place(self.folder)
        sink = RecordingSink(self.world)
        return Agent(identity, place, lambda _ended: sink, "0", self.world.keeper(place))

    def close(self) -> None:
        self.agent.journal.close()
        for line in self.agent._lines:
            line.end()

    def killed(self) -> None:
        """Start anew on the same folder, the old agent gone without a word."""
        self.close()
        self.agent = self._made()

    def talk(self) -> None:
        """Let both threads' work be done once, as far as the line allows."""
        if not self.online:
            return
        for turn in (self.agent.errands.turn, self.agent.stream.turn, self.agent.errands.turn):
            turn()

    def tried(self) -> str:
        """Talk; return why that did not work."""
        try:
            self.talk()
        except LineError as error:
            return str(error)
        return ""

    def run(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass, turn by turn."""
        end = self.world.counter + seconds
        while self.world.counter < end:
            self.agent.turn()
            self.world.pass_by(min(step, end - self.world.counter))
        self.agent.turn()

    @property
    def sounds(self) -> list[str]:
        return [one.sound for one in self.world.heard]

    def plays(self) -> list[tuple[str, str]]:
        """What the player's log says: campaign and outcome."""
        return [(p.campaign_id, p.outcome.value) for p in self.agent.journal._plays]


def an_item(
    far: Far, name: str, seconds: float = 60.0, priority: Priority = Priority.ROUTINE, **more: Any
) -> ProgrammeItem:
    values = {
        "title": name,
        "campaign": name,
        "priority": priority,
        "purpose": Purpose.NOTICE,
        "hamlets": ("ap-1",),
        "sound": more.pop("sound", None) or far.sound(name.encode(), seconds, name),
    }
    return ProgrammeItem(**{**values, **more})


def a_programme(
    far: Far, *names: str, slot: datetime = SLOT, seconds: float = 60.0, **more: Any
) -> Programme:
    """A routine programme of items that are named by their sounds."""
    values: dict[str, Any] = {
        "commune": COMMUNE,
        "cluster": "cum-1",
        "slot": slot,
        "version": 1,
        "sequence": sequence(),
        "priority": Priority.ROUTINE,
        "drill": False,
        "expires": slot + timedelta(minutes=10),
        "made_at": slot - timedelta(hours=1),
        "items": tuple(an_item(far, name, seconds) for name in names),
    }
    return Programme(**{**values, **more})


def an_emergency(
    far: Far, name: str, now: datetime, seconds: float = 20.0, **more: Any
) -> Programme:
    """An emergency that is to begin now."""
    values: dict[str, Any] = {
        "slot": now,
        "made_at": now,
        "priority": Priority.EMERGENCY,
        "expires": now + timedelta(minutes=10),
        "items": (an_item(far, name, seconds, Priority.EMERGENCY),),
    }
    return a_programme(far, **{**values, **more})


def a_cancel(programme: Programme) -> Cancel:
    return Cancel(
        programme.commune,
        programme.cluster,
        programme.slot,
        programme.version + 1,
        sequence(),
        programme.made_at,
    )


def newer(programme: Programme, **changes: Any) -> Programme:
    values = {"version": programme.version + 1, "sequence": sequence(), **changes}
    return replace(programme, **values)


def part(far: Far, name: str, seconds: float = 5.0) -> Sound:
    return far.sound(name.encode(), seconds, name)


@pytest.fixture
def far() -> Far:
    """A server that knows no programme yet."""
    return Far()


@pytest.fixture
def player(tmp_path: Path, far: Far) -> Iterator[Rig]:
    """A player of that server, two hours before the slot."""
    with player_server(far) as address:
        made = Rig(tmp_path / "player", address, far, now=EARLY)
        yield made
        made.close()


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
