"""Figures of the server: what players ask, how long it takes, and how many wait."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version

from fastapi import Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

_SECONDS = (0.005, 0.02, 0.1, 0.5, 2, 10, 30)


class Figures:
    """The figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "loa_player_requests",
            "What players asked, by route and answer",
            ["route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "loa_player_request_seconds",
            "Until a player was answered; questions for news are held open",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._waiting = Gauge(
            "loa_players_waiting", "Players that wait for news", registry=self.registry
        )
        Info("loa", "The version at work", registry=self.registry).info({"version": version("loa")})

    def waiting(self, count: Callable[[], float]) -> None:
        """Ask ``count`` for how many wait, whenever somebody wants to know."""
        self._waiting.set_function(count)

    async def counted(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Answer a request and count it under its route, never under what a stranger typed."""
        began, status = time.monotonic(), 500
        try:
            response = await call_next(request)
            status = response.status_code
        finally:
            route = getattr(request.scope.get("route"), "path", "other")
            self.answered(route, status, time.monotonic() - began)
        return response

    def answered(self, route: str, status: int, seconds: float) -> None:
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
