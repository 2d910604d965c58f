"""Services tell over HTTP how they fare: real processes, a real Redis that goes away."""

from __future__ import annotations

from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.commune import loa
from support.redis_server import RedisServer, wait_until
from support.servers import free_port
from support.services import service, today

SERVICES = {
    "scheduler": ("scheduler",),
    "worker": ("worker", "--threads", "1"),
}


@pytest.fixture
def url() -> str:
    return f"http://127.0.0.1:{free_port()}"


def status(client: httpx.Client, page: str) -> int:
    return client.get(page).status_code


@pytest.mark.parametrize("command", SERVICES.values(), ids=SERVICES)
def test_a_service_lives_on_while_redis_is_away_and_is_ready_when_it_is_back(
    tmp_path: Path, redis_server: RedisServer, url: str, command: tuple[str, ...]
) -> None:
    with service(today(tmp_path / "xa"), redis_server, url, *command) as (_process, client):
        wait_until(lambda: status(client, "/readyz") == 200, "the service to be ready")
        redis_server.stop()
        wait_until(lambda: status(client, "/readyz") == 503, "the service to say it is not")
        assert "queue" in client.get("/readyz").text
        assert status(client, "/healthz") == 200
        redis_server.start()
        wait_until(lambda: status(client, "/readyz") == 200, "the service to be ready again")


def test_a_process_that_dies_is_missed_and_counted_and_the_others_still_tell(
    tmp_path: Path, redis_server: RedisServer, url: str
) -> None:
    two = ("worker", "--processes", "2", "--threads", "1")
    with service(today(tmp_path / "xa"), redis_server, url, *two) as (process, client):
        wait_until(lambda: status(client, "/readyz") == 200, "both to be ready")
        psutil.Process(process.pid).children()[0].kill()
        wait_until(lambda: "loa_worker_restarts_total 1.0" in client.get("/metrics").text, "one")
        wait_until(lambda: status(client, "/readyz") == 200, "both to be ready again")
        figures = list(text_string_to_metric_families(client.get("/metrics").text))
    (living,) = (one for one in figures if one.name == "loa_worker_processes")
    (info,) = (one for one in figures if one.name == "loa_info")
    assert living.samples[0].value == 2
    assert {sample.labels["process"] for sample in info.samples} == {"1", "2"}


def test_an_address_that_nobody_can_listen_at_ends_the_service_with_the_reason(
    tmp_path: Path,
) -> None:
    answer = loa(
        "scheduler", "--listen", "9464", "-w", today(tmp_path / "xa"),
        LOA_QUEUE_URL="redis://127.0.0.1:9/0",
    )  # fmt: skip
    assert answer.returncode == 1
    assert "127.0.0.1:9464" in answer.stderr
