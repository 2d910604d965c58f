"""Where the ledger is, as people set it, and what they are told when it cannot be used."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from support.commune import loa, make_commune
from support.dispatching import KEY, NOW
from support.servers import SECRET, Postgres, free_port

from engine.app import ledger_place
from engine.errors import LoaError
from engine.ledger import Ledger, Seal, ledger_reason
from engine.ledger.database import Database
from engine.ledger.moves import record_event
from engine.ledger.places import Place, shown, url_of
from engine.ledger.tables import SCHEMA
from engine.settings import load_settings


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("postgresql://loa:bí-mật@máy:5432/xa", "postgresql://loa:***@máy:5432/xa"),
        ("postgres://loa:x@h/xa?password=y&sslmode=require", "postgresql://loa:***@h/xa"),
        ("postgresql+psycopg://h/xa", "postgresql://h/xa"),
        ("sqlite:////tmp/x/loa.db", "/tmp/x/loa.db"),
        ("loa.db", "loa.db"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, seen: str) -> None:
    assert shown(url_of(address)) == seen


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://loa:{SECRET}@h/xa",
        f"postgresql://loa:{SECRET}@h",
        f"postgresql://loa:{SECRET}@h:port/xa",
        f"://{SECRET}",
        "sqlite://",
        f"http://{SECRET}/",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(LoaError, match="postgresql://user:password@host") as raised:
        Database.connect(address)
    assert SECRET not in str(raised.value)


def test_the_ledger_is_a_file_until_a_server_is_set(tmp_path: Path) -> None:
    assert ledger_place(load_settings(tmp_path, {}), tmp_path) == tmp_path / "loa.db"
    (tmp_path / "loa.toml").write_text('[ledger]\nurl = "postgresql://a/b"\n')
    assert ledger_place(load_settings(tmp_path, {}), tmp_path) == "postgresql://a/b"
    environ = {"LOA_LEDGER_URL": "postgresql://c/d"}
    assert ledger_place(load_settings(tmp_path, environ), tmp_path) == "postgresql://c/d"
    (tmp_path / "secret").write_text("postgresql://e:f@g/h\n")
    environ = {"LOA_LEDGER_URL_FILE": str(tmp_path / "secret")}
    settings = load_settings(tmp_path, environ)
    assert ledger_place(settings, tmp_path) == "postgresql://e:f@g/h"
    assert "e:f" not in repr(settings)


def open_ledger(place: Place) -> Ledger:
    return Ledger.open(place, "xa-mau", seal=Seal(KEY), options={})


@pytest.mark.parametrize(
    ("database", "password", "words"),
    [
        ("postgres", "sai", "refuses the user or the password"),
        ("khong-co", SECRET, "no such database"),
    ],
)
def test_a_server_that_refuses_says_why_and_no_password(
    postgres: Postgres, database: str, password: str, words: str
) -> None:
    with pytest.raises(LoaError, match=words) as raised:
        open_ledger(postgres.url(database, password))
    assert password not in str(raised.value)
    assert raised.value.__suppress_context__, "nor in the error beneath it"


def test_a_ledger_without_the_right_to_write_says_so(postgres: Postgres, postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    name = postgres_url.rpartition("/")[2]
    postgres.run("ALTER DATABASE {} SET default_transaction_read_only = on", name)
    ledger.database.engine.dispose()
    with pytest.raises(DBAPIError, match="read-only") as raised:
        ledger.remote_ids.put("a", "b")
    assert "read-only" in ledger_reason(raised.value)
    assert ledger.remote_ids.get("a") is None, "reading goes on"
    ledger.close()


@pytest.mark.parametrize("durable", [True, False])
def test_a_commit_is_as_sure_as_was_asked(place: Place, durable: bool) -> None:
    database = Database.connect(place)
    with database.write(durable=durable) as connection:
        if isinstance(place, Path):
            level = connection.exec_driver_sql("PRAGMA synchronous").scalar()
            assert level == (2 if durable else 1)
        else:
            level = connection.exec_driver_sql("SHOW synchronous_commit").scalar()
            assert level == ("on" if durable else "off")
    database.close()


def test_a_reader_sees_one_moment_and_changes_nothing(place: Place) -> None:
    ledger = open_ledger(place)
    with ledger.database.read() as connection:
        query = "SELECT count(*) FROM remote_ids"
        assert connection.exec_driver_sql(query).scalar() == 0
        writer = threading.Thread(target=ledger.remote_ids.put, args=("a", "b"))
        writer.start()
        writer.join(10)
        assert not writer.is_alive(), "nobody waits for a reader"
        assert connection.exec_driver_sql(query).scalar() == 0
    assert ledger.remote_ids.get("a") == "b"
    if not isinstance(place, Path):
        with pytest.raises(DBAPIError, match="read-only"), ledger.database.read() as connection:
            connection.exec_driver_sql("DELETE FROM remote_ids")
    ledger.close()


def test_a_nul_from_a_far_side_is_kept_readable(place: Place) -> None:
    ledger = open_ledger(place)
    with ledger.database.write() as connection:
        record_event(connection, "xa-mau", what="x", at=NOW, actor="x", detail="a\0b")
    assert [event.detail for event in ledger.views.events()] == ["a\ufffdb"]
    ledger.close()


def test_a_commune_is_moved_and_upgraded_by_command(tmp_path: Path, postgres_url: str) -> None:
    xa = make_commune(tmp_path / "xa")
    assert loa("passphrase", "minh", "-w", xa).returncode == 0
    said = loa("db", "upgrade", "-w", xa)
    assert (said.returncode, said.stdout) == (0, f"the ledger is of version {SCHEMA} already\n")
    secret = tmp_path / "url"
    secret.write_text(postgres_url)
    moved = loa("db", "copy", xa / "loa.db", postgres_url)
    assert moved.returncode == 0, moved.stderr
    assert "xa-mau: copied, every count agrees" in moved.stdout
    there = loa("events", "-w", xa, LOA_LEDGER_URL_FILE=str(secret))
    (xa / "loa.db").rename(xa / "old.db")
    assert there.returncode == 0, there.stderr
    assert "passphrase_set" in there.stdout or "minh" in there.stdout
    assert loa("status", "-w", xa, LOA_LEDGER_URL_FILE=str(secret)).returncode == 0
    assert not (xa / "loa.db").exists(), "the file is not used any more"
    again = loa("db", "copy", xa / "old.db", postgres_url)
    assert again.returncode == 1
    assert SECRET not in again.stdout + again.stderr


def test_a_server_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    xa = make_commune(tmp_path / "xa")
    url = f"postgresql://loa:{SECRET}@127.0.0.1:{free_port()}/xa"
    for command in (("status",), ("db", "upgrade")):
        said = loa(*command, "-w", xa, LOA_LEDGER_URL=url)
        assert said.returncode == 1
        assert "the database does not answer" in said.stderr
        assert SECRET not in said.stderr
        assert len(said.stderr.splitlines()) == 1
