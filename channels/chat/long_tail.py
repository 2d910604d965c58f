"""Apprise as a way to a chat group: e-mail, SMS gateways, Viber, Matrix and a hundred others.

It gives back no message's id, knows no repetition and cannot be asked: neither idempotent nor
findable, and nothing that was sent can be replied to or taken back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from channels.apprising import AddressError, Attached
from channels.base import ChannelError, RemoteIds
from channels.chat.accounts import cannot_be_used
from channels.chat.once import once
from channels.chat.payloads import payloads_of
from channels.chat.platforms import Platform
from channels.chat.sheet import Group, Sheet
from channels.chat.splitting import split
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Receipt, digest

if TYPE_CHECKING:
    from channels.apprising import Service

#: Seconds that a machine of one's own may take to open its door.
_TIMEOUT = 5.0
#: Files of one message, together: what most mail servers take.
LARGEST = 10_000_000
#: Stands where other platforms name a message.
NO_ID = "no-id"


class AppriseBackend:
    """Sends each part once; one that was taken is remembered before the next leaves.

    ``addresses`` are the secret addresses by the names that groups have as their ``address``;
    a group without one is named by its own id.
    """

    name = "apprise"
    idempotent = False
    networked = True

    def __init__(
        self,
        addresses: Mapping[str, str],
        remote_ids: RemoteIds,
        faults: Mapping[str, str] | None = None,
    ) -> None:
        """``faults`` say by section (``apprise.NAME``) why an address that is set up is not one."""
        self._faults = faults or {}
        self._addresses = addresses
        self._remote_ids = remote_ids
        self._services: dict[str, Service] = {}
        self._lock = threading.Lock()

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Send every part that was not taken before; files go with the last one.

        Raises ChannelError: temporary when a mail or web server of one's own is not there,
        ``unknown`` for every other failure, for Apprise does not say whether the service had
        the message; permanent when a person must act before anything can be sent.
        """
        sheet = Sheet.of_artifact(artifact)
        service = self._service(sheet.group)
        files, left = _files(sheet, artifact) if service.takes_files else ([], [])
        title = " · ".join(sheet.titles) if service.has_title else ""
        platform = Platform(self.name, service.longest)
        texts = [
            (f"{part.id}/{number}", text)
            for part in sheet.parts
            for number, text in enumerate(split(part.text, "", platform), start=1)
        ]
        for key, text in texts:
            last = key == texts[-1][0]
            once(
                self._remote_ids,
                f"{bundle.key}/{key}/{digest(text)[:16]}",
                partial(
                    self._say,
                    service,
                    sheet.group,
                    partial(service.send, title, text, files=files if last else ()),
                ),
            )
        facts = {"service": service.kind, "messages": str(len(texts)), "id": NO_ID}
        return Receipt(
            f"{service.kind} {NO_ID}", facts | ({"left_out": " ".join(left)} if left else {})
        )

    def check(self) -> None:
        """Look whether every address is one, and servers of one's own are there.

        Raises ChannelError; nothing is sent. Other services are asked by sending alone.
        """
        for section, fault in self._faults.items():
            if section.startswith(f"{self.name}."):
                raise cannot_be_used(section, fault)
        if not self._addresses:
            raise ChannelError(not_set_up("TEN"), permanent=True)
        for name in self._addresses:
            if self._at(name).is_away(_TIMEOUT):
                raise _away(name)

    def _say(self, service: Service, group: Group, send: Callable[[], str | None]) -> str:
        name = group.address or group.id
        if service.is_away(_TIMEOUT):
            raise _away(name)
        complaint = send()
        if complaint is not None:
            message = _(
                "{name} ({service}): {reason}. Apprise does not say whether the message arrived; "
                "ask those who should have it."
            )
            raise ChannelError(
                message.format(name=name, service=service.kind, reason=complaint.rstrip(".")),
                unknown=True,
            )
        return NO_ID

    def _service(self, group: Group) -> Service:
        name = group.address or group.id
        section = f"{self.name}.{name}"
        if section in self._faults:
            raise cannot_be_used(section, self._faults[section])
        if name not in self._addresses:
            raise ChannelError(not_set_up(name), permanent=True)
        return self._at(name)

    def _at(self, name: str) -> Service:
        from channels.apprising import Service  # loads apprise: for those who send

        with self._lock:
            if name not in self._services:
                try:
                    self._services[name] = Service(self._addresses[name])
                except AddressError as error:
                    raise ChannelError(f"[apprise.{name}]: {error}", permanent=True) from error
            return self._services[name]


def not_set_up(name: str) -> str:
    """Say what is to be written so that ``name`` is an address."""
    return _(
        "No address is set up for {name}: write [apprise.{name}] with url_file, a file that holds "
        "it, into loa.toml."
    ).format(name=name)


def _away(name: str) -> ChannelError:
    message = _("{name}: its server cannot be reached; nothing was sent. Check the line.")
    return ChannelError(message.format(name=name))


def _files(sheet: Sheet, artifact: Artifact) -> tuple[Sequence[Attached], list[str]]:
    """Return what goes with the message, and what would make it too large."""
    payloads, left = payloads_of(sheet, artifact, lambda file: file.size <= LARGEST)
    found: list[Attached] = []
    size = 0
    for payload in payloads:
        data = payload.data()
        if size + len(data) > LARGEST:
            left.append(payload.name)
        else:
            size += len(data)
            found.append(Attached(payload.name, payload.media_type, data))
    return found, left
