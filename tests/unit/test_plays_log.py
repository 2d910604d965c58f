"""A player's log beside its programmes: read on from where it was left, whatever befalls it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from support.playing import a_play

from channels.base import ChannelError, Reports
from channels.loudspeaker.players import log as log_module
from channels.loudspeaker.players.folder import FolderBackend
from channels.loudspeaker.players.places import Places
from engine.models import Play


@pytest.fixture
def backend(tmp_path: Path) -> FolderBackend:
    return FolderBackend(tmp_path)


def log_of(folder: Path, cluster: str = "cum-1") -> Path:
    (folder / cluster).mkdir(exist_ok=True)
    return folder / cluster / "plays.jsonl"


def write(path: Path, *plays: Play, more: str = "") -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(play.line() for play in plays) + more)


def numbers(plays: object) -> list[int]:
    assert isinstance(plays, list)
    return [one.number for one in plays]


def test_what_was_read_is_not_read_again(tmp_path: Path, backend: FolderBackend) -> None:
    assert isinstance(backend, Reports)
    assert backend.plays("") == ([], "{}"), "a player that never reported anything"
    write(log_of(tmp_path), a_play(1), a_play(2))
    write(log_of(tmp_path, "cum-2"), a_play(1, cluster="cum-2"))
    plays, mark = backend.plays("")
    assert [(one.cluster, one.number) for one in plays] == [
        ("cum-1", 1),
        ("cum-1", 2),
        ("cum-2", 1),
    ]
    assert backend.plays(mark) == ([], mark)
    write(log_of(tmp_path), a_play(3))
    assert numbers(backend.plays(mark)[0]) == [3]


def test_a_torn_line_counts_once_it_is_whole(tmp_path: Path, backend: FolderBackend) -> None:
    line = a_play(2).line()
    write(log_of(tmp_path), a_play(1), more=line[:40])
    plays, mark = backend.plays("")
    assert numbers(plays) == [1]
    write(log_of(tmp_path), more=line[40:])
    assert numbers(backend.plays(mark)[0]) == [2]


def test_a_spoilt_line_is_told_and_passed_over(
    tmp_path: Path, backend: FolderBackend, caplog: pytest.LogCaptureFixture
) -> None:
    write(log_of(tmp_path), a_play(1), more='{"player": "may-1", "numb\n\0\0\0\n')
    write(log_of(tmp_path), a_play(2))
    plays, mark = backend.plays("")
    assert numbers(plays) == [1, 2]
    assert caplog.text.count("plays.jsonl") == 2
    caplog.clear()
    assert backend.plays(mark) == ([], mark)
    assert not caplog.text, "told once"


def test_a_log_that_was_begun_anew_is_read_from_its_beginning(
    tmp_path: Path, backend: FolderBackend
) -> None:
    log = log_of(tmp_path)
    write(log, a_play(1), a_play(2))
    mark = backend.plays("")[1]
    log.unlink()
    write(log, *(a_play(n) for n in range(10, 20)))
    assert numbers(backend.plays(mark)[0]) == list(range(10, 20)), "longer than the old one"
    mark = backend.plays("")[1]
    log.write_text(a_play(30).line())
    assert numbers(backend.plays(mark)[0]) == [30], "shorter than what was read"


def test_a_long_log_is_read_piece_by_piece(
    tmp_path: Path, backend: FolderBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "PIECE", 1_000)
    write(log_of(tmp_path), *(a_play(n) for n in range(1, 21)))
    found: list[int] = []
    mark, before = "", "x"
    while mark != before:
        before = mark
        plays, mark = backend.plays(mark)
        found += numbers(plays)
    assert found == list(range(1, 21))


def test_what_is_no_log_of_lines_is_passed_over(
    tmp_path: Path, backend: FolderBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "PIECE", 1_000)
    write(log_of(tmp_path), more="x" * 2_500 + "\n")
    write(log_of(tmp_path), a_play(1))
    mark, found = "", list[int]()
    for _call in range(8):
        plays, mark = backend.plays(mark)
        found += numbers(plays)
    assert found == [1]


def test_logs_lie_where_the_clusters_folders_do(tmp_path: Path) -> None:
    path = str(tmp_path / "o dia" / "{commune}" / "loa-{cluster}" / "phat")
    backend = FolderBackend(tmp_path, name="may", places=Places(path, "xa-mau"))
    with pytest.raises(ChannelError, match="o dia"):
        backend.plays("")
    folder = tmp_path / "o dia" / "xa-mau" / "loa-cum-1" / "phat"
    folder.mkdir(parents=True)
    other = tmp_path / "o dia" / "xa-khac" / "loa-cum-1" / "phat"
    other.mkdir(parents=True)
    write(folder / "plays.jsonl", a_play(1))
    write(other / "plays.jsonl", a_play(2))
    assert numbers(backend.plays("")[0]) == [1]


def test_a_line_is_the_same_whatever_zone_its_times_are_in() -> None:
    from datetime import UTC

    from engine.models import play_of

    play = a_play()
    there = dataclasses.replace(play, slot=play.slot.astimezone(UTC))
    assert play_of(there.line()) == play
