"""A bot's API on the wire. Loads httpx, so it is imported when something is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx

from channels.base import ChannelError
from engine.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that travels with a call: what it is to the method, its name, type and bytes."""

    parameter: str
    name: str
    media_type: str
    data: bytes = field(repr=False)


class BotApi:
    """The connections of one bot. ``timeout`` is seconds to wait for an answer.

    ``platform`` names it in errors. Raises ChannelError, permanent, for an address that is none.
    """

    def __init__(self, platform: str, base_url: str, token: str, timeout: float) -> None:
        self._platform = platform
        with self._told():
            self._client = httpx.Client(
                base_url=base_url, timeout=timeout, transport=_Signing(token)
            )

    def call(
        self, method: str, parameters: Mapping[str, object], upload: Upload | None = None
    ) -> httpx.Response:
        """Call a method once and return the answer, whatever its status.

        Raises ChannelError: ``unknown`` when the far side may have heard it all the same.
        """
        with self._told():
            if upload is None:
                return self._client.post(method, json=dict(parameters))
            file = {upload.parameter: (upload.name, upload.data, upload.media_type)}
            form = {name: str(value) for name, value in parameters.items()}
            return self._client.post(method, data=form, files=file)

    def close(self) -> None:
        self._client.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn httpx's errors into ours, which say what became of the message."""
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            words = _("{platform} cannot be reached; nothing was sent. Check the internet line.")
            raise ChannelError(words.format(platform=self._platform)) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            words = _("The address of the {platform} API is wrong; it begins with https://.")
            raise ChannelError(words.format(platform=self._platform), permanent=True) from error
        except httpx.RequestError as error:
            words = _(
                "The line to {platform} broke; the message may have arrived. Look in the group."
            )
            raise ChannelError(words.format(platform=self._platform), unknown=True) from error


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
