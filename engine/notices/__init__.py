"""Notices: whatever needs a person is gathered, kept, shown, and told outside."""

from engine.notices.desk import Desk, Gatherer
from engine.notices.telling import Teller

__all__ = ["Desk", "Gatherer", "Teller"]
