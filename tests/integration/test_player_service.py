"""``loa player`` as a service: real processes, a real line, counted by what was heard."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.cable import Cable
from support.player_server import Far, player_server, sequence
from support.players import LOA, Machine, alarm, news, said, until_heard
from support.redis_server import wait_until
from support.servers import free_port

from engine.models.airing import Cancel


@pytest.fixture
def far() -> Far:
    return Far()


@pytest.fixture
def server(far: Far) -> Iterator[str]:
    with player_server(far) as address:
        yield address


@pytest.fixture
def machine(tmp_path: Path, far: Far, server: str) -> Machine:
    made = Machine(tmp_path)
    made.enrol(far, server)
    return made


def test_enrolled_it_plays_reports_and_ends_when_it_is_told_to(machine: Machine, far: Far) -> None:
    far.publish(news(far, "tin-1", "tin-2", seconds=0.3, wait=0.5))
    with machine.running() as process:
        until_heard(machine, "tin-1", "tin-2", event="end")
        wait_until(lambda: far.heard() == ["tin-1", "tin-2"], "both plays at the server")
        process.terminate()
        assert process.wait(timeout=20) == 0
    assert "Traceback" not in machine.said
    assert machine.status().startswith("player: loa-ap-1, commune binh-hoa-hung, clusters cum-1")
    assert "✗ the player is not running" in machine.status()


def test_an_emergency_is_on_air_within_two_seconds_over_what_plays(
    machine: Machine, far: Far
) -> None:
    far.publish(news(far, "tin-1", seconds=4))
    with machine.running():
        until_heard(machine, "tin-1")
        sent = time.time()
        far.publish(alarm(far, "bao"))
        until_heard(machine, "tin-1", "bao", "tin-1")
        assert machine.events()[1]["at"] - sent < 2
        until_heard(machine, "bao", "tin-1", event="end")
        wait_until(lambda: far.heard() == ["bao", "tin-1"], "the plays at the server")
        assert far.heard("cut") == ["tin-1"]


def test_killed_in_the_middle_its_voice_dies_and_the_log_is_whole(
    machine: Machine, far: Far
) -> None:
    far.publish(news(far, "tin-1", "tin-2", seconds=1.5))
    process = machine.start()
    until_heard(machine, "tin-1")
    voice = machine.events()[0]["pid"]
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_until(lambda: not Path(f"/proc/{voice}").exists(), "the voice to end with its player")
    with machine.running():
        until_heard(machine, "tin-1", "tin-1", "tin-2")
        wait_until(lambda: far.heard() == ["tin-1", "tin-2"], "the plays at the server")
    assert machine.heard("end") == ["tin-1", "tin-2"]
    assert [play["outcome"] for _n, play in sorted(far.plays.items())] == [
        "cut",
        "played",
        "played",
    ]


def test_two_agents_in_one_folder_are_refused(machine: Machine, far: Far) -> None:
    with machine.running() as first:
        wait_until(lambda: bool(far.statuses), "the first to report")
        second = machine.command()
        assert second.returncode == 1
        assert "another player runs here" in second.stderr
        assert first.poll() is None


def test_with_the_line_cut_it_plays_what_it_has_and_reports_when_it_is_mended(
    tmp_path: Path, far: Far, server: str
) -> None:
    """An hour and days of it, on a clock that tests move: tests/unit/test_player_playing.py."""
    machine = Machine(tmp_path)
    cable = Cable(int(server.rpartition(":")[2]))
    machine.enrol(far, cable.address)
    far.publish(news(far, "tin-1", seconds=0.3, wait=2.5))
    with machine.running():
        wait_until(lambda: bool(machine.sounds()), "the sound to be fetched")
        cable.cut()
        until_heard(machine, "tin-1", event="end")
        assert far.plays == {}
        cable.mend()
        wait_until(lambda: far.heard() == ["tin-1"], "the play at the server")
        far.publish(alarm(far, "bao"))
        until_heard(machine, "tin-1", "bao")
    cable.cut()


def test_a_server_that_starts_again_is_heard_again(tmp_path: Path, far: Far) -> None:
    machine, port = Machine(tmp_path), free_port()
    with player_server(far, port) as address:
        machine.enrol(far, address)
        process = machine.start()
        wait_until(lambda: bool(far.statuses), "the first report")
    try:
        far.publish(alarm(far, "bao"))
        with player_server(far, port):
            until_heard(machine, "bao", event="end")
            wait_until(lambda: far.heard() == ["bao"], "the play at the server")
    finally:
        process.terminate()
        process.wait()


def test_an_address_that_leads_to_two_servers_by_turns_doubles_nothing(
    tmp_path: Path, far: Far, server: str
) -> None:
    """A workspace was copied and both copies serve: one key, and numbers that cross."""
    machine, cable = Machine(tmp_path), Cable(int(server.rpartition(":")[2]))
    machine.enrol(far, cable.address)
    twin = Far()
    twin.sounds = far.sounds
    first = alarm(far, "bao", expires=news(far, "x").slot + timedelta(minutes=5))
    far.publish(first)
    twin.publish(replace(first, sequence=first.sequence - 1, version=2))
    with player_server(twin) as other, machine.running():
        until_heard(machine, "bao", event="end")
        cable.cut()
        cable.far = int(other.rpartition(":")[2])
        cable.mend()
        wait_until(lambda: bool(twin.asked), "the other server to be asked")
        twin.publish(alarm(twin, "vo-de"))
        until_heard(machine, "bao", "vo-de", event="end")
        wait_until(lambda: twin.heard() == ["bao", "vo-de"], "the log at the other server")
    cable.cut()
    assert machine.heard() == ["bao", "vo-de"]


def test_a_download_that_breaks_goes_on_where_it_was(machine: Machine, far: Far) -> None:
    item = said(far, "tin-1", 0.2)
    data = b"tin-1 0.2 " + os.urandom(600_000)
    sound = far.sound(data, 0.2, "tin-1")
    far.publish(replace(news(far, "tin-1"), items=(replace(item, sound=sound),)))
    far.break_after = 400_000
    with machine.running():
        until_heard(machine, "tin-1")
    asked = [one for one in far.asked if "sounds" in one]
    assert len(asked) == 2
    assert far.sent == [400_000, len(data) - 400_000]


#: Runs what follows with a disk of 3 MB on the player's folder, in a mount namespace of its own.
SMALL_DISK = """
folder="$1"; kept="$2"; shift 2
mkdir -p "$folder"; cp -r "$folder" "$kept.before"
mount -t tmpfs -o size=3m loa-test "$folder" && cp -r "$kept.before/." "$folder" || exit 77
"$@" & player=$!
trap 'kill "$player"' TERM
wait "$player"; wait "$player"
cp -r "$folder" "$kept"
"""


def test_a_full_disk_refuses_sounds_and_keeps_the_log(
    machine: Machine, far: Far, tmp_path: Path
) -> None:
    programme = news(far, "tin-1", "tin-2", seconds=0.3, wait=1.5)
    big = far.sound(b"tin-2 0.3 " + os.urandom(2_500_000), 0.3, "tin-2")
    items = (programme.items[0], replace(programme.items[1], sound=big))
    expires = programme.slot + timedelta(seconds=3)
    far.publish(replace(programme, items=items, expires=expires))
    kept = tmp_path / "kept"
    script = ("unshare", "-rm", "sh", "-c", SMALL_DISK, "sh", str(machine.state), str(kept))
    process = machine.start(*script)
    try:
        until_heard(machine, "tin-1", event="end")
        wait_until(lambda: far.heard("failed") == ["tin-2"], "the failure at the server")
        assert "the disk is full: no room for the sound" in machine.said
        # An emergency gets room in any case.
        item = said(far, "bao", 0.2)
        sound = far.sound(b"bao 0.2 " + os.urandom(1_500_000), 0.2, "bao")
        emergency = alarm(far, "bao")
        far.publish(replace(emergency, items=(replace(emergency.items[0], sound=sound),)))
        until_heard(machine, "tin-1", item.title, event="end")
        wait_until(lambda: far.heard() == ["tin-1", "bao"], "the plays at the server")
    finally:
        process.terminate()
        assert process.wait() == 0
    lines = (kept / "journal.jsonl").read_text()
    assert lines.count('"kind": "end"') == 2
    assert "Traceback" not in machine.said


def test_a_cancelled_emergency_falls_silent_at_once(machine: Machine, far: Far) -> None:
    emergency = alarm(far, "bao", seconds=30)
    far.publish(emergency)
    with machine.running():
        until_heard(machine, "bao")
        voice = machine.events()[0]["pid"]
        cancel = Cancel(
            emergency.commune, emergency.cluster, emergency.slot, 2, sequence(), emergency.slot
        )
        far.publish(cancel)
        wait_until(lambda: not Path(f"/proc/{voice}").exists(), "silence")
        wait_until(lambda: far.heard("cut") == ["bao"], "the play at the server")


def test_a_code_for_another_server_and_a_slip_are_refused(tmp_path: Path) -> None:
    machine, far, other = Machine(tmp_path), Far(), Far()
    from engine.models.envelope import SigningKey

    other.key = SigningKey.made()
    with player_server(far) as address:
        far._code = None
        typed = other.code()
        far._code = other._code
        done = machine.command("enrol", typed, "--server", address)
        assert done.returncode == 1
        assert "another key" in done.stderr
        assert not (machine.state / "identity.json").exists()
        slip = machine.command("enrol", typed[:-1] + "?", "--server", address)
        assert slip.returncode == 1
        unknown = machine.command("enrol", Far().code(), "--server", address)
        assert "unknown, used, or too old" in unknown.stderr
        machine.enrol(far, address)
        again = machine.command("enrol", far.code(), "--server", address)
        assert "is a player already" in again.stderr
    assert (machine.state / "identity.json").stat().st_mode & 0o077 == 0


def test_the_folder_may_stand_on_either_side_of_the_command(
    machine: Machine, tmp_path: Path
) -> None:
    """The environment names another folder: what is typed comes before it."""
    folder, other = str(machine.state), str(tmp_path / "khac")
    environ = {**machine.environ(), "LOA_PLAYER_FOLDER": other}

    def said(*words: str) -> tuple[int, str]:
        done = subprocess.run([LOA, "player", *words], env=environ, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    for words in (("--folder", folder, "status"), ("status", "--folder", folder)):
        assert "player: loa-ap-1" in said(*words)[1]
    assert "player: loa-ap-1" in said("--folder", folder, "status", "--folder", folder)[1]
    status, words_ = said("--folder", other, "status", "--folder", folder)
    assert (status, "--folder is given twice" in words_) == (2, True)
    code = Far().code()
    status, words_ = said("enrol", code, "--server", "http://127.0.0.1:9", "--folder", folder)
    assert (status, "is a player already" in words_) == (1, True)
    assert not (tmp_path / "khac").exists()


def test_a_player_that_is_not_enrolled_says_what_to_do(tmp_path: Path) -> None:
    done = Machine(tmp_path).command()
    assert done.returncode == 1
    assert "loa player enrol CODE --server URL" in done.stderr


@pytest.mark.parametrize(
    ("audio", "said"),
    [
        ("mplay {file}", "no program “mplay”"),
        ("/bin/true", "allowed: mpv, ffplay, mpg123, aplay, null"),
        ('"{file}', "quotation marks do not pair"),
    ],
)
def test_an_audio_command_that_cannot_work_is_refused_at_the_start(
    machine: Machine, audio: str, said: str
) -> None:
    environ = {**machine.environ(), "LOA_PLAYER_AUDIO": audio}
    done = subprocess.run([LOA, "player"], env=environ, capture_output=True, text=True)
    assert done.returncode == 1
    assert said in done.stderr


def test_the_null_sink_takes_as_long_as_the_sound(machine: Machine, far: Far) -> None:
    far.publish(news(far, "tin-1", seconds=0.8))
    environ = {**machine.environ(), "LOA_PLAYER_AUDIO": "null"}
    process = subprocess.Popen([LOA, "player"], env=environ, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: far.heard() == ["tin-1"], "the play at the server")
    finally:
        process.terminate()
        process.wait()
    assert 0.8 <= far.plays[1]["seconds"] < 2


def test_a_token_that_was_revoked_is_said_and_what_is_there_plays_on(
    machine: Machine, far: Far
) -> None:
    far.publish(news(far, "tin-1", seconds=0.3, wait=1.5))
    with machine.running():
        wait_until(lambda: bool(machine.sounds()), "the sound to be fetched")
        far.token = "another"
        far.closing.set()
        far.wake()
        until_heard(machine, "tin-1", event="end")
        wait_until(lambda: "does not know this player's token" in machine.status(), "a trouble")
