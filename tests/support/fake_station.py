"""What a station script answers at its socket, without any sound: for contract tests.

It holds a plan when the file is there, as the script does. The script itself is tested on the
air: tests/integration/test_station_on_air.py.
"""

from __future__ import annotations

import json
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class FakeStation(socketserver.ThreadingUnixStreamServer):
    """One cluster's station. ``folder`` is that of all clusters; ``state`` is what it says."""

    def __init__(self, folder: Path, sockets: Path, cluster: str) -> None:
        self.folder, self.sockets = folder, str(sockets / "{cluster}")
        self.cluster = cluster
        self.state: dict[str, Any] = {
            "station": 1, "log": "1", "now": 1_795_000_000.0, "clock": True, "connected": True,
            "plans": 0, "plays": 0, "on_air": "",
        }  # fmt: skip
        self.lines: list[str] = []
        self.takes = True
        super().__init__(str(sockets / cluster), _Conversation)

    def answer(self, command: str, about: str) -> str:
        if command == "loa.state":
            return json.dumps({**self.state, "plays": len(self.lines)})
        if command == "loa.look":
            there = (self.folder / self.cluster / "plans" / about).is_file()
            return json.dumps({"held": there and self.takes, "readable": self.takes, "waiting": 0})
        if command == "loa.plays":
            return "\n".join(self.lines[int(about) :][:200])
        return 'ERROR: unknown command, type "help" to get a list of commands.'


class _Conversation(socketserver.StreamRequestHandler):
    server: FakeStation

    def handle(self) -> None:
        for line in self.rfile:
            command, _space, about = line.decode().strip().partition(" ")
            if command == "quit":
                self.wfile.write(b"Bye!\r\n")
                return
            self.wfile.write(f"{self.server.answer(command, about)}\r\nEND\r\n".encode())


@contextmanager
def fake_station(folder: Path, cluster: str = "cum-1") -> Iterator[FakeStation]:
    """Answer for one cluster; its socket lies where names are short enough for one."""
    with (
        tempfile.TemporaryDirectory(prefix="loa-") as sockets,
        FakeStation(folder / "stations", Path(sockets), cluster) as station,
    ):
        thread = threading.Thread(target=station.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield station
        finally:
            station.shutdown()
            thread.join()
