"""The registry in a terminal: what an import changed, communes, hamlets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table
from rich.text import Text

from engine.i18n import gettext as _
from engine.models import Registry
from engine.planner.importing import Change
from engine.reports.words import number

#: Hamlets of one commune that a line names.
MOST_NAMED = 8


def change_line(change: Change) -> str:
    """Return one commune's changes: what came, went, differs, and the revision's number."""
    parts = [
        _("new commune") if change.new else "",
        _named(_("+{count} hamlets ({names})"), change.added),
        _named(_("{count} changed ({names})"), change.changed),
        _named(_("−{count} removed ({names})"), change.removed),
        _("settings changed") if change.shared and not change.new else "",
        _("revision {number}").format(number=change.revision) if change.revision else "",
    ]
    return f"  {change.commune_id} {change.name}: " + ", ".join(filter(None, parts))


def totals_line(changes: Sequence[Change], *, written: bool) -> str:
    """Return the sum of all changes, and whether they were written."""
    communes = sum(change.anything for change in changes)
    said = _(
        "{communes} of {all} communes differ: hamlets +{added}, −{removed}, {changed} changed;"
        " {new} new communes"
    ).format(
        communes=number(communes),
        all=number(len(changes)),
        added=number(sum(len(change.added) for change in changes)),
        removed=number(sum(len(change.removed) for change in changes)),
        changed=number(sum(len(change.changed) for change in changes)),
        new=number(sum(change.new for change in changes)),
    )
    if not written:
        return f"{said}\n" + _("nothing was written (--dry-run)")
    return f"✓ {said}"


def communes_table(rows: Iterable[tuple[str, str, int, int, int, str]]) -> Table:
    """Return a row for each commune: id, name, hamlets, households, revision, origin."""
    table = Table(
        Column(_("Id"), style="bold", overflow="fold"),
        Column(_("Commune"), overflow="fold"),
        Column(_("Hamlets"), justify="right"),
        Column(_("Households"), justify="right"),
        Column(_("Revision"), justify="right"),
        Column(_("Read from"), overflow="fold"),
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for commune_id, name, hamlets, households, revision, origin in rows:
        counts = (number(hamlets), number(households), str(revision))
        table.add_row(commune_id, Text(name), *counts, Text(origin))
    return table


def hamlets_table(registry: Registry) -> Table:
    """Return a row for each hamlet: households, its head, what is heard and read there."""
    table = Table(
        Column(_("Id"), style="bold", overflow="fold"),
        Column(_("Hamlet"), overflow="fold"),
        Column(_("Households"), justify="right"),
        Column(_("Poor"), justify="right"),
        Column(_("Near-poor"), justify="right"),
        Column(_("Head"), overflow="fold"),
        Column(_("Loudspeakers"), overflow="fold"),
        Column(_("Chat groups"), overflow="fold"),
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for hamlet in registry.hamlets:
        head = registry.people_by_id.get(hamlet.head or "")
        table.add_row(
            hamlet.id,
            Text(hamlet.name),
            number(hamlet.households),
            number(hamlet.poor_households),
            number(hamlet.near_poor_households),
            Text(head.name if head else "–"),
            ", ".join(one.id for one in registry.clusters_by_hamlet.get(hamlet.id, ())) or "–",
            ", ".join(one.id for one in registry.chat_groups_by_hamlet.get(hamlet.id, ())) or "–",
        )
    return table


def _named(message: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    listed = ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
    return message.format(count=len(names), names=listed)
