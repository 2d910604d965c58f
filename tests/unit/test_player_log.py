"""A player's log: nothing is lost, whatever stops the player or fills its disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support.airing import SLOT
from support.amplifier import EARLY, Rig, a_programme
from support.player_server import Far
from support.small_disk import ON_A_SMALL_DISK

from engine.models import Purpose
from engine.models.play import Play, PlayOutcome
from engine.player import journal as journals
from engine.player.history import ROUND
from engine.player.journal import KEPT, Journal
from engine.player.place import Reserve

pytestmark = pytest.mark.usefixtures("english")

PLAY = Play(
    player="loa-ap-1",
    number=1,
    cluster="cum-1",
    slot=SLOT,
    campaign_id="tin-1",
    purpose=Purpose.NOTICE,
    hamlets=("ap-1",),
    sha256="0" * 64,
    began=SLOT,
    seconds=0.0,
    outcome=PlayOutcome.CUT,
)


def opened(folder: Path) -> Journal:
    return Journal(folder / "journal.jsonl", Reserve(folder / "reserve", 4096))


def one(journal: Journal, campaign: str = "tin-1", slot: datetime = SLOT) -> Play:
    number = journal.begin(replace(PLAY, campaign_id=campaign, slot=slot))
    return journal.end(number, 12.0, PlayOutcome.PLAYED)


def test_what_ended_is_there_again_with_its_number(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    plays = [one(journal, "tin-1"), one(journal, "tin-2")]
    journal.close()
    again = opened(tmp_path)
    assert again.unsent(10) == tuple(plays)
    assert [play.number for play in plays] == [1, 2]
    assert one(again).number == 3
    again.close()


@pytest.mark.parametrize("torn", range(1, 400, 7))
def test_a_power_cut_at_any_byte_loses_no_line_before_it(tmp_path: Path, torn: int) -> None:
    journal = opened(tmp_path)
    first = one(journal, "tin-1")
    journal.close()
    path = tmp_path / "journal.jsonl"
    whole = path.stat().st_size
    journal = opened(tmp_path)
    one(journal, "tin-2")
    journal.close()
    os.truncate(path, min(whole + torn, path.stat().st_size))
    again = opened(tmp_path)
    found = again.unsent(10)
    assert found[0] == first
    assert len(found) <= 2
    assert again.unreadable == 0
    third = one(again, "tin-3")
    again.close()
    last = opened(tmp_path)
    assert last.unsent(10) == (*found, third)
    assert len({play.number for play in last.unsent(10)}) == len(last.unsent(10))
    last.close()


def test_what_was_begun_and_never_ended_is_cut_with_what_is_known(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    number = journal.begin(PLAY)
    journal.mark(number, 7.5)
    journal.close()
    again = opened(tmp_path)
    (found,) = again.unsent(10)
    assert (found.outcome, found.seconds) == (PlayOutcome.CUT, 7.5)
    assert found.reason == "the player was stopped in the middle"
    again.close()
    third = opened(tmp_path)
    assert third.unsent(10) == (found,)
    third.close()


def test_a_spoilt_line_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    one(journal, "tin-1")
    journal.close()
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"\x00\xff{]\n[]\n" + path.read_bytes())
    again = opened(tmp_path)
    assert [play.campaign_id for play in again.unsent(10)] == ["tin-1"]
    assert again.unreadable == 2
    again.close()


def test_only_what_the_server_has_for_good_and_is_old_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "COMPACT_AT", 1)
    journal = opened(tmp_path)
    journal._compact_at = 1
    old = SLOT - KEPT - timedelta(days=1)
    for name, slot in (("cu-1", old), ("cu-2", old), ("moi-1", SLOT)):
        journal.part(("cum-1", slot), ROUND, slot)
        one(journal, name, slot)
    journal.kept(1)
    held = journal.begin(replace(PLAY, campaign_id="dang-phat"))
    before = (tmp_path / "journal.jsonl").stat().st_size
    journal.tend(SLOT)
    assert (tmp_path / "journal.jsonl").stat().st_size < before
    journal.end(held, 3.0, PlayOutcome.PLAYED)
    expected = journal.unsent(10)
    assert [play.campaign_id for play in expected] == ["cu-2", "moi-1", "dang-phat"]
    journal.close()
    again = opened(tmp_path)
    assert again.unsent(10) == expected
    assert again.history.round_of(("cum-1", SLOT)) is not None
    assert again.history.round_of(("cum-1", old)) is None
    assert "cu-1" not in (tmp_path / "journal.jsonl").read_text()
    assert one(again).number == 5
    again.close()


def test_a_server_that_lost_its_memory_is_told_again(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1", "tin-2"))
    player.talk()
    player.run((SLOT - EARLY).total_seconds() + 200, 10)
    player.talk()
    far.plays.clear()
    player.killed()
    player.talk()
    assert far.heard() == ["tin-1", "tin-2"]


def test_a_play_that_the_server_never_takes_holds_up_nothing(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1", "tin-2", "tin-3"))
    player.talk()
    player.run((SLOT - EARLY).total_seconds() + 300, 10)
    far.senseless = "tin-2"
    player.talk()
    assert far.heard() == ["tin-1", "tin-3"]
    assert far.heard("refused") == ["tin-2"]
    assert "does not take this play" in far.plays[2]["reason"]
    assert ("tin-2", "played") in player.plays()


def test_an_answer_that_was_lost_counts_nothing_twice(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    player.run((SLOT - EARLY).total_seconds() + 100, 10)
    far.lose_answer = True
    player.tried()
    player.tried()
    assert far.heard() == ["tin-1"]
    assert player.agent.journal.unsent(10) == ()


def test_a_player_whose_disk_was_changed_uses_no_number_twice(player: Rig, far: Far) -> None:
    far.plays = {n: {"number": n, "campaign_id": f"cu-{n}", "outcome": "played"} for n in (1, 2)}
    player.talk()
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    player.run((SLOT - EARLY).total_seconds() + 100, 10)
    player.talk()
    assert far.heard() == ["cu-1", "cu-2", "tin-1"]


def test_lines_are_json_with_the_fields_of_a_play(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    player.run((SLOT - EARLY).total_seconds() + 100, 10)
    text = (player.folder / "journal.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    kinds = [line["kind"] for line in lines]
    assert kinds[0] in ("part", "kept")
    assert kinds.count("begin") == kinds.count("end") == 1
    assert kinds.count("mark") >= 4


#: Fills the disk to its last byte behind the reserve, logs plays, and fills what was set free.
FULL_DISK = """
import sys
from pathlib import Path
from support.small_disk import _fill
from test_player_log import Reserve, Journal, one

folder = Path(sys.argv[1])
reserve = Reserve(folder / "reserve", 65536)
assert reserve.keep()
journal = Journal(folder / "journal.jsonl", reserve)
_fill(folder / "ballast-1")
for number in range(40):
    one(journal, f"tin-{number}")
assert not journal.troubled and not (folder / "reserve").exists()
_fill(folder / "ballast-2")
for number in range(40, 60):
    one(journal, f"tin-{number}")
assert journal.troubled
(folder / "ballast-2").unlink()
one(journal, "tin-60")
assert not journal.troubled
again = Journal(folder / "journal.jsonl", reserve)
assert [p.campaign_id for p in again.unsent(100)] == [f"tin-{n}" for n in range(61)]
assert again.unreadable == 0
"""


def test_on_a_full_disk_the_log_takes_the_reserve_and_then_waits_in_memory(tmp_path: Path) -> None:
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [
            *("unshare", "-rm", "sh", "-c", ON_A_SMALL_DISK, "sh", str(tmp_path / "disk")),
            *(sys.executable, "-c", FULL_DISK, str(tmp_path / "disk")),
        ],
        env={**os.environ, "PYTHONPATH": f"{tests.parent}:{tests}:{tests / 'unit'}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_the_reserve_is_taken_given_and_taken_again(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "reserve", 8192)
    assert reserve.keep()
    assert (tmp_path / "reserve").stat().st_blocks * 512 >= 8192
    reserve.spend()
    assert not (tmp_path / "reserve").exists()
    assert reserve.keep()
