"""A backup holds everything, proves itself, and is never half of one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from support.commune import PASSPHRASE, files_below, loa, make_commune

from engine.app import open_app
from engine.errors import LoaError
from engine.files import BACKUP_LOCK, alone
from engine.ledger.copying import copy_commune
from engine.ledger.database import Database
from engine.ledger.places import Place
from engine.ledger.schema import FIRST
from engine.ledger.snapshot import describe, take_snapshot
from engine.ledger.tables import SCHEMA
from engine.ledger.upgrading import migrate
from engine.settings import load_settings
from engine.upkeep.archive import LEDGER, MANIFEST, read_manifest, unpack, verify
from engine.upkeep.backup import backup
from engine.upkeep.contents import kept_files
from engine.upkeep.restore import restore
from workers.embedded import EmbeddedRuntime


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commune that has sent an emergency."""
    folder = make_commune(tmp_path_factory.mktemp("upkeep") / "xa")
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(folder / "campaigns" / "bao-lu.yaml", "lan")
        app.office.approve("bao-lu", "minh", PASSPHRASE)
        EmbeddedRuntime(app).run(until=app.clock.now() + timedelta(hours=1))
    return folder


@pytest.fixture
def small(tmp_path: Path, template: Path) -> Path:
    """The same commune for one test."""
    return Path(shutil.copytree(template, tmp_path / "xa"))


@pytest.fixture
def workspace(small: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same commune, its ledger in a file or on a server."""
    if isinstance(place, str):
        copy_commune(small / "loa.db", place)
        (small / "loa.db").unlink()
        monkeypatch.setenv("LOA_LEDGER_URL", place)
    return small


def test_a_backup_holds_ledger_artifacts_outbox_and_what_people_wrote(
    workspace: Path, tmp_path: Path
) -> None:
    made = backup(workspace, tmp_path / "usb")
    unpack(made.path, tmp_path / "out")
    here, there = files_below(workspace), files_below(tmp_path / "out")
    kept = ("commune.yaml", "loa.toml", "campaigns/", "artifacts/", "outbox/")
    left_out = (
        "artifacts/speech/",
        "outbox/rehearsal/",
        "outbox/.portal.next/",
    )
    wanted = {
        name: data
        for name, data in here.items()
        if name.startswith(kept) and not name.startswith(left_out)
    }
    assert {name: data for name, data in there.items() if name != LEDGER} == wanted
    assert any(name.startswith("artifacts/") for name in wanted)
    assert any(name.startswith("outbox/loudspeaker/") for name in wanted)
    with open_app(workspace) as app, app.ledger.database.read() as connection:
        for table, rows in describe(tmp_path / "out" / LEDGER).rows.items():
            query = f"SELECT count(*) FROM {table}"
            assert connection.exec_driver_sql(query).scalar_one() == rows
    assert made.manifest.ledger.communes == ("xa-mau",)
    assert made.manifest.ledger.rows["events"] > 10


def test_a_machine_that_serves_many_communes_saves_each_one_s_outbox(tmp_path: Path) -> None:
    folder = tmp_path / "tinh"
    names = (
        "communes/xa-a/outbox/portal/index.html",
        "communes/xa-b/outbox/flyer/1.pdf",
        "campaigns/outbox/rehearsal/thu.pdf",
    )
    left_out = ("communes/xa-a/outbox/rehearsal/x.txt", "communes/xa-a/preview/1/x.mp3")
    for name in (*names, *left_out, "loa.toml", "province.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    found = [name for name, _file in kept_files(folder, load_settings(folder))]
    assert sorted(found) == sorted([*names, "loa.toml", "province.yaml"])


def test_a_backup_is_readable_by_its_owner_alone(small: Path) -> None:
    made = backup(small)
    assert made.path.parent == small / "backups"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_the_data_key_is_in_it_only_when_that_is_asked_for(small: Path) -> None:
    without, with_key = backup(small), backup(small, with_key=True)
    key = (small / "data.key").read_bytes()
    assert not without.manifest.with_key
    assert "data.key" not in zipfile.ZipFile(without.path).namelist()
    assert zipfile.ZipFile(with_key.path).read("data.key") == key
    assert without.manifest.key_sha256 == with_key.manifest.key_sha256 is not None


def test_a_key_that_lies_elsewhere_is_never_taken_along(small: Path, tmp_path: Path) -> None:
    (small / "data.key").rename(tmp_path / "else.key")
    with (small / "loa.toml").open("r+", encoding="utf-8") as file:
        text = file.read()
        file.seek(0)
        file.write(f'data_key_file = "{tmp_path}/else.key"\n{text}')
    assert "else.key" not in str(read_manifest(backup(small).path).files)
    with pytest.raises(LoaError, match="not in this workspace"):
        backup(small, with_key=True)


def rewritten(archive: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    with zipfile.ZipFile(archive) as old:
        found = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(archive, "w") as new:
        for name, data in found.items():
            if data is not None:
                new.writestr(name, data)


def lose_the_registry(name: str, data: bytes) -> bytes | None:
    return None if name == "commune.yaml" else data


def word_it_otherwise(name: str, data: bytes) -> bytes | None:
    return data.replace(b"100", b"900") if name == "commune.yaml" else data


def forget_a_row(name: str, data: bytes) -> bytes | None:
    if name != MANIFEST:
        return data
    manifest = json.loads(data)
    manifest["ledger"]["rows"]["events"] += 1
    return json.dumps(manifest).encode()


def point_outside(name: str, data: bytes) -> bytes | None:
    return data.replace(b'"commune.yaml"', b'"../mine.yaml"') if name == MANIFEST else data


def come_from_later(name: str, data: bytes) -> bytes | None:
    return data.replace(b'"format": 1', b'"format": 2') if name == MANIFEST else data


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lose_the_registry, "commune.yaml is not what was saved"),
        (word_it_otherwise, "commune.yaml is not what was saved"),
        (forget_a_row, "the ledger in it is not what was saved"),
        (point_outside, r"\.\./mine.yaml is not what was saved"),
        (come_from_later, "another Loa"),
    ],
)
def test_an_archive_that_was_changed_says_where(
    small: Path, tmp_path: Path, change: Callable[[str, bytes], bytes | None], words: str
) -> None:
    made = backup(small)
    rewritten(made.path, change)
    with pytest.raises(LoaError, match=words):
        verify(made.path)
    with pytest.raises(LoaError, match=words):
        unpack(made.path, tmp_path / "out")
    assert not (tmp_path / "mine.yaml").exists()


def test_no_flipped_byte_of_a_file_and_no_missing_end_goes_unnoticed(small: Path) -> None:
    path = backup(small).path
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        places = [info.header_offset + 60 + len(info.filename) for info in archive.infolist()]
    for place in places[:12]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(LoaError):
            verify(path)
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(LoaError, match="no backup of Loa, or half of one"):
            verify(path)
    path.write_bytes(whole)
    verify(path)


def test_only_the_newest_stay_and_only_ours_are_removed(small: Path) -> None:
    with (small / "loa.toml").open("a", encoding="utf-8") as file:
        file.write("[backup]\nkeep = 2\n")
    (small / "backups").mkdir()
    foreign = small / "backups" / "loa-xa-mau-2-20200101-000000.zip"
    foreign.touch()
    first, second, third = (backup(small) for _time in range(3))
    assert third.removed == (first.path,)
    assert {path.name for path in (small / "backups").glob("*.zip")} == {
        foreign.name,
        second.path.name,
        third.path.name,
    }


def test_a_named_file_is_never_written_over(small: Path, tmp_path: Path) -> None:
    archive = tmp_path / "usb" / "mot.zip"
    assert backup(small, archive).path == archive
    before = archive.read_bytes()
    with pytest.raises(LoaError, match="something already"):
        backup(small, archive)
    assert archive.read_bytes() == before
    assert clean(archive.parent)


def test_a_backup_among_what_it_saves_is_refused(small: Path) -> None:
    with pytest.raises(LoaError, match="among the files that it saves"):
        backup(small, small / "artifacts" / "x")


def test_a_link_to_a_folder_is_told_and_not_lost(small: Path, tmp_path: Path) -> None:
    (small / "campaigns" / "cu").symlink_to(tmp_path)
    with pytest.raises(LoaError, match="campaigns/cu: a backup cannot follow a link"):
        backup(small)
    assert clean(small / "backups")


def clean(folder: Path) -> bool:
    """Say whether a folder of backups holds whole backups and nothing else."""
    return all(path.suffix == ".zip" or path.name == BACKUP_LOCK for path in folder.iterdir())


def test_one_backup_at_a_time(small: Path) -> None:
    with alone(small / BACKUP_LOCK), pytest.raises(LoaError, match="another backup is being made"):
        backup(small)
    backup(small)


#: Mounts a disk smaller than a backup in a mount namespace of its own, and looks at it at the end.
ON_A_SMALL_DISK = """
mount -t tmpfs -o size=64k loa-test "$1" || exit 77
"$2" backup "$1" -w "$3"; status=$?
ls -A "$1"; exit $status
"""


def test_a_full_disk_leaves_nothing_behind(small: Path, tmp_path: Path) -> None:
    disk, program = tmp_path / "disk", Path(sys.executable).with_name("loa")
    disk.mkdir()
    command = ["unshare", "--mount", "sh", "-c", ON_A_SMALL_DISK, "sh", disk, program, small]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "no backup was made: the disk is full" in done.stderr
    assert done.stdout.split() == [BACKUP_LOCK]


DYING = """
import os, signal, sys
from pathlib import Path
from engine.upkeep.backup import backup

def die(_name):
    os.kill(os.getpid(), signal.SIGKILL)

backup(Path(sys.argv[1]), boundary=die)
"""


def test_a_kill_leaves_no_half_backup_and_the_next_one_cleans_up(small: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DYING, small], env=os.environ)
    assert done.returncode == -signal.SIGKILL
    folder = small / "backups"
    assert not list(folder.glob("*.zip"))
    assert list(folder.glob(".loa-*.tmp")), "the kill came in the middle"
    made = backup(small)
    assert clean(folder)
    verify(made.path)


def test_the_commands_say_what_was_saved_and_that_the_key_is_not_in_it(
    small: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "mot.zip"
    done = loa("backup", archive, "-w", small)
    assert done.returncode == 0, done.stderr
    assert "every one read back" in done.stdout
    assert "data.key is not in it" in done.stderr
    assert "xa-mau" in loa("backup", "--verify", archive).stdout
    archive.write_bytes(archive.read_bytes()[:-5])
    done = loa("backup", "--verify", archive)
    assert (done.returncode, done.stdout) == (1, "")
    assert "half of one" in done.stderr


OLD_REGISTRY = '{"commune": {"id": "xa-mau", "name": "Xã Mẫu"}, "hamlets": []}'


@pytest.fixture
def older(tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A commune whose ledger was made by an older Loa."""
    folder = make_commune(tmp_path / "xa")
    if isinstance(place, str):
        monkeypatch.setenv("LOA_LEDGER_URL", place)
    database = Database.connect(place if isinstance(place, str) else folder / "loa.db")
    with database.write() as connection:
        migrate(connection, to=FIRST)
        connection.exec_driver_sql(
            "INSERT INTO registries (commune_id, revision, body, sha256, loaded_at) VALUES"
            f" ('xa-mau', 1, '{OLD_REGISTRY}', 'x', '2026-12-01T01:00:00.000000Z')"
        )
    database.close()
    return folder


def test_a_backup_is_made_before_every_migration(
    older: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = loa("db", "upgrade", "-w", older)
    assert done.returncode == 0, done.stderr
    (path,) = (older / "backups").glob("*.zip")
    assert f"as it was before: {path}" in done.stdout
    facts = verify(path).ledger
    assert (facts.version, facts.communes, facts.rows["registries"]) == (FIRST, ("xa-mau",), 1)
    monkeypatch.delenv("LOA_LEDGER_URL", raising=False)
    restored = restore(path, tmp_path / "new")
    assert describe(restored.folder / LEDGER).version == SCHEMA


def test_a_migration_without_a_backup_does_not_begin(older: Path, place: Place) -> None:
    (older / "backups").touch()
    assert loa("db", "upgrade", "-w", older).returncode == 1
    assert take_snapshot(place_of(older, place), older / "copy.db").version == FIRST


def place_of(folder: Path, place: Place) -> Place:
    return place if isinstance(place, str) else folder / "loa.db"
