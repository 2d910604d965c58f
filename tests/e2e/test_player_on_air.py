"""From an approved campaign to the player's first sound and its proof, every part as it ships."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from support.commune import PASSPHRASE, WARNING, loa
from support.console import Console, console, opened, workspace_of
from support.players import LOA, Machine
from support.redis_server import wait_until

from engine.clock import VIETNAM
from engine.models.airing import Programme, decode
from engine.models.envelope import Envelope
from engine.models.play import PlayOutcome
from engine.states import State

#: Seconds from what was published to the first sound that are promised.
PROMISED = 2.0


def commune(folder: Path) -> Path:
    """A commune on the machine's own clock, with an emergency that is valid today."""
    now = datetime.now(VIETNAM)
    days = (f"{now + timedelta(days=n):%Y-%m-%d}" for n in (-1, 2))
    validity = "{{from: {}, until: {}}}".format(*days)
    warning = WARNING.replace("{from: 2026-12-01, until: 2026-12-03}", validity)
    workspace = workspace_of(folder, campaigns={"bao-lu": warning})
    settings = workspace / "loa.toml"
    lines = settings.read_text().splitlines()
    settings.write_text("\n".join(line for line in lines if not line.startswith("simulated")))
    for command in (("passphrase", "minh"), ("submit", "campaigns/bao-lu.yaml", "--by", "lan")):
        done = loa(*command, cwd=workspace)
        assert done.returncode == 0, done.stderr
    return workspace


@contextmanager
def at_work(workspace: Path) -> Iterator[None]:
    """``loa run --watch``, as the unit starts it."""
    with (workspace / "run.log").open("ab") as log:
        environ = {**os.environ, "LOA_LANG": "en"}
        process = subprocess.Popen(
            [LOA, "run", "--watch", "-w", workspace], env=environ, stdout=log, stderr=log
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def playing(folder: Path, workspace: Path, server: Console) -> Iterator[Machine]:
    """A player of the first cluster, enrolled by an official and an installer together."""
    machine = Machine(folder)
    code = loa("players", "enrol", "--cluster", "cum-1", cwd=workspace).stdout.split()[0]
    done = machine.command("enrol", code, "--server", server.url)
    assert done.returncode == 0, done.stderr
    with machine.running():
        wait_until(lambda: "clock: the server's signed time" in machine.status(), "the player")
        yield machine


def test_an_approved_emergency_is_on_air_at_once_and_proved(tmp_path: Path) -> None:
    workspace = commune(tmp_path / "xa")
    folder = tmp_path / "may"
    folder.mkdir()
    with (
        console(workspace) as server,
        at_work(workspace),
        playing(folder, workspace, server) as machine,
    ):
        with opened(workspace) as app:
            app.office.approve("bao-lu", "minh", PASSPHRASE)

            def proved() -> bool:
                rows = app.ledger.views.deliveries("bao-lu")
                targets = {one.target for one in rows if one.state is State.CONFIRMED}
                return "cum-1" in targets

            wait_until(proved, "proof in the ledger")
            plays = [one.play for one in app.ledger.plays.of(campaign_id="bao-lu")]
            published = stored(machine).made_at.timestamp()
        assert len(machine.heard()) >= 2
        waited = machine.events()[0]["at"] - published
    assert [(one.cluster, one.outcome) for one in plays] == [("cum-1", PlayOutcome.PLAYED)]
    assert waited < PROMISED, f"{waited:.2f} s: {machine.said}"


def stored(machine: Machine) -> Programme:
    """The one programme that the player has."""
    (path,) = (machine.state / "programmes").rglob("*.json")
    message = decode(Envelope.from_json(json.loads(path.read_text())["envelope"]).payload)
    assert isinstance(message, Programme)
    return message
