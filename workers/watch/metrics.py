"""The figures of one process, for Prometheus. No label names a campaign, a hamlet or a person."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from engine.dispatch.observer import Observer, Outcome
from engine.models import Bundle, Content, Hamlet

FigureT = TypeVar("FigureT", Counter, Histogram)

#: Seconds: from a file laid down to a far side that runs into its time limit.
SENDING = (0.001, 0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60)

#: Seconds: from a text to half an hour of speech.
RENDERING = (0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Figures(Observer):
    """What this process counts and measures, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        info = Gauge("loa_info", "The version at work.", ["version"], registry=registry)
        info.labels(version("loa")).set(1)
        self._rendering = Histogram(
            "loa_render_seconds",
            "Time to render one artifact.",
            ["channel"],
            buckets=RENDERING,
            registry=registry,
        )
        self._artifacts = Counter(
            "loa_artifacts",
            "Artifacts looked up: found in the store, or made.",
            ["channel", "how"],
            registry=registry,
        )
        # Counted for every delivery: to find a figure by its labels costs more than to add to it.
        self._known: dict[tuple[object, ...], Any] = {}
        self._sending = Histogram(
            "loa_send_seconds",
            "Time until the far side has taken or refused a bundle.",
            ["channel", "backend"],
            buckets=SENDING,
            registry=registry,
        )
        self._settled = Counter(
            "loa_bundles_settled",
            "Bundles of which something came, by what it was.",
            ["channel", "backend", "outcome"],
            registry=registry,
        )
        self._retries = Counter(
            "loa_retries",
            "Temporary failures after which a bundle is tried again.",
            ["channel", "backend"],
            registry=registry,
        )
        self._swept = Counter(
            "loa_swept", "Bundles that a dead worker was sending, found.", registry=registry
        )

    def rendered(self, content: Content, hamlet: Hamlet, seconds: float | None) -> None:
        self._of(self._artifacts, content.channel, "found" if seconds is None else "made").inc()
        if seconds is not None:
            self._rendering.labels(content.channel).observe(seconds)

    def handed_over(self, bundle: Bundle, seconds: float) -> None:
        self._of(self._sending, bundle.channel, bundle.backend).observe(seconds)

    def settled(self, outcome: Outcome, bundles: Sequence[Bundle], reason: str = "") -> None:
        ways = Tally((bundle.channel, bundle.backend) for bundle in bundles)
        for (channel, backend), count in ways.items():
            self._settled.labels(channel, backend, outcome).inc(count)
            if outcome is Outcome.RETRIED:
                self._retries.labels(channel, backend).inc(count)

    def _of(self, figure: FigureT, *labels: str) -> FigureT:
        """Return what a figure counts under its labels."""
        found: FigureT | None = self._known.get((figure, *labels))
        if found is None:
            found = self._known[figure, *labels] = figure.labels(*labels)
        return found

    def swept(self, bundles: Sequence[Bundle]) -> None:
        self._swept.inc(len(bundles))
