"""Length-prefixed frames over the pipes between Loa and its helpers."""

from __future__ import annotations

import os
import select
import struct
import time
from io import FileIO

#: Every frame begins with the length of the rest: 4 bytes, little-endian.
LENGTH = struct.Struct("<I")

#: What is written or read at once; a pipe holds 64 KiB unless it is asked for more.
_PART = 1 << 20


class SlowError(Exception):
    """The other end did not do its part before the time was over."""


class ClosedError(Exception):
    """The other end has closed the pipe."""


def frame(body: bytes) -> bytes:
    """Return ``body`` as it goes through the pipe."""
    return LENGTH.pack(len(body)) + body


def send(pipe: int, data: bytes, deadline: float) -> None:
    """Write all of ``data`` to a pipe that never blocks. Raises SlowError, ClosedError.

    ``deadline`` is a moment of ``time.monotonic``.
    """
    view, waiting = memoryview(data), select.poll()
    waiting.register(pipe, select.POLLOUT)
    while view:
        _wait(waiting, deadline)
        try:
            view = view[os.write(pipe, view[:_PART]) :]
        except BlockingIOError:
            continue
        except BrokenPipeError as error:
            raise ClosedError from error


def receive(pipe: int, size: int, deadline: float) -> bytes:
    """Read exactly ``size`` bytes. Raises SlowError, ClosedError."""
    data, waiting = bytearray(), select.poll()
    waiting.register(pipe, select.POLLIN)
    while len(data) < size:
        _wait(waiting, deadline)
        part = os.read(pipe, min(size - len(data), _PART))
        if not part:
            raise ClosedError
        data += part
    return bytes(data)


def request_in(requests: FileIO) -> bytes:
    """Return the next request as a helper reads it; nothing when the pipe has closed."""
    header = _read(requests, LENGTH.size)
    return _read(requests, LENGTH.unpack(header)[0]) if header else b""


def write_all(pipe: int, data: bytes) -> None:
    """Write all of ``data``, however long that takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


def _read(requests: FileIO, size: int) -> bytes:
    """Read exactly ``size`` bytes, or nothing when the pipe has closed."""
    data = bytearray()
    while len(data) < size and (part := requests.read(size - len(data))):
        data += part
    return bytes(data) if len(data) == size else b""


def _wait(waiting: select.poll, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0 or not waiting.poll(left * 1000):
        raise SlowError
