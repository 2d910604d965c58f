"""The kind ``sftp`` when lines break, servers die, disks are full and permissions are missing."""

from __future__ import annotations

import asyncio
import ctypes
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from support.commune import files_below
from support.proxy import proxy
from support.redis_server import wait_until
from support.sftp_player import (
    BIG,
    DAY,
    in_english,
    lying,
    noise,
    player,
    programme,
    refused,
    server,
    shared_server,
    slot,
    wanted,
)
from support.ssh_server import SshServer, ssh_server

from channels.base import ChannelError, endpoint_of
from channels.loudspeaker.players.contents import PIECE, part_of
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.players.sftp.account import SftpAccount
from channels.loudspeaker.players.sftp.backend import SftpBackend
from channels.loudspeaker.players.sftp.shelf import Shelf
from engine.models import Artifact, File

__all__ = ["in_english", "player", "server", "shared_server"]


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
            backend = player(port=between.port, timeout=5)
            backend.check()
            between.silent.set()
            error = refused(backend)
            assert "did not answer within 5 seconds" in str(error)
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
            backend = player(port=between.port, timeout=5)
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


def test_who_waits_for_a_server_can_be_interrupted(
    server: SshServer, player: Callable[..., SftpBackend]
) -> None:
    """As a time limit or a shutdown does it: from another thread, while this one waits."""
    with proxy(server.port) as between:
        backend = player(port=between.port, timeout=60)
        backend.check()
        loop = backend._loop._started()

        def at_work() -> int:
            return sum("Loop.run" in repr(task.get_coro()) for task in asyncio.all_tasks(loop))

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
        waiting.join(timeout=60)
        assert [type(error) for error in ended] == [KeyboardInterrupt]
        wait_until(lambda: at_work() == 0, "what was begun to be cancelled")
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
