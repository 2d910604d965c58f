"""What the fake of Zalo's bot server knows: one bot, its chats, what was said and taken."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from channels.chat.bots.fake_page import home_page
from engine.clock import SystemClock
from engine.i18n import gettext as _

LONGEST_TEXT = 2_000
METHODS = ("getMe", "getUpdates", "setWebhook", "sendMessage", "sendPhoto")


class RefusalError(Exception):
    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


@dataclass
class BotWorld:
    """One bot and the chats it may write to, by their ids: "PRIVATE" or "GROUP" each.

    ``shut_out`` are chats that it was removed from; ``per_minute`` is how many messages it may
    send; ``now`` its clock, ``log`` what it has taken.
    """

    log: Path
    token: str = "123456789:made-up-token"  # noqa: S105  # a fake's
    now: Callable[[], datetime] = field(default_factory=lambda: SystemClock().now)
    chats: dict[str, str] = field(default_factory=dict)
    shut_out: set[str] = field(default_factory=set)
    per_minute: int = 1_000

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.updates: deque[dict[str, Any]] = deque()
        self._minute: deque[datetime] = deque()

    def taken(self) -> list[dict[str, Any]]:
        """Return what the log holds, in order."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def said(self, chat_id: str, name: str, text: str) -> None:
        """Let somebody write to the bot; in groups it hears what is meant for it alone."""
        with self.lock:
            kind = self.chats.setdefault(chat_id, "PRIVATE")
            message = {
                "message_id": secrets.token_hex(10),
                "chat": {"id": chat_id, "chat_type": kind},
                "from": {"id": secrets.token_hex(10), "display_name": name, "is_bot": False},
                "text": text,
                "date": int(self.now().timestamp() * 1000),
            }
            self.updates.append({"event_name": "message.text.received", "message": message})

    def answer(self, method: str, given: dict[str, Any]) -> Any:
        """Return the result of a call. Raises RefusalError."""
        if method == "getMe":
            bot = {"id": self.token.partition(":")[0], "account_name": "bot.gia"}
            return {**bot, "account_type": "BASIC", "can_join_groups": True}
        if method == "setWebhook":
            if len(str(given.get("secret_token", ""))) < 8:
                raise RefusalError(400, "secret_token must have 8 to 256 characters")
            return {"url": given.get("url", ""), "updated_at": int(self.now().timestamp() * 1000)}
        if method == "getUpdates":
            with self.lock:
                if not self.updates:
                    raise RefusalError(408, "Request timeout")
                return self.updates.popleft()
        return self._take(method, given)

    def _take(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        chat, photo = str(given.get("chat_id", "")), method == "sendPhoto"
        text = str(given.get("caption" if photo else "text", ""))
        with self.lock:
            self._count()
            if chat not in self.chats:
                raise RefusalError(400, "chat_id is invalid")
            if chat in self.shut_out:
                raise RefusalError(403, "Forbidden")
            if len(text) > LONGEST_TEXT or not (photo or text.strip()):
                raise RefusalError(400, "text must have 1 to 2000 characters")
            if photo and not str(given.get("photo", "")).startswith("https://"):
                raise RefusalError(400, "photo is invalid")
            message_id, now = secrets.token_hex(10), self.now()
            entry = {"message_id": message_id, "at": now.isoformat(), "chat_id": chat, "text": text}
            entry |= {"photo": given["photo"]} if photo else {}
            with self.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return {"message_id": message_id, "date": int(now.timestamp() * 1000)}

    def _count(self) -> None:
        now = self.now()
        while self._minute and self._minute[0] <= now - timedelta(minutes=1):
            self._minute.popleft()
        if len(self._minute) >= self.per_minute:
            raise RefusalError(429, "Too many requests")
        self._minute.append(now)


def page_of(world: BotWorld) -> str:
    """Return what was last taken, and a form to write to the bot as somebody."""
    chats = {chat: chat for chat in world.chats}
    return home_page(chats, "chat", "name", world.taken(), _("A bot of Zalo's that is none"))
