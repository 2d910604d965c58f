"""Signed payloads: what Loa's server signs, and a player opens with the key it has pinned.

Ed25519 (RFC 8032) over the payload's bytes. Importing this loads no cryptography; using it does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.i18n import gettext as _
from engine.models.airing import MAX_PAYLOAD, Message, decode, encode
from engine.models.fields import Fields, WireError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

#: Bytes of a key, private or public, and of a signature.
KEY_SIZE, SIGNATURE_SIZE = 32, 64

#: Hexadecimal digits of a key's id.
_ID_DIGITS = 16


class SignatureError(WireError):
    """Nobody whose key is known signed this as it is."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Whom a player trusts: 32 bytes. ``id`` names the key, ``fingerprint`` proves it."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_SIZE:
            message = _("a key has {size} bytes, not {found}")
            raise WireError(message.format(size=KEY_SIZE, found=len(self.raw)))

    @classmethod
    def from_text(cls, text: str) -> PublicKey:
        """Read a key as the API gives it: base64. Raises WireError."""
        return cls(_bytes_of(text, "key"))

    @property
    def text(self) -> str:
        return base64.b64encode(self.raw).decode()

    @property
    def fingerprint(self) -> bytes:
        """The key's SHA-256: 32 bytes."""
        return hashlib.sha256(self.raw).digest()

    @property
    def id(self) -> str:
        """The beginning of the fingerprint: 16 hexadecimal digits."""
        return self.fingerprint.hex()[:_ID_DIGITS]

    def signed(self, payload: bytes, signature: bytes) -> bool:
        """Say whether this key's owner signed ``payload``."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, payload)
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey:
    """The secret half; never printed."""

    __slots__ = ("_key", "public")

    def __init__(self, raw: bytes) -> None:
        """Raises ValueError when ``raw`` is not of 32 bytes."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key: Ed25519PrivateKey = Ed25519PrivateKey.from_private_bytes(raw)
        self.public = PublicKey(self._key.public_key().public_bytes_raw())

    @classmethod
    def made(cls) -> SigningKey:
        """Make a new one from the system's randomness."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def raw(self) -> bytes:
        """The secret itself, to be kept sealed."""
        return self._key.private_bytes_raw()

    def sign(self, message: Message) -> Envelope:
        return self.sign_bytes(encode(message))

    def sign_bytes(self, payload: bytes) -> Envelope:
        """Sign what is no message to a player: whoever reads it has a form of his own for it."""
        return Envelope(payload, self._key.sign(payload), self.public.id)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload, its signature, and the id of the key that made it."""

    payload: bytes
    signature: bytes
    key: str

    def as_json(self) -> dict[str, str]:
        return {
            "payload": base64.b64encode(self.payload).decode(),
            "signature": base64.b64encode(self.signature).decode(),
            "key": self.key,
        }

    @classmethod
    def from_json(cls, found: Any) -> Envelope:
        """Read what ``as_json`` gave. Raises WireError. It is not yet known who signed it."""
        fields = Fields(found)
        longest = 4 * MAX_PAYLOAD // 3 + 4
        envelope = cls(
            _bytes_of(fields.text("payload", longest), "payload"),
            _bytes_of(fields.text("signature", 2 * SIGNATURE_SIZE), "signature"),
            fields.id("key"),
        )
        fields.done()
        return envelope

    def opened(self, keys: Mapping[str, PublicKey]) -> Message:
        """Return what it says, once one of ``keys`` (by their ids) is known to have signed it.

        Raises SignatureError for any other key and for altered bytes, WireError for what is
        signed and still makes no sense.
        """
        key = keys.get(self.key)
        if key is None:
            message = _("signed with key {key}, which is not trusted here (trusted: {known})")
            known = ", ".join(sorted(keys)) or "-"
            raise SignatureError(message.format(key=self.key, known=known))
        if not key.signed(self.payload, self.signature):
            message = _("the signature of key {key} does not fit: altered, or never signed")
            raise SignatureError(message.format(key=self.key))
        return decode(self.payload)


def _bytes_of(text: str, field: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise WireError(_("{field} is not base64").format(field=field)) from None
    if base64.b64encode(found).decode() != text:  # spare bits: two texts for the same bytes
        raise WireError(_("{field} is not base64").format(field=field))
    return found
