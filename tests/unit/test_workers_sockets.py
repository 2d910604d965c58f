"""The folder of a supervisor's sockets: gone with it, and cleared when it was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import workers.sockets
from workers.sockets import PREFIX, remove_orphans, sockets_folder

#: Makes a folder, says which, and stays; with "fork" a child lives on that knows nothing of it.
MAKER = """
import subprocess, sys, time
from workers.sockets import sockets_folder
with sockets_folder() as folder:
    (folder / "x.sock").touch()
    child = 0
    if "fork" in sys.argv:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid
    print(folder, child, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's place for what is temporary."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def maker() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    with subprocess.Popen(
        [sys.executable, "-c", MAKER], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().split()[0])
        process.kill()


def folders(place: Path) -> set[str]:
    return {path.name for path in place.glob(f"{PREFIX}*")}


def test_a_folder_goes_with_whoever_made_it(place: Path) -> None:
    with sockets_folder() as folder:
        (folder / "a.sock").touch()
        assert folder.stat().st_mode & 0o077 == 0
        assert folders(place) == {folder.name}
    assert folders(place) == set()


def test_the_next_start_clears_what_a_killed_one_left(
    maker: tuple[subprocess.Popen[str], Path], place: Path
) -> None:
    process, left = maker
    remove_orphans()
    assert left.is_dir(), "its maker lives"
    process.kill()
    process.wait()
    assert left.is_dir()
    with sockets_folder() as folder:
        assert folders(place) == {folder.name}


def test_children_that_outlive_their_supervisor_do_not_keep_its_folder(place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", MAKER, "fork"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        left, child = process.stdout.readline().split()
        process.kill()
        process.wait()
        try:
            os.kill(int(child), 0)
            remove_orphans()
            assert not Path(left).exists()
        finally:
            os.kill(int(child), 9)


def test_what_is_somebody_elses_or_no_folder_stays(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "keep").touch()
    (place / f"{PREFIX}link").symlink_to(elsewhere)
    (place / f"{PREFIX}file").touch()
    other = place / f"{PREFIX}other"
    other.mkdir()
    monkeypatch.setattr(os, "getuid", lambda: other.stat().st_uid + 1)
    remove_orphans()
    assert folders(place) == {f"{PREFIX}link", f"{PREFIX}file", f"{PREFIX}other"}
    monkeypatch.undo()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    remove_orphans()
    assert folders(place) == {f"{PREFIX}link", f"{PREFIX}file"}
    assert (elsewhere / "keep").exists()


def test_a_folder_that_was_cleared_before_it_was_locked_is_made_anew(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = tempfile.mkdtemp
    lost: list[str] = []

    def made_and_cleared(**named: str) -> str:
        folder = make(**named)
        if not lost:
            lost.append(folder)
            remove_orphans()
        return folder

    monkeypatch.setattr(workers.sockets.tempfile, "mkdtemp", made_and_cleared)
    with sockets_folder() as folder:
        assert str(folder) not in lost
        assert folders(place) == {folder.name}
