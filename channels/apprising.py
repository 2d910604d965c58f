"""Apprise: one address for each of a hundred services (https://github.com/caronc/apprise).

The address is a secret as a whole: it may hold a password. It is in nothing that is said here.
"""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.i18n import gettext as _

if TYPE_CHECKING:
    from apprise import NotifyBase

#: Parts of an address that are at least so long may be secrets.
_SECRET_LENGTH = 5

#: As much of a service's complaint as is worth keeping.
_LONGEST = 200

#: Services that are a machine of somebody's own, which can be looked for before sending, and the
#: port where none is named. Of others the "host" may be a token, which is looked up nowhere.
_OWN_MACHINES = {
    "mailto": 25,
    "mailtos": 587,
    "json": 80,
    "jsons": 443,
    "xml": 80,
    "xmls": 443,
    "form": 80,
    "forms": 443,
}


class AddressError(ValueError):
    """It is no address that Apprise knows."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a message, where the service takes one."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


class Service:
    """One address. ``longest`` is the longest body that it takes, in characters."""

    def __init__(self, target: str) -> None:
        """Raises AddressError."""
        import apprise  # loads a hundred services: for those who tell

        # What it logs by itself may name the address whole.
        logging.getLogger("apprise").propagate = False
        asset = apprise.AppriseAsset(app_id="Loa", storage_mode=apprise.PersistentStoreMode.MEMORY)
        found = apprise.Apprise.instantiate(target, asset=asset)
        if found is None:
            raise AddressError(
                _("{target}: this is no address that Apprise knows").format(target=shown(target))
            )
        found.retry = 0  # whatever the address says: what may have arrived is not sent again
        self._target = target
        self._service: NotifyBase = found
        self.longest: int = found.body_maxlen
        self.has_title: bool = found.title_maxlen > 0
        self.takes_files: bool = bool(found.attachment_support)

    @property
    def kind(self) -> str:
        """What of the address may be seen: ``mailtos``."""
        return self._target.partition("://")[0].lower()

    def send(
        self, title: str, body: str, *, urgent: bool = False, files: Sequence[Attached] = ()
    ) -> str | None:
        """Send one message, once; return None when it was taken, else what was complained of.

        The complaint holds no part of the address. Whether a message arrived that was
        complained of cannot be told: Apprise says no more than that something went wrong.
        """
        import apprise

        line = apprise.Apprise(asset=self._service.asset)
        line.add(self._service)
        result = line.notify(
            title=title,
            body=body,
            notify_type=apprise.NotifyType.FAILURE if urgent else apprise.NotifyType.WARNING,
            body_format=apprise.NotifyFormat.TEXT,
            attach=_attachment(files) if files and self.takes_files else None,
        )
        attempts = [one for each in result.results for one in each.attempts]
        # An address that says "optional" calls every failure a success.
        if attempts and attempts[-1].status is apprise.AppriseResultStatus.SUCCESS:
            return None
        said = [entry.message for one in attempts for entry in one.logs]
        if not said:
            return _("no reason was given")
        return without_secrets(said[0].strip(), self._target)[:_LONGEST]

    def is_away(self, timeout: float) -> bool:
        """Say whether the service is a machine of one's own at which nobody answers now."""
        if self.kind not in _OWN_MACHINES:
            return False
        host = getattr(self._service, "smtp_host", None) or self._service.host
        port = self._service.port or _OWN_MACHINES[self.kind]
        try:
            socket.create_connection((host, int(port)), timeout).close()
        except OSError:
            return True
        return False


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


def _attachment(files: Sequence[Attached]) -> Any:
    from apprise import AppriseAttachment
    from apprise.attachment.memory import AttachMemory

    return AppriseAttachment(
        [
            AttachMemory(content=one.data, name=one.name, mimetype=one.media_type)  # type: ignore[no-untyped-call]  # apprise annotates only part
            for one in files
        ]
    )
