"""What stands in the ledger and waits in the queue, read when Prometheus asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import Metric
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from engine.clock import Clock
from engine.ledger.gauges import Gauges
from engine.models import Priority
from engine.states import State
from workers.redis_queue import QUEUE_ERRORS

#: Seconds for which a reading holds, however many ask.
FRESH = 10.0

#: A reading that took long holds so many times as long: counting millions of deliveries never
#: takes more than a twentieth of the ledger's time.
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Stock:
    """One reading of the ledger.

    ``oldest_due`` is how long the oldest has waited; ``open_breakers`` says of each endpoint
    that ever failed whether bundles are kept from it now.
    """

    deliveries: Mapping[tuple[State, str, Priority], int]
    oldest_due: Mapping[Priority, timedelta]
    open_breakers: Mapping[str, bool]


def stock_of(gauges: Gauges, clock: Clock, rehearse: Collection[str]) -> Callable[[], Stock]:
    """Return what reads the ledger; backends in ``rehearse`` are due once per version only."""

    def read() -> Stock:
        now = clock.now()
        since = gauges.oldest_due(now, rehearse=rehearse)
        return Stock(
            deliveries=gauges.deliveries(),
            oldest_due={one: now - moment for one, moment in since.items()},
            open_breakers=gauges.open_breakers(),
        )

    return read


class StockFigures(Collector):
    """Gauges about ledger and queue; one that is away is told as such, with no figures."""

    def __init__(
        self,
        ledger: Callable[[], Stock],
        queue: Callable[[], Mapping[str, int]] | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``queue`` returns how many messages wait, by queue; None where there is no queue."""
        self._ledger = ledger
        self._queue = queue
        self._now = now
        self._guard = threading.Lock()
        self._stock: Stock | None = None
        self._holds_until = float("-inf")

    def collect(self) -> Iterable[Metric]:
        with self._guard:
            if self._now() >= self._holds_until:
                self._read()
            stock = self._stock
        yield _up("ledger", stock is not None)
        if stock is not None:
            yield _deliveries(stock)
            yield _oldest_due(stock)
            words = "Whether bundles are kept from a far side that does not answer."
            yield _by("loa_breaker_open", words, "endpoint", stock.open_breakers)
        if self._queue is not None:
            yield from _waiting(self._queue)

    def _read(self) -> None:
        began = self._now()
        try:
            self._stock = self._ledger()
        except SQLAlchemyError:
            self._stock = None
        ended = self._now()
        holds = FRESH if self._stock is None else max(FRESH, PATIENCE * (ended - began))
        self._holds_until = ended + holds


def _up(server: str, up: bool) -> Metric:
    words = f"Whether the {server} answered when it was last read."
    return GaugeMetricFamily(f"loa_{server}_up", words, float(up))


def _deliveries(stock: Stock) -> Metric:
    family = GaugeMetricFamily(
        "loa_deliveries",
        "Deliveries that count, by state, channel and priority.",
        labels=["state", "channel", "priority"],
    )
    for labels, count in sorted(stock.deliveries.items()):
        family.add_metric([str(label) for label in labels], count)
    return family


def _oldest_due(stock: Stock) -> Metric:
    ages = {str(one): stock.oldest_due.get(one, timedelta(0)).total_seconds() for one in Priority}
    words = "How long the oldest bundle that is due has waited; 0 when none is."
    return _by("loa_oldest_due_seconds", words, "priority", ages)


def _waiting(queue: Callable[[], Mapping[str, int]]) -> Iterable[Metric]:
    try:
        waiting = queue()
    except QUEUE_ERRORS:
        yield _up("queue", False)
    else:
        yield _up("queue", True)
        yield _by("loa_queue_messages", "Messages that wait, by queue.", "queue", waiting)


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
