"""The kind ``sftp`` against a real sshd; what arrived is counted by what lies in its folder."""

from __future__ import annotations

import asyncio
import ctypes
import hashlib
import os
import pwd
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import asyncssh
import pytest
from support import builders
from support.commune import files_below
from support.playing import a_play
from support.proxy import proxy
from support.redis_server import wait_until
from support.ssh_server import SshServer, ssh_server

from channels.base import ChannelError, Reports, endpoint_of
from channels.loudspeaker.players.contents import PIECE, part_of
from channels.loudspeaker.players.folder import FolderBackend
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.players.sftp.account import SftpAccount
from channels.loudspeaker.players.sftp.backend import SftpBackend
from channels.loudspeaker.players.sftp.loop import Loop
from channels.loudspeaker.players.sftp.shelf import Shelf
from engine.clock import VIETNAM, SimulatedClock
from engine.models import Artifact, Bundle, File

NOW = datetime(2026, 12, 2, 4, 30, tzinfo=VIETNAM)
DAY = "2026-12-02"


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("ssh")) as server:
        yield server


@pytest.fixture
def server(shared_server: SshServer) -> Iterator[SshServer]:
    """The server with nothing in its folder; a test may kill it."""
    for path in sorted(shared_server.files.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    yield shared_server
    shared_server.kill()
    shared_server.start()


@pytest.fixture
def player(server: SshServer) -> Iterator[Callable[..., SftpBackend]]:
    """Return what makes players of that server; they are closed at the end."""
    made: list[SftpBackend] = []

    def make(keep_days: int | None = None, now: datetime = NOW, **changes: object) -> SftpBackend:
        account = SftpAccount(
            "may-chu",
            "127.0.0.1",
            server.user,
            port=server.port,
            key_file=server.key,
            host_keys=(server.fingerprint,),
            timeout=10,
        )
        made.append(
            SftpBackend(
                replace(account, **changes),
                places=Places(str(server.files)),
                keep_days=keep_days,
                clock=SimulatedClock(now),
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


def slot(target: str = "cum-1", *, day: int = 2, **changes: object) -> Bundle:
    at = datetime(2026, 12, day, 5, tzinfo=VIETNAM)
    return builders.bundle("loudspeaker", "may-chu", target, slot=at, **changes)


def programme(*audio: tuple[str, bytes], day: str = DAY, version: int = 1) -> Artifact:
    """A programme as the channel assembles it, with sounds that are only bytes."""
    files = [File.of_bytes(f"{day}/0500-routine-{name}.mp3", "audio/mpeg", d) for name, d in audio]
    items = ", ".join(f'{{"file": "{one.name}", "sha256": "{one.sha256}"}}' for one in files)
    manifest = f'{{"version": {version}, "items": [{items}]}}'
    playlist = "\n".join(["#EXTM3U", *(one.name.rpartition("/")[2] for one in files)])
    return Artifact(
        (
            *files,
            File.of_bytes(f"{day}/0500.m3u8", "audio/mpegurl", playlist.encode()),
            File.of_bytes(f"{day}/0500.json", "application/json", manifest.encode()),
        )
    )


def noise(size: int, seed: str = "") -> bytes:
    """Bytes that are nowhere the same, so that a piece in a wrong place is seen."""
    found, number = bytearray(), 0
    while len(found) < size:
        found += hashlib.sha256(f"{seed}{number}".encode()).digest()
        number += 1
    return bytes(found[:size])


def lying(server: SshServer) -> dict[str, bytes]:
    return files_below(server.files)


def wanted(artifact: Artifact, target: str = "cum-1") -> dict[str, bytes]:
    return {f"{target}/{file.name}": file.read() for file in artifact.files}


BIG = noise(3 * PIECE + 12_345)


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


def test_a_password_lets_loa_in(tmp_path: Path) -> None:
    """Against another server: the real one asks the machine for passwords, which has none."""
    key = asyncssh.generate_private_key("ssh-ed25519")

    class Guard(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == ("loa", "bi-mat")

    class Files(asyncssh.SFTPServer):
        def __init__(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(chan, chroot=str(tmp_path).encode())

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Guard, server_host_keys=[key], sftp_factory=Files
        )

    loop = Loop()
    listening = loop.run(listen())
    account = SftpAccount(
        "may-chu",
        "127.0.0.1",
        "loa",
        port=listening.get_port(),
        password="bi-mat",
        host_keys=(key.get_fingerprint(),),
    )
    backend = SftpBackend(account, places=Places("/"))
    wrong = SftpBackend(replace(account, password="khac"), places=Places("/"))
    made = programme(("tin", BIG))
    try:
        with pytest.raises(ChannelError) as caught:
            wrong.deliver(made, slot())
        assert caught.value.permanent
        backend.deliver(made, slot())
    finally:
        for one in (backend, wrong):
            one.close()
        listening.close()
        loop.run(listening.wait_closed())
        loop.close()
    assert files_below(tmp_path) == wanted(made)


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


@pytest.mark.parametrize("bytes_through", [6_000, 400_000, 1_700_000, 3_000_000])
def test_a_line_that_is_cut_while_sending_loses_nothing_and_leaves_no_litter(
    server: SshServer, player: Callable[..., SftpBackend], bytes_through: int
) -> None:
    old, new = programme(("lu", noise(9_000))), programme(("lu", BIG), version=2)
    player().deliver(old, slot())
    with proxy(server.port) as between:
        backend = player(port=between.port)
        backend.check()
        between.cut_after = bytes_through
        with pytest.raises(ChannelError, match=r"đường truyền|the line to") as caught:
            backend.deliver(new, slot(version=2))
        assert not caught.value.permanent
        seen = lying(server)
        for name, data in wanted(old).items():
            assert seen[name] == data, "until all of the new is there, the old plays"
        before = between.forth
        backend.deliver(new, slot(version=2))
        sent = between.forth - before
        backend.close()
    assert lying(server) == wanted(new)
    if bytes_through > 2 * PIECE:
        assert sent < len(BIG) / 2, "what was there is not sent again"


def test_a_server_that_is_killed_while_it_takes_a_file_gets_it_when_it_is_back(
    server: SshServer, player: Callable[..., SftpBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = programme(("lu", BIG))
    backend = player()
    part = server.files / "cum-1" / part_of(made.files[0].name, made.files[0].sha256)
    killed = threading.Event()
    ask = Shelf._ask

    async def dying(shelf: Shelf, name: str, answer: Awaitable[object]) -> object:
        if part.exists() and part.stat().st_size >= PIECE and not killed.is_set():
            killed.set()
            server.kill()
        return await ask(shelf, name, answer)

    monkeypatch.setattr(Shelf, "_ask", dying)
    with pytest.raises(ChannelError) as caught:
        backend.deliver(made, slot())
    assert killed.is_set()
    assert not caught.value.permanent
    assert set(lying(server)) == {
        f"cum-1/{DAY}/.0500.removing",
        f"cum-1/{part.parent.name}/{part.name}",
    }
    with pytest.raises(ChannelError):
        backend.deliver(made, slot())
    server.start()
    backend.deliver(made, slot())
    assert lying(server) == wanted(made)


def test_a_process_that_died_between_two_names_does_not_trust_the_old_manifest(
    server: SshServer, player: Callable[..., SftpBackend]
) -> None:
    """The first version again, after the second had taken its sound's place: same name and size."""
    first = programme(("tin", noise(4_000, "a")))
    backend = player()
    backend.deliver(first, slot())
    day = server.files / "cum-1" / DAY
    (day / ".0500.removing").touch()
    (day / "0500-routine-tin.mp3").write_bytes(noise(4_000, "b"))
    (day / ".0500-routine-cu.mp3.0123456789abcdef.part").write_bytes(b"x")
    backend.deliver(first, slot())
    assert lying(server) == wanted(first)


def refused(backend: SftpBackend, target: str = "cum-1") -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        backend.deliver(programme(("tin", b"1")), slot(target))
    return caught.value


@pytest.fixture
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.mark.usefixtures("in_english")
class TestWhoIsTrusted:
    def test_a_key_that_is_not_the_pinned_one_gets_nothing(
        self, server: SshServer, player: Callable[..., SftpBackend]
    ) -> None:
        found = server.fingerprint
        error = refused(player(host_keys=("SHA256:" + "A" * 43,)))
        assert error.permanent
        assert f"shows the key {found}, not the one in [players.may-chu] host_key" in str(error)
        assert "Ask who looks after that machine" in str(error)
        assert lying(server) == {}

    def test_a_machine_that_comes_back_with_another_key_gets_nothing_more(
        self, server: SshServer, player: Callable[..., SftpBackend]
    ) -> None:
        backend = player()
        backend.deliver(programme(("tin", b"1")), slot())
        before = lying(server)
        server.kill()
        server.renew_key()
        server.start()
        # The line that stood before is found to be broken first.
        errors = [refused(backend, f"cum-{number}") for number in (2, 3)]
        assert any("shows the key" in str(error) and error.permanent for error in errors)
        assert lying(server) == before

    def test_known_hosts_vouch_for_a_machine_and_for_no_other(
        self, server: SshServer, player: Callable[..., SftpBackend], tmp_path: Path
    ) -> None:
        known = tmp_path / "known"
        known.write_bytes(server.known_hosts.read_bytes())
        player(host_keys=(), known_hosts=known).check()
        known.write_text(known.read_text().replace(f":{server.port} ", ":1 "))
        error = refused(player(host_keys=(), known_hosts=known))
        assert error.permanent
        assert "not in the known_hosts of [players.may-chu]" in str(error)
        known.unlink()
        assert "cannot be read" in str(refused(player(host_keys=(), known_hosts=known)))
        assert lying(server) == {}

    def test_a_user_whom_the_machine_refuses_is_told_what_to_look_at(
        self, server: SshServer, player: Callable[..., SftpBackend], tmp_path: Path
    ) -> None:
        error = refused(player(key_file=None, password="sai"))
        assert error.permanent
        assert f"refuses the user {server.user}: check user, and password or key_file" in str(error)
        assert "sai" not in str(error).replace("refuses", "")
        broken = tmp_path / "khoa"
        broken.write_text("không phải khóa")
        assert "is no private key" in str(refused(player(key_file=broken)))
        assert "cannot be read" in str(refused(player(key_file=tmp_path / "mat")))

    def test_a_password_is_not_shown(self, player: Callable[..., SftpBackend]) -> None:
        account = SftpAccount("x", "may", "u", password="bi-mat")
        assert "bi-mat" not in repr(account)


@pytest.mark.usefixtures("in_english")
class TestWhatFails:
    def test_a_machine_that_is_not_there(
        self, server: SshServer, player: Callable[..., SftpBackend]
    ) -> None:
        server.kill()
        error = refused(player())
        assert not error.permanent
        assert str(error) == f"127.0.0.1:{server.port} cannot be reached: nothing listens there"
        many = refused(player(host="localhost"))
        assert "cannot be reached: no" in str(many), "it has two addresses, or one"
        unknown = refused(player(host="may.khong-co.invalid"))
        assert "cannot be reached: the network does not know this name" in str(unknown)
        assert endpoint_of(player()) == f"127.0.0.1:{server.port}"

    def test_a_network_that_falls_silent_is_given_up_in_time_and_used_again_when_it_is_back(
        self, server: SshServer, player: Callable[..., SftpBackend]
    ) -> None:
        with proxy(server.port) as between:
            backend = player(port=between.port, timeout=2)
            backend.check()
            between.silent.set()
            error = refused(backend)
            assert "did not answer within 2 seconds" in str(error)
            assert not error.permanent
            assert error.retry_after is None, "who is silent is not there"
            between.silent.clear()
            between.cut()
            backend.deliver(programme(("tin", b"1")), slot())
            backend.close()
        assert lying(server) == wanted(programme(("tin", b"1")))

    def test_a_line_that_died_unseen_is_not_used_again(
        self, server: SshServer, player: Callable[..., SftpBackend]
    ) -> None:
        """As when a router has forgotten it: nobody says that it is gone."""
        with proxy(server.port) as between:
            backend = player(port=between.port, timeout=2)
            backend.check()
            between.mute()
            assert "did not answer" in str(refused(backend))
            backend.deliver(programme(("tin", b"1")), slot())
            backend.close()
        assert lying(server) == wanted(programme(("tin", b"1")))

    def test_a_folder_that_is_not_there_or_closed(
        self, server: SshServer, player: Callable[..., SftpBackend]
    ) -> None:
        backend = player()
        backend._places = Places(f"{server.files}/chua-co/{{cluster}}")
        with pytest.raises(ChannelError, match="chua-co is not on the server: make it there"):
            backend.check()
        error = refused(backend)
        assert error.retry_after == timedelta(minutes=5)
        assert lying(server) == {}

    def test_a_permission_that_is_missing_is_told_with_its_place(
        self, server: SshServer, player: Callable[..., SftpBackend], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.kill()
        server.start(subsystem="internal-sftp -R")
        error = refused(player())
        assert f"no permission to write {server.files}/cum-1" in str(error)
        assert error.retry_after is not None, "the machine answers; a person there must act"
        assert not error.permanent

    def test_a_file_in_the_way_is_told(
        self, server: SshServer, player: Callable[..., SftpBackend]
    ) -> None:
        (server.files / "cum-1").write_text("một tệp")
        error = refused(player())
        assert not error.permanent
        assert "cannot be written or read" in str(error)

    def test_a_file_that_is_not_what_its_hash_says_never_gets_its_name(
        self, server: SshServer, player: Callable[..., SftpBackend], tmp_path: Path
    ) -> None:
        stored = tmp_path / "stored"
        stored.write_bytes(b"hong")
        name = f"{DAY}/0500-routine-tin.mp3"
        made = programme()
        spoilt = File(name, "audio/mpeg", "0" * 64, 4, stored)
        with pytest.raises(ChannelError, match="damaged") as caught:
            player().deliver(Artifact((spoilt, *made.files)), slot())
        assert caught.value.permanent
        assert set(lying(server)) == {f"cum-1/{DAY}/.0500.removing"}

    def test_a_file_that_cannot_be_read_here_says_nothing_against_the_server(
        self, player: Callable[..., SftpBackend], tmp_path: Path
    ) -> None:
        gone = File(f"{DAY}/0500-routine-tin.mp3", "audio/mpeg", "0" * 64, 4, tmp_path / "gone")
        with pytest.raises(ChannelError) as caught:
            player().deliver(Artifact((gone, *programme().files)), slot())
        assert caught.value.retry_after is not None

    @pytest.mark.parametrize("target", ["..", "a/b", "/etc", ""])
    def test_a_target_that_is_no_plain_id_is_refused_for_good(
        self, server: SshServer, player: Callable[..., SftpBackend], target: str
    ) -> None:
        assert refused(player(), target).permanent
        assert lying(server) == {}


def test_a_full_disk_is_told_and_what_had_no_room_goes_when_there_is_some(
    tmp_path: Path, in_english: None
) -> None:
    with ssh_server(tmp_path, disk="3m") as server:
        account = SftpAccount(
            "may-chu",
            "127.0.0.1",
            server.user,
            port=server.port,
            key_file=server.key,
            host_keys=(server.fingerprint,),
        )
        backend = SftpBackend(account, places=Places(str(server.files)))
        old, new = (
            programme(("tin", noise(100_000))),
            programme(("lu", BIG[: 2 * PIECE]), version=2),
        )
        try:
            backend.deliver(old, slot())
            ballast = server.seen / "day-o-dia"
            ballast.write_bytes(bytes(2 * PIECE))
            with pytest.raises(ChannelError, match="the disk is full") as got:
                backend.deliver(new, slot(version=2))
            assert got.value.retry_after == timedelta(minutes=5)
            assert not got.value.permanent
            there = files_below(server.seen)
            assert wanted(old).items() <= there.items(), "what was there still plays"
            ballast.unlink()
            backend.deliver(new, slot(version=2))
            assert files_below(server.seen) == wanted(new)
        finally:
            backend.close()


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


def test_who_waits_for_a_server_can_be_interrupted(
    server: SshServer, player: Callable[..., SftpBackend]
) -> None:
    """As a time limit or a shutdown does it: from another thread, while this one waits."""
    with proxy(server.port) as between:
        backend = player(port=between.port, timeout=60)
        backend.check()
        loop = backend._loop._started()

        def at_work() -> int:
            return sum("_on_shelf" in repr(task.get_coro()) for task in asyncio.all_tasks(loop))

        between.silent.set()
        ended: list[BaseException] = []

        def wait() -> None:
            try:
                backend.deliver(programme(("tin", b"1")), slot())
            except (KeyboardInterrupt, ChannelError) as error:
                ended.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        wait_until(lambda: at_work() == 1, "something to be asked")
        assert ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(waiting.ident or 0), ctypes.py_object(KeyboardInterrupt)
        )
        waiting.join(timeout=10)
        assert [type(error) for error in ended] == [KeyboardInterrupt]
        wait_until(lambda: at_work() == 0, "what was begun to be cancelled", patience=10)
        backend.close()


def test_what_is_closed_leaves_nothing_and_opens_again(
    server: SshServer, player: Callable[..., SftpBackend]
) -> None:
    backend = player()
    before = threading.active_count()
    backend.check()
    assert threading.active_count() > before
    backend.close()
    assert threading.active_count() == before
    wait_until(lambda: server.lines() == 0, "the line to be closed")
    backend.check()
