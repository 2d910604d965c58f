"""The kind ``folder``: what stays in a cluster's folder, what goes, and what a player sees."""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import threading
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from support import builders, sound
from support.commune import files_below
from support.playing import AIR, a_play

from channels.base import ChannelError, Reports
from channels.loudspeaker.audio import mp3
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.players import folder
from channels.loudspeaker.players.contents import first_kept
from channels.loudspeaker.players.folder import FolderBackend
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.programme import programme
from engine.app.channels import NothingRemembered, build_channels
from engine.clock import VIETNAM, SimulatedClock
from engine.models import Bundle, File, Item, Priority
from engine.settings import load_settings

REGISTRY = builders.registry()
LATER = AIR + timedelta(days=1)
TODAY = datetime(2026, 12, 20, 4, 30, tzinfo=VIETNAM)


def slot(day: int, hour: int = 5, **changes: object) -> Bundle:
    at = datetime(2026, 12, day, hour, tzinfo=VIETNAM)
    return builders.bundle("loudspeaker", "folder", "cum-1", slot=at, **changes)


def item(campaign: str, pitch: int = 1) -> Item:
    content = builders.content("loudspeaker", LoudspeakerOptions(), campaign_id=campaign)
    data = mp3.encode([sound.murmur(0.1 * pitch, 0.3).astype("float32")])
    return Item(1, builders.hamlet(1), content, File.of_bytes("ab/cd", "audio/mpeg", data))


def player(place: Path, keep_days: int | None = 7, now: datetime = TODAY) -> FolderBackend:
    return FolderBackend(place, keep_days=keep_days, clock=SimulatedClock(now))


def put(backend: FolderBackend, bundle: Bundle, *campaigns: str) -> None:
    backend.deliver(
        programme(bundle, [item(one) for one in campaigns or ("tin",)], REGISTRY), bundle
    )


def days(place: Path) -> list[str]:
    return sorted(one.name for one in (place / "cum-1").iterdir())


def test_what_aired_longer_ago_than_is_kept_goes_with_the_first_delivery_of_a_day(
    tmp_path: Path,
) -> None:
    for day in (11, 12, 13, 14, 19, 25):
        put(player(tmp_path, keep_days=None), slot(day))
    assert len(days(tmp_path)) == 6, "without the setting everything stays"
    put(player(tmp_path), slot(20))
    assert days(tmp_path) == ["2026-12-13", "2026-12-14", "2026-12-19", "2026-12-20", "2026-12-25"]


def test_it_looks_once_a_day_and_again_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[date] = []
    monkeypatch.setattr(folder, "clear_before", lambda _cluster, first: looks.append(first))
    clock = SimulatedClock(TODAY)
    backend = FolderBackend(tmp_path, keep_days=1, clock=clock)
    for day, hour in ((20, 5), (20, 17), (21, 5)):
        clock.advance_to(slot(day, hour).slot)
        put(backend, slot(day, hour))
    assert looks == [date(2026, 12, 19), date(2026, 12, 20)]


def test_what_is_not_loas_stays_even_among_what_goes(tmp_path: Path) -> None:
    put(player(tmp_path, None), slot(1))
    day = tmp_path / "cum-1" / "2026-12-01"
    theirs = {
        day / "ghi-chu.txt": "của cán bộ",
        day / "0500-rieng.mp3": "không có trong bản kê",
        day / "0700.json": '{"lich": "máy khác"}',
        day / "0800.json": "{",
        day / "0800.m3u8": "của bản kê hỏng",
        day / "0900.m3u8": "không có bản kê",
        tmp_path / "cum-1" / "2026-12-02" / "nhac.mp3": "của cán bộ",
        tmp_path / "cum-1" / "nhac-nen" / "0500.json": "{}",
        tmp_path / "cum-1" / "2026-1-1" / "x.mp3": "không phải ngày",
        tmp_path / "cum-1" / "plays.jsonl": "{}",
    }
    for path, text in theirs.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    put(player(tmp_path), slot(20))
    kept = {name for name in files_below(tmp_path) if "2026-12-20" not in name}
    assert kept == {str(path.relative_to(tmp_path)) for path in theirs}


def test_a_linked_folder_is_never_followed(tmp_path: Path) -> None:
    put(player(tmp_path / "other", None), slot(1))
    (tmp_path / "out" / "cum-1").mkdir(parents=True)
    link = tmp_path / "out" / "cum-1" / "2026-12-01"
    link.symlink_to(tmp_path / "other" / "cum-1" / "2026-12-01")
    before = files_below(tmp_path / "other")
    put(player(tmp_path / "out"), slot(20))
    assert files_below(tmp_path / "other") == before


def test_what_is_still_to_air_stays_however_far_the_clock_has_run_ahead(tmp_path: Path) -> None:
    for day in (20, 21):
        put(player(tmp_path, None), slot(day))
    put(player(tmp_path, 1, now=TODAY + timedelta(days=400)), slot(20, 17))
    assert days(tmp_path) == ["2026-12-20", "2026-12-21"]
    assert first_kept(date(2026, 12, 7), date(2026, 12, 10), 1) == date(2026, 12, 6)


def test_an_emergency_waits_for_no_clearing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "clear_before", lambda *_: pytest.fail("it cleared"))
    put(player(tmp_path), slot(20, priority=Priority.EMERGENCY))


def test_a_clearing_that_fails_is_told_and_tried_again_and_keeps_nothing_from_airing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    put(player(tmp_path, None), slot(1))
    backend = player(tmp_path)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "cum-1"))

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(folder, "slots_of", refuse)
        put(backend, slot(20))
    assert "no permission to write" in caplog.text
    assert "2026-12-20/0500.json" in {name.partition("/")[2] for name in files_below(tmp_path)}
    put(backend, slot(20, 17))
    assert days(tmp_path) == ["2026-12-20"]


@pytest.mark.parametrize("step", range(4))
def test_a_kill_while_clearing_leaves_nothing_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    put(player(tmp_path, None), slot(1), "a", "b")
    (tmp_path / "cum-1" / "2026-12-01" / ".0500-routine-a.mp3.0123abcd.tmp").touch()
    steps = itertools.count()
    unlink = Path.unlink

    def killed(path: Path, missing_ok: bool = False) -> None:
        if next(steps) == step:
            raise KeyboardInterrupt
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            folder.clear_before(tmp_path / "cum-1", date(2026, 12, 13))
    folder.clear_before(tmp_path / "cum-1", date(2026, 12, 13))
    assert files_below(tmp_path) == {}


def test_a_player_that_reads_meanwhile_never_meets_half_a_file(tmp_path: Path) -> None:
    """It reads a manifest and then what that lists. A file that is another by then is a whole
    one, and the manifest says so as soon as it is read again.
    """
    backend = player(tmp_path, keep_days=1)
    put(backend, slot(20), "a")
    done, faults, whole = threading.Event(), list[str](), 0
    manifest = tmp_path / "cum-1" / "2026-12-20" / "0500.json"
    known = {
        hashlib.sha256(item(one, pitch).file.read()).hexdigest()
        for one in ("a", "b") for pitch in (1, 2, 3)
    }  # fmt: skip

    def read() -> None:
        nonlocal whole
        while not done.is_set():
            told = manifest.read_bytes()
            for entry in json.loads(told)["items"]:
                try:
                    data = (tmp_path / "cum-1" / entry["file"]).read_bytes()
                except FileNotFoundError:
                    if manifest.read_bytes() == told:
                        faults.append(f"{entry['file']} is listed and not there")
                    continue
                if hashlib.sha256(data).hexdigest() not in known:
                    faults.append(f"{entry['file']} is not whole")
                whole += 1

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for version in range(2, 60):
            made = [item("a", 1 + version % 3), *([item("b")] if version % 2 else [])]
            bundle = slot(20, version=version)
            backend.deliver(programme(bundle, made, REGISTRY), bundle)
    finally:
        done.set()
        reader.join()
    assert not faults
    assert whole > 20


def test_the_setting_reaches_the_folder(tmp_path: Path) -> None:
    (tmp_path / "loa.toml").write_text('[players.folder]\nkind = "folder"\nkeep_days = 7\n')
    place = tmp_path / "outbox" / "loudspeaker"
    put(player(place, None), slot(1))
    channels = build_channels(
        load_settings(tmp_path, {}), tmp_path, NothingRemembered(), clock=SimulatedClock(TODAY)
    )
    backend = channels["loudspeaker"].backends["folder"]
    assert isinstance(backend, FolderBackend)
    put(backend, slot(20))
    assert days(place) == ["2026-12-20"]


class TestWhatPlayersSay:
    """Beside the programmes, in ``plays.jsonl``: each play once, whatever becomes of the file."""

    @pytest.fixture
    def log(self, tmp_path: Path) -> Path:
        file = tmp_path / "cum-1" / "plays.jsonl"
        file.parent.mkdir()
        return file

    def heard(self, place: Path, after: str = "") -> tuple[list[int], str]:
        plays, mark = player(place).plays(after)
        return [play.number for play in plays], mark

    def test_nothing_is_told_where_nobody_writes(self, tmp_path: Path) -> None:
        assert player(tmp_path / "none").plays("") == ([], "{}")
        put(player(tmp_path), slot(20))
        assert player(tmp_path).plays("") == ([], "{}")

    def test_each_line_is_heard_once_and_a_torn_one_when_it_is_whole(
        self, tmp_path: Path, log: Path
    ) -> None:
        assert isinstance(player(tmp_path), Reports)
        first, second = a_play(1), a_play(2)
        log.write_text(first.line() + second.line()[:40], "utf-8")
        plays, mark = player(tmp_path).plays("")
        assert list(plays) == [first]
        assert self.heard(tmp_path, mark) == ([], mark), "nothing new leaves the mark"
        log.write_text(first.line() + second.line(), "utf-8")
        assert list(player(tmp_path).plays(mark)[0]) == [second]

    def test_clusters_have_logs_of_their_own_and_speak_for_no_other(
        self, tmp_path: Path, log: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        log.write_text(a_play(1).line() + a_play(2, cluster="cum-2").line(), "utf-8")
        other = tmp_path / "cum-2" / "plays.jsonl"
        other.parent.mkdir()
        other.write_text(a_play(3, cluster="cum-2").line(), "utf-8")
        numbers, mark = self.heard(tmp_path)
        assert numbers == [1, 3]
        assert "cum-1" in caplog.text
        assert "cluster: không được ghi cum-2; cho phép: cum-1" in caplog.text
        with other.open("a", encoding="utf-8") as file:
            file.write(a_play(4, cluster="cum-2").line())
        assert self.heard(tmp_path, mark)[0] == [4]

    def test_lines_that_tell_of_nothing_are_passed_over_and_told(
        self, tmp_path: Path, log: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        log.write_bytes(b"{\n\n\xff\xfe\nnull\n" + a_play(5).line().encode() + b'{"number": 6}\n')
        numbers, mark = self.heard(tmp_path)
        assert numbers == [5]
        assert len(caplog.records) == 4
        assert self.heard(tmp_path, mark) == ([], mark)

    @pytest.mark.parametrize("more", [1, 50])
    def test_a_log_that_was_begun_anew_is_read_from_its_beginning(
        self, tmp_path: Path, log: Path, more: int
    ) -> None:
        log.write_text("".join(a_play(number).line() for number in range(1, 6)), "utf-8")
        _numbers, mark = self.heard(tmp_path)
        anew = range(6, 6 + more)
        log.write_text("".join(a_play(n, began=LATER).line() for n in anew), "utf-8")
        assert self.heard(tmp_path, mark)[0] == list(anew)

    def test_a_long_log_comes_in_parts_that_end_with_lines(self, tmp_path: Path, log: Path) -> None:
        lines = [a_play(number).line() for number in range(1, 3001)]
        log.write_text("".join(lines), "utf-8")
        found, mark, calls = list[int](), "", 0
        while True:
            numbers, new = self.heard(tmp_path, mark)
            if new == mark:
                break
            found, mark, calls = found + numbers, new, calls + 1
        assert found == list(range(1, 3001))
        assert calls > 1

    def test_what_is_longer_than_any_line_does_not_hold_up_the_rest(
        self, tmp_path: Path, log: Path
    ) -> None:
        log.write_bytes(b"x" * 1_500_000 + b"\n" + a_play(7).line().encode())
        found, mark = list[int](), ""
        for _call in range(5):
            numbers, mark = self.heard(tmp_path, mark)
            found += numbers
        assert found == [7]

    @pytest.mark.parametrize("mark", ["?", "[]", '{"cum-1": 3}', '{"cum-1": [9, 9]}'])
    def test_a_mark_that_is_none_is_the_beginning(
        self, tmp_path: Path, log: Path, mark: str
    ) -> None:
        log.write_text(a_play(1).line(), "utf-8")
        assert self.heard(tmp_path, mark)[0] == [1]

    @pytest.mark.parametrize(
        ("path", "cluster_folder"),
        [
            ("usb/{commune}/loa-{cluster}/chuong-trinh", "usb/xa-mau/loa-cum-1/chuong-trinh"),
            ("{cluster}.d", "cum-1.d"),
            ("usb", "usb/cum-1"),
        ],
    )
    def test_logs_lie_where_the_programmes_do(
        self, tmp_path: Path, path: str, cluster_folder: str
    ) -> None:
        (tmp_path / "usb").mkdir()
        log = tmp_path / cluster_folder / "plays.jsonl"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(a_play(1).line(), "utf-8")
        (log.parents[1] / "khac.d").mkdir(exist_ok=True)
        backend = FolderBackend(tmp_path, places=Places(f"{tmp_path}/{path}", "xa-mau"))
        assert [play.number for play in backend.plays("")[0]] == [1]

    def test_a_disk_that_is_gone_is_an_error_and_no_silence(self, tmp_path: Path) -> None:
        backend = FolderBackend(tmp_path, places=Places(f"{tmp_path}/usb/{{cluster}}"))
        with pytest.raises(ChannelError):
            backend.plays("")
