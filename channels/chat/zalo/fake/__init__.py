"""A fake Zalo for trials and tests: what the real one offers, and its bad habits."""

from channels.chat.bots.habits import Habit, Script
from channels.chat.zalo.fake.server import FakeZalo
from channels.chat.zalo.fake.world import World

__all__ = ["FakeZalo", "Habit", "Script", "World"]
