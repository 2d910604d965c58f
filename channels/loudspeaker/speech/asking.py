"""Asking a helper for one sentence, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from channels.base import ChannelError
from channels.helping.pool import Bounds, HelperError, Helpers
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.frames import (
    FAILED,
    KIND,
    MAX_REPLY,
    MAX_REQUEST,
    REFUSED,
    SOUND,
)
from engine.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Asked:
    """One sentence for a helper. ``request`` is what it reads, ``needs`` what it must load."""

    engine: str
    voice: str
    sentence: str
    request: Mapping[str, str]
    needs: str = ""


def speaking(seconds: float) -> Bounds:
    """Return what a helper that speaks may take: ``seconds`` for a sentence."""
    return Bounds(seconds, MAX_REQUEST, MAX_REPLY)


def spoken(helpers: Helpers, asked: Asked) -> Pcm:
    """Return the sound of a sentence.

    Raises ChannelError: permanent when the voice or the library is not there, else temporary
    when the helper failed twice or could not speak this sentence.
    """
    try:
        answer = helpers.ask(asked.request, asked.needs)
    except HelperError as error:
        raise _failed(asked, str(error)) from error
    if len(answer) < KIND.size:
        raise _failed(asked, _("it answered nonsense"))
    kind, rate = KIND.unpack_from(answer)
    payload = answer[KIND.size :]
    if kind == SOUND and len(payload) % 2 == 0:
        return Pcm(np.frombuffer(payload, dtype="<i2"), rate)
    reason = payload.decode(errors="replace")
    if kind == REFUSED:
        raise ChannelError(
            _("{engine} cannot use the voice “{voice}” here: {reason}").format(
                engine=asked.engine, voice=asked.voice, reason=reason
            ),
            permanent=True,
        )
    raise _failed(asked, reason if kind == FAILED else _("it answered nonsense"))


def _failed(asked: Asked, reason: str) -> ChannelError:
    return ChannelError(
        _("The voice engine fails on “{text}”: {reason}").format(text=asked.sentence, reason=reason)
    )
