"""Which chats a bot has heard from: how an official learns the id of a group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from channels.base import ChannelError
from channels.chat.bots.answers import Answer
from engine.i18n import gettext as _

#: Answers taken at a time: Zalo gives one update each.
_MOST = 100


@dataclass(frozen=True, slots=True)
class Heard:
    """A chat: its id as the registry takes it, what kind it is, what it or its writer is called."""

    id: str
    kind: str
    name: str


class Bot(Protocol):
    """A backend that can be asked what was said to it."""

    def ask(self, method: str, parameters: dict[str, object]) -> Answer: ...


def heard_by(bot: Bot) -> list[Heard]:
    """Return the chats that wrote to a bot and were not yet asked for, each once.

    Raises ChannelError. Telegram keeps updates for a day, and tells them again; Zalo tells
    each once.
    """
    found: dict[Heard, None] = {}
    for _time in range(_MOST):
        answer = bot.ask("getUpdates", {"timeout": 1})
        if not answer.ok:
            if answer.error_code == HTTPStatus.REQUEST_TIMEOUT:
                break
            words = _("The bot's messages cannot be read (code {code}): {reason}")
            raise ChannelError(
                words.format(code=answer.error_code, reason=answer.description[:200])
            )
        new = heard_in(answer)
        found |= dict.fromkeys(new)
        if isinstance(answer.result, list) or not new:
            break
    return list(found)


def heard_in(answer: Answer) -> list[Heard]:
    """Return the chats of an answer to ``getUpdates``, each once.

    Telegram gives a list of updates, Zalo one at a time.
    """
    updates = answer.result if isinstance(answer.result, list) else [answer.result]
    return list(dict.fromkeys(one for update in updates for one in _chats(update)))


def _chats(update: Any) -> Iterator[Heard]:
    message = _dict(update).get("message") or _dict(update).get("my_chat_member")
    chat = _dict(_dict(message).get("chat"))
    if not chat.get("id"):
        return
    author = _dict(_dict(message).get("from"))
    name = chat.get("title") or author.get("display_name") or author.get("first_name") or ""
    topic = _dict(message).get("message_thread_id")
    address = f"{chat['id']}/{topic}" if topic else str(chat["id"])
    kind = chat.get("type") or chat.get("chat_type") or ""
    yield Heard(address, str(kind).lower(), str(name))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
