"""``loa worker`` and ``loa scheduler`` as services are, on the machine's own clock.

They are forked; the processes that they start themselves are begun as those of an installed Loa.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from engine.clock import VIETNAM
from support.commune import WARNING, make_commune
from support.nursery import Child, shared_nursery
from support.redis_server import RedisServer, wait_until


def today(folder: Path) -> Path:
    """Make a workspace on the machine's own clock, with an emergency that is valid today."""
    now = datetime.now(VIETNAM)
    validity = (
        f"{{from: {now - timedelta(days=1):%Y-%m-%d}, until: {now + timedelta(days=2):%Y-%m-%d}}}"
    )
    warning = WARNING.replace("{from: 2026-12-01, until: 2026-12-03}", validity)
    workspace = make_commune(folder, {"bao-lu": warning})
    settings = workspace / "loa.toml"
    lines = settings.read_text().splitlines()
    settings.write_text("\n".join(line for line in lines if not line.startswith("simulated")))
    return workspace


def serve(workspace: Path, redis: RedisServer, *command: str) -> Child:
    environ = {**os.environ, "LOA_LANG": "en", "LOA_QUEUE_URL": redis.url}
    return shared_nursery().start(
        "command_driver",
        [*command, "-w", str(workspace)],
        workspace / "service.log",
        environ=environ,
    )


@contextmanager
def service(
    workspace: Path, redis: RedisServer, url: str, *command: str
) -> Iterator[tuple[Child, httpx.Client]]:
    """Run a service until it tells at ``url`` how it fares; yield it and who may ask it more."""
    process = serve(workspace, redis, *command, "--listen", url.removeprefix("http://"))
    log = workspace / "service.log"
    try:
        with httpx.Client(base_url=url, timeout=30) as client:
            wait_until(lambda: process.poll() is not None or listens(client), "an answer")
            assert process.poll() is None, log.read_text(encoding="utf-8")
            yield process, client
    finally:
        process.terminate()
        process.wait()


def listens(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False
