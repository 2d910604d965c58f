"""Zalo Bot: one call per message part. Text alone, and no promise beyond what is documented.

Known are ``getMe``, ``getUpdates``, ``sendMessage`` (1 to 2,000 characters) and ``sendPhoto`` for
a picture that lies at a public address; no upload, no documents, no idempotency keys, no look-up
of what was sent, no replies. Groups are on trial at Zalo: a bot may be refused in one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus

from channels.base import ChannelError, Limits, RemoteIds
from channels.chat.bots.answers import Answer, accepted_id, known_bot
from channels.chat.bots.line import BotLine
from channels.chat.once import once
from channels.chat.sheet import Group, Part, Sheet
from channels.chat.zalo_bot.account import ZaloBotAccount
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Pace, Receipt, digest

PLATFORM = "Zalo Bot"

#: How long everybody waits when Zalo says "too many" and not for how long.
_PATIENCE = timedelta(minutes=1)


class ZaloBotBackend:
    """Sends each part once; one that Zalo took is remembered before the next leaves."""

    name = "zalo_bot"
    idempotent = False
    networked = True

    def __init__(
        self, account: ZaloBotAccount | None, remote_ids: RemoteIds, limits: Limits
    ) -> None:
        self._account = account
        self._remote_ids = remote_ids
        self._limits = limits
        self._line: BotLine | None = None
        if account is not None and account.token:
            self._line = BotLine(PLATFORM, account.base_url, account.token, account.timeout)

    @property
    def endpoint(self) -> str:
        """The machine that answers for Zalo's bots."""
        return (self._line.machine if self._line is not None else "") or self.name

    def paces(self, artifact: Artifact, bundle: Bundle) -> Sequence[Pace]:
        return self._account.paces if self._account is not None else ()

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Send every part that was not taken before.

        Raises ChannelError: ``unknown`` when Zalo may have taken the part (408, 5xx, silence,
        half an answer), temporary when it cannot have, permanent when a person must act.
        """
        sheet = Sheet.of_artifact(artifact)
        group = sheet.group
        if not group.address:
            raise ChannelError(
                _(
                    "The chat group {group} has no address: write its chat id in the registry "
                    "(loa chat heard zalo_bot lists them)."
                ).format(group=group.id),
                permanent=True,
            )
        ids = [
            once(
                self._remote_ids,
                f"{bundle.key}/{part.id}/{digest(part)[:16]}",
                partial(self._say, part, group),
            )
            for part in sheet.parts
        ]
        return Receipt(ids[-1], {"chat": group.address, "messages": " ".join(ids)})

    def check(self) -> None:
        """Ask Zalo who the bot is (getMe). Raises ChannelError; nothing is sent."""
        known_bot(self.ask("getMe", {}), PLATFORM, _unknown_token())

    def ask(self, method: str, parameters: dict[str, object]) -> Answer:
        """Call a method that sends nothing. Raises ChannelError when there is no answer."""
        return self._configured()[1].ask(method, parameters)

    def close(self) -> None:
        """Close the connections; the next delivery opens new ones."""
        if self._line is not None:
            self._line.close()

    def _say(self, part: Part, group: Group) -> str:
        account, line = self._configured()
        self._limits.take(*account.paces)
        # No parse_mode: what an author writes is text, never markup.
        answer = line.ask("sendMessage", {"chat_id": group.address, "text": part.text})
        words = partial(_what_to_do, group=group)
        return accepted_id(answer, PLATFORM, words, patience=_PATIENCE)

    def _configured(self) -> tuple[ZaloBotAccount, BotLine]:
        """Return the bot and its line. Raises ChannelError, permanent, where there is none."""
        if self._account is None or self._line is None:
            raise ChannelError(_("No Zalo bot is set up: set LOA_ZALO_BOT_TOKEN."), permanent=True)
        return self._account, self._line


def _unknown_token() -> str:
    return _("Zalo does not know the bot's token: ask Zalo Bot Manager for the right one.")


def _what_to_do(answer: Answer, group: Group) -> str:
    """Return in words what a person must do before this can be sent."""
    if answer.error_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
        return _unknown_token()
    if answer.error_code == HTTPStatus.FORBIDDEN:
        message = _(
            "The bot may not write to {group} on Zalo: somebody there must write to the bot, or "
            "add it to the group again. Groups are still on trial at Zalo."
        )
    else:
        message = _("Zalo refused the bot's message to {group} (code {code}): {reason}")
    return message.format(group=group.id, code=answer.error_code, reason=answer.description[:200])
