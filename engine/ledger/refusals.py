"""Why the database refused, in the reader's words: it speaks English itself."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from engine.i18n import gettext as _

#: What the database may raise when it is away or refuses; no failure of what was to be sent.
LEDGER_ERRORS = DBAPIError


def ledger_reason(error: DBAPIError) -> str:
    """Say what is wrong with the ledger; what nobody foresaw keeps its code.

    Nothing of the database's own text is passed on: it may name users and addresses.
    """
    if isinstance(error.orig, sqlite3.Error) and hasattr(error.orig, "sqlite_errorname"):
        return file_reason(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        known = _of_a_server()
        return known.get(state) or known.get(state[:2]) or _unforeseen(state)
    if type(error.orig).__name__ == "OperationalError":
        return _never_answered(str(error.orig))
    return _unforeseen(type(error.orig).__name__)


def file_reason(error: sqlite3.Error) -> str:
    """Say what is wrong with a ledger that is a file."""
    name = str(getattr(error, "sqlite_errorname", type(error).__name__))
    family = "_".join(name.split("_")[:2])  # SQLITE_READONLY_DIRECTORY is a READONLY
    return _of_a_file().get(family) or _unforeseen(name)


def _unforeseen(name: str) -> str:
    return _("error {name} of the machine").format(name=name)


def _of_a_file() -> dict[str, str]:
    return {
        "SQLITE_NOTADB": _("the file is not a ledger"),
        "SQLITE_CORRUPT": _("the file is damaged"),
        "SQLITE_CANTOPEN": _("the file cannot be opened"),
        "SQLITE_READONLY": _("the file may not be written"),
        "SQLITE_FULL": _("the disk is full"),
        "SQLITE_BUSY": _("another program holds it"),
        "SQLITE_LOCKED": _("another program holds it"),
        "SQLITE_IOERR": _("the disk reports a fault"),
    }


def _of_a_server() -> dict[str, str]:
    """Reasons by PostgreSQL's SQLSTATE, or by its first two letters."""
    return {
        "08": _("the connection to the database broke"),
        "25006": _("the database takes no changes at the moment: it is read-only"),
        "28": _("the database refuses the user or the password"),
        "3D000": _("there is no such database on the server"),
        "40": _("others changed the same rows all the time"),
        "42501": _("the database user lacks a right"),
        "53100": _("the disk is full"),
        "53300": _("the database has too many connections"),
        "55P03": _("another program holds it"),
        "57": _("the database is being stopped or started"),
    }


def _never_answered(text: str) -> str:
    """Tell why no connection came about; for that the driver has words only, no code."""
    for words, state in (
        ("authentication failed", "28"),
        ("no password supplied", "28"),
        ("does not exist", "3D000"),
        ("too many", "53300"),
        ("starting up", "57"),
        ("shutting down", "57"),
    ):
        if words in text:
            return _of_a_server()[state]
    return _("the database does not answer")
