"""A broker, and how to come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Account:
    """``timeout`` in seconds, for each step of connecting. ``ca_file`` None: the machine's own
    authorities vouch for the broker.
    """

    player: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool = False
    ca_file: Path | None = None
    timeout: float = 10.0

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"
