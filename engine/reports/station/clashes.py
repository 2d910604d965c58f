"""Rules that a station's day breaks, and what moves for a campaign that is proposed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from engine.clock import local
from engine.ledger.air_views import AIRING
from engine.models import Around, Breach, Plan, Priority, Registry
from engine.reports.station.parts import Part
from engine.rules import BESIDE, Airtime, hours_breaches, may_act, session_breaches

_Seconds = dict[tuple[str, datetime], dict[str, float]]


def clashes_of(
    day: date,
    parts: Iterable[Part],
    lengths: Mapping[str, float],
    registry: Registry,
    around: Around,
    proposed: Plan | None,
    only: str | None,
) -> Iterator[Breach]:
    """Yield each rule that the day breaks, with all the clusters that it concerns.

    Emergencies may, and drills come beside the day. What stops the ``proposed`` campaign is told
    in the words of its plan. ``only`` is the id of a cluster that is looked at alone.
    """
    own, others = _on_air(parts, lengths, proposed.campaign_id if proposed else None)
    found = list(_found(own, others, registry, around))
    if proposed is not None:
        said = {one.message for one in found}
        stops = (one for one in proposed.stops if one.message not in said)
        found += _of_day(day, stops, only)
    yield from _merged(found)


def moves_of(day: date, proposed: Plan | None, only: str | None) -> Iterator[Breach]:
    """Yield what of the day moves for the proposed campaign, and which rules that may break."""
    if proposed is not None:
        yield from _of_day(day, (one for one in proposed.breaches if one.waived), only)


def _on_air(
    parts: Iterable[Part], lengths: Mapping[str, float], campaign_id: str | None
) -> tuple[_Seconds, _Seconds]:
    """Return seconds on air by cluster and slot: of what is proposed, and of the others."""
    own: _Seconds = defaultdict(dict)
    others: _Seconds = defaultdict(dict)
    for part in parts:
        counts = part.state is None or part.state in AIRING
        if counts and part.priority is not Priority.EMERGENCY and part.purpose not in BESIDE:
            there = own if part.campaign_id == campaign_id else others
            there[part.cluster, part.slot][part.content_hash] = lengths[part.content_hash]
    return own, others


def _found(own: Airtime, others: Airtime, registry: Registry, around: Around) -> Iterator[Breach]:
    slots = {slot for _cluster, slot in (*own, *others)}
    forbidden = {slot for slot in slots if not may_act("loudspeaker", registry, slot)}
    yield from hours_breaches({("loudspeaker", slot) for slot in forbidden}, registry)
    yield from session_breaches(own, registry, taken=others, around=around)
    elsewhere = {place: sounds for place, sounds in others.items() if place not in own}
    yield from session_breaches(elsewhere, registry, taken=own, around=around)


def _of_day(day: date, breaches: Iterable[Breach], only: str | None) -> Iterator[Breach]:
    for one in breaches:
        there = any(local(slot).date() == day for slot in one.slots)
        clusters = [name for name in one.target.split(", ") if name]
        seen = only is None or not clusters or only in clusters
        if one.channel == "loudspeaker" and there and seen:
            yield one


def _merged(clashes: Iterable[Breach]) -> Iterator[Breach]:
    found: dict[str, list[str]] = {}
    for one in clashes:
        found.setdefault(one.message, []).append(one.target)
    for message, clusters in found.items():
        targets = dict.fromkeys(filter(None, clusters))
        yield Breach(message, channel="loudspeaker", target=", ".join(targets))
