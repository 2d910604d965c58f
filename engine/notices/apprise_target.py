"""Telling notices outside through Apprise: one address for each of a hundred services."""

from __future__ import annotations

from channels.apprising import AddressError, Service, shown
from engine.notices.telling import TellingError


def send(target: str, title: str, body: str, urgent: bool) -> None:
    """Send one message. Raises TellingError when the target did not take it."""
    try:
        complaint = Service(target).send(title, body, urgent=urgent)
    except AddressError as error:
        raise TellingError(str(error)) from error
    if complaint is not None:
        raise TellingError(f"{shown(target)}: {complaint}")
