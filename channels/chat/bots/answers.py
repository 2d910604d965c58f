"""What a bot's API answered, and what that means: accepted, wait, a person must act, or unknown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from channels.base import ChannelError
from engine.i18n import gettext as _

if TYPE_CHECKING:
    import httpx


class _Message(BaseModel):
    #: A number on Telegram, letters and digits on Zalo; kept as text.
    message_id: Annotated[str, BeforeValidator(str)]


class _Parameters(BaseModel):
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None


class Answer(BaseModel):
    """The envelope of every answer, or what stands for one that cannot be read.

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


def accepted_id(
    answer: Answer,
    platform: str,
    what_to_do: Callable[[Answer], str],
    *,
    patience: timedelta | None = None,
) -> str:
    """Return the id of the message that the far side took.

    Raises ChannelError if it took none. ``what_to_do`` puts a refusal into words;
    ``patience`` is how long to wait where it asks for it and does not say how long.
    """
    if answer.ok:
        try:
            return _Message.model_validate(answer.result).message_id
        except ValidationError as error:
            raise unknown(answer, platform) from error
    if answer.error_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise _too_many(answer, platform, patience)
    if (
        answer.error_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        or answer.error_code == HTTPStatus.REQUEST_TIMEOUT
    ):
        raise unknown(answer, platform)
    if answer.ok is False or answer.error_code >= HTTPStatus.BAD_REQUEST:
        raise ChannelError(what_to_do(answer), permanent=True)
    raise unknown(answer, platform)


def known_bot(answer: Answer, platform: str, unknown_token: str) -> None:
    """Return when the far side knows the bot. Raises ChannelError that says what to do if not."""
    if answer.ok:
        return
    if answer.error_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
        raise ChannelError(unknown_token, permanent=True)
    message = _("{platform} does not say who the bot is (code {code}); try again later.")
    raise ChannelError(message.format(platform=platform, code=answer.error_code))


def unknown(answer: Answer, platform: str) -> ChannelError:
    """Return the failure of a send to which there was no clear answer."""
    return ChannelError(
        _(
            "{platform} gave no clear answer (code {code}); the message may have arrived. Look in "
            "the group."
        ).format(platform=platform, code=answer.error_code),
        unknown=True,
    )


def _too_many(answer: Answer, platform: str, patience: timedelta | None) -> ChannelError:
    """Return what stops every worker: whoever goes on asking is shut out for longer."""
    seconds = answer.parameters.retry_after
    wait = patience if seconds is None else timedelta(seconds=seconds)
    return ChannelError(
        _("{platform} asks to wait: too many messages.").format(platform=platform),
        retry_after=wait,
        everyone=wait is not None,
    )
