"""Faults of when a campaign holds and acts: its validity, and every schedule in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from campaigns.schedule import MAX_REPEATS, days_between
from campaigns.schedule_fields import KEYS, RepeatSpec, ScheduleSpec, faults_of_keys
from campaigns.schema import CampaignSpec, ValiditySpec
from campaigns.sections import SectionSpec
from campaigns.sound import Cuts
from campaigns.source import Source
from campaigns.tree import Path
from engine.clock import local
from engine.errors import Problem
from engine.i18n import gettext as _

#: Moments that a fault names; of more it says only that there are.
MOST_NAMED = 5

#: The campaign itself or a channel's section, either with texts and a schedule of its own.
Part = CampaignSpec | SectionSpec


@dataclass(frozen=True, slots=True)
class TimeCheck:
    """One campaign's times as read from ``source``, without what ``cuts`` says.

    ``finished_is_fault``: a campaign or a schedule that is over at ``now`` cannot be used.
    """

    source: Source
    cuts: Cuts
    valid: ValiditySpec
    now: datetime
    finished_is_fault: bool

    def validity(self) -> Iterator[Problem]:
        begins, until = self.valid.from_, self.valid.until
        if not self._in_order and begins is not None:
            message = _("the campaign ends ({until}) before it begins ({from_})")
            message = message.format(until=_moment(until), from_=_moment(begins))
            yield self.source.problem(("valid",), message)
        if self.finished_is_fault and until < self.now:
            message = _("the campaign ended on {until}; it is now {now}")
            message = message.format(until=_moment(until), now=_moment(self.now))
            yield self.source.problem(("valid", "until"), message)

    def schedules(self, parts: Iterable[tuple[Path, Part]]) -> Iterator[Problem]:
        """Yield the faults of each part's schedule; the campaign itself is a part."""
        for where, model in parts:
            path = (*where, "schedule")
            written = self.source.keys_at(path)
            if written:
                for fault in faults_of_keys(written):
                    yield self.source.problem(path, fault)
            if model.schedule is None:
                continue
            if not written & {"times", "now", "repeat"} and not self.cuts.below(path):
                yield self.source.problem((*path, "times"), _("this key is missing"))
            if model.schedule.repeat is not None:
                yield from self._repeat((*path, "repeat"), model.schedule.repeat)
            yield from self._moments(path, model.schedule, written)

    def _repeat(self, path: Path, again: RepeatSpec) -> Iterator[Problem]:
        """Judge until when an alert is said again, and how often."""
        if self.cuts.below(path):
            return
        until = (*path, "until")
        if again.until > self.valid.until:
            message = _("outside the campaign's validity, which ends at {ends}")
            yield self.source.problem(until, message.format(ends=_moment(self.valid.until)))
        elif again.until < self.now:
            if self.finished_is_fault and self.valid.until >= self.now:
                message = _("this moment has passed; it is now {now}")
                yield self.source.problem(until, message.format(now=_moment(self.now)))
        elif (again.until - self.now) / again.every > MAX_REPEATS:
            message = _("it would be said more than {limit} times; end it sooner, or space it out")
            yield self.source.problem(path, message.format(limit=MAX_REPEATS))

    def _moments(
        self, path: Path, spec: ScheduleSpec, written: frozenset[str]
    ) -> Iterator[Problem]:
        """Judge the moments that can be known: those of the days and times that are sound."""
        stretch = spec.from_ is not None and spec.to is not None
        if any(faults_of_keys(written)) or self.cuts.keys_of(path) & KEYS:
            if stretch:
                yield from self._of_stretch(path, spec)
            return
        try:
            moments = spec.schedule().moments
        except ValueError as error:
            if not self.cuts.below(path):
                yield self.source.problem(path, str(error))
            elif stretch:
                yield from self._of_stretch(path, spec)
            return
        yield from self._outside(path, moments)
        over = bool(moments) and self.valid.until >= self.now > moments[-1]
        if over and self.finished_is_fault and not self.cuts.below(path):
            message = _("every time of this schedule has passed; it is now {now}")
            yield self.source.problem(path, message.format(now=_moment(self.now)))

    def _of_stretch(self, path: Path, spec: ScheduleSpec) -> Iterator[Problem]:
        """Judge a stretch of days by itself, where its weekdays or times are not known."""
        assert spec.from_ is not None
        assert spec.to is not None
        try:
            days_between(spec.from_, spec.to)
        except ValueError as error:
            yield self.source.problem(path, str(error))

    def _outside(self, path: Path, moments: Iterable[datetime]) -> Iterator[Problem]:
        begins, ends = self.valid.from_, self.valid.until
        outside = [m for m in moments if m > ends or (begins is not None and m < begins)]
        if outside and self._in_order:
            message = _("outside the campaign's validity ({begins} – {ends}): {moments}")
            named = ", ".join(_moment(moment) for moment in outside[:MOST_NAMED])
            message = message.format(
                begins=_moment(begins) if begins else "…",
                ends=_moment(ends),
                moments=named + (" …" if len(outside) > MOST_NAMED else ""),
            )
            yield self.source.problem(path, message)

    @property
    def _in_order(self) -> bool:
        return self.valid.from_ is None or self.valid.from_ < self.valid.until


def _moment(moment: datetime) -> str:
    return f"{local(moment):%d/%m/%Y %H:%M}"
