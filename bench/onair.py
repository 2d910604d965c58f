"""How long an emergency takes from its approval to the player's first sound, behind a backlog.

Everything as it ships, on loopback: ``loa run --watch`` with a routine campaign in thousands of
hamlets before it and the next as soon as that one is nearly done,
``loa console``, and several ``loa player``, whose audio command notes when it
is started. The clock runs from the call of ``office.approve``, passphrase included. Each emergency
has words of its own, which are spoken, mastered and proved when it is submitted, and joined and
signed within that time. The first one, with which everything is loaded, is said apart.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bench.figures import LOA, Figure, Note
from bench.made_up import hamlet_id, write_workspace
from bench.made_up_province import PASSPHRASE
from bench.servers import free_port, wait_until
from engine.app import App, open_app
from engine.clock import VIETNAM
from engine.states import State

#: Hamlets of the routine campaign; in each a loudspeaker and a chat group get it.
HAMLETS = 2_000

#: Players, each for a cluster of its own, and how many emergencies come one after the other.
PLAYERS, EMERGENCIES = 12, 121

#: So few routine deliveries may be done before an emergency is heard: then there come more.
_FEW = 750

#: Samples from which one in a hundred can be told.
HUNDRED = 100

#: Seconds without a sound after which an emergency is over.
SILENT = 2.0

#: What is promised for 99 of 100: seconds from approval to the first sound.
PROMISED = 3.0

_LOUDSPEAKER = Path(__file__).with_name("loudspeaker.py")

_CAMPAIGN = """\
id: {id}
title: Bản thử
priority: {priority}
valid: {{from: {first}, until: {last}}}
contact: Trạm Y tế xã
audience: {{hamlets: {hamlets}}}
text: {text}
schedule: {schedule}
channels: {channels}
"""


def figures(folder: Path) -> Iterator[Figure | Note]:
    workspace = commune(folder / "xa", HAMLETS)
    yield from told(on_air(workspace, folder, PLAYERS, EMERGENCIES), HAMLETS)


def told(waited: list[tuple[float, bool]], hamlets: int) -> Iterator[Figure | Note]:
    """Yield the figures of emergencies: seconds, and whether the backlog was still there."""
    (first, _behind), *rest = waited
    yield Figure("approval to the first sound, nothing loaded yet", first, "s")
    waits = sorted(seconds for seconds, behind in rest if behind)
    if len(waits) < len(rest):
        yield Note(f"{len(rest) - len(waits)} of {len(rest)} had nothing before them: left out")
    if waits:
        what = f"approval to the first sound, {2 * hamlets:,} routine deliveries being sent"
        yield Figure(f"{what}: median of {len(waits)}", waits[len(waits) // 2], "s")
        promised = "what is promised for 99 of 100"
        if len(waits) >= HUNDRED:
            yield Figure(
                f"{what}: p99", waits[-(-99 * len(waits) // 100) - 1], "s", PROMISED, promised
            )
        yield Figure(f"{what}: slowest", waits[-1], "s", PROMISED, promised)


def commune(folder: Path, hamlets: int) -> Path:
    """Make a commune on the machine's own clock whose loudspeakers are Loa's own players."""
    write_workspace(folder, hamlets)
    registry = folder / "commune.yaml"
    text = registry.read_text("utf-8").replace("place: Nhà văn hóa}", "player: may}")
    text = text.replace('hours: ["05:00-18:30"]', 'hours: ["00:00-23:59"]')
    registry.write_text(text.replace('hours: "06:00-21:00"', 'hours: "00:00-23:59"'), "utf-8")
    (folder / "loa.toml").write_text('live = true\n[players.may]\nkind = "agent"\n', "utf-8")
    return folder


def on_air(
    workspace: Path, folder: Path, players: int, emergencies: int
) -> list[tuple[float, bool]]:
    """Approve emergencies one by one; return the seconds of each, and whether it was behind."""
    with open_app(workspace) as app, ExitStack() as stack:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        for number in range(emergencies):
            _submit(app, f"khan-{number}", "emergency", [hamlet_id(number % players + 1)])
        server = stack.enter_context(_console(workspace))
        logs = [
            stack.enter_context(_player(app, folder / f"may-{number}", number, server))
            for number in range(1, players + 1)
        ]
        backlog = _Backlog(app)
        backlog.fill()
        stack.enter_context(_running([LOA, "run", "--watch", "-w", str(workspace)], folder))
        wait_until(lambda: State.SENT in _states(app), "the backlog to be sent")
        return [_one(app, f"khan-{n}", logs[n % players], backlog) for n in range(emergencies)]


class _Backlog:
    """Routine campaigns in every hamlet, one after the other: there is always something to send."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._count = 0
        # One slot for all of them: a station speaks so and so often a day.
        self._slot = datetime.now(VIETNAM) + timedelta(hours=1)

    def fill(self) -> None:
        """Approve the next one unless enough of the last is still to be sent."""
        if self._left() < 2 * _FEW:
            self._count += 1
            _submit(self._app, f"thuong-{self._count}", "routine", ["all"], self._slot)
            self._app.office.approve(f"thuong-{self._count}", "minh", PASSPHRASE)

    def _left(self) -> int:
        counts = self._app.ledger.views.counts()
        return sum(count for (_channel, state), count in counts.items() if state is State.PLANNED)


def _one(app: App, campaign_id: str, log: Path, backlog: _Backlog) -> tuple[float, bool]:
    """Approve one emergency, once its player is silent, and wait for its first sound."""
    wait_until(lambda: _is_silent(log), "the last one to end", patience=120)
    backlog.fill()
    before = len(_noted(log, "begin"))
    began = time.time()
    app.office.approve(campaign_id, "minh", PASSPHRASE)
    wait_until(lambda: len(_noted(log, "begin")) > before, f"{campaign_id} to be heard")
    waited = _noted(log, "begin")[before] - began
    return waited, State.PLANNED in _states(app)


def _states(app: App) -> set[State]:
    counts = app.ledger.views.counts()
    return {state for (_channel, state), count in counts.items() if count}


def _noted(log: Path, what: str) -> list[float]:
    lines = log.read_text().splitlines() if log.exists() else []
    return [float(line.split()[1]) for line in lines if line.startswith(what)]


def _is_silent(log: Path) -> bool:
    """Say whether nothing plays, nor has for some seconds: between two sounds it is brief."""
    begun, ended = _noted(log, "begin"), _noted(log, "end")
    return len(begun) == len(ended) and (not ended or time.time() - ended[-1] > SILENT)


def _submit(
    app: App, campaign_id: str, priority: str, hamlets: list[str], slot: datetime | None = None
) -> None:
    """Submit an emergency for now, or what is routine for a ``slot``."""
    now = datetime.now(VIETNAM)
    routine, soon = slot is not None, slot or now
    text = _CAMPAIGN.format(
        id=campaign_id,
        priority=priority,
        first=f"{now - timedelta(days=1):%Y-%m-%d}",
        last=f"{now + timedelta(days=3):%Y-%m-%d}",
        hamlets="[]" if routine else f"[{', '.join(hamlets)}]",
        text=f"Nước lên nhanh. Đây là tin của {campaign_id.replace('-', ' số ')}.",
        schedule=f'{{dates: [{soon:%Y-%m-%d}], times: ["{soon:%H:%M}"]}}' if routine else "now",
        channels="{loudspeaker: {}, chat: {schedule: now}}" if routine else "{loudspeaker: {}}",
    )
    path = app.workspace / "campaigns" / f"{campaign_id}.yaml"
    path.write_text(text.replace("audience: {hamlets: []}", "audience: all"), encoding="utf-8")
    app.office.submit(path, "lan")


@contextmanager
def _console(workspace: Path) -> Iterator[str]:
    port = free_port()
    command = [LOA, "console", "-w", str(workspace), "--listen", f"127.0.0.1:{port}"]
    with _running(command, workspace):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _player(app: App, folder: Path, number: int, server: str) -> Iterator[Path]:
    """Enrol and start a player for one cluster; yield the log of what it begins to play."""
    folder.mkdir()
    now, log = app.clock.now(), folder / "heard"
    _id, code = app.ledger.players.invite(
        (f"cum-{hamlet_id(number)}",), name="", at=now, until=now + timedelta(days=1)
    )
    audio = f"{sys.executable} -S -E {_LOUDSPEAKER} {log} {{file}}"
    own = {"LOA_PLAYER_FOLDER": str(folder / "may"), "LOA_PLAYER_AUDIO": audio}
    enrol = [LOA, "player", "enrol", code.text, "--server", server]

    def enrolled() -> bool:
        done = subprocess.run(enrol, env={**os.environ, **own}, capture_output=True)
        return done.returncode == 0

    wait_until(enrolled, "the server to answer", pause=0.5)
    with _running([LOA, "player"], folder, **own):
        yield log


@contextmanager
def _running(command: list[str], folder: Path, **environ: str) -> Iterator[None]:
    with (folder / f"{Path(command[0]).name}-{command[1]}.log").open("ab") as log:
        process = subprocess.Popen(command, env={**os.environ, **environ}, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait()
