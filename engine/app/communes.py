"""All communes that a workspace serves, each opened when somebody needs it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from engine.app.channels import CHANNELS, Builders, close_channels
from engine.app.house import House
from engine.app.opening import (
    REGISTRY_FILE,
    App,
    build_app,
    check_clock,
    networked,
    open_app,
    open_house,
)
from engine.app.registry_file import RegistryFile
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock
from engine.dispatch import NOBODY, Observer
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.ledger.rounds import Rounds
from engine.settings import Settings

#: Communes kept open; one more closes the one that was used longest ago.
OPEN = 64


class Communes:
    """The communes of one workspace.

    A workspace with a ``commune.yaml`` serves that commune. One without it, on a province's
    machines, serves every commune whose registry is in the ledger; each has a folder of its
    own below ``communes/``.
    """

    def __init__(self, house: House, only: App | None = None) -> None:
        """``only`` is the one commune that is served; it is closed with the rest."""
        self.house = house
        self._only = only
        self._scope = only.ledger.commune_id if only is not None else None
        self._file = RegistryFile(only) if only is not None else None
        self._open: OrderedDict[str, _Lent] = OrderedDict()
        self._guard = threading.Lock()
        self.rounds = Rounds(house.database, self._scope)
        self.leases = self.rounds.leases
        self.networked = only_networked(house) if only is None else networked(only.channels)

    @classmethod
    def only(cls, app: App) -> Communes:
        """Return the one commune that somebody has opened, for him to close."""
        return cls(app.house, app)

    @property
    def workspace(self) -> Path:
        return self.house.workspace

    @property
    def settings(self) -> Settings:
        return self.house.settings

    @property
    def clock(self) -> Clock:
        return self.house.clock

    @property
    def rehearsing(self) -> frozenset[str]:
        """Backends that rehearse: the networked ones, until the workspace is live."""
        return frozenset() if self.settings.live else self.networked

    def check_clock(self) -> None:
        """Refuse to work with a clock that stands behind what has already happened.

        Raises LoaError; a wrong clock must never wake a village.
        """
        check_clock(self.clock, self.rounds.last_event_at())

    @property
    def only_id(self) -> str | None:
        """The one commune that is served; None for all that are in the ledger."""
        return self._scope

    def reread(self) -> None:
        """Take over the commune's own file if somebody changed it; a faulty one is told, once.

        Looking costs a question about the file, no more. Registries that a province imports need
        no reading: they are in the ledger.
        """
        if self._file is not None:
            self._file.look(self.clock.now())

    def ids(self) -> list[str]:
        """Return every commune served, by id."""
        return self.rounds.commune_ids()

    @contextmanager
    def lent(self, commune_id: str) -> Iterator[App]:
        """Lend an opened commune; it stays open at least until it is given back.

        Raises LoaError for one that this workspace does not serve.
        """
        if self._only is not None:
            if commune_id != self._scope:
                raise LoaError(_("{commune} is not served here").format(commune=commune_id))
            yield self._only
            return
        lent = self._borrow(commune_id)
        try:
            yield lent.app
        finally:
            self._give_back(lent)

    def close(self) -> None:
        if self._only is not None:
            close_channels(self._only.channels)
        for lent in self._open.values():
            lent.close()
        self.house.close()

    def __enter__(self) -> Communes:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _borrow(self, commune_id: str) -> _Lent:
        with self._guard:
            lent = self._open.get(commune_id)
            if lent is None:
                lent = self._open[commune_id] = _Lent(
                    partial(build_commune, self.house, commune_id)
                )
            lent.users += 1
            self._open.move_to_end(commune_id)
            return lent

    def _give_back(self, lent: _Lent) -> None:
        with self._guard:
            lent.users -= 1
            idle = [key for key, one in self._open.items() if not one.users]
            closing = [self._open.pop(key) for key in idle[: max(0, len(self._open) - OPEN)]]
        for one in closing:
            one.close()


class _Lent:
    """A commune, opened by the first who works with it, and how many do."""

    def __init__(self, build: Callable[[], App]) -> None:
        self._build = build
        self._app: App | None = None
        self._opening = threading.Lock()
        self.users = 0

    @property
    def app(self) -> App:
        """The opened commune. Others are opened meanwhile; what fails is tried by the next."""
        with self._opening:
            if self._app is None:
                self._app = self._build()
            return self._app

    def close(self) -> None:
        if self._app is not None:
            close_channels(self._app.channels)


def open_communes(
    workspace: Path,
    *,
    clock: Clock | None = None,
    boundary: Boundary = no_boundary,
    builders: Builders = CHANNELS,
    observer: Observer = NOBODY,
) -> Communes:
    """Open every commune that ``workspace`` serves. Raises what ``open_app`` raises."""
    if (workspace / REGISTRY_FILE).is_file():
        app = open_app(
            workspace, clock=clock, boundary=boundary, builders=builders, observer=observer
        )
        return Communes(app.house, app)
    return Communes(
        open_house(workspace, clock=clock, boundary=boundary, builders=builders, observer=observer)
    )


def open_commune(workspace: Path, commune_id: str, *, observer: Observer = NOBODY) -> App:
    """Open one of the many communes that ``workspace`` serves, for its own office.

    Raises what ``open_house`` raises, and LoaError for a commune that is not in the ledger.
    """
    house = open_house(workspace, observer=observer)
    try:
        return build_commune(house, commune_id)
    except BaseException:
        house.close()
        raise


def build_commune(house: House, commune_id: str) -> App:
    """Build one of many communes, with the newest registry that the ledger has of it.

    Raises LoaError for a commune that is not in the ledger.
    """
    ledger = Ledger.on(house.database, commune_id, seal=house.seal, options=house.options)
    revision = ledger.registries.latest()
    if not revision:
        message = _(
            "{commune}: the ledger has no registry of this commune; a province takes it in with:"
            " loa registry import FILES"
        )
        raise LoaError(message.format(commune=commune_id))
    registry = ledger.registries.load(revision)
    return build_app(house, ledger, registry, revision, folder_of(house, commune_id))


def folder_of(house: House, commune_id: str) -> Path:
    """Return the folder of one commune of many. Raises LoaError for an id that is no name."""
    if not commune_id or commune_id.startswith(".") or "/" in commune_id or "\0" in commune_id:
        raise LoaError(_("{commune} is no commune's id").format(commune=repr(commune_id)))
    return house.workspace / "communes" / commune_id


def home_of(house: House, commune_id: str) -> Path:
    """Return the folder of a commune, whether the workspace is its own or that of many."""
    own = (house.workspace / REGISTRY_FILE).is_file()
    return house.workspace if own else folder_of(house, commune_id)


def only_networked(house: House) -> frozenset[str]:
    """Return the networked backends that any commune of the house has."""
    nobody = Ledger.on(house.database, "", seal=house.seal, options=house.options)
    channels = house.channels(house.workspace, nobody)
    try:
        return networked(channels)
    finally:
        close_channels(channels)
