"""Corrections and withdrawals: they reach, in the same places, everyone whom the error reached."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.commune import NOTICE, PASSPHRASE, make_commune
from support.corrections import (
    ID,
    RIGHT,
    WRONG_HOUR,
    correct,
    places,
    release,
    rows,
    send,
    withdraw,
    write,
)
from support.fake_telegram import TOKEN, FakeTelegram

from engine.app import App, open_app
from engine.boundary import Boundary
from engine.cli.correcting import amendment_lines
from engine.cli.run import delivered
from engine.clock import local
from engine.errors import LoaError
from engine.ledger import Status
from engine.models import Purpose
from engine.planner.effects import Effect, effects_of
from engine.reports.amended import Has
from engine.reports.html import report_html
from engine.reports.report import build_report
from engine.reports.tables import report_csv, report_json
from engine.states import HANDED_OVER, State

#: When and to whom things go is what these tests are about; the sounds are made once.
pytestmark = pytest.mark.usefixtures("said_once")


def test_only_who_was_told_otherwise_is_corrected_in_the_same_places(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    told = {one.place for one in office.ledger.told.of(ID) if one.hamlet_id == "ap-1"}
    assert {channel for _hamlet, channel, _target in told} == {
        "loudspeaker",
        "flyer",
        "portal",
        "chat",
    }
    correct(office)
    assert places(rows(office, Purpose.CORRECTION)) == told
    assert not [row for row in rows(office, Purpose.CORRECTION) if row.hamlet_id == "ap-2"]


def test_a_run_counts_what_was_sent_before_an_amendment_too(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    before = delivered(office)
    correct(office)
    assert delivered(office) == before > 0
    send(office)
    handed_over = [
        row for row in office.ledger.views.deliveries(ID, replaced=True) if row.state in HANDED_OVER
    ]
    assert delivered(office) == len(handed_over) > before


def test_loudspeakers_correct_in_the_slots_in_which_the_error_was_heard(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    correct(office)
    (aired,) = (row for row in rows(office, Purpose.CORRECTION) if row.channel == "loudspeaker")
    assert f"{local(aired.slot):%d %H:%M}" == "02 05:00"
    content, _needs = office.ledger.deliveries.content(aired.content_hash)
    assert content.correction is not None
    assert (
        content.correction.spoken == f"Đính chính thông báo đã phát ngày 01/12/2026: {WRONG_HOUR}."
    )


def test_an_hour_at_which_nothing_airs_any_more_is_used_once_more(office: App) -> None:
    release(office)
    send(office, "2 6:10")
    correct(office)
    (aired,) = (row for row in rows(office, Purpose.CORRECTION) if row.channel == "loudspeaker")
    assert f"{local(aired.slot):%d %H:%M}" == "03 05:00"


def test_what_was_not_yet_sent_goes_out_as_a_plain_notice(office: App) -> None:
    release(office)
    correct(office)
    assert not rows(office, Purpose.CORRECTION)
    old = [row for row in rows(office, Purpose.NOTICE, replaced=True) if row.replaced]
    assert {row.state for row in old} == {State.SUPERSEDED}
    send(office)
    assert {row.hamlet_id for row in rows(office, Purpose.NOTICE) if row.revision == 2} == {"ap-1"}


def test_the_group_gets_a_reply_to_the_message_that_was_wrong(
    office: App, telegram: FakeTelegram
) -> None:
    release(office)
    send(office, "1 6:10")
    first = telegram.accepted()
    correct(office)
    send(office, "1 7:00")
    (reply,) = (one for one in telegram.accepted()[len(first) :] if "photo" not in one)
    assert reply["reply_parameters"]["message_id"] == first[0]["message_id"]
    assert "ĐÍNH CHÍNH" in reply["text"]
    assert WRONG_HOUR in reply["text"]
    assert "9 giờ" in reply["text"]
    correct(office, RIGHT.replace("9 giờ", "10 giờ"), "lại đổi giờ")
    send(office, "1 8:00")
    again = [one for one in telegram.accepted() if "photo" not in one][-1]
    assert again["reply_parameters"]["message_id"] == reply["message_id"]


def test_the_post_says_what_was_corrected_and_keeps_what_stood_there(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    feed = office.outbox / "portal" / "feed.json"
    (before,) = json.loads(feed.read_text())["items"]
    correct(office)
    send(office, "1 7:00")
    page = (office.outbox / "portal" / ID / "index.html").read_text()
    assert WRONG_HOUR in page
    assert "<s>Tiêm phòng lúc 7 giờ.</s>" in page
    (after,) = json.loads(feed.read_text())["items"]
    assert after["id"] == before["id"]
    assert after["date_modified"] > before["date_modified"]
    assert WRONG_HOUR in after["content_html"]


def test_a_withdrawal_stops_the_rest_and_tells_those_who_know(
    office: App, telegram: FakeTelegram
) -> None:
    release(office)
    send(office, "1 6:10")
    told = {one.place for one in office.ledger.told.of(ID)}
    withdraw(office)
    assert places(rows(office, Purpose.WITHDRAWAL)) == told
    old = rows(office, Purpose.NOTICE, replaced=True)
    assert {row.state for row in old} == {State.WITHDRAWN, State.CANCELLED} - (
        set() if any(row.state is State.CANCELLED for row in old) else {State.CANCELLED}
    )
    send(office)
    assert {row.state for row in rows(office, Purpose.WITHDRAWAL)} <= {State.SENT, State.CONFIRMED}
    root = office.outbox / "portal"
    assert ID not in (root / "index.html").read_text()
    page = (root / ID / "index.html").read_text()
    assert "buổi tiêm bị hoãn" in page
    assert "<s>Tiêm phòng lúc 7 giờ.</s>" in page
    assert "THU HỒI" in telegram.accepted()[-1]["text"]
    with pytest.raises(LoaError, match="withdrew it already"):
        office.office.withdraw(ID, "lan", "lần nữa")


def test_a_hamlet_that_is_left_out_is_told_so_and_a_new_one_gets_a_notice(office: App) -> None:
    one = NOTICE.replace("  ap-2: {gio: 8 giờ}\n", "") + "audience: {hamlets: [ap-1]}\n"
    other = NOTICE.replace("  ap-1: {gio: 7 giờ}\n", "") + "audience: {hamlets: [ap-2]}\n"
    release(office, one)
    send(office, "1 6:10")
    correct(office, other, "nhầm ấp")
    assert {row.hamlet_id for row in rows(office, Purpose.WITHDRAWAL)} == {"ap-1"}
    assert {row.hamlet_id for row in rows(office, Purpose.NOTICE) if row.revision == 2} == {"ap-2"}
    assert not rows(office, Purpose.CORRECTION)


def test_correcting_back_corrects_only_who_heard_the_correction(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    correct(office)
    send(office, "1 7:00")
    correct(office, NOTICE, "giờ cũ mới đúng")
    third = [row for row in rows(office, Purpose.CORRECTION) if row.revision == 3]
    assert {row.channel for row in third} == {"flyer", "portal", "chat"}
    aired = [row for row in rows(office, Purpose.NOTICE) if row.channel == "loudspeaker"]
    assert {(row.hamlet_id, f"{local(row.slot):%d}") for row in aired} == {
        ("ap-1", "01"),
        ("ap-1", "02"),
        ("ap-2", "01"),
        ("ap-2", "02"),
    }


def test_a_plain_submission_of_other_words_is_an_update_for_those_who_know(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    release(office, RIGHT)
    updates = rows(office, Purpose.CORRECTION)
    assert {row.hamlet_id for row in updates} == {"ap-1"}
    content, _needs = office.ledger.deliveries.content(updates[0].content_hash)
    assert content.correction is not None
    assert content.correction.heading == "CẬP NHẬT"
    second = [row for row in rows(office, Purpose.NOTICE) if row.revision == 2]
    assert not second


def test_the_same_words_again_are_refused_after_a_correction(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    correct(office)
    with pytest.raises(LoaError, match="already says exactly this"):
        office.office.submit(write(office, RIGHT), "lan")


def test_the_reason_is_bound_by_the_approval(office: App) -> None:
    release(office)
    first = office.office.correct(ID, write(office, RIGHT), "lan", WRONG_HOUR)
    second = office.office.correct(ID, write(office, RIGHT), "lan", "lý do khác")
    assert first.revision.content_hash != second.revision.content_hash


def test_a_reason_is_needed_that_can_be_said(office: App) -> None:
    release(office)
    for reason in ("", "  ", "x" * 301):
        with pytest.raises(LoaError, match="--reason"):
            office.office.correct(ID, write(office, RIGHT), "lan", reason)


def test_nothing_is_corrected_that_was_never_approved(office: App) -> None:
    office.office.submit(write(office, NOTICE), "lan")
    with pytest.raises(LoaError, match="never approved"):
        office.office.correct(ID, write(office, RIGHT), "lan", WRONG_HOUR)


def test_another_officials_waiting_correction_is_not_pushed_aside(office: App) -> None:
    release(office)
    office.office.correct(ID, write(office, RIGHT), "lan", WRONG_HOUR)
    with pytest.raises(LoaError, match="waits for approval"):
        office.office.withdraw(ID, "minh", "hoãn")


class Cut(BaseException):
    """The process is gone."""


def dying_at(boundary: str) -> Boundary:
    def cut(name: str) -> None:
        if name == boundary:
            raise Cut

    return cut


def test_what_was_cut_short_is_finished_before_it_is_amended(
    tmp_path: Path, telegram: FakeTelegram
) -> None:
    folder = make_commune(tmp_path / "xa", telegram=telegram.base_url, token=TOKEN)
    one = "schedule: now\nchannels: {portal: {}, chat: {}}\n"
    text = NOTICE.partition("schedule:")[0] + one
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        release(app, text)
        send(app)
        app.office.withdraw(ID, "lan", "hoãn")
    with open_app(folder, boundary=dying_at("held")) as app, pytest.raises(Cut):
        app.office.approve(ID, "minh", PASSPHRASE)
    with open_app(folder) as app:
        correct(app, text.replace("  ap-1: {gio: 7 giờ}\n", "") + "audience: {hamlets: [ap-2]}\n")
        send(app)
        last = {(told.hamlet_id, told.channel): told.purpose for told in app.ledger.told.of(ID)}
    assert last == {
        ("ap-1", "portal"): Purpose.WITHDRAWAL,
        ("ap-1", "chat"): Purpose.WITHDRAWAL,
        ("ap-2", "portal"): Purpose.NOTICE,  # the same words, and nobody there heard otherwise
        ("ap-2", "chat"): Purpose.NOTICE,
    }


@pytest.mark.parametrize("boundary", ["approved", "way made", "held"])
def test_an_opening_that_is_cut_short_goes_on_as_it_should(
    tmp_path: Path, telegram: FakeTelegram, boundary: str
) -> None:
    folder = make_commune(tmp_path / "xa", telegram=telegram.base_url, token=TOKEN)
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        release(app)
        send(app, "1 6:10")
        app.office.correct(ID, write(app, RIGHT), "lan", WRONG_HOUR)
    with open_app(folder, boundary=dying_at(boundary)) as app, pytest.raises(Cut):
        app.office.approve(ID, "minh", PASSPHRASE)
    with open_app(folder) as app:
        send(app)
        done = rows(app, Purpose.CORRECTION)
        assert {row.channel for row in done} == {"loudspeaker", "flyer", "portal", "chat"}
        assert {row.state for row in done} <= {State.SENT, State.CONFIRMED}
        assert len(places(done)) == len(done)


def test_other_paper_alone_corrects_nobody_and_strikes_out_nothing(office: App) -> None:
    release(office)
    send(office, "2 6:10")
    page = office.outbox / "portal" / ID / "index.html"
    before = page.read_text("utf-8")
    other = NOTICE + "channels: {loudspeaker: {}, portal: {}, chat: {}, flyer: {products: [a6]}}\n"
    path = write(office, other)
    campaign, plan = office.office.preview_correction(ID, path, "lan", "in khổ nhỏ")
    lines = amendment_lines(office, plan, office.office.known(ID), campaign.correction)
    assert "nobody is told anything: everybody has these words already" in lines
    correct(office, other, "in khổ nhỏ")
    send(office)
    every = office.ledger.views.deliveries(ID, replaced=True)
    assert {(row.revision, row.purpose, row.replaced) for row in every} == {
        (1, Purpose.NOTICE, False)
    }
    assert page.read_text("utf-8") == before
    assert not build_report(office.ledger, office.registry, ID, office.clock.now()).amended


def test_a_plan_refuses_what_the_command_would_refuse(office: App) -> None:
    release(office)
    elsewhere = office.workspace / "moi.yaml"
    elsewhere.write_text(RIGHT, encoding="utf-8")
    with pytest.raises(LoaError, match=f"belongs to campaigns/{ID}"):
        office.office.preview_correction(ID, elsewhere, "lan", WRONG_HOUR)
    with pytest.raises(LoaError, match="already says exactly this"):
        office.office.preview_correction(ID, write(office, NOTICE), "lan", WRONG_HOUR)
    office.office.withdraw(ID, "lan", "hoãn")
    with pytest.raises(LoaError, match="waits for approval"):
        office.office.preview_withdrawal(ID, "minh", "hoãn")


def test_the_preview_says_what_becomes_of_each_place(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    path = write(office, RIGHT)
    _campaign, plan = office.office.preview_correction(ID, path, "lan", WRONG_HOUR)
    effects = effects_of(plan, office.office.known(ID), office.registry)
    assert {one.effect for one in effects if one.hamlet_id == "ap-1"} == {Effect.CORRECTED}
    assert {one.effect for one in effects if one.hamlet_id == "ap-2"} == {Effect.SAME}
    latest = office.ledger.revisions.latest(ID)
    assert latest is not None
    assert (latest.revision, latest.status) == (1, Status.OPEN)


def test_the_preview_names_what_each_hamlet_knows(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    correct(office)  # of ap-1 alone
    send(office, "2 6:10")
    path, known = write(office, RIGHT.replace("8 giờ", "10 giờ")), office.office.known(ID)
    campaign, plan = office.office.preview_correction(ID, path, "lan", WRONG_HOUR)
    first = next(amendment_lines(office, plan, known, campaign.correction))
    assert first.startswith("  ĐÍNH CHÍNH: Đính chính thông báo “")
    assert "bản đính chính" not in first, "all that it reaches know the notice"
    campaign, plan = office.office.preview_withdrawal(ID, "lan", "dời sang tuần sau")
    lines = [one for one in amendment_lines(office, plan, known, campaign.correction) if "“" in one]
    assert len(lines) == 2
    told = {line.partition(":")[0]: "bản đính chính" in line for line in lines}
    assert told == {"  THU HỒI (Ấp 1)": True, "  THU HỒI (Ấp 2)": False}


def test_the_report_lists_first_who_does_not_have_the_correction(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    correct(office)
    before = build_report(office.ledger, office.registry, ID, office.clock.now())
    assert {one.hamlet_id for one in before.amended} == {"ap-1"}
    assert {one.has for one in before.amended} == {Has.WAITING}
    assert WRONG_HOUR in before.facts.amends
    send(office, "1 12:00")
    after = build_report(office.ledger, office.registry, ID, office.clock.now())
    first, *others = after.amended
    assert (first.channel, first.has) == ("loudspeaker", Has.WAITING)
    assert {one.has for one in others} <= {Has.SENT, Has.CONFIRMED}
    told = json.loads(report_json(after))
    assert told["amended"][0]["has"] == "waiting"
    (hamlet,) = told["amended_hamlets"]
    confirmed = sum(one.has is Has.CONFIRMED for one in others)
    assert (hamlet["told"], hamlet["sent"], hamlet["left"]) == (len(others) + 1, len(others), 1)
    assert hamlet["confirmed"] == confirmed < len(others)
    assert first.words in report_html(after).decode()
    assert first.words in report_csv(after).decode("utf-8-sig").splitlines()[1]
