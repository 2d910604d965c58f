"""What Telegram's refusals ask of a person, in words."""

from __future__ import annotations

from http import HTTPStatus

from channels.chat.bots.answers import Answer
from channels.chat.sheet import Group
from engine.i18n import gettext as _


def unknown_token() -> str:
    return _("Telegram does not know the bot's token: ask @BotFather for the right one.")


def no_address(group: Group) -> str:
    return _(
        "The chat group {group} has no address: write its Telegram chat id in the registry."
    ).format(group=group.id)


def wrong_address(group: Group) -> str:
    return _(
        "The chat group {group} has the address {address}; a Telegram chat id is allowed, such as"
        " -1001234567890, with a topic -1001234567890/15."
    ).format(group=group.id, address=group.address)


def what_to_do(answer: Answer, group: Group) -> str:
    """Return in words what a person must do before this can be sent."""
    said = answer.description.lower()
    if answer.error_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
        message = unknown_token()
    elif answer.error_code == HTTPStatus.FORBIDDEN or "not enough rights" in said:
        message = _(
            "The bot may not write to the Telegram group {group}: add it to the group again and "
            "let it send messages."
        )
    elif "chat not found" in said:
        message = _(
            "Telegram finds no group at the address of {group}: add the bot to the group and "
            "correct the address in the registry."
        )
    elif "message thread not found" in said:
        message = _(
            "Telegram finds no such topic in the group {group} (address {address}): correct the "
            "number behind the stroke in the registry."
        )
    elif "topic_closed" in said:
        message = _(
            "The topic of the Telegram group {group} is closed: open it again, or let the bot "
            "manage topics."
        )
    else:
        message = _("Telegram refused the message to {group} (code {code}): {reason}")
    return message.format(
        group=group.id,
        address=group.address,
        code=answer.error_code,
        reason=answer.description[:200],
    )
