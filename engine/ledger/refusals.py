"""Why the database refused, in the reader's words: it speaks English itself."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from engine.i18n import gettext as _


def ledger_reason(error: DBAPIError) -> str:
    """Say what is wrong with the ledger's file; what nobody foresaw keeps its code."""
    name = str(getattr(error.orig, "sqlite_errorname", "") or type(error.orig).__name__)
    known = {
        "SQLITE_NOTADB": _("the file is not a ledger"),
        "SQLITE_CORRUPT": _("the file is damaged"),
        "SQLITE_CANTOPEN": _("the file cannot be opened"),
        "SQLITE_READONLY": _("the file may not be written"),
        "SQLITE_FULL": _("the disk is full"),
        "SQLITE_BUSY": _("another program holds it"),
        "SQLITE_LOCKED": _("another program holds it"),
        "SQLITE_IOERR": _("the disk reports a fault"),
    }
    family = "_".join(name.split("_")[:2])  # SQLITE_READONLY_DIRECTORY is a SQLITE_READONLY
    return known.get(family) or _("error {name} of the machine").format(name=name)
