"""``loa run`` in a province's workspace: one process for all communes of a small ledger."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import click

from campaigns.province_file import PROVINCE_FILE, load_province
from engine.app import Communes, open_communes
from engine.cli.bars import TROUBLE
from engine.cli.common import find_workspace, state_conditions
from engine.cli.idle import idle_line, standing_line
from engine.cli.stopping import stopped_by_signals
from engine.clock import local
from engine.i18n import gettext as _
from engine.ledger.revisions import Revisions
from engine.states import HANDED_OVER, State
from workers.embedded import EmbeddedRuntime


def run_province(given: Path | None, *, watch: bool) -> int:
    """Send what is due in every commune; return 1 when something needs a person."""
    with open_communes(find_workspace(given, names=(PROVINCE_FILE,))) as communes:
        state_conditions(communes)
        before = _count(communes, HANDED_OVER, replaced=True)
        runtime = EmbeddedRuntime(communes)
        with stopped_by_signals(runtime.stop):
            ended = runtime.run(watch=watch)
        sent = _count(communes, HANDED_OVER, replaced=True)
        trouble = _count(communes, TROUBLE)
        idle = sent == before and ended.next_moment is None
        line = idle_line(_own_revisions(communes), communes.workspace) if idle else None
        standing = standing_line(communes.clock) if idle else None
    message = _("{now} deliveries sent in this run; {sent} so far")
    click.echo(message.format(now=sent - before, sent=sent))
    for said in (line, standing):
        if said:
            click.echo(said)
    if trouble:
        click.echo(_("{count} deliveries need a person: loa status").format(count=trouble))
    if ended.next_moment is not None:
        shown = f"{local(ended.next_moment):%H:%M %d/%m/%Y}"
        click.echo(_("next work at {moment}").format(moment=shown))
    return 1 if trouble else 0


def _own_revisions(communes: Communes) -> Revisions:
    """Return the province's own campaigns."""
    province = load_province(communes.workspace / PROVINCE_FILE).province
    return Revisions(communes.house.database, province.id, communes.house.options)


def _count(communes: Communes, states: Collection[State], *, replaced: bool = False) -> int:
    found = communes.rounds.gauges.deliveries(replaced=replaced)
    return sum(count for (state, _channel, _priority), count in found.items() if state in states)
