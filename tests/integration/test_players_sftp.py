"""The kind ``sftp`` against a real sshd; what arrived is counted by what lies in its folder."""

from __future__ import annotations

import os
import pwd
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from integration.test_programmes import at, release, run_until, talk
from support.commune import _REGISTRY, PASSPHRASE, files_below, make_commune
from support.playing import a_play
from support.proxy import proxy
from support.sftp_player import (
    BIG,
    DAY,
    NOW,
    in_english,
    lying,
    noise,
    player,
    programme,
    server,
    shared_server,
    slot,
    wanted,
)
from support.ssh_server import SshServer

from channels.base import ChannelError, Reports
from channels.loudspeaker.players.contents import PIECE, part_of
from channels.loudspeaker.players.folder import FolderBackend
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.players.sftp.backend import SftpBackend
from engine.app import App, open_app
from engine.states import State

__all__ = ["in_english", "player", "server", "shared_server"]


def test_a_programme_lies_there_as_it_would_in_a_folder(
    server: SshServer, player: Callable[..., SftpBackend], tmp_path: Path
) -> None:
    made = programme(("tin", noise(5_000)), ("lu", BIG))
    receipt = player().deliver(made, slot())
    FolderBackend(tmp_path).deliver(made, slot())
    assert lying(server) == files_below(tmp_path) == wanted(made)
    assert receipt.reference == (
        f"sftp://127.0.0.1:{server.port}/{server.files}/cum-1/{DAY}/0500.json"
    )


def test_a_path_without_a_root_begins_where_the_user_is(
    server: SshServer, player: Callable[..., SftpBackend]
) -> None:
    home = Path(pwd.getpwnam(server.user).pw_dir)
    made, backend = programme(("tin", b"1")), player()
    backend._places = Places(os.path.relpath(server.files, home))
    backend.check()
    backend.deliver(made, slot())
    assert lying(server) == wanted(made)


def test_many_programmes_and_threads_share_one_line(
    server: SshServer, player: Callable[..., SftpBackend]
) -> None:
    backend = player()
    made = programme(("tin", noise(50_000)))
    backend.deliver(made, slot("cum-0"))
    lines = server.lines()
    threads = [
        threading.Thread(target=backend.deliver, args=(made, slot(f"cum-{number}")))
        for number in range(1, 9)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected: dict[str, bytes] = {}
    for number in range(9):
        expected |= wanted(made, f"cum-{number}")
    assert lying(server) == expected
    assert server.lines() == lines
    assert server.log.count("Accepted publickey") >= 1


def test_what_lies_there_is_not_sent_again_and_what_differs_is(
    server: SshServer, player: Callable[..., SftpBackend]
) -> None:
    """Two recordings of the same length are the same in name and size."""
    first, second = noise(PIECE, "a"), noise(PIECE, "b")
    with proxy(server.port) as between:
        backend = player(port=between.port)
        backend.deliver(programme(("tin", first)), slot())
        before = between.passed
        backend.deliver(programme(("tin", first)), slot())
        assert between.passed - before < 20_000
        backend.deliver(programme(("tin", second), version=2), slot(version=2))
        assert between.passed - before > PIECE
        backend.close()
    assert lying(server) == wanted(programme(("tin", second), version=2))


def test_a_new_version_takes_away_what_it_does_not_list_and_nothing_else(
    server: SshServer, player: Callable[..., SftpBackend]
) -> None:
    backend = player()
    backend.deliver(programme(("tin", b"1"), ("cu", b"2")), slot())
    strange = server.files / "cum-1" / DAY / "0500-routine-rieng.mp3"
    strange.write_bytes(b"cua can bo")
    new = programme(("tin", b"1"), ("moi", b"3"), version=2)
    backend.deliver(new, slot(version=2))
    assert lying(server) == wanted(new) | {f"cum-1/{DAY}/0500-routine-rieng.mp3": b"cua can bo"}


@pytest.mark.parametrize("kept", [1, PIECE, 2 * PIECE + 7, len(BIG)])
def test_half_a_file_is_taken_up_where_it_is_right(
    server: SshServer, player: Callable[..., SftpBackend], kept: int
) -> None:
    made = programme(("lu", BIG))
    audio = made.files[0]
    part = server.files / "cum-1" / part_of(audio.name, audio.sha256)
    part.parent.mkdir(parents=True)
    (part.parent / ".0500.removing").touch()
    part.write_bytes(BIG[:kept])
    with proxy(server.port) as between:
        backend = player(port=between.port)
        backend.deliver(made, slot())
        backend.close()
        assert between.forth < len(BIG) - kept // PIECE * PIECE + 50_000
    assert lying(server) == wanted(made)


@pytest.mark.parametrize(
    "spoilt",
    [noise(2 * PIECE, "khac"), BIG[:PIECE] + noise(PIECE, "khac"), BIG + b"thua", b""],
    ids=["all of it", "its second half", "too long", "empty"],
)
def test_half_a_file_that_is_not_right_is_not_trusted(
    server: SshServer, player: Callable[..., SftpBackend], spoilt: bytes
) -> None:
    made = programme(("lu", BIG))
    audio = made.files[0]
    part = server.files / "cum-1" / part_of(audio.name, audio.sha256)
    part.parent.mkdir(parents=True)
    (part.parent / ".0500.removing").touch()
    part.write_bytes(spoilt)
    player().deliver(made, slot())
    assert lying(server) == wanted(made)


def test_what_aired_long_ago_goes_and_what_is_not_loas_stays(
    server: SshServer, player: Callable[..., SftpBackend]
) -> None:
    for day in (1, 2, 8):
        player().deliver(programme(("tin", b"1"), day=f"2026-12-0{day}"), slot(day=day))
    theirs = server.files / "cum-1" / "2026-12-02" / "ghi-chu.txt"
    theirs.write_text("của cán bộ")
    (server.files / "cum-1" / "2026-12-01" / ".0500-routine-x.mp3.0123456789abcdef.part").touch()
    (server.files / "cum-1" / "nhac-nen").mkdir()
    later = player(keep_days=3, now=NOW + timedelta(days=7))
    later.deliver(programme(("tin", b"1"), day="2026-12-09"), slot(day=9))
    kept = {name.split("/")[1] for name in lying(server)}
    assert kept == {"2026-12-02", "2026-12-08", "2026-12-09"}
    assert [path.name for path in theirs.parent.iterdir()] == ["ghi-chu.txt"]
    assert (server.files / "cum-1" / "nhac-nen").is_dir()


def test_players_say_what_they_played_beside_their_programmes(
    server: SshServer, player: Callable[..., SftpBackend]
) -> None:
    backend = player()
    assert isinstance(backend, Reports)
    assert backend.plays("") == ([], "{}")
    log = server.files / "cum-1" / "plays.jsonl"
    log.parent.mkdir()
    log.write_text(a_play(1).line() + a_play(2).line()[:30], "utf-8")
    (server.files / "cum-2").mkdir()
    (server.files / "mot-tep").touch()
    plays, mark = backend.plays("")
    assert list(plays) == [a_play(1)]
    assert backend.plays(mark) == ([], mark)
    log.write_text(a_play(1).line() + a_play(2).line(), "utf-8")
    plays, mark = backend.plays(mark)
    assert list(plays) == [a_play(2)]
    log.write_text(a_play(3).line(), "utf-8")
    plays, mark = backend.plays(mark)
    assert list(plays) == [a_play(3)], "a log that was begun anew"
    server.kill()
    with pytest.raises(ChannelError):
        backend.plays(mark)


def test_for_a_whole_hour_without_the_server_nothing_is_lost_and_nothing_stale_arrives(
    server: SshServer, tmp_path: Path
) -> None:
    """The commune's clock goes on. What lay there before was played there, and is told at last."""
    registry = _REGISTRY.replace("sessions_per_day: 2", "sessions_per_day: 3")
    for hamlet in ("ap-1", "ap-2"):
        registry = registry.replace(
            f"hamlets: [{hamlet}]}}", f"hamlets: [{hamlet}], player: x}}", 1
        )
    workspace = make_commune(tmp_path / "xa", registry=registry)
    with (workspace / "loa.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            f'[players.x]\nkind = "sftp"\nhost = "127.0.0.1"\nport = {server.port}\n'
            f'user = "{server.user}"\nkey_file = "{server.key}"\npath = "{server.files}"\n'
            f'host_key = "{server.fingerprint}"\ntimeout_seconds = 5\n'
        )
    with open_app(workspace) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        for name, time in (("dau-gio", "05:00"), ("lo", "05:30"), ("sau", "06:20")):
            release(app, name, talk(name, times=f'"{time}"'))
        run_until(app, at(4, 50))
        folder = server.files / "cum-1"
        assert (folder / DAY / "0500.json").exists()
        server.kill()
        run_until(app, at(5, 50))
        played = a_play(
            slot=at(5), began=at(5) + timedelta(seconds=10), campaign_id="dau-gio", seconds=4.0
        )
        (folder / "plays.jsonl").write_text(played.line(), "utf-8")
        assert states(app, "dau-gio") == {"cum-1": State.SENT, "cum-2": State.SENT}
        server.start()
        run_until(app, at(6, 10))
        assert states(app, "dau-gio") == {"cum-1": State.CONFIRMED, "cum-2": State.SENT}
        assert states(app, "lo") == {"cum-1": State.EXPIRED, "cum-2": State.EXPIRED}
        assert states(app, "sau") == {"cum-1": State.SENT, "cum-2": State.SENT}
        assert sorted(path.name for path in (folder / DAY).glob("*.json")) == [
            "0500.json", "0620.json",
        ]  # fmt: skip
        run_until(app, at(6, 15))
        proofs = app.ledger.plays.of(None, None, cluster="cum-1", campaign_id="dau-gio")
        assert len(proofs) == 1, "told once"


def states(app: App, name: str) -> dict[str, State]:
    return {row.target: row.state for row in app.ledger.views.deliveries(name)}
