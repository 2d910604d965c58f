"""What of other campaigns gives way to one that is planned, and where it goes, in words."""

from __future__ import annotations

from datetime import datetime

from engine.clock import local
from engine.i18n import gettext as _
from engine.models import Breach, Sessions, Shift, Sound


class GivingWay:
    """Keeps the moves that approving ``campaign_id`` brings, and what is said of each."""

    def __init__(self, campaign_id: str) -> None:
        self._campaign_id = campaign_id
        self.shifts: list[Shift] = []
        self.breaches: list[Breach] = []

    def full(self, cluster: str, slot: datetime, sound: Sound, to: datetime | None) -> None:
        """Its session has no room for it; ``to`` None: neither has any later one."""
        if to is None:
            message = _(
                "the session at {slot} is full: {campaign} gives way, and no later session has "
                "room for it before it ends"
            )
        else:
            message = _("the session at {slot} is full: {campaign} gives way and moves to {to}")
        self._keep(message, cluster, slot, sound, to)

    def needed(self, cluster: str, slot: datetime, sound: Sound, to: datetime | None) -> None:
        """It is a second try, and the session that was made for it is needed."""
        if to is None:
            message = _(
                "the session of a second try at {slot} is needed: {campaign} gives way, and no "
                "session has room for it before it ends"
            )
        else:
            message = _(
                "the session of a second try at {slot} is needed: {campaign} gives way and moves "
                "to {to}"
            )
        self._keep(message, cluster, slot, sound, to)

    def _keep(
        self, message: str, cluster: str, slot: datetime, sound: Sound, to: datetime | None
    ) -> None:
        words = message.format(
            slot=shown(slot), to=shown(to) if to else "", campaign=sound.campaign_id
        )
        reason = _("{words} (for {campaign})").format(words=words, campaign=self._campaign_id)
        self.shifts.append(
            Shift(cluster, slot, sound.campaign_id, sound.key, to, sound.until, reason)
        )
        slots = (slot,) if to is None else (slot, to)
        self.breaches.append(Breach(words, "loudspeaker", target=cluster, waived=True, slots=slots))

    def after(self, taken: Sessions) -> Sessions:
        """Return the other campaigns' sessions once all of it has moved."""
        if not self.shifts:
            return taken
        gone = {(one.cluster, one.slot, one.key) for one in self.shifts}
        left = {
            place: {key: sound for key, sound in sounds.items() if (*place, key) not in gone}
            for place, sounds in taken.items()
        }
        left = {place: sounds for place, sounds in left.items() if sounds}
        for shift in self.shifts:
            if shift.to is not None:
                sound = taken[shift.cluster, shift.slot][shift.key]
                place = (shift.cluster, shift.to)
                left[place] = {**left.get(place, {}), shift.key: sound}
        return left


def shown(slot: datetime) -> str:
    """Return a slot as it is said in these sentences."""
    return local(slot).strftime("%H:%M %d/%m/%Y")
