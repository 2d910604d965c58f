"""What others do with a message that does nothing: Dramatiq and Celery on Redis, one each.

The workers are started and idle; then one process enqueues, and the clock runs until the last
message has run. Nothing is tracked: no state, no event, no receipt.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.servers import RedisServer, wait_until
from bench.watching import Cost, cpu_of

#: Messages that run before the clock does: processes load what they need at the first.
WARM = 200


@dataclass(frozen=True, slots=True)
class System:
    """How one system is used: what starts its workers, where and how a message is sent."""

    command: tuple[str, ...]
    module: str
    send: str
    left: Callable[[RedisServer], int]


def _left_in_dramatiq(redis: RedisServer) -> int:
    with redis.client() as client:
        return int(client.hlen("dramatiq:nothing.msgs"))


def _left_in_celery(redis: RedisServer) -> int:
    with redis.client() as client:
        return int(client.llen("celery")) + int(client.hlen("unacked"))


DRAMATIQ = System(
    ("dramatiq", "-p", "2", "-t", "8", "bench.nothing_dramatiq"),
    "bench.nothing_dramatiq",
    "send",
    _left_in_dramatiq,
)
CELERY = System(
    ("celery", "-A", "bench.nothing_celery", "worker"),
    "bench.nothing_celery",
    "delay",
    _left_in_celery,
)


def cost_of(system: System, redis: RedisServer, messages: int) -> Cost:
    """Enqueue ``messages`` one by one to running workers, and wait for the last of them."""
    redis.empty()
    with _process(redis, *system.command) as workers:
        _enqueue(redis, system, min(WARM, messages))
        wait_until(lambda: not system.left(redis), "the first messages")
        used = cpu_of(workers.pid, redis.process_id)
        began, own = _enqueue(redis, system, messages)
        wait_until(lambda: not system.left(redis), "the last message", patience=600)
        seconds = time.time() - began
        used = cpu_of(workers.pid, redis.process_id) - used + own
    return Cost(messages, seconds, used)


def _enqueue(redis: RedisServer, system: System, count: int) -> tuple[float, float]:
    """Enqueue from a process of its own; return when it began (epoch) and its CPU seconds."""
    program = f"""
import time
from {system.module} import nothing
began, used = time.time(), time.process_time()
for number in range({count}):
    nothing.{system.send}(number)
print(began, time.process_time() - used)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        env=_environment(redis),
        stdout=subprocess.PIPE,
        text=True,
    )
    began, used = map(float, done.stdout.split())
    return began, used


@contextmanager
def _process(redis: RedisServer, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module and all its processes; end them together."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=_environment(redis),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment(redis: RedisServer) -> dict[str, str]:
    return {**os.environ, "LOA_BENCH_REDIS": redis.url}
