"""Telegram: one Bot API call per message part and file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from channels.base import ChannelError
from channels.chat.bots.answers import Answer, accepted_id
from channels.chat.bots.backend import BotBackend
from channels.chat.payloads import Payload, payloads_of
from channels.chat.sheet import Group, Part, Sheet
from channels.chat.telegram.account import TelegramAccount
from channels.chat.telegram.refusals import (
    no_address,
    unknown_token,
    what_to_do,
    wrong_address,
)
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Pace, Receipt, digest
from engine.models.telegram_address import TelegramAddress, moved_key

if TYPE_CHECKING:
    from channels.chat.bots.wire import Upload

PLATFORM = "Telegram"

#: The largest file and the largest picture that a bot may send, and the longest caption:
#: characters (https://core.telegram.org/bots/api#sending-files).
LARGEST_FILE = 50_000_000
LARGEST_PHOTO = 10_000_000
LONGEST_CAPTION = 1024
#: Begins what Telegram says of a picture that is too long and thin, or that it cannot read.
_NOT_SHOWN = "PHOTO_"


def _key(bundle: Bundle, part: Part) -> str:
    """Return under what a part is remembered; a plain one as it was before there were others."""
    said = {"campaign_id": part.campaign_id, "number": part.number, "text": part.text}
    return f"{bundle.key}/{part.id}/{digest(said)[:16]}"


class TelegramBackend(BotBackend[TelegramAccount]):
    """Sends each part once, then the flyers' pictures and the attachments.

    Telegram has neither idempotency keys nor a look-up. Each part that it accepted is
    remembered before the next one leaves, so that a retry sends only those that were not. A
    part is remembered by its words, not by its place: items may join or leave between two
    attempts. A group that became a supergroup is followed to its new address, once.
    """

    name = "telegram"
    platform = PLATFORM

    def paces(self, artifact: Artifact, bundle: Bundle) -> Sequence[Pace]:
        if self._account is None:
            return ()
        address = TelegramAddress.of(Sheet.of_artifact(artifact).group.address)
        return self._account.paces(address.chat) if address is not None else ()

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Send every part that was not accepted before, then every file.

        Raises ChannelError: ``unknown`` when Telegram may have taken the part (an answer 5xx,
        silence, half an answer), temporary when it cannot have (no connection, 429),
        permanent when a person must act; the message says what to do. What is too large for a
        bot is on the campaign's page, whose address the text gives; the receipt names it.
        """
        sheet = Sheet.of_artifact(artifact)
        group, address = sheet.group, _address(sheet.group)
        ids = [self._sent(_key(bundle, part), part, group, address) for part in sheet.parts]
        payloads, left = payloads_of(sheet, artifact, lambda file: file.size <= LARGEST_FILE)
        for payload in payloads:
            key = f"{bundle.key}/file/{payload.key}"
            ids.append(self._once(key, partial(self._show, payload, group, address)))
        moved = self._remote_ids.get(moved_key(address.chat))
        facts = {"chat": group.address, "messages": " ".join(ids)}
        facts |= {"left_out": " ".join(left)} if left else {}
        return Receipt(ids[len(sheet.parts) - 1], facts | ({"moved_to": moved} if moved else {}))

    def _not_set_up(self) -> str:
        return _("No Telegram bot is set up: set LOA_TELEGRAM_TOKEN.")

    def _unknown_token(self) -> str:
        return unknown_token()

    def _sent(self, key: str, part: Part, group: Group, address: TelegramAddress) -> str:
        """Send a part unless it was; a correction replies to the message that it corrects."""
        message_id = self._once(key, partial(self._say, part, group, address))
        thread = self._thread(part, group, part.amendment)
        if self._remote_ids.get(thread) is None:
            self._remote_ids.put(thread, message_id)
        return message_id

    def _thread(self, part: Part, group: Group, amendment: int) -> str:
        """Return under what the first message of a campaign's amendment is remembered."""
        bot = self._configured()[0].bot
        return f"telegram/{bot}/{group.address}/{part.campaign_id}/{amendment}"

    def _corrected(self, part: Part, group: Group) -> str | None:
        """Return the message that a part corrects: the last one before it that the group got.

        None for what corrects nothing, and for the parts of it that follow the first.
        """
        if not part.amendment or self._remote_ids.get(self._thread(part, group, part.amendment)):
            return None
        earlier = (
            self._remote_ids.get(self._thread(part, group, number))
            for number in range(part.amendment - 1, -1, -1)
        )
        return next((found for found in earlier if found is not None), None)

    def _say(self, part: Part, group: Group, address: TelegramAddress) -> str:
        # No parse_mode: what an author writes is text, never markup.
        message: dict[str, object] = {"text": part.text}
        corrected = self._corrected(part, group)
        if corrected is not None:
            # Somebody may have removed it from the group: the correction is sent all the same.
            reply = {"message_id": int(corrected), "allow_sending_without_reply": True}
            message["reply_parameters"] = reply
        return self._accepted("sendMessage", message, group, address)

    def _show(self, payload: Payload, group: Group, address: TelegramAddress) -> str:
        """Send a picture, or a document; so goes a picture too that Telegram cannot show."""
        from channels.chat.bots.wire import Upload  # loads httpx: for those who send

        data = payload.data()
        message = {"caption": payload.caption[:LONGEST_CAPTION]} if payload.caption else {}
        if payload.is_image and len(data) <= LARGEST_PHOTO:
            photo = Upload("photo", payload.name, payload.media_type, data)
            try:
                return self._accepted("sendPhoto", message, group, address, photo)
            except ChannelError as error:
                if not (error.permanent and _NOT_SHOWN in str(error)):
                    raise
        document = Upload("document", payload.name, payload.media_type, data)
        return self._accepted("sendDocument", message, group, address, document)

    def _accepted(
        self,
        method: str,
        message: Mapping[str, object],
        group: Group,
        address: TelegramAddress,
        upload: Upload | None = None,
    ) -> str:
        """Return the id of what Telegram took, at the group's new address if it has moved."""
        moved = self._remote_ids.get(moved_key(address.chat))
        where = TelegramAddress(moved or address.chat, address.topic)
        answer = self._call(method, message, where, upload)
        new = answer.parameters.migrate_to_chat_id
        if not answer.ok and new is not None:
            self._remote_ids.set(moved_key(address.chat), str(new))
            where = TelegramAddress(str(new), address.topic)
            answer = self._call(method, message, where, upload)
        return accepted_id(answer, PLATFORM, lambda refused: what_to_do(refused, group))

    def _call(
        self,
        method: str,
        message: Mapping[str, object],
        where: TelegramAddress,
        upload: Upload | None,
    ) -> Answer:
        account, line = self._configured()
        self._limits.take(*account.paces(where.chat))
        return line.ask(method, {**where.fields(), **message}, upload)


def _address(group: Group) -> TelegramAddress:
    """Return where the group is. Raises ChannelError, permanent, for no address or none of it."""
    if not group.address:
        raise ChannelError(no_address(group), permanent=True)
    address = TelegramAddress.of(group.address)
    if address is None:
        raise ChannelError(wrong_address(group), permanent=True)
    return address
