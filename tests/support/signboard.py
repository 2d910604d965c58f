"""A channel that can be asked what it took: an electronic signboard in each hamlet, made up.

Its far side is a log on disk that only grows, so that it outlives whoever writes to it.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from channels.chat.channel import ChatChannel
from channels.chat.telegram import TelegramAccount
from channels.portal.channel import PortalChannel
from engine.app.channels import CHANNELS, Builders, Surroundings
from engine.app.chat_accounts import zalo_account
from support.fake_channels import FakeChannel, FarSide, FindingBackend

#: Seconds after which a far side that does not answer has been waited for long enough.
TIMEOUT = 4.0

#: How long to wait for a process that holds the portal's lock, and may be stopped.
LOCKED = timedelta(seconds=2)


class Signboard(FakeChannel):
    """One board per hamlet; not idempotent, but it knows what it shows."""

    name = "signboard"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        backend = FindingBackend("board", False, FarSide(folder / "log"))
        super().__init__(self.name, backend)


def far_side(workspace: Path) -> FarSide:
    """Return the boards' own log."""
    return FarSide(workspace / "outbox" / Signboard.name / "log")


def _impatient_chat(here: Surroundings) -> ChatChannel:
    bot = here.settings.telegram
    return ChatChannel(
        outbox=here.outbox("chat"),
        remote_ids=here.remote_ids,
        tokens=here.tokens,
        limits=here.limits,
        clock=here.clock,
        telegram=TelegramAccount(
            bot.base_url,
            bot.token,
            TIMEOUT,
            per_second=bot.messages_per_second,
            per_minute=bot.group_messages_per_minute,
        ),
        zalo=zalo_account(here.settings, here.commune_id),
        live=here.settings.live,
    )


#: The real channels, with far sides that are soon waited for long enough, and the signboard.
BUILDERS: Builders = {
    **CHANNELS,
    ChatChannel: _impatient_chat,
    PortalChannel: lambda here: PortalChannel(outbox=here.outbox("portal"), patience=LOCKED),
    Signboard: lambda here: Signboard(here.outbox(Signboard.name)),
}
