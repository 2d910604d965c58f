"""gTTS: Google's online voice, by name ``gtts``. Sends the text to Google; needs the internet."""

from __future__ import annotations

import base64
import binascii
import io
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import soundfile
from gtts import gTTS
from gtts.lang import tts_langs

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.engine import Cost, Traits, Voice
from engine.hushed import hushed
from engine.i18n import gettext as _

#: Requests at the same time: one listener's browser opens no more.
AT_ONCE = 3

#: Bytes of an answer: a hundred characters are 100 KB at most.
_MAX_ANSWER = 4 * 1024 * 1024

#: Seconds to wait at most because the far side asked for it.
_LONGEST_WAIT = 3600

_SOUND = re.compile(r'jQ1olc","\[\\"([A-Za-z0-9+/=]*)\\"\]')


class GttsEngine:
    """Google's voice, a request per hundred characters.

    gTTS builds the requests; they are sent from here, because gTTS does not check the far
    side's certificate, and somebody in between must not choose what a village hears.
    ``time_limit`` is seconds for one sentence, all its requests included; ``address`` replaces
    Google's own (``https://host``).
    """

    name = "gtts"
    traits = Traits(online=True, cost=Cost.QUOTA, cacheable=True, at_once=AT_ONCE)

    def __init__(
        self,
        *,
        address: str = "",
        time_limit: float = 20.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address.rstrip("/")
        self._time_limit = time_limit
        self._now = now
        self._room = threading.Semaphore(AT_ONCE)

    def voices(self) -> Sequence[Voice]:
        return (Voice("vi", "vi", 24_000, "north"),)

    def missing(self) -> str:
        return ""

    def identity(self, voice: str) -> str:
        return "translate"

    def say(self, sentence: str, voice: str) -> Pcm:
        language = voice.partition("-")[0]
        if language not in tts_langs():
            message = _("Google has no voice “{voice}”")
            raise ChannelError(message.format(voice=voice), permanent=True)
        request = gTTS(sentence, lang=language, lang_check=False, pre_processor_funcs=[])
        with self._turn():
            deadline = self._now() + self._time_limit
            try:
                # gTTS offers the address and the headers of its requests in no other way.
                heard = [self._spoken(part, deadline) for part in request._prepare_requests()]
            except httpx.HTTPError as error:
                raise _out_of_reach(str(error) or type(error).__name__) from error
            except (ValueError, binascii.Error, soundfile.LibsndfileError, AssertionError) as error:
                raise ChannelError(_("Google's voice answered without sound.")) from error
        return Pcm(np.concatenate([part.samples for part in heard]), heard[0].rate)

    def close(self) -> None:
        """Nothing is held between two sentences."""

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until fewer than AT_ONCE are asking, no longer than a sentence may take."""
        if not self._room.acquire(timeout=self._time_limit):
            raise _out_of_reach(_("it took too long"))
        try:
            yield
        finally:
            self._room.release()

    def _spoken(self, request: Any, deadline: float) -> Pcm:
        """Send one of gTTS's requests and return the sound in the answer."""
        mp3 = b"".join(
            base64.b64decode(found) for found in _SOUND.findall(self._answer(request, deadline))
        )
        with hushed():
            samples, rate = soundfile.read(io.BytesIO(mp3), dtype="int16", always_2d=True)
        return Pcm(np.ascontiguousarray(samples[:, 0]), rate)

    def _answer(self, request: Any, deadline: float) -> str:
        """Return the answer's text, all of it before ``deadline``, however slowly it comes."""
        left = max(0.1, deadline - self._now())
        url = self._address + _path(request.url) if self._address else request.url
        with httpx.stream(
            request.method,
            url,
            headers=dict(request.headers),
            content=request.body,
            timeout=httpx.Timeout(left, connect=min(5.0, left)),
        ) as answer:
            if answer.is_error:
                raise _refused(answer)
            parts, size = [], 0
            for part in answer.iter_bytes():
                parts.append(part)
                size += len(part)
                if self._now() > deadline:
                    raise _out_of_reach(_("it took too long"))
                if size > _MAX_ANSWER:
                    raise ValueError("no sentence is as long as this")
            return b"".join(parts).decode("utf-8", errors="replace")


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _refused(answer: httpx.Response) -> ChannelError:
    """Say which status came, and when the far side wants to be asked again, if it says so."""
    wait = answer.headers.get("Retry-After", "")
    asked = min(int(wait), _LONGEST_WAIT) if wait.isascii() and wait.isdecimal() else None
    reason = f"HTTP {answer.status_code} {answer.reason_phrase}".strip()
    return _out_of_reach(reason, timedelta(seconds=asked) if asked is not None else None)


def _out_of_reach(reason: str, retry_after: timedelta | None = None) -> ChannelError:
    message = _("Google's voice cannot be reached: {reason}")
    return ChannelError(message.format(reason=reason), retry_after=retry_after)
