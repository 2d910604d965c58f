"""A small commune on disk, opened on a simulated clock."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commune import PASSPHRASE, make_commune
from support.fake_telegram import TOKEN, FakeTelegram
from support.nursery import Nursery, shared_nursery
from support.printed import make_printed
from support.province import Bench
from support.redis_server import RedisServer, redis_server, shared_redis
from support.servers import Postgres
from support.visits import make_visited, sent_out

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


@pytest.fixture
def telegram(tmp_path: Path) -> Iterator[FakeTelegram]:
    with FakeTelegram(log=tmp_path / "telegram.log") as server:
        yield server


@pytest.fixture
def office(tmp_path: Path, telegram: FakeTelegram) -> Iterator[App]:
    """The same commune with a bot, whose far side is ``telegram``."""
    folder = make_commune(tmp_path / "xa", telegram=telegram.base_url, token=TOKEN)
    with open_app(folder) as opened:
        opened.office.set_passphrase("minh", PASSPHRASE, None)
        yield opened


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose flyers were handed to the print point."""
    return make_printed(tmp_path_factory.mktemp("in") / "xa")


@pytest.fixture
def fresh(printed: Path, tmp_path: Path) -> Path:
    """The same, of which nothing was printed or confirmed by any other test."""
    return shutil.copytree(printed, tmp_path / "xa")


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commune whose teams have their sheets; every test has a copy of its own."""
    folder = make_visited(tmp_path_factory.mktemp("visits") / "xa")
    with open_app(folder) as app:
        sent_out(app)
    return folder


@pytest.fixture(scope="session")
def shared_telegram(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeTelegram]:
    with FakeTelegram(log=tmp_path_factory.mktemp("telegram") / "log") as server:
        yield server


@pytest.fixture(scope="session")
def children() -> Nursery:
    """Forks what tests start and kill."""
    return shared_nursery()


@pytest.fixture(scope="session")
def bench(
    tmp_path_factory: pytest.TempPathFactory,
    shared_telegram: FakeTelegram,
    shared_redis: RedisServer,
    postgres: Postgres,
    children: Nursery,
) -> Bench:
    folder = tmp_path_factory.mktemp("provinces")
    return Bench(folder, shared_telegram, shared_redis, postgres, children)
