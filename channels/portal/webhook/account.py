"""Where another portal waits for posts, and the secret that both sides keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class WebhookAccount:
    """An address that takes signed posts. ``timeout`` in seconds.

    ``links``: a post's files are named by their addresses on the static site, and not sent.
    """

    url: str
    secret: str = field(repr=False)
    timeout: float = 30.0
    ca_file: Path | None = None
    links: bool = False

    @property
    def place(self) -> str:
        """The machine, for people and as a name, without any secret."""
        return urlsplit(self.url).netloc.rpartition("@")[2]
