"""Whether an event really comes from Zalo: a plain hash over what was sent and a secret."""

from __future__ import annotations

import hashlib
import hmac

#: The header that carries the signature.
HEADER = "X-ZEvent-Signature"


def signature(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """Return what the header must say about ``body``, exactly as it came over the wire.

    SHA-256 over app id, body, timestamp and the Official Account's secret key, one after the
    other: a plain hash, not HMAC, as Zalo lays down.
    """
    return (
        "mac="
        + hashlib.sha256(app_id.encode() + body + timestamp.encode() + secret.encode()).hexdigest()
    )


def is_signed(header: str, app_id: str, body: bytes, timestamp: str, secret: str) -> bool:
    """Say whether ``header`` fits; in the same time whatever is wrong with it."""
    expected = signature(app_id, body, timestamp, secret)
    return bool(secret) and hmac.compare_digest(header.strip().encode(), expected.encode())
