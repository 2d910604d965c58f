"""What the bots of all platforms share: their line, who they are, and that each part goes once.

None has idempotency keys or a look-up of what was sent. Each part that the platform accepted is
remembered before the next one leaves, so that a retry sends only those that were not.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from channels.base import ChannelError, Limits, RemoteIds
from channels.chat.accounts import cannot_be_used
from channels.chat.bots.answers import Answer, known_bot
from channels.chat.bots.line import BotLine
from channels.chat.once import once


class Account(Protocol):
    """Who a bot is, and where its platform answers; ``timeout`` in seconds."""

    @property
    def base_url(self) -> str: ...
    @property
    def token(self) -> str: ...
    @property
    def timeout(self) -> float: ...


AccountT = TypeVar("AccountT", bound=Account)


class BotBackend(ABC, Generic[AccountT]):
    """A backend that speaks as one bot. ``platform`` names it for people."""

    name: str
    platform: str
    idempotent = False
    networked = True

    def __init__(
        self,
        account: AccountT | None,
        remote_ids: RemoteIds,
        limits: Limits,
        *,
        fault: str = "",
    ) -> None:
        """Without an account everything fails, and says why: ``fault``, or that there is none.

        Nothing is opened yet.
        """
        self._fault = fault
        self._account = account
        self._remote_ids = remote_ids
        self._limits = limits
        self._line: BotLine | None = None
        if account is not None and account.token:
            self._line = BotLine(self.platform, account.base_url, account.token, account.timeout)

    @property
    def endpoint(self) -> str:
        """The machine that answers for the bot; without what else an address may hold."""
        return (self._line.machine if self._line is not None else "") or self.name

    def check(self) -> None:
        """Ask the platform who the bot is (getMe). Raises ChannelError; nothing is sent."""
        known_bot(self.ask("getMe", {}), self.platform, self._unknown_token())

    def ask(self, method: str, parameters: dict[str, object]) -> Answer:
        """Call a method that sends nothing. Raises ChannelError when there is no answer."""
        return self._configured()[1].ask(method, parameters)

    def close(self) -> None:
        """Close the connections; the next delivery opens new ones."""
        if self._line is not None:
            self._line.close()

    @abstractmethod
    def _not_set_up(self) -> str:
        """Say in words that there is no bot, and what makes one."""

    @abstractmethod
    def _unknown_token(self) -> str:
        """Say in words that the platform does not know the token, and who gives the right one."""

    def _once(self, key: str, send: Callable[[], str]) -> str:
        """Return the id under ``key``, sending only what was not accepted before."""
        return once(self._remote_ids, key, send)

    def _configured(self) -> tuple[AccountT, BotLine]:
        """Return the bot and its line. Raises ChannelError, permanent, where there is none."""
        if self._fault:
            raise cannot_be_used(self.name, self._fault)
        if self._account is None or self._line is None:
            raise ChannelError(self._not_set_up(), permanent=True)
        return self._account, self._line
