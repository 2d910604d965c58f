"""Passphrases: kept as scrypt hashes, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from engine.errors import LoaError
from engine.i18n import gettext as _

#: Cost as OWASP recommends for scrypt with 16 MiB: N = 2^14, r = 8, p = 5.
_N, _R, _P = 2**14, 8, 5

#: Fewer characters can be tried one by one.
MINIMUM = 8


def hash_passphrase(passphrase: str) -> str:
    """Return ``scrypt$N$r$p$salt$hash``. Raises LoaError when it is too short."""
    if len(passphrase) < MINIMUM:
        raise LoaError(
            _("a passphrase needs at least {minimum} characters").format(minimum=MINIMUM)
        )
    salt = secrets.token_bytes(16)
    hashed = _scrypt(passphrase, salt, _N, _R, _P)
    kept = (base64.b64encode(part).decode() for part in (salt, hashed))
    return "$".join(("scrypt", str(_N), str(_R), str(_P), *kept))


def matches(passphrase: str, kept: str) -> bool:
    """Say whether ``passphrase`` is the one that was hashed."""
    scheme, n, r, p, salt, hashed = kept.split("$")
    if scheme != "scrypt":
        raise ValueError(f"unknown passphrase scheme {scheme}")
    found = _scrypt(passphrase, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(hashed))


def _scrypt(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        passphrase.encode(), salt=salt, n=n, r=r, p=p, maxmem=64 * 1024 * 1024, dklen=32
    )
