"""A campaign's report, read from a real ledger. Every name and number is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.builders import AWKWARD, NOW, hamlet, registry
from support.reports import LATER, SLOT, Ground, delivery, everywhere

from engine.clock import VIETNAM
from engine.errors import LoaError
from engine.ledger import Status
from engine.models import Audience, EvidenceKind, HouseholdGroup, Priority, Registry
from engine.planner.compose import audience
from engine.reports import Report, Unreached, build_report, write_report
from engine.states import State


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def report(ground: Ground, campaign_id: str = "thong-bao") -> Report:
    return build_report(ground.ledger, ground.registry, campaign_id, LATER)


def why(found: Report, hamlet_id: str) -> list[str]:
    return [reason.text for reason in of_hamlet(found, hamlet_id).reasons]


def of_hamlet(found: Report, hamlet_id: str) -> Unreached:
    return next(one for one in found.unreached if one.hamlet.hamlet_id == hamlet_id)


def test_an_unknown_campaign_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    with pytest.raises(LoaError, match=r'no campaign "tiem" .* thong-bao'):
        report(ground, "tiem")


def test_the_facts_name_who_submitted_and_approved_by_id_and_role(tmp_path: Path) -> None:
    places = registry()
    people = tuple(
        replace(person, role="Phó Chủ tịch") if person.id == "minh" else person
        for person in places.people
    )
    ground = Ground(tmp_path, replace(places, people=people))
    ground.launch(priority=Priority.IMPORTANT)
    facts = report(ground).facts
    assert (str(facts.submitted_by), facts.submitted_at) == ("lan", NOW)
    assert str(facts.approved_by) == "minh (Phó Chủ tịch)"
    assert facts.approved_at == NOW + timedelta(minutes=30)
    assert (facts.revision, facts.status, facts.priority) == (1, Status.OPEN, Priority.IMPORTANT)
    assert facts.approved_at.tzinfo is VIETNAM


def test_a_newer_revision_that_waits_is_named_but_not_reported_on(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    ground.submit(title="Bản mới")
    facts = report(ground).facts
    assert (facts.revision, facts.title) == (1, "Thông báo tiêm vắc xin")
    assert facts.waiting_revision == 2


def test_a_refused_revision_leaves_the_one_in_force(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    second = ground.submit(title="Bản hai")
    assert ground.ledger.revisions.approve(second, "minh", LATER)
    ground.ledger.revisions.refuse(second, "not what was approved", LATER)
    facts = report(ground).facts
    assert (facts.revision, facts.status, facts.waiting_revision) == (1, Status.OPEN, None)


def test_a_revision_cancelled_before_approval_hides_none_that_was_in_force(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    ground.ledger.deliveries.cancel("thong-bao", recalled=(), at=LATER, actor="minh", reason="")
    ground.submit(title="Bản hai")
    ground.ledger.deliveries.cancel("thong-bao", recalled=(), at=LATER, actor="minh", reason="")
    facts = report(ground).facts
    assert (facts.revision, facts.status, facts.waiting_revision) == (1, Status.CANCELLED, None)


def test_what_nobody_approved_reports_that_nothing_is_planned(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.submit()
    found = report(ground)
    assert (found.facts.status, found.facts.waiting_revision) == (Status.SUBMITTED, None)
    assert found.facts.approved_by is None
    assert len(found.matrix.rows) == len(found.unreached) == 4
    assert why(found, "ap-1")[0] == "Loudspeaker: not planned yet"


def test_a_campaign_in_force_from_its_approval_says_so(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch(valid_from=None)
    page, *_tables = write_report(report(ground), tmp_path / "out")
    assert "from approval – 08:00 08/12/2026" in page.read_text(encoding="utf-8")


def test_a_clock_or_a_rehearsal_is_stated(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    assert report(ground).statements == ()
    found = build_report(
        ground.ledger,
        ground.registry,
        "thong-bao",
        LATER,
        simulated=True,
        rehearsing={"telegram"},
    )
    assert not found.live
    clock, rehearsal = found.statements
    assert clock.startswith("Simulated clock")
    assert "telegram" in rehearsal


def test_each_unreached_hamlet_says_why(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch([one for one in everywhere() if one.target != "cum-4"])
    ground.send(
        failing={("chat", "nhom-ap-2"): "no network"},
        doubtful=[("loudspeaker", "cum-3")],
        waiting=[("loudspeaker", "cum-2")],
    )
    ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, 100)
    ground.evidence(ground.row("ap-2", "portal"), EvidenceKind.PAGE_ANSWERS)
    ground.evidence(ground.row("ap-3", "flyer"), EvidenceKind.HANDED_OUT, 170)
    found = report(ground)
    assert [one.hamlet.hamlet_id for one in found.unreached] == ["ap-4", "ap-2", "ap-3"]
    assert why(found, "ap-4")[0] == "Loudspeaker: the registry has no place for it here"
    assert why(found, "ap-4")[1] == "Flyer: sent, but nobody has confirmed it"
    assert why(found, "ap-2") == [
        "Portal: confirmed, but nobody said how many households",
        "Loudspeaker: planned for 17:00 01/12/2026",
        "Flyer: sent, but nobody has confirmed it",
        "Chat: failed: no network",
    ]
    assert why(found, "ap-3")[0] == "only 170 of 300 households are certain"
    assert "Loudspeaker: uncertain: stopped while sending" in why(found, "ap-3")
    assert of_hamlet(found, "ap-3").missing == 130
    assert [one.code for one in of_hamlet(found, "ap-4").reasons][:2] == ["no_place", "sent"]


def test_among_hamlets_that_nobody_confirmed_the_largest_comes_first(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    found = [one.hamlet.hamlet_id for one in report(ground).unreached]
    assert found == ["ap-4", "ap-3", "ap-2", "ap-1"]


def test_a_head_who_only_received_it_is_no_reached_household(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch([delivery("ap-1", "chat", "truong-ap")])
    ground.send()
    ground.evidence(ground.row("ap-1", "chat"), EvidenceKind.RECEIVED, by="ap-1-head")
    found = report(ground)
    [reason] = [one for one in of_hamlet(found, "ap-1").reasons if one.channel == "chat"]
    assert reason.text == "Chat: the head has it; nobody has confirmed that households were told"
    assert reason.code == "received_only"


def test_what_expired_or_was_cancelled_says_so(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    gone = NOW + timedelta(hours=1)
    ground.launch([delivery("ap-1", "flyer", "van-phong", expires_at=gone), *everywhere(2)[6:7]])
    ground.ledger.outcomes.expire(LATER, actor="loa", reason="its time had passed")
    ground.ledger.deliveries.cancel(
        "thong-bao", recalled=(), at=LATER, actor="minh", reason="heavy rain"
    )
    found = report(ground)
    assert "Flyer: expired: its time had passed" in why(found, "ap-1")
    assert "Flyer: cancelled: heavy rain" in why(found, "ap-2")
    assert found.facts.status is Status.CANCELLED


def test_many_different_reasons_are_counted(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    targets = [f"nhom-{number}" for number in range(5)]
    ground.launch([delivery("ap-1", "chat", target) for target in targets])
    ground.send(failing={("chat", target): f"no {target}" for target in targets})
    text = next(one for one in why(report(ground), "ap-1") if one.startswith("Chat"))
    assert text.endswith("; no nhom-2 (and 2 other reasons)")


def test_only_the_audience_is_meant_and_only_its_group_of_households(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    chosen = Audience(hamlets=("ap-3", "ap-1"), households=HouseholdGroup.POOR)
    ground.launch([delivery("ap-1", "flyer", "van-phong", households=10)], audience=chosen)
    found = report(ground)
    meant = [(one.hamlet_id, one.households) for one in found.coverage.hamlets]
    assert meant == [("ap-1", 10), ("ap-3", 30)]
    assert [row.hamlet_id for row in found.matrix.rows] == ["ap-1", "ap-3"]


@pytest.mark.parametrize(
    "wanted",
    [
        Audience(),
        Audience(hamlets=("ap-2",)),
        Audience(tags=("ven-song",)),
        Audience(hamlets=("ap-2",), tags=("ven-song",)),
        Audience(tags=("không có",)),
        Audience(households=HouseholdGroup.POOR),
        Audience(hamlets=("ap-3",), households=HouseholdGroup.NEAR_POOR),
    ],
)
def test_the_report_means_the_hamlets_that_the_plan_meant(tmp_path: Path, wanted: Audience) -> None:
    places = registry(
        hamlets=3,
    )
    river = hamlet(1, tags=frozenset({"ven-song"}), poor_households=0)
    places = replace(places, hamlets=(river, *places.hamlets[1:]))
    ground = Ground(tmp_path, places)
    revision = ground.submit(audience=wanted)
    planned = [one.id for one in audience(revision.campaign, places)]
    assert [one.hamlet_id for one in report(ground).coverage.hamlets] == planned


def test_the_registry_that_was_approved_counts_not_todays(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    today = registry(hamlets=5)
    found = build_report(ground.ledger, today, "thong-bao", LATER)
    assert [one.hamlet_id for one in found.coverage.hamlets] == ["ap-1", "ap-2", "ap-3", "ap-4"]


def test_events_tell_the_whole_story_in_local_time(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    ground.send()
    events = report(ground).events
    assert [one.what for one in events[:2]] == ["submitted", "approved"]
    moved = [one for one in events if one.what == State.SENT]
    assert len(moved) == 20
    assert {one.at for one in moved} == {SLOT}
    assert all(one.at.tzinfo is VIETNAM for one in events)
    assert moved[0].hamlet.startswith("Ấp ")
    assert moved[0].before == State.SENDING


def test_no_phone_number_of_the_registry_is_in_any_file(tmp_path: Path) -> None:
    places: Registry = registry()
    ground = Ground(tmp_path, places)
    ground.launch()
    ground.send(failing={("chat", "nhom-ap-1"): "0900 0000.01 did not answer"})
    ground.evidence(
        ground.row("ap-2", "flyer"), EvidenceKind.HANDED_OUT, 5, source="told by +84900000002"
    )
    for path in write_report(report(ground), tmp_path / "out"):
        text = path.read_text(encoding="utf-8")
        digits = "".join(character for character in text if character.isdigit())
        assert "0900000001" not in digits
        assert "900000002" not in digits
        assert "•••" in text


def test_every_delivery_is_listed_also_those_left_behind(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    rows = ground.ledger.views.deliveries("thong-bao")
    second = ground.submit(title="Bản hai")
    assert ground.ledger.revisions.approve(second, "minh", LATER)
    ground.ledger.deliveries.open(
        "thong-bao", 2, replaced=[rows[0].id], recalled=(), at=LATER, actor="minh"
    )
    found = report(ground)
    assert len(found.deliveries) == 20
    assert [one.id for one in found.deliveries if one.replaced] == [rows[0].id]
    assert sum(cell.total for row in found.matrix.rows for cell in row.cells) == 19


def test_two_thousand_hamlets_are_all_reported_on(tmp_path: Path) -> None:
    ground = Ground(tmp_path, registry(2000))
    ground.launch(everywhere(2000), title=AWKWARD)
    found = report(ground)
    page, table, _document = write_report(found, tmp_path / "out")
    assert len(found.unreached) == len(found.matrix.rows) == 2000
    assert table.read_bytes().count(b"\r\n") == 10_001
    assert "Ấp 2000</th>" in page.read_text(encoding="utf-8")
