"""What an amendment does in each place: who is corrected, who gets the new words, who nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.models import Plan, PlannedDelivery, Purpose, Registry
from engine.planner.known import Known, Place, Standing
from engine.states import UNSENT


class Effect(StrEnum):
    """What becomes of one place."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    OUT_OF_REACH = "out_of_reach"
    INSTEAD = "instead"
    NEW = "new"
    STOPPED = "stopped"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class PlaceEffect:
    """One hamlet, channel and target; ``slots`` are when something goes out there."""

    hamlet_id: str
    channel: str
    target: str
    effect: Effect
    slots: tuple[datetime, ...] = ()


def effects_of(plan: Plan, known: Known, registry: Registry) -> tuple[PlaceEffect, ...]:
    """Return what a plan does, place by place, in the registry's order of hamlets."""
    planned: dict[Place, list[PlannedDelivery]] = {}
    for one in plan.deliveries:
        planned.setdefault((one.hamlet_id, one.channel, one.target), []).append(one)
    places = {*planned, *known.told, *known.standing}
    order = {hamlet.id: number for number, hamlet in enumerate(registry.hamlets)}
    return tuple(
        _effect(place, planned.get(place, ()), known, plan.kept)
        for place in sorted(places, key=lambda p: (order.get(p[0], len(order)), *p))
    )


def _effect(
    place: Place, planned: Sequence[PlannedDelivery], known: Known, kept: frozenset[int]
) -> PlaceEffect:
    standing = known.standing.get(place, ())
    there = {one.delivery.key for one in standing}
    new = [one for one in planned if one.key not in there]
    slots = tuple(sorted(one.slot for one in new))
    return PlaceEffect(*place, _judged(place, new, planned, standing, known, kept), slots)


def _judged(
    place: Place,
    new: Sequence[PlannedDelivery],
    planned: Sequence[PlannedDelivery],
    standing: Sequence[Standing],
    known: Known,
    kept: frozenset[int],
) -> Effect:
    purposes = {one.purpose for one in new}
    if Purpose.CORRECTION in purposes:
        return Effect.CORRECTED
    if Purpose.WITHDRAWAL in purposes:
        return Effect.WITHDRAWN
    going_on = {one.key for one in planned}
    stopped = any(_waits(one) and one.delivery.key not in going_on for one in standing)
    if new:
        return Effect.INSTEAD if stopped else Effect.NEW
    told = known.told.get(place, ())
    goes_on = any(one.delivery.id in kept or one.delivery.key in going_on for one in standing)
    if told and not goes_on and not told[-1].withdrawn:
        return Effect.OUT_OF_REACH
    return Effect.STOPPED if stopped and not goes_on else Effect.SAME


def _waits(one: Standing) -> bool:
    return one.delivery.state in UNSENT


def count_of(effects: Iterable[PlaceEffect]) -> Iterator[tuple[Effect, int]]:
    """Yield how many places each effect has, those that need most first."""
    found = [one.effect for one in effects]
    yield from ((effect, found.count(effect)) for effect in Effect if effect in found)
