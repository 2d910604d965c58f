"""A small commune on disk, opened on a simulated clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commune import PASSPHRASE, make_commune
from support.redis_server import redis_server, shared_redis

from engine.app import App, open_app

__all__ = ["redis_server", "shared_redis"]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests read messages in English."""
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return make_commune(tmp_path / "xa")


@pytest.fixture
def app(workspace: Path) -> Iterator[App]:
    with open_app(workspace) as opened:
        opened.office.set_passphrase("minh", PASSPHRASE, None)
        yield opened
