"""Messages to groups that the Official Account made: text, the flyer's picture, documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from channels.base import ChannelError, Limits, RemoteIds, Tokens
from channels.chat.accounts import cannot_be_used
from channels.chat.once import once
from channels.chat.payloads import IMAGE_TYPES, Payload, payloads_of
from channels.chat.sheet import Sheet
from channels.chat.zalo.account import ZaloAccount
from channels.chat.zalo.client import ZaloClient
from channels.chat.zalo.errors import Act
from channels.chat.zalo.refusals import RefusedError, unknown
from channels.chat.zalo.uploads import (
    FILE_TYPES,
    LARGEST_FILE,
    LARGEST_IMAGE,
    Uploads,
)
from engine.clock import Clock
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, File, Pace, Receipt, digest

_MESSAGE = "/v3.0/oa/group/message"
#: An upload that is gone is made anew this often for one message.
_UPLOADS = 2


class ZaloGroupBackend:
    """Sends each message once. Zalo has neither idempotency keys nor a look-up of messages.

    Each message that Zalo took is remembered before the next one leaves, so that a retry sends
    only those that were not. A message is remembered by its words, or by its file's bytes.
    """

    name = "zalo"
    idempotent = False
    networked = True

    def __init__(
        self,
        account: ZaloAccount | None,
        *,
        tokens: Tokens,
        remote_ids: RemoteIds,
        limits: Limits,
        clock: Clock,
        fault: str = "",
    ) -> None:
        """``fault`` says why there is no account where one is set up."""
        self._fault = fault
        self._remote_ids = remote_ids
        self.account = account
        self.client: ZaloClient | None = None
        if account is not None:
            self.client = ZaloClient(account, tokens, limits, clock)
            self._uploads = Uploads(self.client, clock)

    @property
    def endpoint(self) -> str:
        """The machine that answers for Zalo, and whose account: each has its own patience."""
        return self.account.endpoint if self.account is not None else self.name

    def paces(self, artifact: Artifact, bundle: Bundle) -> Sequence[Pace]:
        return self.account.paces if self.account is not None else ()

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Send what was not taken before: texts, then pictures, then documents.

        Raises ChannelError: ``unknown`` when Zalo may have taken a message (silence, half an
        answer, a gateway's failure), temporary when it cannot have, permanent when a person
        must act; the message says what to do. What Zalo takes no upload of, sound and tables,
        is on the campaign's page, whose address the text gives; the receipt names it.
        """
        client = self.configured()
        sheet = Sheet.of_artifact(artifact)
        group = sheet.group
        if not group.address:
            raise ChannelError(
                _(
                    "The chat group {group} has no address: write the id of its Zalo group in the"
                    " registry (loa zalo groups lists them)."
                ).format(group=group.id),
                permanent=True,
            )
        sent = [
            once(
                self._remote_ids,
                f"{bundle.key}/{part.id}/{digest(part)[:16]}",
                partial(self._say, client, group.address, {"text": part.text}, group.id),
            )
            for part in sheet.parts
        ]
        payloads, left = payloads_of(sheet, artifact, _is_taken)
        sent += [
            once(
                self._remote_ids,
                f"{bundle.key}/file/{payload.key}",
                partial(self._show, client, group.address, payload, group.id),
            )
            for payload in payloads
        ]
        facts = {"group": group.address, "messages": " ".join(sent)}
        return Receipt(sent[-1], facts | ({"left_out": " ".join(left)} if left else {}))

    def check(self) -> None:
        """Ask Zalo for the account's groups. Raises ChannelError; nothing is sent."""
        client = self.configured()
        client.get("/v3.0/oa/group/getgroupsofoa", {"offset": 0, "count": 1}, where=self.endpoint)

    def expires_at(self) -> datetime | None:
        """Return when a person must have logged in again; None where nobody ever has."""
        return self.client.keeper.expires_at() if self.client is not None else None

    def keep_alive(self) -> None:
        """Renew the token if its end is near. Raises ChannelError."""
        if self.client is not None:
            self.client.keeper.keep_alive()

    def close(self) -> None:
        if self.client is not None:
            self.client.close()

    def _say(self, client: ZaloClient, address: str, message: dict[str, object], where: str) -> str:
        data = client.post(
            _MESSAGE, {"recipient": {"group_id": address}, "message": message}, where=where
        )
        found = data.get("message_id") if isinstance(data, dict) else None
        if not found:
            raise unknown(_("an answer without a message's id"))
        return str(found)

    def _show(self, client: ZaloClient, address: str, payload: Payload, where: str) -> str:
        """Send a file; one that Zalo no longer has is uploaded again."""
        for _attempt in range(_UPLOADS):
            uploaded = self._uploads.id_of(payload, where=where)
            try:
                return self._say(client, address, _message(payload, uploaded), where)
            except RefusedError as error:
                if error.act is not Act.UPLOAD:
                    raise
                self._uploads.forget(payload)
        raise ChannelError(_("Zalo does not know a file that was uploaded just now."))

    def configured(self) -> ZaloClient:
        """Return what speaks to Zalo. Raises ChannelError where no account is set up."""
        if self._fault:
            raise cannot_be_used(self.name, self._fault)
        if self.client is None:
            raise ChannelError(
                _("No Zalo Official Account is set up for this commune: write [zalo.<commune>]."),
                permanent=True,
            )
        return self.client


def _message(payload: Payload, uploaded: str) -> dict[str, object]:
    if not payload.is_image:
        return {"attachment": {"type": "file", "payload": {"token": uploaded}}}
    element = {"media_type": "image", "attachment_id": uploaded}
    media = {"template_type": "media", "elements": [element]}
    return {"text": payload.caption, "attachment": {"type": "template", "payload": media}}


def _is_taken(file: File) -> bool:
    if file.media_type in IMAGE_TYPES:
        return file.size <= LARGEST_IMAGE
    return file.media_type in FILE_TYPES and file.size <= LARGEST_FILE
