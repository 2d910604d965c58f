"""How Loa comes into a WordPress, and how the official wants posts to be there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class WordPressAccount:
    """A WordPress at ``url`` (without a final slash), and a user's application password.

    ``slug`` is the pattern of a post's name in its address. ``category`` is that of every post;
    hamlets become ``hamlets``: tags, categories or none. ``trash``: what is withdrawn goes to
    the trash instead of saying so. ``overwrite`` are the campaigns whose posts may be put right
    though somebody edited them; ``*`` is all of them. ``timeout`` in seconds.
    """

    url: str
    user: str
    password: str = field(repr=False)
    timeout: float = 30.0
    ca_file: Path | None = None
    slug: str = "{campaign}"
    category: str = "Thông báo"
    hamlets: str = "tags"
    trash: bool = False
    overwrite: frozenset[str] = frozenset()

    @property
    def api(self) -> str:
        return f"{self.url}/wp-json/wp/v2"

    @property
    def place(self) -> str:
        """The site, for people and as a name: its machine and folder, without any secret."""
        parts = urlsplit(self.url)
        return parts.netloc.rpartition("@")[2] + parts.path

    def may_overwrite(self, campaign_id: str) -> bool:
        return not self.overwrite.isdisjoint({campaign_id, "*"})
