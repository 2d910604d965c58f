"""A province's opened workspace: who it is, its communes, and its office."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaigns.loader import LoadedCampaign
from campaigns.province_checks import load_province_campaign
from campaigns.province_file import PROVINCE_FILE, load_province
from engine.app.channels import close_channels
from engine.app.communes import folder_of, only_networked
from engine.app.house import House
from engine.app.opening import check_clock, open_house
from engine.app.proving import Prover
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock
from engine.errors import LoaError, Problem
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.ledger.areas import Areas
from engine.ledger.fanout import Fanout
from engine.ledger.provinces import Provinces
from engine.ledger.views import Views
from engine.models import Plan, Province, Registry
from engine.planner.province import ProvinceOffice
from engine.settings import Settings


@dataclass(frozen=True)
class ProvinceApp:
    """A province's opened workspace; a ``Territory`` for its campaign files.

    It sees its own communes only, whoever else has rows in the ledger. ``warnings`` are what
    a person should look at in its file.
    """

    house: House
    province: Province
    revision: int
    commune_ids: tuple[str, ...]
    warnings: tuple[Problem, ...]

    @property
    def workspace(self) -> Path:
        return self.house.workspace

    @property
    def clock(self) -> Clock:
        return self.house.clock

    @property
    def settings(self) -> Settings:
        return self.house.settings

    @property
    def rehearsing(self) -> frozenset[str]:
        """Backends that rehearse: the networked ones, until the workspace is live."""
        return frozenset() if self.settings.live else only_networked(self.house)

    @property
    def areas(self) -> Areas:
        return Areas(self.house.database, self.province.id)

    @property
    def fanout(self) -> Fanout:
        return Fanout(self.house.database, self.province.id, self.house.options)

    @property
    def views(self) -> Views:
        """What happened in the province's own office."""
        return Views(self.house.database, self.province.id)

    def ledger(self, commune_id: str) -> Ledger:
        """Return a commune's part of the ledger. Raises LoaError for one of somebody else's."""
        if commune_id not in self.commune_ids:
            message = _('the province has no commune "{commune}" (loa registry list)')
            raise LoaError(message.format(commune=commune_id))
        return self._ledger(commune_id)

    def registry(self, commune_id: str) -> Registry:
        registries = self.ledger(commune_id).registries
        return registries.load(registries.latest())

    def load(self, path: Path, at: datetime | None = None) -> LoadedCampaign:
        """Read a campaign file as of ``at``, or now.

        Raises InputError, LoaError while there is no commune.
        """
        if not self.commune_ids:
            raise LoaError(no_commune_yet())
        return load_province_campaign(path, self, self.house.options, at or self.clock.now())

    def check_clock(self) -> None:
        """Refuse to act by a clock that stands behind what has happened. Raises LoaError."""
        check_clock(self.clock, self.views.last_event_at())

    @contextmanager
    def office(self) -> Iterator[ProvinceOffice]:
        """Open the province's office; its channels plan, and send nothing."""
        own = self._ledger(self.province.id)
        channels = self.house.channels(self.workspace, own)
        try:
            yield ProvinceOffice(
                province=self.province,
                revision=self.revision,
                communes=self.commune_ids,
                fanout=self.fanout,
                credentials=own.credentials,
                ledger_of=self.ledger,
                artifacts=self.house.artifacts,
                channels=channels,
                clock=self.clock,
                workspace=self.workspace,
                load=self.load,
                prove=self._prove,
                boundary=self.house.boundary,
            )
        finally:
            close_channels(channels)

    def _prove(self, commune_id: str, plan: Plan, registry: Registry) -> None:
        """Prove a plan by the channels that will make it: the commune's own."""
        channels = self.house.channels(folder_of(self.house, commune_id), self.ledger(commune_id))
        try:
            Prover(channels, self.house.artifacts, self.house.observer).prove(plan, registry)
        except LoaError as error:
            raise LoaError(f"{commune_id}: {error}") from error
        finally:
            close_channels(channels)

    def close(self) -> None:
        self.house.close()

    def __enter__(self) -> ProvinceApp:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _ledger(self, scope: str) -> Ledger:
        house = self.house
        return Ledger.on(house.database, scope, seal=house.seal, options=house.options)


def no_commune_yet() -> str:
    """Say what a province lacks whose registry was never imported."""
    return _(
        "the registry has no commune yet; take them in with: loa registry import FILES"
        " (a table to fill in: loa registry template FILE)"
    )


def open_province(
    workspace: Path, *, clock: Clock | None = None, boundary: Boundary = no_boundary
) -> ProvinceApp:
    """Open a province's workspace; its file gets a new revision when it changed.

    Raises InputError for the file, LoaError for a ledger that cannot be used.
    """
    loaded = load_province(workspace / PROVINCE_FILE)
    house = open_house(workspace, clock=clock, boundary=boundary)
    province = loaded.province
    provinces = Provinces(house.database, province.id, house.seal)
    revision = provinces.save(province, loaded.sha256, house.clock.now())
    communes = tuple(area.id for area in Areas(house.database, province.id).communes())
    return ProvinceApp(house, province, revision, communes, loaded.warnings)
