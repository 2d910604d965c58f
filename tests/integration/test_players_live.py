"""A commune whose clusters are played by a server and a folder: from rehearsal to a dead server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.builders import NOW
from support.commune import NOTICE, PASSPHRASE, files_below, make_commune
from support.doctor import seen
from support.ssh_server import SshServer, ssh_server

from channels.base import ChannelError, Checks
from engine.app import App, open_app
from engine.clock import SimulatedClock
from engine.models import BreakerState
from engine.states import State
from workers.embedded import EmbeddedRuntime

PLAYERS = """
[players.may-chu]
kind = "sftp"
host = "127.0.0.1"
port = {port}
user = "{user}"
key_file = "khoa"
host_key = "{fingerprint}"
path = "{files}/{{commune}}"
timeout_seconds = 5
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SshServer]:
    with ssh_server(tmp_path / "ssh") as opened:
        yield opened


@pytest.fixture
def workspace(tmp_path: Path, server: SshServer) -> Path:
    """A commune whose second cluster is played by the server."""
    folder = make_commune(tmp_path / "xa", {"tiem-phong": NOTICE})
    registry = (folder / "commune.yaml").read_text("utf-8")
    played = registry.replace("{id: cum-2,", "{id: cum-2, player: may-chu,")
    (folder / "commune.yaml").write_text(played, encoding="utf-8")
    shutil.copy(server.key, folder / "khoa")
    players = PLAYERS.format(
        port=server.port, user=server.user, fingerprint=server.fingerprint, files=server.files
    )
    with (folder / "loa.toml").open("a", encoding="utf-8") as file:
        file.write(players)
    return folder


def rehearse(workspace: Path) -> None:
    toml = workspace / "loa.toml"
    toml.write_text(toml.read_text("utf-8").replace("live = true", "live = false"), "utf-8")


def opened(workspace: Path) -> App:
    app = open_app(workspace, clock=SimulatedClock(NOW))
    app.office.set_passphrase("minh", PASSPHRASE, None)
    app.office.submit(workspace / "campaigns" / "tiem-phong.yaml", "lan")
    app.office.approve("tiem-phong", "minh", PASSPHRASE)
    return app


def states(app: App) -> dict[str, State]:
    rows = app.ledger.views.deliveries("tiem-phong")
    return {row.target: row.state for row in rows if row.channel == "loudspeaker"}


def test_a_server_is_only_rehearsed_until_the_workspace_is_live(
    workspace: Path, server: SshServer
) -> None:
    rehearse(workspace)
    with opened(workspace) as app:
        EmbeddedRuntime(app).run()
        assert app.rehearsing >= {"may-chu"}
        assert states(app) == {"cum-1": State.SENT, "cum-2": State.PLANNED}
        assert files_below(server.files) == {}
        rehearsed = app.outbox / "rehearsal" / "loudspeaker" / "may-chu" / "cum-2"
        assert any(name.endswith("0500.json") for name in files_below(rehearsed))


def test_a_live_server_gets_its_clusters_programmes_and_the_folder_the_others(
    workspace: Path, server: SshServer
) -> None:
    (server.files / "xa-mau").mkdir()
    with opened(workspace) as app:
        EmbeddedRuntime(app).run()
        assert set(states(app).values()) == {State.SENT}
        assert "2026-12-02/0500.json" in files_below(server.files / "xa-mau" / "cum-2")
        assert [path.name for path in (app.outbox / "loudspeaker").iterdir()] == ["cum-1"]
        assert "fine: loudspeaker/may-chu: the far side answers" in seen(workspace, "channels")


def test_a_dead_server_keeps_nobody_else_waiting_and_gets_its_own_when_it_is_back(
    workspace: Path, server: SshServer
) -> None:
    (server.files / "xa-mau").mkdir()
    server.kill()
    with opened(workspace) as app:
        EmbeddedRuntime(app).run(until=NOW + timedelta(days=1, hours=-3, minutes=-15))
        assert states(app) == {"cum-1": State.SENT, "cum-2": State.PLANNED}
        reasons = {row.reason for row in app.ledger.views.deliveries("tiem-phong") if row.reason}
        assert any(f"127.0.0.1:{server.port} cannot be reached" in one for one in reasons)
        told = seen(workspace, "channels")
        assert f"bad: loudspeaker/may-chu: 127.0.0.1:{server.port} cannot be reached" in told
        server.start()
        EmbeddedRuntime(app).run()
        assert states(app)["cum-2"] is State.SENT
        breaker = app.ledger.breakers.get(f"127.0.0.1:{server.port}")
        assert breaker is None or breaker.state is BreakerState.CLOSED
    assert "2026-12-02/0500.json" in files_below(server.files / "xa-mau" / "cum-2")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("host_key", r"\[players.may-chu\]: write host_key \(or known_hosts\)"),
        ("key_file", r"\[players.may-chu\]: write password_file or key_file"),
    ],
)
def test_a_section_that_leaves_out_how_to_trust_or_come_in_is_refused(
    workspace: Path, line: str, told: str
) -> None:
    toml = workspace / "loa.toml"
    lines = toml.read_text("utf-8").splitlines()
    toml.write_text("\n".join(one for one in lines if not one.startswith(line)), encoding="utf-8")
    with open_app(workspace, clock=SimulatedClock(NOW)) as app:
        player = app.channels["loudspeaker"].backends["may-chu"]
        assert isinstance(player, Checks)
        with pytest.raises(ChannelError, match=told):
            player.check()
