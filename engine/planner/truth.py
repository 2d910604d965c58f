"""One truth: a plan's texts, hamlet by hamlet, and where in the file they contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from engine.clock import local
from engine.i18n import gettext as _
from engine.models import Breach, Campaign, Confirmed, Content, Hamlet, PlannedDelivery, Registry
from engine.models.marks import unmarked
from engine.models.truth import OPTIONS, FieldPath, Spot
from engine.models.wording import channel_name, path_name
from engine.planner.said import parts_of
from engine.rules.one_truth import (
    Difference,
    Judge,
    Judged,
    Kind,
    Said,
    Side,
    stale_words,
    too_late,
    understood,
)

#: Days as people name them, Monday first: content, so always Vietnamese.
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


class Worded(Protocol):
    """One hamlet on one channel: the words."""

    @property
    def hamlet(self) -> Hamlet: ...

    @property
    def channel(self) -> str: ...

    @property
    def content(self) -> Content: ...


@dataclass(frozen=True, slots=True)
class Before:
    """The texts that people were told of it, and the hamlets that were told others than now."""

    texts: Mapping[str, Collection[str]] = field(default_factory=dict)
    otherwise: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """What stops approval, or was confirmed (``breaches``), and what should be looked at."""

    breaches: tuple[Breach, ...] = ()
    remarks: tuple[str, ...] = ()


def truth_of(
    campaign: Campaign,
    worded: Sequence[Worded],
    deliveries: Sequence[PlannedDelivery],
    registry: Registry,
    now: datetime,
    amended: Before | None = None,
) -> Truth:
    """Compare all that is said in each hamlet, with itself and with the days it is said on.

    ``amended`` is what people were told before; the reason of a correction is held against both.
    """
    reference = local(campaign.valid_from or now).date()
    judge = Judge(reference, tuple(h.name for h in registry.hamlets), campaign.differs)
    slots: dict[tuple[str, str], set[datetime]] = defaultdict(set)
    for one in deliveries:
        slots[one.hamlet_id, one.channel].add(one.slot)
    by_hamlet: dict[str, list[Worded]] = defaultdict(list)
    for item in worded:
        by_hamlet[item.hamlet.id].append(item)
    said = _said_by_hamlet(campaign, by_hamlet, slots)
    breaches: list[Breach] = []
    used: set[Confirmed] = set()
    judged = [(hamlet_id, judge.judge(saids)) for hamlet_id, saids in said.items()]
    for hamlet_id, found in (
        *judged,
        *_reasons(judge, campaign, said, amended or Before(), registry),
    ):
        for difference in found.differences:
            breaches.append(_different(difference, hamlet_id))
            if difference.confirmed is not None:
                used.add(difference.confirmed)
        breaches += (_false_weekday(side, day, hamlet_id) for side, day in found.weekdays)
        breaches += (_impossible(side, hamlet_id) for side in found.impossible)
    remarks = [*_unused(campaign, used), *_untimely(campaign, worded, slots, reference)]
    return Truth(tuple(breaches), tuple(dict.fromkeys(remarks)))


def _reasons(
    judge: Judge,
    campaign: Campaign,
    said: Mapping[str, Sequence[Said]],
    before: Before,
    registry: Registry,
) -> Iterator[tuple[str, Judged]]:
    """Yield what is wrong with an amendment's reason, and with that in the second language."""
    facts = campaign.correction
    if facts is None:
        return
    names = {hamlet.id: hamlet.name for hamlet in registry.hamlets}
    for option, text in zip(OPTIONS, (facts.reason, facts.second), strict=True):
        reason = Said((option,), text)
        yield from judge.reason(reason, said, before.texts, before.otherwise, names).items()


def _said_by_hamlet(
    campaign: Campaign,
    by_hamlet: Mapping[str, Sequence[Worded]],
    slots: Mapping[tuple[str, str], set[datetime]],
) -> dict[str, list[Said]]:
    """Return what is said in each hamlet; most are told the same words at the same hours."""
    said: dict[str, list[Said]] = {}
    alike: dict[object, list[Said]] = {}
    for hamlet_id, items in by_hamlet.items():
        at = [(item, frozenset(slots.get((hamlet_id, item.channel), ()))) for item in items]
        same = tuple((item.channel, id(item.content), moments) for item, moments in at)
        if same not in alike:
            alike[same] = _said(campaign, at)
        said[hamlet_id] = alike[same]
    return said


def _said(campaign: Campaign, items: Sequence[tuple[Worded, frozenset[datetime]]]) -> list[Said]:
    """Return every field that is said in one hamlet, each wording of it once.

    With each of ``items`` the moments at which it is there.
    """
    found: dict[tuple[FieldPath, str], tuple[set[str], set[date]]] = {}
    for item, moments in items:
        days = {local(slot).date() for slot in moments}
        for path, text in _fields(campaign, item.content):
            channels, known = found.setdefault((path, text), (set(), set()))
            channels.add(item.channel)
            known |= days
    return [
        Said(path, text, frozenset(channels), frozenset(days))
        for (path, text), (channels, days) in found.items()
    ]


def _fields(campaign: Campaign, content: Content) -> Iterator[tuple[FieldPath, str]]:
    """Yield what a channel says, with the place in the file that says it."""
    section = campaign.sections[content.channel]
    own = {"second_language", "summary"}
    own |= {name for name in ("title", "text") if getattr(section, name) is not None}
    for path, text in parts_of(content):
        yield ("channels", content.channel, *path) if path[0] in own else path, text


def _different(difference: Difference, hamlet_id: str) -> Breach:
    one, other = difference.one, difference.other
    message = _("{fact} is not the same: {one} says “{this}”, {other} says “{that}”").format(
        fact=_kind_name(one.fact.kind),
        one=_field_name(one),
        this=one.fact.written,
        other=_field_name(other),
        that=other.fact.written,
    )
    spots = (_spot(one, hamlet_id), _spot(other, hamlet_id))
    if difference.confirmed is None:
        return Breach(message, hamlet_id=hamlet_id, spots=spots)
    meant = _("{difference} – confirmed by the author: {because}")
    message = meant.format(difference=message, because=difference.confirmed.because)
    return Breach(message, hamlet_id=hamlet_id, waived=True, spots=spots)


def _false_weekday(side: Side, day: date, hamlet_id: str) -> Breach:
    message = _("{field} says “{written}”, but {day} is a {weekday}").format(
        field=_field_name(side),
        written=side.fact.written,
        day=f"{day:%d/%m/%Y}",
        weekday=_WEEKDAYS[day.weekday()],
    )
    return Breach(message, hamlet_id=hamlet_id, spots=(_spot(side, hamlet_id),))


def _impossible(side: Side, hamlet_id: str) -> Breach:
    message = _("{field} says “{written}”, a day that no calendar has").format(
        field=_field_name(side), written=side.fact.written
    )
    return Breach(message, hamlet_id=hamlet_id, spots=(_spot(side, hamlet_id),))


def _field_name(side: Side) -> str:
    """Name a field of the file, or what was given with the command."""
    name = path_name(side.said.path)
    return f"--{name}" if name in OPTIONS else name


def _spot(side: Side, hamlet_id: str) -> Spot:
    return Spot(side.said.path, side.fact.written, hamlet_id)


def _unused(campaign: Campaign, used: set[Confirmed]) -> Iterator[str]:
    for index, entry in enumerate(campaign.differs):
        if entry in used or (entry.where in OPTIONS and campaign.correction is None):
            continue
        message = _(
            "{field}: no text differs so any more (“{fact}” in {where}); delete the entry, or "
            "write what is said now"
        )
        if not understood(entry.fact):
            message = _(
                "{field}: “{fact}” in {where} is no day, hour, amount, telephone number or place"
            )
        field = path_name(("differs", index))
        yield message.format(field=field, fact=entry.fact, where=entry.where)


def _untimely(
    campaign: Campaign,
    worded: Sequence[Worded],
    slots: dict[tuple[str, str], set[datetime]],
    reference: date,
) -> Iterator[str]:
    """Yield what is wrong on some of the days, or comes when all is over."""
    seen: set[tuple[str, str, frozenset[datetime]]] = set()
    for item in worded:
        at = slots[item.hamlet.id, item.channel]
        text = f"{item.content.title}\n{unmarked(item.content.body)}"
        key = (item.channel, text, frozenset(at))
        if key in seen:
            continue
        seen.add(key)
        for stale in stale_words(text, item.channel, at, campaign.valid_until):
            message = _("{channel} says “{word}” and is there on other days too: name the day")
            if len(stale.days) > 1:
                message = _("{channel} says “{word}” on {days}: name the day")
            days = ", ".join(f"{day:%d/%m}" for day in stale.days)
            channel = channel_name(item.channel)
            yield message.format(channel=channel, word=stale.word.written, days=days)
        late = too_late(text, at, reference)
        if late is not None:
            yield _(
                "{channel} says “{written}” first at {slot}: people hear of it too late"
            ).format(
                channel=channel_name(item.channel),
                written=late.written,
                slot=f"{local(min(at)):%H:%M %d/%m/%Y}",
            )


def _kind_name(kind: Kind) -> str:
    return {
        Kind.DATE: _("the day"),
        Kind.MONTH: _("the month"),
        Kind.LUNAR: _("the day of the lunar year"),
        Kind.HOUR: _("the hour"),
        Kind.MONEY: _("the amount of money"),
        Kind.QUANTITY: _("the amount"),
        Kind.PHONE: _("the telephone number"),
        Kind.PLACE: _("the place"),
        Kind.HAMLET: _("the hamlet"),
    }[kind]
