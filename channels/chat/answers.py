"""What Telegram answered, and what that means: accepted, wait, a person must act, or unknown."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from channels.base import ChannelError
from channels.chat.sheet import Group
from engine.i18n import gettext as _

if TYPE_CHECKING:
    import httpx


class _Message(BaseModel):
    message_id: int


class _Parameters(BaseModel):
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None


class Answer(BaseModel):
    """The envelope of every Bot API answer, or what stands for one that cannot be read.

    ``ok`` None means that no sense could be made of the body.
    """

    model_config = ConfigDict(frozen=True)

    ok: bool | None = None
    result: Any = None
    error_code: int = 0
    description: str = ""
    parameters: _Parameters = _Parameters()

    @classmethod
    def of(cls, response: httpx.Response, *, secret: str) -> Answer:
        """Read ``response``; its status counts where the body says nothing.

        ``secret`` is struck out of the description: a proxy may quote the address it was asked.
        """
        try:
            answer = cls.model_validate_json(response.content)
        except ValidationError:
            return cls(error_code=response.status_code)
        return answer.model_copy(
            update={
                "error_code": answer.error_code or response.status_code,
                "description": answer.description.replace(secret, "***"),
            }
        )


def accepted_id(answer: Answer, group: Group) -> str:
    """Return the id of the message that Telegram took. Raises ChannelError if it took none."""
    if answer.ok:
        try:
            return str(_Message.model_validate(answer.result).message_id)
        except ValidationError as error:
            raise _unknown(answer) from error
    if answer.error_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise _too_many(answer)
    if answer.error_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _unknown(answer)
    if answer.ok is False or answer.error_code >= HTTPStatus.BAD_REQUEST:
        raise ChannelError(_what_to_do(answer, group), permanent=True)
    raise _unknown(answer)


def known_bot(answer: Answer) -> None:
    """Return when Telegram knows the bot. Raises ChannelError that says what to do if not."""
    if answer.ok:
        return
    if answer.error_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
        raise ChannelError(_unknown_token(), permanent=True)
    message = _("Telegram does not say who the bot is (code {code}); try again later.")
    raise ChannelError(message.format(code=answer.error_code))


def _unknown_token() -> str:
    return _("Telegram does not know the bot's token: ask @BotFather for the right one.")


def _too_many(answer: Answer) -> ChannelError:
    seconds = answer.parameters.retry_after
    return ChannelError(
        _("Telegram asks to wait: too many messages."),
        retry_after=None if seconds is None else timedelta(seconds=seconds),
    )


def _unknown(answer: Answer) -> ChannelError:
    return ChannelError(
        _(
            "Telegram gave no clear answer (code {code}); the message may have arrived. Look in "
            "the group."
        ).format(code=answer.error_code),
        unknown=True,
    )


def _what_to_do(answer: Answer, group: Group) -> str:
    """Return in words what a person must do before this can be sent."""
    new_address = answer.parameters.migrate_to_chat_id
    if new_address is not None:
        message = _(
            "The Telegram group {group} became a supergroup: write its new address {address} in "
            "the registry."
        )
    elif answer.error_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
        message = _unknown_token()
    elif answer.error_code == HTTPStatus.FORBIDDEN:
        message = _(
            "The bot may not write to the Telegram group {group}: add it to the group again and "
            "let it send messages."
        )
    elif "chat not found" in answer.description:
        message = _(
            "Telegram finds no group at the address of {group}: add the bot to the group and "
            "correct the address in the registry."
        )
    else:
        message = _("Telegram refused the message to {group} (code {code}): {reason}")
    return message.format(
        group=group.id,
        address=new_address,
        code=answer.error_code,
        reason=answer.description[:200],
    )
