"""gTTS: Google's online voice, by name ``gtts``. Sends the text to Google; needs the internet."""

from __future__ import annotations

import base64
import binascii
import io
import re
from typing import Any

import httpx
import numpy as np
import soundfile
from gtts import gTTS

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import Pcm
from engine.i18n import gettext as _

#: Seconds to connect, and to wait for an answer.
_TIMEOUT = httpx.Timeout(15.0, connect=5.0)

_SOUND = re.compile(r'jQ1olc","\[\\"([A-Za-z0-9+/=]*)\\"\]')


class GttsEngine:
    """Google's voice, a request per hundred characters.

    gTTS builds the requests; they are sent from here, because gTTS does not check the far
    side's certificate, and somebody in between must not choose what a village hears.
    """

    name = "gtts"
    identity = "translate"

    def say(self, sentence: str, voice: str) -> Pcm:
        request = gTTS(sentence, lang=voice.split("-")[0], lang_check=False, pre_processor_funcs=[])
        try:
            # gTTS offers the address and the headers of its requests in no other way.
            heard = [self._spoken(part) for part in request._prepare_requests()]
        except httpx.HTTPError as error:
            raise ChannelError(
                _("Google's voice cannot be reached: {reason}").format(reason=error)
            ) from error
        except (binascii.Error, soundfile.LibsndfileError, AssertionError) as error:
            raise ChannelError(_("Google's voice answered without sound.")) from error
        return Pcm(np.concatenate([part.samples for part in heard]), heard[0].rate)

    def close(self) -> None:
        """Nothing is held between two sentences."""

    @staticmethod
    def _spoken(request: Any) -> Pcm:
        """Send one of gTTS's requests and return the sound in the answer."""
        answer = httpx.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            content=request.body,
            timeout=_TIMEOUT,
        )
        answer.raise_for_status()
        mp3 = b"".join(base64.b64decode(found) for found in _SOUND.findall(answer.text))
        samples, rate = soundfile.read(io.BytesIO(mp3), dtype="int16", always_2d=True)
        return Pcm(np.ascontiguousarray(samples[:, 0]), rate)
