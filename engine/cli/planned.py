"""A plan in words, for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.clock import local
from engine.i18n import gettext as _
from engine.models import Breach, Campaign, Forecast, Plan, PlannedDelivery, Registry
from engine.models.wording import channel_name


def plan_lines(campaign: Campaign, plan: Plan, registry: Registry) -> Iterator[str]:
    """Yield the lines of ``loa plan``: every delivery, the totals, doubts, broken rules."""
    yield f"{campaign.id} — {campaign.title}"
    yield ""
    names = {hamlet.id: hamlet.name for hamlet in registry.hamlets}
    width = max((len(names[d.hamlet_id]) for d in plan.deliveries), default=0)
    for item in plan.deliveries:
        yield _delivery_line(item, names[item.hamlet_id].ljust(width))
    yield ""
    yield _totals(plan)
    yield from _doubts(plan)
    yield from _breaches(plan)


def _delivery_line(item: PlannedDelivery, hamlet: str) -> str:
    slot = f"{local(item.slot):%H:%M %d/%m/%Y}"
    if item.asap:
        slot += " " + _("(as soon as approved)")
    rendered = _rendered(item.channel, item.forecast)
    return (
        f"  {hamlet}  {channel_name(item.channel):<16} {item.target:<20} {rendered:<24} "
        f"{item.content_hash[:8]}  {slot}"
    )


def _rendered(channel: str, forecast: Forecast) -> str:
    if channel == "loudspeaker":
        return _("MP3 about {seconds:.0f} s").format(seconds=forecast.seconds)
    if channel == "flyer":
        return _("PDF A5, {sheets} sheets A4").format(sheets=forecast.sheets)
    if channel == "portal":
        return _("post")
    return _("message, {characters} characters").format(characters=len(forecast.text))


def _totals(plan: Plan) -> str:
    by_channel = Counter(item.channel for item in plan.deliveries)
    counts = ", ".join(f"{channel_name(name)} {n}" for name, n in sorted(by_channel.items()))
    sheets = sum(item.forecast.sheets for item in plan.deliveries)
    spoken = {
        (item.target, item.slot, item.content_hash): item.forecast.seconds
        for item in plan.deliveries
    }
    return _(
        "{total} deliveries ({counts}); {contents} wordings to render; "
        "{sheets} sheets A4; {seconds:.0f} s on air"
    ).format(
        total=len(plan.deliveries),
        counts=counts,
        contents=len(plan.contents),
        sheets=sheets,
        seconds=sum(spoken.values()),
    )


def _doubts(plan: Plan) -> Iterator[str]:
    found = dict.fromkeys(doubt for d in plan.deliveries for doubt in d.forecast.doubts)
    if found:
        yield ""
        yield _("Please look at how this will be read aloud:")
        yield from (f"  ? {doubt}" for doubt in found)


def _breaches(plan: Plan) -> Iterator[str]:
    if not plan.breaches:
        return
    yield ""
    yield _("Rules:")
    for breach in plan.breaches:
        yield f"  {'!' if breach.waived else '✗'} {breach_line(breach)}"


def breach_line(breach: Breach) -> str:
    """Return a breach with what it concerns."""
    channel = channel_name(breach.channel) if breach.channel else ""
    return " · ".join(filter(None, (channel, breach.target, breach.hamlet_id, breach.message)))
