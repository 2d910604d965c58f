"""What players report becomes proof: once each, only for what it shows, and never by a lie."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from support.dispatching import Rig, check_chains
from support.playing import AIR, a_play, heard, on_air, station

from engine.dispatch.confirming import Word, confirm
from engine.ledger import plays as plays_module
from engine.ledger.places import Place
from engine.ledger.tables import evidence, plays
from engine.models import EvidenceKind, Finding, PlayOutcome, play_of
from engine.reports.html import report_html
from engine.reports.report import build_report
from engine.states import State


@pytest.fixture
def rig(tmp_path: Path, place: Place) -> Iterator[Rig]:
    """One item of two hamlets that a cluster was given for now."""
    with station(tmp_path, place) as rig:
        rig.release(on_air(), on_air(hamlet="ap-2"))
        rig.send()
        assert rig.states() == {State.SENT: 2}
        rig.pass_time(minutes=2)
        yield rig


BOTH = ("ap-1", "ap-2")


def test_a_report_confirms_every_delivery_that_the_item_spoke_for(rig: Rig) -> None:
    kept = heard(rig, a_play(hamlets=BOTH))
    assert kept.new == {Finding.PROOF: 1}
    assert rig.states() == {State.CONFIRMED: 2}
    pieces = rig.ledger.evidence.of("thong-bao")
    assert [(one.kind, one.by, one.at) for one in pieces] == [
        (EvidenceKind.PLAYED, "may-1", AIR + timedelta(seconds=12))
    ] * 2
    (aired,) = rig.ledger.plays.of()
    assert set(aired.proves) == {row.id for row in rig.rows()}
    check_chains(rig.ledger.views.events())


def test_a_hamlet_whose_words_were_not_in_the_item_is_not_confirmed(rig: Rig) -> None:
    heard(rig, a_play(hamlets=("ap-2",)))
    assert {row.hamlet_id: row.state for row in rig.rows()} == {
        "ap-1": State.SENT,
        "ap-2": State.CONFIRMED,
    }


def test_the_same_report_any_number_of_times_in_any_order_counts_once(rig: Rig) -> None:
    reports = [a_play(n, hamlets=BOTH, seconds=n) for n in range(1, 30)]
    told = reports * 3
    random.Random(5).shuffle(told)
    for start in range(0, len(told), 7):
        heard(rig, *told[start : start + 7])
    assert sorted(one.play.number for one in rig.ledger.plays.of()) == list(range(1, 30))
    with rig.ledger.database.read() as connection:
        pairs = connection.execute(select(evidence.c.play_id, evidence.c.delivery_id)).all()
    assert len(pairs) == len(set(pairs)) == 2 * 29
    confirmed = [one for one in rig.ledger.views.events() if one.to_state == State.CONFIRMED]
    assert len(confirmed) == 2, "a delivery is confirmed once"


def test_a_number_that_another_play_has_is_not_kept_and_is_told(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    heard(rig, a_play(1))
    kept = heard(rig, a_play(1, began=AIR + timedelta(minutes=1)), a_play(1), a_play(2))
    assert (len(kept.conflicting), kept.known, kept.new) == (1, 1, {Finding.PROOF: 1})
    assert "may-1" in caplog.text


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"campaign_id": "cua-xa-khac"}, Finding.UNKNOWN),
        ({"cluster": "cum-9"}, Finding.UNKNOWN),
        ({"hamlets": ("ap-9",)}, Finding.UNKNOWN),
        ({"hamlets": ()}, Finding.UNKNOWN),
        ({"slot": AIR + timedelta(hours=1)}, Finding.UNKNOWN),
        ({"began": AIR + timedelta(minutes=30)}, Finding.WRONG_TIME),
        ({"began": AIR - timedelta(minutes=30)}, Finding.WRONG_TIME),
        ({"began": AIR - timedelta(days=900)}, Finding.WRONG_TIME),
        ({"outcome": PlayOutcome.FAILED, "seconds": 0.0}, Finding.SILENT),
        ({"outcome": PlayOutcome.REFUSED, "seconds": 0.0}, Finding.SILENT),
        ({"outcome": PlayOutcome.CUT}, Finding.TOO_SHORT),
    ],
)
def test_what_does_not_show_that_it_was_heard_is_kept_and_confirms_nothing(
    rig: Rig, changes: dict[str, object], finding: Finding, caplog: pytest.LogCaptureFixture
) -> None:
    kept = heard(rig, a_play(**changes))
    assert kept.new == {finding: 1}
    assert rig.states() == {State.SENT: 2}
    assert not rig.ledger.evidence.of("thong-bao")
    (aired,) = rig.ledger.plays.of()
    assert (aired.finding, aired.proves) == (finding, ())
    assert (finding.value in caplog.text) == finding.strange


def test_a_play_of_another_session_of_the_day_is_no_proof(rig: Rig) -> None:
    rig.pass_time(hours=9)
    heard(rig, a_play(1, began=AIR + timedelta(hours=8)))
    assert rig.states() == {State.SENT: 2}
    heard(rig, a_play(2, began=AIR + timedelta(minutes=40)))
    assert rig.states() == {State.SENT: 1, State.CONFIRMED: 1}


def test_another_players_cluster_is_not_proved_by_this_one(rig: Rig) -> None:
    assert heard(rig, a_play(1), through="khac").new == {Finding.OTHER_PLAYER: 1}
    assert rig.states() == {State.SENT: 2}
    assert heard(rig, a_play(2), through="loa").new == {Finding.PROOF: 1}


def test_what_was_not_handed_over_cannot_have_been_played(tmp_path: Path, place: Place) -> None:
    with station(tmp_path, place) as rig:
        rig.release(on_air())
        rig.pass_time(minutes=2)
        assert heard(rig, a_play()).new == {Finding.NOT_SENT: 1}
        assert rig.states() == {State.PLANNED: 1}


def test_of_a_commune_that_shares_the_ledger_nothing_is_confirmed(rig: Rig, tmp_path: Path) -> None:
    neighbour = dataclasses.replace(
        rig.ledger,
        commune_id="xa-khac",
        plays=plays_module.Plays(rig.ledger.database, "xa-khac"),
    )
    rig.ledger = neighbour
    kept = heard(rig, a_play(hamlets=BOTH))
    assert kept.new == {Finding.UNKNOWN: 1}
    with neighbour.database.read() as connection:
        assert Counter(connection.execute(select(plays.c.commune_id)).scalars()) == {"xa-khac": 1}
        assert not connection.execute(select(evidence)).all()


def test_reports_and_what_they_confirm_are_kept_together_or_not_at_all(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill between the two would leave a play that is known and confirms nothing."""

    def killed(*_given: object, **_more: object) -> list[int]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(plays_module.Plays, "_confirm", killed)
        with pytest.raises(KeyboardInterrupt):
            heard(rig, a_play(hamlets=BOTH))
    assert not rig.ledger.plays.of()
    assert not rig.ledger.evidence.of("thong-bao")
    assert heard(rig, a_play(hamlets=BOTH)).new == {Finding.PROOF: 1}
    assert rig.states() == {State.CONFIRMED: 2}


def test_more_reports_than_one_transaction_takes(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plays_module, "CHUNK", 3)
    kept = heard(rig, *(a_play(n, hamlets=BOTH) for n in range(1, 11)), a_play(1, hamlets=BOTH))
    assert (kept.new, kept.known) == ({Finding.PROOF: 10}, 1)
    assert len(kept.confirmed) == 2


def test_what_people_heard_is_told_apart_from_what_a_player_reports(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    heard(rig, a_play(hamlets=("ap-1",)))
    for hamlet in BOTH:
        word = Word("thong-bao", hamlet, "loudspeaker", "lan")
        assert confirm(rig.ledger, rig.registry, word, rig.clock.now()) == 1
    assert rig.states() == {State.CONFIRMED: 2}
    report = build_report(rig.ledger, rig.registry, "thong-bao", rig.clock.now())
    assert report.by_ear == "Heard by people, without a player's report: Ấp 2"
    assert report.by_ear.replace("'", "&#39;") in report_html(report).decode()
    kinds = {(one.hamlet, one.kind) for one in report.evidence}
    assert kinds == {
        ("Ấp 1", EvidenceKind.PLAYED),
        ("Ấp 1", EvidenceKind.HEARD),
        ("Ấp 2", EvidenceKind.HEARD),
    }


@pytest.mark.parametrize("statement", ["UPDATE plays SET seconds = 1", "DELETE FROM plays"])
def test_reports_can_be_neither_changed_nor_removed(rig: Rig, statement: str) -> None:
    heard(rig, a_play())
    with (
        pytest.raises(IntegrityError, match="only ever grow"),
        rig.ledger.database.write() as connection,
    ):
        connection.exec_driver_sql(statement)


def test_a_line_of_a_log_comes_back_as_the_play_it_was() -> None:
    play = a_play(hamlets=BOTH, sha256="a" * 64, reason="mất điện", outcome=PlayOutcome.CUT)
    assert play_of(play.line()) == play
    assert play.line().endswith("\n")


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ('{"player": "may-1", "num', "không phải JSON: dòng 1, ký tự 21"),
        ("[1]", "không phải một đối tượng JSON"),
        ("1" * 70_000, "dài quá"),
        ("[" * 60_000, "không phải JSON"),
    ],
)
def test_a_torn_line_is_no_play(spoilt: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        play_of(spoilt)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", 0),
        ("number", True),
        ("number", 2**70),
        ("number", 1.5),
        ("player", "../etc"),
        ("player", "a b"),
        ("cluster", 7),
        ("slot", "2026-12-01T05:00:00"),
        ("began", "hôm qua"),
        ("seconds", float("nan")),
        ("seconds", -1),
        ("seconds", "60"),
        ("outcome", "heard"),
        ("purpose", "fun"),
        ("hamlets", "ap-1"),
        ("hamlets", ["\ud800"]),
        ("sha256", "A" * 64),
        ("reason", 5),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_name(field: str, value: object) -> None:
    import json

    line = json.dumps({**json.loads(a_play().line()), field: value})
    with pytest.raises(ValueError):  # noqa: PT011 - which words is the next line's
        play_of(line)


def test_whatever_a_reason_holds_can_be_kept(rig: Rig) -> None:
    line = a_play().line().replace('"reason": ""', '"reason": "\\u0000\\ud800!"')
    heard(rig, play_of(line))
    assert rig.ledger.plays.of()[0].play.reason == "\ufffd?!"
