"""How fast one process takes Zalo's events, at the 500 a second that are promised.

``loa console`` as it ships, on SQLite, over sockets of loopback; the baseline is the same web
server with a route that does nothing. Each event is signed, is another head's, and is asked for at
its own moment whether or not the one before has been answered: an answer's time is counted from
that moment, so that a server that falls behind is seen to. Afterwards a part of the events comes
again. What was kept is counted in the ledger.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy import func, select

from bench.figures import LOA, Figure, Note
from bench.made_up import hamlet_id, write_workspace
from bench.servers import free_port, wait_until
from channels.chat.zalo.fake.events import event
from channels.chat.zalo.fake.world import World
from channels.chat.zalo.signature import HEADER, signature
from engine.app import open_app
from engine.console.zalo_hook import PATH
from engine.ledger.database import Database
from engine.ledger.relay_tables import chat_events

#: Events a second that are promised, and for how long they come; how many come again.
RATE = 500
SECONDS = 10.0
AGAIN = 1_000

#: What is promised: Zalo asks again when it has no answer after so long, seconds.
PROMISED = 2.0

#: Connections that stay open, as a platform's own sender keeps them.
CONNECTIONS = 50

_EMPTY = """\
import sys
import uvicorn
from fastapi import FastAPI, Request, Response

app = FastAPI()

@app.post("/zalo/webhook")
async def nothing(request: Request) -> Response:
    await request.body()
    return Response()

uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


def figures(folder: Path) -> Iterator[Figure | Note]:
    """Yield what the promised rate costs, and how fast it goes at most."""
    world = World(folder / "zalo.jsonl")
    workspace = _commune(folder / "xa", world)
    count = int(RATE * SECONDS)
    requests = [_request(world, number) for number in range(2 * count)]
    first, rest = requests[:count], requests[count:]
    with _served([sys.executable, "-c", _EMPTY, "{port}"]) as (port, empty):
        nothing = asyncio.run(asked(port, first, rate=RATE))
        nothing_at_most = asyncio.run(_at_most(port, rest))
        nothing_spent = _spent(empty)
    command = [LOA, "console", "-w", str(workspace), "--listen", "127.0.0.1:{port}"]
    with _served(command) as (port, console):
        loaded = _spent(console)
        times = asyncio.run(asked(port, first, rate=RATE))
        at_most = asyncio.run(_at_most(port, rest))
        spent = _spent(console) - loaded
        again = asyncio.run(asked(port, first[:AGAIN], rate=RATE))
    kept = _kept(workspace)
    against = "an empty route"
    what = f"webhook, {RATE} events a second for {SECONDS:.0f} s: answered within"
    for share in (0.5, 0.99, 1.0):
        name = "at most" if share == 1.0 else f"p{share * 100:.0f}"
        yield Figure(
            f"{what}, {name}",
            _share(times, share) * 1_000,
            "ms",
            _share(nothing, share) * 1_000,
            against,
        )
    yield Figure("webhook, as fast as it goes", at_most, "events/s", nothing_at_most, against)
    each, nothing_each = spent / len(requests), nothing_spent / len(requests)
    yield Figure(
        "webhook, processor time for each event", each * 1e3, "ms", nothing_each * 1e3, against
    )
    late = sum(one > PROMISED for one in times)
    yield Note(
        f"webhook: {kept:,} of {len(requests):,} events kept, {len(again):,} that came again "
        f"counted once; {late} answers later than {PROMISED:.0f} s"
    )
    if kept != len(requests):
        raise AssertionError(f"{kept} events kept of {len(requests)}")


async def asked(port: int, requests: Sequence[bytes], *, rate: float) -> list[float]:
    """Send requests at their moments; return how many seconds after it each was answered.

    ``rate`` 0 sends each as soon as a connection is free, and counts from then.
    """
    began = time.perf_counter() + 0.1
    queue = iter(enumerate(requests))
    times: list[float] = []

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, request in queue:
            due = began + number / rate if rate else time.perf_counter()
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            writer.write(request)
            status = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in status.split(b"\r\n", 1)[0]:
                raise AssertionError(status.decode())
            times.append(time.perf_counter() - due)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(one_connection() for _number in range(CONNECTIONS)))
    return times


async def _at_most(port: int, requests: Sequence[bytes]) -> float:
    """Return how many a second are answered when nobody waits."""
    began = time.perf_counter()
    await asked(port, requests, rate=0)
    return len(requests) / (time.perf_counter() - began)


def _request(world: World, number: int) -> bytes:
    body = event(world, "g001", f"head-{number}", "đã nhận")
    signed = signature(world.app_id, body, json.loads(body)["timestamp"], world.oa_secret)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"{HEADER}: {signed}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _share(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _commune(workspace: Path, world: World) -> Path:
    write_workspace(workspace, 10)
    registry = workspace / "commune.yaml"
    mine = f"nhom-{hamlet_id(1)}, name: Nhóm {hamlet_id(1)}, platform: zalo,"
    text = registry.read_text(encoding="utf-8")
    text = text.replace(mine, f"{mine} backend: zalo, address: g001,", 1)
    registry.write_text(text, encoding="utf-8")
    (workspace / "loa.toml").write_text(
        f'[zalo.xa-mau]\napp_id = "{world.app_id}"\noa_id = "{world.oa_id}"\n'
        f'app_secret = "{world.app_secret}"\noa_secret = "{world.oa_secret}"\n',
        encoding="utf-8",
    )
    with open_app(workspace):
        return workspace


def _kept(workspace: Path) -> int:
    database = Database.connect(workspace / "loa.db")
    try:
        with database.read() as connection:
            return int(
                connection.execute(select(func.count()).select_from(chat_events)).scalar_one()
            )
    finally:
        database.close()


@contextmanager
def _served(command: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Run a server; yield its port and its process."""
    port = free_port()
    words = [part.replace("{port}", str(port)) for part in command]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, stdout=quiet, stderr=quiet, env=dict(os.environ)) as process:
        try:
            wait_until(lambda: _listens(port) or process.poll() is not None, "an answer")
            yield port, process.pid
        finally:
            process.terminate()


def _spent(process: int) -> float:
    """Return the seconds of processor time that a process has used."""
    used = psutil.Process(process).cpu_times()
    return float(used.user + used.system)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
