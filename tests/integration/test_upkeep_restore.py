"""A workspace comes back whole or not at all, and sends nothing twice that would be noticed."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select
from support.commune import PASSPHRASE, loa, make_commune
from support.dispatching import check_chains
from support.fake_telegram import TOKEN, FakeTelegram
from support.servers import Postgres

from engine.app import App, open_app
from engine.clock import SimulatedClock
from engine.errors import LoaError
from engine.ledger.copying import copy_commune
from engine.ledger.mending import Which
from engine.ledger.restoring import GAP
from engine.ledger.tables import bundles
from engine.states import State
from engine.upkeep.backup import backup
from engine.upkeep.restore import Key, restore
from workers.embedded import EmbeddedRuntime

MEETING = """\
id: {id}
title: Họp ấp {id}
valid: {{from: 2026-12-01, until: 2026-12-05}}
contact: Xã
text: Họp ấp, lần {id}.
channels:
  chat:
    schedule: {{dates: [2026-12-0{day}], times: ["{hour}:00"]}}
"""

#: Two meetings on each of two days.
CAMPAIGNS = {
    f"hop-{day}-{hour}": MEETING.format(id=f"hop-{day}-{hour}", day=day, hour=hour)
    for day in (1, 2)
    for hour in (6, 7)
}

#: The evening of the first day: the second day's messages are still to come.
EVENING = datetime.fromisoformat("2026-12-01T18:00:00+07:00")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live commune whose meetings are approved and not yet told."""
    folder = make_commune(tmp_path_factory.mktemp("upkeep") / "xa", CAMPAIGNS, token=TOKEN)
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        for file in sorted((folder / "campaigns").glob("*.yaml")):
            app.office.submit(file, "lan")
            app.office.approve(file.stem, "minh", PASSPHRASE)
    return folder


@pytest.fixture
def workspace(tmp_path: Path, template: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "xa"))


@pytest.fixture
def telegram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTelegram]:
    with FakeTelegram(log=tmp_path / "telegram.log") as server:
        monkeypatch.setenv("LOA_TELEGRAM_BASE_URL", server.base_url)
        yield server


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    return tmp_path / "new" / "xa"


def run(folder: Path, until: datetime | None = None) -> Counter[State]:
    """Run a workspace; return how many deliveries are in each state at the end."""
    with open_app(folder) as app:
        EmbeddedRuntime(app).run(until=until)
        return states(app)


def states(app: App) -> Counter[State]:
    counts: Counter[State] = Counter()
    for (_channel, state), number in app.ledger.views.counts().items():
        counts[state] += number
    return counts


def told(telegram: FakeTelegram) -> Counter[tuple[str, str]]:
    """Each message that people saw, and how often."""
    return Counter((one["chat_id"], one["text"]) for one in telegram.accepted())


@pytest.mark.parametrize("moment", ["begun", "delivered", "recorded"])
def test_a_backup_taken_in_the_middle_of_a_send_loses_nothing_and_doubles_nothing(
    workspace: Path, elsewhere: Path, tmp_path: Path, telegram: FakeTelegram, moment: str
) -> None:
    archive = tmp_path / "mot.zip"

    def look(name: str) -> None:
        if name == moment and not archive.exists():
            backup(workspace, archive, with_key=True)

    with open_app(workspace, boundary=look) as app:
        EmbeddedRuntime(app).run(until=EVENING)
        planned = sum(states(app).values())
    shutil.rmtree(workspace)
    restored = restore(archive, elsewhere, clock=SimulatedClock(EVENING))
    assert restored.doubted
    counts = run(elsewhere)
    assert sum(counts.values()) == planned
    assert set(counts) <= {State.SENT, State.UNCERTAIN}
    assert counts[State.UNCERTAIN] >= restored.doubted
    assert set(told(telegram).values()) == {1}
    assert len(told(telegram)) == len(CAMPAIGNS)
    with open_app(elsewhere) as app:
        check_chains(app.ledger.views.events())
        assert settle(app) == {State.SENT: planned}
    run(elsewhere)
    assert set(told(telegram).values()) == {1}


def settle(app: App) -> Counter[State]:
    for name in CAMPAIGNS:
        app.ledger.mending.resolve(Which(name), sent=True, at=app.clock.now(), actor="lan")
    return states(app)


def test_a_server_s_ledger_comes_back_into_an_empty_database(
    workspace: Path,
    elsewhere: Path,
    tmp_path: Path,
    telegram: FakeTelegram,
    postgres: Postgres,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy_commune(workspace / "loa.db", postgres_url)
    monkeypatch.setenv("LOA_LEDGER_URL", postgres_url)
    run(workspace, EVENING)
    archive = backup(workspace, tmp_path / "mot.zip", with_key=True).path
    with pytest.raises(LoaError, match="is not empty"):
        restore(archive, elsewhere, clock=SimulatedClock(EVENING))
    assert not list(elsewhere.parent.iterdir())
    other = postgres.make_database()
    monkeypatch.setenv("LOA_LEDGER_URL", postgres.url(other))
    restored = restore(archive, elsewhere, clock=SimulatedClock(EVENING))
    assert restored.server is not None
    assert "khong-ai" not in restored.server
    assert not (elsewhere / "loa.db").exists()
    assert run(elsewhere)[State.UNCERTAIN] == 0
    assert set(told(telegram).values()) == {1}
    assert len(told(telegram)) == len(CAMPAIGNS)
    postgres.drop_database(other)


def test_attachments_of_a_shared_store_come_back_too(
    workspace: Path, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, sheet = tmp_path / "kho", tmp_path / "don.pdf"
    store.mkdir()
    sheet.write_bytes(b"%PDF")
    sha256 = hashlib.sha256(b"%PDF").hexdigest()
    monkeypatch.setenv("LOA_ARTIFACTS_URL", str(store))
    with open_app(workspace) as app:
        app.artifacts.keep_attachment(sha256, sheet)
    archive = backup(workspace, tmp_path / "mot.zip", with_key=True).path
    shutil.rmtree(store)
    store.mkdir()
    restore(archive, elsewhere)
    with open_app(elsewhere) as app:
        assert app.artifacts.attachment(sha256).read_bytes() == b"%PDF"
        assert app.artifacts.attachment(sha256).is_relative_to(store)


def test_what_only_rehearses_is_never_in_doubt(
    workspace: Path, elsewhere: Path, tmp_path: Path
) -> None:
    settings = workspace / "loa.toml"
    settings.write_text(settings.read_text("utf-8").replace("live = true", "live = false"), "utf-8")
    archive = backup(workspace, tmp_path / "mot.zip", with_key=True).path
    assert not restore(archive, elsewhere, clock=SimulatedClock(EVENING)).doubted


def test_new_bundles_get_numbers_that_the_lost_ledger_never_gave(
    workspace: Path, elsewhere: Path, tmp_path: Path
) -> None:
    restore(backup(workspace, tmp_path / "mot.zip", with_key=True).path, elsewhere)
    file = elsewhere / "campaigns" / "moi.yaml"
    file.write_text(MEETING.format(id="moi", day=2, hour=10), encoding="utf-8")
    with open_app(elsewhere) as app:
        app.office.submit(file, "lan")
        app.office.approve("moi", "minh", PASSPHRASE)
        with app.ledger.database.read() as connection:
            newest = connection.execute(select(func.max(bundles.c.id))).scalar_one()
    assert newest > GAP


def test_a_folder_that_holds_anything_is_never_touched(
    workspace: Path, elsewhere: Path, tmp_path: Path
) -> None:
    archive = backup(workspace, tmp_path / "mot.zip", with_key=True).path
    elsewhere.mkdir(parents=True)
    (elsewhere / "mine").write_text("x", encoding="utf-8")
    with pytest.raises(LoaError, match="something already"):
        restore(archive, elsewhere)
    assert [path.name for path in elsewhere.iterdir()] == ["mine"]
    (elsewhere / "mine").unlink()
    assert restore(archive, elsewhere).folder == elsewhere
    assert [path.name for path in elsewhere.parent.iterdir()] == ["xa"]


def test_a_damaged_archive_brings_nothing(workspace: Path, elsewhere: Path, tmp_path: Path) -> None:
    archive = backup(workspace, tmp_path / "mot.zip", with_key=True).path
    whole = archive.read_bytes()
    archive.write_bytes(whole[:4000] + bytes([whole[4000] ^ 1]) + whole[4001:])
    with pytest.raises(LoaError, match="is not what was saved"):
        restore(archive, elsewhere)
    assert not list(elsewhere.parent.iterdir())


def test_a_clock_before_the_backup_is_not_believed(
    workspace: Path, elsewhere: Path, tmp_path: Path
) -> None:
    archive = backup(workspace, tmp_path / "mot.zip", with_key=True).path
    early = SimulatedClock(EVENING - timedelta(days=3))
    with pytest.raises(LoaError, match="set the machine's clock"):
        restore(archive, elsewhere, clock=early)


def test_without_the_key_nothing_comes_back_by_mistake(
    workspace: Path, elsewhere: Path, tmp_path: Path
) -> None:
    archive = backup(workspace, tmp_path / "mot.zip").path
    wrong = tmp_path / "wrong.key"
    wrong.write_bytes(Fernet.generate_key())
    with pytest.raises(LoaError, match=r"sealed with data\.key, which is not in it"):
        restore(archive, elsewhere)
    with pytest.raises(LoaError, match=r"wrong\.key: this is not the key"):
        restore(archive, elsewhere, key=Key(wrong))
    restore(archive, elsewhere, key=Key(workspace / "data.key"))
    with open_app(elsewhere) as app:
        assert any(person.name for person in app.ledger.registries.load(1).people)


def test_a_lost_key_costs_the_names_and_nothing_else(
    workspace: Path, elsewhere: Path, tmp_path: Path
) -> None:
    archive = backup(workspace, tmp_path / "mot.zip").path
    restore(archive, elsewhere, key=Key(lost=True))
    with open_app(elsewhere) as app:
        assert not app.ledger.registries.load(1).people
        assert sum(states(app).values())


DYING = """
import os, signal, sys
from pathlib import Path
from engine.upkeep.restore import restore

def die(_name):
    os.kill(os.getpid(), signal.SIGKILL)

restore(Path(sys.argv[1]), Path(sys.argv[2]), boundary=die)
"""


def test_a_kill_leaves_no_half_workspace(workspace: Path, elsewhere: Path, tmp_path: Path) -> None:
    archive = backup(workspace, tmp_path / "mot.zip", with_key=True).path
    done = subprocess.run([sys.executable, "-c", DYING, archive, elsewhere], env=os.environ)
    assert done.returncode == -signal.SIGKILL
    assert not elsewhere.exists()
    assert list(elsewhere.parent.iterdir()), "the kill came in the middle"
    restore(archive, elsewhere)
    assert [path.name for path in elsewhere.parent.iterdir()] == ["xa"]


def test_the_command_says_what_is_not_known_and_status_goes_on(
    workspace: Path, elsewhere: Path, tmp_path: Path
) -> None:
    archive = backup(workspace, tmp_path / "mot.zip").path
    roundabout = elsewhere.parent / ".." / elsewhere.parent.name / elsewhere.name
    done = loa("restore", archive, roundabout, "--key", workspace / "data.key")
    assert done.returncode == 0, done.stderr
    assert "as it was at 04:00:00 01/12/2026" in done.stdout
    assert "must be given again" in done.stdout
    done = loa("status", "-w", elsewhere)
    assert (done.returncode, "hop-1-6" in done.stdout) == (0, True), done.stderr
    assert "restored from a backup" in loa("events", "-w", elsewhere).stdout
