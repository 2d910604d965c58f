"""Reading a day that somebody typed."""

from __future__ import annotations

from datetime import date, datetime

from engine.errors import LoaError
from engine.i18n import gettext as _

#: How a day may be written: as officials do, or as files do.
_FORMS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y")


def read_day(text: str) -> date:
    """Return the day that is meant. Raises LoaError."""
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    message = _("found “{text}”; write a day as 01/12/2026 or 2026-12-01")
    raise LoaError(message.format(text=text))
