"""``loa notices``: what needs a person, and what was done about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from engine.app import App
from engine.app.noticing import commune_desk, house_desk
from engine.cli.common import open_workspace, workspace_option
from engine.clock import local
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.machines import Role
from engine.ledger.notices import Kept
from engine.notices import Desk
from engine.notices.words import severity_word, what, what_to_do
from workers.presence import presence_of


def commands() -> list[click.Command]:
    return [notices()]


def notices() -> click.Command:
    @click.command("notices")
    @click.option("--all", "everything", is_flag=True, help=_("Also what is over."))
    @click.option("--json", "as_json", is_flag=True, help=_("For programs: one JSON document."))
    @click.option("--done", "key", metavar=_("KEY"), help=_("Somebody has seen to this one."))
    @click.option(
        "--by",
        envvar="LOA_PERSON",
        metavar=_("PERSON"),
        help=_("Who does this: a person's id in commune.yaml."),
    )
    @workspace_option
    def command(
        everything: bool, as_json: bool, key: str | None, by: str | None, workspace: Path | None
    ) -> int:
        with open_workspace(workspace) as app:
            if key is not None:
                _done(app, key, by)
                return 0
            kept = [one for desk in _desks(app) for one in desk.look(gone=everything)]
            if as_json:
                document = [_document(one) for one in kept]
                click.echo(json.dumps(document, ensure_ascii=False, indent=2))
            else:
                click.echo("\n".join(_page(app, kept)))
            return 1 if any(_open(one) for one in kept) else 0

    return command


def _desks(app: App) -> list[Desk]:
    """Return the commune's desk, and that of the machines, for the commune's people."""
    here = presence_of(app.house, Role.RUN).tell
    commune = app.ledger.commune_id
    return [
        commune_desk(app.house, app.ledger, app.rehearsing),
        house_desk(app.house, app.rehearsing, here, recorded_in=commune),
    ]


def _done(app: App, key: str, by: str | None) -> None:
    """Keep, on the record, that a person has seen to a notice. Raises LoaError."""
    if by is None:
        raise LoaError(_("say who: --by PERSON"))
    person = app.office.entitled(by)
    if not any(desk.done(key, person.id) for desk in _desks(app)):
        raise LoaError(_('there is no notice "{key}": loa notices').format(key=key))
    click.echo(_("✓ {key}: seen to by {person}").format(key=key, person=person.id))


def _page(app: App, kept: list[Kept]) -> Iterator[str]:
    if not any(_open(one) for one in kept):
        yield _("✓ nothing needs a person")
    for one in kept:
        yield from _lines(one)
    if app.settings.notices.targets and not app.settings.live:
        yield _("nothing is told outside until loa.toml says live = true")


def _lines(kept: Kept) -> Iterator[str]:
    notice = kept.notice
    yield f"{_standing(kept)}  {what(notice)}"
    if _open(kept):
        yield f"    → {what_to_do(notice)}"
    since = _("since {moment}").format(moment=f"{local(notice.since):%H:%M %d/%m/%Y}")
    yield f"    {notice.key} · {since}" + "".join(f" · {word}" for word in _life(kept))


def _standing(kept: Kept) -> str:
    if kept.gone_at is not None:
        return _("over").upper()
    if kept.done_at is not None:
        return _("seen to").upper()
    return severity_word(kept.notice.severity).upper()


def _life(kept: Kept) -> Iterator[str]:
    if kept.done_by is not None:
        yield _("seen to by {person}").format(person=kept.done_by)
    if kept.told_at is not None:
        yield _("told at {moment}").format(moment=f"{local(kept.told_at):%H:%M %d/%m/%Y}")
    if kept.error:
        yield _("not told everywhere, {tries} attempts: {reason}").format(
            tries=kept.tries, reason=kept.error
        )


def _open(kept: Kept) -> bool:
    return kept.gone_at is None and kept.done_at is None


def _document(kept: Kept) -> dict[str, object]:
    notice = kept.notice
    moments = {
        "since": notice.since,
        "gone_at": kept.gone_at,
        "done_at": kept.done_at,
        "told_at": kept.told_at,
    }
    return {
        "key": notice.key,
        "concern": notice.concern,
        "severity": notice.severity,
        "what": what(notice),
        "do": what_to_do(notice),
        "facts": dict(notice.facts),
        **{name: at.isoformat() if at is not None else None for name, at in moments.items()},
        "done_by": kept.done_by,
        "error": kept.error,
    }
