"""The witness: speaks every sentence once more, by itself, and says where each word is.

Against it a voice's own sounds are held: a voice that leaves out a word, says another sentence
or nothing at all is found out although the file holds exactly what the voice gave.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from channels.base import ChannelError
from channels.helping.pipes import LENGTH
from channels.loudspeaker.audio.pcm import Pcm
from engine.i18n import gettext as _

_HELPER = (sys.executable, "-P", "-m", "channels.loudspeaker.proof.witness_helper")

#: How often a batch is asked for before the item waits for its next attempt.
_ATTEMPTS = 2
#: What a helper may take: to start, on a machine busy with other work, and for each sentence.
_FIRST_SECONDS = 30.0
_SENTENCE_SECONDS = 0.5
#: Accounts kept in memory; one takes about 2 kB.
_KEPT = 4_096


@dataclass(frozen=True, slots=True)
class Account:
    """What the witness says of a sentence.

    ``sha256`` is of its sound's samples; ``words`` are (position in the text, length, seconds
    from the sentence's beginning).
    """

    sha256: str
    words: tuple[tuple[int, int, float], ...]

    def places(self, text: str) -> list[tuple[str, float]]:
        """Return the words as they stand in ``text``, each with its beginning in seconds."""
        return [(text[at : at + length], start) for at, length, start in self.words]

    def unsaid(self, text: str) -> list[str]:
        """Return the words of ``text`` at which the witness heard nothing begin."""
        begun = [at for at, _length, _start in self.words]
        return [
            word
            for at, word in _words(text)
            if not any(at <= start < at + len(word) for start in begun)
        ]


class Witness:
    """espeak-ng in a process of its own for each batch of sentences.

    ``time_limit`` is the most seconds for a batch, less for a small one: four minutes of speech
    take a third of a second.
    """

    def __init__(self, *, time_limit: float = 120.0, command: Sequence[str] = _HELPER) -> None:
        self._time_limit = time_limit
        self._command = command
        self._guard = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Account] = OrderedDict()

    def hear(self, texts: Iterable[str], voice: str) -> dict[str, Account]:
        """Return an account of each text. Raises ChannelError, temporary, if there is none."""
        wanted = list(dict.fromkeys(texts))
        with self._guard:
            known = {text: self._kept.get((voice, text)) for text in wanted}
        new = [text for text, account in known.items() if account is None]
        said = {text: account for text, account, _sound in self._spoken(new, voice)}
        with self._guard:
            for text, account in said.items():
                self._kept[voice, text] = account
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return {text: kept for text, kept in known.items() if kept is not None} | said

    def speak(self, text: str, voice: str) -> Pcm:
        """Return the sound of a sentence. Raises ChannelError, temporary."""
        ((_text, _account, sound),) = self._spoken([text], voice)
        return sound

    def _spoken(self, texts: Sequence[str], voice: str) -> Iterator[tuple[str, Account, Pcm]]:
        if not texts:
            return
        answer = memoryview(self._asked(texts, voice))
        for text in texts:
            told, answer = _frame(answer)
            sound, answer = _frame(answer)
            about = json.loads(bytes(told))
            rate = int(about["rate"])
            words = tuple((at, length, sample / rate) for at, length, sample in about["words"])
            samples = np.frombuffer(sound, dtype="<i2")
            yield text, Account(fingerprint(samples), words), Pcm(samples, rate)

    def _asked(self, texts: Sequence[str], voice: str) -> bytes:
        """Return the helper's answer. One that hangs is killed; either way another is asked."""
        request = {"voice": voice, "texts": [text.lower() for text in texts]}
        reason = ""
        for _attempt in range(_ATTEMPTS):
            try:
                done = self._ask(json.dumps(request).encode(), len(texts))
            except subprocess.TimeoutExpired as error:
                reason = _("no answer within {seconds} seconds").format(
                    seconds=f"{error.timeout:g}"
                )
                continue
            except OSError as error:
                raise _silent(str(error)) from error
            if not done.returncode:
                return done.stdout
            reason = done.stderr.decode(errors="replace").strip()[-200:] or _(
                "it ended unexpectedly ({code})"
            ).format(code=done.returncode)
        raise _silent(reason)

    def _ask(self, request: bytes, count: int) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(  # noqa: S603 - our own module, no shell
            self._command,
            input=request,
            capture_output=True,
            timeout=min(self._time_limit, _FIRST_SECONDS + count * _SENTENCE_SECONDS),
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )


def fingerprint(samples: np.typing.NDArray[np.int16]) -> str:
    """Return the SHA-256 of a sound's samples."""
    return hashlib.sha256(samples.astype("<i2", copy=False).tobytes()).hexdigest()


def _frame(answer: memoryview) -> tuple[memoryview, memoryview]:
    length = LENGTH.unpack_from(answer)[0]
    return answer[LENGTH.size : LENGTH.size + length], answer[LENGTH.size + length :]


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Yield each word that has a letter, and its position in the text."""
    at = 0
    for word in text.split():
        at = text.index(word, at)
        if any(map(str.isalpha, word)):
            yield at, word
        at += len(word)


def _silent(reason: str) -> ChannelError:
    return ChannelError(
        _("The proof could not be made, its own voice does not speak: {reason}").format(
            reason=reason
        )
    )
