"""Visits in a province: its tables name teams, each commune's teams see their own alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import paper
from support.phones import Phone
from support.provinces import START, Tinh
from support.tables import HEADINGS, ROWS, as_csv

from campaigns.tables.listed import read_tables
from engine.console.visits import visits_router
from engine.console.visits_desk import VisitDesk
from engine.dispatch.private_lists import import_list
from engine.dispatch.visiting import Visiting
from engine.errors import LoaError
from engine.models import Right
from engine.models.visit import Visits
from engine.planner.importing import Importer
from engine.reports.report import build_report
from workers.embedded import EmbeddedRuntime

CAMPAIGN = "tinh-mau--bao"
TEAMS = ("Mã xã", "Mã tổ", "Tên tổ", "Các ấp", "Thành viên", "Số hộ mỗi người một ngày")
#: Both communes call their team alike.
ROUNDS = (
    ("xa-dong", "to-1", "Tổ Đông", "tất cả", "Giả An; Giả Bích", 10),
    ("xa-tay", "to-1", "Tổ Tây", "ap-1", "Giả Châu", 8),
)
PEOPLE = ("Mã xã", "Người xác nhận")
OFFICES = (("xa-dong", "lan: Giả Lan"), ("xa-tay", "lan: Giả Lan"))
STORM = """\
id: bao
title: Bão sắp vào
audience: {communes: [xa-dong, xa-tay]}
valid: {from: 2026-12-01, until: 2026-12-05}
text: Bà con {{ hamlet.name }} tránh bão.
channels: {team: {by: 04/12/2026}}
"""
NAME = "Bà Quỳnh Anh Thư Bịa"


@pytest.fixture
def tinh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tinh:
    monkeypatch.setenv("LOA_LANG", "en")
    tinh = Tinh(tmp_path, tmp_path / "tinh" / "loa.db")
    tables = [
        as_csv(tinh.folder / "ap.csv", ROWS, HEADINGS),
        as_csv(tinh.folder / "to.csv", ROUNDS, TEAMS),
        as_csv(
            tinh.folder / "xa.csv", [(xa, "lan: Giả Lan") for xa in ("xa-dong", "xa-tay")], PEOPLE
        ),
    ]
    with tinh.opened() as app:
        importer = Importer(app.house.database, app.house.seal, app.province)
        listed = read_tables(tables)
        importer.write(listed, importer.changes(listed), START, "to.csv", lambda _change: None)
    tinh.file.write_text(STORM, encoding="utf-8")
    with tinh.opened() as app, app.office() as office:
        office.submit(tinh.file, "hai")
    tinh.approve()
    return tinh


def test_teams_of_a_provinces_tables_go_report_and_see_their_own_list_alone(tinh: Tinh) -> None:
    with tinh.communes() as communes:
        tokens = {}
        for commune_id, hamlets in (("xa-dong", ["ap-1", "ap-2"]), ("xa-tay", ["ap-1"])):
            with communes.lent(commune_id) as app:
                EmbeddedRuntime(app).run(until=START)
                rows = app.ledger.views.deliveries(CAMPAIGN)
                assert [(row.hamlet_id, row.target, row.state) for row in rows] == [
                    (hamlet, "to-1", "sent") for hamlet in hamlets
                ]
                (sheet,) = (app.outbox / "team" / "to-1").glob("*.pdf")
                assert commune_id in str(sheet)
                told = paper.letters(paper.text_of(sheet.read_bytes()))
                assert paper.letters(app.registry.teams[0].name) in told
                assert Right.CONFIRM in app.registry.people_by_id["lan"].rights
                file = tinh.folder / "rieng.csv"
                file.write_text(f"Ấp,Họ tên\nap-1,{NAME} {commune_id}\n", encoding="utf-8")
                until = app.office.newest(CAMPAIGN).campaign.valid_until
                now = app.clock.now()
                import_list(
                    app.ledger, app.registry, CAMPAIGN, file, ends_at=until, by="lan", now=now
                )
                (link,) = Visiting(app.ledger, app.registry).links(CAMPAIGN, now, until - now)
                tokens[commune_id] = app.ledger.visits.token(link)
        ask = Phone(visits_router(VisitDesk(communes)))
        east = ask("POST", f"/t/{tokens['xa-dong']}/danh-sach").text
        west = ask("POST", f"/t/{tokens['xa-tay']}/danh-sach").text
        assert f"{NAME} xa-dong" in east
        assert f"{NAME} xa-tay" in west
        assert f"{NAME} xa-tay" not in east
        assert f"{NAME} xa-dong" not in west
        said = {"by": "to-1-2", "visited": "35", "absent": "5", "sure_of": "40"}
        assert ask("POST", f"/t/{tokens['xa-dong']}/ap-1", data=said).status_code == 303
        wrong = ask("POST", f"/t/{tokens['xa-tay']}/ap-1", data=said)
        assert "may not report for to-1" in wrong.text, "the other commune's member"
        with communes.lent("xa-dong") as app:
            report = build_report(app.ledger, app.registry, CAMPAIGN, app.clock.now())
            assert [one.covered.lower for one in report.coverage.hamlets] == [35, 0]
            purged = app.ledger.visits.purge(
                at=START, by="lan", keep=until - START, campaign_id=CAMPAIGN
            )
            assert purged.households == 1
        with communes.lent("xa-tay") as app:
            assert app.ledger.visits.counts(CAMPAIGN) == {("ap-1", "to-1"): 1}
            assert not app.ledger.evidence.of(CAMPAIGN)
            with pytest.raises(LoaError, match="has nothing to report of ap-2"):
                Visiting(app.ledger, app.registry).report(
                    CAMPAIGN, "to-1", "ap-2", "lan", Visits(1), app.clock.now()
                )
