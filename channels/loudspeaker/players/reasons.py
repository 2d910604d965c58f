"""Why something was not heard: players say it by a word of their own, people read a sentence."""

from __future__ import annotations

from dataclasses import replace

from engine.i18n import gettext as _
from engine.models import Play


def in_words(play: Play) -> Play:
    """Return a play whose reason is a sentence, where it is a word that is known."""
    reasons = {
        "emergency": _("cut off by an emergency; it is said again, whole"),
        "stopped": _("the station stopped while it was on air"),
        "stream": _("the connection to Icecast was lost"),
        "late": _("it came too late to begin"),
        "damaged": _("the sound ended before its time"),
        "unreadable": _("the sound could not be read"),
        "player": _("the program that plays sounds ended with a fault"),
    }
    return replace(play, reason=reasons.get(play.reason, play.reason))
