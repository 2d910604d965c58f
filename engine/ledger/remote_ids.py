"""What backends must remember about the far side."""

from __future__ import annotations

from sqlalchemy import insert, select

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, upsert
from engine.ledger.tables import remote_ids


class LedgerRemoteIds:
    """The channels' ``remote_ids`` port: kept durably, and never changed unless replaced."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def get(self, key: str) -> str | None:
        with self._database.read() as connection:
            found = connection.execute(
                select(remote_ids.c.value).where(
                    remote_ids.c.commune_id == self._commune_id, remote_ids.c.key == key
                )
            ).scalar()
        return str(found) if found is not None else None

    def put(self, key: str, value: str) -> None:
        with self._database.write(durable=True) as connection:
            connection.execute(
                insert(remote_ids).values(commune_id=self._commune_id, key=key, value=value)
            )

    @again_if_lost
    def set(self, key: str, value: str) -> None:
        with self._database.write(durable=True) as connection:
            values = {"commune_id": self._commune_id, "key": key, "value": value}
            connection.execute(
                upsert(connection, remote_ids)
                .values(**values)
                .on_conflict_do_update(index_elements=["commune_id", "key"], set_={"value": value})
            )
