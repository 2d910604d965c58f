"""What a player has in store is looked at again: what is spoilt comes anew, or is told."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.airing import SLOT
from support.amplifier import EARLY, Rig, a_cancel, a_programme, newer
from support.player_server import Far, sequence

from engine.models.airing import Programme

pytestmark = pytest.mark.usefixtures("english")

TO_THE_SLOT = (SLOT - EARLY).total_seconds()


@pytest.fixture(autouse=True)
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, "loa.player"):
        yield caplog


def spoil(path: Path) -> None:
    """Change one byte, as a disk does: neither size nor time tells of it."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def sound_file(player: Rig, programme: Programme) -> Path:
    return player.folder / "sounds" / programme.items[0].sound.sha256


def programme_file(player: Rig) -> Path:
    (path,) = (player.folder / "programmes" / "cum-1").iterdir()
    return path


def lacking(far: Far) -> list[tuple[str, str]]:
    """What the player said last: cluster and what is not there."""
    return [(one["cluster"], one["what"]) for one in far.statuses[-1].get("lacking", ())]


def test_a_sound_that_was_spoilt_in_store_is_fetched_anew_long_before_its_slot(
    player: Rig, far: Far, logged: pytest.LogCaptureFixture
) -> None:
    programme = a_programme(far, "tin-1")
    far.publish(programme)
    player.talk()
    spoil(sound_file(player, programme))
    player.world.pass_by(3_600)
    player.talk()
    assert sound_file(player, programme).read_bytes() == b"tin-1"
    assert "the sound 2026-12-01/0500-tin-1.mp3 for cum-1 05:00 01/12/2026" in logged.text
    player.run(TO_THE_SLOT - 3_600 + 70)
    assert player.plays() == [("tin-1", "played")]


def test_near_its_slot_a_sound_is_looked_at_every_few_minutes(player: Rig, far: Far) -> None:
    programme = a_programme(far, "tin-1")
    far.publish(programme)
    player.talk()
    player.world.pass_by(TO_THE_SLOT - 600)
    player.talk()
    spoil(sound_file(player, programme))
    player.world.pass_by(300)
    player.talk()
    assert sound_file(player, programme).read_bytes() == b"tin-1"


def test_what_is_found_spoilt_when_it_is_to_begin_is_fetched_and_played(
    player: Rig, far: Far
) -> None:
    programme = a_programme(far, "tin-1")
    far.publish(programme)
    player.talk()
    player.world.pass_by(TO_THE_SLOT)
    player.talk()
    spoil(sound_file(player, programme))
    player.agent.turn()
    assert player.sounds == []
    player.talk()
    player.run(70)
    assert player.sounds == ["tin-1"]
    assert player.plays() == [("tin-1", "played")]


def test_a_sound_that_the_server_lost_too_is_told_to_it_and_in_words(player: Rig, far: Far) -> None:
    programme = a_programme(far, "tin-1")
    far.publish(programme)
    player.talk()
    assert lacking(far) == []
    spoil(sound_file(player, programme))
    kept = far.sounds.pop(programme.items[0].sound.sha256)
    player.world.pass_by(3_600)
    player.talk()
    assert lacking(far) == [("cum-1", "sound")]
    assert far.statuses[-1]["lacking"][0]["slot"] == SLOT.isoformat()
    troubles = player.agent._all_troubles(player.agent.keeper.standing())
    assert troubles == [
        "the programme of cum-1 05:00 01/12/2026 lacks sounds that cannot be fetched"
    ]
    far.sounds[programme.items[0].sound.sha256] = kept
    player.world.pass_by(60)
    player.talk()
    assert lacking(far) == []
    player.run(TO_THE_SLOT - 3_600)
    assert player.sounds == ["tin-1"]


def test_the_store_is_looked_at_also_while_the_server_does_not_answer(
    player: Rig, far: Far, logged: pytest.LogCaptureFixture
) -> None:
    programme = a_programme(far, "tin-1")
    far.publish(programme)
    player.talk()
    spoil(sound_file(player, programme))
    player.world.pass_by(3_600)
    far.token = "another"
    assert "does not know this player" in player.tried()
    assert "spoilt on the disk" in logged.text


def test_every_sound_has_its_turn_the_earliest_slot_first(player: Rig, far: Far) -> None:
    late = a_programme(far, "tin-2", slot=SLOT + timedelta(hours=12))
    early = a_programme(far, "tin-1")
    for one in (late, early):
        far.publish(one)
    player.talk()
    for one in (late, early):
        spoil(sound_file(player, one))
    player.world.pass_by(3_600)
    player.agent.errands.turn()
    assert sound_file(player, early).read_bytes() == b"tin-1"
    assert sound_file(player, late).read_bytes() != b"tin-2"
    player.agent.errands.turn()
    assert sound_file(player, late).read_bytes() == b"tin-2"


@pytest.mark.parametrize("harm", [spoil, Path.unlink])
def test_a_programme_that_was_spoilt_in_store_comes_again_and_outlives_a_power_cut(
    player: Rig, far: Far, harm: Any
) -> None:
    far.publish(a_programme(far, "tin-1"))
    far.publish(a_programme(far, "tin-2", slot=SLOT + timedelta(hours=12)))
    player.talk()
    first = min((player.folder / "programmes" / "cum-1").iterdir())
    right = first.read_bytes()
    harm(first)
    player.world.pass_by(3_600)
    player.talk()
    assert first.read_bytes() == right
    player.killed()
    player.run(TO_THE_SLOT - 3_600)
    assert player.sounds == ["tin-1"]


@pytest.mark.parametrize("harm", [spoil, Path.unlink])
def test_what_was_spoilt_while_the_player_was_off_is_asked_for_again(
    player: Rig, far: Far, harm: Any
) -> None:
    """Its number was taken long ago, and a later one too: it is no replay all the same."""
    far.publish(a_programme(far, "tin-1"))
    far.publish(a_programme(far, "tin-2", slot=SLOT + timedelta(hours=12)))
    player.talk()
    harm(min((player.folder / "programmes" / "cum-1").iterdir()))
    player.killed()
    player.talk()
    player.run(TO_THE_SLOT)
    assert player.sounds == ["tin-1"]
    player.talk()
    assert far.heard("refused") == []
    assert lacking(far) == []


def test_an_earlier_version_does_not_come_in_the_place_of_what_was_spoilt(
    player: Rig, far: Far
) -> None:
    first = a_programme(far, "tin-1")
    old = far.publish(first)
    player.talk()
    before = programme_file(player).read_bytes()
    far.publish(a_cancel(first))
    player.talk()
    far.envelopes.clear()
    programme_file(player).write_bytes(before)  # as somebody might put it back
    player.killed()
    far.put(sequence(), old)
    player.talk()
    player.run(TO_THE_SLOT + 120, 30)
    player.talk()
    assert player.sounds == []
    assert [play["reason"][:8] for play in far.plays.values()] == ["replayed"]
    assert lacking(far) == [("cum-1", "programme")]


def test_a_newer_version_takes_the_place_of_what_was_spoilt(player: Rig, far: Far) -> None:
    programme = a_programme(far, "tin-1")
    far.publish(programme)
    player.talk()
    spoil(programme_file(player))
    player.killed()
    far.envelopes.clear()
    player.talk()
    player.talk()
    assert lacking(far) == [("cum-1", "programme")]
    far.publish(newer(a_programme(far, "tin-2"), version=2))
    player.talk()
    player.run(TO_THE_SLOT)
    assert player.sounds == ["tin-2"]
    player.talk()
    assert lacking(far) == []


def test_what_never_comes_again_is_forgotten_a_day_after_its_slot(
    player: Rig, far: Far, logged: pytest.LogCaptureFixture
) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    programme_file(player).unlink()
    far.envelopes.clear()
    player.killed()
    player.talk()
    player.talk()
    player.world.pass_by(TO_THE_SLOT + 86_400 + 1)
    player.talk()
    player.agent.turn()
    assert "never had again: the programme of cum-1 05:00 01/12/2026" in logged.text
    player.killed()
    assert player.agent.shelf.lost() == {}


def test_an_index_that_is_spoilt_keeps_nothing_from_playing(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    (player.folder / "index.json").write_text("[", "utf-8")
    player.killed()
    player.run(TO_THE_SLOT)
    assert player.sounds == ["tin-1"]
