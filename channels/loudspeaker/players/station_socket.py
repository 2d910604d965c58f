"""One question to a station script, through the socket of its command server."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

from channels.base import ChannelError
from engine.i18n import gettext as _
from engine.i18n import os_reason

#: Seconds that the script may take; it answers within milliseconds.
_PATIENCE = 5.0

#: What ends every answer, and the longest one: two hundred plays of a few hundred bytes each.
_END = b"\nEND\n"
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
    """Read until the script hangs up. Raises OSError for an answer that has no end."""
    received = bytearray()
    while piece := connection.recv(65536):
        received += piece
        if len(received) > _LONGEST:
            break
    answer, end, _rest = b"\n".join([b"", *bytes(received).splitlines(), b""]).partition(_END)
    if not end:
        raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
    return answer.decode(errors="replace").strip("\n")


def _silent(cluster: str, path: Path, reason: str) -> ChannelError:
    message = _("the station of {cluster} does not answer at {place}: {reason}")
    return ChannelError(message.format(cluster=cluster, place=path, reason=reason))
