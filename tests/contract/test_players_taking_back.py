"""What was handed over is taken back, wherever it lies: one suite for every kind of player.

Each cluster of one commune has a player of another kind, with its real server: a folder, a
device behind mosquitto, ``loa player``'s feed, a station under Liquidsoap, a folder behind sshd.
The commune lives in a far year, so that no real clock is past its slots.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.broker import Device, far_side, password_of
from support.commune import _REGISTRY, PASSPHRASE, make_commune
from support.ssh_server import ssh_server
from support.station import on_air

from engine.app import App, open_app
from engine.app.noticing import commune_desk
from engine.clock import VIETNAM, SimulatedClock, local
from engine.models.airing import Programme, decode
from engine.models.notice import Concern
from engine.states import State
from workers.embedded import EmbeddedRuntime

DAY = "2046-12-04"
FIVE = datetime(2046, 12, 4, 5, tzinfo=VIETNAM)

#: The kind of each cluster's player.
PLAYERS = {
    "cum-1": "folder",
    "cum-2": "mqtt",
    "cum-3": "agent",
    "cum-4": "liquidsoap",
    "cum-5": "sftp",
}

#: The small commune's rules on hours and sessions.
STATION = next(line for line in _REGISTRY.splitlines() if line.startswith("station: "))


def registry() -> str:
    """Return the small commune with five hamlets and loudspeakers, and nothing but these."""
    people = _REGISTRY[: _REGISTRY.index("hamlets:")]
    hamlets = "".join(
        f"  - {{id: ap-{n}, name: Ấp {n}, households: 80, head: {{name: Giả {n}}}}}\n"
        for n in range(1, 6)
    )
    clusters = "".join(
        f"  - {{id: {cluster}, hamlets: [ap-{cluster[-1]}], player: {kind}}}\n"
        for cluster, kind in PLAYERS.items()
    )
    rest = _REGISTRY[_REGISTRY.index("flyers:") :]
    return f"{people}hamlets:\n{hamlets}loudspeakers:\n{clusters}{STATION}\n{rest}"


def talk(name: str, **more: str) -> str:
    keys = "".join(f"{key}: {value}\n" for key, value in more.items())
    return (
        f"id: {name}\ntitle: Tin {name}\nvalid: {{from: 2046-12-01, until: 2046-12-08}}\n"
        f"contact: Xã\ntext: Mời bà con đến họp tại nhà văn hóa ấp {name}.\n"
        f'schedule: {{dates: [{DAY}], times: ["05:00"]}}\n{keys}'
        "channels: {loudspeaker: true, flyer: false, portal: false, chat: false}\n"
    )


@dataclass
class FarSides:
    """Every player's server, and what lies there."""

    settings: str
    #: Where each server keeps what it was given, by cluster.
    folders: dict[str, Path]
    device: Callable[[str], Device]
    #: What the first test has rendered, for the others.
    artifacts: Path
    sweep: Callable[[], None]

    def held(self, app: App) -> dict[str, list[str]]:
        """Return what the players would say at 05:00, by cluster, in its order."""
        return {
            "cum-1": _listed(app.outbox / "loudspeaker" / "cum-1"),
            "cum-2": self._commanded(),
            "cum-3": _published(app),
            "cum-4": self._planned(),
            "cum-5": _listed(self.folders["cum-5"]),
        }

    def _commanded(self) -> list[str]:
        """Of the newest command that the device keeps."""
        kept = json.loads((self.folders["cum-2"] / "commands.json").read_text("utf-8"))
        mine = [one for one in kept.values() if datetime.fromisoformat(one["slot"]) == FIVE]
        return _items(max(mine, key=lambda one: one["version"])["sounds"] if mine else [])

    def _planned(self) -> list[str]:
        """Of the newest plan that the station finds."""
        plans = sorted(self.folders["cum-4"].glob("plans/20461203T220000*.json"))
        return _items(json.loads(plans[-1].read_text("utf-8"))["parts"] if plans else [])


def _items(parts: list[dict[str, Any]]) -> list[str]:
    return [one["campaign"] for one in parts if one["part"] == "item"]


def _listed(folder: Path) -> list[str]:
    path = folder / DAY / "0500.json"
    items = json.loads(path.read_text("utf-8"))["items"] if path.exists() else []
    return [one["campaign"] for one in items]


def _published(app: App) -> list[str]:
    found: list[str] = []
    for one in app.ledger.programmes.after(0, ["cum-3"], at=app.clock.now(), limit=100):
        message = decode(one.envelope.payload)
        if message.slot == FIVE:
            found = [i.campaign for i in message.items] if isinstance(message, Programme) else []
    return found


@pytest.fixture(scope="module")
def far_sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarSides]:
    with ExitStack() as stack:
        broker = stack.enter_context(far_side())
        station, _icecast = stack.enter_context(on_air("cum-4"))
        ssh = stack.enter_context(ssh_server(tmp_path_factory.mktemp("ssh")))
        settings = (
            '[players.agent]\nkind = "agent"\n'
            f'[players.liquidsoap]\nkind = "liquidsoap"\npath = "{station.programmes.parent}'
            f'/{{cluster}}"\nsocket = "{station.folder}/{{cluster}}.socket"\n'
            f'[players.sftp]\nkind = "sftp"\nhost = "127.0.0.1"\nport = {ssh.port}\n'
            f'user = "{ssh.user}"\nkey_file = "{ssh.key}"\nhost_key = "{ssh.fingerprint}"\n'
            f'path = "{ssh.files}/{{cluster}}"\n'
            f'[players.mqtt]\nkind = "mqtt"\nhost = "127.0.0.1"\nport = {broker.broker.port}\n'
            f'tls = false\npassword = "{password_of("loa")}"\nsounds = "{broker.sounds}"\n'
            f'sounds_url = "{broker.address}"\nanswer_seconds = 5\n'
        )
        folders = {
            "cum-2": broker.folder / "device-cum-2",
            "cum-4": station.programmes,
            "cum-5": ssh.files / "cum-5",
        }

        def device(key: str) -> Device:
            made = broker.device(cluster="cum-2")
            (made.folder / "key").write_text(f"{key}\n")
            made.start()
            return made

        def sweep() -> None:
            """Leave nothing of one test to the next."""
            broker.end()
            broker.say_as("cum-2", "loa/xa-mau/cum-2/state", "", retain=True)
            for folder in (station.programmes / "plans", ssh.files):
                for path in sorted(folder.rglob("*"), reverse=True):
                    path.rmdir() if path.is_dir() else path.unlink()

        rendered = tmp_path_factory.mktemp("rendered") / "artifacts"
        yield FarSides(settings, folders, device, rendered, sweep)


@pytest.fixture
def app(tmp_path: Path, far_sides: FarSides) -> Iterator[App]:
    """A commune in which 05:00's programme lies with every player."""
    workspace = make_commune(tmp_path / "xa", registry=registry())
    with (workspace / "loa.toml").open("a", encoding="utf-8") as settings:
        settings.write(far_sides.settings)
    if far_sides.artifacts.exists():
        shutil.copytree(far_sides.artifacts, workspace / "artifacts")
    clock = SimulatedClock(FIVE - timedelta(hours=1))
    with open_app(workspace, clock=clock) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        far_sides.device(app.ledger.player_keys.current(app.clock.now()).text)
        for name, more in (("khan", {"priority": "emergency"}), ("tin", {})):
            path = workspace / "campaigns" / f"{name}.yaml"
            path.write_text(talk(name, **more), encoding="utf-8")
            app.office.submit(path, "lan")
            app.office.approve(name, "minh", PASSPHRASE)
        run_until(app, FIVE - timedelta(minutes=20))
        assert far_sides.held(app) == {key: ["khan", "tin"] for key in PLAYERS}
        shutil.copytree(workspace / "artifacts", far_sides.artifacts, dirs_exist_ok=True)
        yield app
    far_sides.sweep()


def run_until(app: App, moment: datetime) -> None:
    EmbeddedRuntime(app).run(until=moment)
    assert isinstance(app.clock, SimulatedClock)
    app.clock.advance_to(moment)


def ruled(app: App, old: str, new: str) -> None:
    """What an official does in an editor while Loa runs."""
    path = app.workspace / "commune.yaml"
    text, count = re.subn(old, new, path.read_text("utf-8"), count=1)
    assert count
    path.write_text(text, encoding="utf-8")


def quiet(app: App) -> None:
    rule = f'quiet: [{{from: {DAY}, reason: Tang lễ, hours: "04:00-08:00"}}]'
    ruled(app, r"station: \{", f"station: {{{rule}, ")


def hours(app: App) -> None:
    ruled(app, '"05:00-06:30"', '"06:00-06:30"')


def cancelled(app: App) -> None:
    app.office.cancel("tin", "minh", "hoãn")


@pytest.mark.parametrize(
    ("change", "then"),
    [(quiet, "17:00"), (hours, "06:00"), (cancelled, None)],
    ids=["quiet times", "hours", "cancelled"],
)
def test_every_player_gives_back_what_may_not_air_and_keeps_the_emergency(
    app: App, far_sides: FarSides, change: Callable[[App], None], then: str | None
) -> None:
    change(app)
    run_until(app, FIVE - timedelta(minutes=10))
    assert far_sides.held(app) == {key: ["khan"] for key in PLAYERS}
    rows = app.ledger.views.deliveries("tin", replaced=True)
    withdrawn = {row.target for row in rows if row.state is State.WITHDRAWN}
    assert withdrawn == set(PLAYERS)
    later = {
        (row.target, f"{local(row.slot):%H:%M}")
        for row in rows
        if row.state in (State.PLANNED, State.SENT)
    }
    assert later == ({(cluster, then) for cluster in PLAYERS} if then else set())
    kept = app.ledger.views.deliveries("khan")
    assert {row.state for row in kept} == {State.SENT}
    desk = commune_desk(app.house, app.ledger, app.rehearsing)
    assert not [one for one in desk.look() if one.notice.concern is Concern.RECALLED]
