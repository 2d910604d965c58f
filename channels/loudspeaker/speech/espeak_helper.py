"""The process in which espeak-ng speaks: ``python -m channels.loudspeaker.speech.espeak_helper``.

A process of its own, because the library keeps global state, may crash, and is GPL-3. The same
sentence must give the same sound for ever, but every sentence changes the library's state; so
each is spoken by a fork of the process as it was when it had said nothing.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from types import FrameType
from typing import BinaryIO

from channels.loudspeaker.speech.frames import LENGTH, REFUSED, SOUND, reply

#: Words per minute: about 162 Vietnamese syllables, calm enough for outdoor loudspeakers.
WORDS_PER_MINUTE = 120

#: Of 100; more leaves the loudest syllables no headroom.
VOLUME = 60

#: The sound comes back through the callback before the call returns, in the calling thread.
_SYNCHRONOUS = 2
_NO_EXIT = 0x8000
_RATE_PARAMETER, _VOLUME_PARAMETER = 1, 2
_UTF8 = 1
_PDEATHSIG = 1

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class UnavailableError(Exception):
    """The library or the voice is not there."""


class Voice:
    """The library, loaded and silent."""

    def __init__(self) -> None:
        import espeakng_loader

        try:
            self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        except OSError as error:
            raise UnavailableError(f"espeak-ng: {error}") from error
        data = espeakng_loader.get_data_path().encode()
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _NO_EXIT)
        if self._rate <= 0:
            raise UnavailableError(f"espeak-ng: {data.decode()}")
        self._chunks: list[bytes] = []
        # The library keeps the address only: the callback lives as long as this object.
        self._callback = _Callback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, voice: str) -> tuple[int, bytes]:
        """Return the rate and the sound of ``text``."""
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise UnavailableError(voice)
        # Choosing a voice resets the rate, so it comes after.
        self._library.espeak_SetParameter(_RATE_PARAMETER, WORDS_PER_MINUTE, 0)
        self._library.espeak_SetParameter(_VOLUME_PARAMETER, VOLUME, 0)
        written = text.encode()
        self._library.espeak_Synth(written, len(written) + 1, 0, 1, 0, _UTF8, None, None)
        return self._rate, b"".join(self._chunks)

    def _take(self, wave: ctypes._Pointer[ctypes.c_short], count: int, _events: int) -> int:
        if count > 0:
            self._chunks.append(ctypes.string_at(wave, count * 2))
        return 0


def serve(parent: int, requests: BinaryIO, replies: int) -> None:
    """Answer requests until the pipe closes or ``parent`` is gone."""
    _die_with(parent)
    try:
        voice: Voice | None = Voice()
        trouble = ""
    except UnavailableError as error:
        voice, trouble = None, str(error)
    while header := requests.read(LENGTH.size):
        request = json.loads(requests.read(LENGTH.unpack(header)[0]))
        if voice is None:
            _write(replies, reply(REFUSED, 0, trouble.encode()))
        elif not _speak_in_a_fork(voice, request, replies):
            # Half a reply may be in the pipe: only a new helper makes a clean one.
            sys.exit(1)


def _speak_in_a_fork(voice: Voice, request: dict[str, str], replies: int) -> bool:
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    code = 1
    try:
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
        try:
            _write(replies, reply(SOUND, *voice.say(request["text"], request["voice"])))
        except UnavailableError as error:
            _write(replies, reply(REFUSED, 0, str(error).encode()))
        code = 0
    finally:
        os._exit(code)


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


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


if __name__ == "__main__":
    # The library may print: what it prints must not land among the replies.
    pipe = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(int(sys.argv[1]), sys.stdin.buffer, pipe)
