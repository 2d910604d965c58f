"""Run the parts of the benchmark and print one table."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Note, said, seconds

PARTS = (
    "startup",
    "planning",
    "rendering",
    "printing",
    "portal",
    "speech",
    "bulletin",
    "spoken",
    "proving",
    "examples",
    "voices",
    "programme",
    "station",
    "demonstration",
    "deliveries",
    "statements",
    "curve",
    "coverage",
    "emergency",
    "onair",
    "webhook",
)


def main(arguments: list[str]) -> int:
    """Run every part, or those named; ``--part NAME`` runs one in this process, for the others."""
    if arguments[:1] == ["--part"]:
        return run_here(arguments[1])
    wanted = arguments or list(PARTS)
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f"no such part: {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
        return 2
    started = time.perf_counter()
    console = Console(width=120)
    table = Table("What", "Loa", "Baseline", "Ratio", title="Loa's figures", title_justify="left")
    notes: list[str] = []
    for part in wanted:
        lines, peak = run_apart(part)
        for line in lines:
            if isinstance(line, Figure):
                table.add_row(*line.row())
        notes += [line.note for line in lines if isinstance(line, Note)]
        table.add_row(f"[dim]{part}: peak memory", f"[dim]{peak:.0f} MB", end_section=True)
    console.print(table)
    console.print(*notes, sep="\n")
    console.print(f"{os.cpu_count()} cores, {time.perf_counter() - started:.0f} s in all")
    return 0


def run_here(part: str) -> int:
    """Run one part in a temporary folder and print a line of JSON for each figure.

    What is not done within ``seconds()`` is cut off, servers and processes in good order.
    """
    signal.signal(signal.SIGALRM, _cut_off)
    signal.alarm(seconds())
    try:
        # What is cut off may still be writing.
        with tempfile.TemporaryDirectory(prefix="loa-bench-", ignore_cleanup_errors=True) as folder:
            for figure in import_module(f"bench.{part}").figures(Path(folder)):
                print(figure.to_json(), flush=True)
    except _CutOff:
        print(Note(f"{part}: cut off after {seconds()} s").to_json(), flush=True)
    finally:
        signal.alarm(0)
    return 0


class _CutOff(BaseException):
    """A part has had its time."""


def _cut_off(_signal: int, _frame: object) -> None:
    raise _CutOff


def run_apart(part: str) -> tuple[list[Figure | Note], float]:
    """Run one part in a process of its own; return what it says and its peak memory, MB.

    Figures are shown as they come, too: a part may take long.
    """
    command = [sys.executable, "-m", "bench", "--part", part]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines: list[Figure | Note] = []
    for line in process.stdout:
        lines.append(said(line))
        print(lines[-1], file=sys.stderr, flush=True)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{part} ended with {process.returncode}")
    return lines, used.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
