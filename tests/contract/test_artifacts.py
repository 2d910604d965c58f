"""What every artifact store must do, wherever its bytes lie."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from support.object_store import BUCKET, OLD_BUCKET, ObjectStore

from engine.artifacts import ArtifactStore, FolderStore, Kind, open_store
from engine.artifacts.bucket import Bucket
from engine.artifacts.bucket_store import BucketStore
from engine.artifacts.cache import Cache
from engine.errors import ChannelError
from engine.models import Rendered
from engine.settings import ArtifactSettings

KEY = "0a" * 32
OTHER = "f1" * 32
SPEECH = Rendered(
    b"Loa loa loa" * 1000, "audio/mpeg", ("giọng thay thế", "chậm"), {"words": 3.0, "alike": 0.94}
)


@dataclass
class Rig:
    """One kind of store. ``another()`` opens the same place as another machine does."""

    another: Callable[[], ArtifactStore]
    #: Ruins what is kept under a key, behind the store's back.
    damage: Callable[[str], None]


def folder(tmp_path: Path) -> Rig:
    return Rig(lambda: FolderStore(tmp_path / "kho"), lambda key: ruin(tmp_path / "kho", key))


def share(tmp_path: Path) -> Rig:
    root = tmp_path / "kho"
    root.mkdir()
    return Rig(lambda: FolderStore(root, shared=True), lambda key: ruin(root, key))


def bucket(tmp_path: Path, object_store: ObjectStore, name: str = BUCKET, port: int = 0) -> Rig:
    """Each machine has a cache of its own."""
    there, caches = object_store.place(name, port=port), count()

    def another() -> BucketStore:
        return BucketStore(Bucket(there), Cache(tmp_path / f"cache-{next(caches)}", 10**9))

    def damage(key: str) -> None:
        (found,) = (one.name for one in Bucket(there).listed() if one.name.endswith(key))
        data = Bucket(there).read(found)
        assert data is not None
        Bucket(there).write(found, spoiled(data))

    return Rig(another, damage)


def old_bucket(tmp_path: Path, object_store: ObjectStore) -> Rig:
    return bucket(tmp_path, object_store, OLD_BUCKET)


def ruin(root: Path, key: str) -> None:
    (path,) = (one for one in root.rglob(f"{key}*") if one.suffix != ".json")
    path.write_bytes(spoiled(path.read_bytes()))


def spoiled(data: bytes) -> bytes:
    """Change one byte; the length stays."""
    half = len(data) // 2
    return data[:half] + bytes([data[half] ^ 0xFF]) + data[half + 1 :]


RIGS = {"folder": folder, "share": share, "bucket": bucket, "old bucket": old_bucket}


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    build, needs = RIGS[request.param], ()
    if "bucket" in request.param:
        needs = (request.getfixturevalue("object_store"),)
    return build(tmp_path, *needs)


@pytest.fixture
def store(rig: Rig) -> ArtifactStore:
    return rig.another()


@pytest.fixture
def paper(tmp_path: Path) -> tuple[str, Path]:
    """A file that comes with a campaign, and the hash of its bytes."""
    path = tmp_path / "giay-moi.pdf"
    path.write_bytes(b"%PDF-1.7 made up" * 500)
    return hashlib.sha256(path.read_bytes()).hexdigest(), path


def never() -> Rendered:
    pytest.fail("rendered what was there")


def test_what_was_made_is_found_by_every_machine_and_not_made_again(
    rig: Rig, store: ArtifactStore
) -> None:
    assert store.get(KEY) is None
    made = store.make(KEY, lambda: SPEECH)
    assert (store.rendered, made.file.name, made.file.size) == (1, KEY, len(SPEECH.data))
    for machine in (store, rig.another()):
        found = machine.make(KEY, never)
        assert found.file.read() == SPEECH.data
        assert found.file.sha256 == hashlib.sha256(SPEECH.data).hexdigest()
        assert (found.file.media_type, found.remarks) == (SPEECH.media_type, SPEECH.remarks)
        assert found.proof == SPEECH.proof
    assert rig.another().rendered == 0


def test_an_empty_artifact_is_an_artifact(rig: Rig, store: ArtifactStore) -> None:
    store.make(KEY, lambda: Rendered(b"", "text/plain"))
    found = rig.another().get(KEY)
    assert found is not None
    assert (found.file.read(), found.proof) == (b"", {})


def test_a_rendering_that_fails_leaves_nothing_and_holds_nobody_up(store: ArtifactStore) -> None:
    def broken() -> Rendered:
        raise ChannelError("hỏng")

    with pytest.raises(ChannelError, match="hỏng"):
        store.make(KEY, broken)
    assert store.get(KEY) is None
    assert not list(store.entries())
    assert store.make(KEY, lambda: SPEECH).file.read() == SPEECH.data


def test_threads_that_want_the_same_key_wait_for_the_one_that_makes_it(
    store: ArtifactStore,
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> Rendered:
        begun.set()
        assert go_on.wait(60)
        return SPEECH

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(store.make, KEY, slowly)
        assert begun.wait(60)
        rest = [threads.submit(store.make, KEY, never) for _ in range(6)]
        other = threads.submit(store.make, OTHER, lambda: Rendered(b"x", "text/plain"))
        assert other.result(60).file.read() == b"x"
        go_on.set()
        assert {one.result(60).file.sha256 for one in (first, *rest)} == {
            hashlib.sha256(SPEECH.data).hexdigest()
        }
    assert store.rendered == 2


def test_two_machines_that_make_a_key_at_once_differently_leave_one_whole(rig: Rig) -> None:
    here, there = rig.another(), rig.another()
    longer = Rendered(b"other bytes" * 3000, "audio/mpeg")

    def overtaken() -> Rendered:
        there.make(KEY, lambda: longer)
        return SPEECH

    made = here.make(KEY, overtaken)
    for data in (made.file.read(), *(machine(KEY) for machine in (read(here), read(there)))):
        assert data in (SPEECH.data, longer.data)
    assert hashlib.sha256(made.file.read()).hexdigest() == made.file.sha256
    assert read(rig.another())(KEY) == read(rig.another())(KEY)


def read(store: ArtifactStore) -> Callable[[str], bytes]:
    def bytes_of(key: str) -> bytes:
        found = store.get(key)
        assert found is not None
        assert hashlib.sha256(found.file.read()).hexdigest() == found.file.sha256
        return found.file.read()

    return bytes_of


def test_what_was_damaged_is_never_served_and_made_anew(rig: Rig, store: ArtifactStore) -> None:
    store.make(KEY, lambda: SPEECH)
    rig.damage(KEY)
    assert rig.another().get(KEY) is None
    assert rig.another().make(KEY, lambda: SPEECH).file.read() == SPEECH.data
    assert rig.another().make(KEY, never).file.read() == SPEECH.data


def test_an_attachment_is_found_by_every_machine(
    rig: Rig, store: ArtifactStore, paper: tuple[str, Path]
) -> None:
    sha256, path = paper
    store.keep_attachment(sha256, path)
    rig.another().keep_attachment(sha256, path)
    content = path.read_bytes()
    path.unlink()
    for machine in (store, rig.another()):
        assert machine.attachment(sha256).read_bytes() == content
    assert [entry.kind for entry in store.entries()] == [Kind.ATTACHMENT]


def test_an_attachment_that_changed_since_is_refused(
    store: ArtifactStore, paper: tuple[str, Path]
) -> None:
    sha256, path = paper
    path.write_bytes(b"%PDF-1.7 another")
    with pytest.raises(ValueError, match=r"giay-moi\.pdf has changed"):
        store.keep_attachment(sha256, path)
    assert not list(store.entries())


def test_a_damaged_attachment_is_missing_until_it_is_submitted_again(
    rig: Rig, store: ArtifactStore, paper: tuple[str, Path]
) -> None:
    sha256, path = paper
    store.keep_attachment(sha256, path)
    rig.damage(sha256)
    with pytest.raises(ChannelError, match=sha256):
        rig.another().attachment(sha256)
    rig.another().keep_attachment(sha256, path)
    assert rig.another().attachment(sha256).read_bytes() == path.read_bytes()


def test_all_that_is_kept_can_be_gone_through_and_removed(
    rig: Rig, store: ArtifactStore, paper: tuple[str, Path]
) -> None:
    now, about_now = datetime.now(UTC), timedelta(minutes=1)
    store.make(KEY, lambda: SPEECH)
    store.make(OTHER, lambda: Rendered(b"x", "text/plain"))
    store.keep_attachment(*paper)
    kept = {entry.key: entry for entry in rig.another().entries()}
    assert {key: entry.kind for key, entry in kept.items()} == {
        KEY: Kind.ARTIFACT,
        OTHER: Kind.ARTIFACT,
        paper[0]: Kind.ATTACHMENT,
    }
    assert kept[paper[0]].size == paper[1].stat().st_size
    assert 0 < kept[KEY].size - len(SPEECH.data) < 500
    assert all(abs(entry.used_at - now) < about_now for entry in kept.values())
    for key in (KEY, paper[0], KEY, "00" * 32):
        store.remove(key)
    assert [entry.key for entry in rig.another().entries()] == [OTHER]
    assert (store.get(KEY), rig.another().get(KEY)) == (None, None)


@pytest.mark.parametrize("key", ["", "../" + "a" * 61, "A" * 64, "a" * 63, "a" * 65, "é" * 64])
def test_nothing_but_a_hash_names_anything(store: ArtifactStore, key: str) -> None:
    for act in (store.get, store.attachment, store.remove):
        with pytest.raises(ValueError, match="not an artifact key"):
            act(key)


def test_a_store_that_works_passes_its_check_and_keeps_nothing_of_it(
    tmp_path: Path, store: ArtifactStore
) -> None:
    store.check()
    store.tidy()
    assert not list(store.entries())
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left <= {".dropping"}, "the lock of a cache"


#: What each machine does to the same place, until it has made 25 artifacts or is killed.
_MACHINE = """
import hashlib, sys
from pathlib import Path
from engine.artifacts import open_store
from engine.models import Rendered
from engine.settings import ArtifactSettings

settings = ArtifactSettings.model_validate_json(sys.argv[1])
store, salt = open_store(settings, Path(sys.argv[2])), sys.argv[3]
for number in range(25):
    key = hashlib.sha256(str(number).encode()).hexdigest()
    made = store.make(key, lambda: Rendered((salt * 50_000).encode(), "text/plain"))
    data = made.file.read()
    assert hashlib.sha256(data).hexdigest() == made.file.sha256, key
    print(number, flush=True)
"""


def machine(settings: ArtifactSettings, workspace: Path, salt: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _MACHINE, settings.model_dump_json(), str(workspace), salt],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(params=["share", "bucket"])
def common(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactSettings:
    """A place that several machines have in common."""
    if request.param == "share":
        (tmp_path / "kho").mkdir()
        return ArtifactSettings(url=str(tmp_path / "kho"))
    there = request.getfixturevalue("object_store").place()
    names = {"endpoint": there.endpoint, "key": there.key, "secret": there.secret}
    return ArtifactSettings(url=str(there), **names)


def test_machines_read_whole_files_though_others_are_killed_while_they_write(
    common: ArtifactSettings, tmp_path: Path
) -> None:
    """Two processes of one machine and one of another make the same keys; two are killed."""
    patient = machine(common, tmp_path / "may-1", "a")
    victims = [machine(common, tmp_path / name, name[-1]) for name in ("may-1", "may-2")]
    for number, victim in enumerate(victims):
        assert victim.stdout is not None
        for _ in range(5 + 4 * number):
            victim.stdout.readline()
        victim.kill()
        victim.communicate()
    patient.communicate(timeout=120)
    assert patient.returncode == 0
    for name in ("may-1", "may-2", "may-3"):
        store = open_store(common, tmp_path / name)
        keys = {entry.key for entry in store.entries()}
        assert len(keys) == 25
        assert all(len(store.make(key, never).file.read()) == 50_000 for key in keys)
    later = datetime.now(UTC).timestamp() + 7200
    for shard in {path.parent.parent for path in tmp_path.rglob("*.json")}:
        FolderStore(shard, now=lambda: later).tidy()
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.fixture
def half_written(tmp_path: Path) -> Path:
    """What a process leaves that dies between an artifact's bytes and the word that they are."""
    FolderStore(tmp_path).make(KEY, lambda: SPEECH)
    (tmp_path / "0a" / f"{KEY}.json").unlink()
    left = tmp_path / "0a" / f".{KEY}.00ff.tmp"
    left.write_bytes(b"half")
    return tmp_path


def test_what_a_killed_process_left_is_not_served_and_does_not_stay(half_written: Path) -> None:
    store = FolderStore(half_written)
    assert store.get(KEY) is None
    assert [entry.key for entry in store.entries()] == [KEY], "to be removed when it is old"
    store.remove(KEY)
    store.tidy()
    assert [path.suffix for path in (half_written / "0a").iterdir()] == [".tmp"], "perhaps alive"
    later = datetime.now(UTC).timestamp() + 7200
    FolderStore(half_written, now=lambda: later).tidy()
    assert not list((half_written / "0a").iterdir())


def test_leftovers_go_by_themselves_where_something_is_written(half_written: Path) -> None:
    later = datetime.now(UTC).timestamp() + 7200
    FolderStore(half_written, now=lambda: later).make(KEY, lambda: SPEECH)
    assert len(list((half_written / "0a").iterdir())) == 2


def test_a_share_that_is_not_mounted_is_said_and_not_made(
    tmp_path: Path, paper: tuple[str, Path]
) -> None:
    store = FolderStore(tmp_path / "chung", shared=True)
    acts: list[Callable[[], object]] = [
        lambda: store.make(KEY, lambda: SPEECH),
        lambda: store.keep_attachment(*paper),
        lambda: store.attachment(paper[0]),
        store.check,
    ]
    for act in acts:
        with pytest.raises(OSError, match=r"chung.*(mounted|gắn)"):
            act()
    assert not (tmp_path / "chung").exists()


def test_what_a_share_does_not_show_yet_may_come_and_in_a_folder_it_is_gone(
    tmp_path: Path,
) -> None:
    for shared in (True, False):
        with pytest.raises(ChannelError) as caught:
            FolderStore(tmp_path, shared=shared).attachment(KEY)
        assert caught.value.permanent is not shared


def test_use_is_noted_once_a_day(tmp_path: Path) -> None:
    FolderStore(tmp_path).make(KEY, lambda: SPEECH)
    start = datetime.now(UTC)
    for hours, noted in ((1, 0), (23, 0), (25, 25), (40, 25), (50, 50)):
        moment = start + timedelta(hours=hours)
        FolderStore(tmp_path, now=moment.timestamp).make(KEY, never)
        (entry,) = FolderStore(tmp_path).entries()
        assert abs(entry.used_at - start - timedelta(hours=noted)) < timedelta(minutes=1)
