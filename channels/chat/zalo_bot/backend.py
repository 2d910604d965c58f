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

from channels.base import ChannelError
from channels.chat.bots.answers import Answer, accepted_id
from channels.chat.bots.backend import BotBackend
from channels.chat.sheet import Group, Part, Sheet
from channels.chat.zalo_bot.account import ZaloBotAccount
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Pace, Receipt, digest

PLATFORM = "Zalo Bot"

#: How long everybody waits when Zalo says "too many" and not for how long.
_PATIENCE = timedelta(minutes=1)


class ZaloBotBackend(BotBackend[ZaloBotAccount]):
    """Sends each part once; one that Zalo took is remembered before the next leaves."""

    name = "zalo_bot"
    platform = PLATFORM

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
            self._once(
                f"{bundle.key}/{part.id}/{digest(part)[:16]}",
                partial(self._say, part, group),
            )
            for part in sheet.parts
        ]
        return Receipt(ids[-1], {"chat": group.address, "messages": " ".join(ids)})

    def _not_set_up(self) -> str:
        return _("No Zalo bot is set up: set LOA_ZALO_BOT_TOKEN.")

    def _unknown_token(self) -> str:
        return _unknown_token()

    def _say(self, part: Part, group: Group) -> str:
        account, line = self._configured()
        self._limits.take(*account.paces)
        # No parse_mode: what an author writes is text, never markup.
        answer = line.ask("sendMessage", {"chat_id": group.address, "text": part.text})
        words = partial(_what_to_do, group=group)
        return accepted_id(answer, PLATFORM, words, patience=_PATIENCE)


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
