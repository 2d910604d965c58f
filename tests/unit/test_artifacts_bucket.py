"""A bucket that fails, the cache before it, and settings that name a store."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.object_store import SECRET, Line, ObjectStore
from support.servers import free_port
from support.small_disk import ON_A_SMALL_DISK

from engine.artifacts import FolderStore, open_store
from engine.artifacts.bucket import Bucket, Place
from engine.artifacts.bucket_store import BucketStore
from engine.artifacts.cache import Cache
from engine.errors import LoaError
from engine.models import Rendered
from engine.settings import ArtifactSettings, SettingsError, load_settings

KEY = "0a" * 32
SPEECH = Rendered(b"Loa loa loa" * 50_000, "audio/mpeg")
PATIENCE = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def store_at(place: Place, cache: Path, *, hasty: bool = False) -> BucketStore:
    place = dataclasses.replace(place, timeout=PATIENCE) if hasty else place
    return BucketStore(Bucket(place), Cache(cache, 10**9))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("away", "does not answer at http://127"),
        ("slow", "does not answer at http://127"),
        ("half", "does not answer at http://127"),
        (500, "answers with error 500"),
        (503, "answers with error 503"),
        (403, r"refuses the key: check artifacts\.key"),
    ],
)
def test_a_bucket_that_fails_is_said_and_serves_nothing_until_it_is_well(
    tmp_path: Path, object_store: ObjectStore, line: Line, fault: str | int, said: str
) -> None:
    there = object_store.place()
    store_at(there, tmp_path / "a").make(KEY, lambda: SPEECH)
    there = object_store.place(prefix=there.prefix, port=line.port)
    store = store_at(there, tmp_path / "b", hasty=True)
    line.fault = fault
    for act in (
        lambda: store.get(KEY),
        lambda: store.make(KEY, never),
        lambda: store.attachment(KEY),
    ):
        with pytest.raises(OSError, match=said) as caught:
            act()
        assert SECRET not in str(caught.value)
    assert not list((tmp_path / "b").rglob("0a*"))
    line.fault = ""
    assert store_at(there, tmp_path / "b").make(KEY, never).file.read() == SPEECH.data


def never() -> Rendered:
    pytest.fail("rendered what was there")


@pytest.mark.parametrize("fault", ["away", "slow", 500, "lost"])
def test_a_bucket_that_fails_while_it_is_written_holds_all_or_nothing(
    tmp_path: Path, object_store: ObjectStore, line: Line, fault: str | int
) -> None:
    """``lost``: it took the object, and the line broke before it said so."""
    there = object_store.place(port=line.port)
    store = store_at(there, tmp_path / "a")
    assert store.get(KEY) is None
    bucket, name = Bucket(dataclasses.replace(there, timeout=PATIENCE)), f"artifacts/0a/{KEY}"
    line.fault = fault
    with pytest.raises(OSError, match="the artifact store"):
        bucket.write(name, SPEECH.data)
    line.fault = ""
    direct = Bucket(object_store.place(prefix=there.prefix)).read(name)
    assert direct == (SPEECH.data if fault == "lost" else None)
    assert store.make(KEY, lambda: SPEECH).file.read() == SPEECH.data


def test_a_bucket_that_hangs_costs_one_wait_and_is_asked_again_later(
    object_store: ObjectStore, line: Line
) -> None:
    seconds = 0.0
    place = dataclasses.replace(object_store.place(port=line.port), timeout=PATIENCE)
    bucket = Bucket(place, lambda: seconds)
    line.fault = "slow"
    for _ in range(20):
        with pytest.raises(OSError, match="does not answer"):
            bucket.write("a", b"x")
    assert line.asked == 1
    line.fault, seconds = "", 11.0
    Bucket(dataclasses.replace(place, timeout=timedelta(seconds=30))).write("a", b"x")
    assert bucket.read("a") == b"x"


def test_what_is_in_the_cache_needs_no_line(
    tmp_path: Path, object_store: ObjectStore, line: Line
) -> None:
    store = store_at(object_store.place(port=line.port), tmp_path)
    store.make(KEY, lambda: SPEECH)
    line.fault, line.asked = "away", 0
    assert store.make(KEY, never).file.read() == SPEECH.data
    assert line.asked == 0


@pytest.mark.parametrize("wrong", [{"secret": "sai"}, {"key": "ai:do"}])
def test_a_wrong_key_is_said(
    tmp_path: Path, object_store: ObjectStore, wrong: dict[str, str]
) -> None:
    store = store_at(dataclasses.replace(object_store.place(), **wrong), tmp_path)
    for act in (lambda: store.get(KEY), store.check, lambda: list(store.entries())):
        with pytest.raises(OSError, match=r"s3://kho/xa/\d+ refuses the key"):
            act()


def test_a_bucket_that_is_not_there_is_said(tmp_path: Path, object_store: ObjectStore) -> None:
    store = store_at(object_store.place("khong-co"), tmp_path)
    acts: list[Callable[[], object]] = [
        lambda: store.make(KEY, lambda: SPEECH),
        store.check,
        lambda: list(store.entries()),
    ]
    for act in acts:
        with pytest.raises(OSError, match="no bucket of that name"):
            act()


def test_a_server_that_is_not_there_is_said(tmp_path: Path, object_store: ObjectStore) -> None:
    store = store_at(object_store.place(port=free_port()), tmp_path)
    with pytest.raises(OSError, match=r"does not answer at http://127\.0\.0\.1"):
        store.make(KEY, lambda: SPEECH)


def test_the_environment_gives_no_part_of_the_key(
    tmp_path: Path, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT", "AWS_REGION"):
        monkeypatch.setenv(name, "of-another-program")
    store_at(object_store.place(), tmp_path).check()


def test_the_cache_keeps_to_its_limit_and_drops_what_was_not_used_for_longest(
    tmp_path: Path,
) -> None:
    clock = Clock()
    cache = Cache(tmp_path, 10_000, clock)
    keys = [hashlib.sha256(bytes([number])).hexdigest() for number in range(40)]
    for key in keys:
        cache.put(key, Rendered(key.encode() * 15, "text/plain"))
        clock.later(minutes=20)
        assert cache.get(keys[0]) is not None, "in use all the time"
        kept = list(FolderStore(tmp_path).entries())
        assert sum(entry.size for entry in kept) <= 10_000 + 1_200
    assert {entry.key for entry in kept} < {keys[0], *keys[-9:]}
    assert len(kept) > 6


def test_the_cache_does_not_drop_what_was_just_used_however_full_it_is(tmp_path: Path) -> None:
    clock = Clock()
    cache = Cache(tmp_path, 1_000, clock)
    stored = [
        cache.put(hashlib.sha256(bytes([number])).hexdigest(), Rendered(b"x" * 900, "text/plain"))
        for number in range(5)
    ]
    assert all(one.file.read() == b"x" * 900 for one in stored)
    clock.later(minutes=16)
    cache.tidy()
    assert len(list(FolderStore(tmp_path).entries())) == 0


#: Fills a cache on a disk with room for ten files: with 40 over many hours, then 20 at once.
_ON_A_FULL_DISK = """
import sys, time
from pathlib import Path
from engine.artifacts.cache import Cache
from engine.models import Rendered

later = 1200
cache = Cache(Path(sys.argv[1]), 10**9, lambda: time.time() + later)
for number in range(60):
    later = 1200 * number if number < 40 else 0
    try:
        cache.put(f"{number:064}", Rendered(b"x" * 800_000, "audio/mpeg"))
    except OSError as error:
        print(number, error.strerror)
        break
"""


def test_on_a_full_disk_the_cache_makes_room_and_gives_up_when_all_is_in_use(
    tmp_path: Path,
) -> None:
    disk = tmp_path / "dia"
    fill = [sys.executable, "-c", _ON_A_FULL_DISK, disk]
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", ON_A_SMALL_DISK, "sh", disk, *fill],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
    )
    number, reason = done.stdout.split(maxsplit=1)
    assert 40 <= int(number) < 50, "what was put there just now is not dropped"
    assert reason.strip() == "No space left on device", done.stderr


class Clock:
    """The machine's clock, put forward by the test."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def later(self, *, minutes: int) -> None:
        self._ahead += timedelta(minutes=minutes)

    def __call__(self) -> float:
        return (datetime.now(UTC) + self._ahead).timestamp()


def test_settings_name_the_folder_the_share_or_the_bucket(
    tmp_path: Path, object_store: ObjectStore
) -> None:
    (tmp_path / "khoa").write_text(SECRET + "\n", encoding="utf-8")
    there = object_store.place()
    (tmp_path / "loa.toml").write_text(
        f'[artifacts]\nurl = "{there}"\nendpoint = "{there.endpoint}"\nkey = "{there.key}"\n'
        "timeout_seconds = 5\ncache_megabytes = 10\n",
        encoding="utf-8",
    )
    settings = load_settings(tmp_path, {"LOA_ARTIFACTS_SECRET_FILE": str(tmp_path / "khoa")})
    assert SECRET not in repr(settings)
    store = open_store(settings.artifacts, tmp_path)
    store.make(KEY, lambda: SPEECH)
    assert [one.name for one in Bucket(there).listed()] == [f"artifacts/0a/{KEY}"]
    assert (tmp_path / "artifacts" / "cache" / "0a").is_dir()
    for url, folder in (("", "artifacts"), ("chung", "chung"), (str(tmp_path / "xa"), "xa")):
        (tmp_path / folder).mkdir(exist_ok=True)
        open_store(ArtifactSettings(url=url), tmp_path).make(KEY, lambda: SPEECH)
        assert (tmp_path / folder / "0a" / f"{KEY}.json").is_file()


def test_a_bucket_half_described_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(LoaError, match=r"missing: artifacts\.endpoint, artifacts\.secret$"):
        open_store(ArtifactSettings(url="s3://kho", key="x"), tmp_path)
    (tmp_path / "loa.toml").write_text('[artifacts]\nendpoint = "kho:9000"\n', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {})
    assert [fault.field for fault in caught.value.faults] == ["artifacts.endpoint"]
