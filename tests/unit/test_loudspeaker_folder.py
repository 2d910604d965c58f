"""Programmes in the outbox: what lies there, in which order, and what never does."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support import builders as b
from support import sound

from channels.base import Backend, ChannelError
from channels.loudspeaker.audio import mp3
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.players import folder
from channels.loudspeaker.players.folder import FolderBackend
from channels.loudspeaker.programme import programme
from engine.files import write_atomic
from engine.models import Artifact, Bundle, File, Item, Priority, Purpose

DAY = "2026-12-02"
REGISTRY = b.registry()


def audio(pitch: int = 1) -> bytes:
    return mp3.encode([sound.murmur(0.3 * pitch, 0.3).astype("float32")])


def item(campaign: str = "lu", hamlet: int = 1, pitch: int = 1, **changes: Any) -> Item:
    content = b.content("loudspeaker", LoudspeakerOptions(), campaign_id=campaign, **changes)
    file = File.of_bytes("ab/cd", "audio/mpeg", audio(pitch))
    return Item(hamlet, b.hamlet(hamlet), content, file)


def slot(version: int = 1, **changes: Any) -> Bundle:
    return b.bundle("loudspeaker", "folder", "cum-1", version=version, **changes)


def names(artifact: Artifact) -> list[str]:
    return [file.name for file in artifact.files]


def lying(outbox: Path) -> set[str]:
    return {str(p.relative_to(outbox)) for p in outbox.rglob("*") if p.is_file()}


def deliver(outbox: Path, *items: Item, version: int = 1) -> None:
    FolderBackend(outbox).deliver(programme(slot(version), items, REGISTRY), slot(version))


def test_it_is_a_backend_that_may_be_sent_twice(tmp_path: Path) -> None:
    backend: Backend = FolderBackend(tmp_path)
    assert (backend.name, backend.idempotent, backend.networked) == ("folder", True, False)


def test_emergencies_come_first_then_by_campaign() -> None:
    items = [
        item("a-routine"), item("z-important", priority=Priority.IMPORTANT),
        item("c-important", priority=Priority.IMPORTANT), item("z", priority=Priority.EMERGENCY),
    ]  # fmt: skip
    expected = [
        f"{DAY}/0500-emergency-z.mp3",
        f"{DAY}/0500-important-c-important.mp3",
        f"{DAY}/0500-important-z-important.mp3",
        f"{DAY}/0500-routine-a-routine.mp3",
        f"{DAY}/0500.m3u8",
        f"{DAY}/0500.json",
    ]
    assert names(programme(slot(), items, REGISTRY)) == expected
    assert programme(slot(), items[::-1], REGISTRY) == programme(slot(), items, REGISTRY)


def test_an_alert_is_not_said_beside_the_all_clear_that_ends_it() -> None:
    alert = item("lu", priority=Priority.EMERGENCY)
    end = item(
        "het", priority=Priority.EMERGENCY, purpose=Purpose.ALL_CLEAR, ends="lu", body="Hết."
    )
    made = programme(slot(), [alert, item("tin"), end], REGISTRY)
    assert [name for name in names(made) if name.endswith(".mp3")] == [
        f"{DAY}/0500-emergency-het-all-clear.mp3",
        f"{DAY}/0500-routine-tin.mp3",
    ]


def test_the_same_sound_for_two_hamlets_is_one_file() -> None:
    made = programme(slot(), [item(hamlet=2), item(hamlet=1)], REGISTRY)
    (entry,) = json.loads(made.named(f"{DAY}/0500.json").read())["items"]
    assert entry["hamlets"] == ["ap-1", "ap-2"]
    assert names(made)[0] == f"{DAY}/0500-routine-lu.mp3"


def test_different_words_for_two_hamlets_are_two_files_named_by_hamlet() -> None:
    made = programme(slot(), [item(hamlet=2, pitch=2), item(hamlet=1)], REGISTRY)
    assert names(made)[:2] == [f"{DAY}/0500-routine-lu-{ap}.mp3" for ap in ("ap-1", "ap-2")]


def test_ids_that_run_together_never_share_a_file() -> None:
    items = [
        item("lu"), item("lu", hamlet=2, pitch=2), item("lu-ap-1", pitch=3),
        item("lu", purpose=Purpose.ALL_CLEAR, pitch=4), item("lu-all-clear", pitch=5),
    ]  # fmt: skip
    made = programme(slot(), items, REGISTRY)
    assert len(set(names(made))) == len(made.files) == 7


def test_names_use_the_hour_in_vietnam() -> None:
    night = slot(slot=datetime(2026, 12, 1, 22, 0, tzinfo=UTC))
    assert names(programme(night, [item()], REGISTRY)) == names(
        programme(slot(), [item()], REGISTRY)
    )


def test_the_manifest_says_what_airs() -> None:
    made = programme(slot(3), [item(title="Lũ dâng")], REGISTRY)
    manifest = json.loads(made.named(f"{DAY}/0500.json").read())
    assert manifest == {
        "slot": "2026-12-02T05:00:00+07:00",
        "cluster": "cum-1",
        "version": 3,
        "items": [
            {
                "title": "Lũ dâng",
                "campaign": "lu",
                "priority": "routine",
                "purpose": "notice",
                "drill": False,
                "file": f"{DAY}/0500-routine-lu.mp3",
                "sha256": hashlib.sha256(audio()).hexdigest(),
                "size": len(audio()),
                "seconds": pytest.approx(0.3, abs=0.2),
                "hamlets": ["ap-1"],
            }
        ],
    }


@pytest.mark.parametrize("breaker", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\x00"])
def test_a_title_cannot_add_a_line_to_the_playlist(breaker: str) -> None:
    title = f"Tin{breaker}http://xau.example/a.mp3{breaker}#EXTINF:1,{b.AWKWARD}\ud800\u202e"
    made = programme(slot(), [item(title=title)], REGISTRY)
    playlist = made.named(f"{DAY}/0500.m3u8").read().decode()
    assert len(playlist.splitlines()) == 3
    assert playlist.splitlines()[2] == "0500-routine-lu.mp3"
    assert playlist.startswith("#EXTM3U\n#EXTINF:0,Tin http://xau.example/a.mp3 #EXTINF:1,Thông")


def test_the_outbox_holds_the_programme(tmp_path: Path) -> None:
    made = programme(slot(), [item()], REGISTRY)
    receipt = FolderBackend(tmp_path).deliver(made, slot())
    assert receipt.reference == f"cum-1/{DAY}/0500.json"
    assert (tmp_path / receipt.reference).read_bytes() == made.files[-1].read()
    assert lying(tmp_path) == {f"cum-1/{name}" for name in names(made)}


def test_the_same_programme_twice_leaves_the_same_files(tmp_path: Path) -> None:
    deliver(tmp_path, item())
    audio_file = tmp_path / "cum-1" / DAY / "0500-routine-lu.mp3"
    before = audio_file.stat().st_ino
    deliver(tmp_path, item())
    assert audio_file.stat().st_ino == before
    assert len(lying(tmp_path)) == 3


@pytest.mark.parametrize("after", [timedelta(seconds=23), timedelta(microseconds=1)])
def test_what_goes_out_at_once_leaves_the_session_of_its_minute_alone(
    tmp_path: Path, after: timedelta
) -> None:
    deliver(tmp_path, item("tin"))
    session = lying(tmp_path)
    at_once = slot(slot=slot().slot + after)
    urgent = programme(at_once, [item("gap", priority=Priority.EMERGENCY)], REGISTRY)
    FolderBackend(tmp_path).deliver(urgent, at_once)
    assert session < lying(tmp_path)
    FolderBackend(tmp_path).deliver(programme(at_once, [], REGISTRY), at_once)
    assert {name for name in lying(tmp_path) if name.endswith(".mp3")} == {
        name for name in session if name.endswith(".mp3")
    }


def test_a_damaged_file_in_the_outbox_is_made_whole(tmp_path: Path) -> None:
    deliver(tmp_path, item())
    audio_file = tmp_path / "cum-1" / DAY / "0500-routine-lu.mp3"
    audio_file.write_bytes(bytes(len(audio())))
    deliver(tmp_path, item())
    assert audio_file.read_bytes() == audio()


def test_a_cancelled_items_file_goes_and_only_that(tmp_path: Path) -> None:
    deliver(tmp_path, item("lu"), item("tiem"))
    strangers = {f"cum-1/{DAY}/0500-nhac-hieu.mp3", f"cum-1/{DAY}/1700-routine-tiem.mp3"}
    for stranger in strangers:
        (tmp_path / stranger).write_bytes(b"somebody else's")
    deliver(tmp_path, item("lu"), version=2)
    lists = {f"cum-1/{DAY}/0500.{ending}" for ending in ("m3u8", "json")}
    assert lying(tmp_path) == {f"cum-1/{DAY}/0500-routine-lu.mp3", *lists, *strangers}


def test_a_programme_from_which_everything_was_cancelled_is_empty(tmp_path: Path) -> None:
    deliver(tmp_path, item())
    deliver(tmp_path, version=2)
    assert lying(tmp_path) == {f"cum-1/{DAY}/0500.m3u8", f"cum-1/{DAY}/0500.json"}
    assert (tmp_path / f"cum-1/{DAY}/0500.m3u8").read_text() == "#EXTM3U\n"


class Killed(BaseException):
    """The process ends here."""


def writing(count: int, then: BaseException) -> Callable[[Path, bytes], None]:
    """Write ``count`` files, then fail."""
    written = 0

    def write(path: Path, data: bytes) -> None:
        nonlocal written
        if written == count:
            raise then
        write_atomic(path, data)
        written += 1

    return write


@pytest.mark.parametrize("writes", range(5))
def test_a_kill_at_any_write_leaves_a_playlist_that_can_be_played_and_no_litter_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    deliver(tmp_path, item("cu"), item("lu"))
    with monkeypatch.context() as patch:
        patch.setattr(folder, "write_atomic", writing(writes, Killed()))
        if writes < 4:
            with pytest.raises(Killed):
                deliver(tmp_path, item("lu"), item("moi", pitch=2), version=2)
        else:
            patch.setattr(folder, "_remove", lambda *_: (_ for _ in ()).throw(Killed()))
            with pytest.raises(Killed):
                deliver(tmp_path, item("lu"), item("moi", pitch=2), version=2)
    day = tmp_path / "cum-1" / DAY
    listed = [x for x in (day / "0500.m3u8").read_text().splitlines() if not x.startswith("#")]
    assert all((day / name).is_file() for name in listed)
    deliver(tmp_path, item("lu"), item("moi", pitch=2), version=2)
    audio_files = {f"cum-1/{DAY}/0500-routine-{campaign}.mp3" for campaign in ("lu", "moi")}
    assert lying(tmp_path) == {
        *audio_files, f"cum-1/{DAY}/0500.m3u8", f"cum-1/{DAY}/0500.json",
    }  # fmt: skip


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_disk_that_refuses_is_an_error_in_words_that_may_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    monkeypatch.setattr(folder, "write_atomic", writing(1, OSError(number, "strerror")))
    with pytest.raises(ChannelError, match=r"disk|permission") as caught:
        deliver(tmp_path, item("a"), item("b", pitch=2))
    assert not caught.value.permanent
    assert lying(tmp_path) == {f"cum-1/{DAY}/0500-routine-a.mp3"}


def test_a_disk_that_fills_up_within_a_file_leaves_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("engine.files.os.fsync", full)
        with pytest.raises(ChannelError):
            deliver(tmp_path, item())
    assert lying(tmp_path) == set()


def test_a_file_where_the_outbox_should_be_is_an_error_that_may_pass(tmp_path: Path) -> None:
    (tmp_path / "cum-1").write_text("a file")
    with pytest.raises(ChannelError) as caught:
        deliver(tmp_path, item())
    assert not caught.value.permanent


@pytest.mark.parametrize("target", ["..", "", "a/b", "/etc", ".hidden", "a\nb", "a\x00"])
def test_a_target_that_is_no_plain_id_is_refused_for_good(tmp_path: Path, target: str) -> None:
    bundle = replace(slot(), target=target)
    with pytest.raises(ChannelError) as caught:
        FolderBackend(tmp_path / "outbox").deliver(programme(bundle, [item()], REGISTRY), bundle)
    assert caught.value.permanent
    assert lying(tmp_path) == set()


@pytest.mark.parametrize(
    "name",
    ["../x.mp3", f"{DAY}/../../0500-x.mp3", f"/{DAY}/0500-x.mp3", "0500-x.mp3", f"{DAY}/x.mp3",
     f"{DAY}/0500-x.exe", f"{DAY}/0500-x/y.mp3", f"{DAY}/0600-x.mp3", f"{DAY}/0500-a\nb.mp3"],
)  # fmt: skip
def test_a_file_that_is_not_the_slots_own_is_refused_for_good(tmp_path: Path, name: str) -> None:
    made = programme(slot(), [], REGISTRY)
    strange = Artifact((File.of_bytes(name, "audio/mpeg", b"x"), *made.files))
    with pytest.raises(ChannelError) as caught:
        FolderBackend(tmp_path / "outbox").deliver(strange, slot())
    assert caught.value.permanent
    assert lying(tmp_path) == set()


def test_a_manifest_cannot_make_the_folder_remove_what_is_not_the_slots(tmp_path: Path) -> None:
    deliver(tmp_path, item())
    day = tmp_path / "cum-1" / DAY
    precious = tmp_path / "precious.mp3"
    precious.write_bytes(b"keep")
    files = ["../../precious.mp3", str(precious), "0500.json", f"{DAY}/../../precious.mp3"]
    (day / "0500.json").write_text(json.dumps({"items": [{"file": file} for file in files]}))
    deliver(tmp_path, item(), version=2)
    assert precious.exists()


@pytest.mark.parametrize("manifest", ["", "{", "[]", '{"items": 3}', '{"items": [1]}', "\udcff"])
def test_a_damaged_manifest_is_replaced(tmp_path: Path, manifest: str) -> None:
    deliver(tmp_path, item())
    path = tmp_path / "cum-1" / DAY / "0500.json"
    path.write_bytes(manifest.encode(errors="surrogateescape"))
    deliver(tmp_path, item(), version=2)
    assert json.loads(path.read_text())["version"] == 2


def test_a_file_that_is_not_what_its_hash_says_never_airs(tmp_path: Path) -> None:
    stored = tmp_path / "stored"
    stored.write_bytes(audio())
    whole = item()
    file = File("ab", "audio/mpeg", "0" * 64, len(audio()), stored)
    damaged = Item(1, whole.hamlet, whole.content, file)
    with pytest.raises(ChannelError) as caught:
        deliver(tmp_path / "outbox", damaged)
    assert caught.value.permanent
    assert lying(tmp_path) == {"stored"}


def test_an_artifact_that_is_gone_from_the_store_is_an_error_that_may_pass(tmp_path: Path) -> None:
    whole = item()
    file = File("ab", "audio/mpeg", "f" * 64, 5, tmp_path / "gone")
    with pytest.raises(ChannelError) as caught:
        programme(slot(), [Item(1, whole.hamlet, whole.content, file)], REGISTRY)
    assert not caught.value.permanent
