"""Asking a helper for one sentence, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.frames import FAILED, KIND, REFUSED, SOUND
from channels.loudspeaker.speech.helpers import HelperError, Helpers
from engine.i18n import gettext as _


def spoken(helpers: Helpers, engine: str, request: Mapping[str, str], needs: str = "") -> Pcm:
    """Return the sound of ``request["text"]`` in ``request["voice"]``.

    Raises ChannelError: permanent when the voice or the library is not there, else temporary
    when the helper failed twice or could not speak this sentence.
    """
    try:
        answer = helpers.ask(request, needs)
    except HelperError as error:
        raise _failed(request, str(error)) from error
    kind, rate = KIND.unpack_from(answer)
    payload = answer[KIND.size :]
    if kind == SOUND and len(payload) % 2 == 0:
        return Pcm(np.frombuffer(payload, dtype="<i2"), rate)
    reason = payload.decode(errors="replace")
    if kind == REFUSED:
        raise ChannelError(
            _("{engine} has no voice “{voice}” here: {reason}").format(
                engine=engine, voice=request["voice"], reason=reason
            ),
            permanent=True,
        )
    raise _failed(request, reason if kind == FAILED else _("it answered nonsense"))


def _failed(request: Mapping[str, str], reason: str) -> ChannelError:
    return ChannelError(
        _("The voice engine fails on “{text}”: {reason}").format(
            text=request["text"], reason=reason
        )
    )
