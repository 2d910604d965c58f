"""One bucket of an S3-compatible object store, and its refusals in words."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from engine.i18n import gettext as _

if TYPE_CHECKING:
    from obstore.store import S3Credential

#: Connecting takes milliseconds where the far side is there at all.
CONNECT = timedelta(seconds=5)

#: For so long nothing is asked after a request that got no answer.
SILENCE = timedelta(seconds=10)

#: How many objects of a listing are held at a time.
_PAGE = 500

Answer = TypeVar("Answer")

#: What the far side calls it: a missing object is something else.
_NO_BUCKET = "NoSuchBucket"

_FORBIDDEN, _MISSING, _NOT_IMPLEMENTED = ("401", "403"), "404", "501"

_STATUS = re.compile(r"status code: (\d{3})")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bucket is and who asks. ``timeout`` bounds each request, its body included."""

    bucket: str
    prefix: str
    endpoint: str
    region: str
    key: str
    secret: str = field(repr=False)
    timeout: timedelta

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


@dataclass(frozen=True, slots=True)
class Listed:
    """An object in a listing; ``size`` in bytes."""

    name: str
    size: int
    modified: datetime


class Bucket:
    """Objects by name, below a prefix. Every failure is an OSError that says what to look at.

    A request is tried twice more where that does no harm, within ``place.timeout``. After one
    that got no answer the next fail at once for a while, so that a server that hangs costs a
    worker one wait and not one for every bundle. ``now`` gives seconds that never go back.
    """

    def __init__(self, place: Place, now: Callable[[], float] = time.monotonic) -> None:
        self._place = place
        self._now = now
        self._store = _client(place)
        #: False once the far side has said that it knows no conditional put.
        self._conditional = True
        self._silent_until = -math.inf

    def read(self, name: str) -> bytes | None:
        """Return an object's bytes; None when there is none. Raises OSError."""
        try:
            return self._asked(lambda: bytes(obstore.get(self._store, name).bytes()))
        except FileNotFoundError:
            return None

    def create(self, name: str, data: bytes) -> bool:
        """Put an object where there is none; False when there is one already. Raises OSError.

        Stores that know no conditional put replace what is there.
        """
        try:
            self._asked(lambda: self._put_new(name, data))
        except AlreadyExistsError:
            return False
        return True

    def write(self, name: str, data: bytes) -> None:
        """Put an object, in place of what is there. All at once or not at all. Raises OSError."""
        self._asked(lambda: obstore.put(self._store, name, data, use_multipart=False))

    def remove(self, name: str) -> None:
        """Remove an object; none is no error. Raises OSError."""
        with suppress(FileNotFoundError):
            self._asked(lambda: obstore.delete(self._store, name))

    def listed(self) -> Iterator[Listed]:
        """Go through all objects, a page at a time. Raises OSError."""
        pages = obstore.list(self._store, chunk_size=_PAGE)
        while page := self._asked(lambda: next(pages, ())):
            for found in page:
                yield Listed(found["path"], found["size"], found["last_modified"])

    def _put_new(self, name: str, data: bytes) -> None:
        if self._conditional:
            try:
                obstore.put(self._store, name, data, mode="create", use_multipart=False)
            except BaseError as error:
                if _status(error) != _NOT_IMPLEMENTED:
                    raise
                self._conditional = False
            else:
                return
        obstore.put(self._store, name, data, use_multipart=False)

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        """Ask, and put a failure into words; that an object is missing or there is none."""
        if self._now() < self._silent_until:
            raise self._no_answer()
        try:
            return ask()
        except AlreadyExistsError:
            raise
        except FileNotFoundError as error:
            if _NO_BUCKET in str(error):
                raise self._refused(_MISSING) from error
            raise
        except BaseError as error:
            status = _status(error)
            if status:
                raise self._refused(status) from error
            self._silent_until = self._now() + SILENCE.total_seconds()
            raise self._no_answer() from error

    def _no_answer(self) -> OSError:
        message = _("the artifact store {place} does not answer at {endpoint}")
        return OSError(message.format(place=self._place, endpoint=self._place.endpoint))

    def _refused(self, status: str) -> OSError:
        if status in _FORBIDDEN:
            message = _(
                "the artifact store {place} refuses the key: check artifacts.key and .secret"
            )
        elif status == _MISSING:
            message = _("the artifact store {place} has no bucket of that name")
        else:
            message = _("the artifact store {place} answers with error {status}")
        return OSError(message.format(place=self._place, status=status))


def _client(place: Place) -> S3Store:
    def credential() -> S3Credential:
        # Given whole, so that nothing of it is taken from the environment.
        return {
            "access_key_id": place.key,
            "secret_access_key": place.secret,
            "token": None,
            "expires_at": None,
        }

    return S3Store(
        place.bucket,
        prefix=place.prefix or None,
        endpoint=place.endpoint,
        region=place.region,
        virtual_hosted_style_request=False,
        credential_provider=credential,
        client_options={
            "allow_http": place.endpoint.startswith("http://"),
            "connect_timeout": min(CONNECT, place.timeout),
            "timeout": place.timeout,
        },
        retry_config={
            "max_retries": 2,
            "retry_timeout": place.timeout,
            "backoff": {
                "init_backoff": timedelta(milliseconds=100),
                "max_backoff": timedelta(seconds=1),
                "base": 2,
            },
        },
    )


def _status(error: Exception) -> str:
    """Return the HTTP status that the far side answered with; empty when it gave no answer."""
    found = _STATUS.search(str(error))
    return found[1] if found else ""
