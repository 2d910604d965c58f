"""A real station for tests: icecast2, the station script under Liquidsoap, and a listener.

A machine without them fails the tests that need them: ``make system`` installs them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

import httpx

from channels.base import ChannelError
from channels.loudspeaker.players.station_socket import ask
from support.cable import Cable
from support.redis_server import wait_until
from support.servers import free_port

DEPLOY = Path(__file__).parents[2] / "deploy" / "station"
SECRET = "khong-ai-duoc-thay"

#: Seconds in which a sound must have been read: on a busy machine a good one takes more than one.
PATIENCE = "6"

#: Neither program wants to run as root.
_NOBODY: dict[str, Any] = (
    {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
)


class Program:
    """A program that may be killed and started again."""

    process: subprocess.Popen[bytes] | None = None

    def run(self, command: list[str], log: Path, **more: Any) -> None:
        program = shutil.which(command[0])
        assert program is not None, f"{command[0]} is not installed: run make system"
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [program, *command[1:]], stdout=out, stderr=out, **_NOBODY, **more
            )

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None


class Icecast(Program):
    """The example's configuration with a free port and a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        text = (DEPLOY / "icecast.xml").read_text("utf-8")
        for right, own in (
            ("CHANGE-ME", SECRET),
            ("<port>8000<", f"<port>{self.port}<"),
            ("/var/log/icecast2", str(folder)),
        ):
            assert right in text
            text = text.replace(right, own)
        (folder / "icecast.xml").write_text(text, "utf-8")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.run(["icecast2", "-c", str(self._folder / "icecast.xml")], self._folder / "out.log")
        wait_until(self._answers, "icecast2 to answer")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/status-json.xsl").is_success
        except httpx.HTTPError:
            return False


class Station(Program):
    """The station script of one cluster, on the air of an ``Icecast``."""

    def __init__(self, folder: Path, cluster: str, icecast: Icecast) -> None:
        self.folder, self.cluster = folder, cluster
        #: The network between the station and Icecast.
        self.cable = Cable(icecast.port)
        self.programmes = folder / "programmes" / cluster
        self.state = folder / "state" / cluster
        self.socket = folder / f"{cluster}.socket"
        self.clock = folder / "clock-is-set"
        self.log = folder / "station.log"
        self.mount = f"{cluster}.mp3"
        for path in (self.programmes / "plans", self.programmes / "sounds", self.state):
            path.mkdir(parents=True)
        self.clock.touch()
        (folder / "source").write_text(SECRET)

    def start(self) -> None:
        self.launch()
        wait_until(lambda: bool(self.told().get("connected")), "the station to be on air")

    def launch(self) -> None:
        """Start the script, whether it will be on air or not."""
        own = {
            "LOA_STATION_FOLDER": str(self.programmes),
            "LOA_STATION_STATE": str(self.state),
            "LOA_STATION_SOCKET": str(self.socket),
            "LOA_STATION_CLOCK_FILE": str(self.clock),
            "LOA_STATION_PASSWORD_FILE": str(self.folder / "source"),
            "LOA_STATION_PATIENCE": PATIENCE,
            "LOA_STATION_PORT": str(self.cable.port),
            "LOA_STATION_MOUNT": self.mount,
        }
        command = ["liquidsoap", str(DEPLOY / "station.liq")]
        self.run(command, self.log, cwd=self.folder, env={**os.environ, **own})

    def twin(self, number: int, *shared: str) -> Station:
        """Return a second station that has only these in common with this one."""
        twin = copy(self)
        own = self.folder / f"twin-{number}"
        twin.process, twin.mount, twin.log = None, f"twin-{number}.mp3", own / "station.log"
        for name in {"programmes", "state", "socket"} - set(shared):
            setattr(twin, name, own / name)
        for path in (own, twin.programmes / "plans", twin.state):
            path.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            for path in (own, twin.programmes, twin.state):
                shutil.chown(path, "nobody", "nogroup")
        return twin

    def told(self) -> dict[str, Any]:
        """Return what the station says of itself; nothing while it says nothing."""
        try:
            state: dict[str, Any] = json.loads(ask(self.socket, "loa.state", self.cluster))
        except (ChannelError, ValueError):
            return {}
        return state

    def plays(self) -> list[dict[str, Any]]:
        """Return the station's own log, its whole lines."""
        path = self.state / "plays.jsonl"
        text = path.read_text("utf-8") if path.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line.endswith("}")]


class Recording:
    """A listener: takes what Icecast sends of a mount until it is stopped."""

    def __init__(self, url: str) -> None:
        self._url, self._heard, self._stop = url, bytearray(), threading.Event()
        self._thread = threading.Thread(target=self._listen)

    def __enter__(self) -> Recording:
        self._thread.start()
        wait_until(lambda: len(self._heard) > 0, "the stream")
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def mp3(self) -> bytes:
        return bytes(self._heard)

    def wait_for(self, seconds: float) -> None:
        """Wait until so much more was heard: the stream is behind what the station says."""
        enough = len(self._heard) + seconds * 16_000
        wait_until(lambda: len(self._heard) >= enough, "more of the stream")

    def _listen(self) -> None:
        with httpx.stream("GET", self._url, timeout=20) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes(512):
                self._heard += piece
                if self._stop.is_set():
                    return


@contextmanager
def on_air(cluster: str = "cum-1") -> Iterator[tuple[Station, Icecast]]:
    """Run Icecast and a station in folders of their own."""
    with tempfile.TemporaryDirectory(prefix="loa-station-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "icecast").mkdir()
        icecast = Icecast(folder / "icecast")
        station = Station(folder, cluster, icecast)
        if os.geteuid() == 0:
            for path in (folder, folder / "icecast", station.state):
                shutil.chown(path, "nobody", "nogroup")
        icecast.start()
        try:
            station.start()
            yield station, icecast
        finally:
            station.stop()
            station.cable.cut()
            icecast.stop()
