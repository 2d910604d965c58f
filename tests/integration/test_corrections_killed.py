"""Killed at any moment of a correction or a withdrawal, and run again, everybody is told once.

What arrived is counted from the outbox and from the far side's own log, never from the ledger.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.amend_driver import ID, NOTICE, OPEN
from support.commune import PASSPHRASE, files_below, make_commune
from support.fake_telegram import TOKEN, FakeTelegram, said
from support.nursery import Child, Nursery
from support.redis_server import wait_until
from support.servers import Postgres

from engine.app import open_app
from engine.ledger.copying import copy_commune
from engine.models import Purpose
from engine.planner.known import Known
from engine.states import SETTLED, State
from workers.embedded import EmbeddedRuntime

LEDGERS = ("postgresql", "sqlite")

#: Kills of each kind, on the two ledgers in turn; more in `make soak`.
KILLS = max(1, int(os.environ.get("LOA_TEST_KILLS", "10")) // 10)

#: Seconds after which a process hangs.
PATIENCE = 120


@dataclass
class Office:
    """A workspace in which a notice was sent, on both ledgers, and who is at work there."""

    folder: Path
    template: Path
    server: FakeTelegram
    postgres: Postgres
    database: str
    children: Nursery
    first: str

    def drive(self, workspace: Path, what: str) -> Child:
        log = workspace.with_suffix(".log")
        log.touch()
        child = self.children.start("amend_driver", [str(workspace), what], log)
        wait_until(lambda: OPEN in log.read_text() or child.poll() is not None, "it to begin")
        return child

    def fresh(self, name: str, ledger: str) -> Path:
        workspace = Path(shutil.copytree(self.template, self.folder / f"{name}-{ledger}"))
        if ledger == "postgresql":
            (workspace / "loa.db").unlink()
            url = self.postgres.url(self.postgres.make_database(self.database))
            with (workspace / "loa.toml").open("a") as settings:
                settings.write(f'[ledger]\nurl = "{url}"\n')
        return workspace

    def finish(self, workspace: Path, what: str) -> None:
        log = workspace.with_suffix(".log")
        assert self.drive(workspace, what).wait(PATIENCE) == 0, log.read_text()


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, children: Nursery
) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("amended")
    with FakeTelegram(log=folder / "telegram.log") as server:
        template = make_commune(
            folder / "template", {ID: NOTICE}, telegram=server.base_url, token=TOKEN
        )
        with open_app(template) as app:
            app.office.set_passphrase("minh", PASSPHRASE, None)
            app.office.submit(template / "campaigns" / f"{ID}.yaml", "lan")
            app.office.approve(ID, "minh", PASSPHRASE)
            EmbeddedRuntime(app).run()
        database = postgres.make_database()
        copy_commune(template / "loa.db", postgres.url(database))
        first, *_flyers = server.accepted()
        yield Office(
            folder, template, server, postgres, database, children, str(first["message_id"])
        )


@dataclass(frozen=True)
class Calm:
    """What a run that nobody killed leaves behind, and how long it takes."""

    files: dict[str, bytes]
    messages: Counter[str]
    seconds: float


@pytest.fixture(scope="module", params=["correct", "withdraw"])
def calm(request: pytest.FixtureRequest, office: Office) -> tuple[str, Calm]:
    what = str(request.param)
    workspace = office.fresh(f"calm-{what}", "sqlite")
    seen = len(office.server.accepted())
    began = time.monotonic()
    office.finish(workspace, what)
    messages = Counter(said(one) for one in office.server.accepted()[seen:])
    assert set(messages.values()) == {1}, "the heads' group is told once"
    files = files_below(workspace / "outbox")
    shutil.copytree(workspace / "artifacts", office.template / "artifacts", dirs_exist_ok=True)
    return what, Calm(files, messages, time.monotonic() - began)


@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_a_random_moment_everybody_is_told_once(
    office: Office, calm: tuple[str, Calm], number: int
) -> None:
    what, expected = calm
    ledger = LEDGERS[(number + (what == "withdraw")) % 2]
    workspace = office.fresh(f"{what}-{number}", ledger)
    seen = len(office.server.accepted())
    victim = office.drive(workspace, what)
    victim.let_run(random.Random(f"{what} {ledger} {number}").uniform(0, expected.seconds))
    victim.kill()
    office.finish(workspace, what)
    assert files_below(workspace / "outbox") == expected.files
    arrived = office.server.accepted()[seen:]
    told = Counter(said(one) for one in arrived)
    assert not told - expected.messages, "doubled, or written by nobody"
    replies = [one["reply_parameters"] for one in arrived if one.get("reply_parameters")]
    assert {str(one["message_id"]) for one in replies} <= {office.first}
    assert replies or not arrived or set(told) != set(expected.messages)
    with open_app(workspace) as app:
        rows = app.ledger.views.deliveries(ID, replaced=True)
        assert {row.state for row in rows} <= SETTLED
        uncertain = {row.target for row in rows if row.state is State.UNCERTAIN}
        assert uncertain <= {"truong-ap"}, "only Telegram can neither be asked nor repeat itself"
        assert told == expected.messages or uncertain
        known = Known.of(ID, app.ledger, (), app.clock.now())
    purpose = Purpose.WITHDRAWAL if what == "withdraw" else Purpose.CORRECTION
    for place, ones in known.told.items():
        assert [one.row.purpose for one in ones] == [Purpose.NOTICE, purpose], place
