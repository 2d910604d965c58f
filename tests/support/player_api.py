"""What tests of ``loa console`` ask for: a commune, its server as a process, what is published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.app import App
from engine.artifacts.sounds import keep_sound
from engine.clock import VIETNAM
from engine.ledger.places import Place
from engine.models import File
from support import airing
from support.console import (
    Console,
    Player,
    console,
    opened,
    workspace_of,
)
from support.nursery import Nursery

#: When the commune's simulated clock stands.
NOW = datetime(2026, 12, 1, 4, 0, tzinfo=VIETNAM)


SOUND = File.of_bytes("2026-12-01/0500-routine-tin-1.mp3", "audio/mpeg", bytes(range(256)) * 40)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """On a ledger in a file; tests that ask for ``ready_place`` run on both kinds."""
    both = "ready_place" in request.fixturenames
    place: Place | None = request.getfixturevalue("ready_place") if both else None
    return workspace_of(tmp_path / "xa", place)


both_ledgers = pytest.mark.usefixtures("ready_place")


@pytest.fixture
def app(workspace: Path) -> Iterator[App]:
    with opened(workspace) as app:
        yield app


@pytest.fixture
def server(workspace: Path, app: App, children: Nursery) -> Iterator[Console]:
    with console(workspace, children) as server:
        yield server


def publish(app: App, **changes: Any) -> int:
    listed = airing.sound(SOUND.read())
    values = {"commune": "xa-mau", "items": (airing.item(sound=listed),), **changes}
    keep_sound(app.artifacts, SOUND)
    return app.ledger.programmes.publish(airing.programme(**values), app.clock.now())


def a_play(player: Player, number: int = 1, **changes: Any) -> dict[str, object]:
    return {
        "player": player.id,
        "number": number,
        "cluster": player.clusters[0],
        "slot": "2026-12-01T05:00:00+07:00",
        "campaign_id": "tin-1",
        "purpose": "notice",
        "hamlets": ["ap-1"],
        "sha256": SOUND.sha256,
        "began": "2026-12-01T05:00:01+07:00",
        "seconds": 12.0,
        "outcome": "played",
        "reason": "",
        **changes,
    }


DAY = timedelta(days=1)


def waits(server: Console) -> int:
    """How many players wait, as the server itself says."""
    page = httpx.get(f"http://127.0.0.1:{server.watch}/metrics").text
    (line,) = [row for row in page.splitlines() if row.startswith("loa_players_waiting ")]
    return int(float(line.split()[1]))
