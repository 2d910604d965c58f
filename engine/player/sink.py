"""Where sound goes: an audio command of the machine's, or nowhere for as long as it would last."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from engine.errors import LoaError
from engine.i18n import gettext as _

#: What stands for the sound's path in a command.
FILE = "{file}"

#: Commands by name. Each plays one file, shows nothing, and ends when the sound does.
KNOWN = {
    "mpv": ("mpv", "--no-config", "--no-video", "--no-terminal", "--", FILE),
    "ffplay": ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error", "-i", FILE),
    "mpg123": ("mpg123", "--quiet", FILE),
    "aplay": ("aplay", "--quiet", FILE),
}

#: The name of the sink that makes no sound.
NULL = "null"

#: Seconds that a command gets to end when it is asked to, before it is killed.
GRACE = 0.5


class Playing(Protocol):
    """One sound on air."""

    def result(self) -> str | None:
        """Return None while it plays, "" when it ended by itself, else why it failed."""
        ...

    def stop(self) -> None:
        """End it now; it is silent when this returns."""
        ...


class Sink(Protocol):
    """What makes sounds heard, one at a time."""

    def start(self, sound: Path, seconds: float) -> Playing:
        """Let ``sound`` be heard, which lasts ``seconds``. Raises OSError."""
        ...


class NullSink:
    """Makes no sound, and takes as long as the sound would."""

    def __init__(self, counter: Callable[[], float]) -> None:
        self._counter = counter

    def start(self, sound: Path, seconds: float) -> Playing:
        return _Silence(self._counter, self._counter() + seconds)


class _Silence:
    def __init__(self, counter: Callable[[], float], end: float) -> None:
        self._counter, self._end = counter, end

    def result(self) -> str | None:
        return "" if self._counter() >= self._end else None

    def stop(self) -> None:
        return None


class CommandSink:
    """Runs one command for each sound, as a list of arguments and never through a shell.

    ``ended`` is called when a command has ended, from a thread of its own. The command dies
    with the player, also when that is killed: two voices at once are worse than silence.
    """

    def __init__(self, command: Sequence[str], ended: Callable[[], None] = lambda: None) -> None:
        setpriv = shutil.which("setpriv")
        self._before = (setpriv, "--pdeathsig", "KILL", "--") if setpriv else ()
        self._command = tuple(command)
        self._ended = ended

    def start(self, sound: Path, seconds: float) -> Playing:
        filled = [part.replace(FILE, str(sound)) for part in self._command]
        process = subprocess.Popen(  # noqa: S603 - the installer's own command, as a list
            [*self._before, *filled],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        return _Command(process, self._ended)


class _Command:
    """A running command, and a thread that waits for its end."""

    def __init__(self, process: subprocess.Popen[bytes], ended: Callable[[], None]) -> None:
        self._process = process
        self._ended = ended
        self._said = b""
        self._waiter = threading.Thread(target=self._wait, name="audio", daemon=True)
        self._waiter.start()

    def _wait(self) -> None:
        stream = self._process.stderr
        if stream is not None:
            with stream:
                while piece := stream.read1(4096):  # type: ignore[attr-defined]  # a BufferedReader
                    self._said = (self._said + piece)[-4096:]
        self._process.wait()
        self._ended()

    def result(self) -> str | None:
        status = self._process.poll()
        if status is None:
            return None
        if status == 0:
            return ""
        self._waiter.join(timeout=GRACE)
        lines = self._said.decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        message = _("the audio command ended with status {status}: {said}")
        return message.format(status=status, said=last[:200])

    def stop(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            # To its whole group: a command may have started others.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=GRACE)
        self._waiter.join(timeout=GRACE)


def command_of(words: str) -> tuple[str, ...]:
    """Return the arguments of a command: one of KNOWN by its name, or written out with {file}.

    Raises LoaError for one that names no file, or that this machine does not have.
    """
    try:
        given = KNOWN.get(words.strip()) or tuple(shlex.split(words))
    except ValueError:
        message = _("audio command “{words}”: its quotation marks do not pair")
        raise LoaError(message.format(words=words)) from None
    if not any(FILE in part for part in given):
        message = _("audio command “{words}”: allowed: {known}, or a command with {{file}} in it")
        known = ", ".join((*KNOWN, NULL))
        raise LoaError(message.format(words=words, known=known))
    if shutil.which(given[0]) is None:
        message = _("audio command “{words}”: this machine has no program “{program}”")
        raise LoaError(message.format(words=words, program=given[0]))
    return given
