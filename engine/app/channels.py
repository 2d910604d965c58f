"""Every channel there is, and how each is built for a commune."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from channels.base import Channel, Closes, Limits, RemoteIds
from channels.chat.channel import ChatChannel
from channels.chat.telegram import TelegramAccount
from channels.flyer.channel import FlyerChannel
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.proof.limits import ProofLimits
from channels.portal.channel import PortalChannel
from engine.dispatch.buckets import LocalBuckets
from engine.dispatch.permits import Permits
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.settings import Settings
from engine.settings.sections import ProofSettings, TelegramSettings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a channel may be built from.

    ``folder`` is the commune's own; ``speech`` is where spoken sentences are kept for all;
    ``limits`` counts for all of them.
    """

    settings: Settings
    folder: Path
    speech: Path
    remote_ids: RemoteIds
    limits: Limits

    def outbox(self, channel: str) -> Path:
        return self.folder / "outbox" / channel


def _loudspeaker(here: Surroundings) -> LoudspeakerChannel:
    voice = here.settings.loudspeaker
    return LoudspeakerChannel(
        outbox=here.outbox("loudspeaker"),
        speech_cache=here.speech,
        engine=voice.engine,
        voice=voice.voice,
        region=voice.region,
        loudness=voice.loudness,
        limits=_limits(here.settings.proof),
        lead=timedelta(minutes=voice.lead_minutes),
    )


def _limits(proof: ProofSettings) -> ProofLimits:
    return ProofLimits(
        slowest=proof.slowest,
        fastest=proof.fastest,
        silence=proof.silence_seconds,
        recognise=proof.recognise,
        word_errors=proof.word_errors_percent / 100,
    )


def _chat(here: Surroundings) -> ChatChannel:
    bot = here.settings.telegram
    return ChatChannel(
        outbox=here.outbox("chat"),
        remote_ids=here.remote_ids,
        limits=here.limits,
        telegram=_telegram(bot) if bot.token else None,
    )


def _telegram(bot: TelegramSettings) -> TelegramAccount:
    return TelegramAccount(
        bot.base_url,
        bot.token,
        per_second=bot.messages_per_second,
        per_minute=bot.group_messages_per_minute,
    )


#: Builds a channel from its surroundings, by the channel's class.
Builders = Mapping[type[Channel], Callable[[Surroundings], Channel]]

#: Every channel there is, and how it is built. Adding one touches its folder and a line here.
CHANNELS: Builders = {
    LoudspeakerChannel: _loudspeaker,
    FlyerChannel: lambda here: FlyerChannel(outbox=here.outbox("flyer")),
    PortalChannel: lambda here: PortalChannel(outbox=here.outbox("portal")),
    ChatChannel: _chat,
}

#: Each channel's own settings in a campaign, by the channel's name.
OPTIONS = {channel.name: channel.options for channel in CHANNELS}


def build_channels(
    settings: Settings,
    folder: Path,
    remote_ids: RemoteIds,
    *,
    speech: Path | None = None,
    limits: Limits | None = None,
    builders: Builders = CHANNELS,
) -> dict[str, Channel]:
    """Build every channel around a commune's ``folder``.

    ``speech`` is where spoken sentences are kept, else in the folder's artifacts. ``limits``
    may be left out by those who send nothing. Raises LoaError if what channels need goes in a
    circle.
    """
    here = Surroundings(
        settings,
        folder,
        speech or folder / "artifacts" / "speech",
        remote_ids,
        limits or Permits(LocalBuckets()),
    )
    built = [build(here) for build in builders.values()]
    channels = {channel.name: channel for channel in built}
    check_needs(channels)
    return channels


def close_channels(channels: Mapping[str, Channel]) -> None:
    """End what channels hold open: helper processes, connections."""
    for channel in channels.values():
        if isinstance(channel, Closes):
            channel.close()


def check_needs(channels: Mapping[str, Channel]) -> None:
    """Refuse channels that need each other in a circle, or need one that is not there."""
    needs = {name: channel.needs for name, channel in channels.items()}
    missing = {need for wanted in needs.values() for need in wanted} - set(channels)
    if missing:
        raise LoaError(_("unknown channels are needed: {names}").format(names=sorted(missing)))
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        raise LoaError(_("channels need each other: {names}").format(names=error.args[1])) from None
