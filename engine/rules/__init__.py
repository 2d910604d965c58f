"""Rules about when and how much; pure functions of registry, campaign and time."""

from engine.rules.airtime import (
    BESIDE,
    NOTHING,
    Airtime,
    airtime_breaches,
    hours_breaches,
    session_breaches,
)
from engine.rules.closed import Closed, closed_on
from engine.rules.fitting import Book, fits, overflow, room
from engine.rules.hours import may_act, next_allowed

__all__ = [
    "BESIDE",
    "NOTHING",
    "Airtime",
    "Book",
    "Closed",
    "airtime_breaches",
    "closed_on",
    "fits",
    "hours_breaches",
    "may_act",
    "next_allowed",
    "overflow",
    "room",
    "session_breaches",
]
