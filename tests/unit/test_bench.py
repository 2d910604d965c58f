"""The benchmark runs: a part of it gives its figures in a table, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )


def test_a_part_prints_its_figures_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = bench(tmp_path, "speech")
    assert done.returncode == 0, done.stderr
    assert "a notice spoken and mastered" in done.stdout
    assert "speech: peak memory" in done.stdout
    assert not list(tmp_path.iterdir())


def test_an_unknown_part_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    done = bench(tmp_path, "spech")
    assert done.returncode == 2
    assert "startup, planning, rendering, speech, tracking, demonstration" in done.stdout
