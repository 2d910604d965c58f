"""A sound while it is on air: how far it came, and whether it was heard as it should be."""

from __future__ import annotations

from dataclasses import dataclass

from engine.i18n import gettext as _
from engine.player.choosing import Cue
from engine.player.sink import Playing

#: Seconds that a command may take longer than its sound before it counts as stuck.
OVERTIME = 10.0

#: How much of a sound must have been heard for it to count as played, and seconds of grace.
WHOLE, SLACK = 0.9, 1.0


@dataclass(slots=True)
class OnAir:
    """What is being played, since ``began`` of the counter.

    ``opened`` names its entry in the log; None for an opening or a closing. ``marked``: when
    the log was last told how long it has been heard.
    """

    cue: Cue
    playing: Playing
    began: float
    opened: int | None
    marked: float

    def heard(self, count: float) -> float:
        """Return for how many seconds it has been heard."""
        return count - self.began

    def verdict(self, count: float) -> str | None:
        """Return None while it plays, "" once it was heard whole, else why it was not.

        What does not end with its sound is stopped.
        """
        result, heard = self.playing.result(), self.heard(count)
        length = self.cue.sound.seconds
        if result is None and heard > length + OVERTIME:
            self.playing.stop()
            message = _("the audio command did not end after the sound's {seconds} s")
            return message.format(seconds=round(length))
        if result == "" and heard < length * WHOLE - SLACK:
            message = _("the audio command ended after {heard} of {seconds} s")
            return message.format(heard=round(heard), seconds=round(length))
        return result
