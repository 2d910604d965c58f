"""The packages for the province's system: what lies there, and what a person has uploaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from channels.base import ChannelError
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.players.package.backend import (
    TAKE_BACK,
    Package,
    PackageBackend,
    unknown_package,
)
from engine.app.house import House
from engine.app.opening import App
from engine.app.players import package_folder
from engine.clock import local
from engine.dispatch.confirming import confirm_uploaded, uploaded_already
from engine.errors import LoaError
from engine.ledger import DeliveryRow, Ledger
from engine.notices.packages import TakenBack
from engine.settings.players import PackagePlayer


@dataclass(frozen=True, slots=True)
class ListedPackage:
    """A package of one ``player``; of its ``deliveries`` so many are said to be uploaded."""

    player: str
    package: Package
    deliveries: int
    uploaded: int

    @property
    def waits(self) -> bool:
        """Say whether somebody must upload it, again when slots or clusters have joined."""
        return bool(self.package.airings) and self.uploaded < self.deliveries


def packages_of(app: App) -> list[ListedPackage]:
    """Return every package of the commune. Raises LoaError when they cannot be read."""
    found = []
    for player, package in _all(app):
        rows = _rows(app, player, package)
        known = uploaded_already(app.ledger, {package.item.campaign})
        uploaded = sum(row.id in known for row in rows)
        found.append(ListedPackage(player, package, len(rows), uploaded))
    return found


def package_uploaded(app: App, name: str, by: str) -> int:
    """Keep somebody's word that a package is on the province's system; return how much is new.

    Raises LoaError for a package that does not lie there, and for who may not say so.
    """
    listed = _all(app)
    rows = [
        row
        for player, package in listed
        if package.name == name
        for row in _rows(app, player, package)
    ]
    if not rows:
        raise LoaError(str(unknown_package(name, [package for _player, package in listed])))
    return confirm_uploaded(app.ledger, app.registry, rows, by, app.clock.now())


def taken_back(house: House, ledger: Ledger, folder: Path) -> list[TakenBack] | None:
    """Return what must come off the province's system, for a commune whose folder this is.

    None where no package lies on this machine. Raises LoaError when they cannot be read.
    """
    players = {
        name: package_folder(name, player, folder, ledger.commune_id)
        for name, player in house.settings.players.items()
        if isinstance(player, PackagePlayer)
    }
    there = {name: place for name, place in players.items() if place.is_dir()}
    if players and not there:
        return None
    try:
        return [
            _taken_back(ledger, name, package)
            for name, place in there.items()
            for package in PackageBackend(place, name=name).packages()
            if package.lost
        ]
    except ChannelError as error:
        raise LoaError(str(error)) from error


def _taken_back(ledger: Ledger, player: str, package: Package) -> TakenBack:
    note = TAKE_BACK.format(name=package.name)
    campaign_id = package.item.campaign
    lost = {(one.item.cluster.id, one.slot) for one in package.lost}
    known = uploaded_already(ledger, {campaign_id})
    uploaded = any(
        row.id in known and (row.target, local(row.slot).isoformat()) in lost
        for row in ledger.views.deliveries(campaign_id)
        if (row.channel, row.backend) == (LoudspeakerChannel.name, player)
    )
    airings = tuple(sorted(datetime.fromisoformat(slot) for _cluster, slot in lost))
    return TakenBack(campaign_id, package.name, note, airings, uploaded)


def _all(app: App) -> list[tuple[str, Package]]:
    channel = app.channels[LoudspeakerChannel.name]
    try:
        return [
            (name, package)
            for name, backend in channel.backends.items()
            if isinstance(backend, PackageBackend)
            for package in backend.packages()
        ]
    except ChannelError as error:
        raise LoaError(str(error)) from error


def _rows(app: App, player: str, package: Package) -> list[DeliveryRow]:
    """Return the deliveries that a package carries."""
    airs = {
        (airing.item.cluster.id, airing.slot, hamlet.id)
        for airing in package.airings
        for hamlet in airing.item.hamlets
    }
    item = package.item
    return [
        row
        for row in app.ledger.views.deliveries(item.campaign)
        if (row.channel, row.backend) == (LoudspeakerChannel.name, player)
        and row.purpose.value == item.purpose
        and (row.target, local(row.slot).isoformat(), row.hamlet_id) in airs
    ]
