"""Where a ledger is: a file, or a database on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import LoaError
from engine.i18n import gettext as _

#: A file, or ``postgresql://user:password@host:port/database``.
Place = Path | str

_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")


def url_of(place: Place) -> URL:
    """Return where ``place`` is, for SQLAlchemy.

    Raises LoaError for text that is neither an address nor a path; the message does not
    repeat it, for it may hold a password.
    """
    if isinstance(place, Path) or "://" not in place:
        return URL.create("sqlite", database=str(place))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise LoaError(_wrong_address()) from None
    if url.drivername == "sqlite" and url.database:
        return url
    if url.drivername not in _POSTGRESQL or not url.database:
        raise LoaError(_wrong_address())
    return url.set(drivername="postgresql+psycopg")


def shown(url: URL) -> str:
    """Return ``url`` as people may see it: without a password, and without its options."""
    if url.drivername == "sqlite":
        return str(url.database)
    plain = url.set(drivername="postgresql", query={})
    return plain.render_as_string(hide_password=True)


def _wrong_address() -> str:
    return _(
        "the ledger's address cannot be used; write postgresql://user:password@host:port/database,"
        " or leave it out"
    )
