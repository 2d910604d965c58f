"""Whether an event really comes from Zalo: a plain hash over what was sent and a secret."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

#: The header that carries the signature.
HEADER = "X-ZEvent-Signature"


def signature(first: str, body: bytes, timestamp: str, secret: str) -> str:
    """Return what the header must say about ``body``, exactly as it came over the wire.

    SHA-256 over ``first``, body, timestamp and the Official Account's secret key, one after the
    other: a plain hash, not HMAC, as Zalo lays down. Sources disagree whether ``first`` is the
    app's id or the account's (docs: reference, Zalo webhooks).
    """
    return (
        "mac="
        + hashlib.sha256(first.encode() + body + timestamp.encode() + secret.encode()).hexdigest()
    )


def signed_by(
    header: str, firsts: Sequence[str], body: bytes, timestamp: str, secret: str
) -> str | None:
    """Return with which of ``firsts`` the ``header`` fits; None when with none.

    It takes the same time whatever is wrong with it.
    """
    given = header.strip().encode()
    fits = [
        hmac.compare_digest(given, signature(first, body, timestamp, secret).encode())
        for first in firsts
    ]
    found = [first for first, fit in zip(firsts, fits, strict=True) if fit]
    return found[0] if secret and found else None
