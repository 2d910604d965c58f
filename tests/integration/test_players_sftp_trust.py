"""The kind ``sftp``: which machine it trusts, and who it says that it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from support.commune import files_below
from support.sftp_player import (
    BIG,
    in_english,
    lying,
    player,
    programme,
    refused,
    server,
    shared_server,
    slot,
    wanted,
)
from support.ssh_server import SshServer

from channels.base import ChannelError
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.players.sftp.account import SftpAccount
from channels.loudspeaker.players.sftp.backend import SftpBackend
from channels.loudspeaker.players.sftp.loop import Loop

__all__ = ["in_english", "player", "server", "shared_server"]


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
