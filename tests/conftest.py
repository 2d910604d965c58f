"""Fixtures that every test may ask for."""

from support.servers import place, postgres, postgres_url

__all__ = ["place", "postgres", "postgres_url"]
