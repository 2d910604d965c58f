"""The audio command: what counts as played, what as failed, and how fast it falls silent."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from support.airing import SLOT
from support.amplifier import EARLY, Rig, a_programme
from support.player_server import Far
from support.redis_server import wait_until

from engine.errors import LoaError
from engine.player.sink import GRACE, KNOWN, CommandSink, NullSink, command_of

pytestmark = pytest.mark.usefixtures("english")

PYTHON = (sys.executable, "-S", "-E", "-c")


def played(code: str, tmp_path: Path) -> tuple[str | None, float]:
    """Run a command to its end; return its result and how long that took."""
    sound = tmp_path / "a b;$(x).mp3"
    sound.write_text("x")
    began = time.monotonic()
    playing = CommandSink((*PYTHON, code, "{file}")).start(sound, 1.0)
    wait_until(lambda: playing.result() is not None, "the command to end")
    return playing.result(), time.monotonic() - began


def test_the_path_is_one_argument_and_no_shell_sees_it(tmp_path: Path) -> None:
    code = "import sys; sys.exit(not sys.argv[1].endswith('a b;$(x).mp3'))"
    assert played(code, tmp_path)[0] == ""


def test_a_command_that_fails_is_quoted(tmp_path: Path) -> None:
    code = "import sys; print('no sound card', file=sys.stderr); sys.exit(3)"
    result, _seconds = played(code, tmp_path)
    assert result == "the audio command ended with status 3: no sound card"


def test_a_command_that_talks_without_end_blocks_nothing(tmp_path: Path) -> None:
    assert played("import sys; sys.stderr.write('x' * 1_000_000)", tmp_path)[0] == ""


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(60)",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
        "import subprocess; subprocess.run(['sleep', '60'])",
    ],
    ids=["willing", "stubborn", "with a child"],
)
def test_it_is_silent_within_a_second_when_it_is_stopped(tmp_path: Path, code: str) -> None:
    playing = CommandSink((*PYTHON, code, "{file}")).start(tmp_path, 60.0)
    began = time.monotonic()
    playing.stop()
    assert time.monotonic() - began < 30  # none of these ends of itself before a minute
    assert playing.result() is not None
    assert 2 * GRACE <= 1  # it is asked once, and then killed


def test_whoever_waits_is_told_when_it_ends(tmp_path: Path) -> None:
    told: list[bool] = []
    CommandSink((*PYTHON, "", "{file}"), lambda: told.append(True)).start(tmp_path, 1.0)
    wait_until(lambda: told == [True], "the call")


def test_silence_takes_as_long_as_the_sound(tmp_path: Path) -> None:
    now = [0.0]
    playing = NullSink(lambda: now[0]).start(tmp_path, 12.0)
    now[0] = 11.9
    assert playing.result() is None
    now[0] = 12.0
    assert playing.result() == ""


def test_known_commands_name_the_file_once_and_ask_no_shell() -> None:
    assert all(sum("{file}" in part for part in command) == 1 for command in KNOWN.values())


def test_a_command_is_split_like_a_shell_s_and_its_program_must_be_there() -> None:
    assert command_of(f"{sys.executable} 'a b' {{file}}") == (sys.executable, "a b", "{file}")
    with pytest.raises(LoaError, match="no program “khong-co”"):
        command_of("khong-co {file}")


def test_what_ends_far_too_soon_was_not_played(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    player.world.broken["tin-1"] = "soon"
    sink = player.agent.deck._sink
    start = sink.start

    def brief(sound: Path, seconds: float) -> object:
        return start(sound, 20.0)

    player.world.broken.clear()
    sink.start = brief
    player.run((SLOT - EARLY).total_seconds() + 100, 1)
    player.talk()
    assert far.heard() == []
    assert {play["reason"] for play in far.plays.values()} == {
        "the audio command ended after 20 of 60 s"
    }


def test_what_does_not_end_is_stopped_and_was_not_played(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1", "tin-2", expires=SLOT + timedelta(hours=1)))
    player.talk()
    sink = player.agent.deck._sink
    start = sink.start

    def endless(sound: Path, seconds: float) -> object:
        name = sound.read_text()
        return start(sound, seconds if name == "tin-2" else 10_000.0)

    sink.start = endless
    player.run((SLOT - EARLY).total_seconds() + 400, 1)
    assert player.world.heard[0].stopped
    assert ("tin-2", "played") in player.plays()
    assert player.plays()[0] == ("tin-1", "failed")
