"""Faults of a campaign that its shape alone does not show: names, variables, times, files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from campaigns import attached
from campaigns.faults import MAX_PROBLEMS, suggestion, unknown
from campaigns.sandbox import PROVIDED, TemplateError
from campaigns.schedule_fields import schedule_of
from campaigns.schema import CampaignSpec
from campaigns.sections import SectionSpec
from campaigns.source import Source
from campaigns.templating import Reference, Template, compile_template, values_for
from campaigns.tree import Path as Where
from engine.clock import local
from engine.errors import Problem
from engine.i18n import gettext as _
from engine.models import Attachment, Commune, Hamlet
from engine.models.marks import loose_mark


@dataclass
class Findings:
    """The files that a campaign brings, found while checking."""

    attachments: list[Attachment] = field(default_factory=list)
    recordings: dict[str, Attachment] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A hamlet that is told, in its commune, with the values that are its own."""

    hamlet: Hamlet
    commune: Commune
    values: Mapping[str, Mapping[str, Any]]
    shown: str


@dataclass(frozen=True, kw_only=True)
class Check(ABC):
    """One campaign file against the areas it names, the clock and the disk.

    ``sections`` are the channels used. ``dropped`` names the keys whose own faults are known
    already: what depends on them is left alone.
    """

    source: Source
    spec: CampaignSpec
    sections: Mapping[str, SectionSpec]
    folder: Path
    now: datetime
    finished_is_fault: bool
    dropped: frozenset[str] = frozenset()
    found: Findings = field(default_factory=Findings)

    def problems(self) -> tuple[Problem, ...]:
        """Return every fault, and fill ``found``."""
        return (
            *self._names(),
            *self._validity(),
            *self._schedules(),
            *self._texts(),
            *self._voiced(),
            *self._attachments(),
            *self._recordings(),
        )

    @property
    @abstractmethod
    def office(self) -> tuple[str, str]:
        """The office that speaks where a campaign names none, and its telephone."""

    @abstractmethod
    def _names(self) -> Iterator[Problem]:
        """Yield what the file names and nobody knows."""

    @abstractmethod
    def _places(self) -> Iterator[Place]:
        """Yield every hamlet that is told."""

    def _unknown(
        self, kind: str, where: Where, names: Iterable[str], known: Iterable[str]
    ) -> Iterator[Problem]:
        allowed = set(known)
        wrong = ((index, name) for index, name in enumerate(names) if name not in allowed)
        for index, name in islice(wrong, MAX_PROBLEMS):
            yield self.source.problem((*where, index), unknown(kind, name, allowed))

    def _validity(self) -> Iterator[Problem]:
        until = self.spec.valid.until
        if self.finished_is_fault and "valid" not in self.dropped and until < self.now:
            message = _("the campaign ended on {until}; it is now {now}")
            message = message.format(until=_moment(until), now=_moment(self.now))
            yield self.source.problem(("valid", "until"), message)

    def _schedules(self) -> Iterator[Problem]:
        for where, model in self._parts():
            schedule = schedule_of(model)
            if schedule is None or schedule.asap or "valid" in self.dropped:
                continue
            begins, ends = self.spec.valid.from_, self.spec.valid.until
            path = (*where, "schedule")
            for moment in schedule.moments:
                if moment > ends or (begins is not None and moment < begins):
                    message = _("{moment} lies outside the campaign's validity ({begins} – {ends})")
                    first = _moment(begins) if begins else "…"
                    message = message.format(
                        moment=_moment(moment), begins=first, ends=_moment(ends)
                    )
                    yield self.source.problem(path, message)
                    break
            else:
                if self.finished_is_fault and ends >= self.now > schedule.moments[-1]:
                    message = _("every time of this schedule has passed; it is now {now}")
                    yield self.source.problem(path, message.format(now=_moment(self.now)))

    def _parts(self) -> Iterator[tuple[Where, CampaignSpec | SectionSpec]]:
        yield (), self.spec
        for channel, section in self.sections.items():
            yield ("channels", channel), section

    def _texts(self) -> Iterator[Problem]:
        for where, model in self._parts():
            if model.text is None or (not where and "text" in self.dropped):
                continue
            path = (*where, "text")
            yield from self._marks(path, model.text)
            try:
                template = compile_template(model.text)
                if not self.dropped & {"values", "hamlets", "audience"}:
                    yield from self._filled_in(path, template)
            except TemplateError as error:
                yield self._in_text(path, str(error), error.line, error.column)

    def _marks(self, path: Where, text: str) -> Iterator[Problem]:
        """Yield where a mark for the voice has lost its other half."""
        position = loose_mark(text)
        if position is not None:
            before = text[:position]
            line, column = before.count("\n") + 1, position - before.rfind("\n")
            message = _("what is said twice stands between [[ and ]], on one line: ]] is missing")
            yield self._in_text(path, message, line, column)

    def _voiced(self) -> Iterator[Problem]:
        """Yield marks for the voice where they cannot stand: titles are read by everybody."""
        for where, model in self._parts():
            if (
                model.title is not None
                and "[[" in model.title
                and not {*where, "title"} & self.dropped
            ):
                message = _(
                    "[[ ]] marks what is said twice; it may stand in the text and the contact"
                )
                yield self.source.problem((*where, "title"), message)
        if self.spec.contact and "contact" not in self.dropped:
            yield from self._marks(("contact",), self.spec.contact)

    def _filled_in(self, path: Where, template: Template) -> Iterator[Problem]:
        """Fill the text in for every hamlet; hamlets with the same values are tried once."""
        without: dict[Reference, list[str]] = {}
        tried: set[tuple[str, ...]] = set()
        own = {"hamlet", "commune"}.union(*self.spec.hamlets.values())
        for place in self._places():
            values = values_for(self.spec.values, place.values, place.hamlet, place.commune)
            missing = template.missing(values)
            for reference in missing:
                without.setdefault(reference, []).append(place.shown)
            key = tuple(repr(values.get(name)) for name in sorted(template.names))
            if not missing and key not in tried:
                tried.add(key)
                if not template.render(values).strip():
                    message = _("the text is empty in {hamlet}").format(hamlet=place.shown)
                    yield self.source.problem(path, message)
            if template.names.isdisjoint(own) and not missing:
                break  # the same everywhere
        for reference, names in without.items():
            message = self._missing(reference, names)
            yield self._in_text(path, message, reference.line, reference.column)

    def _missing(self, reference: Reference, names: list[str]) -> str:
        known = {*self.spec.values, *(n for v in self.spec.hamlets.values() for n in v)}
        provided = {f"{name}.{part}" for name, parts in PROVIDED.items() for part in parts}
        listed = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        return _('"{name}" has no value in {hamlets}{hint}').format(
            name=reference.name,
            hamlets=listed,
            hint="" if reference.name in known else suggestion(reference.name, known | provided),
        )

    def _in_text(self, path: Where, message: str, line: int, column: int) -> Problem:
        mark = self.source.text_mark(path, line, column)
        found = self.source.problem(path, message)
        return Problem(found.file, mark.line, mark.column, found.field, message)

    def _attachments(self) -> Iterator[Problem]:
        names: set[str] = set()
        for index, written in enumerate(self.spec.attachments):
            try:
                attachment, path = attached.describe(self.folder, written)
            except attached.AttachedError as error:
                yield self.source.problem(("attachments", index), str(error))
                continue
            if attachment.name in names:
                message = _("there are two attachments named {name}")
                message = message.format(name=attachment.name)
                yield self.source.problem(("attachments", index), message)
            names.add(attachment.name)
            self.found.attachments.append(attachment)
            self.found.files[attachment.sha256] = path

    def _recordings(self) -> Iterator[Problem]:
        for channel, section in self.sections.items():
            written = getattr(section, "audio", None)
            if written is None:
                continue
            try:
                recording, path = attached.describe(self.folder, written, sound=True)
            except attached.AttachedError as error:
                yield self.source.problem(("channels", channel, "audio"), str(error))
                continue
            self.found.recordings[channel] = recording
            self.found.files[recording.sha256] = path


def _moment(moment: datetime) -> str:
    return f"{local(moment):%d/%m/%Y %H:%M}"
