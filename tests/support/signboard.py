"""A channel that can be asked what it took: an electronic signboard in each hamlet, made up.

Its far side is a log on disk that only grows, so that it outlives whoever writes to it.
"""

from __future__ import annotations

from pathlib import Path

from channels.chat.channel import ChatChannel
from channels.chat.telegram import TelegramAccount
from engine.app.channels import CHANNELS, Builders, Surroundings
from support.fake_channels import FakeChannel, FarSide, FindingBackend

#: Seconds after which a far side that does not answer has been waited for long enough.
TIMEOUT = 4.0


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
        limits=here.limits,
        telegram=TelegramAccount(
            bot.base_url,
            bot.token,
            TIMEOUT,
            per_second=bot.messages_per_second,
            per_minute=bot.group_messages_per_minute,
        ),
    )


#: The real channels, with a Telegram that is soon waited for long enough, and the signboard.
BUILDERS: Builders = {
    **CHANNELS,
    ChatChannel: _impatient_chat,
    Signboard: lambda here: Signboard(here.outbox(Signboard.name)),
}
