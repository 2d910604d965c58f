"""Servers that contract tests may ask for."""

from support.redis_server import redis_server, shared_redis

__all__ = ["redis_server", "shared_redis"]
