"""How packages for the province's system are listed on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import click

from engine.app.packages import ListedPackage
from engine.cli.common import shown_path
from engine.i18n import gettext as _


def show_packages(listed: Sequence[ListedPackage]) -> None:
    """Print a line for each package, with the file that holds it; first what waits."""
    if not listed:
        click.echo(_("There is no package: no cluster has a player of the kind “package”."))
        return
    for one in sorted(listed, key=lambda one: (not one.waits, one.package.name)):
        item = one.package.item
        clusters = sorted({airing.item.cluster.id for airing in one.package.airings})
        click.echo(f"{_state(one)}  {item.title}")
        if clusters:
            click.echo("   " + _("clusters: {clusters}").format(clusters=", ".join(clusters)))
        click.echo(f"   {shown_path(one.package.path)}")
        if one.package.lost and one.package.airings:
            message = _("taken back in part: read the note THU-HOI beside it")
            click.echo(f"   {message}")


def _state(one: ListedPackage) -> str:
    if not one.package.airings:
        return _("✗ take back")
    if not one.waits:
        return _("✓ uploaded")
    return _("● to upload ({left} of {all})").format(
        left=one.deliveries - one.uploaded, all=one.deliveries
    )
