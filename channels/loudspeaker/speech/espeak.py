"""espeak-ng: speaks offline, in a helper process that is replaced when it hangs or crashes."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.espeak_helper import VOLUME, WORDS_PER_MINUTE
from channels.loudspeaker.speech.frames import (
    KIND,
    LENGTH,
    MAX_REPLY,
    MAX_REQUEST,
    REFUSED,
    SOUND,
    frame,
)
from engine.i18n import gettext as _

_HELPER = (sys.executable, "-P", "-m", "channels.loudspeaker.speech.espeak_helper")


class _HelperError(Exception):
    """The helper crashed, or took too long and was killed; the message says which."""


class EspeakEngine:
    """espeak-ng behind one helper process, shared by all threads of this process.

    ``time_limit`` is seconds for one sentence (measured: 0.01 s); a helper that takes longer
    is killed. A sentence is tried twice, the second time by a new helper.
    """

    name = "espeak"
    identity = f"1.52/{WORDS_PER_MINUTE}wpm/{VOLUME}"

    def __init__(self, *, time_limit: float = 20.0, command: Sequence[str] = _HELPER) -> None:
        self._time_limit = time_limit
        self._command = command
        self._lock = threading.Lock()
        self._helper: subprocess.Popen[bytes] | None = None
        self._owner = 0

    @property
    def helper_pid(self) -> int | None:
        """The helper's process id; None while there is none."""
        return self._helper.pid if self._helper else None

    def say(self, sentence: str, voice: str) -> Pcm:
        request = frame(json.dumps({"voice": voice, "text": sentence.lower()}).encode())
        if len(request) > MAX_REQUEST:
            raise ValueError(f"a sentence of {len(sentence)} characters")
        with self._lock:
            try:
                return _understood(self._ask(request), voice)
            except _HelperError:
                self._kill()
            try:
                return _understood(self._ask(request), voice)
            except _HelperError as error:
                self._kill()
                raise ChannelError(
                    _("The voice engine fails on “{text}”: {reason}").format(
                        text=sentence, reason=error
                    )
                ) from error

    def close(self) -> None:
        with self._lock:
            self._kill()

    def _ask(self, request: bytes) -> bytes:
        helper = self._running()
        assert helper.stdin is not None
        assert helper.stdout is not None
        deadline = time.monotonic() + self._time_limit
        try:
            os.write(helper.stdin.fileno(), request)
        except BrokenPipeError as error:
            raise _HelperError(_("it has stopped")) from error
        pipe = helper.stdout.fileno()
        length = LENGTH.unpack(_read(pipe, LENGTH.size, deadline))[0]
        if not KIND.size <= length <= MAX_REPLY:
            raise _HelperError(_("it answered nonsense"))
        return _read(pipe, length, deadline)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._helper and self._owner == os.getpid() and self._helper.poll() is None:
            return self._helper
        self._kill()
        self._owner = os.getpid()
        try:
            self._helper = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [*self._command, str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                # Ctrl-C is for Loa, which finishes its sentence; and a group is killed whole.
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            )
        except OSError as error:
            raise _HelperError(str(error)) from error
        return self._helper

    def _kill(self) -> None:
        """End the helper with all it started, unless a parent of this process owns it."""
        helper, self._helper = self._helper, None
        if helper is None or self._owner != os.getpid():
            return
        if helper.poll() is None:
            os.killpg(helper.pid, signal.SIGKILL)
        helper.communicate()


def _read(pipe: int, size: int, deadline: float) -> bytes:
    """Read exactly ``size`` bytes. Raises _HelperError at the end of the pipe or of the time."""
    data = bytearray()
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    while len(data) < size:
        left = deadline - time.monotonic()
        if left <= 0 or not waiting.poll(left * 1000):
            raise _HelperError(_("it took too long and was stopped"))
        part = os.read(pipe, size - len(data))
        if not part:
            raise _HelperError(_("it has stopped"))
        data += part
    return bytes(data)


def _understood(answer: bytes, voice: str) -> Pcm:
    kind, rate = KIND.unpack_from(answer)
    payload = answer[KIND.size :]
    if kind == SOUND:
        return Pcm(np.frombuffer(payload, dtype="<i2"), rate)
    if kind == REFUSED:
        reason = payload.decode(errors="replace")
        raise ChannelError(
            _("espeak-ng has no voice “{voice}” here: {reason}").format(voice=voice, reason=reason),
            permanent=True,
        )
    raise _HelperError(_("it answered nonsense"))
