"""Several processes behind one address: each speaks for itself, and silence counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from workers.supervisor import Child
from workers.watch.crowd import Crowd, socket_of
from workers.watch.endpoint import Endpoint
from workers.watch.pages import pages_of
from workers.watch.pulse import Pulse
from workers.watch.readiness import Readiness

Serve = Callable[[str], CollectorRegistry]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Let a process of a name serve its pages, with what is wrong with its queue."""
    with ExitStack() as stack:

        def start(name: str) -> CollectorRegistry:
            registry = CollectorRegistry()
            pages = pages_of(Pulse(), Readiness({"queue": lambda: None}), registry)
            stack.enter_context(Endpoint(f"unix:{socket_of(tmp_path, name)}", pages))
            return registry

        yield start


def crowd(folder: Path, *children: Child) -> Crowd:
    return Crowd(folder, lambda: list(children), Pulse())


def test_all_are_well_when_each_says_so(tmp_path: Path, serve: Serve) -> None:
    serve("mot")
    serve("hai")
    pages = crowd(tmp_path, Child("mot", 90, 1), Child("hai", 90, 1)).pages()
    assert pages["/healthz"]().status == 200
    assert pages["/readyz"]().status == 200


def test_one_that_does_not_answer_is_ill_once_it_has_had_time_to_start(
    tmp_path: Path, serve: Serve
) -> None:
    serve("mot")
    starting = crowd(tmp_path, Child("mot", 90, 1), Child("hai", 5, 1)).pages()
    assert starting["/healthz"]().status == 200
    assert starting["/readyz"]().status == 503
    hanging = crowd(tmp_path, Child("mot", 90, 1), Child("hai", 90, 1)).pages()
    answer = hanging["/healthz"]()
    assert answer.status == 503
    assert json.loads(answer.body)["reasons"] == ["process 2 does not answer"]


def test_figures_of_all_are_told_apart_and_the_dead_are_counted(
    tmp_path: Path, serve: Serve
) -> None:
    for name, count in (("mot", 3), ("hai", 4)):
        Counter("loa_swept", "Swept.", registry=serve(name)).inc(count)
    children = (Child("mot", 90, 1), Child("hai", 90, 3), Child("", 90, 2))
    text = crowd(tmp_path, *children).pages()["/metrics"]().body.decode()
    values = {
        (sample.name, sample.labels.get("process", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert values["loa_swept_total", "1"] == 3
    assert values["loa_swept_total", "2"] == 4
    assert values["loa_worker_processes", ""] == 2
    assert values["loa_worker_restarts_total", ""] == 3
    assert text.count("# TYPE loa_swept_total counter") == 1
