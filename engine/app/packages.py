"""The packages for the province's system: what lies there, and what a person has uploaded."""

from __future__ import annotations

from dataclasses import dataclass

from channels.base import ChannelError
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.players.package.backend import Package, PackageBackend, unknown_package
from engine.app.opening import App
from engine.clock import local
from engine.dispatch.confirming import confirm_uploaded, uploaded_already
from engine.errors import LoaError
from engine.ledger import DeliveryRow


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
