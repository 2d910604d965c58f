"""Numbered revisions of a province: who it is, and who may act for it."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from sqlalchemy import insert, select

from engine.i18n import gettext as _
from engine.ledger.areas import keep_province
from engine.ledger.codec import dump_province, load_province
from engine.ledger.database import Database
from engine.ledger.dialect import take_turns
from engine.ledger.moves import record_event
from engine.ledger.people import open_people, seal_people
from engine.ledger.seal import Seal
from engine.ledger.tables import provinces
from engine.models import Province


class Provinces:
    """The revisions of one province."""

    def __init__(self, database: Database, province_id: str, seal: Seal) -> None:
        self._database = database
        self._province_id = province_id
        self._seal = seal

    def save(self, province: Province, sha256: str, at: datetime) -> int:
        """Keep ``province`` and return its number; an unchanged one keeps the number it has."""
        with self._database.write() as connection:
            take_turns(connection, self._province_id)
            latest = connection.execute(
                select(provinces.c.revision, provinces.c.sha256)
                .where(provinces.c.commune_id == self._province_id)
                .order_by(provinces.c.revision.desc())
                .limit(1)
            ).first()
            if latest is not None and latest.sha256 == sha256:
                return int(latest.revision)
            revision = 1 if latest is None else latest.revision + 1
            connection.execute(
                insert(provinces).values(
                    commune_id=self._province_id,
                    revision=revision,
                    body=dump_province(dataclasses.replace(province, people=())),
                    sha256=sha256,
                    loaded_at=at,
                )
            )
            seal_people(connection, self._province_id, revision, province.people, self._seal)
            keep_province(connection, province)
            record_event(
                connection,
                self._province_id,
                what="registry_loaded",
                at=at,
                actor="loa",
                detail=_("revision {number}").format(number=revision),
            )
        return revision

    def load(self, revision: int) -> Province:
        """Return revision ``revision``; people that were purged are missing from it."""
        with self._database.read() as connection:
            body = connection.execute(
                select(provinces.c.body).where(
                    provinces.c.commune_id == self._province_id,
                    provinces.c.revision == revision,
                )
            ).scalar_one()
            people = open_people(connection, self._province_id, revision, self._seal)
        return dataclasses.replace(load_province(body), people=people)
