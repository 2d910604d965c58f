"""The doctor names each fault that was planted, finds nothing where nothing is, and never falls."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import namedtuple
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from support import sound
from support.commune import loa
from support.doctor import seen, settings, telegram, told, workspace, write
from support.fake_telegram import FakeTelegram
from support.redis_server import RedisServer, redis_server, shared_redis, wait_until
from support.servers import Postgres, free_port
from support.webhook import SECRET, receiver

from channels.loudspeaker.speech.espeak import EspeakEngine
from engine.app import open_app
from engine.cli.doctor import check_name
from engine.ledger.database import Database
from engine.ledger.schema import open_database
from engine.ledger.tables import STAMP
from engine.settings import LoudspeakerSettings, load_settings
from engine.upkeep.backup import backup
from engine.upkeep.checks.clock import compared
from engine.upkeep.checks.making import fonts_check, heard, vietnamese_letters
from engine.upkeep.doctor import CHECKS, examine
from engine.upkeep.findings import Finding, Level, Patient

__all__ = ["redis_server", "shared_redis", "telegram", "workspace"]


Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_a_healthy_workspace_has_nothing_bad(workspace: Path) -> None:
    names = [name for name in CHECKS if name not in ("channels", "running", "backups")]
    found = seen(workspace, *names)
    assert "bad" not in found
    assert found.count("fine") >= 8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("liive = true", "bad: .*liive"),
        ("live = vâng", r"bad: .*line 1, column"),
        ('live = true\n[clock]\nsimulated = "2026-12-01T04:00:00+07:00"', "made-up times"),
        ('[queue]\nurl = "redis://x"', "the ledger is a file"),
        ("live = false", "look: .*only rehearsed"),
    ],
)
def test_settings_that_are_wrong_or_contradict_each_other_are_named(
    workspace: Path, text: str, words: str
) -> None:
    write(workspace, text)
    assert re.search(words, seen(workspace, "settings"))


def test_a_wrong_registry_is_told_with_its_line(workspace: Path) -> None:
    file = workspace / "commune.yaml"
    file.write_text(file.read_text("utf-8").replace("households: 100", "households: -1"), "utf-8")
    assert "commune.yaml:8:" in seen(workspace, "registry")


@pytest.mark.parametrize("secret", ["data.key", "bot.token"])
def test_a_secret_that_others_can_read_is_named(
    workspace: Path, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "bot.token").touch(0o600)
    monkeypatch.setenv("LOA_TELEGRAM_TOKEN_FILE", str(workspace / "bot.token"))
    assert "bad" not in seen(workspace, "rights")
    (workspace / secret).chmod(0o644)
    assert f"{secret} can be read by others" in seen(workspace, "rights")


def test_a_key_that_is_gone_is_told_before_another_is_made(workspace: Path) -> None:
    (workspace / "data.key").unlink()
    assert "bad: " + str(workspace / "data.key") in seen(workspace, "rights")
    assert not (workspace / "data.key").exists()


@pytest.mark.parametrize(("free", "level"), [(10**8, "bad"), (10**9, "look"), (10**11, "fine")])
def test_a_disk_that_fills_up_is_told(
    workspace: Path, free: int, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 0, free))
    assert seen(workspace, "disk").startswith(level)


def test_a_folder_that_cannot_be_written_is_named(workspace: Path) -> None:
    outbox = workspace / "outbox"
    outbox.symlink_to("/proc/sys")
    assert f"bad: {outbox}: Loa cannot write here" in seen(workspace, "disk")


def test_a_damaged_ledger_and_one_of_another_version_are_told(workspace: Path) -> None:
    file = workspace / "loa.db"
    for version, words in (("0000", "older than this Loa"), ("9999", "newer than this Loa")):
        database = Database.connect(file)
        with database.write() as connection:
            connection.exec_driver_sql(f"UPDATE {STAMP} SET version_num = '{version}'")
        database.close()
        assert words in seen(workspace, "ledger")
    file.write_bytes(b"no ledger at all" * 1000)
    assert seen(workspace, "ledger").startswith("bad")


def test_a_server_that_would_lose_what_it_took_is_told(
    workspace: Path, postgres: Postgres, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LEDGER_URL", postgres_url)
    open_database(Database.connect(postgres_url)).close()
    found = seen(workspace, "ledger")
    assert "fsync = off" in found, "the tests' server is run without"
    assert "full_page_writes = off" in found
    assert "khong-ai" not in found
    name = postgres_url.rpartition("/")[2]
    postgres.run("ALTER DATABASE {} SET synchronous_commit = off", name)
    assert "look: PostgreSQL has synchronous_commit = off" in seen(workspace, "ledger")


@pytest.fixture
def durable(postgres: Postgres, postgres_url: str) -> Iterator[str]:
    """The tests' server, set for a while as it is in real life."""
    names = ("fsync", "full_page_writes")
    for name in names:
        postgres.run(f"ALTER SYSTEM SET {name} = on")
    postgres.run("SELECT pg_reload_conf()")
    wait_until(lambda: shows(postgres_url, "fsync") == "on", "the server's new settings")
    yield postgres_url
    for name in names:
        postgres.run(f"ALTER SYSTEM RESET {name}")
    postgres.run("SELECT pg_reload_conf()")
    wait_until(lambda: shows(postgres_url, "fsync") == "off", "the server's old settings")


def shows(url: str, name: str) -> str:
    with psycopg.connect(url) as connection:
        found = connection.execute(f"SHOW {name}").fetchone()
    assert found is not None
    return str(found[0])


def test_a_durable_server_is_fine_and_one_that_is_away_is_told(
    workspace: Path, durable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LEDGER_URL", durable)
    open_database(Database.connect(durable)).close()
    found = seen(workspace, "ledger", "clock")
    assert "bad" not in found
    assert "keeps what it has taken" in found
    monkeypatch.setenv("LOA_LEDGER_URL", f"postgresql://loa@127.0.0.1:{free_port()}/loa")
    found = seen(workspace, "ledger", "clock")
    assert found.startswith("bad")
    assert "the clock could not be compared" in found


def test_redis_that_may_drop_the_queue_is_told(
    workspace: Path, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_QUEUE_URL", redis_server.url)
    assert "appendonly no" in seen(workspace, "queue")
    with redis_server.client as client:
        client.config_set("appendonly", "yes")
        assert "look" not in seen(workspace, "queue")
        client.config_set("maxmemory-policy", "allkeys-lru")
        assert "look: Redis has maxmemory-policy allkeys-lru" in seen(workspace, "queue")
        client.config_set("maxmemory", "100mb")
        assert "bad: Redis has maxmemory-policy allkeys-lru" in seen(workspace, "queue")
    redis_server.stop()
    assert "bad: Redis does not answer" in seen(workspace, "queue")


def test_clocks_that_differ_are_told() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    minute = timedelta(minutes=1)
    assert told(list(compared(now, now - minute, now + timedelta(seconds=1)))).startswith("fine")
    assert told(list(compared(now, None, now + timedelta(seconds=20)))).startswith("look")
    assert told(list(compared(now, None, now - 5 * minute))).startswith("bad")
    assert "last event" in told(list(compared(now, now + 2 * minute, None)))


def test_the_font_has_every_letter_and_one_that_lacks_some_is_told(workspace: Path) -> None:
    assert len(set(vietnamese_letters())) == 2 * (12 * 6 + 17)
    patient = Patient(workspace, None)
    assert told(list(fonts_check(patient))).startswith("fine")
    lacking = list(fonts_check(patient, lambda text: [one for one in text if one in "ỗỡ"]))
    assert "bad: the flyers' font lacks ỗ ỡ" in told(lacking)


def test_a_voice_that_does_not_exist_or_is_silent_is_told(workspace: Path) -> None:
    assert told([heard(EspeakEngine(), LoudspeakerSettings())]).startswith("fine")
    unknown = LoudspeakerSettings(voice="khong-co")
    assert "bad: the voice espeak khong-co does not speak" in told([heard(EspeakEngine(), unknown)])


def test_a_jingle_that_cannot_air_is_told_before_it_should(workspace: Path) -> None:
    assert seen(workspace, "programme").startswith("fine: programmes open and close with what")
    sound.sound_file(workspace / "hieu.wav", sound.murmur(3, 0.3))
    write(workspace, settings(workspace) + '[programme]\njingle = "hieu.wav"\nbed = "nen.mp3"\n')
    told = seen(workspace, "programme")
    assert "fine: programme.jingle: hieu.wav can be heard" in told
    assert "bad: programme.bed: nen.mp3 cannot be used, programmes go without it" in told


def test_telegram_is_asked_who_the_bot_is_and_sent_nothing(
    workspace: Path, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "fine: " in seen(workspace, "channels")
    monkeypatch.setenv("LOA_TELEGRAM_TOKEN", "1:khac")
    assert "bad: chat/telegram: Telegram does not know the bot's token" in seen(
        workspace, "channels"
    ).replace("Chat", "chat")
    monkeypatch.setenv("LOA_TELEGRAM_BASE_URL", f"http://127.0.0.1:{free_port()}")
    assert "cannot be reached" in seen(workspace, "channels")
    assert not telegram.accepted()


def test_a_store_that_is_not_mounted_is_told(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seen(workspace, "store").startswith("fine")
    monkeypatch.setenv("LOA_ARTIFACTS_URL", str(workspace / "kho"))
    assert "is it mounted?" in seen(workspace, "store")


def test_a_workspace_without_a_backup_is_told(workspace: Path) -> None:
    assert "look" in seen(workspace, "backups")
    assert "no backup yet" in seen(workspace, "backups")
    with_ledger(workspace)
    made = backup(workspace)
    assert "the disk that they should outlive" in seen(workspace, "backups")
    old = made.path.stat().st_mtime - 9 * 86_400
    os.utime(made.path, (old, old))
    assert "9 days old: loa backup" in seen(workspace, "backups")


def with_ledger(workspace: Path) -> None:
    (workspace / "data.key").unlink()
    with open_app(workspace):
        assert load_settings(workspace).live


def test_everything_broken_at_once_is_told_line_by_line(workspace: Path) -> None:
    write(workspace, "liive = true")
    (workspace / "commune.yaml").write_text("{", encoding="utf-8")
    (workspace / "loa.db").write_bytes(b"x" * 5000)
    (workspace / "data.key").chmod(0o644)
    done = loa("doctor", "-w", workspace)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for check in CHECKS:
        if check != "boot":
            assert f" {check_name(check)}: " in done.stdout, check
    assert "not looked at" in done.stdout
    found = json.loads(loa("doctor", "--json", "-w", workspace).stdout)
    assert {"check": "fonts", "level": Level.FINE}.items() <= found_of(found, "fonts").items()
    assert found_of(found, "settings")["level"] == Level.BAD


def found_of(found: list[dict[str, str]], check: str) -> dict[str, str]:
    return next(one for one in found if one["check"] == check)


def test_a_check_that_falls_ill_itself_does_not_end_the_round(workspace: Path) -> None:
    def ill(_patient: Patient) -> Iterator[Finding]:
        raise ZeroDivisionError("x")
        yield

    found = [one.finding for one in examine(workspace, {"disk": ill, "fonts": fonts_check})]
    assert [one.level for one in found] == [Level.BAD, Level.FINE]
    assert "ZeroDivisionError" in found[0].words


def test_portals_of_others_are_asked_and_told_of(workspace: Path) -> None:
    with receiver(workspace.parent / "far") as far:
        portal = f"""
[portal]
backends = ["static", "webhook"]
[portal.webhook]
url = "{far.url}"
secret = "{{secret}}"
"""
        own = settings(workspace)
        write(workspace, own + portal.format(secret=SECRET))
        assert "fine: portal/webhook: the far side answers" in seen(workspace, "channels")
        write(workspace, own + portal.format(secret="x" * 20))
        assert "bad: portal/webhook:" in seen(workspace, "channels")
        assert far.log == []
    write(
        workspace,
        own + '[portal]\nbackends = ["wordpress"]\n[portal.wordpress]\n'
        'url = "http://127.0.0.1:9"\nuser = "loa"\npassword = "x"\n',
    )
    found = seen(workspace, "channels")
    assert "bad: portal/wordpress: 127.0.0.1:9 cannot be reached" in found
    assert "QR codes lead to https://xa-mau.example/x/, but posts go to http://127.0.0.1:9" in found
