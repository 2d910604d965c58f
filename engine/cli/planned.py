"""A plan in words, for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from channels.base import Channel
from engine.cli.wrapping import marked_lines
from engine.clock import local
from engine.i18n import gettext as _
from engine.i18n import joined
from engine.models import Campaign, Forecast, Plan, PlannedDelivery, Registry
from engine.models.escalation import Act
from engine.models.wording import act_word, breach_line, channel_name, step_reason
from engine.rules.escalated import foreseen_steps
from engine.rules.step_deliveries import StepsAhead, steps_ahead


def plan_lines(
    campaign: Campaign, plan: Plan, registry: Registry, channels: Mapping[str, Channel]
) -> Iterator[str]:
    """Yield the lines of ``loa plan``: every delivery, the totals, doubts, broken rules."""
    yield f"{campaign.id} — {campaign.title}"
    names = {hamlet.id: hamlet.name for hamlet in registry.hamlets}
    width = max((len(item.target) for item in plan.deliveries), default=0)
    for hamlet_id, items in groupby(plan.deliveries, key=lambda item: item.hamlet_id):
        yield ""
        yield names[hamlet_id]
        yield from (_delivery_line(item, width) for item in items)
    yield ""
    if any(item.asap for item in plan.deliveries):
        yield _("* as soon as it is approved; here counted from now")
    yield from _totals(plan)
    if plan.foreseen:
        yield ""
        yield _("Who goes where:")
        for line in plan.foreseen:
            yield from marked_lines("→", line)
    if plan.doubts:
        yield ""
        yield from doubt_lines(plan.doubts)
    yield from _escalation(campaign, plan, registry)
    yield from _asked(steps_ahead(campaign, plan, registry, channels))
    yield from _legal_basis(campaign)
    yield from _breaches(plan)


def _delivery_line(item: PlannedDelivery, width: int) -> str:
    rendered = _rendered(item.channel, item.forecast)
    return (
        f"  {local(item.slot):%H:%M %d/%m/%Y}{'*' if item.asap else ' '} "
        f"{channel_name(item.channel):<16}  {item.target:<{width}}  {rendered:<18}  "
        f"{item.content_hash[:8]}"
    )


def _rendered(channel: str, forecast: Forecast) -> str:
    if channel == "loudspeaker":
        return _("MP3 about {seconds:.0f} s").format(seconds=forecast.seconds)
    if channel == "flyer":
        return _("PDF A5, {sheets} sheets A4").format(sheets=forecast.sheets)
    if channel == "portal":
        return _("post")
    if channel == "team":
        return _("visit sheet")
    return _("message, {characters} characters").format(characters=len(forecast.text))


def _totals(plan: Plan) -> Iterator[str]:
    by_channel = Counter(item.channel for item in plan.deliveries)
    counts = ", ".join(f"{channel_name(name)} {n}" for name, n in sorted(by_channel.items()))
    spoken = {
        (item.target, item.slot, item.content_hash): item.forecast.seconds
        for item in plan.deliveries
    }
    yield _("{total} deliveries: {counts}").format(total=len(plan.deliveries), counts=counts)
    yield _("{contents} wordings to render; {sheets} sheets A4; {seconds:.0f} s on air").format(
        contents=len(plan.contents),
        sheets=sum(item.forecast.sheets for item in plan.deliveries),
        seconds=sum(spoken.values()),
    )


def doubt_lines(found: Iterable[str]) -> Iterator[str]:
    """Yield what an official should look at before it goes out."""
    yield _("Please look at these before it goes out:")
    for doubt in found:
        yield from marked_lines("?", doubt)


def _escalation(campaign: Campaign, plan: Plan, registry: Registry) -> Iterator[str]:
    """Yield what would be done, and when, where nobody says that it was passed on."""
    found = foreseen_steps(campaign, plan, registry)
    if not found:
        return
    yield ""
    yield _("Where nobody says that it was passed on:")
    for one in found:
        names = ", ".join(one.hamlets)
        if one.nobody:
            message = _("{act}: the registry names nobody in {hamlets}")
            yield from marked_lines("!", message.format(act=act_word(one.step.do), hamlets=names))
            continue
        when = f"{local(one.at):%H:%M %d/%m/%Y}" if one.at else _("never: it is over before")
        why = step_reason(one.step, at_night=one.at_night)
        yield from marked_lines("○", f"{when}  {act_word(one.step.do)} ({why}): {names}")


def _asked(ahead: StepsAhead) -> Iterator[str]:
    """Yield the words of each kind of message, once; what differs by hamlet is counted.

    Teams take the words of the message along.
    """
    by_act: dict[Act, dict[str, None]] = {}
    for one in ahead.plan.deliveries:
        by_act.setdefault(ahead.acts[one.content_hash], {})[one.forecast.text] = None
    by_act.pop(Act.TEAM_VISIT, None)
    for act, texts in by_act.items():
        first, *others = texts
        yield ""
        yield _("{act}, in these words:").format(act=act_word(act)[:1].upper() + act_word(act)[1:])
        for line in first.splitlines():
            yield from marked_lines("│", line) if line.strip() else ("  │",)
        if others:
            message = _("and {count} more wordings for other hamlets; all of them: loa preview")
            yield from marked_lines("…", message.format(count=len(others)))


def _legal_basis(campaign: Campaign) -> Iterator[str]:
    """Yield what follows from the laws that the campaign cites."""
    if not campaign.legal_basis:
        return
    yield ""
    yield _("The law asks for:")
    for one in campaign.legal_basis:
        rule = one.obligation
        forms = (
            _("{days} days in a row on the loudspeakers").format(days=rule.days)
            if rule.days
            else "",
            _("the hamlet head passes it on") if rule.relay else "",
        )
        yield f"  § {joined(', ', forms) or '–'} ({rule.name}, {rule.place})"


def _breaches(plan: Plan) -> Iterator[str]:
    if not plan.breaches:
        return
    yield ""
    yield _("Rules:")
    for breach in plan.breaches:
        yield from marked_lines("!" if breach.waived else "✗", breach_line(breach))
