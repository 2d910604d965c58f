"""Several worker processes behind one address: the supervisor asks each, and answers for all.

Every process has the pages of its own on a Unix socket that only its user can open. So health
is each process's own word, a process that hangs is one that does not answer, and no figure
passes through files that outlive who wrote them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import AF_UNIX, socket

from prometheus_client import Metric
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from engine.i18n import gettext as _
from workers.supervisor import Child
from workers.watch.endpoint import Answer, Pages
from workers.watch.pages import health, metrics
from workers.watch.pulse import Pulse

#: Seconds for an answer; longer than a process waits for its servers.
PATIENCE = 8.0

#: Seconds that a process may take to load its libraries and open its pages.
STARTING = 60.0


def socket_of(folder: Path, name: str) -> Path:
    """Return the socket at which the process of this name serves its pages."""
    return folder / f"{name}.sock"


class Crowd:
    """The processes of one supervisor, asked through their sockets in ``folder``."""

    def __init__(self, folder: Path, children: Callable[[], list[Child]], pulse: Pulse) -> None:
        """``pulse`` is the supervisor's own."""
        self._folder = folder
        self._children = children
        self._pulse = pulse

    def pages(self) -> Pages:
        """Return ``/healthz``, ``/readyz`` and ``/metrics`` of all processes together."""
        return {
            "/healthz": lambda: health([*self._pulse.silent(), *self._sick()]),
            "/readyz": self._readiness,
            "/metrics": lambda: metrics(Together(self)),
        }

    def figures(self) -> Iterable[tuple[str, str]]:
        """Yield (which process, its figures as text) of those that answer."""
        for number, _child, found in self._asked("/metrics"):
            if found is not None and found.status is HTTPStatus.OK:
                yield number, found.body.decode()

    def started(self) -> tuple[int, int]:
        """Return how many processes live, and how many were started anew after one died."""
        children = self._children()
        living = sum(1 for child in children if child.name)
        return living, sum(max(0, child.started - 1) for child in children)

    def _sick(self) -> list[str]:
        """Return in words what ails processes; one that is just starting is not ill."""
        reasons = []
        for number, child, found in self._asked("/healthz"):
            if found is None:
                if child.age > STARTING:
                    reasons.append(_("process {number} does not answer").format(number=number))
            elif found.status is not HTTPStatus.OK:
                reasons += [f"{number}: {reason}" for reason in json.loads(found.body)["reasons"]]
        return reasons

    def _readiness(self) -> Answer:
        answers: dict[str, object] = {}
        ready = True
        for number, _child, found in self._asked("/readyz"):
            ready = ready and found is not None and found.status is HTTPStatus.OK
            answers[number] = json.loads(found.body)["servers"] if found else _("does not answer")
        status = "ready" if ready else "waiting"
        return Answer.of_json(ready, {"status": status, "processes": answers})

    def _asked(self, page: str) -> list[tuple[str, Child, Answer | None]]:
        """Ask all processes at once: one that hangs costs no more time than ten."""
        children = self._children()
        with ThreadPoolExecutor(len(children)) as pool:
            answers = list(pool.map(lambda child: self._ask(child, page), children))
        numbers = map(str, range(1, len(children) + 1))
        return list(zip(numbers, children, answers, strict=True))

    def _ask(self, child: Child, page: str) -> Answer | None:
        if not child.name:
            return None
        connection = _UnixConnection(socket_of(self._folder, child.name))
        try:
            connection.request("GET", page)
            response = connection.getresponse()
            media_type = response.headers.get("Content-Type", "")
            return Answer(HTTPStatus(response.status), media_type, response.read())
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket(AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Together(Collector):
    """Every process's figures, told apart by the label ``process``."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd

    def collect(self) -> Iterable[Metric]:
        living, again = self._crowd.started()
        yield GaugeMetricFamily("loa_worker_processes", "Worker processes that live.", living)
        yield CounterMetricFamily(
            "loa_worker_restarts", "Worker processes started again after one died.", again
        )
        whole: dict[str, Metric] = {}
        for number, text in self._crowd.figures():
            for family in text_string_to_metric_families(text):
                kept = whole.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type)
                )
                for sample in family.samples:
                    kept.samples.append(
                        sample._replace(labels={**sample.labels, "process": number})
                    )
        yield from whole.values()
