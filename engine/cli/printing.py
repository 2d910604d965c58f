"""``loa print``: a campaign's flyers to a printer, or as files for one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from channels.base import ChannelError
from channels.flyer.products import Product
from engine.cli.common import commune_option, open_workspace, shown_path, workspace_option
from engine.cli.wrapping import marked_lines
from engine.errors import LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.i18n import os_reason

if TYPE_CHECKING:
    from engine.app import App
    from engine.app.printing import Order, Wish


def commands() -> list[click.Command]:
    return [print_run()]


def print_run() -> click.Command:
    @click.command("print")
    @click.argument("campaign_id", metavar="ID")
    @click.option("--printer", help=_("A CUPS queue or IPP printer: ipp://…"))
    @click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, file_okay=False),
        help=_("Write files into this folder instead of printing."),
    )
    @click.option(
        "--product", "products", multiple=True, type=click.Choice([one.value for one in Product])
    )
    @click.option("--hamlet", "hamlets", multiple=True, help=_("Only this hamlet's."))
    @click.option("--team", default="", help=_("Only this team's."))
    @click.option("--by", type=click.Choice(["hamlet", "team"]), help=_("How bundles are made."))
    @click.option("--jobs", type=click.Choice(["bundle", "one"]), help=_("A file each, or one."))
    @click.option("--up", type=click.Choice(["1", "2", "4"]), help=_("Copies on a sheet."))
    @click.option("--pages", metavar="N-M", help=_("Only these sheets of each job, once more."))
    @click.option("--again", is_flag=True, help=_("Also what was printed and is the same."))
    @click.option("--no-covers", is_flag=True, help=_("Without cover sheets."))
    @click.option("--preview", is_flag=True, help=_("A picture of each product instead."))
    @click.option(
        "--who", "person", metavar=_("PERSON"), help=_("Who prints, for the audit trail.")
    )
    @commune_option
    @workspace_option
    def command(
        campaign_id: str,
        printer: str | None,
        output: Path | None,
        products: tuple[str, ...],
        hamlets: tuple[str, ...],
        team: str,
        by: str | None,
        jobs: str | None,
        up: str | None,
        pages: str | None,
        again: bool,
        no_covers: bool,
        preview: bool,
        person: str | None,
        workspace: Path | None,
    ) -> None:
        from engine.app.printing import Wish

        with open_workspace(workspace, acting=not preview) as app:
            actor = _known(app, person) if person else "loa"
            settings = app.settings.print
            wish = Wish(
                campaign_id,
                tuple(map(Product, products)),
                hamlets,
                team,
                "team" if (by or settings.by) == "team" else "hamlet",
                "one" if (jobs or settings.jobs) == "one" else "bundle",
                int(up) if up else settings.up,
                settings.covers and not no_covers,
                _pages(pages) if pages else None,
                again,
            )
            folder = output or app.workspace / "in" / campaign_id
            target = "" if output else (printer or settings.printer)
            try:
                if preview:
                    _write_previews(app, wish, folder)
                elif target:
                    _send(app, wish, target, actor)
                else:
                    _write(app, wish, folder, actor)
            except ChannelError as error:
                raise LoaError(str(error)) from error
            except OSError as error:
                message = _("{place} cannot be written or read: {reason}")
                raise LoaError(message.format(place=folder, reason=os_reason(error))) from error

    return command


def _pages(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", text.strip())
    if found is None:
        raise LoaError(_("found {found}; write sheets as 5 or 5-8").format(found=text[:40]))
    return int(found[1]), int(found[2] or found[1])


def _write(app: App, wish: Wish, folder: Path, actor: str) -> None:
    from engine.app.printing import jobs_of, orders_of, record_job

    _tell_left_out(orders := orders_of(app, wish))
    for job in jobs_of(app, wish, orders):
        write_atomic(folder / job.name, job.pdf)
        record_job(app, wish.campaign_id, job, shown_path(folder), actor)
        click.echo(f"  {shown_path(folder / job.name)} ({_sheets(job.sheets)})")


def _send(app: App, wish: Wish, printer: str, actor: str) -> None:
    from channels.flyer.ipp import print_job
    from engine.app.printing import jobs_of, orders_of, record_job

    if not app.settings.live:
        message = _("rehearsal: nothing is printed until loa.toml says live = true; see --output")
        raise LoaError(message)
    _tell_left_out(orders := orders_of(app, wish))
    for job in jobs_of(app, wish, orders):
        name = job.name.removesuffix(".pdf")
        number = print_job(printer, name, job.pdf, job.media, "loa")
        record_job(app, wish.campaign_id, job, _place_of(printer), actor)
        click.echo(
            _("✓ {name}: job {number}, {sheets}").format(
                name=name, number=number, sheets=_sheets(job.sheets)
            )
        )


def _tell_left_out(orders: Sequence[Order]) -> None:
    """Name the hamlets that have the same on paper already, product by product."""
    for order in orders:
        if order.left_out:
            message = _("{product}: printed before and the same, so left out: {hamlets}")
            names = ", ".join(hamlet.name for hamlet in order.left_out)
            text = message.format(product=order.run.product.in_words, hamlets=names)
            click.echo("\n".join(marked_lines("–", text)))
    if any(order.left_out for order in orders):
        click.echo("  " + _("--again prints them once more, marked as a reprint"))
    if not any(order.stacks for order in orders):
        click.echo(_("Nothing new to print."))


def _known(app: App, person: str) -> str:
    if person not in app.registry.people_by_id:
        message = _('nobody in the registry has the id "{person}"')
        raise LoaError(message.format(person=person))
    return person


def _place_of(printer: str) -> str:
    """Return a printer's address without what may be a secret in it."""
    parts = urlsplit(printer)
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return f"{parts.scheme}://{host}{parts.path}"


def _write_previews(app: App, wish: Wish, folder: Path) -> None:
    from channels.flyer.jobs import preview_png
    from engine.app.printing import sheaf_of

    sheaf = sheaf_of(app, wish.campaign_id)
    for product in wish.products or sheaf.products:
        share = sheaf.share_with(product)
        path = folder / f"{wish.campaign_id}-{product}.png"
        write_atomic(path, preview_png(share.content, share.hamlet, product))
        click.echo(f"  {shown_path(path)}")


def _sheets(count: int) -> str:
    return _("{count} sheets").format(count=count)
