"""The code with which a player is enrolled: typed once, by a person who stands beside it.

It carries a secret that is good for one player, and the fingerprint of the server's key: whoever
answers with another key is not whom the official meant.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from engine.i18n import gettext as _
from engine.models.envelope import PublicKey
from engine.models.fields import WireError

#: Crockford's base 32: no I, L, O or U, so that no letter is taken for a digit.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})

#: Letters of five bits: a secret of 80 bits, 100 bits of a fingerprint, 20 against a slip.
_SECRET, _FINGERPRINT, _CHECK = 16, 20, 4
_GROUP = 5


@dataclass(frozen=True, slots=True)
class Code:
    """An enrolment code. ``secret`` goes to the server, ``fingerprint`` stays with the player."""

    secret: str = field(repr=False)
    fingerprint: str

    @classmethod
    def made(cls, key: PublicKey) -> Code:
        """Make a new one for the server that signs with ``key``."""
        secret = "".join(secrets.choice(_LETTERS) for _letter in range(_SECRET))
        return cls(secret, _short(key.fingerprint, _FINGERPRINT))

    @classmethod
    def read(cls, text: str) -> Code:
        """Read what a person typed: any case, with or without hyphens. Raises WireError."""
        letters = text.upper().replace("-", "").replace(" ", "").translate(_MISREAD)
        if len(letters) != _SECRET + _FINGERPRINT + _CHECK or set(letters) - set(_LETTERS):
            message = _("an enrolment code has {count} letters and digits in groups of five")
            raise WireError(message.format(count=_SECRET + _FINGERPRINT + _CHECK))
        code = cls(letters[:_SECRET], letters[_SECRET : _SECRET + _FINGERPRINT])
        if letters[-_CHECK:] != code._check():
            raise WireError(_("there is a slip in this enrolment code: compare it again"))
        return code

    @property
    def text(self) -> str:
        """The code as it is shown: eight groups of five."""
        letters = self.secret + self.fingerprint + self._check()
        return "-".join(letters[n : n + _GROUP] for n in range(0, len(letters), _GROUP))

    def means(self, key: PublicKey) -> bool:
        """Say whether ``key`` is the server's that this code was made for."""
        return self.fingerprint == _short(key.fingerprint, _FINGERPRINT)

    def _check(self) -> str:
        return _short(hashlib.sha256((self.secret + self.fingerprint).encode()).digest(), _CHECK)


def _short(digest: bytes, count: int) -> str:
    """Return the first ``5 × count`` bits of ``digest`` as ``count`` letters."""
    bits = int.from_bytes(digest, "big")
    size = 8 * len(digest)
    return "".join(_LETTERS[bits >> (size - 5 * (n + 1)) & 31] for n in range(count))
