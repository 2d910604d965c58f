"""Where a server is and how Loa comes in, as it is set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

#: Between two tries of what a person on the server must mend: a full disk, a permission.
MENDED_IN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SftpAccount:
    """``player`` is the section's name, for people. ``timeout`` in seconds, for each answer.

    A server is trusted by ``host_keys`` (fingerprints, ``SHA256:…``) or by ``known_hosts``, and
    Loa comes in with ``password`` or ``key_file``.
    """

    player: str
    host: str
    user: str
    port: int = 22
    password: str = field(default="", repr=False)
    key_file: Path | None = None
    host_keys: tuple[str, ...] = ()
    known_hosts: Path | None = None
    timeout: float = 20.0

    @property
    def endpoint(self) -> str:
        """The server as people and metrics name it."""
        return f"{self.host}:{self.port}"
