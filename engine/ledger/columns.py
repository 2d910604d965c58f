"""The kinds of columns in the ledger, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, String, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

from engine.ledger.said import kept, said

#: Identities: 64 bits on both; SQLite numbers rows by itself only in an INTEGER column.
Id = BigInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept in UTC: as sortable text on SQLite, as timestamptz on PostgreSQL."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the ledger keeps aware moments only")
        if dialect.name == "postgresql":
            return value
        return instant_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value)


# A plan names the same few moments thousands of times.
@lru_cache(maxsize=4_096)
def instant_text(moment: datetime) -> str:
    """Return an aware moment as SQLite keeps it, and as PostgreSQL can read it too."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class Prose(TypeDecorator[str]):
    """Text from anywhere, a far side's answer among it, and messages of Loa's own.

    A message comes back in the language of whoever reads it (``engine.ledger.said``).
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return as_prose(value) if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return said(value) if value is not None else None


def as_prose(text: str) -> str:
    """Return ``text`` as the ledger can keep it; PostgreSQL keeps no NUL character."""
    text = kept(text)
    return text.replace("\0", "\ufffd") if "\0" in text else text


def _name(length: int | None = None) -> TypeEngine[str]:
    """Return the type of ids and codes: ordered by code point on both databases.

    A locale's order differs from machine to machine, and an index made under one is wrong
    under another.
    """
    return String(length).with_variant(String(length, collation="C"), "postgresql")


Name = _name()
Digest = _name(64)
