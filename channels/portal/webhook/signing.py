"""How a call is signed, so that the portal knows whose it is, and that it is not an old one.

The signature is HMAC-SHA-256 over ``<seconds>.<body>``, in hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

#: Header fields of a call.
EVENT_ID = "Loa-Event-Id"
TIMESTAMP = "Loa-Timestamp"
SIGNATURE = "Loa-Signature"

_VERSION = "v1="


def signed(secret: str, body: bytes, now: datetime) -> Mapping[str, str]:
    """Return the header fields that sign ``body`` at ``now``."""
    seconds = str(int(now.timestamp()))
    return {TIMESTAMP: seconds, SIGNATURE: f"{_VERSION}{signature(secret, seconds, body)}"}


def signature(secret: str, seconds: str, body: bytes) -> str:
    message = seconds.encode() + b"." + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
