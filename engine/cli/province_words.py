"""A province's campaign in a terminal: commune by commune, and all of them in sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table
from rich.text import Text

from engine.cli.wrapping import marked_lines
from engine.i18n import gettext as _
from engine.ledger import Status, status_word
from engine.ledger.fanout import Fanout, Part
from engine.planner.communes import CommunePlan, ProvincePlan
from engine.reports.matrix import NEEDS_ATTENTION, ORDER
from engine.reports.words import SYMBOLS, number, state_word
from engine.states import State

#: Communes that a table or a list names before it keeps to those that need somebody to act.
MOST_SHOWN = 40


def plan_lines(plan: ProvincePlan) -> Iterator[str]:
    """Yield what a campaign comes to: totals, rules that stop it somewhere, rules waived."""
    yield f"{plan.loaded.campaign.id} — {plan.loaded.campaign.title}"
    yield from part_lines(plan.parts)
    for commune_id in plan.left_out:
        yield _("  ⚠ {commune} is left out: its rules forbid it").format(commune=commune_id)
    yield _("{total} deliveries in {count} communes").format(
        total=number(plan.deliveries), count=number(len(plan.parts))
    )


def part_lines(parts: Sequence[CommunePlan]) -> Iterator[str]:
    """Yield how much goes to each commune, which rules stop it there, and which are waived."""
    shown = parts[:MOST_SHOWN]
    for part in shown:
        yield _("  {commune}: {count} deliveries").format(
            commune=part.commune_id, count=number(part.deliveries)
        )
    if len(shown) < len(parts):
        yield _("  … and {count} more communes").format(count=len(parts) - len(shown))
    for part in parts:
        for stop in part.stops:
            yield from marked_lines("✗", f"{part.commune_id}: {stop.message}")
    waived = Counter(breach.message for part in parts for breach in part.waived)
    for message, count in waived.items():
        words = _("{message} ({count} communes)").format(message=message, count=number(count))
        yield from marked_lines("!", words)


def overview_lines(fanout: Fanout) -> Iterator[str]:
    """Yield every campaign of the province: its newest revision, and in how many communes."""
    for campaign_id in fanout.revisions.campaign_ids():
        newest = fanout.revisions.latest(campaign_id)
        assert newest is not None
        yield _("{campaign}: {title} — revision {revision}, {status}, {count} communes").format(
            campaign=campaign_id,
            title=newest.title,
            revision=newest.revision,
            status=status_word(newest.status),
            count=number(len(fanout.parts(campaign_id))),
        )


def parts_table(
    parts: Sequence[Part], counts: Mapping[str, Mapping[State, int]], names: Mapping[str, str]
) -> Table:
    """Return a row for each commune and a last one for all.

    With very many communes only those that need somebody to act are listed.
    """
    shown = [part for part in parts if len(parts) <= MOST_SHOWN or _needy(part, counts)]
    table = Table(
        Column(_("Commune"), style="bold", overflow="fold"),
        Column(_("Status"), overflow="fold"),
        Column(_("Deliveries"), overflow="fold"),
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        caption=_caption(len(shown), len(parts)),
        caption_justify="left",
    )
    for part in shown:
        said = f"{status_word(part.status)} ({part.revision})"
        table.add_row(
            Text(f"{names.get(part.commune_id, '')}\n{part.commune_id}".strip()),
            Text(f"{said}\n{part.reason}".strip()),
            _counted(counts.get(part.commune_id, {})),
        )
    table.add_section()
    every: Counter[State] = Counter()
    for one in counts.values():
        every.update(one)
    standing = Counter(part.status for part in parts)
    table.add_row(
        Text(_("{count} communes").format(count=number(len(parts)))),
        Text("\n".join(f"{number(n)} {status_word(status)}" for status, n in standing.items())),
        _counted(every),
    )
    return table


def _needy(part: Part, counts: Mapping[str, Mapping[State, int]]) -> bool:
    states = counts.get(part.commune_id, {})
    return part.status is Status.REFUSED or any(state in NEEDS_ATTENTION for state in states)


def _counted(counts: Mapping[State, int]) -> Text:
    lines = (
        f"{SYMBOLS[state]} {number(counts[state])} {state_word(state)}"
        for state in ORDER
        if counts.get(state)
    )
    return Text("\n".join(lines) or "–")


def _caption(shown: int, every: int) -> str | None:
    if shown == every:
        return None
    message = _("{shown} communes that need somebody to act; {all} communes in all")
    return message.format(shown=number(shown), all=number(every))
