"""A bot on Zalo: where its API answers, its secret token, how fast it may be asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.models import Pace


@dataclass(frozen=True, slots=True)
class ZaloBotAccount:
    """A bot. ``timeout`` is seconds to wait for an answer.

    ``per_minute`` messages are sent at most. Zalo names no figure and answers 429 to whoever
    goes too fast, so the default is a careful guess of ours.
    """

    token: str = field(repr=False)
    base_url: str = "https://bot-api.zaloplatforms.com"
    timeout: float = 20.0
    per_minute: float = 60.0

    @property
    def bot(self) -> str:
        """The bot's id: the part of its token that is no secret."""
        return self.token.partition(":")[0]

    @property
    def paces(self) -> tuple[Pace, ...]:
        """What a message counts for."""
        burst = max(1, int(self.per_minute / 12))
        return (Pace(f"zalo-bot/{self.bot}", self.per_minute / 60, burst),)
