"""Many players wait at one server: what that costs, and who is woken by what.

``make soak`` lets 500 wait (``LOA_TEST_PLAYERS``).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest
from support import airing
from support.console import Console, opened, workspace_of
from support.loops import run_apart
from support.nursery import Nursery

from engine.app import App
from engine.clock import VIETNAM
from engine.ledger.players import Doors
from engine.models import Priority

PLAYERS = int(os.environ.get("LOA_TEST_PLAYERS", "60"))

#: Players of the first cluster; the others belong to the second.
OURS = 20

#: Seconds for which nothing happens, and the share of one core that waiting may cost.
QUIET, SHARE = 2.0, 0.25

#: From so many players on, the figures are worth printing.
MANY = 500

NOW = datetime(2026, 12, 1, 4, 0, tzinfo=VIETNAM)


@pytest.fixture
def server(tmp_path: Path, children: Nursery) -> Iterator[Console]:
    workspace = workspace_of(tmp_path / "xa")
    server = Console(workspace, children)
    server.start()
    yield server
    server.stop()


def tokens_of(app: App) -> list[str]:
    doors, found = Doors(app.ledger.database), []
    for number in range(PLAYERS):
        cluster = "cum-1" if number < OURS else "cum-2"
        _player, code = app.ledger.players.invite(
            [cluster], name="", at=NOW, until=NOW + timedelta(days=1)
        )
        enrolled = doors.enrol(code.secret, version="thử", at=NOW)
        assert enrolled is not None
        found.append(enrolled.token)
    return found


def publish(app: App, cluster: str) -> None:
    programme = airing.programme(
        commune="xa-mau",
        cluster=cluster,
        priority=Priority.EMERGENCY,
        expires=airing.SLOT + timedelta(days=1),
    )
    app.ledger.programmes.publish(programme, NOW)


async def waits(server: Console) -> int:
    async with httpx.AsyncClient() as client:
        page = (await client.get(f"http://127.0.0.1:{server.watch}/metrics")).text
    (line,) = [row for row in page.splitlines() if row.startswith("loa_players_waiting ")]
    return int(float(line.split()[1]))


async def settle(server: Console, count: int) -> None:
    async with asyncio.timeout(60):
        while await waits(server) != count:
            await asyncio.sleep(0.05)


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def test_waiting_costs_little_and_wakes_only_those_concerned(
    server: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(server.workspace) as app:
        run_apart(scene(app, server, tokens_of(app), capsys))


async def scene(
    app: App, server: Console, tokens: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits) as client:

        async def wait(token: str) -> tuple[float, int]:
            headers = {"Authorization": f"Bearer {token}"}
            answer = await client.get("/player/v1/events", headers=headers)
            assert answer.status_code == 200
            return time.monotonic(), len(answer.json()["programmes"])

        waiting = [asyncio.create_task(wait(token)) for token in tokens]
        await settle(server, PLAYERS)
        process = psutil.Process(server.process.pid)
        before, began = cpu_seconds(process), time.monotonic()
        await asyncio.sleep(QUIET)  # nothing happens: that is what is measured
        share = (cpu_seconds(process) - before) / (time.monotonic() - began)
        published = time.monotonic()
        await asyncio.to_thread(publish, app, "cum-1")
        ours = await asyncio.gather(*waiting[:OURS])
        slowest = max(at for at, _count in ours) - published
        assert [count for _at, count in ours] == [1] * OURS
        assert await waits(server) == PLAYERS - OURS, "the other cluster's players wait on"
        spent = cpu_seconds(process)
        await asyncio.to_thread(publish, app, "cum-2")
        theirs = await asyncio.gather(*waiting[OURS:])
        each = (cpu_seconds(process) - spent) / len(theirs)
        assert [count for _at, count in theirs] == [1] * len(theirs)
    if PLAYERS >= MANY:
        with capsys.disabled():
            print(f"\n{PLAYERS} players wait: {share:.1%} of a core;", end=" ")
            print(f"{OURS} woken in {slowest:.2f} s; {each * 1000:.1f} ms of a core to wake one")
    assert share < SHARE
