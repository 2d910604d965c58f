"""``loa notices``: what needs a person, and what was done about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from engine.app import Communes, open_communes
from engine.app.noticing import Desks, commune_desk, house_desk
from engine.cli.common import state_conditions, workspace_option
from engine.cli.services import service_workspace
from engine.cli.wrapping import marked_lines
from engine.clock import local
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.machines import Role
from engine.ledger.notices import HOUSE, Kept
from engine.models.plain import plain_lines
from engine.notices.words import severity_word, what, what_to_do
from workers.presence import presence_of


def commands() -> list[click.Command]:
    return [notices()]


def notices() -> click.Command:
    @click.command("notices")
    @click.option("--all", "everything", is_flag=True, help=_("Also what is over."))
    @click.option("--json", "as_json", is_flag=True, help=_("For programs: one JSON document."))
    @click.option("--done", "key", metavar=_("KEY"), help=_("Somebody has seen to this one."))
    @click.option("--commune", metavar=_("COMMUNE"), help=_("Whose, where there are several."))
    @click.option(
        "--by",
        envvar="LOA_PERSON",
        metavar=_("PERSON"),
        help=_("Who does this: a person's id in commune.yaml."),
    )
    @workspace_option
    def command(
        everything: bool,
        as_json: bool,
        key: str | None,
        commune: str | None,
        by: str | None,
        workspace: Path | None,
    ) -> int:
        with open_communes(service_workspace(workspace)) as communes:
            state_conditions(communes)
            if key is not None:
                _done(communes, key, commune, by)
                return 0
            found = list(_found(communes, commune, gone=everything))
            if as_json:
                document = [_document(one) for one in found]
                click.echo(json.dumps(document, ensure_ascii=False, indent=2))
            else:
                click.echo(plain_lines("\n".join(_page(communes, found))))
            return 1 if any(_open(one.kept) for one in found) else 0

    return command


@dataclass(frozen=True, slots=True)
class _Found:
    """A notice, and whose it is: a commune's, or the machines' (HOUSE)."""

    commune_id: str
    kept: Kept


def _found(communes: Communes, commune_id: str | None, *, gone: bool) -> Iterator[_Found]:
    """Look for everything, the machines' last. Raises LoaError for an unknown commune."""
    if commune_id is not None and commune_id not in communes.ids():
        raise LoaError(_("{commune} is not served here").format(commune=commune_id))
    here = presence_of(communes.house, Role.RUN).tell
    house, *others = Desks(communes, here)
    for desk in (*others, house):
        whose = desk.book.commune_id
        if whose in (commune_id or whose, HOUSE):
            yield from (_Found(whose, kept) for kept in desk.look(gone=gone))


def _done(communes: Communes, key: str, commune_id: str | None, by: str | None) -> None:
    """Keep, on the record, that a person has seen to a notice. Raises LoaError."""
    if by is None:
        raise LoaError(_("say who: --by PERSON"))
    known = communes.ids()
    if commune_id is None and len(known) != 1:
        raise LoaError(_("say whose notice: --commune COMMUNE"))
    here = presence_of(communes.house, Role.RUN).tell
    with communes.lent(commune_id or known[0]) as app:
        person = app.office.entitled(by)
        mine = app.ledger.commune_id
        desks = (
            commune_desk(app.house, app.ledger, app.rehearsing),
            house_desk(app.house, app.rehearsing, here, recorded_in=mine),
        )
        if not any(desk.done(key, person.id) for desk in desks):
            raise LoaError(_('there is no notice "{key}": loa notices').format(key=key))
    click.echo(_("✓ {key}: seen to by {person}").format(key=key, person=person.id))


def _page(communes: Communes, found: Sequence[_Found]) -> Iterator[str]:
    if not any(_open(one.kept) for one in found):
        yield _("✓ nothing needs a person")
    several = len(communes.ids()) > 1
    for one in found:
        commune_id = one.commune_id if several and one.commune_id != HOUSE else ""
        yield from _lines(one.kept, commune_id)
    if communes.settings.notices.targets and not communes.settings.live:
        yield _("nothing is told outside until loa.toml says live = true")


def _lines(kept: Kept, commune_id: str) -> Iterator[str]:
    """Yield a notice's lines. ``commune_id`` says whose it is, where there are several."""
    notice, whose = kept.notice, f"{commune_id}: " if commune_id else ""
    yield from marked_lines(f"{whose}{_standing(kept)} ", what(notice), indent="")
    if _open(kept):
        office = f" (--commune {commune_id})" if commune_id else ""
        yield f"    → {what_to_do(notice)}{office}"
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


def _document(found: _Found) -> dict[str, object]:
    kept = found.kept
    notice = kept.notice
    moments = {
        "since": notice.since,
        "gone_at": kept.gone_at,
        "done_at": kept.done_at,
        "told_at": kept.told_at,
    }
    return {
        "commune": found.commune_id or None,
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
