"""Numbered revisions of the registry, its people, and the passphrases of those with rights."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, func, insert, select

from engine.i18n import gettext as _
from engine.ledger.areas import keep_areas
from engine.ledger.codec import dump_registry, load_registry
from engine.ledger.database import Database
from engine.ledger.dialect import take_turns
from engine.ledger.moves import record_event
from engine.ledger.people import open_people, seal_people
from engine.ledger.seal import Seal
from engine.ledger.tables import credentials, people, registries
from engine.models import Registry

#: The origin of a registry that a commune keeps in its own file.
COMMUNE_FILE = "commune.yaml"


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest revision of a commune's registry, and where it was read."""

    revision: int
    origin: str


def newest_registries(database: Database) -> dict[str, Newest]:
    """Return every commune's newest revision, for those who look after all of them."""
    table = registries
    last = (
        select(table.c.commune_id, func.max(table.c.revision).label("revision"))
        .group_by(table.c.commune_id)
        .subquery()
    )
    query = select(table.c.commune_id, table.c.revision, table.c.origin).join(
        last,
        and_(table.c.commune_id == last.c.commune_id, table.c.revision == last.c.revision),
    )
    with database.read() as connection:
        return {
            row.commune_id: Newest(row.revision, row.origin) for row in connection.execute(query)
        }


class Registries:
    """The registry's revisions of one commune."""

    def __init__(self, database: Database, commune_id: str, seal: Seal) -> None:
        self._database = database
        self._commune_id = commune_id
        self._seal = seal
        self._loaded: dict[int, Registry] = {}

    def save(
        self, registry: Registry, sha256: str, at: datetime, *, origin: str = COMMUNE_FILE
    ) -> int:
        """Keep ``registry`` and return its number; an unchanged one keeps the number it has.

        ``origin`` says where it was read: in the commune's own file, or in an imported table.
        """
        table = registries
        with self._database.write() as connection:
            take_turns(connection, self._commune_id)
            latest = connection.execute(
                select(table.c.revision, table.c.sha256)
                .where(table.c.commune_id == self._commune_id)
                .order_by(table.c.revision.desc())
                .limit(1)
            ).first()
            if latest is not None and latest.sha256 == sha256:
                return int(latest.revision)
            revision = 1 if latest is None else latest.revision + 1
            body = dump_registry(dataclasses.replace(registry, people=()))
            connection.execute(
                insert(table).values(
                    commune_id=self._commune_id,
                    revision=revision,
                    body=body,
                    sha256=sha256,
                    loaded_at=at,
                    origin=origin,
                )
            )
            seal_people(connection, self._commune_id, revision, registry.people, self._seal)
            keep_areas(connection, registry)
            record_event(
                connection,
                self._commune_id,
                what="registry_loaded",
                at=at,
                actor="loa",
                detail=_("revision {number}").format(number=revision),
            )
        return revision

    def load(self, revision: int) -> Registry:
        """Return revision ``revision``; people that were purged are missing from it."""
        if revision not in self._loaded:
            self._loaded[revision] = self._read(revision)
        return self._loaded[revision]

    def latest(self) -> int:
        """Return the newest revision's number; 0 when no registry was ever loaded."""
        with self._database.look() as connection:
            found = connection.execute(_LATEST, {"of_commune": self._commune_id}).scalar()
        return found or 0

    def is_newest(self, sha256: str) -> bool:
        """Say whether the newest revision was read from a source of this hash."""
        r = registries.c
        newest = (
            select(r.sha256)
            .where(r.commune_id == self._commune_id)
            .order_by(r.revision.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.execute(newest).scalar() == sha256

    def purge_people(self, before_revision: int) -> int:
        """Remove personal data of revisions older than ``before_revision``; return the rows."""
        with self._database.write() as connection:
            gone = connection.execute(
                delete(people).where(
                    people.c.commune_id == self._commune_id,
                    people.c.registry_revision < before_revision,
                )
            ).rowcount
        self._loaded.clear()
        return gone

    def _read(self, revision: int) -> Registry:
        asked = {"of_commune": self._commune_id, "of_revision": revision}
        with self._database.look() as connection:
            body = connection.execute(_BODY, asked).scalar_one()
            found = open_people(connection, self._commune_id, revision, self._seal)
        return dataclasses.replace(load_registry(body), people=found)


#: Built once: they run for every commune that is opened.
_LATEST = select(func.max(registries.c.revision)).where(
    registries.c.commune_id == bindparam("of_commune")
)
_BODY = select(registries.c.body).where(
    registries.c.commune_id == bindparam("of_commune"),
    registries.c.revision == bindparam("of_revision"),
)


class Credentials:
    """Passphrase hashes of the people who may act."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def get(self, person_id: str) -> str | None:
        with self._database.read() as connection:
            found = connection.execute(
                select(credentials.c.hash).where(
                    credentials.c.commune_id == self._commune_id,
                    credentials.c.person_id == person_id,
                )
            ).scalar()
        return str(found) if found is not None else None

    def set(self, person_id: str, hashed: str, at: datetime) -> None:
        key = (
            credentials.c.commune_id == self._commune_id,
            credentials.c.person_id == person_id,
        )
        with self._database.write() as connection:
            take_turns(connection, self._commune_id)
            connection.execute(delete(credentials).where(*key))
            connection.execute(
                insert(credentials).values(
                    commune_id=self._commune_id, person_id=person_id, hash=hashed, set_at=at
                )
            )
            record_event(
                connection, self._commune_id, what="passphrase_set", at=at, actor=person_id
            )
