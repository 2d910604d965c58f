"""A programme of 45 minutes: the memory at its peak, and the time, to master and join it.

Half of it is speech in many passages, half one recording. It is made in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, clocked

MINUTES = 45

#: MB that it may take.
ALLOWED = 200.0

_ROOT = Path(__file__).parents[1]


def figures(folder: Path) -> Iterator[Figure]:
    command = [sys.executable, "-m", "support.long_programme", str(MINUTES), str(folder)]
    environ = {**os.environ, "PYTHONPATH": f"{_ROOT}:{_ROOT / 'tests'}"}
    took, done = clocked(
        lambda: subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    )
    told = json.loads(done.stdout)
    whole = f"{MINUTES} minutes mastered and joined"
    yield Figure(f"{whole}: peak memory", told["joined"], "MB", ALLOWED, "allowed")
    yield Figure(f"{whole}: time", took, "s", told["seconds"], "as long as it is heard")
