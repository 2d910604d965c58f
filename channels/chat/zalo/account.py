"""An Official Account: who speaks, where Zalo answers, how fast it may be asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from channels.chat.accounts import machine_of
from engine.models import Pace


@dataclass(frozen=True, slots=True)
class ZaloAccount:
    """One Official Account of one app.

    ``api_url`` and ``oauth_url`` are where Zalo answers; ``timeout`` is seconds to wait for
    it. ``per_minute`` requests of the app are made at most; Zalo allows 4,000, fewer in
    smaller packages. ``cover_url`` is the picture of its articles.
    """

    app_id: str
    oa_id: str
    app_secret: str = field(repr=False)
    api_url: str = "https://openapi.zalo.me"
    oauth_url: str = "https://oauth.zaloapp.com"
    redirect_url: str = ""
    cover_url: str = ""
    timeout: float = 20.0
    per_minute: float = 3_000.0

    @property
    def key(self) -> str:
        """The account's name where its tokens are kept."""
        return f"zalo/{self.app_id}/{self.oa_id}"

    @property
    def endpoint(self) -> str:
        """The machine that answers, and whose account: each has its own patience and quota."""
        return f"{machine_of(self.api_url) or 'zalo'}/{self.oa_id}"

    @property
    def articles_endpoint(self) -> str:
        """The same for broadcasts: they have a quota and hours of their own."""
        return f"{self.endpoint}/articles"

    @property
    def paces(self) -> tuple[Pace, ...]:
        """What a request counts for: all Official Accounts of one app share its rate."""
        burst = max(1, int(self.per_minute / 60))
        return (Pace(f"zalo/{self.app_id}", self.per_minute / 60, burst),)
