"""Whom a correction or withdrawal reached, whom it cannot, and which bulletins have old words."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from support import paper
from support.commune import NOTICE, PASSPHRASE, loa, make_commune
from support.corrections import (
    ID,
    RIGHT,
    WRONG_HOUR,
    correct,
    release,
    rows,
    send,
    withdraw,
    write,
)
from support.dispatching import due
from support.fake_telegram import TOKEN, FakeTelegram

from engine.app import App, open_app
from engine.app.noticing import commune_desk
from engine.cli.correcting import amendment_lines
from engine.clock import SimulatedClock
from engine.ledger import DeliveryRow
from engine.models import Purpose
from engine.models.notice import Concern
from engine.reports.amended import Has
from engine.reports.bulletin import Bulletin, gathered, keep, week_of
from engine.reports.report import build_report
from engine.states import State

WITHOUT_CHAT = "channels: {flyer: {}, portal: {}}\n"


@pytest.mark.parametrize("words", ["other", "same"])
def test_a_channel_left_out_that_tells_people_after_all_is_handed_to_a_person(
    tmp_path: Path, telegram: FakeTelegram, words: str
) -> None:
    folder = make_commune(tmp_path / "xa", telegram=telegram.base_url, token=TOKEN)
    first = NOTICE.partition("schedule:")[0] + "schedule: now\n"
    chat = "channels: {flyer: {}, portal: {}, chat: {}}\n"
    runs: list[App] = []

    def told_meanwhile(boundary: str) -> None:
        if boundary == "approved" and runs:
            opened = runs.pop()
            clock = opened.clock
            assert isinstance(clock, SimulatedClock)
            clock.advance_to(clock.now() + timedelta(hours=3))
            opened.sender.send(due(opened.ledger, clock.now()))

    with open_app(folder, boundary=told_meanwhile) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        release(app, first + chat)
        changed = first if words == "same" else first.replace("7 giờ", "9 giờ")
        app.office.correct(ID, write(app, changed + WITHOUT_CHAT), "lan", WRONG_HOUR)
        runs.append(app)
        app.office.approve(ID, "minh", PASSPHRASE)
        send(app)
        chatted = [one for one in app.ledger.told.of(ID) if one.channel == "chat"]
        assert {(one.hamlet_id, one.purpose) for one in chatted} == {
            ("ap-1", Purpose.NOTICE),
            ("ap-2", Purpose.NOTICE),
        }, "nobody is told that it does not hold, for it does"
        report = build_report(app.ledger, app.registry, ID, app.clock.now())
        missed = [one for one in report.amended if one.state is None]
        notices = {
            one.notice.key: one.notice for one in commune_desk(app.house, app.ledger, ()).look()
        }
    if words == "same":
        assert not missed
        assert not [key for key in notices if key.startswith("unamended")]
        return
    assert {(one.hamlet_id, one.channel) for one in missed} == {("ap-1", "chat")}
    facts = notices[f"unamended:{ID}:2"].facts
    assert (facts["hamlets"], facts["channels"], facts["count"]) == ("ap-1", "chat", "2")


def made(app: App, name: str) -> Bulletin:
    """Make this week's bulletin, as ``loa bulletin`` does."""
    now = app.clock.now()
    found = gathered(app.ledger, app.registry, week_of(now), now)
    assert found.period.name == name
    keep(app.ledger, found, now, "lan")
    return found


def outdated(app: App) -> dict[str, str]:
    notices = [one.notice for one in commune_desk(app.house, app.ledger, ()).look()]
    return {one.key: one.facts["campaigns"] for one in notices if one.concern is Concern.BULLETIN}


def test_a_bulletin_with_the_old_words_is_known_until_it_is_made_again(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    made(office, "2026-w49")
    made(office, "2026-w49")  # the same again is no news
    assert [one.revision for one in office.ledger.bulletins.of(ID)] == [1]
    assert outdated(office) == {}
    path, known = write(office, RIGHT), office.office.known(ID)
    campaign, plan = office.office.preview_correction(ID, path, "lan", WRONG_HOUR)
    told = " ".join(amendment_lines(office, plan, known, campaign.correction))
    assert "2026-w49" in told
    assert "loa bulletin --week 2026-W49" in told
    correct(office)
    assert outdated(office) == {"bulletin:2026-w49": ID}
    new = made(office, "2026-w49")
    assert outdated(office) == {}
    bodies = {one.content.body for one in new.items[0].told}
    assert bodies == {"Tiêm phòng lúc 9 giờ.", "Tiêm phòng lúc 8 giờ."}
    withdraw(office)
    assert outdated(office) == {"bulletin:2026-w49": ID}
    events = [one for one in office.ledger.views.events(ID) if one.to_state == "bulletin_made"]
    assert [one.detail.split(" · ")[:2] for one in events] == [["2026-w49", "1"], ["2026-w49", "2"]]


def test_who_heard_the_correction_at_the_hour_of_the_error_has_it(office: App) -> None:
    hours = 'schedule: {dates: [2026-12-01, 2026-12-02, 2026-12-03], times: ["05:00", "17:00"]}\n'
    text = NOTICE.partition("schedule:")[0] + hours
    release(office, text)
    send(office, "1 6:10")
    correct(office, text.replace("7 giờ", "9 giờ"))

    def heard() -> Has:
        report = build_report(office.ledger, office.registry, ID, office.clock.now())
        (one,) = (one for one in report.amended if one.channel == "loudspeaker")
        return one.has

    send(office, "1 17:10")
    assert heard() is Has.WAITING, "who listens in the morning has not heard it"
    send(office, "2 6:10")
    assert heard() is Has.SENT, "the slots that are left tell nobody anything new"


def test_a_withdrawal_leaves_what_told_a_hamlet_already_that_it_does_not_hold(office: App) -> None:
    release(office)
    send(office, "1 6:10")
    only_two = NOTICE.replace("  ap-1: {gio: 7 giờ}\n", "") + "audience: {hamlets: [ap-2]}\n"
    correct(office, only_two, "chỉ còn tiêm ở Ấp 2")
    send(office, "2 6:10")
    withdraw(office)
    send(office, "4 6:10")
    told = [row for row in rows(office, Purpose.WITHDRAWAL) if row.hamlet_id == "ap-1"]
    assert {row.revision for row in told} == {2}
    assert {row.state for row in told} <= {State.SENT, State.CONFIRMED}
    desk = commune_desk(office.house, office.ledger, ())
    assert not [one for one in desk.look() if one.notice.concern is Concern.UNAMENDED]
    report = build_report(office.ledger, office.registry, ID, office.clock.now())
    assert {one.hamlet_id for one in report.amended} == {"ap-1", "ap-2"}
    assert {one.has.left for one in report.amended} == {True}


@pytest.mark.parametrize("left_the_registry", [False, True])
def test_who_was_told_two_amendments_ago_that_it_does_not_hold_stays_told(
    tmp_path: Path, telegram: FakeTelegram, *, left_the_registry: bool
) -> None:
    folder = make_commune(tmp_path / "xa", telegram=telegram.base_url, token=TOKEN)
    every = NOTICE.partition("schedule:")[0] + "schedule: now\nchannels: {flyer: {}, chat: {}}\n"
    only_two = every.replace("  ap-1: {gio: 7 giờ}\n", "") + "audience: {hamlets: [ap-2]}\n"
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        release(app, every)
        send(app, "1 6:10")
        correct(app, only_two, "chỉ còn tiêm ở Ấp 2")
        send(app, "2 6:10")
        before = {one.id: one.state for one in told_off(app)}
        correct(app, only_two.replace("8 giờ", "10 giờ"), "lại đổi giờ")
        send(app, "3 6:10")
        assert {one.id: one.state for one in told_off(app)} == before
    if left_the_registry:
        registry = folder / "commune.yaml"
        kept = re.sub(r"  - id: ap-1\n(    .*\n)+", "", registry.read_text())
        kept = re.sub(r"    - id: nhom-ap-1\n(      .*\n)+", "", kept)
        kept = kept.replace("  - {id: cum-1, hamlets: [ap-1]}\n", "").replace(
            "[ap-1, ap-2]", "[ap-2]"
        )
        registry.write_text(kept)
        assert kept.count("ap-1") == 0, kept
    with open_app(folder) as app:
        withdraw(app)
        send(app, "4 6:10")
        assert {one.id: one.state for one in told_off(app)} == before
        assert set(before.values()) <= {State.SENT, State.CONFIRMED}
        assert {one.channel for one in told_off(app)} == {"flyer", "chat"}
        taken_back = {
            one.delivery_id for one in app.ledger.views.events(ID) if one.to_state == "withdrawn"
        }
        assert not taken_back & before.keys()
        desk = commune_desk(app.house, app.ledger, ())
        assert not [one for one in desk.look() if one.notice.concern is Concern.UNAMENDED]
    if not left_the_registry:
        printed = loa("print", ID, "-o", tmp_path / "in", "--hamlet", "ap-1", cwd=folder)
        assert printed.returncode == 0, printed.stderr
        (sheet, *_) = sorted((tmp_path / "in").rglob("*.pdf"))
        assert "THU HỒI" in paper.text_of(sheet.read_bytes())


def told_off(app: App) -> list[DeliveryRow]:
    """Return what told Ấp 1 that the notice does not hold there."""
    return [one for one in rows(app, Purpose.WITHDRAWAL) if one.hamlet_id == "ap-1"]
