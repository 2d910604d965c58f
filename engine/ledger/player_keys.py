"""The keys with which a commune's programmes are signed, sealed in the ledger.

They lie there, and not in a file of one machine, because every worker publishes and because a
backup must bring them back: a key that is lost means a walk to every player.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, insert, select

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.database import Database
from engine.ledger.dialect import take_turns
from engine.ledger.player_tables import player_keys
from engine.ledger.seal import Seal
from engine.models.envelope import Envelope, PublicKey, SigningKey


class PlayerKeys:
    """The signing keys of one commune: the newest signs, older ones serve who pinned them."""

    def __init__(self, database: Database, commune_id: str, seal: Seal) -> None:
        self._database = database
        self._commune_id = commune_id
        self._opened = lru_cache(maxsize=64)(lambda sealed: SigningKey(seal.open(sealed)))
        self._seal = seal

    def current(self, at: datetime) -> PublicKey:
        """Return the key that signs now, made ``at`` this moment if there is none yet."""
        with self._database.write(durable=True) as connection:
            return self.signing(connection, at).public

    def rotate(self, at: datetime) -> PublicKey:
        """Make a new key; players that are enrolled from now on pin it. Older ones keep theirs."""
        with self._database.write(durable=True) as connection:
            return self._make(connection, at).public

    def signing(self, connection: Connection, at: datetime) -> SigningKey:
        """Return the key that signs now, for who publishes in this transaction.

        Raises LoaError when it was sealed with another data key.
        """
        sealed = self._newest(connection)
        if sealed is None:
            take_turns(connection, f"{self._commune_id}/player_keys")
            sealed = self._newest(connection)
        return self._open(sealed) if sealed is not None else self._make(connection, at)

    def signed_with(self, envelope: Envelope, key_id: str) -> Envelope:
        """Return the same payload under the key that a player has pinned.

        Whatever is not signed by one of the commune's own keys is not signed again. Raises
        LoaError for that, and for a key that is not there.
        """
        if envelope.key == key_id:
            return envelope
        keys = self._all()
        return self._find(keys, key_id).sign(
            envelope.opened({name: one.public for name, one in keys.items()})
        )

    def get(self, key_id: str) -> SigningKey:
        """Return one key. Raises LoaError when it is not there or cannot be opened."""
        return self._find(self._all(), key_id)

    def _find(self, keys: dict[str, SigningKey], key_id: str) -> SigningKey:
        if key_id not in keys:
            raise LoaError(_("there is no signing key {key}").format(key=key_id))
        return keys[key_id]

    def _all(self) -> dict[str, SigningKey]:
        query = select(player_keys).where(player_keys.c.commune_id == self._commune_id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return {row.id: self._open(bytes(row.sealed)) for row in rows}

    def _newest(self, connection: Connection) -> bytes | None:
        k = player_keys.c
        found = connection.execute(
            select(k.sealed)
            .where(k.commune_id == self._commune_id)
            .order_by(k.made_at.desc(), k.id)
            .limit(1)
        ).scalar()
        return bytes(found) if found is not None else None

    def _make(self, connection: Connection, at: datetime) -> SigningKey:
        key = SigningKey.made()
        connection.execute(
            insert(player_keys).values(
                commune_id=self._commune_id,
                id=key.public.id,
                public=key.public.raw,
                sealed=self._seal.close(key.raw),
                made_at=at,
            )
        )
        return key

    def _open(self, sealed: bytes) -> SigningKey:
        try:
            return self._opened(sealed)
        except LoaError:
            message = _("{commune}: the key that signs programmes is sealed with another data key")
            raise LoaError(message.format(commune=self._commune_id)) from None
