"""Far sides as notices: dead ones, permissions that end, those that would take nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.dispatching import NOW, Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide, temporary

from engine.dispatch.breaker import after_asking_for_patience
from engine.ledger.breakers import Breakers
from engine.ledger.needs import Needs, backends_in_use
from engine.ledger.notices import NoticeBook
from engine.models import Breaker, BreakerState, Priority
from engine.models.notice import Concern, Severity
from engine.notices.checks import CheckGatherer
from engine.notices.far_sides import FarSideGatherer
from engine.notices.permissions import PermissionGatherer
from engine.notices.quotas import QuotaGatherer
from engine.notices.words import what, what_to_do

START = NOW.astimezone(UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def backend(tmp_path: Path) -> FakeBackend:
    return FakeBackend("so", False, FarSide(tmp_path / "far.log"), networked=True)


@pytest.fixture
def rig(tmp_path: Path, backend: FakeBackend) -> Iterator[Rig]:
    with rigged(tmp_path, FakeChannel("giay", backend)) as opened:
        yield opened


def test_a_dead_far_side_is_told_of_until_it_answers(rig: Rig) -> None:
    breakers = Breakers(rig.ledger.database)
    gatherer = FarSideGatherer(breakers)
    for state, told in zip(BreakerState, (0, 1, 1), strict=True):
        now = Breaker("chat.example", state, START, 5)
        breakers.change("chat.example", START, lambda _before, now=now: now)
        assert len(gatherer.gather(START)) == told
    (notice,) = gatherer.gather(START)
    assert (notice.key, notice.severity) == ("dead:chat.example", Severity.URGENT)
    assert "chat.example" in what(notice)


def test_what_waits_for_a_quota_is_told_and_an_emergency_at_once_with_what_to_do(
    rig: Rig,
) -> None:
    breakers = Breakers(rig.ledger.database)
    needs = Needs(rig.ledger.database, "xa-mau")
    gatherer = QuotaGatherer(breakers, needs, {("giay", "so"): "zalo.example/7"})

    def asks(wait: timedelta) -> None:
        asked = after_asking_for_patience
        breakers.change("zalo.example/7", START, lambda one: asked(one, START, wait, "hết"))

    rig.release(Post(), Post(target="noi-2"))
    assert gatherer.gather(START) == []
    asks(MINUTE)
    assert gatherer.gather(START) == [], "that is over before anybody has read it"
    asks(16 * HOUR)
    (routine,) = gatherer.gather(START)
    assert (routine.key, routine.severity) == ("quota:giay:so", Severity.WARNING)
    assert "takes nothing before 00:00 02/12/2026" in what(routine)
    assert "2 deliveries wait" in what(routine)
    assert "go out by themselves" in what_to_do(routine)
    rig.release(Post(target="noi-3"), campaign_id="lu", priority=Priority.EMERGENCY)
    (urgent,) = gatherer.gather(START)
    assert (urgent.key, urgent.severity) == (routine.key, Severity.URGENT)
    assert "1 EMERGENCY deliveries of lu wait" in what(urgent)
    assert what_to_do(urgent).endswith("loa relay links lu")
    assert gatherer.gather(START + 16 * HOUR) == []


@dataclass
class ExpiringBackend(FakeBackend):
    """A backend whose token ends."""

    end: datetime | None = None

    def expires_at(self) -> datetime | None:
        return self.end


@pytest.mark.parametrize(
    ("left", "severity"),
    [
        (None, None),
        (8 * DAY, None),
        (7 * DAY, Severity.WARNING),
        (23 * HOUR, Severity.URGENT),
        (-DAY, Severity.URGENT),
    ],
    ids=str,
)
def test_a_permission_is_told_of_a_week_before_it_ends(
    backend: FakeBackend, tmp_path: Path, left: timedelta | None, severity: Severity | None
) -> None:
    end = START + left if left is not None else None
    dying = ExpiringBackend("zalo", False, FarSide(tmp_path / "z.log"), end=end)
    channels = {"chat": FakeChannel("chat", dying), "giay": FakeChannel("giay", backend)}
    found = PermissionGatherer(channels).gather(START)
    assert [one.severity for one in found] == ([severity] if severity else [])
    assert all(one.key == "permission:chat:zalo" for one in found)


@dataclass
class AskedBackend(FakeBackend):
    """A backend that can be asked, and says what it is told to."""

    mute: bool = False
    asked: int = 0

    def check(self) -> None:
        self.asked += 1
        if self.mute:
            raise temporary()


def test_far_sides_in_use_are_asked_in_turn_whether_they_would_take_something(
    backend: FakeBackend, tmp_path: Path
) -> None:
    log = FarSide(tmp_path / "z.log")
    asked, idle = AskedBackend("zalo", False, log), AskedBackend("sms", False, log, mute=True)
    channels = {
        "chat": FakeChannel("chat", asked),
        "sms": FakeChannel("sms", idle),
        "giay": FakeChannel("giay", backend),
    }
    used = [("chat", "zalo"), ("giay", "so"), ("chat", "gone"), ("gone", "x")]
    turns = [True, False, True, True]
    gatherer = CheckGatherer(
        channels, used=lambda _after: used, take_turn=lambda _now, _until: turns.pop(0)
    )
    assert gatherer.gather(START) == []
    assert gatherer.gather(START) is None, "another process has asked"
    asked.mute = True
    (notice,) = gatherer.gather(START) or ()
    assert (notice.key, notice.severity) == ("mute:chat:zalo", Severity.URGENT)
    asked.mute = False
    assert gatherer.gather(START) == []
    assert (asked.asked, idle.asked) == (3, 0)


def test_one_that_takes_nothing_is_asked_again_soon_while_people_are_told(
    rig: Rig, tmp_path: Path
) -> None:
    """An alarm that is over must not stand for an hour: nobody would believe the next one."""
    asked = AskedBackend("zalo", False, FarSide(tmp_path / "z.log"), mute=True)
    book = NoticeBook(rig.ledger.database, "xa-mau")
    gatherer = CheckGatherer(
        {"chat": FakeChannel("chat", asked)},
        used=lambda _after: [("chat", "zalo")],
        take_turn=lambda now, until: book.take_duty("ask", now, until),
        ask_again=lambda now, until: (
            book.stands(Concern.MUTE) and book.take_duty("ask-again", now, until)
        ),
    )

    def look(minutes: int) -> bool:
        """Look as a desk does; say whether people are told."""
        now = START + minutes * MINUTE
        found = gatherer.gather(now)
        if found is not None:
            book.record(found, gatherer.concerns, now)
        return book.stands(Concern.MUTE)

    assert look(0)
    assert look(1)
    asked.mute = False
    assert not look(4)
    before = asked.asked
    assert not look(30)
    assert asked.asked == before, "nobody is told, so the hour is kept"


def test_backends_in_use_are_those_of_recent_and_coming_slots(rig: Rig) -> None:
    assert not backends_in_use(rig.ledger.database, START - DAY)
    rig.release(Post(), Post(target="noi-2"))
    assert backends_in_use(rig.ledger.database, START - DAY) == [("giay", "so")]
    assert not backends_in_use(rig.ledger.database, START)
