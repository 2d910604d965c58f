"""Planning: pure, deterministic, and without a trace until somebody submits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from channels.base import Channel
from channels.framed import around_of
from channels.leading import lead_of
from engine.clock import local
from engine.i18n import gettext as _
from engine.models import (
    NO_SESSIONS,
    Amends,
    Breach,
    Campaign,
    Content,
    Forecast,
    GroupKind,
    Hamlet,
    Placement,
    Plan,
    PlannedDelivery,
    Registry,
    Sessions,
    digest,
)
from engine.planner.airing import Standing
from engine.planner.amending import Amended, Amender
from engine.planner.amending_rules import AmendingRules
from engine.planner.compose import Composed, Composer, audience
from engine.planner.fitting import fitted, lengths_of
from engine.planner.foreseeing import foreseen
from engine.planner.known import NOBODY, Known
from engine.planner.times import Times
from engine.planner.truth import Before, truth_of
from engine.rules import airtime_breaches
from engine.rules.obligations import plan_breaches

#: More places than this are not named one by one.
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class _Resolved:
    """One hamlet on one channel: words and places, no clock yet."""

    hamlet: Hamlet
    channel: str
    composed: Composed
    forecast: Forecast
    placements: tuple[Placement, ...]

    @property
    def content(self) -> Content:
        return self.composed.content


def plan_campaign(
    campaign: Campaign,
    registry: Registry,
    channels: Mapping[str, Channel],
    now: datetime,
    taken: Sessions = NO_SESSIONS,
    standing: Standing = Standing(),  # noqa: B008 - frozen
    known: Known = NOBODY,
) -> Plan:
    """Return what approving ``campaign`` at ``now`` would set going.

    ``taken`` is what other campaigns have on air, ``standing`` what the ledger has of this one,
    ``known`` what people may know of it: one that amends something corrects them (``Amender``).
    What comes too late for a slot, or finds its session full, moves to a later one; what weighs
    less gives way (see ``fitted``). Slots that are past are left out; a channel
    with no slot left is a breach. Raises TemplateError when a text cannot be filled in.
    """
    composer = Composer(campaign, registry, channels)
    resolved = list(_resolve(campaign, registry, channels, composer))
    times = Times(campaign, registry, now)
    timing = _Timing(campaign, times, channels, now, standing)
    amender = rules = None
    if campaign.correction is not None:
        amender = Amender(campaign, registry, channels, composer, known, times, now)
        rules = AmendingRules(campaign, registry, known, composer, amender, resolved)
    deliveries: list[PlannedDelivery] = []
    breaches: list[Breach] = []
    kept: list[int] = []
    for item in resolved:
        planned = timing.of(item)
        amended = Amended(tuple(planned))
        if amender is not None:
            amended = amender.place(item.hamlet, item.channel, item.composed, planned)
        deliveries.extend(amended.deliveries)
        kept.extend(amended.kept)
        if not amended.told:
            late = _place_breaches(item, planned, campaign, times)
            # Who was never told, and cannot be any more, keeps nobody from being corrected.
            corrects = campaign.correction is not None and campaign.correction.reason
            breaches.extend(replace(one, waived=one.waived or bool(corrects)) for one in late)
    breaches.extend(_text_breaches(resolved))
    if amender is not None and rules is not None:
        elsewhere = amender.elsewhere()
        deliveries.extend(elsewhere.deliveries)
        kept.extend(elsewhere.kept)
        breaches.extend(rules.breaches(deliveries))
    around = around_of(channels.get("loudspeaker"), registry)
    fit = fitted(deliveries, campaign, registry, taken, around, now, standing)
    breaches.extend(fit.breaches)
    breaches.extend(airtime_breaches(fit.deliveries, registry, lengths_of(fit.others), around))
    breaches.extend(_obligation_breaches(campaign, resolved, fit.deliveries, registry))
    used = amender.used if amender is not None else {}
    said_plainly = [one for one in fit.deliveries if one.content_hash not in used]
    before = rules.before() if rules is not None else Before()
    truth = truth_of(campaign, resolved, said_plainly, registry, now, before)
    breaches.extend(truth.breaches)
    said = {item.composed.hash: item.content for item in resolved}
    said |= {key: one.content for key, one in used.items()}
    ahead = foreseen(fit.deliveries, said, registry, channels)
    correction = campaign.correction
    if not resolved and not campaign.audience.nobody:
        breaches.append(Breach(_("no hamlet belongs to this audience")))
    if campaign.valid_until <= now and (correction is None or correction.amends is Amends.UPDATE):
        breaches.append(Breach(_("the campaign is over: its validity has ended"), late=True))
    return Plan(
        campaign_id=campaign.id,
        deliveries=fit.deliveries,
        contents=said,
        needs={item.composed.hash: item.composed.needs for item in resolved}
        | {key: one.needs for key, one in used.items()},
        breaches=tuple(_merged(breaches)),
        fingerprint=rules.fingerprint(_fingerprint(resolved), channels)
        if rules is not None
        else _fingerprint(resolved),
        shifts=fit.shifts,
        kept=frozenset(kept),
        remarks=(*truth.remarks, *ahead.doubts, *(rules.remarks() if rules else ())),
        foreseen=ahead.lines,
    )


def _resolve(
    campaign: Campaign, registry: Registry, channels: Mapping[str, Channel], composer: Composer
) -> Iterator[_Resolved]:
    for hamlet in audience(campaign, registry):
        for name in campaign.sections:
            channel = channels[name]
            composed = composer.content(name, hamlet)
            yield _Resolved(
                hamlet,
                name,
                composed,
                channel.forecast(composed.content, hamlet),
                tuple(channel.slots(composed.content, hamlet, registry)),
            )


#: When a delivery acts, whether as soon as it may, when work on it starts, when it is too late,
#: and the slot that it was meant for if it had to move.
_When = tuple[datetime, bool, datetime, datetime, datetime | None]


class _Timing:
    """Gives each placement its slots. "As soon as possible" is the next allowed hour.

    What had to move before stays where it went. Places alike share what was found for one.
    """

    def __init__(
        self,
        campaign: Campaign,
        times: Times,
        channels: Mapping[str, Channel],
        now: datetime,
        standing: Standing,
    ) -> None:
        self._campaign = campaign
        self._times = times
        self._channels = channels
        self._now = now
        self._moved = standing.moved
        self._purpose, self._priority = campaign.purpose, campaign.urgency
        self._known: dict[tuple[object, ...], tuple[_When, ...]] = {}

    def of(self, item: _Resolved) -> list[PlannedDelivery]:
        """Return what is planned for one hamlet on one channel."""
        return [
            PlannedDelivery(
                hamlet_id=item.hamlet.id,
                channel=item.channel,
                backend=placement.backend,
                target=placement.target,
                slot=slot,
                asap=asap,
                purpose=self._purpose,
                content_hash=item.composed.hash,
                priority=self._priority,
                households=item.hamlet.households_of(self._campaign.audience.households),
                work_at=work_at,
                expires_at=expires_at,
                forecast=item.forecast,
                moved_from=moved_from,
            )
            for placement in item.placements
            for slot, asap, work_at, expires_at, moved_from in self._when(item, placement)
        ]

    def _when(self, item: _Resolved, placement: Placement) -> tuple[_When, ...]:
        hamlet_id = item.hamlet.id if self._moved else ""
        target = placement.target if self._moved or self._times.differ_by_target else ""
        at, repeat = placement.at, placement.repeat
        key = (item.channel, placement.backend, at, repeat, hamlet_id, target)
        if key not in self._known:
            self._known[key] = tuple(self._found(item, placement))
        return self._known[key]

    def _found(self, item: _Resolved, placement: Placement) -> Iterator[_When]:
        channel, ends = self._channels[item.channel], self._campaign.valid_until
        lead = lead_of(channel, placement.backend)
        for meant in self._times.of(item.channel, placement):
            slot = meant.moved(self._moved.get((item.hamlet.id, placement.target, meant.at)))
            expires_at = slot.until(ends, channel.grace)
            if expires_at < self._now or slot.at > ends:
                continue
            moved_from = meant.at if slot.at != meant.at else None
            yield slot.at, slot.asap, slot.at - lead, expires_at, moved_from


def _place_breaches(
    item: _Resolved, planned: list[PlannedDelivery], campaign: Campaign, times: Times
) -> Iterator[Breach]:
    if not item.placements:
        message = _("the registry has no place for this channel here")
        yield Breach(message, item.channel, item.hamlet.id, waived=True)
    elif not planned:
        message = _("every slot is past, or the rules leave no hour")
        slots = (slot.at for place in item.placements for slot in times.of(item.channel, place))
        after = min((at for at in slots if at > campaign.valid_until), default=None)
        if after is not None:
            message = _("the next allowed hour is {next}, and its validity ends at {until}").format(
                next=f"{local(after):%H:%M %d/%m/%Y}",
                until=f"{local(campaign.valid_until):%H:%M %d/%m/%Y}",
            )
        yield Breach(message, item.channel, item.hamlet.id, late=True)


def _text_breaches(resolved: list[_Resolved]) -> Iterator[Breach]:
    seen: set[tuple[str, str]] = set()
    for item in resolved:
        for message in item.forecast.breaches:
            if (item.composed.hash, message) not in seen:
                seen.add((item.composed.hash, message))
                yield Breach(message, item.channel, item.hamlet.id)


def _obligation_breaches(
    campaign: Campaign,
    resolved: list[_Resolved],
    deliveries: Sequence[PlannedDelivery],
    registry: Registry,
) -> Iterator[Breach]:
    """Yield what the cited law asks for and the plan lacks; slots that are past count as well."""
    if not campaign.legal_basis:
        return
    moments: dict[str, list[datetime]] = {item.hamlet.id: [] for item in resolved}
    for item in resolved:
        if item.channel == "loudspeaker":
            moments[item.hamlet.id] += [place.at for place in item.placements if place.at]
    for one in deliveries:
        if one.channel == "loudspeaker" and one.asap:
            moments[one.hamlet_id].append(one.slot)
    heads = {group.id for group in registry.chat_groups if group.kind is GroupKind.HEADS}
    told = {
        item.hamlet.id
        for item in resolved
        if item.channel == "chat" and any(place.target in heads for place in item.placements)
    }
    yield from plan_breaches(campaign, moments, told, registry)


def _merged(breaches: list[Breach]) -> Iterator[Breach]:
    """Yield each breach once, with all the places it concerns; very many are not named."""
    found: dict[Breach, tuple[dict[str, None], dict[str, None]]] = {}
    for breach in breaches:
        key = replace(breach, hamlet_id="", target="")
        hamlets, targets = found.setdefault(key, ({}, {}))
        hamlets[breach.hamlet_id] = None
        targets[breach.target] = None
    for key, (hamlets, targets) in found.items():
        yield replace(key, hamlet_id=_named(hamlets), target=_named(targets))


def _named(places: Iterable[str]) -> str:
    named = [place for place in places if place]
    return ", ".join(named) if len(named) <= MOST_NAMED else ""


def _fingerprint(resolved: list[_Resolved]) -> str:
    """Hash audience, places, times and every word written or spoken; the clock has no part."""
    return digest(
        [
            (
                item.hamlet.id,
                item.channel,
                item.composed.hash,
                item.forecast.text,
                [_place(p) for p in item.placements],
            )
            for item in resolved
        ]
    )


def _place(placement: Placement) -> tuple[object, ...]:
    """Return what of a placement is approved: where and when, and how often again."""
    where = (placement.target, placement.backend, placement.at)
    again = placement.repeat
    return where if again is None else (*where, again.every, again.until)
