"""Personal data at rest: sealed with a key that lies outside the ledger."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason


class Seal:
    """Seals and opens small pieces of personal data (AES-128-CBC with HMAC, Fernet)."""

    def __init__(self, key: bytes) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError:
            raise LoaError(_("the data key is not a valid key (44 base64 characters)")) from None
        # A key of its own for marks: what one key seals, it does not also sign.
        self._marking = hashlib.sha256(b"loa/marks/" + key).digest()

    @classmethod
    def at(cls, path: Path) -> Seal:
        """Use the key at ``path``; make one, readable by its owner only, if there is none.

        Raises LoaError when the file cannot be read, made or used.
        """
        try:
            if not path.exists():
                _make_key(path)
            return cls(path.read_bytes().strip())
        except OSError as error:
            message = _("{path}: the data key cannot be used: {reason}")
            raise LoaError(message.format(path=path, reason=os_reason(error))) from error

    def close(self, plain: bytes) -> bytes:
        return self._fernet.encrypt(plain)

    def mark(self, text: str) -> str:
        """Return what stands for ``text`` and cannot be made without the key (HMAC-SHA-256).

        43 letters of base64 for addresses; a part of it from the beginning serves as well.
        """
        made = hmac.digest(self._marking, text.encode(), "sha256")
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def open(self, sealed: bytes) -> bytes:
        """Return the plain bytes. Raises LoaError when the key is another one."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise LoaError(
                _("personal data in the ledger was sealed with another data key")
            ) from None


def _make_key(path: Path) -> None:
    """Put a new key at ``path``, whole or not at all; one that somebody else made stays."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(temporary)
    finally:
        temporary.unlink()
