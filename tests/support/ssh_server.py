"""A real sshd for tests, run by the tests' user on a loopback port with keys of its own.

A machine without openssh-server fails the tests that need it: ``make system`` installs it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.redis_server import wait_until

_CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
KbdInteractiveAuthentication no
PasswordAuthentication yes
MaxStartups 100
UseDNS no
LogLevel VERBOSE
Subsystem sftp {subsystem}
"""


#: Mounts a small disk on a folder, in a namespace of its own, and runs what follows as somebody
#: who is not root there: root's sshd would want to become others.
_ON_A_SMALL_DISK = """\
size="$1"; folder="$2"; shift 2
mount -t tmpfs -o size="$size" loa-test "$folder" && chmod 1777 "$folder" || exit 77
who="$1"; shift
exec unshare -U --map-user="$who" --map-group="$who" "$@"
"""


class SshServer:
    """An sshd that may be killed, and started again with another key of the machine.

    With a ``disk`` its files lie on one of that size, which only it sees; ``seen`` is the way
    to them from outside.
    """

    def __init__(self, folder: Path, disk: str = "") -> None:
        self._folder = folder
        self._disk = disk
        self._process: subprocess.Popen[bytes] | None = None
        # On a small disk nobody is root.
        self._uid = os.getuid() or (65_534 if disk else 0)
        self.user = pwd.getpwuid(self._uid).pw_name
        self.files = folder / "files"
        self.files.mkdir(parents=True)
        self.key = folder / "user_key"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        _keygen(self.key)
        shutil.copy(self.key.with_suffix(".pub"), folder / "authorized_keys")
        self.renew_key()

    @property
    def fingerprint(self) -> str:
        done = subprocess.run(
            ["ssh-keygen", "-lf", self._folder / "host_key.pub"], capture_output=True, text=True
        )
        return done.stdout.split()[1]

    @property
    def known_hosts(self) -> Path:
        """A file that vouches for the key which the machine has now."""
        file = self._folder / "known_hosts"
        kind, key, *_ = (self._folder / "host_key.pub").read_text().split()
        file.write_text(f"[127.0.0.1]:{self.port} {kind} {key}\n")
        return file

    @property
    def seen(self) -> Path:
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/root{self.files}")

    @property
    def log(self) -> str:
        return (self._folder / "sshd.log").read_text(errors="replace")

    def renew_key(self) -> None:
        """Give the machine another key; it shows it when it is started again."""
        for name in ("host_key", "host_key.pub"):
            (self._folder / name).unlink(missing_ok=True)
        _keygen(self._folder / "host_key")

    def start(self, subsystem: str = "internal-sftp") -> None:
        program = shutil.which("sshd", path="/usr/sbin:" + os.environ.get("PATH", ""))
        assert program is not None, "openssh-server is not installed: run make system"
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # root's sshd wants it
        config = self._folder / "sshd_config"
        config.write_text(_CONFIG.format(port=self.port, folder=self._folder, subsystem=subsystem))
        command: list[str | Path] = [program, "-D", "-e", "-f", config]
        if self._disk:
            small = ["unshare", "-rm", "sh", "-c", _ON_A_SMALL_DISK, "sh", self._disk, self.files]
            command = [*small, str(self._uid), *command]
        with (self._folder / "sshd.log").open("ab") as log:
            self._process = subprocess.Popen(command, stderr=log, start_new_session=True)
        wait_until(self._answers, f"sshd to answer; it said: {self.log}")

    def kill(self) -> None:
        """End it with every line that it has: as when the machine loses its power."""
        process, self._process = self._process, None
        if process is None:
            return
        for pid in [*_below(process.pid), process.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()

    def lines(self) -> int:
        """Return how many lines to it are open now."""
        return len(_below(self._process.pid)) if self._process is not None else 0

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        with socket.socket() as line:
            line.settimeout(5)
            # A line may meet itself where nobody listens yet: only sshd says this.
            return line.connect_ex(("127.0.0.1", self.port)) == 0 and line.recv(4) == b"SSH-"


def _keygen(path: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True, text=True
    )


def _below(pid: int) -> list[int]:
    """Return the processes that come from one, the youngest first."""
    found: list[int] = []
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        children = [int(one) for one in tasks.read_text().split()]
    except OSError:
        return found
    for child in children:
        found += [*_below(child), child]
    return found


@contextmanager
def ssh_server(folder: Path, disk: str = "") -> Iterator[SshServer]:
    """Run a server whose files lie in ``folder``/files, on a ``disk`` of its own if it has one."""
    server = SshServer(folder, disk)
    server.start()
    try:
        yield server
    finally:
        server.kill()
