"""Paths on the screen: short enough to be read out over the telephone."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.common import shown_path


def test_a_path_below_where_one_stands_is_shown_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "xa" / "reports") == str(Path("xa") / "reports")


def test_a_path_elsewhere_is_shown_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert shown_path(tmp_path / "there") == str(tmp_path / "there")
