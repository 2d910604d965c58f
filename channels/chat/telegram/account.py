"""A bot: who speaks, where its API answers, how fast it may be asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.models import Pace


@dataclass(frozen=True, slots=True)
class TelegramAccount:
    """A bot: where its API answers, its secret token, and seconds to wait for an answer.

    ``per_second`` messages to all groups together, ``per_minute`` to one of them: with the
    bursts below, less than the 30 and 20 that Telegram allows
    (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
    """

    base_url: str
    token: str = field(repr=False)
    timeout: float = 20.0
    per_second: float = 20.0
    per_minute: float = 15.0

    @property
    def bot(self) -> str:
        """The bot's id: the part of its token that is no secret."""
        return self.token.partition(":")[0]

    def paces(self, chat: str) -> tuple[Pace, Pace]:
        """Return what a message to ``chat`` counts for: the group, and all of them together.

        The topics of a group share its rate.
        """
        name = f"telegram/{self.bot}"
        return (
            Pace(f"{name}/{chat}", self.per_minute / 60, max(1, int(self.per_minute / 3))),
            Pace(name, self.per_second, max(1, int(self.per_second / 5))),
        )
