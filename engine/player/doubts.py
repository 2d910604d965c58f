"""What is wrong with a clock, in words."""

from __future__ import annotations

from engine.i18n import gettext as _
from engine.player.timekeeper import Doubt, Standing


def doubt_words(standing: Standing) -> str:
    """Say why the clock is not trusted."""
    seconds = round(abs(standing.offset.total_seconds()))
    words = {
        Doubt.APART: _("the clock is {seconds} s away from the server's: only emergencies play"),
        Doubt.JUMPED: _("the clock was moved by {seconds} s: only emergencies play"),
        Doubt.BEHIND: _("the clock stands before what has happened: only emergencies play"),
        Doubt.UNKNOWN: _("nothing vouches for the clock: only emergencies play"),
    }
    return words[standing.doubt].format(seconds=seconds) if standing.doubt else ""
