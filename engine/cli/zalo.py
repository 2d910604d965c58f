"""Commands about a commune's Zalo Official Account: log in to it, see its groups, make one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from channels.base import ChannelError
from channels.chat.channel import ChatChannel
from channels.chat.zalo.account import ZaloAccount
from channels.chat.zalo.client import ZaloClient
from channels.chat.zalo.keeper import REFRESH_LIFE
from channels.chat.zalo.logging_in import Login
from engine.app import App
from engine.app.chat_accounts import zalo_account
from engine.cli.commands import Suggesting
from engine.cli.common import commune_option, open_workspace, workspace_option
from engine.cli.words import translate_placeholders
from engine.clock import local
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models import TokenPair

#: Groups asked for at a time, and members that a new one may have.
_PAGE, _MEMBERS = 50, 99
#: How long a token given by hand is taken to live: nobody can say how old it is.
_SEEDED = timedelta(hours=1)


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = Suggesting("zalo", subcommand_metavar=_("COMMAND [ARGS]..."))
    for command in (_login(), _seed(), _status(), _groups(), _new_group()):
        translate_placeholders(command)
        group.add_command(command)
    return [group]


def _login() -> click.Command:
    @click.command("login", help=_("Log in to the Official Account: agree in a browser, once."))
    @commune_option
    @workspace_option
    def command(workspace: Path | None) -> int:
        with _account(workspace) as (app, account):
            if not account.redirect_url:
                raise LoaError(
                    _("write redirect_url in [zalo.{commune}] first, as it stands at Zalo").format(
                        commune=app.ledger.commune_id
                    )
                )
            login = Login(account)
            click.echo(_("Open this address as an administrator of the account, and agree:"))
            click.echo(login.address)
            pasted = click.prompt(_("Paste the address that the browser came to"), type=str)
            _keep(app, account, login.finish(pasted, app.clock.now()))
        return 0

    return command


def _seed() -> click.Command:
    @click.command("seed", help=_("Give Loa a pair of tokens that was obtained elsewhere."))
    @commune_option
    @workspace_option
    def command(workspace: Path | None) -> int:
        with _account(workspace) as (app, account):
            access = click.prompt(_("Access token"), hide_input=True, type=str).strip()
            refresh = click.prompt(_("Refresh token"), hide_input=True, type=str).strip()
            now = app.clock.now()
            _keep(app, account, TokenPair(access, refresh, now + _SEEDED, now + REFRESH_LIFE))
        return 0

    return command


def _status() -> click.Command:
    @click.command("status", help=_("Say until when Loa may speak for the account."))
    @commune_option
    @workspace_option
    def command(workspace: Path | None) -> int:
        with _account(workspace) as (app, account):
            pair = app.ledger.tokens.get(account.key)
            click.echo(
                _("Official Account {oa}, app {app}").format(oa=account.oa_id, app=account.app_id)
            )
            if pair is None:
                click.echo(_("✗ nobody has logged in: loa zalo login"))
                return 1
            if pair.refused:
                message = _("✗ Zalo does not renew the token ({reason}): loa zalo login")
                click.echo(message.format(reason=pair.refused))
                return 1
            message = _("✓ token until {access}, renewed by itself; login good until {refresh}")
            click.echo(
                message.format(
                    access=_moment(pair.access_until), refresh=_moment(pair.refresh_until)
                )
            )
        return 0

    return command


def _groups() -> click.Command:
    @click.command("groups", help=_("List the groups that the Official Account has made."))
    @commune_option
    @workspace_option
    def command(workspace: Path | None) -> int:
        with _client(workspace) as (app, client):
            table = Table(_("id"), _("name"), _("members"), _("in commune.yaml"), box=None)
            known = {
                group.address: group.id
                for group in app.registry.chat_groups
                if group.backend == "zalo"
            }
            for one in _all_groups(client):
                name = str(one.get("group_id", ""))
                table.add_row(
                    name,
                    str(one.get("name", "")),
                    str(one.get("total_member", "")),
                    known.get(name, "-"),
                )
            Console().print(table)
        return 0

    return command


def _new_group() -> click.Command:
    @click.command("new-group", help=_("Make a group of the Official Account, and print its id."))
    @click.option("--name", required=True, metavar=_("NAME"), help=_("What it is called."))
    @click.option("--about", default="", metavar=_("TEXT"), help=_("What it is for."))
    @click.option(
        "--member",
        "members",
        multiple=True,
        required=True,
        metavar=_("USER"),
        help=_("A member's id at Zalo; may be given up to 99 times."),
    )
    @commune_option
    @workspace_option
    def command(name: str, about: str, members: tuple[str, ...], workspace: Path | None) -> int:
        if len(members) > _MEMBERS:
            raise click.UsageError(
                _("found {count} members; {most} are allowed").format(
                    count=len(members), most=_MEMBERS
                )
            )
        with _client(workspace, acting=True) as (_app, client):
            made = _make_group(client, name, about, members)
            click.echo(made["group_id"])
            click.echo(str(made.get("group_link", "")), err=True)
        return 0

    return command


def _make_group(
    client: ZaloClient, name: str, about: str, members: Sequence[str]
) -> dict[str, Any]:
    packages = client.post("/v3.0/oa/quota/group", {}, where=name) or []
    free = [one for one in packages if one.get("status", "available") == "available"]
    if not free:
        raise LoaError(_("the Official Account has no group package left: buy one at Zalo"))
    made = client.post(
        "/v3.0/oa/group/creategroupwithoa",
        {
            "group_name": name,
            "group_description": about,
            "asset_id": free[0]["asset_id"],
            "member_user_ids": list(members),
        },
        where=name,
    )
    if not isinstance(made, dict) or "group_id" not in made:
        raise LoaError(_("Zalo made a group and did not say which: look with loa zalo groups"))
    return made


def _all_groups(client: ZaloClient) -> Iterator[dict[str, Any]]:
    offset = 0
    while True:
        asked = {"offset": offset, "count": _PAGE}
        data = client.get("/v3.0/oa/group/getgroupsofoa", asked, where=client.account.oa_id)
        found = data.get("groups", []) if isinstance(data, dict) else []
        yield from found
        offset += len(found)
        if len(found) < _PAGE:
            return


@contextmanager
def _account(workspace: Path | None) -> Iterator[tuple[App, ZaloAccount]]:
    """Open the commune and its account. Raises LoaError where none is set up."""
    with open_workspace(workspace, acting=True) as app:
        account = zalo_account(app.settings, app.ledger.commune_id)
        if account is None:
            raise LoaError(
                _("no Official Account is set up: write [zalo.{commune}] in loa.toml").format(
                    commune=app.ledger.commune_id
                )
            )
        with _told():
            yield app, account


@contextmanager
def _client(workspace: Path | None, *, acting: bool = False) -> Iterator[tuple[App, ZaloClient]]:
    with _account(workspace) as (app, _found):
        chat = app.channels[ChatChannel.name]
        assert isinstance(chat, ChatChannel)
        if acting and not app.settings.live:
            raise LoaError(_("the workspace only rehearses: set live = true in loa.toml first"))
        yield app, chat.zalo.configured()


@contextmanager
def _told() -> Iterator[None]:
    """Turn a far side's refusal into an error of the command's."""
    try:
        yield
    except ChannelError as error:
        raise LoaError(str(error)) from error


def _keep(app: App, account: ZaloAccount, pair: TokenPair) -> None:
    app.ledger.tokens.seed(account.key, pair)
    message = _("✓ logged in to Official Account {oa}; renewed by itself while Loa runs, live")
    click.echo(message.format(oa=account.oa_id))


def _moment(moment: Any) -> str:
    return f"{local(moment):%H:%M %d/%m/%Y}"
