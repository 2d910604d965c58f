"""Where a message goes on Telegram: a chat, and a topic of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_FORM = re.compile(r"(?P<chat>-?[1-9]\d{0,19}|@[A-Za-z]\w{3,31})(?:/(?P<topic>[1-9]\d{0,9}))?")

#: The topic "General", which every group with topics has. A message names it by naming none:
#: Telegram answers «message thread not found» to its number.
_GENERAL = 1


@dataclass(frozen=True, slots=True)
class TelegramAddress:
    """``chat`` as the Bot API takes it, an id or ``@name``; ``topic`` is 0 where there is none.

    Written ``-1001234567890``, ``-1001234567890/15`` or ``@ten_nhom``.
    """

    chat: str
    topic: int = 0

    @classmethod
    def of(cls, written: str) -> Self | None:
        """Read an address as the registry has it; None when it is none."""
        found = _FORM.fullmatch(written.strip())
        if found is None:
            return None
        topic = int(found["topic"] or 0)
        return cls(found["chat"], 0 if topic == _GENERAL else topic)

    def __str__(self) -> str:
        return f"{self.chat}/{self.topic}" if self.topic else self.chat

    def fields(self) -> dict[str, object]:
        """Return what every sending method of the Bot API is given."""
        return {"chat_id": self.chat, **({"message_thread_id": self.topic} if self.topic else {})}


def moved_key(chat: str) -> str:
    """Return under what is remembered where a group went that became a supergroup."""
    return f"telegram/moved/{chat}"
