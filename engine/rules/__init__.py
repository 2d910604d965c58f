"""Rules about when and how much; pure functions of registry, campaign and time."""

from engine.rules.airtime import NOTHING, Airtime, airtime_breaches
from engine.rules.hours import may_act, next_allowed

__all__ = ["NOTHING", "Airtime", "airtime_breaches", "may_act", "next_allowed"]
