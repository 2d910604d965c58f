"""Words of the station's day, shared by table, picture and calendar."""

from __future__ import annotations

from datetime import datetime

from engine.clock import local
from engine.i18n import decimal
from engine.i18n import gettext as _
from engine.models import Breach
from engine.reports.plain import plain
from engine.reports.words import state_word
from engine.states import State


def state_or_proposed(state: State | None) -> str:
    """Return a state's word; None is what waits for approval."""
    return state_word(state) if state is not None else _("proposed")


def minutes_words(seconds: float) -> str:
    """Return what a session has left, or by how much it is too long."""
    words = _("{minutes} min too long") if seconds < 0 else _("{minutes} min free")
    return words.format(minutes=decimal(abs(seconds) / 60))


def moved_words(moved_from: datetime) -> str:
    """Say from which slot something came."""
    return _("↷ moved from {slot}").format(slot=f"{local(moved_from):%H:%M %d/%m/%Y}")


def breach_words(breach: Breach) -> str:
    """Return a clash with the cluster that it concerns."""
    return plain(f"{breach.target}: {breach.message}" if breach.target else breach.message)
