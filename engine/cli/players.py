"""Commands about players that fetch their programmes: enrol one, list them, revoke one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from engine.app import App
from engine.cli.commands import Suggesting
from engine.cli.common import commune_option, open_workspace, said_commune, workspace_option
from engine.cli.words import translate_placeholders
from engine.clock import local
from engine.errors import LoaError
from engine.i18n import decimal, joined
from engine.i18n import gettext as _
from engine.ledger.players import Player


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = Suggesting("players", subcommand_metavar=_("COMMAND [ARGS]..."))
    for command in (_enrol(), _list(), _revoke(), _key(), _new_key()):
        translate_placeholders(command)
        group.add_command(command)
    return [group]


def _enrol() -> click.Command:
    @click.command("enrol", help=_("Print a code with which one player is enrolled, once."))
    @click.option(
        "--cluster",
        "clusters",
        multiple=True,
        required=True,
        metavar=_("CLUSTER"),
        help=_("Where it plays (a cluster's id); may be given several times."),
    )
    @click.option("--name", default="", metavar=_("NAME"), help=_("What people call it."))
    @commune_option
    @workspace_option
    def command(clusters: tuple[str, ...], name: str, workspace: Path | None) -> int:
        with open_workspace(workspace, acting=True) as app:
            _check_clusters(app, clusters)
            now = app.clock.now()
            until = now + timedelta(hours=app.settings.console.code_hours)
            player, code = app.ledger.players.invite(
                dict.fromkeys(clusters), name=name, at=now, until=until
            )
            click.echo(code.text)
            words = _("player {player}; good once, until {moment}; type it in at the player")
            moment = f"{local(until):%H:%M %d/%m/%Y}"
            click.echo(words.format(player=player.id, moment=moment), err=True)
            if len(player.clusters) > 1:
                click.echo(_one_amplifier(player.clusters), err=True)
        return 0

    return command


def _one_amplifier(clusters: Sequence[str]) -> str:
    """Say what it means that one player plays for several clusters."""
    words = _(
        "one player is one amplifier: what is the same in a slot sounds once for {clusters}; what"
        " differs is played one after another. Clusters with amplifiers of their own need players"
        " of their own"
    )
    return words.format(clusters=", ".join(clusters))


def _check_clusters(app: App, clusters: Sequence[str]) -> None:
    """Raises LoaError for a cluster that there is not, or that another kind of player plays."""
    known = {cluster.id: cluster for cluster in app.registry.clusters}
    agents = [name for name, one in app.settings.players.items() if one.kind == "agent"]
    for name in clusters:
        if name not in known:
            message = _("there is no cluster {cluster} (there are: {known})")
            raise LoaError(message.format(cluster=name, known=", ".join(sorted(known)) or "-"))
        if known[name].player not in agents:
            message = _(
                "cluster {cluster} is played by “{player}”, which fetches nothing: give it a player"
                ' of kind = "agent" in commune.yaml and loa.toml (there are: {known})'
            )
            agents_known = ", ".join(agents) or "-"
            raise LoaError(
                message.format(cluster=name, player=known[name].player, known=agents_known)
            )


def _list() -> click.Command:
    @click.command("list", help=_("List the players, where they play and how they fare."))
    @click.option("--all", "everyone", is_flag=True, help=_("Also those that were revoked."))
    @commune_option
    @workspace_option
    def command(everyone: bool, workspace: Path | None) -> int:
        with open_workspace(workspace) as app:
            found = [one for one in app.ledger.players.all() if everyone or not one.revoked_at]
            Console().print(_table(found) if found else _("no player is enrolled"))
        return 0

    return command


def _table(players: Sequence[Player]) -> Table:
    """Return two rows for each: how it fares, and what it is."""
    headings = _("player"), _("clusters"), _("state"), _("last seen"), _("clock")
    table = Table(*headings, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for one in players:
        table.add_row(
            one.id,
            ", ".join(one.clusters),
            _state(one),
            f"{local(one.seen_at):%H:%M:%S %d/%m}" if one.seen_at else "–",
            f"{decimal(round(one.offset.total_seconds(), 1) + 0.0, '+.1f')} s"
            if one.offset is not None
            else "–",
        )
        table.add_row("", *_details(one))
    return table


def _details(one: Player) -> tuple[str, ...]:
    disk = _("disk free: {size} MB").format(size=one.disk_free >> 20) if one.disk_free else ""
    version = _("version {version}").format(version=one.version) if one.version else ""
    key = _("key {key}").format(key=one.key_id)
    lacking = _("cannot play whole: {count} programmes").format(count=len(one.lacking))
    return (joined("\n", (one.name, disk, version, key, lacking if one.lacking else "")),)


def _state(player: Player) -> str:
    if player.revoked_at is not None:
        return _("revoked")
    return _("enrolled") if player.enrolled_at is not None else _("waits for its code")


def _revoke() -> click.Command:
    @click.command("revoke", help=_("Let PLAYER fetch nothing more; what it has it may play."))
    @click.argument("player")
    @commune_option
    @workspace_option
    def command(player: str, workspace: Path | None) -> int:
        with open_workspace(workspace, acting=True) as app:
            revoked = app.ledger.players.revoke(player, app.clock.now())
            words = _("{player} is revoked; what it fetched before, it may still play")
            click.echo(words.format(player=revoked.id))
        return 0

    return command


def _key() -> click.Command:
    @click.command("key", help=_("Print the public key that a device over MQTT must trust."))
    @commune_option
    @workspace_option
    def command(workspace: Path | None) -> int:
        with open_workspace(workspace, acting=True) as app:
            click.echo(app.ledger.player_keys.current(app.clock.now()).text)
        return 0

    return command


def _new_key() -> click.Command:
    @click.command(
        "new-key",
        help=_("Sign with a new key; players that are enrolled already keep the old one."),
    )
    @commune_option
    @workspace_option
    def command(workspace: Path | None) -> int:
        with open_workspace(workspace, acting=True) as app:
            now = app.clock.now()
            key = app.ledger.player_keys.rotate(now)
            old = [one.id for one in app.ledger.players.all() if not one.revoked_at]
            click.echo(_("new key {key}").format(key=key.id))
            if old:
                words = _("enrol anew, then revoke with loa players revoke{commune}: {players}")
                click.echo(words.format(commune=said_commune(), players=", ".join(old)))
        return 0

    return command
