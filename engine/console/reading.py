"""What players send, read whole and strictly, and never more than is allowed."""

from __future__ import annotations

import asyncio
import re

from fastapi import HTTPException, Request

from engine.i18n import gettext as _
from engine.models.fields import Fields, WireError, read_json

#: Bytes of the longest body, and seconds in which it must have come.
LONGEST, SLOWEST = 1_000_000, 30.0

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")


async def body_of(request: Request) -> bytes:
    """Return the body; what is too long is not read to its end."""
    found = bytearray()
    try:
        async with asyncio.timeout(SLOWEST):
            async for piece in request.stream():
                found += piece
                if len(found) > LONGEST:
                    message = _("{size} bytes are too many; allowed: at most {most}")
                    raise HTTPException(413, message.format(size=len(found), most=LONGEST))
    except TimeoutError:
        raise HTTPException(408, _("the body did not come in time")) from None
    return bytes(found)


async def fields_of(request: Request) -> Fields:
    """Return the body's fields. Raises WireError."""
    return read_json(await body_of(request))


def token_of(request: Request) -> str | None:
    """Return the bearer token; None when there is none that could be one."""
    kind, _space, token = request.headers.get("authorization", "").partition(" ")
    return token if kind.lower() == "bearer" and _TOKEN.fullmatch(token) else None


def sequence_of(text: str) -> int:
    """Return the ``after`` of a question. Raises WireError."""
    if not re.fullmatch(r"[0-9]{1,16}", text):
        message = _("after: {found} is not allowed; allowed: a sequence, or 0")
        raise WireError(message.format(found=ascii(text[:80])))
    return int(text)
