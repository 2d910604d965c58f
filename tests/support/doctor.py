"""A workspace for the doctor, and what he says of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.ledger.database import Database
from engine.ledger.schema import open_database
from engine.upkeep.doctor import CHECKS, examine
from engine.upkeep.findings import Finding
from support.commune import make_commune
from support.fake_telegram import TOKEN, FakeTelegram


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A commune on the machine's clock whose ledger and key are there."""
    folder = make_commune(tmp_path / "xa", token=TOKEN)
    write(folder, settings(folder).replace("simulated", "#"))
    (folder / "data.key").touch(0o600)
    open_database(Database.connect(folder / "loa.db")).close()
    return folder


def settings(folder: Path) -> str:
    return (folder / "loa.toml").read_text("utf-8")


def write(folder: Path, text: str) -> None:
    (folder / "loa.toml").write_text(text, encoding="utf-8")


def seen(folder: Path, *checks: str) -> str:
    """What those checks say, a line each, the level first."""
    chosen = {name: CHECKS[name] for name in checks}
    return told([one.finding for one in examine(folder, chosen)])


def told(findings: list[Finding]) -> str:
    return "\n".join(f"{one.level}: {one.words}" for one in findings)


@pytest.fixture
def telegram(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTelegram]:
    with FakeTelegram(log=workspace.parent / "telegram.log") as server:
        monkeypatch.setenv("LOA_TELEGRAM_BASE_URL", server.base_url)
        yield server
