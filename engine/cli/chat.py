"""Commands about chat groups: a marked test to one of them, and which ones a bot has heard."""

from __future__ import annotations

from pathlib import Path

import click

from channels.base import ChannelError
from channels.chat.assembling import described, group_of
from channels.chat.bots.heard import heard_by
from channels.chat.channel import ChatChannel
from channels.chat.sheet import Part, Sheet
from channels.chat.telegram import TelegramBackend
from channels.chat.zalo_bot import ZaloBotBackend
from engine.app import App
from engine.cli.commands import Suggesting
from engine.cli.common import commune_option, open_workspace, workspace_option
from engine.cli.words import translate_placeholders
from engine.clock import local
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, ChatGroup, Priority

#: Bots that can be asked who wrote to them.
_BOTS = (TelegramBackend.name, ZaloBotBackend.name)

#: What stands before every test; a person who reads it alone knows that it is none to act on.
_MARK = "TIN THỬ – không phải thông báo, bà con không cần làm gì."


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = Suggesting("chat", subcommand_metavar=_("COMMAND [ARGS]..."))
    for command in (_test(), _heard()):
        translate_placeholders(command)
        group.add_command(command)
    return [group]


def _test() -> click.Command:
    @click.command("test", help=_("Send a message marked as a test to the chat group GROUP."))
    @click.argument("group_id", metavar="GROUP")
    @commune_option
    @workspace_option
    def command(group_id: str, workspace: Path | None) -> int:
        with open_workspace(workspace, acting=True) as app:
            group = _known(app, group_id)
            backend = app.channels[ChatChannel.name].backends[group.backend]
            artifact, bundle = _message(app, group)
            if group.backend in app.rehearsing:
                click.echo(_("rehearsal: nothing leaves until live = true; it would say:"))
                click.echo(Sheet.of_artifact(artifact).parts[0].text)
                return 0
            try:
                receipt = backend.deliver(artifact, bundle)
            except ChannelError as error:
                raise LoaError(str(error)) from error
            words = _("✓ {group}: a test was sent by {backend}: {reference}")
            click.echo(
                words.format(group=group.id, backend=group.backend, reference=receipt.reference)
            )
        return 0

    return command


def _heard() -> click.Command:
    @click.command("heard", help=_("List the chats that wrote to a bot: BOT telegram, zalo_bot."))
    @click.argument("bot", metavar="BOT", type=click.Choice(_BOTS))
    @commune_option
    @workspace_option
    def command(bot: str, workspace: Path | None) -> int:
        with open_workspace(workspace) as app:
            backend = app.channels[ChatChannel.name].backends[bot]
            assert isinstance(backend, TelegramBackend | ZaloBotBackend)
            try:
                found = heard_by(backend)
            except ChannelError as error:
                raise LoaError(str(error)) from error
            used = {one.address: one.id for one in app.registry.chat_groups if one.backend == bot}
            for chat in found:
                known = used.get(chat.id, _("not in the registry"))
                click.echo(f"{chat.id}  {chat.kind}  {chat.name}  ({known})")
            if not found:
                click.echo(_("Nobody has written to the bot lately: write to it, then ask again."))
        return 0

    return command


def _known(app: App, group_id: str) -> ChatGroup:
    """Return the group. Raises LoaError for one that there is not, or of an unknown kind."""
    known = [group.id for group in app.registry.chat_groups]
    if group_id not in known:
        message = _("there is no chat group {group} (there are: {known})")
        raise LoaError(message.format(group=group_id, known=", ".join(known) or "-"))
    group = group_of(group_id, app.registry)
    if group.backend not in app.channels[ChatChannel.name].backends:
        raise LoaError(
            _("chat group {group}: unknown backend {backend}").format(
                group=group.id, backend=group.backend
            )
        )
    return group


def _message(app: App, group: ChatGroup) -> tuple[Artifact, Bundle]:
    """Return a bundle of its own, which no delivery is in: nothing is tracked of a test."""
    now, office = app.clock.now(), app.registry.commune.office
    text = f"{_MARK}\n\n{office}, {local(now):%H:%M ngày %d/%m/%Y}."
    sheet = Sheet(
        group=described(group, app.registry),
        office=office,
        phone=app.registry.commune.phone,
        urgent=False,
        titles=(_MARK,),
        links=(),
        parts=(Part(campaign_id="tin-thu", number=1, text=text),),
    )
    bundle = Bundle(
        id=0,
        commune_id=app.ledger.commune_id,
        channel=ChatChannel.name,
        backend=group.backend,
        target=group.id,
        slot=now,
        version=1,
        priority=Priority.ROUTINE,
        edition=int(now.timestamp()),  # a key of its own: the next test is another message
    )
    return Artifact((sheet.to_file(),)), bundle
