"""Nobody passes a message on: reminded, somebody else asked, a team sent; a word ends it all."""

from __future__ import annotations

import json
import shutil
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.commune import NOTICE, PASSPHRASE, make_commune
from support.escalation import CAMPAIGN, CHASED, COMMUNE, STEPS, Chase, at, chased
from support.nursery import Nursery

from engine.app import App, open_app
from engine.boundary import ESCALATION_BOUNDARIES
from engine.cli.main import build
from engine.clock import SimulatedClock
from engine.dispatch.relaying import Relaying
from engine.dispatch.replying import Line, Replying
from engine.dispatch.visiting import Visiting
from engine.errors import LoaError
from engine.ledger.needs import Needs
from engine.models import Evidence, EvidenceKind, Purpose
from engine.models.notice import Concern
from engine.models.relay import RelayLink, Way, WordKind
from engine.models.visit import Visits
from engine.notices.escalation import EscalationGatherer
from engine.reports import Bounds
from engine.reports.html import report_html
from engine.reports.report import Report, build_report
from engine.reports.tables import report_json
from engine.states import State

#: When and to whom things go is what these tests are about; the sounds are made once.
pytestmark = pytest.mark.usefixtures("said_once")

PATIENCE = 60


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose heads were told, for others to be made from."""
    folder = tmp_path_factory.mktemp("chase") / "xa"
    with chased(folder):
        return folder


@pytest.fixture
def chase(told: Path, tmp_path: Path) -> Iterator[Chase]:
    with open_app(Path(shutil.copytree(told, tmp_path / "xa"))) as app:
        found = Chase(app)
        found.skip_to(at(8))
        yield found


def sent_or_to_come(chase: Chase, hamlet: str = "") -> list[str]:
    return [line for line in chase.shown(hamlet) if not line.endswith(("superseded", "cancelled"))]


def report(app: App) -> Report:
    return build_report(app.ledger, app.registry, CAMPAIGN, app.clock.now())


def said(folder: Path, *command: str) -> str:
    done = CliRunner().invoke(build(), [*command, "-w", str(folder)])
    assert not done.exception, done.output
    return done.output


def notices(app: App) -> dict[Concern, str]:
    found = EscalationGatherer(app.ledger).gather(app.clock.now())
    return {one.concern: one.facts["hamlets"] for one in found}


def test_once_the_heads_are_told_everything_that_would_come_is_planned(chase: Chase) -> None:
    assert chase.shown() == [
        "ap-1 remind 01 12:00 planned",
        "ap-2 remind 01 12:00 planned",
        "ap-1 second_contact 01 18:00 planned",
        "ap-2 second_contact 01 18:00 planned",
        "ap-1 team_visit 02 06:00 planned",
        "ap-2 team_visit 02 06:00 planned",
    ]
    assert chase.reasons("ap-1") == [
        "6 hours without word that it was passed on",
        "12 hours without word that it was passed on",
        "24 hours without word that it was passed on",
    ]
    assert {row.purpose for row in chase.rows(State.PLANNED)} == {Purpose.REMINDER}
    said = [event for event in chase.app.ledger.views.events(CAMPAIGN) if "without" in event.detail]
    assert [(event.from_state, event.to_state) for event in said] == [("held", "planned")] * 6


def test_without_a_word_each_step_is_done_once_and_at_its_time(chase: Chase) -> None:
    chase.run(at(6, day=4))
    assert Counter(line.split()[-1] for line in chase.shown()) == {"sent": 6}
    first, reminder = chase.texts("truong-ap")
    assert "Ấp 1, Ấp 2:\nXã chưa thấy tin báo đã chuyển" in reminder
    assert reminder.startswith("NHẮC LẠI")
    assert "đã chuyển" not in first
    for person, hamlet, hour in (("pho", "Ấp 1", "7 giờ"), ("phu", "Ấp 2", "8 giờ")):
        (asked,) = chase.texts(f"rieng--{person}")
        assert f"{hamlet}:\nXã chưa thấy tin báo" in asked
        assert f"Tiêm phòng lúc {hour}." in asked
        (link,) = [
            one for one in chase.app.ledger.relays.links(CAMPAIGN) if one.person_id == person
        ]
        assert f"/r/{chase.app.ledger.relays.token(link)}" in asked
    assert len(list((chase.app.outbox / "team" / "to-1").iterdir())) == 1
    needs = Needs(chase.app.ledger.database, chase.app.ledger.commune_id)
    (lacking,) = needs.unproven(at(0), at(6, day=4))
    assert lacking.count == 6, "four messages and two visits: a reminder proves nothing"
    chase.run(at(1, day=5))
    chase.run(at(2, day=5))
    assert not chase.app.ledger.escalations.watched(), "it is over"


def test_a_word_that_it_was_passed_on_cancels_what_is_still_to_come(chase: Chase) -> None:
    chase.run(at(13))
    chase.say("ap-1", "ap-1-head", 50)
    assert [line.split()[-1] for line in chase.shown("ap-1")] == ["sent", "cancelled", "cancelled"]
    assert (
        chase.reasons("ap-1")[1:]
        == ["needed no more: passed on: 50 households (said by ap-1-head)"] * 2
    )
    chase.run(at(6, day=4))
    assert [line.split()[-1] for line in chase.shown()].count("sent") == 4
    assert not chase.texts("rieng--pho")
    assert chase.texts("rieng--phu")


def test_a_word_that_nobody_was_told_ends_nothing(chase: Chase) -> None:
    with pytest.raises(LoaError, match="nobody was told in Ấp 1, so there is nothing to confirm"):
        chase.say("ap-1", "ap-1-head", 0)
    row = next(one for one in chase.rows(State.SENT) if one.target == "nhom-ap-1")
    nought = Evidence(row.id, EvidenceKind.RELAYED, "ap-1-head", at(8), "kept by an older Loa", 0)
    chase.app.ledger.evidence.add([nought])
    assert [line.split()[-1] for line in chase.shown("ap-1")] == ["planned"] * 3
    assert next(one for one in chase.rows() if one.id == row.id).state is State.SENT
    chase.run(at(13))
    assert [line.split()[-1] for line in chase.shown("ap-1")] == ["sent", "planned", "planned"]


def test_received_settles_only_what_waits_for_that(tmp_path: Path) -> None:
    steps = STEPS.replace("6h without relay", "6h without receipt")
    with chased(tmp_path / "xa", NOTICE + "channels: {chat: true}\n" + steps) as chase:
        chase.say("ap-1", "ap-1-head", received=True)
        assert [line.split()[-1] for line in chase.shown("ap-1")] == [
            "cancelled",
            "planned",
            "planned",
        ]
        chase.run(at(13))
        assert "nhắn lại “đã nhận” giúp" in chase.texts("truong-ap")[-1]
        assert "Ấp 2:" in chase.texts("truong-ap")[-1]
        assert "Ấp 1" not in chase.texts("truong-ap")[-1]


def test_two_people_who_say_different_things_end_it_once_and_both_are_kept(chase: Chase) -> None:
    chase.say("ap-1", "pho", 20)
    chase.say("ap-1", "ap-1-head", 90)
    assert [line.split()[-1] for line in chase.shown("ap-1")] == ["cancelled"] * 3
    kept = chase.app.ledger.evidence.of(CAMPAIGN)
    assert [(one.by, one.households) for one in kept if one.kind is EvidenceKind.RELAYED] == [
        ("pho", 20),
        ("ap-1-head", 90),
    ]
    moves = [e for e in chase.app.ledger.views.events(CAMPAIGN) if e.to_state == "cancelled"]
    assert {event.actor for event in moves} == {"pho"}


def head_link(chase: Chase, person: str) -> tuple[Relaying, RelayLink]:
    app = chase.app
    relaying = Relaying(app.ledger, app.registry, app.channels, app.renderer)
    found = relaying.links(CAMPAIGN, app.clock.now(), timedelta(days=9))
    return relaying, next(one for one in found if one.person_id == person)


def test_who_takes_his_word_back_is_asked_again_and_never_twice(chase: Chase) -> None:
    """Reminded at 12:00, "passed on" at 13:00, taken back at 23:00: the night is kept."""
    chase.run(at(13))
    relaying, link = head_link(chase, "ap-1-head")
    relaying.passed_on(link, "ap-1", 60, Way.GROUP, at(13))
    chase.run(at(23))
    assert [line.split()[-1] for line in chase.shown("ap-1")] == ["sent", "cancelled", "cancelled"]
    relaying.write(link, "ap-1", WordKind.NOT_RELAYED, "Bấm nhầm, chưa chuyển được", at(23))
    chase.run(at(23, 30))
    assert sent_or_to_come(chase, "ap-1") == [
        "ap-1 remind 01 12:00 sent",
        "ap-1 second_contact 02 06:00 planned",
        "ap-1 team_visit 02 07:00 planned",
    ]
    again = [one.reason for one in chase.steps("ap-1") if one.state is State.PLANNED]
    assert again[0] == (
        "12 hours without word that it was passed on"
        " · who said that it was passed on took it back (ap-1-head)"
    )
    assert report(chase.app).coverage.hamlets[0].covered == Bounds(0, 0)
    text = said(chase.app.workspace, "status", CAMPAIGN)
    assert "⚠ Ấp 1: ap-1-head said at 23:00 01/12/2026 that it was not passed on\n" in text
    assert "not passed on, says ap-1-head" in str(report(chase.app).escalation)
    chase.run(at(6, day=4))
    counts = Counter(one.step.do for one in chase.steps("ap-1") if one.state is State.SENT)
    assert set(counts.values()) == {1}
    assert sum(counts.values()) == 3


def test_where_two_disagree_a_person_is_asked_and_no_step_goes_on(chase: Chase) -> None:
    relaying, link = head_link(chase, "ap-1-head")
    relaying.passed_on(link, "ap-1", 100, Way.GROUP, at(8))
    relaying, other = head_link(chase, "pho")
    relaying.write(other, "ap-1", WordKind.NOT_RELAYED, "Chưa nhận được gì", at(8))
    chase.run(at(13))
    assert {line.split()[-1] for line in chase.shown("ap-1")} == {"cancelled"}
    assert report(chase.app).coverage.hamlets[0].covered == Bounds(0, 100)
    relaying.write(link, "ap-1", WordKind.NOT_RELAYED, "Tôi nhầm", at(13))
    chase.run(at(14))
    assert sent_or_to_come(chase, "ap-1")[0] == "ap-1 remind 01 13:00 sent"


def test_a_word_before_anything_was_planned_plans_nothing(tmp_path: Path) -> None:
    with chased(tmp_path / "xa", until=at(5)) as chase:
        assert chase.shown() == []
        chase.skip_to(at(6))
        chase.send_only()
        chase.say("ap-1", "ap-1-head", 50)
        chase.run(at(7))
        assert {line.split()[0] for line in chase.shown()} == {"ap-2"}


@pytest.mark.parametrize("words", ["Tiêm phòng lúc {{ gio }}.", "Tiêm phòng {{ gio }}, đổi chỗ."])
def test_an_update_stops_the_old_steps_and_goes_on_with_what_was_not_done(
    chase: Chase, words: str
) -> None:
    chase.run(at(13))
    changed = CHASED.replace("Tiêm phòng lúc {{ gio }}.", words)
    changed = changed.replace("2026-12-02]", "2026-12-02, 2026-12-03]")
    file = chase.app.workspace / "campaigns" / f"{CAMPAIGN}.yaml"
    file.write_text(changed, encoding="utf-8")
    chase.app.office.submit(file, "lan")
    chase.app.office.approve(CAMPAIGN, "minh", PASSPHRASE)
    assert {row.state for row in chase.steps() if row.step.minutes > 360} == {State.SUPERSEDED}
    chase.run(at(14))
    if words == "Tiêm phòng lúc {{ gio }}.":  # the heads know it all: they are not asked anew
        assert sent_or_to_come(chase, "ap-1") == [
            "ap-1 remind 01 12:00 sent",
            "ap-1 second_contact 01 18:00 planned",
            "ap-1 team_visit 02 06:00 planned",
        ]
    else:  # they were told something else at 13:00
        assert sent_or_to_come(chase, "ap-1") == [
            "ap-1 remind 01 12:00 sent",
            "ap-1 remind 01 19:00 planned",
            "ap-1 second_contact 02 06:00 planned",
            "ap-1 team_visit 02 13:00 planned",
        ]
    chase.run(at(6, day=4))
    assert not {row.state for row in chase.steps()} & {State.PLANNED, State.HELD}


def test_a_withdrawal_stops_what_is_to_come_and_nobody_is_chased_for_it(chase: Chase) -> None:
    chase.run(at(13))
    chase.app.office.withdraw(CAMPAIGN, "lan", "Hoãn.")
    chase.app.office.approve(CAMPAIGN, "minh", PASSPHRASE)
    assert Counter(line.split()[-1] for line in chase.shown()) == {"withdrawn": 2, "cancelled": 4}
    chase.run(at(6, day=4))
    assert len(chase.steps()) == 6
    assert not chase.texts("rieng--phu")
    assert "THU HỒI" in chase.texts("truong-ap")[-1]


def test_a_cancelled_campaign_chases_nobody(chase: Chase) -> None:
    chase.app.office.cancel(CAMPAIGN, "lan", "Hoãn.")
    chase.run(at(6, day=4))
    assert {line.split()[-1] for line in chase.shown()} == {"cancelled"}
    assert chase.app.ledger.escalations.watched() == []


def test_whoever_is_asked_is_named_by_the_registry_as_it_stands(tmp_path: Path) -> None:
    folder = tmp_path / "xa"
    with chased(folder):
        pass
    registry = folder / "commune.yaml"
    changed = COMMUNE.replace("deputies: [phu]", "head_of: x").replace(", head_of: x", "")
    registry.write_text(
        changed.replace("id: pho, name: Giả Phó", "id: moi, name: Giả Mới").replace(
            "deputies: [pho]", "deputies: [moi]"
        ),
        encoding="utf-8",
    )
    with open_app(folder) as app:
        chase = Chase(app)
        chase.run(at(9))
        planned = [row.target for row in chase.steps() if row.state is State.PLANNED]
        assert Counter(planned) == {"truong-ap": 2, "rieng--moi": 1, "to-1": 2}
        gone = {row.target: row.reason for row in chase.steps() if row.state is State.CANCELLED}
        assert gone == {
            "rieng--pho": "asked elsewhere, or at another time, by the registry as it stands",
            "rieng--phu": "the registry as it stands names nobody to ask",
        }
        chase.run(at(19))
        assert chase.texts("rieng--moi")
        assert not chase.texts("rieng--phu")
        assert notices(app) == {Concern.SECOND_CONTACT: "ap-1", Concern.NOBODY_TO_ASK: "ap-2"}
        chase.say("ap-1", "ap-1-head", 10)
        assert notices(app) == {Concern.NOBODY_TO_ASK: "ap-2"}


def test_in_a_hamlet_without_anybody_a_person_is_told_so(tmp_path: Path) -> None:
    empty = COMMUNE.replace(", head: {name: Giả Hai}, deputies: [phu]}", "}")
    empty = empty.replace("      run_by: ap-2-head\n", "").replace(
        "hamlets: [ap-1, ap-2]}\nportal", "hamlets: [ap-1]}\nportal"
    )
    with chased(tmp_path / "xa", registry=empty, until=at(6, day=2)) as chase:
        assert chase.shown("ap-2") == ["ap-2 remind 01 12:00 sent"]
        assert notices(chase.app)[Concern.NOBODY_TO_ASK] == "ap-2"
        lines = report(chase.app).escalation
        assert [one.state for one in lines if one.hamlet_id == "ap-2"] == [
            "sent",
            "sent",
            "nobody",
            "nobody",
        ]


def test_without_a_group_of_heads_the_head_gets_his_own_link_again(tmp_path: Path) -> None:
    begin, rest = COMMUNE.split("    - id: truong-ap")
    alone = begin + rest[rest.index("    - id: nhom-ap-1") :]
    with chased(tmp_path / "xa", registry=alone, until=at(13)) as chase:
        assert {row.target for row in chase.steps() if row.state is State.SENT} == {
            "rieng--ap-1-head",
            "rieng--ap-2-head",
        }
        assert "/r/" in chase.texts("rieng--ap-1-head")[0]


def test_rehearsed_messages_to_heads_chase_nobody(tmp_path: Path) -> None:
    networked = COMMUNE.replace("platform: zalo\n      backend: kit\n", "platform: telegram\n", 1)
    with chased(tmp_path / "xa", registry=networked, live=False, until=at(6, day=2)) as chase:
        assert chase.shown() == []
        heads = {row.state for row in chase.rows() if row.target == "truong-ap"}
        assert heads == {State.PLANNED}


def test_after_a_day_without_a_machine_only_the_step_of_the_day_is_done(chase: Chase) -> None:
    chase.skip_to(at(9, day=1))
    chase.run(at(10, day=1))
    assert [line.split()[-1] for line in chase.shown("ap-1")] == ["expired", "expired", "sent"]
    assert not chase.texts("rieng--pho")
    assert len(chase.texts("truong-ap")) == 1


def test_a_clock_that_goes_back_does_nothing_twice(tmp_path: Path) -> None:
    folder = tmp_path / "xa"
    with chased(folder, until=at(13)) as chase:
        before = chase.shown()
    with open_app(folder, clock=SimulatedClock(at(7))) as app:
        app.escalating.look(CAMPAIGN)
        assert Chase(app).shown() == before


def test_an_emergency_does_not_wait_for_the_morning_and_says_so(tmp_path: Path) -> None:
    urgent = CHASED.replace("id: tiem-phong\n", "id: tiem-phong\npriority: emergency\n")
    urgent = urgent.replace("6h without relay", "17h without relay").replace("12h", "20h")
    with chased(tmp_path / "xa", urgent, until=at(23, day=0)) as chase:
        assert chase.shown("ap-1")[:2] == [
            "ap-1 remind 01 21:00 sent",
            "ap-1 second_contact 02 00:00 planned",
        ]
        assert "outside the hours for messages as well" in chase.reasons("ap-1")[1]


def test_a_page_shows_the_message_and_never_the_reminder(chase: Chase) -> None:
    chase.run(at(19))
    app = chase.app
    relaying = Relaying(app.ledger, app.registry, app.channels, app.renderer)
    (link,) = [one for one in app.ledger.relays.links(CAMPAIGN) if one.person_id == "phu"]
    (told,) = relaying.page(link).hamlets
    assert "Tiêm phòng lúc 8 giờ." in told.texts[0]
    assert "NHẮC LẠI" not in told.texts[0]
    relaying.passed_on(link, "ap-2", 40, Way.DOOR, app.clock.now())
    assert [line.split()[-1] for line in chase.shown("ap-2")] == ["sent", "sent", "cancelled"]


def test_a_reminder_reaches_no_household_and_the_report_tells_every_step(chase: Chase) -> None:
    chase.say("ap-1", "ap-1-head", 50)
    before = report(chase.app)
    chase.run(at(19))
    found = report(chase.app)
    assert found.coverage == before.coverage
    assert [row.cells for row in found.matrix.rows] == [row.cells for row in before.matrix.rows]
    assert [(one.act, one.state) for one in found.escalation if one.hamlet_id == "ap-2"] == [
        ("told", "sent"),
        ("remind", "sent"),
        ("second_contact", "sent"),
        ("team_visit", "planned"),
    ]
    page = report_html(found).decode()
    assert "ask the second contact (phu)" in page
    assert json.loads(report_json(found))["escalation"][1]["act"] == "remind"


def test_one_visit_answers_every_sheet_that_sent_its_team_there(tmp_path: Path) -> None:
    both = CHASED.replace("{chat: true}", "{chat: true, team: {by: 04/12/2026}}")
    visits = both.replace("do: team_visit}", "do: team_visit}\n  - {after: 36h, do: team_visit}")
    with chased(tmp_path / "xa", visits, until=at(9)) as chase:
        app = chase.app
        visiting = Visiting(app.ledger, app.registry)

        def report_of(households: int, by: str = "to-1-1") -> bool:
            found = Visits(households, 3)
            return visiting.report(CAMPAIGN, "to-1", "ap-1", by, found, app.clock.now())

        def states() -> list[str]:
            rows = app.ledger.views.deliveries(CAMPAIGN)
            return [row.state for row in rows if (row.channel, row.hamlet_id) == ("team", "ap-1")]

        def counted() -> tuple[Bounds, tuple[int, ...], tuple[int, ...]]:
            heads = ("truong-ap",)
            found = app.ledger.views.counted(CAMPAIGN, heads)
            place = found.hamlet_ids.index("ap-1")
            told = report(app)
            covered = told.coverage.hamlets[0].covered
            assert (covered.lower, covered.upper) == (found.least[place], found.most[place])
            return covered, told.visits[0].visited, told.visits[0].absent

        assert report_of(20), "of the sheet that has left; the others may not be needed"
        assert states() == ["confirmed", "planned", "planned"]
        chase.run(at(7, day=1))
        assert states() == ["confirmed", "sent", "planned"]
        assert counted() == (Bounds(20, 20), (20,), (3,)), "what was said does not vanish"
        chase.run(at(19, day=1))
        assert report_of(45)
        assert states() == ["confirmed"] * 3
        assert counted() == (Bounds(45, 45), (45,), (3,))
        kept = [one for one in app.ledger.evidence.of(CAMPAIGN) if one.households == 45]
        assert len({one.delivery_id for one in kept}) == len(kept) == 3
        assert not report_of(45), "a form that is sent twice"
        assert report_of(30, "lan")
        assert counted() == (Bounds(30, 75), (30, 45), (3,)), "two who differ are both kept"


def test_what_comes_a_day_late_settles_nothing_by_itself(chase: Chase) -> None:
    app = chase.app
    zalo = replace(app.registry.chat_groups[0], address="g1")
    head = replace(app.registry.people_by_id["ap-1-head"], zalo="7001")
    registry = replace(app.registry, chat_groups=(zalo,), people=(head,))
    line = Line("g1", "7001", at(8), "đã chuyển 50 hộ")
    Replying(app.ledger, registry).take(line, at(9, day=1))
    assert [line.split()[-1] for line in chase.shown("ap-1")] == ["planned"] * 3
    assert [word.kind for word in app.ledger.relays.words()] == [WordKind.UNCLEAR]


def test_any_number_of_schedulers_plan_each_step_once(
    tmp_path: Path, ready_place: Path | str
) -> None:
    url = "" if isinstance(ready_place, Path) else f'[ledger]\nurl = "{ready_place}"\n'
    folder = tmp_path / "xa"
    with chased(folder, settings=url, until=at(5)) as chase:
        chase.skip_to(at(6))
        chase.send_only()
        failed: list[BaseException] = []
        start = threading.Barrier(4)

        def look() -> None:
            try:
                with open_app(folder, clock=SimulatedClock(at(6, 1))) as other:
                    start.wait(PATIENCE)
                    other.escalating.look(CAMPAIGN)
            except BaseException as error:
                failed.append(error)
                raise

        threads = [threading.Thread(target=look) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert not failed
        assert Counter(line.split()[1] for line in chase.shown()) == {
            "remind": 2,
            "second_contact": 2,
            "team_visit": 2,
        }
        assert {line.split()[-1] for line in chase.shown()} == {"planned"}
        chase.say("ap-1", "ap-1-head", 50)
        chase.run(at(6, day=4))
        assert Counter(line.split()[-1] for line in chase.shown()) == {"sent": 3, "cancelled": 3}


@pytest.mark.parametrize("boundary", ["delivered", *ESCALATION_BOUNDARIES])
def test_killed_while_it_chases_it_asks_nobody_twice_and_forgets_nobody(
    tmp_path: Path, children: Nursery, boundary: str
) -> None:
    folder = make_commune(tmp_path / "xa", {CAMPAIGN: CHASED}, registry=COMMUNE)
    which = "1" if boundary in ESCALATION_BOUNDARIES else "5"  # past the messages themselves
    died = children.start("kill_driver", [str(folder), boundary, which], tmp_path / "log")
    assert died.wait(PATIENCE) == -signal.SIGKILL
    again = children.start("kill_driver", [str(folder)], tmp_path / "log")
    assert again.wait(PATIENCE) == 0
    with open_app(folder) as app:
        chase = Chase(app)
        assert Counter(line.split()[-1] for line in chase.shown()) == {"sent": 6}
        assert len(chase.texts("truong-ap")) == 2
        assert len(chase.texts("rieng--phu")) == len(chase.texts("rieng--pho")) == 1
        assert len(list((app.outbox / "team" / "to-1").iterdir())) == 1


def test_the_words_of_every_step_are_read_before_anybody_approves_them(tmp_path: Path) -> None:
    folder = make_commune(tmp_path / "xa", {CAMPAIGN: CHASED}, registry=COMMUNE)
    said(folder, "submit", str(folder / "campaigns/tiem-phong.yaml"), "--by", "lan")
    shown = said(folder, "preview", CAMPAIGN)
    assert "neu-chua-chuyen/truong-ap/2026-12-01/1200/index.html" in shown
    ahead = folder / "preview" / f"{CAMPAIGN}-1" / "neu-chua-chuyen" / "outbox"

    def read_in(outbox: Path) -> dict[str, list[str]]:
        """What lies there for each person and group, without links: nobody has one yet."""
        found: dict[str, list[str]] = {}
        for path in sorted((outbox / "chat").rglob("*.txt")):
            text = path.read_text("utf-8").partition("\n\nhttps://loa.")[0].strip()
            found.setdefault(path.relative_to(outbox / "chat").parts[0], []).append(text)
        return found

    previewed = read_in(ahead)
    assert set(previewed) == {"truong-ap", "rieng--pho", "rieng--phu"}
    assert len(list((ahead / "team" / "to-1").glob("*.pdf"))) == 1
    assert not (folder / "outbox" / "chat").exists(), "nothing was sent"
    with chased(tmp_path / "that", until=at(7, day=1)) as chase:
        sent = read_in(chase.app.outbox)
        assert sent["truong-ap"][-1] == previewed["truong-ap"][0], "word for word what was read"
        for person in ("rieng--pho", "rieng--phu"):
            assert sent[person][0].startswith(previewed[person][0])
    quiet = CHASED.partition("escalation:")[0] + "escalation: none\n"
    (folder / "campaigns/tiem-phong.yaml").write_text(quiet, encoding="utf-8")
    planned = said(folder, "plan", str(folder / "campaigns/tiem-phong.yaml"))
    assert "in these words" not in planned


def test_commands_show_what_would_come_what_was_done_and_why_not(tmp_path: Path) -> None:
    folder = tmp_path / "xa"
    with chased(folder, until=at(5)):
        planned = said(folder, "plan", str(folder / "campaigns/tiem-phong.yaml"))
        assert "Where nobody says that it was passed on:" in planned
        assert "12:00 01/12/2026  remind the head (6 hours without word" in planned
        assert "Remind the head, in these words:" in planned
        assert planned.count("Xã chưa thấy tin báo đã chuyển") == 1, "the same for both hamlets"
        assert "Nhờ chuyển giúp: Tiêm phòng" in planned
        assert "and 1 more wordings for other hamlets" in planned, "Ấp 2 is told another hour"
        waiting = said(folder, "escalation", CAMPAIGN)
        assert "○ 06:00 01/12/2026  the head is told (truong-ap): planned" in waiting
        assert "○ 18:00 01/12/2026  ask the second contact: will be done, unless" in waiting
    with open_app(folder) as app:
        chase = Chase(app)
        chase.run(at(13))
        chase.say("ap-1", "ap-1-head", 50)
    shown = said(folder, "escalation", CAMPAIGN)
    assert "◐ 12:00 01/12/2026  remind the head (truong-ap): sent: 6 hours without" in shown
    assert "(pho): cancelled: needed no more: passed on: 50 households" in shown
    status = said(folder, "status", CAMPAIGN)
    assert "Ấp 2: ○ 18:00 01/12/2026  ask the second contact (phu): planned" in status
