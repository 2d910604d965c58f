"""The scheduler's tick: the ledger says what is due, the queue only wakes workers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from engine.app import App
from engine.ledger.watched_clock import emergencies_only
from engine.models import Priority

#: How long a leased bundle is nobody else's; longer than an actor may run.
LEASE = timedelta(minutes=15)

#: Bundles leased in one tick.
LIMIT = 10_000


class Scheduler:
    """Finds what is due and leases it."""

    def __init__(self, app: App, owner: str) -> None:
        self._app = app
        self._owner = owner

    def tick(self) -> list[tuple[int, Priority]]:
        """Finish planning cut short, settle what is too late, and lease what is due."""
        app = self._app
        app.office.open_all()
        app.sender.expire()
        now = app.clock.now()
        return app.ledger.bundles.lease_due(
            now,
            owner=self._owner,
            until=now + LEASE,
            rehearse=self._rehearse,
            limit=LIMIT,
            only=[Priority.EMERGENCY] if emergencies_only(app.clock) else tuple(Priority),
        )

    @property
    def _rehearse(self) -> Collection[str]:
        return self._app.rehearsing
