"""CUPS itself, on a random port of this machine, with one queue that keeps what it gets."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_FILES = """\
FileDevice Yes
SystemGroup root
ServerRoot {folder}/etc
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/spool/tmp
AccessLog {folder}/access_log
ErrorLog {folder}/error_log
PageLog {folder}/page_log
"""
_SERVER = """\
Listen 127.0.0.1:{port}
Browsing Off
DefaultAuthType None
AccessLogLevel all
PreserveJobFiles Yes
PreserveJobHistory Yes
WebInterface No
<Location />
  Order allow,deny
  Allow from 127.0.0.1
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
_QUEUE = """\
<Printer van-phong>
DeviceURI file:///dev/null
State {state}
Accepting {accepting}
Shared No
JobSheets none none
</Printer>
"""

#: Seconds to wait for the server.
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class PrintServer:
    """What a queue took, by the server's own spool and log."""

    folder: Path
    printer: str

    @property
    def jobs(self) -> list[bytes]:
        """Return the documents in the order in which they came."""
        return [path.read_bytes() for path in sorted((self.folder / "spool").glob("d*-*"))]

    @property
    def taken(self) -> int:
        """Return how many jobs the server's log says that it took."""
        log = (self.folder / "access_log").read_text("utf-8")
        return len(re.findall(r'"POST [^"]+" 200 \d+ Print-Job successful-ok', log))


@contextmanager
def print_server(folder: Path, *, accepting: bool = True) -> Iterator[PrintServer]:
    """Run CUPS in ``folder``; a queue that is not ``accepting`` refuses every job."""
    for name in ("etc", "spool/tmp", "cache", "state"):
        (folder / name).mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    files, server = folder / "etc" / "cups-files.conf", folder / "etc" / "cupsd.conf"
    files.write_text(_FILES.format(folder=folder), "utf-8")
    server.write_text(_SERVER.format(port=port), "utf-8")
    queue = _QUEUE.format(state="Idle", accepting="Yes" if accepting else "No")
    (folder / "etc" / "printers.conf").write_text(queue, "utf-8")
    process = subprocess.Popen(
        ["/usr/sbin/cupsd", "-f", "-c", str(server), "-s", str(files)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _answers(process, port, folder)
        yield PrintServer(folder, f"ipp://127.0.0.1:{port}/printers/van-phong")
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _answers(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, (folder / "error_log").read_text("utf-8")[-2000:]
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("CUPS does not answer")
