"""What becomes a notice, how urgent it is, and what its words say to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from support.dispatching import NOW, Post, Rig, campaign, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide, Mishap, permanent, unknown

from engine.ledger import Revision, Submission
from engine.ledger.machines import Role
from engine.ledger.needs import Needs, backends_in_use, overdue_since
from engine.ledger.places import Place
from engine.ledger.players import Player
from engine.ledger.taken_back import Undone
from engine.ledger.watched_clock import Fault
from engine.models import (
    ChatGroup,
    Evidence,
    EvidenceKind,
    GroupKind,
    Priority,
    Schedule,
)
from engine.models.lacking import Lack, Lacks
from engine.models.notice import Concern, Notice, Severity
from engine.models.telegram_address import moved_key
from engine.notices.agents import AgentGatherer
from engine.notices.campaigns import CampaignGatherer
from engine.notices.deliveries import DeliveryGatherer
from engine.notices.moved import MovedGatherer
from engine.notices.packages import PackageGatherer, TakenBack
from engine.notices.proof import ProofGatherer
from engine.notices.words import severity_word, what, what_to_do
from engine.rules.obligations import Standing

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


def deliveries(rig: Rig, *rehearsing: str) -> list[Notice]:
    needs = Needs(rig.ledger.database, "xa-mau")
    stuck = DeliveryGatherer(needs, rehearsing=rehearsing)
    proof = ProofGatherer(needs, within=3 * DAY, take_turn=lambda _now, _until: True)
    now = rig.clock.now()
    return [*stuck.gather(now), *(proof.gather(now) or ())]


def test_failed_and_uncertain_deliveries_are_told_by_campaign_and_channel(
    rig: Rig, backend: FakeBackend
) -> None:
    rig.release(*(Post(target=f"noi-{n}", text=str(n)) for n in range(3)))
    backend.mishaps = [Mishap(permanent()), Mishap(unknown()), None]
    rig.send()
    failed, uncertain = deliveries(rig)
    assert (failed.key, failed.severity) == ("failed:thong-bao:giay", Severity.WARNING)
    assert what(failed) == "thong-bao, giay: 1 deliveries failed"
    assert "loa retry thong-bao --channel giay" in what_to_do(failed)
    assert uncertain.key == "uncertain:thong-bao:giay"
    assert "nobody can say" in what(uncertain)
    assert "loa resolve thong-bao --channel giay" in what_to_do(uncertain)
    assert failed.since == uncertain.since == START


def test_a_failed_emergency_is_urgent(rig: Rig, backend: FakeBackend) -> None:
    backend.mishaps = [Mishap(permanent())]
    rig.release(Post(), priority=Priority.EMERGENCY)
    rig.send()
    assert [one.severity for one in deliveries(rig)] == [Severity.URGENT]


def test_what_failed_and_was_replaced_concerns_nobody(rig: Rig, backend: FakeBackend) -> None:
    backend.mishaps = [Mishap(permanent())]
    rig.release(Post())
    rig.send()
    rig.release(Post(text="Lời mới."), replaced=[rig.rows()[0].id])
    assert not deliveries(rig)


def test_proof_is_asked_for_after_three_days_until_somebody_gives_it(rig: Rig) -> None:
    rig.release(Post(), Post("ap-2", target="noi-2"))
    rig.send()
    rig.pass_time(days=3)
    assert not deliveries(rig)
    rig.pass_time(minutes=1)
    (notice,) = deliveries(rig)
    assert (notice.key, notice.severity) == ("no-proof:thong-bao", Severity.WARNING)
    assert "2 deliveries" in what(notice)
    now = rig.clock.now()
    first, second = rig.rows()
    rig.ledger.evidence.add([Evidence(first.id, EvidenceKind.RELAYED, "lan", now, "x", 1)])
    assert "1 deliveries" in what(deliveries(rig)[0])
    rig.ledger.evidence.add([Evidence(second.id, EvidenceKind.RECEIVED, "lan", now, "x", None)])
    assert not deliveries(rig)


def test_proof_is_looked_for_by_whose_turn_it_is(rig: Rig) -> None:
    needs = Needs(rig.ledger.database, "xa-mau")
    asked: list[timedelta] = []

    def take_turn(now: datetime, until: datetime) -> bool:
        asked.append(until - now)
        return False

    assert ProofGatherer(needs, within=DAY, take_turn=take_turn).gather(START) is None
    assert asked == [HOUR]


def test_nobody_looks_for_proof_of_what_is_long_past(rig: Rig) -> None:
    rig.release(Post())
    rig.send()
    rig.pass_time(days=31)
    assert not deliveries(rig)


def test_what_was_only_rehearsed_although_it_is_due_is_told(
    tmp_path: Path, backend: FakeBackend
) -> None:
    with rigged(tmp_path, FakeChannel("giay", backend), live=False) as rig:
        rig.release(Post())
        rig.release(Post(slot=NOW + DAY, target="noi-2"), campaign_id="mai")
        assert not deliveries(rig, "so"), "not rehearsed yet"
        rig.send()
        (notice,) = deliveries(rig, "so")
        assert notice.key == "rehearsing:thong-bao"
        assert "live = true" in what_to_do(notice)
        assert not deliveries(rig)


def test_both_databases_find_the_same(tmp_path: Path, place: Place, backend: FakeBackend) -> None:
    with rigged(tmp_path, FakeChannel("giay", backend), live=False, place=place) as rig:
        rig.release(Post(), Post("ap-2", target="noi-2"))
        rig.send()
        assert [one.key for one in deliveries(rig, "so")] == ["rehearsing:thong-bao"]
    backend.mishaps = [Mishap(permanent())]
    with rigged(tmp_path, FakeChannel("giay", backend), place=place) as rig:
        rig.send()
        rig.pass_time(days=4)
        keys = {one.key for one in deliveries(rig)}
        assert keys == {"failed:thong-bao:giay", "no-proof:thong-bao"}
        database = rig.ledger.database
        assert overdue_since(database, rig.clock.now(), rehearse=()) is None
        assert backends_in_use(database, START - DAY) == [("giay", "so")]


def submit(rig: Rig, *moments: datetime, **changes: object) -> Revision:
    schedule = Schedule(asap=not moments, moments=moments)
    values = campaign("hop", {}, schedule=schedule, **changes)
    submission = Submission(values, "x.yaml", b"x", "1" * 64, "2" * 64, rig.revision, "lan")
    return rig.ledger.revisions.submit(submission, rig.clock.now())


def campaigns(rig: Rig) -> list[Notice]:
    gatherer = CampaignGatherer(rig.ledger.revisions, near=DAY)
    return list(gatherer.gather(rig.clock.now()))


def test_a_campaign_is_told_of_a_day_before_its_first_slot_and_is_urgent_near_it(
    rig: Rig,
) -> None:
    slot = START + 2 * DAY
    submit(rig, slot + DAY, slot)
    assert not campaigns(rig)
    rig.pass_time(days=1)
    (notice,) = campaigns(rig)
    assert (notice.key, notice.severity) == ("approval:hop", Severity.WARNING)
    assert "08:00 03/12/2026" in what(notice)
    rig.pass_time(hours=23)
    assert [one.severity for one in campaigns(rig)] == [Severity.URGENT]
    rig.pass_time(days=1)
    assert campaigns(rig), "its first slot is past, and nobody approved it"
    rig.pass_time(days=1)
    assert not campaigns(rig), "it is no longer valid"


def test_what_is_to_go_out_at_once_is_told_of_at_once(rig: Rig) -> None:
    revision = submit(rig)
    assert [one.severity for one in campaigns(rig)] == [Severity.WARNING]
    assert "at once" in what(campaigns(rig)[0])
    rig.ledger.revisions.approve(revision, "minh", rig.clock.now())
    assert not campaigns(rig)
    submit(rig, priority=Priority.EMERGENCY)
    assert [one.severity for one in campaigns(rig)] == [Severity.URGENT]


def test_a_refused_revision_is_told_of_until_another_is_submitted(rig: Rig) -> None:
    rig.ledger.revisions.approve(submit(rig), "minh", rig.clock.now())
    approved = rig.ledger.revisions.latest("hop")
    assert approved is not None
    rig.ledger.revisions.refuse(approved, "đã đổi", rig.clock.now())
    (notice,) = campaigns(rig)
    assert (notice.key, notice.severity) == ("refused:hop", Severity.URGENT)
    submit(rig, START + 2 * DAY)
    assert not campaigns(rig)


def test_every_concern_has_words_and_advice() -> None:
    facts = dict.fromkeys(
        ("campaign", "channel", "count", "revision", "backend", "machine", "endpoint"), "x-1"
    )
    facts |= {"slot": START.isoformat(), "end": START.isoformat(), "seen": START.isoformat()}
    facts |= {"since": START.isoformat(), "seconds": "300", "megabytes": "7"}
    facts |= {"role": Role.WORKER, "fault": Fault.APART, "days": "3", "day": "01/12/2026"}
    facts |= {"standing": Standing.AT_RISK, "clusters": "cum-1", "player": "cum-1.1"}
    facts |= {"hamlet": "ap-1"}
    facts |= {"cluster": "cum-1", "players": "a, b", "package": "x-1", "note": "THU-HOI-x-1.txt"}
    facts |= {"channels": "flyer,chat", "bulletin": "2026-w49", "campaigns": "x-1"}
    facts |= {"command": "loa bulletin"}
    facts |= {"group": "x-1", "address": "-100999", "hamlets": "ap-1"}
    notices = [
        Notice(concern, Severity.WARNING, START, ("x-1",), {**facts, "undone": undone})
        for concern in Concern
        for undone in Undone
    ]
    for notice in notices:
        for words in (what(notice), what_to_do(notice)):
            assert words
            assert "{" not in words
    assert len({severity_word(one) for one in Severity}) == len(Severity)


def player(**changes: object) -> Player:
    values: dict[str, object] = {
        "commune_id": "xa-mau",
        "id": "cum-1.1",
        "name": "",
        "clusters": ("cum-1",),
        "key_id": "0" * 16,
        "made_at": NOW,
        "code_until": None,
        "enrolled_at": NOW,
        "revoked_at": None,
        "seen_at": NOW,
        "offset": timedelta(seconds=2),
        "disk_free": 1,
        "version": "1",
    }
    return Player(**cast(Any, {**values, **changes}))


def test_a_player_that_is_silent_or_astray_needs_a_person() -> None:
    def gathered(at: datetime, *players: Player) -> list[tuple[str, Severity]]:
        found = AgentGatherer(lambda: players, silent=10 * MINUTE).gather(at)
        return [(one.key, one.severity) for one in found]

    assert gathered(NOW + 10 * MINUTE, player()) == []
    silent = "player-silent:cum-1.1"
    assert gathered(NOW + 11 * MINUTE, player()) == [(silent, Severity.WARNING)]
    assert gathered(NOW + 81 * MINUTE, player()) == [(silent, Severity.URGENT)]
    astray = player(offset=timedelta(seconds=-61))
    assert gathered(NOW, astray) == [("player-clock:cum-1.1", Severity.URGENT)]
    assert gathered(NOW, player(offset=timedelta(seconds=60))) == []
    assert gathered(NOW + DAY, player(revoked_at=NOW), player(enrolled_at=None)) == []
    (notice,) = AgentGatherer(lambda: [astray], silent=10 * MINUTE).gather(NOW)
    assert "cum-1.1 is -61 s off" in what(notice)
    (notice,) = AgentGatherer(lambda: [player()], silent=MINUTE).gather(NOW + 2 * MINUTE)
    assert "loa players revoke cum-1.1" in what_to_do(notice)


def test_a_player_that_lacks_what_it_is_to_play_needs_a_person_until_the_slot_is_past() -> None:
    slots = [NOW + n * HOUR for n in (1, 2)]
    lacking = tuple(
        Lack(cluster, slot, Lacks.SOUND) for slot in slots for cluster in ("cum-1", "cum-2")
    )
    gatherer = AgentGatherer(lambda: [player(lacking=lacking)], silent=DAY)
    (notice,) = gatherer.gather(NOW)
    assert (notice.key, notice.severity) == ("player-lacks:cum-1.1", Severity.URGENT)
    assert "cannot play 4 programmes whole, on cum-1, cum-2" in what(notice)
    assert "the first is at 09:00 01/12/2026" in what(notice)
    (notice,) = gatherer.gather(NOW + 2 * HOUR)
    assert "cannot play 2 programmes" in what(notice)
    assert gatherer.gather(NOW + 3 * HOUR) == []


def test_a_package_to_be_taken_off_is_told_until_what_it_says_is_past() -> None:
    airings = (START + DAY, START + 2 * DAY)
    one = TakenBack("tiem", "tiem-1a2b3c4d", "THU-HOI-tiem-1a2b3c4d.txt", airings, False)
    gatherer = PackageGatherer(lambda: [one])
    (notice,) = gatherer.gather(START) or ()
    assert (notice.key, notice.severity) == ("take-back:tiem-1a2b3c4d", Severity.WARNING)
    assert "for 2 airings; the first at 08:00 02/12/2026" in what(notice)
    assert "THU-HOI-tiem-1a2b3c4d.txt" in what_to_do(notice)
    assert "loa notices --done take-back:tiem-1a2b3c4d" in what_to_do(notice)
    (urgent,) = PackageGatherer(lambda: [replace(one, uploaded=True)]).gather(START) or ()
    assert urgent.severity is Severity.URGENT
    assert gatherer.gather(START + 2 * DAY) == []
    assert PackageGatherer(lambda: None).gather(START) is None, "they lie on another machine"


def test_a_telegram_group_that_moved_is_told_until_the_registry_knows() -> None:
    def gathered(address: str) -> list[Notice]:
        group = ChatGroup("g", "Nhóm", "telegram", "telegram", GroupKind.HEADS, (), address=address)
        return list(MovedGatherer(lambda: [group], {moved_key("-5"): "-100999"}.get).gather(NOW))

    (notice,) = gathered("-5/15")
    assert (notice.key, notice.facts["address"]) == ("moved:g", "-100999/15")
    assert "g has a new address: -100999/15" in what(notice)
    assert gathered("-100999/15") == []
    assert gathered("") == []
