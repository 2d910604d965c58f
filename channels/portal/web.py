"""The wire to a portal. Loads httpx, so it is imported when something is sent."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from channels.base import ChannelError
from engine.i18n import gettext as _
from engine.i18n import os_reason

#: The largest answer that is read, in bytes.
LARGEST = 8_000_000

#: How often the wait for one piece an answer may take as a whole.
PATIENCE = 4

_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

#: The longest that a portal may ask to wait.
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a portal said, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def document(self) -> Any:
        """Return the JSON it holds; None where it holds none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Web:
    """The connections to one machine, whose ``name`` is for people. ``timeout`` in seconds.

    Redirections are not followed: what is signed or secret goes where the settings say. Raises
    ChannelError, permanent, for an address or a certificate file that is none.
    """

    def __init__(
        self,
        name: str,
        timeout: float,
        auth: tuple[str, str] | None = None,
        ca_file: Path | None = None,
    ) -> None:
        self.name = name
        self._timeout = timeout
        self._client = httpx.Client(
            timeout=timeout,
            auth=auth,
            verify=_trusted(ca_file),
            trust_env=False,
            headers={"User-Agent": "Loa", "Accept": "application/json"},
        )

    def ask(self, method: str, url: str, **request: Any) -> Answer:
        """Return what the portal answers, unless it sends on or has no time.

        Raises a temporary ChannelError when it does not answer or asks for patience, a
        permanent one when it is somewhere else.
        """
        with _told(self.name), self._client.stream(method, url, **request) as response:
            answer = _read(response, self.name, self._timeout)
        if response.is_redirect:
            message = _("{portal} sends on to {address}: write that address in loa.toml")
            address = answer.headers.get("location", "?")
            raise ChannelError(message.format(portal=self.name, address=address), permanent=True)
        if answer.status in _BUSY or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            message = _("{portal} cannot take anything now (code {code})")
            raise ChannelError(
                message.format(portal=self.name, code=answer.status),
                retry_after=_wait(answer.headers),
            )
        return answer

    def close(self) -> None:
        self._client.close()


def read_page(url: str, timeout: float, ca_file: Path | None = None) -> Answer:
    """Return a public page as anybody gets it, caches and all. Raises a temporary ChannelError."""
    with (
        _told(url),
        httpx.Client(
            timeout=timeout,
            follow_redirects=True,
            max_redirects=5,
            verify=_trusted(ca_file),
            trust_env=False,
            headers={"User-Agent": "Loa"},
        ) as client,
        client.stream("GET", url) as response,
    ):
        return _read(response, url, timeout)


def _read(response: httpx.Response, name: str, timeout: float) -> Answer:
    """Read an answer to its end, unless it has none or comes in drops."""
    pieces, size, until = [], 0, time.monotonic() + PATIENCE * timeout
    for piece in response.iter_bytes():
        size += len(piece)
        if time.monotonic() > until:
            raise ChannelError(_("{portal} did not answer in time").format(portal=name))
        if size > LARGEST:
            message = _("{portal} answers with more than {limit} MB")
            raise ChannelError(message.format(portal=name, limit=LARGEST // 1_000_000))
        pieces.append(piece)
    return Answer(response.status_code, dict(response.headers), b"".join(pieces))


def _trusted(ca_file: Path | None) -> ssl.SSLContext | bool:
    """Return whose certificates are believed: everybody's usual ones, and those of ``ca_file``."""
    if ca_file is None:
        return True
    context = httpx.create_ssl_context()
    try:
        context.load_verify_locations(ca_file)
        return context
    except OSError as error:  # ssl's own errors are
        message = _("the certificate file {path} cannot be used: {reason}")
        reason = os_reason(error)
        raise ChannelError(message.format(path=ca_file, reason=reason), permanent=True) from error


def _wait(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long the far side asks to wait: seconds, or until a date (RFC 9110, 10.2.3)."""
    said = headers.get("retry-after", "").strip()
    if said.isdecimal():
        return min(timedelta(seconds=int(said[:9])), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(said)
        asked = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    wait = until.replace(tzinfo=UTC) - asked.replace(tzinfo=UTC)
    return max(timedelta(0), min(wait, _LONGEST_WAIT))


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn httpx's errors into ours."""
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        message = _("the address of {portal} is wrong; it begins with https://")
        raise ChannelError(message.format(portal=name), permanent=True) from error
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        message = _("{portal} cannot be reached: {reason}")
        raise ChannelError(message.format(portal=name, reason=_reason(error))) from error
    except httpx.TimeoutException as error:
        message = _("{portal} did not answer in time")
        raise ChannelError(message.format(portal=name)) from error
    except httpx.HTTPError as error:
        message = _("the line to {portal} broke: {reason}")
        raise ChannelError(message.format(portal=name, reason=_reason(error))) from error


def _reason(error: Exception) -> str:
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLCertVerificationError):
            return _("its certificate is not trusted: {reason}").format(reason=found.verify_message)
        if isinstance(found, OSError) and found.errno is not None:
            return os_reason(found)
        found = found.__cause__ or found.__context__
    return str(error) or type(error).__name__
