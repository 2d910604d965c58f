"""Written to spoken: lines a second, in this process and through the command, all different."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import LOA, Figure, timed
from bench.made_up_lines import lines
from channels.loudspeaker.spoken import speak

COUNT = 20_000
#: Lines a second on one core, what is promised.
PROMISED = 5_000


def figures(folder: Path) -> Iterator[Figure]:
    written = list(lines(COUNT))
    for line in lines(500, seed=2):
        speak(line)  # compiles the patterns
    seconds, _said = timed(lambda: [speak(line) for line in written])
    promised = "what is promised"
    yield Figure("lines spoken", COUNT / seconds, "a CPU second", PROMISED, promised)
    yield Figure("characters of a line", sum(map(len, written)) / COUNT, "")
    file = folder / "written.txt"
    file.write_text("".join(f"{line}\n" for line in written), encoding="utf-8")
    before = time.perf_counter()
    with file.open("rb") as source:
        command = (LOA, "spoken")
        done = subprocess.run(command, cwd=folder, stdin=source, capture_output=True, check=True)
    wall = time.perf_counter() - before
    assert done.stdout.count(b"\n") == COUNT
    yield Figure("loa spoken, start included", COUNT / wall, "lines/s", PROMISED, promised)
