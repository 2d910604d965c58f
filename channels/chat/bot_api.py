"""Telegram's Bot API on the wire. Loads httpx, so it is imported when something is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote

import httpx

from channels.base import ChannelError
from engine.i18n import gettext as _


class BotApi:
    """The connections of one bot. ``timeout`` is seconds to wait for an answer.

    Raises ChannelError, permanent, for an address that is none.
    """

    def __init__(self, base_url: str, token: str, timeout: float) -> None:
        with _told():
            self._client = httpx.Client(
                base_url=base_url, timeout=timeout, transport=_Signing(token)
            )

    def call(self, method: str, parameters: Mapping[str, object]) -> httpx.Response:
        """Call a method once and return the answer, whatever its status.

        Raises ChannelError: ``unknown`` when Telegram may have heard it all the same.
        """
        with _told():
            return self._client.post(method, json=dict(parameters))

    def close(self) -> None:
        self._client.close()


@contextmanager
def _told() -> Iterator[None]:
    """Turn httpx's errors into ours, which say what became of the message."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise ChannelError(
            _("Telegram cannot be reached; nothing was sent. Check the internet line.")
        ) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise ChannelError(
            _("The address of the Telegram API is wrong; it begins with https://."),
            permanent=True,
        ) from error
    except httpx.RequestError as error:
        raise ChannelError(
            _("The line to Telegram broke; the message may have arrived. Look in the group."),
            unknown=True,
        ) from error


class _Signing(httpx.BaseTransport):
    """Puts the token into the address on the wire only.

    httpx logs the address of each request and its errors carry it; they see it without token.
    """

    def __init__(self, token: str) -> None:
        self._prefix = f"/bot{quote(token, safe=':')}".encode()
        self._wire = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        folder, _slash, method = request.url.raw_path.rpartition(b"/")
        signed = httpx.Request(
            request.method,
            request.url.copy_with(raw_path=folder + self._prefix + b"/" + method),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return self._wire.handle_request(signed)

    def close(self) -> None:
        self._wire.close()
