"""Visits from plan to report: sheets, private lists, links, results, and what is left of data."""

from __future__ import annotations

import logging
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support import paper
from support.commune import PASSPHRASE
from support.phones import Phone
from support.visits import CAMPAIGN, LIST, NAME, VISITS, make_visited, open_app, sent_out

from engine.app import App, Communes
from engine.app.noticing import commune_desk
from engine.cli.main import build
from engine.clock import SimulatedClock
from engine.console.visits import visits_router
from engine.console.visits_desk import VisitDesk
from engine.dispatch.confirming import Word, confirm
from engine.dispatch.private_lists import import_list
from engine.dispatch.visiting import Visiting
from engine.errors import InputError, LoaError
from engine.ledger.relays import Author
from engine.ledger.visits import VisitDoor
from engine.models import EvidenceKind
from engine.models.relay import WordKind
from engine.models.visit import VisitLink, Visits
from engine.reports.report import build_report
from engine.states import State
from engine.upkeep.backup import backup
from workers.embedded import EmbeddedRuntime
from workers.pruning import purge_private

LIFE = timedelta(days=30)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def app(sent: Path, tmp_path: Path) -> Iterator[App]:
    shutil.copytree(sent, tmp_path / "xa")
    shutil.copy(sent.parent / "rieng.csv", tmp_path)
    with open_app(tmp_path / "xa") as app:
        yield app


@pytest.fixture
def visiting(app: App) -> Visiting:
    return Visiting(app.ledger, app.registry)


def link_of(app: App, team: str = "to-1") -> VisitLink:
    now = app.clock.now()
    return app.ledger.visits.link(CAMPAIGN, team, at=now, until=now + LIFE)


def listed(app: App, text: str = LIST) -> None:
    path = app.workspace.parent / "rieng.csv"
    path.write_text(text, encoding="utf-8")
    until = app.office.newest(CAMPAIGN).campaign.valid_until
    import_list(
        app.ledger, app.registry, CAMPAIGN, path, ends_at=until, by="lan", now=app.clock.now()
    )


def say(visiting: Visiting, app: App, *counts: int, by: str = "to-1-1", **more: Any) -> bool:
    return visiting.report(CAMPAIGN, "to-1", "ap-1", by, Visits(*counts), app.clock.now(), **more)


@pytest.fixture
def phone(app: App) -> Phone:
    return Phone(visits_router(VisitDesk(Communes.only(app))))


def address(app: App, team: str = "to-1") -> str:
    return f"/t/{app.ledger.visits.token(link_of(app, team))}"


def happened(app: App, what: str) -> list[tuple[str, str]]:
    found = app.ledger.views.events(CAMPAIGN)
    return [(one.actor, one.detail) for one in found if one.to_state == what]


def test_each_team_gets_one_sheet_and_its_deliveries_are_sent(app: App) -> None:
    rows = app.ledger.views.deliveries(CAMPAIGN)
    assert [(row.hamlet_id, row.target, row.state) for row in rows] == [
        ("ap-1", "to-1", State.SENT),
        ("ap-2", "to-2", State.SENT),
    ]
    (sheet,) = (app.outbox / "team" / "to-1").glob("*.pdf")
    text = paper.letters(paper.text_of(sheet.read_bytes()))
    assert paper.letters("10 hộ nghèo") in text
    assert "/t/" not in text, "no link is printed that nobody outside could open"


def test_met_households_count_and_absent_or_unwilling_ones_do_not(
    app: App, visiting: Visiting
) -> None:
    assert say(visiting, app, 0, 3, 1)
    row = app.ledger.views.deliveries(CAMPAIGN)[0]
    assert row.state is State.SENT, "nobody was met"
    assert say(visiting, app, 6, 3, 1, 2)
    report = build_report(app.ledger, app.registry, CAMPAIGN, app.clock.now())
    first = report.coverage.hamlets[0]
    assert (first.covered.lower, first.covered.upper) == (6, 6)
    assert app.ledger.views.deliveries(CAMPAIGN)[0].state is State.CONFIRMED
    assert any("nobody at home" in text for text in report.coverage.assumptions)
    progress = report.visits[0]
    assert (progress.planned, progress.visited, progress.absent) == (10, (6,), (3,))


def test_two_who_report_differently_are_both_kept_and_the_same_word_counts_once(
    app: App, visiting: Visiting
) -> None:
    assert say(visiting, app, 6)
    assert not say(visiting, app, 6), "a form that is sent twice"
    assert say(visiting, app, 8, by="to-1-2")
    report = build_report(app.ledger, app.registry, CAMPAIGN, app.clock.now())
    assert report.visits[0].visited == (6, 8)
    assert report.visits[0].disputed
    covered = report.coverage.hamlets[0].covered
    assert (covered.lower, covered.upper) == (6, 14), "rival counts, or parts of one"
    assert say(visiting, app, 7), "his last word stands for what he said before"
    report = build_report(app.ledger, app.registry, CAMPAIGN, app.clock.now())
    assert report.visits[0].visited == (7, 8)
    kept = [one.households for one in app.ledger.evidence.of(CAMPAIGN)]
    assert kept.count(6) == 1, "and what he said before is kept"


def test_who_needs_help_becomes_a_notice_until_somebody_has_dealt_with_it(
    app: App, visiting: Visiting
) -> None:
    say(visiting, app, 5, 0, 0, 2, note=NAME)
    desk = commune_desk(app.house, app.ledger, ())
    (kept,) = [one for one in desk.look() if one.notice.key.startswith("visit-help")]
    assert kept.notice.key == f"visit-help:{CAMPAIGN}:ap-1"
    assert NAME not in str(kept)
    (word,) = app.ledger.relays.words()
    assert word.text == f"2 hộ cần giúp: {NAME}"
    app.ledger.relays.settle([word.id], by="lan", at=app.clock.now())
    assert not [one for one in desk.look() if one.notice.key.startswith("visit-help")]


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ((101,), "101 together; 0 to 100 are allowed for Ấp 1"),
        ((1, 0, 0, 2), "2 need help: at most the 1"),
        ((0,), "Please give a number first."),
    ],
)
def test_numbers_that_cannot_be_are_refused(
    counts: tuple[int, ...], message: str, app: App, visiting: Visiting
) -> None:
    with pytest.raises(LoaError, match=message):
        say(visiting, app, *counts)
    assert not app.ledger.evidence.of(CAMPAIGN)


def test_only_the_team_the_head_and_who_may_confirm_report(app: App, visiting: Visiting) -> None:
    for by in ("minh", "to-2-1", "ap-2-head", ""):
        with pytest.raises(LoaError, match="may not report for to-1"):
            say(visiting, app, 1, by=by)
    for by in ("ap-1-head", "lan", "to-1-2"):
        assert say(visiting, app, 1, by=by)
    with pytest.raises(LoaError, match="to-1 has nothing to report of ap-2"):
        visiting.report(CAMPAIGN, "to-1", "ap-2", "lan", Visits(1), app.clock.now())


def test_a_list_with_faults_is_not_imported_and_its_data_are_not_told(app: App) -> None:
    listed(app)
    wrong = f"Ấp,Họ tên,Điện thoại\nap-9,{NAME},\nap-1,,\nap-1,Giả,{NAME}\nap-1,Giả Tư,\n"
    with pytest.raises(InputError) as caught:
        listed(app, wrong)
    told = "\n".join(str(problem) for problem in caught.value.problems)
    assert NAME not in told
    assert [(one.line, one.column) for one in caught.value.problems] == [(2, 1), (3, 2), (4, 3)]
    assert app.ledger.visits.counts(CAMPAIGN) == {("ap-1", "to-1"): 2, ("ap-2", "to-2"): 1}


def test_the_same_list_again_changes_nothing_and_another_takes_its_place(app: App) -> None:
    listed(app)
    listed(app)
    assert len(happened(app, "list_imported")) == 1
    listed(app, "Ấp;Họ tên\nap-1;Bà Giả\n")
    assert app.ledger.visits.counts(CAMPAIGN) == {("ap-1", "to-1"): 1}


def test_a_page_shows_a_list_only_when_asked_and_every_time_is_on_record(
    app: App, phone: Phone
) -> None:
    listed(app)
    page = phone("GET", address(app))
    assert NAME not in page.text, "a chat app's preview opens it too"
    assert not happened(app, "list_shown")
    shown = phone("POST", f"{address(app)}/danh-sach")
    assert NAME in shown.text
    assert "Bà Giả Ba" not in shown.text, "another team's household"
    assert shown.headers["cache-control"] == "no-store"
    printed = phone("POST", f"{address(app)}/phieu.pdf")
    assert paper.letters(NAME) in paper.letters(paper.text_of(printed.content))
    (first, _second) = happened(app, "list_shown")
    assert first[0] == "to-1"
    assert re.fullmatch(r"to-1, 2 households, through its link [\w-]{12}", first[1])
    assert NAME not in str(app.ledger.views.events())


def test_a_team_reports_by_its_link_without_scripts(app: App, phone: Phone) -> None:
    form = {"by": "to-1-2", "visited": "7", "absent": "2", "needs_help": "1", "note": "thuốc"}
    done = phone("POST", f"{address(app)}/ap-1", data=form)
    assert done.status_code == 303
    assert phone("POST", f"{address(app)}/ap-1", data=form).status_code == 303
    pieces = app.ledger.evidence.of(CAMPAIGN)
    assert [(one.kind, one.households, one.by) for one in pieces] == [
        (EvidenceKind.VISITED, 7, "to-1-2"),
        (EvidenceKind.ABSENT, 2, "to-1-2"),
        (EvidenceKind.REFUSED, 0, "to-1-2"),
        (EvidenceKind.NEEDS_HELP, 1, "to-1-2"),
    ]
    page = phone("GET", done.headers["location"]).text
    assert "gặp 7, vắng 2, từ chối 0, cần giúp 1" in page


def test_more_than_planned_is_asked_about_on_the_page_and_kept_with_the_answer(
    app: App, phone: Phone
) -> None:
    listed(app)
    assert "2 hộ, 01/12" in phone("GET", address(app)).text
    form = {"by": "to-1-1", "visited": "3", "absent": "1", "note": "cũng vậy"}
    asked = phone("POST", f"{address(app)}/ap-1", data=form)
    assert asked.status_code == 422
    assert "4 households are more than the 2 planned" in asked.text
    assert '<input type="hidden" name="sure_of" value="4">' in asked.text
    assert "cũng vậy</textarea>" in asked.text
    other = phone("POST", f"{address(app)}/ap-1", data={**form, "visited": "9", "sure_of": "4"})
    assert 'name="sure_of" value="10"' in other.text, "another number is asked about anew"
    above = phone("POST", f"{address(app)}/ap-1", data={**form, "visited": "205", "sure_of": "206"})
    assert "0 to 100 are allowed" in above.text
    assert not app.ledger.evidence.of(CAMPAIGN)
    sure = {**form, "sure_of": "4"}
    assert phone("POST", f"{address(app)}/ap-1", data=sure).status_code == 303
    assert {one.source for one in app.ledger.evidence.of(CAMPAIGN)} == {
        "through its team's link; more than the 2 planned, said to be right"
    }
    assert 'name="sure_of"' not in phone("GET", address(app)).text


def test_what_is_wrong_is_said_on_the_page_and_what_was_typed_stays(app: App, phone: Phone) -> None:
    form = {"by": "to-1-1", "visited": "nhiều", "note": "ghi chú dài"}
    refused = phone("POST", f"{address(app)}/ap-1", data=form)
    assert refused.status_code == 422
    assert "found nhiều" in refused.text
    assert "ghi chú dài" in refused.text
    assert phone("POST", f"{address(app)}/ap-1", data={"visited": "1"}).status_code == 422
    stranger = phone("POST", f"{address(app)}/ap-1", data={"by": "to-2-1", "visited": "1"})
    assert "may not report" in stranger.text
    assert not app.ledger.evidence.of(CAMPAIGN)


def test_a_link_in_wrong_hands_is_revoked_and_a_relay_link_is_none(app: App, phone: Phone) -> None:
    listed(app)
    old = address(app)
    assert app.ledger.visits.revoke(CAMPAIGN, "to-1", at=app.clock.now(), by="lan") == 1
    for method, end in (("GET", ""), ("POST", "/danh-sach"), ("POST", "/ap-1")):
        answer = phone(method, old + end)
        assert answer.status_code == 404
        assert NAME not in answer.text
    assert phone("GET", address(app)).status_code == 200, "a new one"
    assert happened(app, "link_revoked") == [("lan", "to-1")]
    now = app.clock.now()
    relay = app.ledger.relays.link(CAMPAIGN, "ap-1-head", at=now, until=now + LIFE)
    door = VisitDoor(app.house.database, app.house.seal)
    assert door.open(app.ledger.relays.token(relay), now) is None
    late = link_of(app)
    assert door.open(app.ledger.visits.token(late), now + LIFE + timedelta(seconds=1)) is None


def loa(app: App, *arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(build(), [*arguments, "-w", str(app.workspace)])
    assert done.exit_code == status, done.output
    return f"{done.output}{done.exception or ''}"


def test_the_commands_do_what_an_official_does(app: App, tmp_path: Path) -> None:
    source, pdf = tmp_path / "rieng.csv", tmp_path / "phieu.pdf"
    said = loa(app, "team", "list", "import", CAMPAIGN, str(source), "--by", "lan", "--remove")
    assert "3 households for 2 teams" in said
    assert "to-1 has a sheet from before the list: loa team sheet tham-ho" in said
    assert "after 04/01/2027" in said
    assert not source.exists()
    to = ("team", "sheet", CAMPAIGN, "--team", "to-1", "-o", str(pdf), "--list", "--by")
    refused = loa(app, *to, "minh", status=1)
    assert "does not have the right" in refused
    assert not pdf.exists()
    loa(app, *to, "lan")
    printed = paper.letters(paper.text_of(pdf.read_bytes()))
    assert paper.letters(NAME) in printed
    assert paper.letters("2 hộ nghèo, mỗi lượt 15 phút (danh bạ: 10 hộ nghèo)") in printed
    assert printed.count("10hộ") == 1, "the list's number is what is planned, everywhere"
    assert happened(app, "list_shown") == [
        ("lan", "to-1, 2 households, printed by loa team sheet"),
    ]
    numbers = ("--visited", "6", "--absent", "3", "--refused", "1", "--needs-help", "2")
    where = ("team", "result", CAMPAIGN, "--team", "to-1", "--hamlet", "ap-1")
    asked = loa(app, *where, *numbers, "--by", "lan", status=1)
    assert "10 households are more than the 2 planned. If the number is right: --more" in asked
    assert not app.ledger.evidence.of(CAMPAIGN)
    numbers = (*numbers, "--more-than-planned")
    assert "✓ kept" in loa(app, *where, *numbers, "--by", "lan")
    assert "said before" in loa(app, *where, *numbers, "--by", "lan")
    assert {one.source for one in app.ledger.evidence.of(CAMPAIGN)} == {
        "on paper, entered by lan; more than the 2 planned, said to be right"
    }
    shown = loa(app, "team", "show", CAMPAIGN)
    assert "Tổ Một, Ấp 1: 2 households" in shown
    assert "met 6, absent 3, refused 1, need help 2" in shown
    assert "met 6" in loa(app, "status", CAMPAIGN)
    assert "/t/" in loa(app, "team", "links", CAMPAIGN)
    assert "opens nothing" in loa(app, "team", "revoke", CAMPAIGN, "--team", "to-2", "--by", "lan")
    purge = ("privacy", "purge", "--campaign", CAMPAIGN, "--by", "lan")
    head = Author(CAMPAIGN, "ap-1", "ap-1-head")
    app.ledger.relays.write_down(head, WordKind.QUESTION, "Mấy giờ?", app.clock.now())
    done = loa(app, *purge)
    assert "✓ removed: 3 households of private lists, 0 words" in done
    assert "2 words stay" in done
    keys = [option for word in app.ledger.relays.words() for option in ("--done", word.id)]
    assert "2 dealt with" in loa(app, "relay", "words", *keys, "--by", "lan")
    done = loa(app, *purge)
    assert "2 words" in done
    assert "stay" not in done
    assert app.ledger.relays.words(done=True) == []


def test_a_team_sees_no_household_to_which_it_does_not_go_any_more(tmp_path: Path) -> None:
    folder = make_visited(tmp_path / "xa")
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(folder / "campaigns" / f"{CAMPAIGN}.yaml", "lan")
        app.office.approve(CAMPAIGN, "minh", PASSPHRASE)
        listed(app)
        door, phone = address(app), Phone(visits_router(VisitDesk(Communes.only(app))))
        app.office.cancel(CAMPAIGN, "lan", "Hoãn.")
        assert NAME not in phone("POST", f"{door}/danh-sach").text
        assert phone("POST", f"{door}/phieu.pdf").status_code == 422
        to = ("team", "sheet", CAMPAIGN, "--team", "to-1", "-o", "x.pdf", "--list", "--by", "lan")
        loa(app, *to, status=1)
        assert not happened(app, "list_shown"), "nobody saw anything"


def test_who_needs_help_is_read_by_name_with_the_right_to_and_on_record(
    app: App, visiting: Visiting
) -> None:
    say(visiting, app, 5, 0, 0, 2, note=NAME)
    words = ("relay", "words", CAMPAIGN)
    assert NAME not in loa(app, *words)
    assert "personal: read it with --by PERSON" in loa(app, *words)
    assert "does not have the right" in loa(app, *words, "--by", "minh", status=1)
    assert not happened(app, "words_shown")
    assert NAME in loa(app, *words, "--by", "lan")
    assert happened(app, "words_shown") == [("lan", "1 words about who needs help")]
    for form in ("report", "status", "events", "notices"):
        told = loa(app, form, *(() if form == "notices" else (CAMPAIGN,)))
        assert NAME not in told, form
    assert traces(app.workspace, NAME.encode()) == [], "no report of any form has it"


@pytest.mark.parametrize(
    "broken",
    [
        "Ấp,Họ tên,Ghi chú lạ\nap-1,{0},{0}\n",
        "Ấp,Họ tên,Điện thoại\nap-1,x,{0}\n{0},{0},{0}\n",
        "{0},{0},{0}\nẤp,Họ tên,Tổ\nap-1,{0},{0}\n",
        'Ấp,Họ tên\nap-1,"{0}\nap-1,"{0}"x\n',
        "Ấp,Họ tên,Lý do\nap-1,{0}\u200b,{0}\nap-1,x,#REF!\n",
        "{0}\n{0};{0}\n",
        "Ấp,Họ tên,Lý do\nap-1,𓀀 {0},x\n",
        "Ấp,Họ tên\nap-1,{0}\nap-1,{0}\n",
    ],
)
def test_whatever_is_wrong_with_a_list_none_of_it_is_quoted(app: App, broken: str) -> None:
    file = app.workspace.parent / "rieng.csv"
    file.write_text(broken.format(NAME), encoding="utf-8")
    told = loa(app, "team", "list", "import", CAMPAIGN, str(file), "--by", "lan", status=1)
    assert NAME not in told
    assert "rieng.csv" in told
    assert not app.ledger.visits.counts(CAMPAIGN)


def traces(folder: Path, found: bytes) -> list[str]:
    """Return every file, and every part of an archive, that holds some bytes."""
    names = []
    for path in folder.rglob("*"):
        if path.is_file():
            if found in path.read_bytes():
                names.append(str(path))
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    names += [
                        f"{path}/{one}" for one in archive.namelist() if found in archive.read(one)
                    ]
    return names


def test_nothing_is_left_of_a_list_after_its_time(
    app: App, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    listed(app)
    (app.workspace.parent / "rieng.csv").unlink()
    phone("POST", f"{address(app)}/danh-sach")
    phone("POST", f"{address(app)}/phieu.pdf")
    with app.ledger.database.read() as connection:
        raw = connection.exec_driver_sql("SELECT sealed FROM private_lists").scalars().all()
    saved = backup(app.workspace, clock=app.clock)
    with zipfile.ZipFile(saved.path) as archive:
        (app.workspace / "copy.db").write_bytes(archive.read("loa.db"))
    with sqlite3.connect(app.workspace / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM private_lists").fetchone() == (0,)
    copy.close()
    for secret in (NAME.encode(), *(bytes(one)[40:80] for one in raw)):
        kept = [one for one in traces(app.workspace, secret) if "loa.db" not in one]
        assert kept == [], "only the ledger has it, sealed"
    assert traces(app.workspace, NAME.encode()) == []

    def purge_at(days: int) -> None:
        late = replace(app.house, clock=SimulatedClock(app.clock.now() + timedelta(days=days)))
        purge_private(late, lambda: [app.ledger.commune_id])

    purge_at(30)
    assert app.ledger.visits.counts(CAMPAIGN), "its time is not over"
    purge_at(35)
    assert not app.ledger.visits.counts(CAMPAIGN)
    assert happened(app, "list_purged") == [("loa", "3 households")]
    for secret in (NAME.encode(), *(bytes(one)[40:80] for one in raw)):
        assert traces(app.workspace, secret) == []
    assert NAME not in caplog.text


def test_the_period_counts_visits_as_the_report_does(app: App, visiting: Visiting) -> None:
    for count in (3, 6):
        assert say(visiting, app, count, 1)
    counted = app.ledger.views.counted(CAMPAIGN, ())
    assert (counted.channels, counted.least, counted.most) == (("team",), (6,), (6,))


def plan_lines(app: App, name: str) -> str:
    return loa(app, "plan", str(app.workspace / "campaigns" / f"{name}.yaml"))


def approved(app: App, name: str, text: str) -> None:
    (app.workspace / "campaigns" / f"{name}.yaml").write_text(text, encoding="utf-8")
    app.office.submit(app.workspace / "campaigns" / f"{name}.yaml", "lan")
    app.office.approve(name, "minh", PASSPHRASE)
    EmbeddedRuntime(app).run()


def days_of(app: App, name: str) -> dict[str, str]:
    found = Visiting(app.ledger, app.registry).goings(name)
    return {one.hamlet.id: one.days for one in found}


def test_two_campaigns_share_a_teams_days_and_the_later_one_moves(
    app: App, visiting: Visiting
) -> None:
    assert days_of(app, CAMPAIGN) == {"ap-1": "01/12", "ap-2": "01/12"}  # 10 and 5 households
    second = VISITS.replace("tham-ho", "phat-gao").replace("list: rieng.csv", "minutes: 20")
    (app.workspace / "campaigns" / "phat-gao.yaml").write_text(second, encoding="utf-8")
    told = " ".join(plan_lines(app, "phat-gao").split())
    # 2 x 8 x 15 minutes, less 10 x 15: 90 minutes are left for visits of 20.
    assert "Tổ Một: Ấp 1 10 households (01/12–02/12)" in told
    assert "Tổ Một goes for tham-ho too (01/12): what has no room beside it moves" in told
    assert "this campaign's visits are on 01/12–02/12" in told
    # One of 8: 45 minutes are left beside 5 x 15.
    assert "Tổ Hai: Ấp 2 5 households (01/12–02/12)" in told
    approved(app, "phat-gao", second)
    assert days_of(app, "phat-gao")["ap-1"] == "01/12–02/12"
    assert days_of(app, CAMPAIGN) == {"ap-1": "01/12", "ap-2": "01/12"}, "the first stays"
    (laid,) = (app.outbox / "team" / "to-1").glob("*phat-gao*.pdf")
    for pdf in (laid.read_bytes(), visiting.sheet("phat-gao", "to-1", "")):
        assert "01/12–02/12" in paper.text_of(pdf)
    third = second.replace("phat-gao", "thu-phi").replace("by: 03/12/2026", "by: 01/12/2026")
    (app.workspace / "campaigns" / "thu-phi.yaml").write_text(third, encoding="utf-8")
    told = " ".join(plan_lines(app, "thu-phi").split())
    assert "Tổ Một: 10 of 10 households cannot be visited in the 0 days there are" in told
    urgent = second.replace("phat-gao", "so-tan").replace("title:", "priority: emergency\ntitle:")
    (app.workspace / "campaigns" / "so-tan.yaml").write_text(urgent, encoding="utf-8")
    told = " ".join(plan_lines(app, "so-tan").split())
    assert "Tổ Một: Ấp 1 10 households (01/12);" in told
    assert "goes for this emergency first: its visits for tham-ho, phat-gao give way" in told
    approved(app, "so-tan", urgent)
    assert days_of(app, CAMPAIGN)["ap-1"] == "01/12–02/12", "and so it is told on its page"


def test_a_number_of_households_is_said_of_one_of_several_teams(tmp_path: Path) -> None:
    folder = make_visited(tmp_path / "xa")
    for file, old, new in (
        (folder / "commune.yaml", "Hai, hamlets: [ap-2]", "Hai, hamlets: [ap-1, ap-2]"),
        (
            folder / "campaigns" / f"{CAMPAIGN}.yaml",
            "{households",
            "{teams: [to-1, to-2], households",
        ),
    ):
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
    with open_app(folder) as app:
        sent_out(app)
        now, word = app.clock.now(), Word(CAMPAIGN, "ap-1", "team", "lan", 4)
        with pytest.raises(LoaError, match="ap-1 is visited by several teams: --target with one"):
            confirm(app.ledger, app.registry, word, now)
        assert not app.ledger.evidence.of(CAMPAIGN)
        assert confirm(app.ledger, app.registry, replace(word, target="to-2"), now) == 1
        covered = build_report(app.ledger, app.registry, CAMPAIGN, now).coverage.hamlets[0].covered
        assert (covered.lower, covered.upper) == (4, 4)


def test_a_list_says_how_many_are_planned_on_the_plan_and_for_other_campaigns(app: App) -> None:
    listed(app)
    (one, _two) = Visiting(app.ledger, app.registry).goings(CAMPAIGN)
    assert (one.households, one.listed) == (2, 2)
    told = " ".join(plan_lines(app, CAMPAIGN).split())
    assert "Tổ Một: Ấp 1 2 households (01/12)" in told
    second = VISITS.replace("tham-ho", "phat-gao").replace("list: rieng.csv", "minutes: 20")
    (app.workspace / "campaigns" / "phat-gao.yaml").write_text(second, encoding="utf-8")
    # 2 x 8 x 15 minutes, less 2 x 15: ten visits of 20 minutes find room beside them.
    assert "Tổ Một: Ấp 1 10 households (01/12);" in " ".join(plan_lines(app, "phat-gao").split())


def test_each_hamlet_is_told_its_own_words_by_a_team_that_visits_two(tmp_path: Path) -> None:
    folder = make_visited(tmp_path / "xa")
    registry = folder / "commune.yaml"
    text = registry.read_text(encoding="utf-8")
    both = text.replace("hamlets: [ap-1]\n    members", "hamlets: all\n    members")
    both = "".join(line for line in both.splitlines(keepends=True) if "id: to-2" not in line)
    assert len(both) < len(text)
    registry.write_text(both, encoding="utf-8")
    with open_app(folder) as app:
        sent_out(app)
        visiting = Visiting(app.ledger, app.registry)
        (laid,) = (folder / "outbox" / "team" / "to-1").glob("*.pdf")
        made = visiting.sheet(CAMPAIGN, "to-1", "")
        for pdf in (laid.read_bytes(), made):
            told = paper.letters(paper.text_of(pdf)).partition(paper.letters("Nói với bà con"))[2]
            for name in ("Ấp 1", "Ấp 2"):
                assert paper.letters(f"{name}: Thăm hộ nghèo Hỏi thăm bà con {name}.") in told
        token = app.ledger.visits.token(link_of(app))
        page = Phone(visits_router(VisitDesk(Communes.only(app))))("GET", f"/t/{token}").text
        for name in ("Ấp 1", "Ấp 2"):
            assert (
                f"<p><bdi>Hỏi thăm bà con {name}.</bdi></p>"
                in page.partition(f"<h3><bdi>{name}<")[2]
            )
