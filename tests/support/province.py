"""A commune served by several processes through a real Redis, and what reached its far sides."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from engine.app import App, open_app
from engine.clock import SimulatedClock
from engine.ledger import DeliveryRow
from engine.states import SETTLED, State
from support.commune import NOTICE, PASSPHRASE, WARNING, files_below, make_commune
from support.fake_telegram import TOKEN, FakeTelegram
from support.redis_server import RedisServer, wait_until
from support.service_driver import START, RunningClock

TESTS = Path(__file__).parents[1]
TELEGRAM = "truong-ap"

#: How long before its slot everything was approved.
BEFORE = timedelta(minutes=10)

CAMPAIGNS = {
    "tiem-phong": NOTICE.replace(
        'dates: [2026-12-01, 2026-12-02], times: ["05:00"]',
        'dates: [2026-12-01], times: ["06:10"]',
    ),
    "bao-lu": WARNING,
}


class Province:
    """Processes around one workspace. ``with`` ends those that still run."""

    def __init__(self, workspace: Path, redis: RedisServer) -> None:
        self.workspace = workspace
        self.redis = redis
        self.since = time.time()
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, role: str, *options: str) -> subprocess.Popen[str]:
        """Start a process; it prints a line when it is at work."""
        command = [sys.executable, "-m", "support.service_driver", role]
        command += [str(self.workspace), self.redis.url, repr(self.since), *options]
        with (self.workspace / f"{role}.log").open("a") as log:
            process = subprocess.Popen(
                command, cwd=TESTS, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.processes.append(process)
        return process

    def ready(self, role: str, *options: str) -> subprocess.Popen[str]:
        """Start a process and wait until it is at work."""
        process = self.start(role, *options)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", self.log(role)
        return process

    def log(self, role: str) -> str:
        return (self.workspace / f"{role}.log").read_text(encoding="utf-8")

    @contextmanager
    def opened(self) -> Iterator[App]:
        with open_app(self.workspace, clock=RunningClock(self.since)) as app:
            yield app

    def wait_until_settled(self) -> None:
        with self.opened() as app:
            wait_until(lambda: all(row.state in SETTLED for row in rows_of(app)), "all settled")

    def __enter__(self) -> Province:
        return self

    def __exit__(self, *_exc: object) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            process.communicate(timeout=60)


def rows_of(app: App) -> list[DeliveryRow]:
    campaigns = app.ledger.revisions.campaign_ids()
    return [row for one in campaigns for row in app.ledger.views.deliveries(one)]


class Bench:
    """A template with everything approved and rendered, and what a calm run leaves behind."""

    def __init__(self, folder: Path, server: FakeTelegram, redis: RedisServer) -> None:
        self._folder = folder
        self._server = server
        self._template = make_commune(
            folder / "template", CAMPAIGNS, telegram=server.base_url, token=TOKEN
        )
        self._approve()
        calm = self.fresh("calm")
        with Province(calm, redis) as province:
            province.start("scheduler")
            province.start("worker")
            province.wait_until_settled()
        self.expected = _arrived(calm)
        self.messages = Counter(one["text"] for one in server.accepted())
        self._seen = sum(self.messages.values())
        shutil.copytree(calm / "artifacts", self._template / "artifacts", dirs_exist_ok=True)

    def _approve(self) -> None:
        with open_app(self._template, clock=SimulatedClock(START - BEFORE)) as app:
            app.office.set_passphrase("minh", PASSPHRASE, None)
            for file in sorted((self._template / "campaigns").glob("*.yaml")):
                app.office.submit(file, "lan")
                app.office.approve(file.stem, "minh", PASSPHRASE)

    def fresh(self, name: str) -> Path:
        return Path(shutil.copytree(self._template, self._folder / name))

    def check(self, province: Province) -> None:
        """Compare the outbox and the far side's own log with a run that nobody disturbed."""
        everything = [one["text"] for one in self._server.accepted()]
        received = Counter(everything[self._seen :])
        self._seen = len(everything)
        assert _arrived(province.workspace) == self.expected
        assert all(count == 1 for count in received.values()), f"doubled: {received}"
        assert not received - self.messages, "the far side got what nobody wrote"
        missing = self.messages - received
        with province.opened() as app:
            rows = rows_of(app)
            uncertain = {row.target for row in rows if row.state is State.UNCERTAIN}
            assert {row.state for row in rows} <= {State.SENT, State.UNCERTAIN}
            assert uncertain <= {TELEGRAM}
            assert not missing or uncertain == {TELEGRAM}
            check_events(app)


def check_events(app: App) -> None:
    """Each delivery's moves follow one another without a gap, in the order of their ids."""
    last: dict[int, str] = {}
    for event in app.ledger.views.events():
        if event.delivery_id is not None:
            assert event.from_state == last.get(event.delivery_id, "held")
            last[event.delivery_id] = event.to_state


def _arrived(workspace: Path) -> dict[str, bytes]:
    """What lies in the outbox, without the moment at which the site was last looked after,
    and without what a killed process left under a hidden name."""
    return {
        name: data
        for name, data in files_below(workspace / "outbox").items()
        if not Path(name).name.startswith(".") and name != "portal/site.json"
    }
