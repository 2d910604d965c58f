"""A province's campaign: submitted and approved once, planned and kept by every commune."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support import paper
from support.commune import PASSPHRASE
from support.provinces import START, Tinh
from support.tables import ROWS

from engine.cli.province_reports import page_of
from engine.errors import InputError, LoaError
from engine.ledger import Status
from engine.ledger.places import Place
from engine.reports.leader.forms import Form, leader_in
from engine.reports.leader.page import Page
from engine.reports.period.span import read_period
from engine.states import State
from workers.embedded import EmbeddedRuntime

BELOW = "tinh-mau--bao"
EVERYWHERE = {"xa-dong": {"ap-1", "ap-2"}, "xa-nam": {"ap-song"}, "xa-tay": {"ap-1"}}

#: A commune's own campaign, long enough to fill a session of one minute.
LONG = """\
id: dai
title: Tin dài
valid: {{from: 2026-12-01, until: 2026-12-02}}
text: "{text}"
schedule: {{dates: [2026-12-01], times: ["17:00"]}}
channels: {{loudspeaker: true}}
"""


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def tinh(tmp_path: Path, place: Place) -> Tinh:
    return Tinh(tmp_path / "tinh", place)


def told(tinh: Tinh) -> dict[str, set[str]]:
    """Return the hamlets with deliveries that still may go out or have, by commune."""
    found: dict[str, set[str]] = {}
    with tinh.communes() as communes:
        for commune_id in communes.ids():
            with communes.lent(commune_id) as app:
                rows = app.ledger.views.deliveries(BELOW)
                alive = {row.hamlet_id for row in rows if row.state is not State.CANCELLED}
                if alive:
                    found[commune_id] = alive
    return found


def plain(page: Page) -> dict[str, Any]:
    """Return what the province's office is told by ``loa report --format json``."""
    told: dict[str, Any] = json.loads(leader_in(Form.JSON, page))
    assert paper.pages(leader_in(Form.PDF, page)) == 1
    return told


def statuses(tinh: Tinh) -> dict[str, tuple[int, Status]]:
    with tinh.opened() as app:
        return {one.commune_id: (one.revision, one.status) for one in app.fanout.parts("bao")}


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("all", {"xa-dong": {"ap-1", "ap-2"}, "xa-nam": {"ap-song"}, "xa-tay": {"ap-1"}}),
        (
            "{areas: tinh-mau}",
            {"xa-dong": {"ap-1", "ap-2"}, "xa-nam": {"ap-song"}, "xa-tay": {"ap-1"}},
        ),
        ("{communes: xa-tay}", {"xa-tay": {"ap-1"}}),
        ("{areas: [xa-dong/ap-1]}", {"xa-dong": {"ap-1"}}),
        (
            "{communes: xa-nam, areas: [xa-dong/ap-2, xa-tay]}",
            {"xa-dong": {"ap-2"}, "xa-nam": {"ap-song"}, "xa-tay": {"ap-1"}},
        ),
    ],
)
def test_a_campaign_reaches_the_areas_that_it_names(
    tmp_path: Path, audience: str, expected: dict[str, set[str]]
) -> None:
    tinh = Tinh(tmp_path / "tinh", tmp_path)
    tinh.release(audience)
    assert told(tinh) == expected


def test_each_commune_sends_it_with_its_own_channels_and_keeps_the_proof(tinh: Tinh) -> None:
    tinh.release()
    with tinh.communes() as communes:
        EmbeddedRuntime(communes).run()
    with tinh.opened() as app:
        assert {name: dict(counts) for name, counts in app.fanout.counts("bao").items()} == {
            "xa-dong": {State.SENT: 4},
            "xa-nam": {State.SENT: 2},
            "xa-tay": {State.SENT: 2},
        }
    with tinh.commune("xa-tay") as app:
        approved = [one for one in app.ledger.views.events(BELOW) if one.to_state == "approved"]
        assert [one.actor for one in approved] == ["tinh-mau/ba"]
        revision = app.office.newest(BELOW)
        assert (revision.province_id, revision.registry_revision) == ("tinh-mau", 1)
        assert "Ủy ban nhân dân tỉnh Mẫu" in revision.campaign.issuer
    with tinh.opened(at=START + timedelta(days=1)) as app:
        report = plain(page_of(app, "bao", None))
        month = plain(page_of(app, None, read_period("2026-12")))
    for page in (report, month):
        assert page["rows"] == "communes"
        assert {one["name"]: one["households"] for one in page["areas"]} == {
            "Xã Đông": 180,
            "Xã Tây": 60,
            "Xã Nam": 40,
        }
        assert page["totals"]["deliveries"] == {"sent": 8}
        assert [one["campaign_id"] for one in page["campaigns"]] == ["bao"]
    assert report["campaigns"][0]["approved_by"]["id"] == "ba"
    post = tinh.folder / "communes" / "xa-tay" / "outbox" / "portal" / BELOW / "index.html"
    assert "Ấp Chợ tránh bão" in post.read_text(encoding="utf-8")


def test_an_edit_of_the_registry_changes_nobody_of_what_was_submitted(tinh: Tinh) -> None:
    tinh.submit()
    tinh.take((*ROWS, ("xa-tay", "Xã Tây", "ap-moi", "Ấp Mới", 9, "", "cum-9", "")))
    tinh.approve()
    assert told(tinh)["xa-tay"] == {"ap-1"}
    tinh.take(ROWS[:1])
    assert told(tinh)["xa-dong"] == {"ap-1", "ap-2"}


def test_an_approval_that_was_cut_short_is_finished_by_whoever_looks_next(tinh: Tinh) -> None:
    tinh.submit()
    tinh.approve(then_open=False)
    assert {status for _number, status in statuses(tinh).values()} == {Status.APPROVED}
    assert not told(tinh)
    with tinh.commune("xa-nam") as app:
        app.office.open_all()
    assert set(told(tinh)) == {"xa-nam"}
    with tinh.communes() as communes:
        assert communes.rounds.to_open() == ["xa-dong", "xa-tay"]
        EmbeddedRuntime(communes).run(until=START)
    assert {status for _number, status in statuses(tinh).values()} == {Status.OPEN}
    assert set(told(tinh)) == {"xa-dong", "xa-nam", "xa-tay"}


def test_opening_twice_plans_once(tinh: Tinh) -> None:
    tinh.release()
    with tinh.opened() as app, app.office() as office:
        office.open_all("bao")
        assert Counter(app.fanout.counts("bao")["xa-dong"].values()) == Counter([4])


def test_a_new_revision_ends_it_where_it_is_not_for_any_more(tinh: Tinh) -> None:
    tinh.release()
    tinh.release("{communes: [xa-dong, xa-nam]}")
    assert set(told(tinh)) == {"xa-dong", "xa-nam"}
    with tinh.opened() as app:
        assert app.fanout.counts("bao").get("xa-tay", {}) == {}
        assert not app.fanout.reached("bao") - {"xa-dong", "xa-nam", "xa-tay"}
    with tinh.commune("xa-tay") as app:
        states = {row.state for row in app.ledger.views.deliveries(BELOW, replaced=True)}
        assert states == {State.SUPERSEDED}
    with tinh.commune("xa-dong") as app:
        rows = app.ledger.views.deliveries(BELOW, replaced=True)
        assert {row.revision for row in rows} == {1}, "what says the same is not sent again"


def test_a_revision_that_waits_is_replaced_in_every_commune(tinh: Tinh) -> None:
    tinh.submit()
    tinh.submit("{communes: xa-tay}", more=" Gấp.")
    assert statuses(tinh)["xa-dong"] == (1, Status.REPLACED)
    assert statuses(tinh)["xa-tay"] == (2, Status.SUBMITTED)
    tinh.approve()
    assert set(told(tinh)) == {"xa-tay"}


def test_cancelling_stops_it_everywhere_also_what_was_not_planned_yet(tinh: Tinh) -> None:
    tinh.submit()
    tinh.approve(then_open=False)
    with tinh.commune("xa-nam") as app:
        app.office.open_all()
    with tinh.opened() as app, app.office() as office:
        assert office.cancel("bao", "ba", "tan bão") == 2
        office.open_all("bao")
    assert not told(tinh)
    assert {status for _number, status in statuses(tinh).values()} == {Status.CANCELLED}


def test_a_cancellation_that_was_cut_short_goes_on_when_asked_again(tinh: Tinh) -> None:
    tinh.release()

    def cut(where: str) -> None:
        if where == "cancelled":
            raise KeyboardInterrupt

    with (
        tinh.opened(cut) as app,
        app.office() as office,
        pytest.raises(KeyboardInterrupt),
    ):
        office.cancel("bao", "ba", "tan bão")
    assert set(told(tinh)) == {"xa-dong", "xa-nam", "xa-tay"}
    with tinh.opened() as app, app.office() as office:
        assert office.cancel("bao", "ba", "tan bão") == 8
    assert not told(tinh)


def test_a_commune_sees_it_and_cannot_decide_about_it(tinh: Tinh) -> None:
    tinh.submit()
    with tinh.commune("xa-dong") as app:
        assert app.ledger.revisions.campaign_ids() == [BELOW]
        with pytest.raises(LoaError, match="only the province decides"):
            app.office.approve(BELOW, "ai", "x")
    tinh.approve()
    with tinh.commune("xa-dong") as app, pytest.raises(LoaError, match="does not have the right"):
        app.office.cancel(BELOW, "ai", "không")


def test_no_commune_can_write_an_id_that_a_province_might_have(tmp_path: Path) -> None:
    tinh = Tinh(tmp_path / "tinh", tmp_path)
    file = tinh.write()
    file.write_text(file.read_text(encoding="utf-8").replace("id: bao", f"id: {BELOW}"))
    with tinh.commune("xa-dong") as app, pytest.raises(InputError, match="single hyphens"):
        app.office.plan(file)


def test_only_a_province_names_communes(tmp_path: Path) -> None:
    tinh = Tinh(tmp_path / "tinh", tmp_path)
    file = tinh.write("{communes: xa-dong}")
    with tinh.commune("xa-dong") as app, pytest.raises(InputError, match="only a province's"):
        app.office.plan(file)


@pytest.mark.parametrize(
    ("audience", "place", "message"),
    [
        ("{communes: [xa-dog]}", "3:23", 'no commune "xa-dog" (did you mean "xa-dong"?)'),
        ("{areas: [xa-dong/ap-9]}", "3:20", 'no hamlet "ap-9"'),
        ("{areas: [a/b/c]}", "3:20", "an area is a commune, or a commune and a hamlet"),
        ("{hamlets: ap-1}", "3:12", "names a hamlet with its commune"),
        ("{tags: xa-lac}", "3:18", 'no tag "xa-lac"'),
        ("{communes: []}", "3:22", "the list is empty; leave it out"),
    ],
)
def test_what_a_province_names_wrongly_is_told_with_its_place(
    tmp_path: Path, audience: str, place: str, message: str
) -> None:
    tinh = Tinh(tmp_path / "tinh", tmp_path)
    with tinh.opened() as app, pytest.raises(InputError) as caught:
        app.load(tinh.write(audience))
    (fault,) = caught.value.problems
    assert message in str(fault)
    assert f":{place}:" in str(fault)


def test_values_belong_to_a_commune_or_to_one_of_its_hamlets(tmp_path: Path) -> None:
    tinh = Tinh(tmp_path / "tinh", tmp_path)
    own = "\nhamlets:\n  xa-dong: {noi: nhà xã}\n  xa-dong/ap-2: {noi: trường}\n"
    with tinh.opened() as app, pytest.raises(InputError, match=r"no value in Ấp Sông \(Xã Nam\)"):
        app.load(tinh.write(more=" Đến {{ noi }}." + own))
    tinh.release("{communes: xa-dong}", more=" Đến {{ noi }}." + own)
    with tinh.commune("xa-dong") as app:
        bodies = {
            row.hamlet_id: app.ledger.deliveries.content(row.content_hash)[0].body
            for row in app.ledger.views.deliveries(BELOW)
            if row.channel == "loudspeaker"
        }
    assert "nhà xã" in bodies["ap-1"]
    assert "trường" in bodies["ap-2"]
    wrong = own + "  xa-tay: {noi: x}\n"
    with tinh.opened() as app, pytest.raises(InputError, match="not in the audience"):
        app.load(tinh.write("{communes: xa-dong}", more=" Đến {{ noi }}." + wrong))


def test_the_submitter_does_not_approve_and_a_changed_file_voids_it(tmp_path: Path) -> None:
    tinh = Tinh(tmp_path / "tinh", tmp_path)
    tinh.submit()
    with tinh.opened() as app, app.office() as office:
        with pytest.raises(LoaError, match="does not have the right"):
            office.approve("bao", "hai", PASSPHRASE)
        with pytest.raises(LoaError, match="passphrase is wrong"):
            office.approve("bao", "ba", "sai")
        tinh.write(more=" Sửa.")
        with pytest.raises(LoaError, match="changed; submit it again"):
            office.approve("bao", "ba", PASSPHRASE)
        with pytest.raises(LoaError, match="revision 1 already says"):
            office.submit(tinh.write(), "hai")
    assert {status for _number, status in statuses(tinh).values()} == {Status.SUBMITTED}


def test_a_commune_whose_rules_forbid_it_stops_it_or_is_left_out_on_the_record(
    tmp_path: Path,
) -> None:
    tinh = Tinh(tmp_path / "tinh", tmp_path)
    narrow = tinh.folder / "x.csv"
    narrow.write_text("Mã xã,Giờ phát thanh\nxa-nam,05:00-06:00\n", encoding="utf-8")
    _import(tinh, narrow)
    with tinh.opened() as app, app.office() as office:
        with pytest.raises(LoaError, match=r"xa-nam: .*\n.*--leave-out"):
            office.submit(tinh.write(), "hai")
        _revision, plan = office.submit(tinh.write(), "hai", leave_out=True)
        assert plan.left_out == ("xa-nam",)
    tinh.approve()
    assert set(told(tinh)) == {"xa-dong", "xa-tay"}


def test_a_commune_whose_rules_forbid_it_by_now_is_refused_with_the_reason(tmp_path: Path) -> None:
    tinh = Tinh(tmp_path / "tinh", tmp_path)
    headings = "Mã xã,Số buổi mỗi ngày,Người trình,Người duyệt"
    table = tinh.folder / "x.csv"
    table.write_text(f"{headings}\nxa-dong,1,an: Giả An,binh: Giả Bình\n", encoding="utf-8")
    _import(tinh, table)
    tinh.submit()
    own = tinh.folder / "dai.yaml"
    other = LONG.format(text="Bà con chú ý.").replace("17:00", "18:00")
    own.write_text(other, encoding="utf-8")
    with tinh.commune("xa-dong") as app:
        app.office.set_passphrase("binh", PASSPHRASE, None)
        app.office.submit(own, "an")
        app.office.approve("dai", "binh", PASSPHRASE)
    tinh.approve()
    with tinh.opened() as app:
        (refused,) = [one for one in app.fanout.parts("bao") if one.status is Status.REFUSED]
        assert refused.commune_id == "xa-dong"
        assert "rules that it would break" in refused.reason
    assert set(told(tinh)) == {"xa-nam", "xa-tay"}


def test_what_is_over_is_not_approved(tmp_path: Path) -> None:
    tinh = Tinh(tmp_path / "tinh", tmp_path)
    tinh.submit()
    late = START + timedelta(hours=14)
    with pytest.raises(InputError, match="every time of this schedule has passed"):
        tinh.approve(at=late)
    assert not told(tinh)


def _import(tinh: Tinh, table: Path) -> None:
    from campaigns.tables.listed import read_tables
    from engine.planner.importing import Importer

    with tinh.opened() as app:
        importer = Importer(app.house.database, app.house.seal, app.province)
        listed = read_tables([table])
        changes = importer.changes(listed)
        importer.write(listed, changes, START, table.name, lambda _change: None)


def test_what_fails_its_proof_in_any_commune_is_approved_in_none(
    tinh: Tinh, monkeypatch: pytest.MonkeyPatch
) -> None:
    tinh.submit()
    monkeypatch.setenv("LOA_PROOF_FASTEST", "120")
    with pytest.raises(LoaError, match="xa-dong: what would be heard failed its proof"):
        tinh.approve()
    assert {status for _revision, status in statuses(tinh).values()} == {Status.SUBMITTED}
    assert told(tinh) == {}
    monkeypatch.delenv("LOA_PROOF_FASTEST")
    tinh.approve()
    assert told(tinh) == EVERYWHERE


def test_a_province_hears_how_many_communes_were_listened_to(tinh: Tinh) -> None:
    tinh.submit()
    heard: list[tuple[int, int]] = []
    with tinh.opened() as app, app.office() as office:
        office.approve("bao", "ba", PASSPHRASE, lambda *done: heard.append(done))
        made = app.house.artifacts.rendered
    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert made >= 1
