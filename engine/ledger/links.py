"""Links that permit by themselves: made once for a holder and a campaign, signed, revocable.

A link is its row's random id and a signature under the data key: whoever reads the ledger, or a
copy of it, cannot make one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Column, ColumnElement, Row, Table, insert, select, true, update

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, take_turns
from engine.ledger.moves import record_event
from engine.ledger.seal import Seal

#: Bytes of a link's id: 12 letters.
ID_BYTES = 9

#: Letters of a signature.
_SIGNED = 22


class Link(Protocol):
    """What all links have."""

    @property
    def commune_id(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def until(self) -> datetime: ...
    def is_open(self, now: datetime) -> bool: ...


LinkT = TypeVar("LinkT", bound=Link)


@dataclass(frozen=True)
class Kind(Generic[LinkT]):
    """One table of links: whose they are, and how a row is read.

    ``signs`` stands before what is signed, so that no link of one kind opens another's door.
    ``revoked`` is what the audit trail calls the end of one before its time.
    """

    table: Table
    holder: Column[str]
    read: Callable[[Row[Any]], LinkT]
    revoked: str
    signs: str = ""


class Links(Generic[LinkT]):
    """The links of one kind, in one commune."""

    def __init__(self, database: Database, commune_id: str, seal: Seal, kind: Kind[LinkT]) -> None:
        self._database = database
        self._commune_id = commune_id
        self._seal = seal
        self._kind = kind

    @again_if_lost
    def link(self, campaign_id: str, holder: str, *, at: datetime, until: datetime) -> LinkT:
        """Return the holder's open link for the campaign, made if there is none."""
        table = self._kind.table
        mine = (*self._of(campaign_id, holder), table.c.until >= at)
        with self._database.write(durable=True) as connection:
            take_turns(connection, f"{self._commune_id}/{table.name}/{campaign_id}")
            found = connection.execute(select(table).where(*mine)).first()
            if found is None:
                made = secrets.token_urlsafe(ID_BYTES)
                connection.execute(
                    insert(table).values(
                        {
                            "commune_id": self._commune_id,
                            "id": made,
                            "campaign_id": campaign_id,
                            self._kind.holder.name: holder,
                            "made_at": at,
                            "until": until,
                        }
                    )
                )
                found = connection.execute(select(table).where(table.c.id == made)).one()
        return self._kind.read(found)

    def all(self, campaign_id: str) -> list[LinkT]:
        """Return every link of a campaign, the revoked ones too, in the order they were made."""
        k = self._kind.table.c
        query = select(self._kind.table).where(
            k.commune_id == self._commune_id, k.campaign_id == campaign_id
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(k.made_at, k.id)).all()
        return [self._kind.read(row) for row in rows]

    def revoke(self, campaign_id: str, holder: str, *, at: datetime, by: str) -> int:
        """End the holder's links for the campaign, on the record; return how many were open."""
        table = self._kind.table
        with self._database.write(durable=True) as connection:
            count = connection.execute(
                update(table).where(*self._of(campaign_id, holder)).values(revoked_at=at)
            ).rowcount
            if count:
                record_event(
                    connection,
                    self._commune_id,
                    what=self._kind.revoked,
                    at=at,
                    actor=by,
                    campaign_id=campaign_id,
                    detail=holder,
                )
        return count

    def token(self, link: LinkT) -> str:
        """Return what the link's address ends with."""
        return link.id + _signature(self._seal, self._kind, link)

    def _of(self, campaign_id: str, holder: str) -> tuple[ColumnElement[bool], ...]:
        k = self._kind.table.c
        return (
            k.commune_id == self._commune_id,
            k.campaign_id == campaign_id,
            self._kind.holder == holder,
            k.revoked_at.is_(None),
        )


class Door(Generic[LinkT]):
    """Where links of any commune are opened."""

    def __init__(
        self, database: Database, seal: Seal, kind: Kind[LinkT], commune_id: str | None = None
    ) -> None:
        """``commune_id``: only this one's links open."""
        self._database = database
        self._seal = seal
        self._kind = kind
        own = kind.table.c.commune_id
        self._own = own == commune_id if commune_id is not None else true()

    def open(self, token: str, now: datetime) -> LinkT | None:
        """Return the link that a token opens; None for a forged, over or revoked one."""
        table = self._kind.table
        query = select(table).where(table.c.id == token[: ID_BYTES * 4 // 3], self._own)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        link = self._kind.read(row)
        expected = link.id + _signature(self._seal, self._kind, link)
        signed = secrets.compare_digest(expected.encode(), token.encode())
        return link if signed and link.is_open(now) else None


def _signature(seal: Seal, kind: Kind[LinkT], link: LinkT) -> str:
    said = "\n".join((link.commune_id, link.id, link.until.isoformat()))
    return seal.mark(kind.signs + said)[:_SIGNED]
