"""Apprise: one address for each of a hundred services (https://github.com/caronc/apprise)."""

from __future__ import annotations

import logging
import re

from engine.i18n import gettext as _
from engine.notices.telling import TellingError

#: Parts of an address that are at least so long may be secrets.
_SECRET_LENGTH = 5

#: As much of a service's complaint as is worth keeping.
_LONGEST = 200


def send(target: str, title: str, body: str, urgent: bool) -> None:
    """Send one message. Raises TellingError when the target did not take it."""
    import apprise  # loads a hundred services: for those who tell

    # What it logs by itself may name the address whole.
    logging.getLogger("apprise").propagate = False
    service = apprise.Apprise()
    if not service.add(target):
        raise TellingError(
            _("{target}: this is no address that Apprise knows").format(target=shown(target))
        )
    kind = apprise.NotifyType.FAILURE if urgent else apprise.NotifyType.WARNING
    capture = apprise.LogCapture(  # type: ignore[no-untyped-call]  # apprise annotates only part
        level=logging.WARNING, fmt="%(message)s"
    )
    with capture as log:
        taken = service.notify(
            title=title, body=body, notify_type=kind, body_format=apprise.NotifyFormat.TEXT
        )
        said = log.getvalue().strip().splitlines()
    if not taken:
        reason = without_secrets(said[0], target)[:_LONGEST] if said else _("no reason was given")
        raise TellingError(f"{shown(target)}: {reason}")


def shown(target: str) -> str:
    """Return the kind of a target, which is all of it that may be seen."""
    kind, found, _rest = target.partition("://")
    return f"{kind}://…" if found else "…"


def without_secrets(text: str, target: str) -> str:
    """Return ``text`` without any part of the address that might be one."""
    parts = re.split(r"[:/@?&=,]+", target)[1:]
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= _SECRET_LENGTH:
            text = text.replace(part, "…")
    return text
