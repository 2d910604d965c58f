"""The in-process broker: Dramatiq's own, with only the middleware that Loa relies on."""

from __future__ import annotations

from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Retries, ShutdownNotifications, TimeLimit

#: Milliseconds after which a message is interrupted. Leases outlast it.
TIME_LIMIT = 10 * 60 * 1000


def embedded_broker() -> StubBroker:
    """Return a broker for one process; nothing in it outlives the process, nor has to.

    Retries are there to be forbidden (``max_retries=0``): the ledger schedules them.
    """
    return StubBroker(middleware=[TimeLimit(), ShutdownNotifications(), Retries(max_retries=0)])
