"""Start-up: CPU seconds of whole commands, against an interpreter that does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figures import LOA, Figure
from bench.made_up import write_campaign, write_workspace


def figures(folder: Path) -> Iterator[Figure]:
    workspace = folder / "xa"
    write_workspace(workspace, 4)
    write_campaign(workspace, "lich-tiem")
    nothing = cpu_of(sys.executable, "-c", "pass")
    for arguments in (
        ("--help",),
        ("status", "-w", str(workspace)),
        ("check", "-w", str(workspace)),
    ):
        seconds = cpu_of(LOA, *arguments)
        yield Figure(f"loa {arguments[0]}", seconds, "s CPU", nothing, "python -c pass")


def cpu_of(*command: str) -> float:
    """Return the least CPU seconds of three runs; the first also loads the disk's cache."""
    return min(_once(command) for _run in range(3))


def _once(command: tuple[str, ...]) -> float:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime
