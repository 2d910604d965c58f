"""A slot that passes without proof: not played, tried again, told; and proof that comes late."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.dispatching import Rig, check_chains
from support.playing import AIR, a_play, heard, on_air, reporting, station, watch

from channels.base import ChannelError
from engine.cli.tracking import trouble_lines
from engine.dispatch.station_watch import StationWatch
from engine.ledger.needs import Needs
from engine.ledger.outcomes import Outcomes
from engine.ledger.places import Place
from engine.models import Bundle, Finding, PlayOutcome, Receipt
from engine.models.notice import Concern, Severity
from engine.notices.players import PlayerGatherer
from engine.notices.words import what, what_to_do
from engine.states import State

#: A second for each letter: the item is seven seconds long.
TEXT, SECONDS = "Họp ấp.", 7.0
SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()

Results = Sequence[tuple[Bundle, Receipt, str]]

MORNING = AIR.replace(day=2, hour=5)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def rig(tmp_path: Path, place: Place) -> Iterator[Rig]:
    """One item that a cluster was given for now, by a campaign that asks for a second try."""
    with station(tmp_path, place, again=True) as rig:
        rig.release(on_air())
        rig.send()
        assert rig.states() == {State.SENT: 1}
        yield rig


def after_the_slot(rig: Rig, watching: StationWatch | None = None) -> int:
    rig.pass_time(minutes=31)
    return (watching or watch(rig)).judge()


def by_slot(rig: Rig) -> dict[str, State]:
    return {f"{row.slot.astimezone(AIR.tzinfo):%d %H:%M}": row.state for row in rig.rows()}


def test_a_slot_that_passed_without_a_report_was_not_played_and_is_told(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.pass_time(minutes=30)
    assert watch(rig).judge() == 0, "the proof may still come"
    rig.pass_time(minutes=1)
    assert watch(rig).judge() == 1
    assert by_slot(rig) == {"01 17:00": State.NOT_PLAYED, "02 05:00": State.PLANNED}
    assert "cum-1 did not play 1 deliveries of 17:00 01/12/2026: no report" in caplog.text
    assert watch(rig).judge() == 0, "it is judged once"
    check_chains(rig.ledger.views.events())


def test_what_nobody_is_known_to_report_about_is_not_judged(rig: Rig) -> None:
    assert after_the_slot(rig, watch(rig, judged=None)) == 0
    assert rig.states() == {State.SENT: 1}
    rig.pass_time(days=1)
    assert watch(rig).judge() == 0, "what could not be judged then is left as it is"


def test_silence_counts_once_a_cluster_has_ever_reported(tmp_path: Path, place: Place) -> None:
    with station(tmp_path, place) as rig:
        rig.release(on_air(), on_air("cum-2", "ap-2"))
        rig.send()
        heard(rig, a_play(cluster="cum-2", hamlets=("ap-9",)))
        assert after_the_slot(rig, watch(rig, judged=None)) == 1
        assert {row.target: row.state for row in rig.rows()} == {
            "cum-1": State.SENT,
            "cum-2": State.NOT_PLAYED,
        }


def test_silence_never_counts_where_the_settings_say_so(rig: Rig) -> None:
    heard(rig, a_play(hamlets=("ap-9",)))
    assert after_the_slot(rig, watch(rig, judged=False)) == 0
    assert rig.states() == {State.SENT: 1}


CUT: dict[str, Any] = {"seconds": 2.8, "sha256": SHA256, "outcome": PlayOutcome.CUT}


@pytest.mark.parametrize("judged", [None, False])
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (CUT, "the player reports: cut off"),
        ({**CUT, "outcome": PlayOutcome.FAILED, "reason": "mất điện"}, "mất điện"),
        ({**CUT, "outcome": PlayOutcome.PLAYED}, "the player reports: too short to count"),
    ],
)
def test_what_a_player_denies_is_settled_although_it_had_never_reported(
    rig: Rig,
    judged: bool | None,
    changes: dict[str, Any],
    why: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The slot was over and left alone for its player's silence; then its first report came."""
    watching = watch(rig, judged=judged)
    assert after_the_slot(rig, watching) == 0
    rig.pass_time(hours=3)
    heard(rig, a_play(**changes))
    assert watching.judge() == 1
    assert by_slot(rig) == {"01 17:00": State.NOT_PLAYED, "02 05:00": State.PLANNED}
    assert why in rig.rows()[0].reason
    assert "cum-1 did not play 1 deliveries of 17:00 01/12/2026" in caplog.text
    assert Concern.NOT_PLAYED in notices(rig)
    assert heard(rig, a_play(**changes)).known == 1
    assert watching.judge() == 0, "it is settled once"
    check_chains(rig.ledger.views.events())


def test_a_denial_in_time_counts_although_silence_never_does(rig: Rig) -> None:
    heard(rig, a_play(**CUT))
    assert after_the_slot(rig, watch(rig, judged=False)) == 1
    assert by_slot(rig)["01 17:00"] is State.NOT_PLAYED


def test_a_late_denial_says_nothing_of_what_it_does_not_name(tmp_path: Path, place: Place) -> None:
    with station(tmp_path, place) as rig:
        rig.release(on_air(), on_air(hamlet="ap-2"))
        rig.send()
        watching = watch(rig, judged=None)
        assert after_the_slot(rig, watching) == 0
        heard(rig, a_play(**CUT))
        assert watching.judge() == 1
        assert {row.hamlet_id: row.state for row in rig.rows()} == {
            "ap-1": State.NOT_PLAYED,
            "ap-2": State.SENT,
        }


def test_what_was_cut_and_then_heard_whole_is_confirmed(rig: Rig) -> None:
    watching = watch(rig, judged=None)
    after_the_slot(rig, watching)
    whole = a_play(2, sha256=SHA256, seconds=SECONDS, began=AIR + timedelta(minutes=1))
    heard(rig, a_play(**CUT), whole)
    assert watching.judge() == 0
    assert rig.states() == {State.CONFIRMED: 1}
    late = a_play(3, **{**CUT, "began": AIR + timedelta(minutes=2)})
    heard(rig, late)
    assert watching.judge() == 0, "a proof stands"
    assert rig.states() == {State.CONFIRMED: 1}


@pytest.mark.parametrize(
    ("changes", "finding", "state"),
    [
        ({"seconds": SECONDS, "sha256": SHA256}, Finding.PROOF, State.CONFIRMED),
        ({"seconds": 6.4, "sha256": SHA256}, Finding.PROOF, State.CONFIRMED),
        ({"seconds": 6.2, "sha256": SHA256}, Finding.TOO_SHORT, State.NOT_PLAYED),
        ({"seconds": SECONDS, "sha256": "b" * 64}, Finding.OTHER_SOUND, State.NOT_PLAYED),
        (
            {"seconds": 6.4, "sha256": SHA256, "outcome": PlayOutcome.CUT},
            Finding.PROOF,
            State.CONFIRMED,
        ),
        (
            {"seconds": 3.0, "sha256": SHA256, "outcome": PlayOutcome.CUT, "reason": "mất điện"},
            Finding.TOO_SHORT,
            State.NOT_PLAYED,
        ),
    ],
)
def test_enough_of_the_right_sound_must_have_been_heard(
    rig: Rig, changes: dict[str, object], finding: Finding, state: State
) -> None:
    assert heard(rig, a_play(**changes)).new == {finding: 1}
    after_the_slot(rig)
    row = rig.rows()[0]
    assert row.state is state
    if "reason" in changes:
        assert "the player reports: mất điện" in row.reason


def test_what_is_said_of_another_campaign_is_no_reason_for_this_one(rig: Rig) -> None:
    cut = {"seconds": 1.0, "sha256": SHA256, "outcome": PlayOutcome.CUT}
    heard(rig, a_play(**cut), a_play(number=2, campaign_id="khac", reason="chuyện khác", **cut))
    after_the_slot(rig)
    assert "the player reports: cut off" in rig.rows()[0].reason


def test_a_late_proof_confirms_and_takes_back_the_second_try(rig: Rig) -> None:
    after_the_slot(rig)
    rig.pass_time(hours=10)
    kept = heard(rig, a_play())
    assert (kept.new, kept.taken_back) == ({Finding.PROOF: 1}, 1)
    assert by_slot(rig) == {"01 17:00": State.CONFIRMED, "02 05:00": State.CANCELLED}
    rig.clock.advance_to(MORNING)
    assert not rig.send()
    check_chains(rig.ledger.views.events())


def test_a_second_try_that_lies_with_the_player_is_recalled_by_a_late_proof(rig: Rig) -> None:
    after_the_slot(rig)
    channel = rig.channels["loudspeaker"]
    rig.sender.send([])
    with rig.ledger.database.write() as connection:
        connection.exec_driver_sql("UPDATE bundles SET next_attempt_at = slot WHERE state='sent'")
        connection.exec_driver_sql(
            "UPDATE bundles SET next_attempt_at = (SELECT min(slot) FROM bundles)"
            " WHERE state = 'planned'"
        )
    rig.send()
    assert by_slot(rig)["02 05:00"] is State.SENT, "handed over ahead of its slot"
    heard(rig, a_play())
    assert by_slot(rig) == {"01 17:00": State.CONFIRMED, "02 05:00": State.WITHDRAWN}
    assert rig.bundle_states() == ["sent", "planned"], "the programme is made anew without it"
    assert channel.cumulative


def test_the_second_try_has_a_proof_of_its_own(rig: Rig) -> None:
    after_the_slot(rig)
    rig.clock.advance_to(MORNING)
    rig.send()
    heard(rig, a_play(1, slot=MORNING, began=MORNING))
    assert by_slot(rig) == {"01 17:00": State.NOT_PLAYED, "02 05:00": State.CONFIRMED}
    assert not Needs(rig.ledger.database, "xa-mau").not_played(AIR - timedelta(days=1))


def test_it_is_tried_again_twice_and_then_no_more(rig: Rig) -> None:
    after_the_slot(rig)
    for moment in (MORNING, MORNING.replace(hour=17)):
        rig.clock.advance_to(moment)
        rig.send()
        after_the_slot(rig)
    assert by_slot(rig) == {
        "01 17:00": State.NOT_PLAYED,
        "02 05:00": State.NOT_PLAYED,
        "02 17:00": State.NOT_PLAYED,
    }
    assert "tried again 2 times already" in rig.rows()[-1].reason


def test_no_second_try_after_the_campaigns_end_or_where_it_is_due_anyway(
    tmp_path: Path, place: Place
) -> None:
    with station(tmp_path, place, again=True) as rig:
        rig.release(on_air(), on_air(slot=MORNING))
        rig.send()
        after_the_slot(rig)
        evening = MORNING.replace(hour=17)
        assert by_slot(rig) == {
            "01 17:00": State.NOT_PLAYED,
            "02 05:00": State.PLANNED,
            f"{evening:%d %H:%M}": State.PLANNED,
        }
        rig.release(on_air("cum-2", "ap-2", slot=AIR + timedelta(minutes=40)), campaign_id="tin")
        rig.pass_time(minutes=30)
        rig.send()
        rig.pass_time(days=9)
        watch(rig).judge()
        assert by_slot(rig)["01 17:00"] is State.NOT_PLAYED
        rows = rig.rows("tin")
        assert [row.state for row in rows] == [State.NOT_PLAYED]
        assert "no allowed slot is left" in rows[0].reason


def test_a_full_session_is_not_made_longer(tmp_path: Path, place: Place) -> None:
    with station(tmp_path, place, again=True) as rig:
        rig.release(on_air())
        rig.release(on_air(text="a" * 1799, slot=MORNING), campaign_id="dai")
        rig.send()
        after_the_slot(rig)
        assert "02 17:00" in by_slot(rig)


def test_a_campaign_that_does_not_ask_for_it_is_not_tried_again(
    tmp_path: Path, place: Place
) -> None:
    with station(tmp_path, place) as rig:
        rig.release(on_air())
        rig.send()
        after_the_slot(rig)
        assert rig.states() == {State.NOT_PLAYED: 1}


def test_an_item_that_was_proved_before_its_receipt_was_recorded_is_confirmed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The player is quick, and the sender was stopped between handing over and recording."""
    rig.release(on_air("cum-3", "ap-3"), campaign_id="tin")
    real = Outcomes.sent

    def reported_first(outcomes: Outcomes, results: Results, **more: Any) -> None:
        kept = heard(rig, a_play(cluster="cum-3", campaign_id="tin", hamlets=("ap-3",)))
        assert kept.new == {Finding.PROOF: 1}
        real(outcomes, results, **more)

    monkeypatch.setattr(Outcomes, "sent", reported_first)
    rig.send()
    assert rig.states("tin") == {State.SENT: 1}
    assert after_the_slot(rig) == 1, "the other one"
    assert rig.states("tin") == {State.CONFIRMED: 1}


def notices(rig: Rig) -> dict[Concern, str]:
    gatherer = PlayerGatherer(Needs(rig.ledger.database, "xa-mau"), rig.ledger.play_marks)
    found = gatherer.gather(rig.clock.now())
    assert all(what_to_do(one) for one in found)
    assert all(
        (one.severity is Severity.URGENT) == (one.concern is Concern.NOT_PLAYED) for one in found
    )
    return {one.concern: what(one) for one in found}


def test_the_official_is_told_of_what_was_not_played_until_it_is_made_good(rig: Rig) -> None:
    assert not notices(rig)
    after_the_slot(rig)
    assert notices(rig) == {
        Concern.NOT_PLAYED: "thong-bao: 1 deliveries were not played, on cum-1;"
        " the last at 17:00 01/12/2026"
    }
    heard(rig, a_play())
    assert not notices(rig)


def test_reports_that_cannot_be_are_told(rig: Rig) -> None:
    heard(rig, a_play(1, cluster="cum-9"), a_play(2, began=AIR + timedelta(hours=1)))
    (sentence,) = notices(rig).values()
    assert sentence.startswith("may-1: 2 reports of plays that cannot be")


def test_a_player_is_asked_at_its_pace_and_from_where_it_was_left(
    tmp_path: Path, place: Place
) -> None:
    player = reporting(tmp_path)
    with station(tmp_path, place, backend=player) as rig:
        rig.release(on_air())
        rig.send()
        player.log += [a_play(n, hamlets=("ap-1",)) for n in range(1, 1_201)]
        watch(rig).hear()
        assert len(rig.ledger.plays.of()) == 1_200, "several calls in one turn"
        assert {one.play.player for one in rig.ledger.plays.of()} == {"loa/may-1"}
        assert rig.states() == {State.CONFIRMED: 1}
        player.log.append(a_play(1_201))
        watch(rig).hear()
        assert len(rig.ledger.plays.of()) == 1_200, "it was asked a moment ago"
        rig.pass_time(minutes=1)
        watch(rig).hear()
        assert len(rig.ledger.plays.of()) == 1_201
        assert rig.ledger.play_marks.get("loa").mark == "1201"


@pytest.mark.parametrize("failure", [ChannelError("đứt mạng"), ValueError("rác"), OSError("hỏng")])
def test_a_player_that_cannot_be_asked_is_told_and_heard_later(
    tmp_path: Path, place: Place, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    player = reporting(tmp_path)
    with station(tmp_path, place, backend=player) as rig:
        rig.release(on_air())
        rig.send()
        player.failing = failure
        for _minute in range(16):
            watch(rig).hear()
            rig.pass_time(minutes=1)
        assert caplog.text.count("loa cannot be asked what it played") == 1
        assert "loa does not say what it played" in notices(rig)[Concern.PLAYER]
        player.failing = None
        player.log.append(a_play())
        watch(rig).hear()
        assert not notices(rig)
        assert rig.states() == {State.CONFIRMED: 1}


def test_a_number_that_is_used_again_is_told_for_as_long_as_it_is_of_interest(
    tmp_path: Path, place: Place
) -> None:
    player = reporting(tmp_path)
    with station(tmp_path, place, backend=player) as rig:
        rig.release(on_air())
        rig.send()
        player.log.append(a_play(1))
        watch(rig).hear()
        player.log.append(a_play(1, began=AIR + timedelta(seconds=50)))
        rig.pass_time(minutes=1)
        watch(rig).hear()
        for _minute in range(30):  # it answers, and says nothing new
            rig.pass_time(minutes=1)
            watch(rig).hear()
        assert notices(rig) == {
            Concern.REUSED_NUMBERS: "loa/may-1 used 1 numbers again for other plays, which are not"
            " kept; the last at 17:01 01/12/2026"
        }
        rig.pass_time(days=7)
        assert Concern.REUSED_NUMBERS not in notices(rig)


@pytest.mark.parametrize("apart", [20, 60])
def test_two_players_that_play_the_same_at_once_prove_it_once_and_are_told(
    rig: Rig, apart: int
) -> None:
    """One after the other is a device that lost its log and said it again."""
    later = AIR + timedelta(seconds=12 + apart)
    heard(rig, a_play(player="loa/may-1"), a_play(player="loa/may-2", began=later))
    assert rig.states() == {State.CONFIRMED: 1}
    confirmed = [one for one in rig.ledger.views.events() if one.to_state == State.CONFIRMED]
    assert len(confirmed) == 1
    told = {
        Concern.TWO_PLAYERS: "cluster cum-1: two players play the same at the same time:"
        " loa/may-1, loa/may-2; the last at 17:00 01/12/2026"
    }
    assert notices(rig) == (told if apart < 60 else {})


def test_players_on_the_network_and_those_of_other_machines_are_left_alone(
    tmp_path: Path, place: Place
) -> None:
    player = reporting(tmp_path)
    with station(tmp_path, place, backend=player) as rig:
        player.log.append(a_play())
        watch(rig).hear(local_too=False)
        player.networked = True
        watch(rig, live=False).hear()
        assert not rig.ledger.play_marks.all()
        watch(rig).hear(local_too=False)
        assert rig.ledger.play_marks.get("loa").mark == "1"


def test_status_says_why_it_was_not_played(rig: Rig) -> None:
    after_the_slot(rig)
    (line,) = trouble_lines(rig.rows())
    why = "loudspeaker, ap-1: not played: no report of the player; again at 05:00 02/12/2026"
    assert line == why


def test_one_process_at_a_time_asks_a_player(tmp_path: Path, place: Place) -> None:
    with station(tmp_path, place) as rig:
        marks, now = rig.ledger.play_marks, rig.clock.now()
        minute = timedelta(minutes=1)
        assert marks.take_turn("loa", now, now - minute)
        assert not marks.take_turn("loa", now, now - minute)
        assert marks.take_turn("loa", now + minute, now)
        assert marks.take_turn("loa", now, now - minute), "a clock that was ahead holds no turn"


def test_a_distrusted_clock_judges_nobody(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "engine.dispatch.station_watch.emergencies_only"
    monkeypatch.setattr(name, lambda _clock: True)
    assert after_the_slot(rig) == 0
    assert rig.states() == {State.SENT: 1}


def test_the_alarm_is_a_warning(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    after_the_slot(rig)
    levels = {one.levelno for one in caplog.records if "did not play" in one.getMessage()}
    assert levels == {logging.WARNING}
