"""Visits of what is corrected or withdrawn: teams learn of it, and nobody is visited in vain."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import paper
from support.commune import PASSPHRASE
from support.visits import CAMPAIGN, VISITS, make_visited, open_app

from engine.app import App
from engine.dispatch.visiting import Visiting
from engine.models import Purpose
from engine.models.visit import Visits
from engine.states import State
from workers.embedded import EmbeddedRuntime

RIGHT = VISITS.replace("Hỏi thăm bà con", "Mang quà Tết thăm bà con")


@pytest.fixture
def app(sent: Path, tmp_path: Path) -> Iterator[App]:
    shutil.copytree(sent, tmp_path / "xa")
    with open_app(tmp_path / "xa") as app:
        yield app


def correct(app: App, text: str = RIGHT) -> None:
    path = app.workspace / "campaigns" / f"{CAMPAIGN}.yaml"
    path.write_text(text, encoding="utf-8")
    app.office.correct(CAMPAIGN, path, "lan", "quên ghi quà")
    app.office.approve(CAMPAIGN, "minh", PASSPHRASE)
    EmbeddedRuntime(app).run()


def withdraw(app: App) -> None:
    app.office.withdraw(CAMPAIGN, "lan", "hết kinh phí")
    app.office.approve(CAMPAIGN, "minh", PASSPHRASE)
    EmbeddedRuntime(app).run()


def newest_sheet(app: App, team: str) -> str:
    sheets = sorted((app.outbox / "team" / team).glob("*.pdf"), key=lambda one: one.stat().st_mtime)
    return paper.letters(paper.text_of(sheets[-1].read_bytes()))


def says(sheet: str, words: str) -> bool:
    return paper.letters(words) in sheet


def test_a_corrected_visit_is_made_with_the_new_words(app: App) -> None:
    Visiting(app.ledger, app.registry).report(
        CAMPAIGN, "to-1", "ap-1", "to-1-1", Visits(4), app.clock.now()
    )
    correct(app)
    told = [row for row in app.ledger.views.deliveries(CAMPAIGN) if not row.replaced]
    assert {(row.target, row.purpose) for row in told} == {
        ("to-1", Purpose.CORRECTION),
        ("to-2", Purpose.CORRECTION),
    }
    sheet = newest_sheet(app, "to-1")
    assert says(sheet, "ĐÍNH CHÍNH")
    assert says(sheet, "quên ghi quà")
    assert says(sheet, "Mang quà Tết thăm bà con Ấp 1")
    assert says(sheet, "10 hộ nghèo"), "households that were met know the wrong words"


def test_nobody_is_visited_for_what_is_withdrawn(app: App) -> None:
    visiting = Visiting(app.ledger, app.registry)
    visiting.report(CAMPAIGN, "to-1", "ap-1", "to-1-1", Visits(4), app.clock.now())
    withdraw(app)
    for team in ("to-1", "to-2"):
        sheet = newest_sheet(app, team)
        assert says(sheet, "PHIẾU DỪNG ĐI TỪNG NHÀ")
        assert says(sheet, "THU HỒI")
        assert says(sheet, "hết kinh phí")
        assert says(sheet, "không đến hộ nào nữa")
        assert not says(sheet, "10 hộ nghèo")
    assert [one.households for one in visiting.goings(CAMPAIGN)] == [0, 0]
    rows = app.ledger.views.deliveries(CAMPAIGN, replaced=True)
    assert {row.state for row in rows if row.purpose is Purpose.NOTICE} == {State.WITHDRAWN}


def test_a_hamlet_that_a_correction_leaves_out_is_visited_no_more(app: App) -> None:
    correct(app, RIGHT + "audience: {hamlets: [ap-1]}\n")
    assert says(newest_sheet(app, "to-1"), "10 hộ nghèo")
    sheet = newest_sheet(app, "to-2")
    assert says(sheet, "PHIẾU DỪNG ĐI TỪNG NHÀ")
    assert says(sheet, "không áp dụng cho nơi này")
    goings = Visiting(app.ledger, app.registry).goings(CAMPAIGN)
    planned = {one.hamlet.id: one.households for one in goings}
    assert planned == {"ap-1": 10, "ap-2": 0}


def test_a_plan_sends_no_team_for_a_withdrawal(app: App) -> None:
    _campaign, plan = app.office.preview_withdrawal(CAMPAIGN, "lan", "hết kinh phí")
    assert {one.purpose for one in plan.deliveries} == {Purpose.WITHDRAWAL}
    assert plan.foreseen == ()


@pytest.mark.parametrize("amends", ["correct", "withdraw"])
def test_a_visit_whose_sheet_has_not_left_is_changed_or_cancelled(
    tmp_path: Path, amends: str
) -> None:
    later = VISITS.replace("team: {", "team: {schedule: {dates: [2026-12-03], times: ['08:00']}, ")
    folder = make_visited(tmp_path / "xa")
    (folder / "campaigns" / f"{CAMPAIGN}.yaml").write_text(later, encoding="utf-8")
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(folder / "campaigns" / f"{CAMPAIGN}.yaml", "lan")
        app.office.approve(CAMPAIGN, "minh", PASSPHRASE)
        if amends == "correct":
            correct(app, later.replace("Hỏi thăm", "Mang quà Tết thăm"))
            assert not says(newest_sheet(app, "to-1"), "ĐÍNH CHÍNH"), "nobody was told otherwise"
            assert says(newest_sheet(app, "to-1"), "Mang quà Tết thăm")
            return
        withdraw(app)
        assert {row.state for row in app.ledger.views.deliveries(CAMPAIGN)} == {State.CANCELLED}
        assert not list((app.outbox / "team").rglob("*.pdf"))
