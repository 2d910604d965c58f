"""How far sides fare: kept by the ledger, so that all workers know of a dead one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, upsert
from engine.ledger.tables import breakers
from engine.models import Breaker, BreakerState


class Breakers:
    """The breakers of every endpoint; they belong to no commune, as machines do not.

    A row is written only when something has failed; an endpoint without one answers.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Breaker]:
        """Return every endpoint that has ever failed, by name, with how it fares now."""
        with self._database.read() as connection:
            rows = connection.execute(select(breakers).order_by(breakers.c.endpoint)).all()
        return [_breaker(row) for row in rows]

    def get(self, endpoint: str) -> Breaker | None:
        """Return how an endpoint fares; None when it has never failed."""
        with self._database.read() as connection:
            row = connection.execute(_one(endpoint)).first()
        return _breaker(row) if row is not None else None

    @again_if_lost
    def change(
        self, endpoint: str, at: datetime, change: Callable[[Breaker], Breaker]
    ) -> tuple[Breaker, Breaker]:
        """Let ``change`` decide what becomes of an endpoint's breaker; return before and after.

        Nobody else changes it meanwhile. ``change`` may be called again, and does nothing else.
        """
        with self._database.write() as connection:
            before = self._locked(connection, endpoint, at)
            after = change(before)
            if after != before:
                connection.execute(
                    update(breakers).where(breakers.c.endpoint == endpoint).values(asdict(after))
                )
        return before, after

    def _locked(self, connection: Connection, endpoint: str, at: datetime) -> Breaker:
        new = upsert(connection, breakers).values(
            asdict(Breaker(endpoint, BreakerState.CLOSED, since=at))
        )
        connection.execute(new.on_conflict_do_nothing())
        return _breaker(connection.execute(_one(endpoint).with_for_update()).one())


def _one(endpoint: str) -> Select[Any]:
    return select(breakers).where(breakers.c.endpoint == endpoint)


def _breaker(row: Row[Any]) -> Breaker:
    return Breaker(**{**row._mapping, "state": BreakerState(row.state)})
