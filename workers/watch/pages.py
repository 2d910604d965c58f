"""The pages of one process: does it live, is it ready, and its figures."""

from __future__ import annotations

from http import HTTPStatus

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from workers.watch.endpoint import Answer, Pages
from workers.watch.pulse import Pulse
from workers.watch.readiness import Readiness


def pages_of(pulse: Pulse, readiness: Readiness, figures: Collector) -> Pages:
    """Return ``/healthz``, ``/readyz`` and ``/metrics`` of this process."""
    return {
        "/healthz": lambda: health(pulse.silent()),
        "/readyz": lambda: readiness_of(readiness.answers()),
        "/metrics": lambda: metrics(figures),
    }


def health(silent: list[str]) -> Answer:
    """Return whether all that should turn does, or in words what does not."""
    return Answer.of_json(not silent, {"status": "stuck" if silent else "ok", "reasons": silent})


def readiness_of(answers: dict[str, str]) -> Answer:
    """Return whether every server is ready, and of each why it is not."""
    ready = not any(answers.values())
    servers = {name: reason or "ok" for name, reason in answers.items()}
    return Answer.of_json(ready, {"status": "ready" if ready else "waiting", "servers": servers})


def metrics(figures: Collector) -> Answer:
    """Return the figures in Prometheus' text format."""
    return Answer(HTTPStatus.OK, CONTENT_TYPE_PLAIN_0_0_4, generate_latest(figures))
