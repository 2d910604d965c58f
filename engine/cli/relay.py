"""Commands about carrying messages on: links for the heads, and what they wrote back."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click

from engine.app import App
from engine.app.linking import address_of
from engine.cli.commands import Suggesting
from engine.cli.common import by_option, commune_option, open_workspace, workspace_option
from engine.cli.words import translate_placeholders
from engine.clock import local
from engine.dispatch.relaying import Relaying
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models import Right
from engine.models.plain import plain
from engine.models.relay import RelayLink, RelayWord, WordKind
from engine.planner.people import People
from engine.reports.tables import harmless


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = Suggesting("relay", subcommand_metavar=_("COMMAND [ARGS]..."))
    for command in (_links(), _revoke(), _words()):
        translate_placeholders(command)
        group.add_command(command)
    return [group]


def _links() -> click.Command:
    @click.command(
        "links", help=_("List everybody's own link to pass campaign ID on, made where missing.")
    )
    @click.argument("campaign_id", metavar="ID")
    @click.option("--csv", "as_csv", is_flag=True, help=_("As a table for a spreadsheet."))
    @commune_option
    @workspace_option
    def command(campaign_id: str, as_csv: bool, workspace: Path | None) -> int:
        with open_workspace(workspace, acting=True) as app:
            app.office.newest(campaign_id)
            now = app.clock.now()
            life = timedelta(days=app.settings.console.link_days)
            relaying = _relaying(app)
            rows = [_row(app, relaying, link) for link in relaying.links(campaign_id, now, life)]
            if as_csv:
                writer = csv.writer(sys.stdout)
                writer.writerow((_("name"), _("phone"), _("hamlets"), _("link"), _("until")))
                writer.writerows([harmless(one) for one in row] for row in rows)
            else:
                _print(rows)
            if not app.settings.console.public_url:
                message = _(
                    "⚠ [console] public_url is not set: these links open only where {listen} does"
                )
                click.echo(message.format(listen=app.settings.console.listen), err=True)
        return 0

    return command


def _revoke() -> click.Command:
    @click.command(
        "revoke", help=_("End a person's link for campaign ID: lost, or in wrong hands.")
    )
    @click.argument("campaign_id", metavar="ID")
    @click.option("--person", required=True, metavar=_("PERSON"), help=_("Whose link."))
    @by_option
    @commune_option
    @workspace_option
    def command(campaign_id: str, person: str, by: str, workspace: Path | None) -> int:
        with open_workspace(workspace, acting=True) as app:
            app.office.newest(campaign_id)
            who, now = app.office.entitled(by), app.clock.now()
            if not app.ledger.relays.revoke(campaign_id, person, at=now, by=who.id):
                message = _("{campaign}: {person} has no open link")
                raise LoaError(message.format(campaign=campaign_id, person=person))
            click.echo(
                _("✓ the link opens nothing any more; a new one: loa relay links {id}").format(
                    id=campaign_id
                )
            )
        return 0

    return command


def _words() -> click.Command:
    @click.command(
        "words", help=_("Read what heads wrote back: questions, why it was not passed on.")
    )
    @click.argument("campaign_id", metavar="[ID]", required=False)
    @click.option("--all", "everything", is_flag=True, help=_("Also what was dealt with."))
    @click.option(
        "--done", "done", multiple=True, metavar=_("KEY"), help=_("Somebody has dealt with it.")
    )
    @click.option(
        "--by", envvar="LOA_PERSON", metavar=_("PERSON"), help=_("Who has, or who reads.")
    )
    @commune_option
    @workspace_option
    def command(
        campaign_id: str | None,
        everything: bool,
        done: tuple[str, ...],
        by: str | None,
        workspace: Path | None,
    ) -> int:
        with open_workspace(workspace, acting=bool(done) or by is not None) as app:
            if done:
                if by is None:
                    raise click.UsageError(_("--done needs --by PERSON"))
                person = app.office.entitled(by)
                count = app.ledger.relays.settle(done, by=person.id, at=app.clock.now())
                click.echo(_("✓ {count} dealt with").format(count=count))
                return 0 if count == len(set(done)) else 1
            words = app.ledger.relays.words(campaign_id, done=everything)
            private = [word for word in words if word.kind is WordKind.NEEDS_HELP]
            if by is not None and private:
                people = People(app.registry.people, app.ledger.credentials)
                person = people.with_right(by, Right.CONFIRM)
                app.ledger.relays.shown(private, by=person.id, at=app.clock.now())
            for word in words:
                told = by is not None or word.kind is not WordKind.NEEDS_HELP
                click.echo("\n".join(_lines(app, word, told=told)))
            if not words:
                click.echo(_("nothing waits for an answer"))
        return 0

    return command


def _relaying(app: App) -> Relaying:
    return Relaying(app.ledger, app.registry, app.channels, app.renderer)


def _row(app: App, relaying: Relaying, link: RelayLink) -> tuple[str, ...]:
    person = app.registry.people_by_id.get(link.person_id)
    return (
        person.name if person is not None else link.person_id,
        person.phone if person is not None else "",
        ", ".join(hamlet.name for hamlet in relaying.hamlets_of(link)),
        address_of(app.settings.console, app.ledger.relays, link),
        f"{local(link.until):%d/%m/%Y}",
    )


def _print(rows: Sequence[Sequence[str]]) -> None:
    """A link is never broken over lines: it is copied from the screen."""
    for name, phone, hamlets, link, until in rows:
        click.echo(f"{name}{f' ({phone})' if phone else ''}: {hamlets}")
        click.echo(f"  {link}")
        click.echo(_("  until {moment}").format(moment=until))


def _lines(app: App, word: RelayWord, *, told: bool) -> Sequence[str]:
    """Return a word as it is printed; what is about people only when it may be ``told``."""
    person = app.registry.people_by_id.get(word.person_id)
    hamlet = app.registry.hamlets_by_id.get(word.hamlet_id)
    kind = {
        WordKind.QUESTION: _("asks"),
        WordKind.NOT_RELAYED: _("could not pass it on"),
        WordKind.UNCLEAR: _("wrote in the group"),
        WordKind.NEEDS_HELP: _("somebody needs help"),
    }[word.kind]
    who = person.name if person is not None else word.person_id or _("somebody unknown")
    where = hamlet.name if hamlet is not None else word.hamlet_id
    about = [f"{local(word.at):%H:%M %d/%m/%Y}", word.campaign_id]
    head = f"{'  '.join(filter(None, (*about, ', '.join(filter(None, (where, who))))))}: {kind}"
    done = _("  dealt with by {person}").format(person=word.done_by) if word.done_at else ""
    hidden = _("  personal: read it with --by PERSON (right to confirm), on record")
    said = f"  {plain(word.text)}" if told else hidden  # it may be from before words were cleaned
    return [plain(head), said, done or f"  --done {word.id}"]
