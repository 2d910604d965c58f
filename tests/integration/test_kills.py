"""Killed at any moment and run again, Loa loses nothing and sends nothing twice.

What arrived is counted from the outbox and from the far side's own log, never from the ledger.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commune import files_below, make_commune
from support.fake_telegram import TOKEN, FakeTelegram, said
from support.kill_driver import OPEN
from support.nursery import Child, Nursery, nursery
from support.redis_server import wait_until

from engine.app import open_app
from engine.boundary import BOUNDARIES
from engine.states import SETTLED, State

RANDOM_KILLS = int(os.environ.get("LOA_TEST_KILLS", "10"))
TELEGRAM = "truong-ap"

#: Seconds after which a process hangs.
PATIENCE = 120


class Bench:
    """A workspace template with everything rendered, and what a run without kills leaves."""

    def __init__(self, folder: Path, server: FakeTelegram, log: Path, children: Nursery) -> None:
        self.folder = folder
        self._children = children
        self.log = log
        self.template = make_commune(folder / "template", telegram=server.base_url, token=TOKEN)
        calm = folder / "calm"
        shutil.copytree(self.template, calm)
        self.finish(calm)
        shutil.copytree(calm / "artifacts", self.template / "artifacts")
        self.expected = files_below(calm / "outbox")
        self.messages = Counter(self.received())
        self.seen = sum(self.messages.values())
        warm = self.drive(self.fresh("warm"))
        began = time.monotonic()
        assert warm.wait(PATIENCE) == 0
        self.seconds = time.monotonic() - began
        assert self.newly_received() == self.messages

    def drive(self, workspace: Path, *fatal: str) -> Child:
        """Let a process do all that is left to do, or die at a boundary."""
        child = self._children.start("kill_driver", [str(workspace), *fatal], log_of(workspace))
        wait_until(lambda: OPEN in words_of(workspace) or child.poll() is not None, "it to begin")
        return child

    def finish(self, workspace: Path) -> None:
        assert self.drive(workspace).wait(PATIENCE) == 0, words_of(workspace)

    def fresh(self, name: str) -> Path:
        return Path(shutil.copytree(self.template, self.folder / name))

    def received(self) -> list[str]:
        """Texts and pictures in the order in which the far side accepted them."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [said(json.loads(line)) for line in lines]

    def newly_received(self) -> Counter[str]:
        everything = self.received()
        fresh, self.seen = everything[self.seen :], len(everything)
        return Counter(fresh)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("kills")
    log = folder / "telegram.log"
    with FakeTelegram(log=log) as server, nursery() as children:
        yield Bench(folder, server, log, children)


def log_of(workspace: Path) -> Path:
    """Return where its processes print; beside the workspace, for that is compared."""
    return workspace.with_suffix(".log")


def words_of(workspace: Path) -> str:
    log = log_of(workspace)
    return log.read_text("utf-8") if log.exists() else ""


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
    died = bench.drive(workspace, boundary, str(time_passed)).wait(PATIENCE)
    assert died == -signal.SIGKILL, f"the boundary {boundary!r} was not passed"
    bench.finish(workspace)
    check_outcome(bench, workspace)


@pytest.mark.parametrize("number", range(RANDOM_KILLS))
def test_killed_at_a_random_moment_nothing_is_lost_or_doubled(bench: Bench, number: int) -> None:
    workspace = bench.fresh(f"random-{number}")
    victim = bench.drive(workspace)
    victim.let_run(random.Random(number).uniform(0, bench.seconds))
    victim.kill()
    bench.finish(workspace)
    check_outcome(bench, workspace)
