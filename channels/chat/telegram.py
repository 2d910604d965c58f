"""Telegram: one Bot API call per message part (https://core.telegram.org/bots/api#sendmessage)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from channels.base import ChannelError, Limits, RemoteIds
from channels.chat.answers import Answer, accepted_id, known_bot
from channels.chat.sheet import Group, Part, Sheet
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Pace, Receipt, digest

if TYPE_CHECKING:
    from channels.chat.bot_api import BotApi


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
        """Return what a message to ``chat`` counts for: the group, and all of them together."""
        name = f"telegram/{self.bot}"
        return (
            Pace(f"{name}/{chat}", self.per_minute / 60, max(1, int(self.per_minute / 3))),
            Pace(name, self.per_second, max(1, int(self.per_second / 5))),
        )


def _key(bundle: Bundle, part: Part) -> str:
    """Return under what a part is remembered; a plain one as it was before there were others."""
    said = {"campaign_id": part.campaign_id, "number": part.number, "text": part.text}
    return f"{bundle.key}/{part.id}/{digest(said)[:16]}"


class TelegramBackend:
    """Sends each part once. Telegram has neither idempotency keys nor a look-up.

    Each part that Telegram accepted is remembered before the next one leaves, so that a retry
    sends only those that were not. A part is remembered by its words, not by its place: items
    may join or leave between two attempts.
    """

    name = "telegram"
    idempotent = False
    networked = True

    def __init__(
        self, account: TelegramAccount | None, remote_ids: RemoteIds, limits: Limits
    ) -> None:
        self._account = account
        self._remote_ids = remote_ids
        self._limits = limits
        self._bot: BotApi | None = None
        self._lock = threading.Lock()

    @property
    def endpoint(self) -> str:
        """The machine that answers for Telegram; without what else an address may hold."""
        address = self._account.base_url if self._account is not None else ""
        machine = address.partition("://")[2].partition("/")[0]
        return machine.rpartition("@")[2] or self.name

    def paces(self, artifact: Artifact, bundle: Bundle) -> Sequence[Pace]:
        address = Sheet.of_artifact(artifact).group.address
        return self._account.paces(address) if self._account is not None and address else ()

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Send every part that was not accepted before.

        Raises ChannelError: ``unknown`` when Telegram may have taken the part (an answer 5xx,
        silence, half an answer), temporary when it cannot have (no connection, 429),
        permanent when a person must act; the message says what to do.
        """
        sheet = Sheet.of_artifact(artifact)
        if not sheet.group.address:
            raise ChannelError(
                _(
                    "The chat group {group} has no address: write its Telegram chat id in the "
                    "registry."
                ).format(group=sheet.group.id),
                permanent=True,
            )
        ids = [self._sent(_key(bundle, part), part, sheet.group) for part in sheet.parts]
        return Receipt(ids[-1], {"chat": sheet.group.address, "messages": " ".join(ids)})

    def check(self) -> None:
        """Ask Telegram who the bot is (getMe). Raises ChannelError; nothing is sent."""
        account = self._configured()
        response = self._api(account).call("getMe", {})
        known_bot(Answer.of(response, secret=account.token))

    def close(self) -> None:
        """Close the connections; the next delivery opens new ones."""
        with self._lock:
            if self._bot is not None:
                self._bot.close()
                self._bot = None

    def _sent(self, key: str, part: Part, group: Group) -> str:
        """Send a part unless it was; a correction replies to the message that it corrects."""
        message_id = self._remote_ids.get(key)
        if message_id is None:
            message_id = accepted_id(self._call(part, group), group)
            self._remote_ids.put(key, message_id)
        thread = self._thread(part, group, part.amendment)
        if self._remote_ids.get(thread) is None:
            self._remote_ids.put(thread, message_id)
        return message_id

    def _thread(self, part: Part, group: Group, amendment: int) -> str:
        """Return under what the first message of a campaign's amendment is remembered."""
        bot = self._configured().bot
        return f"telegram/{bot}/{group.address}/{part.campaign_id}/{amendment}"

    def _corrected(self, part: Part, group: Group) -> str | None:
        """Return the message that a part corrects: the last one before it that the group got.

        None for what corrects nothing, and for the parts of it that follow the first.
        """
        if not part.amendment or self._remote_ids.get(self._thread(part, group, part.amendment)):
            return None
        earlier = (
            self._remote_ids.get(self._thread(part, group, number))
            for number in range(part.amendment - 1, -1, -1)
        )
        return next((found for found in earlier if found is not None), None)

    def _call(self, part: Part, group: Group) -> Answer:
        account = self._configured()
        # No parse_mode: what an author writes is text, never markup.
        message: dict[str, object] = {"chat_id": group.address, "text": part.text}
        corrected = self._corrected(part, group)
        if corrected is not None:
            # Somebody may have removed it from the group: the correction is sent all the same.
            reply = {"message_id": int(corrected), "allow_sending_without_reply": True}
            message["reply_parameters"] = reply
        self._limits.take(*account.paces(group.address))
        return Answer.of(self._api(account).call("sendMessage", message), secret=account.token)

    def _configured(self) -> TelegramAccount:
        if self._account is None or not self._account.token:
            raise ChannelError(
                _("No Telegram bot is set up: set LOA_TELEGRAM_TOKEN."), permanent=True
            )
        return self._account

    def _api(self, account: TelegramAccount) -> BotApi:
        from channels.chat.bot_api import BotApi  # loads httpx: for those who send

        with self._lock:
            if self._bot is None:
                self._bot = BotApi(account.base_url, account.token, account.timeout)
            return self._bot
