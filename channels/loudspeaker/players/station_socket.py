"""One question to a station script, through the socket of its command server."""

from __future__ import annotations

import socket
from pathlib import Path

from channels.base import ChannelError
from engine.i18n import gettext as _
from engine.i18n import os_reason

#: Seconds that the script may take; it answers within milliseconds.
_PATIENCE = 5.0

#: What ends every answer, and the longest one: two hundred plays of a few hundred bytes each.
_END = b"\nEND\r\n"
_LONGEST = 4 * 1024 * 1024


def ask(path: Path, command: str, cluster: str) -> str:
    """Return the answer to one command. Raises a temporary ChannelError when there is none."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_PATIENCE)
            connection.connect(str(path))
            connection.sendall(f"{command}\nquit\n".encode())
            return _answer(connection)
    except TimeoutError as error:
        raise _silent(cluster, path, _("it takes too long")) from error
    except OSError as error:
        raise _silent(cluster, path, os_reason(error)) from error


def _answer(connection: socket.socket) -> str:
    received = b""
    while _END not in b"\n" + received.replace(b"\r\n", b"\n").replace(b"\nEND\n", _END):
        piece = connection.recv(65536)
        if not piece or len(received) > _LONGEST:
            raise ConnectionResetError(104, "the answer has no end")
        received += piece
    text = received.decode(errors="replace").replace("\r\n", "\n")
    return ("\n" + text).partition("\nEND\n")[0].strip("\n")


def _silent(cluster: str, path: Path, reason: str) -> ChannelError:
    message = _("the station of {cluster} does not answer at {place}: {reason}")
    return ChannelError(message.format(cluster=cluster, place=path, reason=reason))
