"""Killed at any moment and run again, Loa loses nothing and sends nothing twice.

What arrived is counted from the outbox and from the far side's own log, never from the ledger.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commune import files_below, make_commune
from support.fake_telegram import TOKEN, FakeTelegram

from engine.app import open_app
from engine.boundary import BOUNDARIES
from engine.states import SETTLED, State

RANDOM_KILLS = int(os.environ.get("LOA_TEST_KILLS", "10"))
TESTS = Path(__file__).parents[1]
TELEGRAM = "truong-ap"


def drive(workspace: Path, *fatal: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "support.kill_driver", str(workspace), *fatal],
        cwd=TESTS,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(workspace: Path) -> None:
    process = drive(workspace)
    _out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err


class Bench:
    """A workspace template with everything rendered, and what a run without kills leaves."""

    def __init__(self, folder: Path, server: FakeTelegram, log: Path) -> None:
        self.folder = folder
        self.log = log
        self.template = make_commune(folder / "template", telegram=server.base_url, token=TOKEN)
        calm = folder / "calm"
        shutil.copytree(self.template, calm)
        started = time.monotonic()
        finish(calm)
        self.seconds = time.monotonic() - started
        shutil.copytree(calm / "artifacts", self.template / "artifacts")
        self.expected = files_below(calm / "outbox")
        self.messages = Counter(self.received())
        self.seen = sum(self.messages.values())

    def fresh(self, name: str) -> Path:
        return Path(shutil.copytree(self.template, self.folder / name))

    def received(self) -> list[str]:
        """Texts in the order in which the far side accepted them."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["text"] for line in lines]

    def newly_received(self) -> Counter[str]:
        everything = self.received()
        fresh, self.seen = everything[self.seen :], len(everything)
        return Counter(fresh)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("kills")
    log = folder / "telegram.log"
    with FakeTelegram(log=log) as server:
        yield Bench(folder, server, log)


def check_outcome(bench: Bench, workspace: Path) -> None:
    """Compare what lies in the outbox and at the far side with a run that nobody killed."""
    assert files_below(workspace / "outbox") == bench.expected
    received = bench.newly_received()
    assert all(count == 1 for count in received.values()), f"doubled: {received}"
    assert not received - bench.messages, "the far side got what nobody wrote"
    missing = bench.messages - received
    with open_app(workspace) as app:
        campaigns = app.ledger.revisions.campaign_ids()
        rows = [row for one in campaigns for row in app.ledger.views.deliveries(one)]
        uncertain = {row.target for row in rows if row.state is State.UNCERTAIN}
        assert all(row.state in SETTLED for row in rows)
        assert {row.state for row in rows} <= {State.SENT, State.UNCERTAIN}
        assert uncertain <= {TELEGRAM}
        assert not missing or uncertain == {TELEGRAM}
        check_events(app.ledger.views.events())


def check_events(events: list) -> None:  # type: ignore[type-arg] - rows of any kind
    """Each delivery's moves follow one another without a gap, in the order of their ids."""
    last: dict[int, str] = {}
    for event in events:
        if event.delivery_id is not None:
            assert event.from_state == last.get(event.delivery_id, "held")
            last[event.delivery_id] = event.to_state


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("time_passed", [1, 2])
def test_killed_at_a_boundary_nothing_is_lost_or_doubled(
    bench: Bench, boundary: str, time_passed: int
) -> None:
    workspace = bench.fresh(f"{boundary.replace(' ', '-')}-{time_passed}")
    process = drive(workspace, boundary, str(time_passed))
    process.communicate(timeout=120)
    assert process.returncode == -9, f"the boundary {boundary!r} was not passed"
    finish(workspace)
    check_outcome(bench, workspace)


@pytest.mark.parametrize("number", range(RANDOM_KILLS))
def test_killed_at_a_random_moment_nothing_is_lost_or_doubled(bench: Bench, number: int) -> None:
    workspace = bench.fresh(f"random-{number}")
    moment = random.Random(number).uniform(0, bench.seconds)
    process = drive(workspace)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        process.wait(timeout=moment / 3)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()
    finish(workspace)
    check_outcome(bench, workspace)
