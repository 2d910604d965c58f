"""The process in which espeak-ng speaks: ``python -m channels.loudspeaker.speech.espeak_helper``.

A process of its own, because the library keeps global state, may crash, and is GPL-3.
"""

from __future__ import annotations

import ctypes

from channels.loudspeaker.speech.serving import Request, UnavailableError, main

#: Words per minute: about 162 Vietnamese syllables, calm enough for outdoor loudspeakers.
WORDS_PER_MINUTE = 120

#: Of 100; more leaves the loudest syllables no headroom.
VOLUME = 60

#: The sound comes back through the callback before the call returns, in the calling thread.
_SYNCHRONOUS = 2
_NO_EXIT = 0x8000
_RATE_PARAMETER, _VOLUME_PARAMETER = 1, 2
_UTF8 = 1

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class EspeakSpeaker:
    """The library, loaded with the first request and silent until it is forked."""

    def __init__(self) -> None:
        self._library: ctypes.CDLL | None = None
        self._rate = 0
        self._chunks: list[bytes] = []
        # The library keeps the address only: the callback lives as long as this object.
        self._callback = _Callback(self._take)

    def get_ready(self, request: Request) -> None:
        if self._library is None:
            self._library = self._loaded()

    def _loaded(self) -> ctypes.CDLL:
        import espeakng_loader

        try:
            library = ctypes.CDLL(espeakng_loader.get_library_path())
        except OSError as error:
            raise UnavailableError(f"espeak-ng: {error}") from error
        data = espeakng_loader.get_data_path().encode()
        self._rate = library.espeak_Initialize(_SYNCHRONOUS, 0, data, _NO_EXIT)
        if self._rate <= 0:
            raise UnavailableError(f"espeak-ng: {data.decode()}")
        library.espeak_SetSynthCallback(self._callback)
        return library

    def say(self, request: Request) -> tuple[int, bytes]:
        assert self._library is not None
        self._chunks.clear()
        if self._library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
            raise UnavailableError(request["voice"])
        # Choosing a voice resets the rate, so it comes after.
        self._library.espeak_SetParameter(_RATE_PARAMETER, WORDS_PER_MINUTE, 0)
        self._library.espeak_SetParameter(_VOLUME_PARAMETER, VOLUME, 0)
        written = request["text"].encode()
        self._library.espeak_Synth(written, len(written) + 1, 0, 1, 0, _UTF8, None, None)
        return self._rate, b"".join(self._chunks)

    def _take(self, wave: ctypes._Pointer[ctypes.c_short], count: int, _events: int) -> int:
        if count > 0:
            self._chunks.append(ctypes.string_at(wave, count * 2))
        return 0


if __name__ == "__main__":
    main(EspeakSpeaker())
