"""People in the ledger: sealed one by one, beside the revision that names them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select

from engine.ledger.seal import Seal
from engine.ledger.tables import people
from engine.models import Person, Right


def seal_people(
    connection: Connection, commune_id: str, revision: int, named: Sequence[Person], seal: Seal
) -> None:
    """Keep the people of one revision, so that nobody reads them without the data key."""
    if named:
        connection.execute(
            insert(people),
            [
                {
                    "commune_id": commune_id,
                    "registry_revision": revision,
                    "person_id": person.id,
                    "sealed": seal.close(_dump(person)),
                }
                for person in named
            ],
        )


def open_people(
    connection: Connection, commune_id: str, revision: int, seal: Seal
) -> tuple[Person, ...]:
    """Return the people of one revision by id; those that were purged are missing."""
    asked = {"of_commune": commune_id, "of_revision": revision}
    sealed = connection.execute(_SEALED, asked).scalars()
    return tuple(_load(seal.open(bytes(row))) for row in sealed)


#: Built once: it runs for every commune that is opened.
_SEALED = (
    select(people.c.sealed)
    .where(
        people.c.commune_id == bindparam("of_commune"),
        people.c.registry_revision == bindparam("of_revision"),
    )
    .order_by(people.c.person_id)
)


def _dump(person: Person) -> bytes:
    values = {
        "id": person.id,
        "name": person.name,
        "phone": person.phone,
        "role": person.role,
        "rights": sorted(person.rights),
        **({"zalo": person.zalo} if person.zalo else {}),
    }
    return json.dumps(values, ensure_ascii=False).encode()


def _load(plain: bytes) -> Person:
    values = json.loads(plain)
    return Person(**{**values, "rights": frozenset(Right(right) for right in values["rights"])})
