"""The composition root: the one place where everything is built and joined together."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from campaigns.loader import load_campaign
from campaigns.registry_file import load_registry
from channels.base import Channel, Closes, RemoteIds
from channels.chat.channel import ChatChannel
from channels.chat.telegram import TelegramAccount
from channels.flyer.channel import FlyerChannel
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.portal.channel import PortalChannel
from engine.artifacts import ArtifactStore, open_store
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock, SimulatedClock, local
from engine.dispatch import NOBODY, Assembler, Observer, Renderer, Sender, told
from engine.dispatch.backoff import Retries, RetryPolicy
from engine.dispatch.breaker import CircuitBreaker
from engine.dispatch.preview import Previewed, Previewer
from engine.dispatch.rehearsal import Rehearsal
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Ledger, Revision, Seal
from engine.ledger.watched_clock import watched
from engine.models import Registry
from engine.planner import Office, plan_campaign
from engine.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a channel may be built from."""

    settings: Settings
    workspace: Path
    remote_ids: RemoteIds

    def outbox(self, channel: str) -> Path:
        return self.workspace / "outbox" / channel


def _loudspeaker(here: Surroundings) -> LoudspeakerChannel:
    voice = here.settings.loudspeaker
    return LoudspeakerChannel(
        outbox=here.outbox("loudspeaker"),
        speech_cache=here.workspace / "artifacts" / "speech",
        engine=voice.engine,
        voice=voice.voice,
        region=voice.region,
        loudness=voice.loudness,
        lead=timedelta(minutes=voice.lead_minutes),
    )


def _chat(here: Surroundings) -> ChatChannel:
    bot = here.settings.telegram
    return ChatChannel(
        outbox=here.outbox("chat"),
        remote_ids=here.remote_ids,
        telegram=TelegramAccount(bot.base_url, bot.token) if bot.token else None,
    )


#: Every channel there is, and how it is built. Adding one touches its folder and a line here.
CHANNELS: Mapping[type[Channel], Callable[[Surroundings], Channel]] = {
    LoudspeakerChannel: _loudspeaker,
    FlyerChannel: lambda here: FlyerChannel(outbox=here.outbox("flyer")),
    PortalChannel: lambda here: PortalChannel(outbox=here.outbox("portal")),
    ChatChannel: _chat,
}

#: Each channel's own settings in a campaign, by the channel's name.
OPTIONS = {channel.name: channel.options for channel in CHANNELS}

#: How far behind the last event a clock may be before it is distrusted.
CLOCK_TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True)
class App:
    """One opened workspace: everything that screens and workers use."""

    workspace: Path
    settings: Settings
    clock: Clock
    registry: Registry
    registry_revision: int
    channels: Mapping[str, Channel]
    ledger: Ledger
    artifacts: ArtifactStore
    renderer: Renderer
    office: Office
    sender: Sender

    @property
    def outbox(self) -> Path:
        return self.workspace / "outbox"

    @property
    def rehearsing(self) -> frozenset[str]:
        """Backends that rehearse: the networked ones, until the workspace is live."""
        if self.settings.live:
            return frozenset()
        return frozenset(
            backend.name
            for channel in self.channels.values()
            for backend in channel.backends.values()
            if backend.networked
        )

    def check_clock(self) -> None:
        """Refuse to work with a clock that stands behind what has already happened.

        Raises LoaError; a wrong clock must never wake a village.
        """
        last, now = self.ledger.views.last_event_at(), self.clock.now()
        if last is not None and now < last - CLOCK_TOLERANCE:
            message = _(
                "the clock says {now}, but the last event was at {last}: set the machine's clock"
            )
            shown = "%H:%M %d/%m/%Y"
            raise LoaError(
                message.format(now=local(now).strftime(shown), last=local(last).strftime(shown))
            )

    def close(self) -> None:
        close_channels(self.channels)
        self.ledger.close()

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def open_app(
    workspace: Path,
    *,
    clock: Clock | None = None,
    boundary: Boundary = no_boundary,
    observer: Observer = NOBODY,
) -> App:
    """Open the workspace: read its settings and registry, open its ledger, build its channels.

    The registry gets a new revision if ``commune.yaml`` changed. Raises InputError for a file
    that cannot be used, LoaError for a ledger that cannot.
    """
    workspace = workspace.resolve()
    settings = load_settings(workspace)
    loaded = load_registry(workspace / "commune.yaml")
    seal = Seal.at(workspace / settings.data_key_file)
    ledger = Ledger.open(
        ledger_place(settings, workspace), loaded.registry.commune.id, seal=seal, options=OPTIONS
    )
    ledger = told(ledger, observer)
    clock = clock or _clock(settings, ledger)
    channels = build_channels(settings, workspace, ledger.remote_ids)
    artifacts = open_store(settings.artifacts, workspace)
    renderer = Renderer(channels, artifacts, ledger.deliveries.content, observer)
    revision = ledger.registries.save(loaded.registry, loaded.sha256, clock.now())
    return App(
        workspace=workspace,
        settings=settings,
        clock=clock,
        registry=loaded.registry,
        registry_revision=revision,
        channels=channels,
        ledger=ledger,
        artifacts=artifacts,
        renderer=renderer,
        office=Office(
            ledger=ledger,
            artifacts=artifacts,
            channels=channels,
            clock=clock,
            registry=loaded.registry,
            registry_revision=revision,
            workspace=workspace,
            load=lambda path: load_campaign(path, loaded.registry, OPTIONS, clock.now()),
            boundary=boundary,
        ),
        sender=Sender(
            ledger=ledger,
            channels=channels,
            assembler=_assembler(ledger, channels, renderer, loaded.registry),
            rehearsal=None if settings.live else Rehearsal(workspace / "outbox" / "rehearsal"),
            clock=clock,
            retries=_retries(settings),
            breaker=CircuitBreaker(ledger.breakers, clock),
            boundary=boundary,
            observer=observer,
        ),
    )


def ledger_place(settings: Settings, workspace: Path) -> Path | str:
    """Return where the workspace's ledger is: on the server that is set, else in a file."""
    return settings.ledger.url or workspace / "loa.db"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a revision would send, and the folder in which it lies."""

    revision: Revision
    folder: Path
    bundles: tuple[Previewed, ...]


def preview(app: App, campaign_id: str) -> Preview:
    """Deliver the newest revision of a campaign into ``preview/``, as it would be sent now.

    Raises LoaError for an unknown campaign, OSError when the folder cannot be written.
    """
    revision = app.office.newest(campaign_id)
    registry = app.ledger.registries.load(revision.registry_revision)
    moment = revision.approved_at or app.clock.now()
    plan = plan_campaign(revision.campaign, registry, app.channels, moment)
    folder = app.workspace / "preview" / f"{campaign_id}-{revision.revision}"
    if folder.exists():
        shutil.rmtree(folder)
    channels = build_channels(app.settings, folder, app.ledger.remote_ids)
    renderer = Renderer(
        app.channels,
        app.artifacts,
        lambda key: (plan.contents[key], dict(plan.needs.get(key, {}))),
    )
    previewer = Previewer(channels=channels, renderer=renderer, registry=registry, folder=folder)
    try:
        return Preview(revision, folder, tuple(previewer.write(plan)))
    finally:
        close_channels(channels)


def close_channels(channels: Mapping[str, Channel]) -> None:
    """End what channels hold open: helper processes, connections."""
    for channel in channels.values():
        if isinstance(channel, Closes):
            channel.close()


def build_channels(
    settings: Settings, workspace: Path, remote_ids: RemoteIds
) -> dict[str, Channel]:
    """Build every channel for a workspace. Raises LoaError if what they need goes in a circle."""
    here = Surroundings(settings, workspace, remote_ids)
    built = [build(here) for build in CHANNELS.values()]
    channels = {channel.name: channel for channel in built}
    check_needs(channels)
    return channels


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


def _clock(settings: Settings, ledger: Ledger) -> Clock:
    """Return the ledger's time, or the simulated clock, which goes on where it last stood."""
    simulated = settings.clock.simulated
    if simulated is None:
        return watched(ledger.database)
    last = ledger.views.last_event_at()
    return SimulatedClock(max(simulated, last) if last is not None else simulated)


def _retries(settings: Settings) -> Retries:
    """Return what is set about trying again. Raises LoaError for a channel that is none."""
    for name in settings.retries:
        if name not in OPTIONS:
            message = _("[retries.{name}]: there is no such channel (there are: {known})")
            raise LoaError(message.format(name=name, known=", ".join(sorted(OPTIONS))))
    channels = {
        name: RetryPolicy(one.attempts, _seconds(one.first_wait), _seconds(one.longest_wait))
        for name, one in settings.retries.items()
    }
    return Retries(settings.run.attempts, channels)


def _seconds(given: float | None) -> timedelta | None:
    return None if given is None else timedelta(seconds=given)


def _assembler(
    ledger: Ledger, channels: Mapping[str, Channel], renderer: Renderer, latest: Registry
) -> Assembler:
    @cache
    def pinned(campaign_id: str, revision: int) -> Registry:
        found = ledger.revisions.get(campaign_id, revision)
        if found is None:
            raise LoaError(
                _("revision {revision} of {campaign} is missing from the ledger").format(
                    revision=revision, campaign=campaign_id
                )
            )
        return ledger.registries.load(found.registry_revision)

    return Assembler(
        ledger=ledger,
        channels=channels,
        renderer=renderer,
        registries=pinned,
        latest_registry=lambda: latest,
    )
