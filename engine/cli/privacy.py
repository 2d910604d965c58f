"""Commands about personal data: removing what has served."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from engine.cli.commands import Suggesting
from engine.cli.common import by_option, commune_option, open_workspace, workspace_option
from engine.cli.words import translate_placeholders
from engine.i18n import gettext as _


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = Suggesting("privacy", subcommand_metavar=_("COMMAND [ARGS]..."))
    command = _purge()
    translate_placeholders(command)
    group.add_command(command)
    return [group]


def _purge() -> click.Command:
    @click.command(
        "purge",
        help=_("Remove private lists, and words about help needed, whose time is over."),
    )
    @click.option(
        "--campaign",
        metavar="ID",
        help=_("This campaign's lists and the words dealt with, at once, whenever it ends."),
    )
    @by_option
    @commune_option
    @workspace_option
    def command(campaign: str | None, by: str, workspace: Path | None) -> int:
        with open_workspace(workspace, acting=True) as app:
            person = app.office.entitled(by)
            if campaign is not None:
                app.office.newest(campaign)
            days = app.settings.privacy.list_days
            purged = app.ledger.visits.purge(
                at=app.clock.now(),
                by=person.id,
                keep=timedelta(days=days),
                campaign_id=campaign,
            )
            click.echo(
                _("✓ removed: {households} households of private lists, {words} words").format(
                    households=purged.households, words=purged.words
                )
            )
            if purged.waiting:
                message = _(
                    "⚠ {count} words stay, for nobody has dealt with them: read them with loa relay"
                    " words, then loa relay words --done KEY --by PERSON, and purge again"
                )
                click.echo(message.format(count=purged.waiting))
        return 0

    return command
