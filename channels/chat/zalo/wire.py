"""Zalo on the wire. Loads httpx, so it is imported when something is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from channels.base import ChannelError
from channels.chat.zalo.account import ZaloAccount
from channels.chat.zalo.errors import TOO_MANY
from engine.i18n import gettext as _


class Answer(BaseModel):
    """What Zalo answered. ``error`` is None when no sense could be made of it.

    Errors come with HTTP 200 and a number; 0 is success. Answers of the token endpoint have no
    number when they succeed.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    error: int | None = 0
    message: str = ""
    error_description: str = ""
    data: Any = None

    @classmethod
    def of(cls, response: httpx.Response) -> Answer:
        """Read an answer. One with another status than 200 is a gateway's, not Zalo's.

        A gateway that refuses (4xx) has passed nothing on; one that fails may have.
        """
        status = response.status_code
        said = f"HTTP {status}"
        if status == httpx.codes.TOO_MANY_REQUESTS:
            return cls(error=TOO_MANY, message=said)
        if 400 <= status < 500:
            return cls(error=status, message=said)
        try:
            if status == httpx.codes.OK:
                return cls.model_validate_json(response.content)
        except ValidationError:
            pass
        return cls(error=None, message=said)

    @property
    def words(self) -> str:
        """What it says about itself, short enough for a screen."""
        return (self.error_description or self.message)[:200]


class Wire:
    """The connections to one Official Account's API and to the server of its tokens."""

    def __init__(self, account: ZaloAccount) -> None:
        """Raises ChannelError, permanent, for an address that is none."""
        self._account = account
        with told():
            httpx.URL(account.oauth_url)
            self._client = httpx.Client(base_url=account.api_url, timeout=account.timeout)

    def post(self, path: str, token: str, body: Mapping[str, Any]) -> Answer:
        with told():
            headers = {"access_token": token}
            return Answer.of(self._client.post(path, headers=headers, json=dict(body)))

    def get(self, path: str, token: str, data: Mapping[str, Any]) -> Answer:
        with told():
            headers = {"access_token": token}
            asked = {"data": json.dumps(dict(data), ensure_ascii=False)}
            return Answer.of(self._client.get(path, headers=headers, params=asked))

    def upload(self, path: str, token: str, name: str, media_type: str, data: bytes) -> Answer:
        with told():
            headers = {"access_token": token}
            form = {"file": (name, data, media_type)}
            return Answer.of(self._client.post(path, headers=headers, files=form))

    def exchange(self, form: Mapping[str, str]) -> Answer:
        """Ask for a pair of tokens. Raises ChannelError: ``unknown`` when it may be used up."""
        with told():
            return Answer.of(
                self._client.post(
                    f"{self._account.oauth_url}/v4/oa/access_token",
                    headers={"secret_key": self._account.app_secret},
                    data={"app_id": self._account.app_id, **form},
                )
            )

    def close(self) -> None:
        self._client.close()


@contextmanager
def told() -> Iterator[None]:
    """Turn httpx's errors into ours, which say what became of the request."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise ChannelError(
            _("Zalo cannot be reached; nothing was sent. Check the internet line.")
        ) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise ChannelError(
            _("The address of Zalo's server is wrong; it begins with https://."), permanent=True
        ) from error
    except httpx.RequestError as error:
        raise ChannelError(
            _("The line to Zalo broke; the message may have arrived. Look in the group."),
            unknown=True,
        ) from error
