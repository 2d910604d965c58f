"""The side of a speech helper that answers: one request, one reply, until nobody asks any more.

The same sentence must give the same sound for ever, but every sentence changes a library's
state; so each is spoken by a fork of the process as it was when it had said nothing.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
from io import FileIO
from types import FrameType
from typing import Protocol

from channels.helping.pipes import request_in, write_all
from channels.loudspeaker.speech.frames import FAILED, REFUSED, SOUND, reply

_PDEATHSIG = 1

Request = dict[str, str]


class UnavailableError(Exception):
    """The library or the voice is not there, and trying again gives the same."""


class Speaker(Protocol):
    """A library that speaks."""

    def get_ready(self, request: Request) -> None:
        """Load what the request needs, in the process that stays. Raises UnavailableError."""
        ...

    def say(self, request: Request) -> tuple[int, bytes]:
        """Return rate and sound, in a fork. Raises UnavailableError, or whatever went wrong."""
        ...


def main(speaker: Speaker) -> None:
    """Serve a parent over standard input and output, as ``helpers.Helper`` starts this."""
    # The library may print: what it prints must not land among the replies.
    pipe = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    parent, idle = sys.argv[1:3]
    # Unbuffered: what lies in a buffer does not wake up who waits for the pipe.
    with FileIO(sys.stdin.fileno(), "rb", closefd=False) as requests:
        serve(speaker, int(parent), float(idle), requests, pipe)


def serve(
    speaker: Speaker, parent: int, idle_seconds: float, requests: FileIO, replies: int
) -> None:
    """Answer until the pipe closes, nobody asked for ``idle_seconds``, or ``parent`` is gone."""
    _die_with(parent)
    while select.select([requests], [], [], idle_seconds)[0]:
        asked = request_in(requests)
        if not asked:
            return
        request: Request = json.loads(asked)
        try:
            speaker.get_ready(request)
        except UnavailableError as error:
            write_all(replies, reply(REFUSED, 0, str(error).encode()))
        else:
            if not _speak_in_a_fork(speaker, request, replies):
                # Half a reply may be in the pipe: only a new helper makes a clean one.
                sys.exit(1)


def _speak_in_a_fork(speaker: Speaker, request: Request, replies: int) -> bool:
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    code = 1
    try:
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
        write_all(replies, _answer(speaker, request))
        code = 0
    finally:
        os._exit(code)


def _answer(speaker: Speaker, request: Request) -> bytes:
    try:
        return reply(SOUND, *speaker.say(request))
    except UnavailableError as error:
        return reply(REFUSED, 0, str(error).encode())
    except Exception as error:  # noqa: BLE001 - whoever asked tells a person
        return reply(FAILED, 0, f"{type(error).__name__}: {error}".encode())


def _die_with(parent: int) -> None:
    """Look each second whether ``parent`` is still there.

    A closed pipe is not enough: a process that the parent forked may hold its other end. And
    the kernel's parent-death signal also fires when only the thread that started us ends.
    """

    def look(_signal: int, _frame: FrameType | None) -> None:
        if os.getppid() != parent:
            os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)
