"""Far sides to try things with: a Zalo of one's own, on this machine."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

import click

from engine.cli.commands import Suggesting
from engine.cli.stopping import stopped_by_signals
from engine.cli.words import translate_placeholders
from engine.i18n import gettext as _


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = Suggesting("fake", subcommand_metavar=_("COMMAND [ARGS]..."))
    for command in (_zalo(), _zalo_bot()):
        translate_placeholders(command)
        group.add_command(command)
    return [group]


def _zalo() -> click.Command:
    @click.command(
        "zalo", help=_("Answer as Zalo does, on this machine alone, until stopped with Ctrl-C.")
    )
    @click.option("--port", default=8190, show_default=True, type=click.IntRange(0, 65535))
    @click.option(
        "--log",
        "log",
        type=click.Path(dir_okay=False, path_type=Path),
        default=Path("zalo-gia.jsonl"),
        show_default=True,
        help=_("Where everything it takes is written, line by line."),
    )
    @click.option("--group", "groups", multiple=True, metavar=_("NAME"), help=_("A group it has."))
    @click.option(
        "--hook", default="", metavar=_("URL"), help=_("Whom to tell what people say in groups.")
    )
    @click.option("--per-minute", default=4000, show_default=True, type=click.IntRange(1))
    @click.option(
        "--per-day",
        default=1_000_000,
        show_default=True,
        type=click.IntRange(0),
        help=_("Messages to groups that it takes in a day; then it refuses (-211)."),
    )
    def command(
        port: int, log: Path, groups: tuple[str, ...], hook: str, per_minute: int, per_day: int
    ) -> int:
        from channels.chat.zalo.fake import FakeZalo, World
        from channels.chat.zalo.fake.world import Group

        world = World(
            log,
            app_secret=secrets.token_urlsafe(16),
            oa_secret=secrets.token_urlsafe(16),
            per_minute=per_minute,
            per_day=per_day,
        )
        for number, name in enumerate(groups or (_("Group of the heads"),), start=1):
            world.groups[f"g{number:03d}"] = Group(f"g{number:03d}", name)
        with FakeZalo(world, port=port, hook=hook) as zalo:
            pair = world.new_pair()
            click.echo(_("# A Zalo that is none, for trials. Put this into loa.toml:"))
            click.echo("[zalo.XA]")
            click.echo(f'app_id = "{world.app_id}"\noa_id = "{world.oa_id}"')
            click.echo(f'app_secret = "{world.app_secret}"\noa_secret = "{world.oa_secret}"')
            click.echo(f'api_url = "{zalo.base_url}"\noauth_url = "{zalo.base_url}"')
            click.echo(f'redirect_url = "{zalo.base_url}/da-dong-y"')
            click.echo(_("# Tokens for loa zalo seed (or use loa zalo login):"))
            click.echo(f"#   {pair['access_token']}\n#   {pair['refresh_token']}")
            for group in world.groups.values():
                click.echo(f"# {group.id}  {group.name}")
            click.echo(_("# What it has taken: {url}").format(url=zalo.base_url))
            stop = threading.Event()
            with stopped_by_signals(stop):
                stop.wait()
        return 0

    return command


def _zalo_bot() -> click.Command:
    @click.command(
        "zalo-bot",
        help=_("Answer as Zalo Bot does, on this machine alone, until stopped with Ctrl-C."),
    )
    @click.option("--port", default=8191, show_default=True, type=click.IntRange(0, 65535))
    @click.option(
        "--log",
        "log",
        type=click.Path(dir_okay=False, path_type=Path),
        default=Path("zalo-bot-gia.jsonl"),
        show_default=True,
        help=_("Where everything it takes is written, line by line."),
    )
    @click.option(
        "--group", "groups", multiple=True, metavar="ID", help=_("A group that the bot is in.")
    )
    @click.option("--per-minute", default=1000, show_default=True, type=click.IntRange(1))
    def command(port: int, log: Path, groups: tuple[str, ...], per_minute: int) -> int:
        from channels.chat.zalo_bot.fake import FakeZaloBot
        from channels.chat.zalo_bot.fake_world import BotWorld

        world = BotWorld(log, token=f"123456789:{secrets.token_urlsafe(24)}", per_minute=per_minute)
        for group in groups or ("truong-ap",):
            world.chats[group] = "GROUP"
            world.said(group, _("Group of the heads"), "@bot")
        with FakeZaloBot(world, port=port) as bot:
            click.echo(_("# A Zalo that is none, for trials. Put this into loa.toml:"))
            click.echo("[zalo_bot]")
            click.echo(f'base_url = "{bot.base_url}"\ntoken = "{world.token}"')
            click.echo(_("# Its chats are: {chats}").format(chats=", ".join(world.chats)))
            click.echo(_("# What it has taken: {url}").format(url=bot.base_url))
            stop = threading.Event()
            with stopped_by_signals(stop):
                stop.wait()
        return 0

    return command
