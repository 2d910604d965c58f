"""The chat channel: one message per group, forwarded by hand (kit) or sent by a backend."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from channels.base import Artifacts, Backend, Limits, Options, RemoteIds, Tokens
from channels.chat.assembling import assemble
from channels.chat.kit import KitBackend
from channels.chat.long_tail import AppriseBackend
from channels.chat.platforms import platform_of
from channels.chat.telegram import TelegramAccount, TelegramBackend
from channels.chat.wording import MessageInputs, message_of, words_of
from channels.chat.zalo.account import ZaloAccount
from channels.chat.zalo.article import ZaloArticleBackend
from channels.chat.zalo.group import ZaloGroupBackend
from channels.chat.zalo_bot import ZaloBotAccount, ZaloBotBackend
from channels.ports import RelayLinks
from engine.clock import Clock
from engine.i18n import gettext as _
from engine.models import (
    Artifact,
    Bundle,
    Content,
    Forecast,
    Foreseen,
    Hamlet,
    Item,
    Placement,
    PlannedDelivery,
    Registry,
    Rendered,
)

#: More messages than this in a row are read by nobody; the official is told before approving.
_MANY_PARTS = 3


def _hashtag(text: str) -> str:
    return "#" + unicodedata.normalize("NFC", text).removeprefix("#")


Hashtag = Annotated[str, Field(pattern=r"^#?\w{1,50}$"), AfterValidator(_hashtag)]


class ChatOptions(Options):
    """Cài đặt riêng của kênh nhóm chat trong một chiến dịch."""

    takes_attachments: ClassVar[bool] = True
    takes_facts: ClassVar[bool] = True

    hashtags: tuple[Hashtag, ...] = Field(
        default=(),
        max_length=5,
        description=(
            "Các thẻ (hashtag) đặt cuối tin nhắn, tối đa 5 thẻ; mỗi thẻ chỉ gồm chữ, số và dấu "
            "gạch dưới, dấu # ở đầu có thể bỏ. Ví dụ: [tiem_chung, xa_mau]."
        ),
    )


class ChatChannel:
    """Messages to chat groups: the commune's group of hamlet heads, and each hamlet's own."""

    name = "chat"
    version = "1"
    options: type[Options] = ChatOptions
    needs: tuple[str, ...] = ("flyer",)
    grace: timedelta | None = None
    cumulative = False

    def __init__(
        self,
        *,
        outbox: Path,
        remote_ids: RemoteIds,
        tokens: Tokens,
        limits: Limits,
        clock: Clock,
        telegram: TelegramAccount | None,
        zalo: ZaloAccount | None = None,
        zalo_bot: ZaloBotAccount | None = None,
        apprise: Mapping[str, str] | None = None,
        faults: Mapping[str, str] | None = None,
        live: bool = False,
        links: RelayLinks | None = None,
        lead: timedelta = timedelta(0),
    ) -> None:
        """``outbox`` is where kits are laid; ``links`` are what people carry messages on with.

        Groups of ``telegram``, ``zalo`` or ``zalo_bot`` fail without such an account, and say
        why; ``apprise`` are secret addresses by the names that its groups have. ``faults`` say
        what is wrong with an account that is set up and cannot be used, by its backend's name,
        or ``apprise.NAME``. While it is not ``live``, tokens are left alone.
        """
        faults = faults or {}
        self.lead = lead
        self._telegram = TelegramBackend(
            telegram, remote_ids, limits, fault=faults.get(TelegramBackend.name, "")
        )
        self.zalo = ZaloGroupBackend(
            zalo,
            tokens=tokens,
            remote_ids=remote_ids,
            limits=limits,
            clock=clock,
            fault=faults.get(ZaloGroupBackend.name, ""),
        )
        self._zalo_bot = ZaloBotBackend(
            zalo_bot, remote_ids, limits, fault=faults.get(ZaloBotBackend.name, "")
        )
        self._live = live
        backends: tuple[Backend, ...] = (
            KitBackend(outbox, links),
            self._telegram,
            self.zalo,
            ZaloArticleBackend(self.zalo, remote_ids),
            self._zalo_bot,
            AppriseBackend(apprise or {}, remote_ids, faults),
        )
        self.backends: Mapping[str, Backend] = {one.name: one for one in backends}

    def slots(self, content: Content, hamlet: Hamlet, registry: Registry) -> Sequence[Placement]:
        """Return each group of the hamlet, as soon as approved or at the section's own times.

        The campaign's schedule is for loudspeakers: a message is not said again every morning.
        """
        own = content.own_schedule
        moments = (None,) if own is None or own.asap else own.moments
        return tuple(
            Placement(group.id, group.backend, moment)
            for group in registry.chat_groups_by_hamlet.get(hamlet.id, ())
            for moment in moments
        )

    def forecast(self, content: Content, hamlet: Hamlet) -> Forecast:
        """Return the messages as they are sent, with a line ``---`` between parts.

        Platforms that get different messages are shown one after the other, each under its
        name. A group of several hamlets with different texts gets them joined by ``assemble``.
        """
        message = message_of(self._words(content))
        shown = {name: "\n---\n".join(parts) for name, parts in message.parts.items()}
        texts = set(shown.values())
        most = max(map(len, message.parts.values()))
        return Forecast(
            text=texts.pop()
            if len(texts) == 1
            else "\n\n".join(f"[{name.capitalize()}]\n{text}" for name, text in shown.items()),
            doubts=(
                _(
                    "The chat message is split into {count} parts; a shorter text is read by more."
                ).format(count=most),
            )
            if most > _MANY_PARTS
            else (),
        )

    def foresee(
        self, planned: Sequence[tuple[PlannedDelivery, Content]], registry: Registry
    ) -> Foreseen:
        """Say which groups are reached in a way that promises little."""
        groups: dict[str, dict[str, None]] = {}
        for one, _content in planned:
            groups.setdefault(one.backend, {})[one.target] = None
        return Foreseen(
            doubts=tuple(
                words.format(groups=", ".join(groups[backend]))
                for backend, words in _promising_little().items()
                if backend in groups
            )
        )

    def to_pass_on(self, content: Content, platform: str) -> tuple[str, ...]:
        """Return the messages that a person passes on by hand, split as ``platform`` needs."""
        return message_of(self._words(content)).parts_for(platform_of(platform))

    def prepare(self, content: Content, hamlet: Hamlet, artifacts: Artifacts) -> MessageInputs:
        """Return the words; flyer and attachments travel beside them and shape none."""
        return self._words(content)

    def render(self, inputs: MessageInputs) -> Rendered:
        return Rendered(message_of(inputs).to_json(), "application/json")

    def assemble(self, bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
        return assemble(bundle, items, registry)

    def refresh(self, as_of: datetime) -> None:
        """Renew tokens that are near their end, whether or not something is to be sent.

        Raises ChannelError.
        """
        if self._live:
            self.zalo.keep_alive()

    def close(self) -> None:
        """Close the connections that deliveries left open."""
        self._telegram.close()
        self.zalo.close()
        self._zalo_bot.close()

    def _words(self, content: Content) -> MessageInputs:
        return words_of(content, content.options_as(ChatOptions).hashtags)


def _promising_little() -> dict[str, str]:
    """Return what an official must know of a backend before relying on it, by its name."""
    return {
        AppriseBackend.name: _(
            "{groups}: sent through Apprise, which gives no message's id and cannot be asked: "
            "whatever goes wrong while sending leaves it uncertain, and a correction is a "
            "message of its own"
        ),
        ZaloBotBackend.name: _(
            "{groups}: sent through Zalo Bot: text alone, no flyer; groups are on trial at Zalo, "
            "and what breaks off while sending is uncertain"
        ),
    }
