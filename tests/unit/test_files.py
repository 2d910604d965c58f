from pathlib import Path

import pytest

from engine import files
from engine.files import remove_leftovers, write_atomic


def test_new_bytes_replace_old_ones_and_parents_are_made(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "ghi.txt"
    write_atomic(target, b"one")
    write_atomic(target, b"two")
    assert target.read_bytes() == b"two"
    assert [p.name for p in target.parent.iterdir()] == ["ghi.txt"]


def test_a_failed_write_leaves_the_old_bytes_and_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "ghi.txt"
    write_atomic(target, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(target, b"new")
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["ghi.txt"]


def test_what_can_be_made_again_does_not_wait_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waited(_: int) -> None:
        raise AssertionError("waited for the disk")

    monkeypatch.setattr(files.os, "fsync", waited)
    write_atomic(tmp_path / "ghi.txt", b"new", durable=False)
    assert (tmp_path / "ghi.txt").read_bytes() == b"new"


def test_leftovers_of_a_killed_process_are_removed(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / ".ghi.txt.00ff.tmp").write_bytes(b"half")
    (tmp_path / "x" / "ghi.txt").write_bytes(b"whole")
    remove_leftovers(tmp_path)
    assert [p.name for p in (tmp_path / "x").iterdir()] == ["ghi.txt"]
