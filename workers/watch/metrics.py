"""The figures of one process, for Prometheus."""

from __future__ import annotations

from importlib.metadata import version

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector


class Figures:
    """What this process counts and measures, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        about = Gauge("loa_info", "The version at work.", ["version"], registry=self.registry)
        about.labels(version("loa")).set(1)
