"""Written to spoken: lines a second, in this process and through the command, all different."""

from __future__ import annotations

import os
import subprocess
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
    spent = through_the_command(file)
    yield Figure("loa spoken, start included", COUNT / spent, "a CPU second", PROMISED, promised)


def through_the_command(file: Path) -> float:
    """Return the CPU seconds that ``loa spoken`` takes for a file; each line must be answered."""
    said = file.with_suffix(".said")
    with file.open("rb") as source, said.open("wb") as answers:
        process = subprocess.Popen((LOA, "spoken"), cwd=file.parent, stdin=source, stdout=answers)
        _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or said.read_bytes().count(b"\n") != COUNT:
        raise RuntimeError(f"loa spoken ended with {process.returncode}")
    return used.ru_utime + used.ru_stime
