"""A server as it is set, and the one line to it that all its clusters share.

asyncssh is imported by those who send: loading it starts a process that looks for libraries.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from channels.base import ChannelError
from channels.loudspeaker.players.sftp.account import SftpAccount
from engine.i18n import gettext as _
from engine.i18n import os_reason

#: Seconds of silence after which the line is asked whether it still stands, and how often.
_KEEPALIVE, _KEEPALIVES = 15, 2

if TYPE_CHECKING:
    from asyncssh import SFTPClient, SSHClientConnection, SSHKey


class Line:
    """One connection to a server; it is opened by the first who needs it, and again if it broke.

    Everything here runs on one event loop.
    """

    def __init__(self, account: SftpAccount) -> None:
        self._account = account
        self._opening = asyncio.Lock()
        self._connection: SSHClientConnection | None = None
        self._sftp: SFTPClient | None = None
        self.opened = 0

    async def sftp(self) -> SFTPClient:
        """Return the open line. Raises ChannelError that says what a person must do."""
        async with self._opening:
            if self._sftp is None or self._connection is None or self._connection.is_closed():
                await self._drop()
                self._sftp = await self._open()
                self.opened += 1
            return self._sftp

    async def drop(self) -> None:
        """Close the line; the next who needs it opens another."""
        async with self._opening:
            await self._drop()

    async def _drop(self) -> None:
        connection, self._connection, self._sftp = self._connection, None, None
        if connection is not None:
            connection.abort()
            with suppress(Exception):  # it may have broken in any way: it is gone
                await asyncio.wait_for(connection.wait_closed(), 1)

    async def _open(self) -> SFTPClient:
        import asyncssh

        account = self._account
        seen: list[str] = []

        class Client(asyncssh.SSHClient):
            """Trusts the keys that are pinned, and nothing else."""

            def validate_host_public_key(
                self, host: str, addr: str, port: int, key: SSHKey
            ) -> bool:
                seen.append(key.get_fingerprint())
                return seen[-1] in account.host_keys

        with told(account, seen):
            async with asyncio.timeout(account.timeout):
                self._connection = await asyncssh.connect(
                    account.host, account.port, client_factory=Client, **_options(account)
                )
                return await self._connection.start_sftp_client(path_encoding="utf-8")


def _options(account: SftpAccount) -> dict[str, Any]:
    """Return what asyncssh is told: nothing that lies about in the user's home counts."""
    return {
        "config": None,
        "known_hosts": _known_hosts(account),
        "username": account.user,
        "password": account.password or None,
        "client_keys": [_key(account)] if account.key_file else [],
        "agent_path": None,
        "gss_auth": False,
        "gss_kex": False,
        "connect_timeout": account.timeout,
        "login_timeout": account.timeout,
        "keepalive_interval": _KEEPALIVE,
        "keepalive_count_max": _KEEPALIVES,
    }


def _known_hosts(account: SftpAccount) -> Any:
    import asyncssh

    if account.known_hosts is None:
        return ([], [], [])
    try:
        return asyncssh.read_known_hosts(str(account.known_hosts))
    except OSError as error:
        message = _("{file} cannot be read: {reason}")
        raise ChannelError(
            message.format(file=account.known_hosts, reason=os_reason(error)), permanent=True
        ) from error
    except ValueError as error:
        message = _("{file} is no list of known hosts")
        raise ChannelError(message.format(file=account.known_hosts), permanent=True) from error


def _key(account: SftpAccount) -> SSHKey:
    import asyncssh

    try:
        return asyncssh.read_private_key(str(account.key_file))
    except OSError as error:
        message = _("{file} cannot be read: {reason}")
        raise ChannelError(
            message.format(file=account.key_file, reason=os_reason(error)), permanent=True
        ) from error
    except asyncssh.KeyImportError as error:
        message = _("{file} is no private key that can be used without a passphrase")
        raise ChannelError(message.format(file=account.key_file), permanent=True) from error


@contextmanager
def told(account: SftpAccount, seen: list[str] | None = None) -> Iterator[None]:
    """Turn what goes wrong on the line into errors that say what a person must do.

    ``seen`` are the fingerprints of keys that the server showed and nobody trusts. Permanent is
    what only a person mends in Loa's settings.
    """
    import asyncssh

    try:
        yield
    except asyncssh.HostKeyNotVerifiable as error:
        raise ChannelError(_stranger(account, seen or []), permanent=True) from error
    except asyncssh.PermissionDenied as error:
        message = _(
            "{endpoint} refuses the user {user}: check user, and password or key_file, in"
            " [players.{player}]"
        )
        raise ChannelError(
            message.format(endpoint=account.endpoint, user=account.user, player=account.player),
            permanent=True,
        ) from error
    except (asyncssh.ChannelOpenError, asyncssh.KeyExchangeFailed) as error:
        message = _("{endpoint} offers no SFTP that Loa can use")
        raise ChannelError(message.format(endpoint=account.endpoint), permanent=True) from error
    except (
        asyncssh.DisconnectError,
        asyncssh.SFTPConnectionLost,
        asyncssh.SFTPNoConnection,
        ConnectionResetError,
        BrokenPipeError,
    ) as error:
        message = _("the line to {endpoint} broke; what is missing there is sent again")
        raise ChannelError(message.format(endpoint=account.endpoint)) from error
    except TimeoutError as error:
        message = _("{endpoint} did not answer within {seconds} seconds")
        raise ChannelError(
            message.format(endpoint=account.endpoint, seconds=account.timeout)
        ) from error
    except OSError as error:
        message = _("{endpoint} cannot be reached: {reason}")
        raise ChannelError(
            message.format(endpoint=account.endpoint, reason=_unreached(error))
        ) from error


def _unreached(error: OSError) -> str:
    """Say why there is no line; of several addresses the machine tells no number."""
    if isinstance(error, socket.gaierror):
        return _("the network does not know this name")
    if error.errno == errno.ECONNREFUSED:
        return _("nothing listens there")
    if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return _("the network has no way to it")
    return _("nobody answers there") if error.errno is None else os_reason(error)


def _stranger(account: SftpAccount, seen: list[str]) -> str:
    """Say that nobody vouches for the key that a server shows."""
    values = {
        "endpoint": account.endpoint,
        "found": ", ".join(seen) or "?",
        "player": account.player,
    }
    if account.host_keys:
        message = _(
            "{endpoint} shows the key {found}, not the one in [players.{player}] host_key: nothing"
            " was sent. Ask who looks after that machine whether its key was changed; only then"
            " write the new one"
        )
    else:
        message = _(
            "{endpoint} shows the key {found}, which is not in the known_hosts of"
            " [players.{player}]: nothing was sent. Ask who looks after that machine whether it is"
            " his; only then write it there, or as host_key"
        )
    return message.format(**values)
