"""Services tell over HTTP how they fare: real processes, a real Redis that goes away."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.commune import PASSPHRASE, loa
from support.redis_server import RedisServer, wait_until
from support.servers import free_port
from support.services import service, today

from engine.app import open_app
from engine.states import SETTLED

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


def samples(client: httpx.Client, name: str) -> dict[tuple[str, ...], float]:
    """Return one metric's values by its labels, in the order of their names."""
    return {
        tuple(value for _label, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
        if sample.name == name
    }


def test_figures_and_log_tell_what_the_ledger_says(
    tmp_path: Path, redis_server: RedisServer, url: str
) -> None:
    workspace = today(tmp_path / "xa")
    other = f"http://127.0.0.1:{free_port()}"
    with (
        service(workspace, redis_server, url, "scheduler") as (_scheduler, scheduler),
        service(workspace, redis_server, other, *SERVICES["worker"]) as (_worker, worker),
        open_app(workspace) as app,
    ):
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(workspace / "campaigns" / "bao-lu.yaml", "lan")
        app.office.approve("bao-lu", "minh", PASSPHRASE)
        rows = app.ledger.views.deliveries
        wait_until(lambda: all(row.state in SETTLED for row in rows("bao-lu")), "all settled")
        expected = Counter(
            (row.channel, row.priority.value, row.state.value) for row in rows("bao-lu")
        )
        wait_until(lambda: samples(scheduler, "loa_deliveries") == expected, "the figures")
        by_bundle = {(row.channel, row.target, row.slot): row for row in rows("bao-lu")}
        bundles = Counter((row.backend, row.channel, row.state.value) for row in by_bundle.values())
        settled = "loa_bundles_settled_total"
        wait_until(lambda: samples(worker, settled) == bundles, "the worker's figures")
        handed = samples(worker, "loa_send_seconds_count")
        assert sum(handed.values()) == sum(bundles.values())
        artifacts = samples(worker, "loa_artifacts_total")
        assert artifacts["loudspeaker", "found"] >= 1  # approval has made and proved it
        assert ("loudspeaker", "made") not in artifacts
        rendered = samples(worker, "loa_render_seconds_count")
        assert rendered["portal",] == artifacts["portal", "made"] >= 1
        assert samples(scheduler, "loa_queue_messages") == dict.fromkeys(
            [("emergency",), ("important",), ("routine",)], 0
        )
        assert set(samples(scheduler, "loa_oldest_due_seconds").values()) == {0}
        figures = scheduler.get("/metrics").text + worker.get("/metrics").text
        deliveries = {row.id for row in rows("bao-lu")}
    log = (workspace / "service.log").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines()]  # nothing else, for jq
    assert {"rendered", "began", "sent", "failed"} <= {line.get("event") for line in lines}
    told = {one for line in lines if line.get("event") == "sent" for one in line["deliveries"]}
    told |= {one for line in lines if line.get("event") == "failed" for one in line["deliveries"]}
    assert told == deliveries
    assert all(line["campaigns"] == ["bao-lu"] for line in lines if line.get("event") == "sent")
    for personal in ("Giả Một", "Nguyễn Thị Lan", "Trần Văn Minh", PASSPHRASE):
        assert personal not in log + figures
    assert "bao-lu" not in figures, "a label for each campaign would grow without bound"


def test_a_run_that_watches_tells_too_and_knows_of_no_queue(
    tmp_path: Path, redis_server: RedisServer, url: str
) -> None:
    run = ("run", "--watch")
    with service(today(tmp_path / "xa"), redis_server, url, *run) as (process, client):
        wait_until(lambda: status(client, "/readyz") == 200, "the run to be ready")
        assert client.get("/readyz").json()["servers"] == {"ledger": "ok"}
        assert samples(client, "loa_ledger_up") == {(): 1}
        assert samples(client, "loa_queue_up") == {}
        process.terminate()
        assert process.wait(60) == 0


def test_without_watch_nobody_can_be_told(tmp_path: Path) -> None:
    answer = loa("run", "--listen", "127.0.0.1:9", "-w", today(tmp_path / "xa"))
    assert answer.returncode == 2
    assert "--watch" in answer.stderr


def test_an_address_that_nobody_can_listen_at_ends_the_service_with_the_reason(
    tmp_path: Path,
) -> None:
    answer = loa(
        "scheduler", "--listen", "9464", "-w", today(tmp_path / "xa"),
        LOA_QUEUE_URL="redis://127.0.0.1:9/0",
    )  # fmt: skip
    assert answer.returncode == 1
    assert "127.0.0.1:9464" in answer.stderr
