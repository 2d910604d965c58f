"""A bot's line to its platform: opened when it is first used, shared by threads."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from channels.chat.accounts import machine_of
from channels.chat.bots.answers import Answer

if TYPE_CHECKING:
    from channels.chat.bots.wire import BotApi, Upload


class BotLine:
    """Speaks for one bot. ``timeout`` is seconds to wait for an answer."""

    def __init__(self, platform: str, base_url: str, token: str, timeout: float) -> None:
        """``platform`` names it in errors. Nothing is opened yet."""
        self._platform = platform
        self._base_url = base_url
        self._token = token
        self._timeout = timeout
        self._open: BotApi | None = None
        self._lock = threading.Lock()

    @property
    def machine(self) -> str:
        """The machine that answers; without what else an address may hold."""
        return machine_of(self._base_url)

    def ask(
        self, method: str, parameters: Mapping[str, object], upload: Upload | None = None
    ) -> Answer:
        """Call a method once. Raises ChannelError when there is no answer."""
        return Answer.of(self._api().call(method, parameters, upload), secret=self._token)

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    def _api(self) -> BotApi:
        from channels.chat.bots.wire import BotApi  # loads httpx: for those who send

        with self._lock:
            if self._open is None:
                self._open = BotApi(self._platform, self._base_url, self._token, self._timeout)
            return self._open
