"""Passphrases: kept as Argon2id hashes (earlier ones as scrypt), compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from engine.errors import LoaError
from engine.i18n import gettext as _

#: Cost as OWASP recommends first: Argon2id with 19 MiB, two passes, one lane. It guards as well as
#: the scrypt of before (N = 2^14, r = 8, p = 5) and costs an approval a seventh of the time.
_MEMORY, _PASSES, _LANES = 19_456, 2, 1

#: Fewer characters can be tried one by one.
MINIMUM = 8


def hash_passphrase(passphrase: str) -> str:
    """Return ``argon2id$KiB$passes$lanes$salt$hash``. Raises LoaError when it is too short."""
    if len(passphrase) < MINIMUM:
        raise LoaError(
            _("a passphrase needs at least {minimum} characters").format(minimum=MINIMUM)
        )
    salt, cost = secrets.token_bytes(16), (_MEMORY, _PASSES, _LANES)
    kept = (base64.b64encode(part).decode() for part in (salt, _argon2id(passphrase, salt, *cost)))
    return "$".join(("argon2id", *map(str, cost), *kept))


def matches(passphrase: str, kept: str) -> bool:
    """Say whether ``passphrase`` is the one that was hashed, by whatever made its hash."""
    scheme, *cost, salt, hashed = kept.split("$")
    derive = {"argon2id": _argon2id, "scrypt": _scrypt}.get(scheme)
    if derive is None:
        raise ValueError(f"unknown passphrase scheme {scheme}")
    found = derive(passphrase, base64.b64decode(salt), *map(int, cost))
    return hmac.compare_digest(found, base64.b64decode(hashed))


def _argon2id(passphrase: str, salt: bytes, memory: int, passes: int, lanes: int) -> bytes:
    # It loads OpenSSL, and most commands prove nobody.
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    kept = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory)
    return kept.derive(passphrase.encode())


def _scrypt(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        passphrase.encode(), salt=salt, n=n, r=r, p=p, maxmem=64 * 1024 * 1024, dklen=32
    )
