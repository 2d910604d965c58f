"""Fixtures that every test may ask for."""

from hypothesis import HealthCheck, settings
from support.amplifier import english, far, player
from support.object_store import line, object_store
from support.quick import quick_passphrases, quick_tables, said_once, sayings
from support.servers import place, postgres, postgres_url, ready_database, ready_place

__all__ = [
    "english",
    "far",
    "line",
    "object_store",
    "place",
    "player",
    "postgres",
    "postgres_url",
    "quick_passphrases",
    "quick_tables",
    "ready_database",
    "ready_place",
    "said_once",
    "sayings",
]

# How long an example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile(
    "loa", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("loa")
