"""The witness's process: ``python -m channels.loudspeaker.proof.witness_helper``.

Speaks what it reads from standard input, with espeak-ng's own word of where each word begins,
and ends. Each sentence is spoken by a fork of the silent process, as the voice itself does it,
so that the same sentence gives the same sound.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys

from channels.helping.pipes import frame
from channels.loudspeaker.speech.espeak_helper import VOLUME, WORDS_PER_MINUTE

_SYNCHRONOUS = 2
_NO_EXIT = 0x8000
_RATE_PARAMETER, _VOLUME_PARAMETER = 1, 2
_UTF8 = 1
_NO_EVENT, _WORD_EVENT = 0, 1


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of espeak-ng's speak_lib.h; ``sample`` counts from the sentence's start.

    ``position`` and ``length`` are in characters; the first one is 1.
    """

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("milliseconds", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("identifier", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class _Speaker:
    """The library, silent until it is forked."""

    def __init__(self, voice: str) -> None:
        import espeakng_loader

        self._voice = voice.encode()
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _NO_EXIT)
        if self.rate <= 0:
            sys.exit(f"espeak-ng: {data.decode()}")
        self._chunks: list[bytes] = []
        self._words: list[tuple[int, int, int]] = []
        # The library keeps the address only: the callback lives as long as this object.
        self._callback = _Callback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str) -> tuple[list[tuple[int, int, int]], bytes]:
        """Return (position, length, first sample) of each word, and the sound."""
        if self._library.espeak_SetVoiceByName(self._voice) != 0:
            sys.exit(f"espeak-ng: {self._voice.decode()}")
        # Choosing a voice resets the rate, so it comes after.
        self._library.espeak_SetParameter(_RATE_PARAMETER, WORDS_PER_MINUTE, 0)
        self._library.espeak_SetParameter(_VOLUME_PARAMETER, VOLUME, 0)
        written = text.encode()
        self._library.espeak_Synth(written, len(written) + 1, 0, 1, 0, _UTF8, None, None)
        return self._words, b"".join(self._chunks)

    def _take(
        self, wave: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]
    ) -> int:
        if count > 0:
            self._chunks.append(ctypes.string_at(wave, count * 2))
        number = 0
        while (event := events[number]).type != _NO_EVENT:
            if event.type == _WORD_EVENT:
                self._words.append((event.position - 1, event.length, event.sample))
            number += 1
        return 0


def main() -> None:
    """Answer with two frames for each text: JSON with its words, and its sound."""
    # The library may print: what it prints must not land among the answers.
    pipe = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    request = json.load(sys.stdin)
    speaker = _Speaker(request["voice"])
    for text in request["texts"]:
        child = os.fork()
        if not child:
            _answer(speaker, text, pipe)
        if os.waitpid(child, 0)[1]:
            sys.exit(1)


def _answer(speaker: _Speaker, text: str, pipe: int) -> None:
    code = 1
    try:
        try:
            words, sound = speaker.say(text)
        except SystemExit as error:
            os.write(sys.stderr.fileno(), str(error).encode())
            return
        told = json.dumps({"rate": speaker.rate, "words": words}).encode()
        view = memoryview(frame(told) + frame(sound))
        while view:
            view = view[os.write(pipe, view) :]
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
