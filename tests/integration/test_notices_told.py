"""Notices told outside through Apprise to a real HTTP server, counted from what it took."""

from __future__ import annotations

import json
import logging
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.commune import WARNING, make_commune
from support.dispatching import KEY, NOW, campaign
from support.receiver import Receiver, receiver
from support.redis_server import RedisServer, wait_until
from support.services import serve

from engine.app import OPTIONS, App, Communes, open_app, open_communes
from engine.cli.main import build
from engine.clock import SimulatedClock
from engine.errors import LoaError
from engine.ledger import Ledger, Seal, Submission
from engine.ledger.machines import Machines, Role
from engine.ledger.notices import NoticeBook
from engine.ledger.places import Place
from engine.models.notice import Concern, Notice, Severity
from engine.notices import Desk, Teller
from engine.notices.apprise_target import send
from engine.notices.telling import FIRST_WAIT
from workers.noticing import Noticing
from workers.presence import present

START = NOW.astimezone(UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FAILED = frozenset({Concern.FAILED})


@pytest.fixture
def inbox() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    opened = Ledger.open(place, "xa-mau", seal=Seal(KEY), options={})
    yield opened
    opened.close()


def notice(number: int = 1, severity: Severity = Severity.WARNING) -> Notice:
    facts = {"campaign": f"tin-{number}", "channel": "chat", "count": "3"}
    return Notice(Concern.FAILED, severity, START, (f"tin-{number}", "chat"), facts)


class Table:
    """A book of notices and those who tell them, on a clock of the test's own."""

    def __init__(self, ledger: Ledger, *targets: str) -> None:
        self.clock = SimulatedClock(START)
        self.book = NoticeBook(ledger.database, "xa-mau")
        self.targets = targets

    def teller(self) -> Teller:
        return Teller(
            self.book,
            place="xa-mau",
            targets=self.targets,
            remind=DAY,
            clock=self.clock,
            send=send,
        )

    def find(self, *notices: Notice) -> None:
        self.book.record(notices, FAILED, self.clock.now())

    def pass_time(self, amount: timedelta) -> None:
        self.clock.advance_to(self.clock.now() + amount)


def test_a_notice_is_told_once_by_however_many_schedulers(ledger: Ledger, inbox: Receiver) -> None:
    desk = Table(ledger, inbox.target)
    desk.find(notice(1), notice(2, Severity.URGENT))
    tellers = [desk.teller() for _number in range(4)]
    gate = threading.Barrier(4)

    def tell(teller: Teller) -> None:
        gate.wait(10)
        teller.tell()

    for _round in range(3):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(tell, tellers))
    (message,) = inbox.taken
    assert message["title"] == "Loa, xa-mau: 2 things need a person"
    assert message["type"] == "failure", "one of them is urgent"
    first, then = message["message"].split("\n")[:2]
    assert first == "‼ tin-2, chat: 3 deliveries failed"
    assert "loa retry tin-2 --channel chat" in then


def test_it_is_told_again_when_it_is_worse_and_after_a_day(ledger: Ledger, inbox: Receiver) -> None:
    desk = Table(ledger, inbox.target)
    for found in (notice(), notice(), notice(severity=Severity.URGENT)):
        desk.find(found)
        desk.teller().tell()
        desk.pass_time(MINUTE)
    assert [one["type"] for one in inbox.taken] == ["warning", "failure"]
    desk.pass_time(DAY)
    desk.teller().tell()
    assert len(inbox.taken) == 3
    desk.book.done(notice().key, "lan", desk.clock.now())
    desk.pass_time(2 * DAY)
    desk.teller().tell()
    assert len(inbox.taken) == 3


def test_a_target_that_refuses_is_tried_again_in_its_time_and_people_can_see_why(
    ledger: Ledger, inbox: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.answers = [500, 500]
    desk = Table(ledger, inbox.target)
    desk.find(notice())
    desk.teller().tell()
    desk.teller().tell()
    assert inbox.refused == 1, "not before its time"
    (kept,) = desk.book.all()
    assert kept.tries == 1
    assert kept.error.startswith("json://…: ")
    desk.pass_time(FIRST_WAIT)
    desk.teller().tell()
    desk.pass_time(FIRST_WAIT)
    desk.teller().tell()
    assert (inbox.refused, len(inbox.taken)) == (2, 0), "the second wait is longer"
    desk.pass_time(FIRST_WAIT)
    desk.teller().tell()
    assert len(inbox.taken) == 1
    assert desk.book.all()[0].error == ""
    said = caplog.text + kept.error
    assert "could not be told outside" in said
    assert "bi-mat" not in said
    assert "127.0.0.1" not in said


def test_who_took_it_is_not_told_again_for_the_sake_of_one_who_did_not(
    ledger: Ledger, inbox: Receiver
) -> None:
    with receiver() as other:
        other.answers = [503]
        desk = Table(ledger, inbox.target, other.target)
        desk.find(notice())
        desk.teller().tell()
        assert (len(inbox.taken), len(other.taken)) == (1, 0)
        desk.find(notice(), notice(2))
        desk.pass_time(FIRST_WAIT)
        desk.teller().tell()
        assert "tin-1" not in inbox.taken[1]["message"]
        assert "tin-1" in other.text
        assert [len(inbox.taken), len(other.taken)] == [2, 1]
        assert all(one.told_at is not None for one in desk.book.all())


@pytest.mark.parametrize("target", ["khong-co://may", "json://127.0.0.1:1/x", "rác"])
def test_an_address_that_leads_nowhere_is_told_of_and_never_raised(
    tmp_path: Path, target: str, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger.open(tmp_path / "loa.db", "xa-mau", seal=Seal(KEY), options={})
    desk = Table(ledger, target)
    desk.find(notice())
    desk.teller().tell()
    assert desk.book.all()[0].error
    (said,) = (one for one in caplog.records if one.name.startswith("engine."))
    assert "127.0.0.1" not in said.message
    assert not logging.getLogger("apprise").propagate, "it would write addresses into the log"
    ledger.close()


def test_a_great_many_are_counted_not_written_out(tmp_path: Path, inbox: Receiver) -> None:
    ledger = Ledger.open(tmp_path / "loa.db", "xa-mau", seal=Seal(KEY), options={})
    desk = Table(ledger, inbox.target)
    desk.find(*(notice(number) for number in range(25)))
    desk.teller().tell()
    assert inbox.text.count("failed") == 20
    assert inbox.text.endswith("and 5 more: loa notices")
    ledger.close()


def commune(folder: Path, inbox: Receiver, *, live: bool) -> Path:
    """A workspace on the machine's own clock, with an emergency that waits for approval."""
    workspace = make_commune(folder / "xa", {"bao-lu": WARNING}, live=live)
    settings = workspace / "loa.toml"
    kept = [line for line in settings.read_text("utf-8").splitlines() if "simulated" not in line]
    kept += ["[notices]", f'urls = "{inbox.target}"', "[machine]", 'name = "may-thu"']
    settings.write_text("\n".join(kept), encoding="utf-8")
    warning = workspace / "campaigns" / "bao-lu.yaml"
    valid = WARNING.replace("from: 2026-12-01, until: 2026-12-03", "until: 2099-12-03")
    warning.write_text(valid, encoding="utf-8")
    assert typed("submit", str(warning), "--by", "lan").exit_code == 0
    return workspace


def typed(*arguments: str) -> Result:
    """Run ``loa`` within this process."""
    return CliRunner().invoke(build(), arguments)


@pytest.fixture
def live(tmp_path: Path, inbox: Receiver) -> Iterator[App]:
    with open_app(commune(tmp_path, inbox, live=True)) as app:
        yield app


def test_two_processes_at_work_tell_it_once(live: App, inbox: Receiver) -> None:
    with (
        present(Communes.only(live), Role.SCHEDULER) as first,
        open_communes(live.workspace) as other,
        present(other, Role.SCHEDULER) as second,
    ):
        first()
        second()
    assert inbox.text.count("bao-lu is to go out at once") == 1
    assert inbox.taken[0]["title"] == "Loa, xa-mau: 1 thing needs a person"


def test_two_schedulers_as_services_tell_it_once_and_leave_no_trace_of_themselves(
    live: App, inbox: Receiver, redis_server: RedisServer
) -> None:
    machines = Machines(live.house.database)
    services = [serve(live.workspace, redis_server, "scheduler") for _number in range(2)]
    try:
        wait_until(lambda: len(machines.all()) == 2, "both to live")
        wait_until(lambda: bool(inbox.taken), "it to be told")
        for service in services:
            service.send_signal(signal.SIGTERM)
        assert [service.wait(60) for service in services] == [0, 0]
    finally:
        for service in services:
            service.kill()
            service.wait()
    assert inbox.text.count("bao-lu is to go out at once") == 1
    assert not machines.all()
    log = (live.workspace / "service.log").read_text()
    assert "Traceback" not in log, log
    assert "bi-mat" not in log


def test_nothing_is_told_outside_until_the_workspace_is_live(
    tmp_path: Path, inbox: Receiver
) -> None:
    workspace = commune(tmp_path, inbox, live=False)
    with open_communes(workspace) as communes, present(communes, Role.RUN) as beat:
        beat()
    assert not inbox.taken
    assert not inbox.refused
    shown = typed("notices", "-w", str(workspace))
    assert "bao-lu is to go out at once" in shown.stdout
    assert "nothing is told outside until loa.toml says live = true" in shown.stdout


class Broken:
    """Desks at which something happens that nobody foresaw."""

    def take_turn(self, every: timedelta) -> bool:
        raise RuntimeError("hỏng")

    def __iter__(self) -> Iterator[Desk]:
        return iter(())


def test_a_round_that_breaks_is_logged_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    noticing = Noticing(Broken())
    noticing.nudge()
    noticing.end()
    assert "notices cannot be looked for" in caplog.text
    assert "hỏng" in caplog.text
    noticing.nudge()
    assert len(caplog.records) == 1, "the next one is not due yet"


def noticed(app: App, *options: str) -> Result:
    return typed("notices", "-w", str(app.workspace), *options)


def test_people_see_notices_as_text_and_programs_as_json(live: App) -> None:
    shown = noticed(live)
    assert shown.exit_code == 0
    first, second, third = shown.stdout.splitlines()
    assert first == "URGENT  bao-lu is to go out at once and waits for approval"
    assert second.endswith("loa approve bao-lu --by PERSON")
    assert third.strip().startswith("approval:bao-lu · since ")
    (document,) = json.loads(noticed(live, "--json").stdout)
    assert (document["key"], document["severity"]) == ("approval:bao-lu", "urgent")
    assert document["what"] == first.removeprefix("URGENT  ")
    assert (document["gone_at"], document["done_by"]) == (None, None)


def test_a_person_says_on_the_record_that_a_notice_is_seen_to(live: App) -> None:
    noticed(live)
    for options, words in (
        (["approval:bao-lu"], "say who"),
        (["approval:bao-lu", "--by", "ma"], "no right"),
        (["approval:x", "--by", "lan"], "there is no notice"),
    ):
        error = noticed(live, "--done", *options).exception
        assert isinstance(error, LoaError)
        assert words in str(error)
    assert "seen to by lan" in noticed(live, "--done", "approval:bao-lu", "--by", "lan").stdout
    shown = noticed(live)
    assert "nothing needs a person" in shown.stdout
    assert "SEEN TO" in shown.stdout
    last = live.ledger.views.events()[-1]
    assert (last.actor, last.to_state, last.detail) == ("lan", "notice_done", "approval:bao-lu")
    live.ledger.deliveries.cancel(
        "bao-lu", recalled=frozenset(), at=live.clock.now(), actor="lan", reason="thôi"
    )
    assert "bao-lu" not in noticed(live).stdout
    assert "OVER" in noticed(live, "--all").stdout


def test_a_persons_word_frees_a_clock_that_an_event_of_the_future_had_stopped(live: App) -> None:
    """A machine whose clock had stood ahead, and has been set right since."""
    live.ledger.credentials.set("minh", "scrypt$x", live.clock.now() + timedelta(days=400))
    again = ["submit", str(live.workspace / "campaigns" / "bao-lu.yaml"), "--by", "lan"]
    assert "set the machine's clock" in str(typed(*again).exception)
    assert "the clock of may-thu" in noticed(live).stdout
    noticed(live, "--done", "clock:may-thu", "--by", "lan")
    assert "already says exactly this" in str(typed(*again).exception)
    assert "the clock of may-thu" not in noticed(live).stdout


@pytest.fixture
def province(live: App, tmp_path: Path) -> Path:
    """A folder with settings alone, on a ledger that holds a second commune as well."""
    other = replace(live.registry, commune=replace(live.registry.commune, id="xa-hai"))
    ledger = Ledger.on(live.house.database, "xa-hai", seal=live.house.seal, options=OPTIONS)
    revision = ledger.registries.save(other, "3" * 64, live.clock.now())
    waiting = campaign("hop", {}, valid_until=live.clock.now() + DAY)
    submission = Submission(waiting, "x.yaml", b"x", "1" * 64, "2" * 64, revision, "lan")
    ledger.revisions.submit(submission, live.clock.now())
    folder = tmp_path / "tinh"
    folder.mkdir()
    key = live.workspace / "data.key"
    url = f"sqlite:///{live.workspace / 'loa.db'}"
    settings = f'live = true\ndata_key_file = "{key}"\n[ledger]\nurl = "{url}"\n'
    (folder / "loa.toml").write_text(settings, encoding="utf-8")
    return folder


def test_a_province_sees_the_notices_of_its_communes_and_a_commune_its_own(
    live: App, province: Path
) -> None:
    def seen(*options: str) -> Result:
        return typed("notices", "-w", str(province), *options)

    every = seen().stdout
    assert "xa-mau: URGENT  bao-lu is to go out" in every
    assert "xa-hai: WARNING  hop is to go out" in every
    assert {one["commune"] for one in json.loads(seen("--json").stdout)} == {"xa-mau", "xa-hai"}
    assert "bao-lu" not in seen("--commune", "xa-hai").stdout
    assert "not served here" in str(seen("--commune", "xa-ba").exception)
    assert "hop" not in noticed(live).stdout
    done = ("--done", "approval:hop", "--by", "lan")
    assert "say whose notice" in str(seen(*done).exception)
    assert "there is no notice" in str(seen(*done, "--commune", "xa-mau").exception)
    assert "seen to by lan" in seen(*done, "--commune", "xa-hai").stdout
    assert not [one for one in live.ledger.views.events() if one.to_state == "notice_done"]
