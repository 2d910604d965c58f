"""Tokens that change as they are used: the newest pair of each account, sealed.

A refresh token is good for one use. So one worker at a time renews, and the pair that comes of
it is committed before anybody uses it. A worker that dies between the far side's answer and the
commit loses the new pair: the next one is refused, and a person must log in again. No order of
steps can avoid that; the time between the two is kept as short as it can be.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update

from engine.ledger.database import Database
from engine.ledger.dialect import upsert
from engine.ledger.seal import Seal
from engine.ledger.token_tables import tokens
from engine.models import TokenPair


class LedgerTokens:
    """The channels' ``tokens`` port."""

    def __init__(self, database: Database, commune_id: str, seal: Seal) -> None:
        self._database = database
        self._commune_id = commune_id
        self._seal = seal

    def get(self, account: str) -> TokenPair | None:
        """Return the newest pair. Raises LoaError when it was sealed with another data key."""
        with self._database.read() as connection:
            row = connection.execute(select(tokens).where(self._of(account))).first()
        if row is None:
            return None
        access, refresh = json.loads(self._seal.open(bytes(row.sealed)))
        return TokenPair(
            access, refresh, row.access_until, row.refresh_until, row.version, row.refused
        )

    def seed(self, account: str, pair: TokenPair) -> None:
        """Keep a pair that a person brought; whatever was there is gone, and any claim with it."""
        values = {**self._values(pair), "refused": "", "claim": None, "claim_until": None}
        with self._database.write(durable=True) as connection:
            new = upsert(connection, tokens).values(
                commune_id=self._commune_id, account=account, version=1, **values
            )
            connection.execute(
                new.on_conflict_do_update(
                    index_elements=["commune_id", "account"],
                    set_={**values, "version": tokens.c.version + 1},
                )
            )

    def claim(self, account: str, version: int, *, now: datetime, until: datetime) -> str | None:
        """Return the mark of a claim on renewing ``version``, unless another has it."""
        mark = secrets.token_hex(8)
        free = or_(tokens.c.claim.is_(None), tokens.c.claim_until <= now)
        with self._database.write(durable=True) as connection:
            won = connection.execute(
                update(tokens)
                .where(self._of(account), tokens.c.version == version, free)
                .values(claim=mark, claim_until=until)
            ).rowcount
        return mark if won else None

    def renew(self, account: str, claim: str, pair: TokenPair) -> bool:
        """Keep a new pair and end the claim; False when the claim was lost meanwhile."""
        return self._end(
            account, claim, **self._values(pair), version=tokens.c.version + 1, refused=""
        )

    def refuse(self, account: str, claim: str, reason: str) -> None:
        self._end(account, claim, refused=reason)

    def give_back(self, account: str, claim: str) -> None:
        self._end(account, claim)

    def _end(self, account: str, claim: str, **values: object) -> bool:
        with self._database.write(durable=True) as connection:
            changed = connection.execute(
                update(tokens)
                .where(self._of(account), tokens.c.claim == claim)
                .values(claim=None, claim_until=None, **values)
            ).rowcount
        return changed == 1

    def _values(self, pair: TokenPair) -> dict[str, object]:
        return {
            "sealed": self._seal.close(json.dumps([pair.access, pair.refresh]).encode()),
            "access_until": pair.access_until,
            "refresh_until": pair.refresh_until,
        }

    def _of(self, account: str) -> ColumnElement[bool]:
        return and_(tokens.c.commune_id == self._commune_id, tokens.c.account == account)
