"""Asking Zalo: a permit, a good token, one renewal if it is not, and errors in words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from channels.base import ChannelError, Limits, Tokens
from channels.chat.zalo.account import ZaloAccount
from channels.chat.zalo.errors import Act
from channels.chat.zalo.keeper import Keeper
from channels.chat.zalo.refusals import RefusedError, unknown
from engine.clock import Clock

if TYPE_CHECKING:
    from channels.chat.zalo.wire import Answer, Wire


class ZaloClient:
    """Calls for one Official Account. Threads may share it.

    Every call raises ChannelError: ``RefusedError`` when Zalo said no, so that nothing was
    taken; ``unknown`` when something may have been.
    """

    def __init__(self, account: ZaloAccount, tokens: Tokens, limits: Limits, clock: Clock) -> None:
        self.account = account
        self.keeper = Keeper(account, tokens, clock, self._wire)
        self._limits = limits
        self._clock = clock
        self._open: Wire | None = None
        self._lock = threading.Lock()

    def post(self, path: str, body: Mapping[str, Any], *, where: str) -> Any:
        """Return the ``data`` of the answer; ``where`` names for people who is spoken to."""
        return self._ask(lambda wire, token: wire.post(path, token, body), where)

    def get(self, path: str, data: Mapping[str, Any], *, where: str) -> Any:
        return self._ask(lambda wire, token: wire.get(path, token, data), where)

    def upload(self, path: str, name: str, media_type: str, data: bytes, *, where: str) -> Any:
        """Upload a file. It may be done again: nobody sees what is not sent afterwards."""
        try:
            return self._ask(
                lambda wire, token: wire.upload(path, token, name, media_type, data), where
            )
        except ChannelError as error:
            if error.unknown:
                raise ChannelError(str(error)) from error
            raise

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    def _ask(self, call: Callable[[Wire, str], Answer], where: str) -> Any:
        self._limits.take(*self.account.paces)
        token = self.keeper.access()
        try:
            return self._answered(call(self._wire(), token), where)
        except RefusedError as refused:
            if refused.act is not Act.RENEW:
                raise
        token = self.keeper.instead_of(token)
        self._limits.take(*self.account.paces)
        try:
            return self._answered(call(self._wire(), token), where)
        except RefusedError as refused:
            if refused.act is Act.RENEW:
                raise ChannelError(str(refused), permanent=True) from refused
            raise

    def _answered(self, answer: Answer, where: str) -> Any:
        if answer.error is None:
            raise unknown(answer.words)
        if answer.error:
            raise RefusedError(answer.error, answer.words, where, self._clock.now())
        return answer.data

    def _wire(self) -> Wire:
        from channels.chat.zalo.wire import Wire  # loads httpx: for those who send

        with self._lock:
            if self._open is None:
                self._open = Wire(self.account)
            return self._open
