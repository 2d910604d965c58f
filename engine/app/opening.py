"""Opening a workspace: its settings, its ledger, and everything built on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from campaigns.loader import load_campaign
from campaigns.registry_file import load_registry
from channels.base import Channel
from engine.app.channels import CHANNELS, Builders, build_voices, close_channels
from engine.app.house import House
from engine.app.players import known_players
from engine.app.proving import Prover
from engine.app.sending import (
    build_page_watch,
    build_permits,
    build_recall,
    build_sender,
    build_station_watch,
)
from engine.app.standing_rules import StandingRules
from engine.artifacts import ArtifactStore, open_store
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock, SimulatedClock, local
from engine.dispatch import NOBODY, Observer, Renderer, Sender, told
from engine.dispatch.escalating import Escalating
from engine.dispatch.page_watch import PageWatch
from engine.dispatch.recall import Recall
from engine.dispatch.station_watch import StationWatch
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Ledger, Seal
from engine.ledger.database import Database
from engine.ledger.rounds import Rounds
from engine.ledger.schema import open_database
from engine.ledger.watched_clock import watched
from engine.models import Registry
from engine.planner import Office
from engine.settings import Settings, load_settings

#: The file of a commune's registry, in its workspace.
REGISTRY_FILE = "commune.yaml"

#: How far behind the last event a clock may be before it is distrusted.
CLOCK_TOLERANCE = timedelta(minutes=1)


def open_house(
    workspace: Path,
    *,
    clock: Clock | None = None,
    boundary: Boundary = no_boundary,
    builders: Builders = CHANNELS,
    observer: Observer = NOBODY,
) -> House:
    """Open what a workspace's communes share. Raises SettingsError, LoaError."""
    workspace = workspace.resolve()
    settings = load_settings(workspace)
    seal = Seal.at(workspace / settings.data_key_file)
    database = open_database(Database.connect(ledger_place(settings, workspace)))
    clock = clock or _clock(settings, database)
    return House(
        workspace=workspace,
        settings=settings,
        clock=clock,
        permits=build_permits(settings, clock),
        database=database,
        seal=seal,
        artifacts=open_store(settings.artifacts, workspace),
        voices=build_voices(settings, workspace),
        builders=builders,
        boundary=boundary,
        observer=observer,
    )


@dataclass(frozen=True)
class App:
    """One opened commune: everything that screens and workers use.

    ``workspace`` is its folder, in which its outbox lies.
    """

    house: House
    workspace: Path
    registry: Registry
    registry_revision: int
    channels: dict[str, Channel]
    ledger: Ledger
    renderer: Renderer
    office: Office
    sender: Sender
    escalating: Escalating
    station_watch: StationWatch | None
    page_watch: PageWatch
    recall: Recall | None

    @property
    def settings(self) -> Settings:
        return self.house.settings

    @property
    def clock(self) -> Clock:
        return self.house.clock

    @property
    def artifacts(self) -> ArtifactStore:
        return self.house.artifacts

    @property
    def outbox(self) -> Path:
        return self.workspace / "outbox"

    @property
    def rehearsing(self) -> frozenset[str]:
        """Backends that rehearse: the networked ones, until the workspace is live."""
        return frozenset() if self.settings.live else networked(self.channels)

    def check_clock(self) -> None:
        """Refuse to work with a clock that stands behind what has already happened.

        Raises LoaError; a wrong clock must never wake a village.
        """
        check_clock(self.clock, self.ledger.views.last_event_at())

    def close(self) -> None:
        """Close the channels and the ledger; only for one who opened the commune by itself."""
        close_channels(self.channels)
        self.house.close()

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def open_app(
    workspace: Path,
    *,
    clock: Clock | None = None,
    boundary: Boundary = no_boundary,
    builders: Builders = CHANNELS,
    observer: Observer = NOBODY,
) -> App:
    """Open the one commune whose workspace this is.

    The registry gets a new revision if ``commune.yaml`` changed. Raises InputError for a file
    that cannot be used, LoaError for a ledger that cannot.
    """
    players = known_players(load_settings(workspace))
    loaded = load_registry(workspace / REGISTRY_FILE, players)
    house = open_house(
        workspace, clock=clock, boundary=boundary, builders=builders, observer=observer
    )
    ledger = Ledger.on(
        house.database, loaded.registry.commune.id, seal=house.seal, options=house.options
    )
    revision = ledger.registries.save(loaded.registry, loaded.sha256, house.clock.now())
    return build_app(house, ledger, loaded.registry, revision, house.workspace)


def build_app(house: House, ledger: Ledger, registry: Registry, revision: int, folder: Path) -> App:
    """Build one commune in its ``folder``; ``revision`` is the registry's number."""
    ledger = told(ledger, house.observer)
    channels = house.channels(folder, ledger)
    renderer = Renderer(channels, house.artifacts, ledger.deliveries.contents, house.observer)
    clock, rules = house.clock, StandingRules(ledger, registry, revision)
    return App(
        house=house,
        workspace=folder,
        registry=registry,
        registry_revision=revision,
        channels=channels,
        ledger=ledger,
        renderer=renderer,
        office=Office(
            ledger=ledger,
            artifacts=house.artifacts,
            channels=channels,
            clock=clock,
            registry=registry,
            registry_revision=revision,
            workspace=folder,
            load=lambda path, at=None: load_campaign(
                path, registry, house.options, at or clock.now()
            ),
            prove=Prover(channels, house.artifacts, house.observer).prove,
            boundary=house.boundary,
        ),
        sender=build_sender(house, folder, ledger, channels, renderer, rules),
        escalating=Escalating(ledger, channels, rules, clock, house.boundary),
        station_watch=build_station_watch(house, ledger, channels, rules),
        page_watch=build_page_watch(house, ledger, channels),
        recall=build_recall(house, ledger, channels, rules),
    )


def check_clock(clock: Clock, last: datetime | None) -> None:
    """Raises LoaError for a clock that stands behind the ``last`` event."""
    now = clock.now()
    if last is not None and now < last - CLOCK_TOLERANCE:
        message = _(
            "the clock says {now}, but the last event was at {last}: set the machine's clock"
        )
        shown = "%H:%M %d/%m/%Y"
        raise LoaError(
            message.format(now=local(now).strftime(shown), last=local(last).strftime(shown))
        )


def ledger_place(settings: Settings, workspace: Path) -> Path | str:
    """Return where the workspace's ledger is: on the server that is set, else in a file."""
    return settings.ledger.url or workspace / "loa.db"


def networked(channels: dict[str, Channel]) -> frozenset[str]:
    """Return the names of the backends that act over the network."""
    return frozenset(
        backend.name
        for channel in channels.values()
        for backend in channel.backends.values()
        if backend.networked
    )


def _clock(settings: Settings, database: Database) -> Clock:
    """Return the ledger's time, or the simulated clock, which goes on where it last stood."""
    simulated = settings.clock.simulated
    if simulated is None:
        return watched(database)
    last = Rounds(database).last_event_at()
    return SimulatedClock(max(simulated, last) if last is not None else simulated)
