"""Health, readiness and the small server that tells of them, without any service."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry
from redis.exceptions import ConnectionError as RedisAwayError
from support.redis_server import PATIENCE, wait_until
from support.servers import SECRET

from engine.errors import LoaError
from engine.ledger.database import Database
from engine.ledger.places import Place
from engine.ledger.schema import check_version, open_database
from workers.watch.endpoint import Answer, Endpoint
from workers.watch.pages import pages_of
from workers.watch.pulse import Pulse
from workers.watch.readiness import Readiness

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


class Seconds:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_loop_that_turns_in_time_is_not_silent() -> None:
    seconds = Seconds()
    pulse = Pulse(seconds)
    pulse.beat("look", MINUTE)
    seconds.now += 60
    assert pulse.silent() == []


def test_a_loop_that_hangs_is_named_with_how_long_and_what_is_allowed() -> None:
    seconds = Seconds()
    pulse = Pulse(seconds)
    pulse.beat("look", MINUTE)
    pulse.beat("round", 2 * MINUTE)
    seconds.now += 75
    assert pulse.silent() == ["look has not turned for 75 s; allowed: 60 s"]


def test_work_counts_while_it_goes_on_and_not_after_it_has_ended_or_failed() -> None:
    seconds = Seconds()
    pulse = Pulse(seconds)

    def fail() -> None:
        with pulse.busy("sending", MINUTE):
            seconds.now += 61
            assert len(pulse.silent()) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert pulse.silent() == []


def away() -> None:
    raise RedisAwayError("refused")


def test_each_server_is_told_of_by_name() -> None:
    answers = Readiness({"ledger": lambda: None, "queue": away}).answers()
    assert answers == {"ledger": "", "queue": "refused"}


def test_a_server_that_hangs_is_asked_once_and_not_waited_for() -> None:
    release, asked = threading.Event(), []

    def hang() -> None:
        asked.append(1)
        release.wait()

    readiness = Readiness({"ledger": hang}, patience=0.01)
    assert [readiness.answers()["ledger"] for _time in range(3)] == ["no answer for 0 s"] * 3
    release.set()
    assert asked == [1]


@contextmanager
def served(pulse: Pulse, readiness: Readiness) -> Iterator[str]:
    pages = pages_of(pulse, readiness, CollectorRegistry())
    with Endpoint("127.0.0.1:0", pages) as endpoint:
        yield f"http://127.0.0.1:{endpoint.port}"


def test_the_pages_answer_200_while_all_is_well() -> None:
    with served(Pulse(), Readiness({"ledger": lambda: None})) as url:
        assert httpx.get(f"{url}/healthz").json() == {"status": "ok", "reasons": []}
        ready = httpx.get(f"{url}/readyz?verbose")
        assert ready.json() == {"status": "ready", "servers": {"ledger": "ok"}}
        assert httpx.get(f"{url}/metrics").headers["content-type"].startswith("text/plain")
        assert httpx.head(f"{url}/healthz").content == b""


def test_the_pages_answer_503_with_the_reason() -> None:
    seconds = Seconds()
    pulse = Pulse(seconds)
    pulse.beat("look", MINUTE)
    seconds.now += 75
    with served(pulse, Readiness({"queue": away})) as url:
        health, ready = httpx.get(f"{url}/healthz"), httpx.get(f"{url}/readyz")
    assert (health.status_code, ready.status_code) == (503, 503)
    assert health.json()["reasons"] == ["look has not turned for 75 s; allowed: 60 s"]
    assert ready.json()["servers"] == {"queue": "refused"}


def test_other_paths_and_methods_are_refused() -> None:
    with served(Pulse(), Readiness({})) as url:
        assert httpx.get(f"{url}/").status_code == 404
        assert httpx.get(f"{url}/../etc/passwd").status_code == 404
        assert httpx.post(f"{url}/healthz").status_code == 501


def test_a_page_that_fails_is_told_to_whoever_asks_and_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> Answer:
        raise ZeroDivisionError

    with Endpoint("127.0.0.1:0", {"/metrics": fail}) as endpoint:
        answer = httpx.get(f"http://127.0.0.1:{endpoint.port}/metrics")
    assert answer.status_code == 500
    assert "ZeroDivisionError" in caplog.text


def test_a_caller_who_hangs_up_is_no_news(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    gone, tried = threading.Event(), threading.Event()

    def slow() -> Answer:
        assert gone.wait(PATIENCE)
        tried.set()
        return Answer(HTTPStatus.OK, "text/plain", bytes(1_000_000))

    others = answering()
    with Endpoint("127.0.0.1:0", {"/healthz": slow}) as endpoint:
        caller = socket.create_connection(("127.0.0.1", endpoint.port))
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        caller.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        caller.close()
        gone.set()
        assert tried.wait(PATIENCE)
        wait_until(lambda: answering() <= others, "the answer to end")
    assert caplog.text == ""
    assert capfd.readouterr().err == ""


def answering() -> set[threading.Thread]:
    """The threads that still answer somebody; other tests' servers have theirs."""
    return {one for one in threading.enumerate() if "process_request_thread" in one.name}


def test_the_ledgers_own_version_decides_whether_it_is_ready(place: Place) -> None:
    database = open_database(Database.connect(place))
    asked = Readiness({"ledger": lambda: check_version(database)})
    try:
        assert asked.answers() == {"ledger": ""}
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        later = Readiness({"ledger": lambda: check_version(database)})
        assert "9999" in later.answers()["ledger"]
        assert SECRET not in later.answers()["ledger"]
    finally:
        database.close()


def test_a_unix_socket_serves_as_well_and_is_gone_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "loa.sock"
    pages = {"/healthz": lambda: Answer(HTTPStatus.OK, "text/plain", b"here")}
    with (
        Endpoint(f"unix:{path}", pages),
        httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as client,
    ):
        assert client.get("http://localhost/healthz").text == "here"
    assert not path.exists()


@pytest.mark.parametrize(
    "listen", ["9464", "127.0.0.1", "127.0.0.1:x", "a b:1", "h:70000", "::1:9"]
)
def test_what_is_no_address_is_refused_with_what_is_allowed(listen: str) -> None:
    with pytest.raises(LoaError, match=r"allowed: machine:port such as 127\.0\.0\.1:9464"):
        Endpoint(listen, {})


def test_an_address_that_is_taken_is_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(LoaError, match=rf"nobody can listen at {address}"):
            Endpoint(address, {})
