"""Runs a workspace one of whose folders lies on a small disk: full at first, then with room.

``python -m support.small_disk WORKSPACE FOLDER LEFT`` fills FOLDER's disk to the brim, runs the
workspace as long as nothing more is due at this moment, makes room, and runs it to its end.
Prints a line of JSON after each: every delivery's channel, target, state and reason. What lies in
FOLDER at the end is copied to LEFT.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from errno import ENOSPC
from pathlib import Path

from engine.app import App, open_app
from workers.embedded import EmbeddedRuntime

#: Mounts a small disk on a folder, in a mount namespace of its own, and runs what follows.
ON_A_SMALL_DISK = 'mkdir -p "$1" && mount -t tmpfs -o size=8m loa-test "$1" && shift && exec "$@"'


#: The same for a service: full until the file that is named first is there.
_SERVICE = """
room="$1"; folder="$2"; shift 2
mkdir -p "$folder" && mount -t tmpfs -o size=8m loa-test "$folder" || exit 77
head -c 9m /dev/zero >"$folder/day-o-dia" 2>/dev/null
"$@" & service=$!
trap 'kill "$service"' TERM
until [ -e "$room" ] || ! kill -0 "$service"; do sleep 0.1; done
rm "$folder/day-o-dia"
wait "$service"
wait "$service"
"""


def worker_on_small_disk(
    workspace: Path, folder: Path, room: Path, environ: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start ``loa worker`` with ``folder`` on a disk that is full until ``room`` is there."""
    loa = Path(sys.executable).with_name("loa")
    worker = [loa, "worker", "--processes", "1", "-w", workspace]
    with (workspace / "service.log").open("ab") as log:
        return subprocess.Popen(
            ["unshare", "-rm", "sh", "-c", _SERVICE, "sh", room, folder, *worker],
            env=environ,
            stdout=log,
            stderr=log,
        )


def run_on_small_disk(
    workspace: Path, folder: Path, left: Path, environ: dict[str, str]
) -> tuple[list[list[str]], list[list[str]]]:
    """Run this module in a process of its own; return what it printed: full, then with room."""
    driver = [sys.executable, "-m", "support.small_disk", workspace, folder, left]
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", ON_A_SMALL_DISK, "sh", folder, *driver],
        env=environ,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    full, roomy = (json.loads(line) for line in done.stdout.splitlines())
    return full, roomy


def main(workspace: Path, folder: Path, left: Path) -> None:
    ballast = folder / "day-o-dia"
    _fill(ballast)
    with open_app(workspace) as app:
        EmbeddedRuntime(app).run(until=app.clock.now())
        _print_states(app)
        ballast.unlink()
        EmbeddedRuntime(app).run()
        _print_states(app)
    shutil.copytree(folder, left)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError as error:
                if error.errno != ENOSPC:
                    raise


def _print_states(app: App) -> None:
    rows = app.ledger.views.deliveries("bao-lu")
    print(
        json.dumps([[row.channel, row.target, row.state, row.reason] for row in rows]), flush=True
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
