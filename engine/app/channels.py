"""Every channel there is, and how each is built for a commune."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from channels.base import Channel, Closes, Limits, RemoteIds, Tokens
from channels.chat.channel import ChatChannel
from channels.flyer.channel import FlyerChannel
from channels.loudspeaker.audio.terms import Finish, Format, Profile
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.delivery import Style
from channels.loudspeaker.framing import Framing
from channels.loudspeaker.players.feed import Feed
from channels.loudspeaker.proof.limits import ProofLimits
from channels.loudspeaker.speech.engine import Choice
from channels.loudspeaker.speech.voices import Casting, Voices
from channels.portal.channel import PortalChannel
from channels.ports import RelayLinks
from channels.team.channel import Links, TeamChannel, TeamDays, no_links, no_other_days
from channels.team.rounds import Lists, no_lists
from engine.app.chat_accounts import (
    account_faults,
    apprise_addresses,
    telegram_account,
    zalo_account,
    zalo_bot_account,
)
from engine.app.feeding import NoFeed
from engine.app.players import build_players
from engine.app.portals import build_publishing
from engine.clock import Clock, SystemClock
from engine.dispatch.buckets import LocalBuckets
from engine.dispatch.permits import Permits
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models import TokenPair
from engine.settings import LoudspeakerSettings, Settings
from engine.settings.proof import ProofSettings
from engine.settings.speaking import ProgrammeSettings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a channel may be built from.

    ``folder`` is the commune's own, ``workspace`` that of all its communes; ``voices`` are what
    speaks, for all communes when they are ``lent``, and ``limits`` counts for all of them.
    ``preview``: nothing may leave ``folder``.
    """

    settings: Settings
    commune_id: str
    folder: Path
    workspace: Path
    voices: Voices
    lent: bool
    remote_ids: RemoteIds
    tokens: Tokens
    limits: Limits
    clock: Clock
    feed: Feed
    links: Links = no_links
    relay_links: RelayLinks | None = None
    team_days: TeamDays = no_other_days
    team_lists: Lists = no_lists
    preview: bool = False

    def outbox(self, channel: str) -> Path:
        return self.folder / "outbox" / channel


def _loudspeaker(here: Surroundings) -> LoudspeakerChannel:
    voice = here.settings.loudspeaker_of(here.commune_id)
    return LoudspeakerChannel(
        outbox=here.outbox("loudspeaker"),
        players=build_players(here),
        voices=here.voices,
        lent=here.lent,
        choices=choices_of(voice),
        region=voice.region,
        loudness=voice.loudness,
        finish=finish_of(voice),
        style=Style(voice.pauses, voice.number_pace),
        limits=_limits(here.settings.proof),
        framing=_framing(here.settings.programme, here.workspace),
        programmes=speech_folder(here.workspace) / "programmes",
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


def finish_of(voice: LoudspeakerSettings) -> Finish:
    """Return how sounds leave."""
    return Finish(Profile(voice.profile), Format(voice.format), voice.sample_rate, voice.bit_rate)


def choices_of(voice: LoudspeakerSettings) -> tuple[Choice, ...]:
    """Return the voices that are tried, in their order."""
    return tuple(Choice(engine, voice.voice_of(engine)) for engine in voice.chain)


def speech_folder(workspace: Path) -> Path:
    """Return where a workspace keeps spoken sentences."""
    return workspace / "artifacts" / "speech"


def build_voices(settings: Settings, workspace: Path) -> Voices:
    """Return what speaks in a workspace, by its settings. Nothing is loaded or started yet."""
    voice = settings.loudspeaker
    casting = Casting(
        files=workspace / voice.voices_folder,
        helpers=voice.helpers,
        gtts_address=voice.gtts_url,
        piper_length=voice.piper_length,
    )
    return Voices(speech_folder(workspace), casting)


def _framing(frame: ProgrammeSettings, workspace: Path) -> Framing:
    return Framing(
        station=frame.station,
        opening=frame.opening,
        emergency=frame.emergency,
        drill=frame.drill,
        closing=frame.closing,
        chime=frame.chime,
        jingle=workspace / frame.jingle if frame.jingle else None,
        bed=workspace / frame.bed if frame.bed else None,
        bridge=frame.bridge,
        bridge_sound=workspace / frame.bridge_sound if frame.bridge_sound else None,
    )


def _portal(here: Surroundings) -> PortalChannel:
    return PortalChannel(outbox=here.outbox("portal"), publishing=build_publishing(here))


def _chat(here: Surroundings) -> ChatChannel:
    return ChatChannel(
        outbox=here.outbox("chat"),
        remote_ids=here.remote_ids,
        tokens=here.tokens,
        limits=here.limits,
        clock=here.clock,
        telegram=telegram_account(here.settings),
        zalo=zalo_account(here.settings, here.commune_id),
        zalo_bot=zalo_bot_account(here.settings),
        apprise=apprise_addresses(here.settings),
        faults=account_faults(here.settings, here.commune_id),
        live=here.settings.live,
        links=here.relay_links,
    )


#: Builds a channel from its surroundings, by the channel's class.
Builders = Mapping[type[Channel], Callable[[Surroundings], Channel]]

#: Every channel there is, and how it is built. Adding one touches its folder and a line here.
CHANNELS: Builders = {
    LoudspeakerChannel: _loudspeaker,
    FlyerChannel: lambda here: FlyerChannel(outbox=here.outbox("flyer")),
    PortalChannel: _portal,
    ChatChannel: _chat,
    TeamChannel: lambda here: TeamChannel(
        outbox=here.outbox("team"),
        links=here.links,
        days=here.team_days,
        lists=here.team_lists,
    ),
}

#: Each channel's own settings in a campaign, by the channel's name.
OPTIONS = {channel.name: channel.options for channel in CHANNELS}


class NothingRemembered:
    """For channels that send nothing: nothing of the far side's needs to be known."""

    def get(self, key: str) -> str | None:
        return None

    def put(self, key: str, value: str) -> None:
        raise AssertionError(f"something was sent: {key} {value}")

    set = put


class NobodyLoggedIn:
    """For channels that send nothing: no account has tokens."""

    def get(self, account: str) -> TokenPair | None:
        return None

    def claim(self, account: str, version: int, *, now: datetime, until: datetime) -> str | None:
        return None

    def renew(self, account: str, claim: str, pair: TokenPair) -> bool:
        raise AssertionError(f"{account} was renewed")

    def refuse(self, account: str, claim: str, reason: str) -> None:
        raise AssertionError(f"{account} was renewed")

    def give_back(self, account: str, claim: str) -> None:
        raise AssertionError(f"{account} was renewed")


def build_channels(
    settings: Settings,
    folder: Path,
    remote_ids: RemoteIds,
    *,
    commune_id: str = "",
    tokens: Tokens | None = None,
    voices: Voices | None = None,
    workspace: Path | None = None,
    limits: Limits | None = None,
    clock: Clock | None = None,
    feed: Feed | None = None,
    links: Links = no_links,
    relay_links: RelayLinks | None = None,
    team_days: TeamDays = no_other_days,
    team_lists: Lists = no_lists,
    preview: bool = False,
    builders: Builders = CHANNELS,
) -> dict[str, Channel]:
    """Build every channel around a commune's ``folder``.

    ``workspace`` is where ``loa.toml`` is, else ``folder``. ``voices`` are what speaks for all
    communes, and are closed by whoever lends them; without them the channels have their own.
    ``limits``, ``tokens``, ``feed`` and ``links`` may be left out by those who send nothing; for a
    ``preview`` nothing leaves ``folder``. Raises LoaError if what channels need goes in a
    circle, and for players that cannot be built as they are set.
    """
    here = Surroundings(
        settings,
        commune_id,
        folder,
        workspace or folder,
        voices or build_voices(settings, folder),
        voices is not None,
        remote_ids,
        tokens or NobodyLoggedIn(),
        limits or Permits(LocalBuckets()),
        clock or SystemClock(),
        feed or NoFeed(),
        no_links if preview else links,
        None if preview else relay_links,
        team_days,
        team_lists,
        preview,
    )
    built = [build(here) for build in builders.values()]
    channels = {channel.name: channel for channel in built}
    check_needs(channels)
    check_names(channels)
    return channels


def close_channels(channels: Mapping[str, Channel]) -> None:
    """End what channels hold open: helper processes, connections."""
    for channel in channels.values():
        if isinstance(channel, Closes):
            channel.close()


def check_names(channels: Mapping[str, Channel]) -> None:
    """Refuse a player that is called like a backend of another channel, but is of another kind.

    Whether something rehearses, and which machine may send it, is known by that name alone.
    """
    networked: dict[str, bool] = {}
    for channel in sorted(channels.values(), key=lambda one: one.name == LoudspeakerChannel.name):
        for name, backend in channel.backends.items():
            if networked.setdefault(name, backend.networked) != backend.networked:
                message = _("[players.{name}]: another channel has this name; choose another")
                raise LoaError(message.format(name=name))


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
