"""What ``loa player status`` says, whenever it is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.airing import KEY, SLOT
from support.amplifier import EARLY, Rig, a_programme
from support.player_server import COMMUNE, PLAYER, TOKEN, Far

from engine.player.identity import Identity
from engine.player.place import Place
from engine.player.reporting import status_lines

LATER = timedelta(hours=12)


def said(player: Rig, at: timedelta = timedelta(0)) -> str:
    """Return what is said so long after now, by the state as it was last written."""
    identity = Identity("http://127.0.0.1", PLAYER, TOKEN, COMMUNE, ("cum-1",), KEY.public)
    lines, _troubles = status_lines(identity, Place(player.folder), player.world.machine() + at)
    return "\n".join(lines)


@pytest.mark.usefixtures("english")
def test_what_is_to_come_is_not_past_however_old_the_state_is(player: Rig, far: Far) -> None:
    for slot in (SLOT, SLOT + LATER):
        far.publish(a_programme(far, "tin-1", slot=slot))
    player.talk()
    player.agent.turn()
    assert "programmes to come: 2; the next at 05:00:00 01/12/2026" in said(player)
    assert "played last: -" in said(player)
    two_hours = SLOT - EARLY
    assert "programmes to come: 1; the next at 17:00:00 01/12/2026" in said(player, two_hours)
    assert "programmes to come: 0" in said(player, two_hours + LATER).splitlines()


@pytest.mark.usefixtures("english")
def test_what_is_on_air_is_not_to_come_and_what_was_heard_last_is_said(
    player: Rig, far: Far
) -> None:
    for slot in (SLOT, SLOT + LATER):
        far.publish(a_programme(far, "tin-1", slot=slot))
    player.talk()
    player.world.pass_by((SLOT - EARLY).total_seconds())
    player.talk()
    player.run(10)
    assert "on air: tin-1" in said(player)
    assert "programmes to come: 1; the next at 17:00:00 01/12/2026" in said(player)
    player.run(60)
    assert "played last: tin-1 at 05:00:00 01/12/2026 (whole)" in said(player)


@pytest.mark.usefixtures("english")
def test_a_clock_that_is_known_to_be_wrong_is_reckoned_with(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.world.wrong = timedelta(days=-1)
    player.talk()
    player.agent.turn()
    player.world.pass_by((SLOT - EARLY).total_seconds())
    assert "programmes to come: 0" in said(player).splitlines()


def test_in_vietnamese_the_next_is_not_called_the_last(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    player.agent.turn()
    assert "chương trình sắp phát: 1; sớm nhất lúc 05:00:00 01/12/2026" in said(player)


@pytest.mark.usefixtures("english")
def test_sounds_that_have_come_are_not_told_as_missing(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.agent.stream.turn()
    player.agent.turn()
    assert "sounds still to be fetched: 0" not in said(player)
    player.agent.errands.turn()
    player.agent._count_missing()
    player.agent.turn()
    assert "sounds still to be fetched: 0" in said(player)
