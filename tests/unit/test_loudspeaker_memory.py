"""Memory hardly grows with length: what 45 minutes would take, from two shorter programmes.

All 45 minutes at once are mastered by ``make bench``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from channels.loudspeaker.audio import mastering, threads

ROOT = Path(__file__).parents[2]

#: Minutes mastered, and bytes that are kept for the second pass: less than two minutes have, so
#: that what grows with length is seen in short programmes.
SHORT, LONG, WANTED = 2, 4, 45
KEPT = 4_000_000

#: MB for each thread more than the one that is measured: a stretch in its several forms.
A_THREAD = 6


def run(minutes: int, folder: Path) -> Any:
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "support.long_programme", str(minutes), str(folder), str(KEPT)],
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_programme_of_45_minutes_takes_less_than_200_mb(tmp_path: Path) -> None:
    short, long = run(SHORT, tmp_path / "short"), run(LONG, tmp_path / "long")
    per_minute = (long["mastered"] - short["mastered"]) / (LONG - SHORT)
    otherwise = (mastering.KEPT - KEPT) / 1_000_000 + (threads.MOST - 1) * A_THREAD
    assert long["mastered"] + otherwise + per_minute * (WANTED - LONG) < 200
    assert long["joined"] - long["mastered"] < 5
    assert long["seconds"] == pytest.approx(WANTED // LONG * LONG * 60, rel=0.05)
