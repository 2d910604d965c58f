"""Keeps what libsndfile's MP3 decoder says of a broken file off the screen.

libmpg123 writes its notes to the process's standard error by itself, in English, and libsndfile
has no switch for it. What is wrong with a file, Loa says in words of its own.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import BinaryIO, Final

_STDERR: Final = 2
#: What libmpg123 writes: "Note: Trying to resync...", "[src/libmpg123/parse.c:…] error: …".
_NOTE: Final = re.compile(rb"(?:Note: |\[?[\w/]*libmpg123/|\s*Warning: ).*(?:\n|\Z)", re.MULTILINE)


class _Hush:
    """One for the process, as standard error is; what others wrote meanwhile is handed on."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._screen = -1
        self._caught: BinaryIO | None = None

    def begin(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside > 1:
                return
            with suppress(OSError):  # no standard error, as in a service without one
                screen = os.dup(_STDERR)
                self._caught = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (closed by end)
                os.dup2(self._caught.fileno(), _STDERR)
                self._screen = screen

    def end(self) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside or self._caught is None:
                return
            caught, self._caught = self._caught, None
            os.dup2(self._screen, _STDERR)
            os.close(self._screen)
            with caught:
                caught.seek(0)
                others = _NOTE.sub(b"", caught.read())
        if others:
            with suppress(OSError):
                os.write(_STDERR, others)


_HUSH: Final = _Hush()


@contextmanager
def hushed() -> Iterator[None]:
    """Decode within this; lines that others write to standard error meanwhile come out after."""
    _HUSH.begin()
    try:
        yield
    finally:
        _HUSH.end()
