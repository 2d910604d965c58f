"""Faults of a campaign that its shape alone does not show: names, variables, times, files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import ClassVar

from campaigns import attached
from campaigns.citations import CitationError, basis
from campaigns.differing import unknown_places
from campaigns.emergency_checks import emergency_faults
from campaigns.escalation_checks import campaign_faults
from campaigns.faults import MAX_PROBLEMS, unknown
from campaigns.obligation_schema import shipped
from campaigns.schedule_fields import KEYS, schedule_of
from campaigns.schema import CampaignSpec
from campaigns.sections import SectionSpec
from campaigns.sound import Cuts
from campaigns.source import Source
from campaigns.text_checks import Place, TextCheck, marks
from campaigns.time_checks import Part, TimeCheck
from campaigns.tree import Path as Where
from engine.errors import Problem
from engine.i18n import gettext as _
from engine.models import Attachment, LegalBasis, Obligation, Schedule, Team


@dataclass
class Findings:
    """The files that a campaign brings, found while checking."""

    attachments: list[Attachment] = field(default_factory=list)
    recordings: dict[str, Attachment] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    legal_basis: list[LegalBasis] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadCampaign:
    """A campaign file as its model read it.

    ``sections`` are the channels used. ``cuts`` are the values whose own faults are known
    already: what depends on them is left alone.
    """

    path: Path
    source: Source
    spec: CampaignSpec
    sections: Mapping[str, SectionSpec]
    cuts: Cuts


@dataclass(frozen=True, kw_only=True)
class Check(ABC):
    """One campaign file against the areas it names, the clock and the disk."""

    knows_places: ClassVar[bool] = True

    read: ReadCampaign
    now: datetime
    finished_is_fault: bool
    found: Findings = field(default_factory=Findings)

    @property
    def source(self) -> Source:
        return self.read.source

    @property
    def spec(self) -> CampaignSpec:
        return self.read.spec

    @property
    def sections(self) -> Mapping[str, SectionSpec]:
        return self.read.sections

    @property
    def cuts(self) -> Cuts:
        return self.read.cuts

    def problems(self) -> tuple[Problem, ...]:
        """Return every fault, and fill ``found``."""
        return (
            *self._names(),
            *self._times(),
            *self._emergencies(),
            *self._texts(),
            *self._voiced(),
            *self._alternatives(),
            *self._legal_basis(),
            *self._differs(),
            *self._escalation(),
            *self._attachments(),
            *self._recordings(),
        )

    @property
    @abstractmethod
    def office(self) -> tuple[str, str]:
        """The office that speaks where a campaign names none, and its telephone."""

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """What laws ask of a message, as it is known here."""
        return shipped()

    @property
    def teams(self) -> Collection[Team] | None:
        """The commune's teams; None where nobody knows them here."""
        return None

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

    def _parts(self) -> Iterator[tuple[Where, Part]]:
        yield (), self.spec
        for channel, section in self.sections.items():
            yield ("channels", channel), section

    def _times(self) -> Iterator[Problem]:
        check = TimeCheck(self.source, self.cuts, self.spec.valid, self.now, self.finished_is_fault)
        yield from check.validity()
        yield from check.schedules(self._parts())

    def _emergencies(self) -> Iterator[Problem]:
        """Yield what only an emergency may, and what neither a drill nor an all-clear may."""
        return emergency_faults(self.source, self.cuts, self.spec, self.sections)

    def schedules(self) -> dict[str, Schedule]:
        """Return the times that are known: the campaign's under "", and each channel's own."""
        found = ((where[-1] if where else "", self._known(where, m)) for where, m in self._parts())
        return {str(name): schedule for name, schedule in found if schedule is not None}

    def _known(self, where: Where, model: Part) -> Schedule | None:
        if self.cuts.keys_of((*where, "schedule")) & KEYS:
            return None
        try:
            return schedule_of(model)
        except ValueError:
            return None

    def _texts(self) -> Iterator[Problem]:
        known = self.knows_places and not self.cuts.touch("values", "hamlets", "audience")
        places = self._places if known else None
        check = TextCheck(self.source, self.spec, places, self._variables())
        for where, model in self._parts():
            path = (*where, "text")
            if model.text is not None and not self.cuts.below(path):
                yield from check.text(path, model.text)
            texts: Callable[[], Mapping[Where, str]] = getattr(model, "texts", dict)
            for key, text in texts().items():
                if not self.cuts.below((*where, *key)):
                    yield from check.text((*where, *key), text)
        for name in type(self.spec.facts).model_fields:
            for index, line in enumerate(getattr(self.spec.facts, name)):
                path = ("facts", name, index)
                if not self.cuts.below(path):
                    yield from check.text(path, line)

    def _variables(self) -> frozenset[str] | None:
        """Return every variable that the file gives a value, right or wrong."""
        if self.cuts.paths & {("values",), ("hamlets",)}:
            return None
        areas = (("hamlets", area) for area in self.source.keys_at(("hamlets",)))
        groups: list[Where] = [("values",), *areas]
        return frozenset().union(*(self.source.keys_at(path, empty=True) for path in groups))

    def _voiced(self) -> Iterator[Problem]:
        """Yield marks for the voice where they cannot stand, or have lost their other half."""
        for where, model in self._parts():
            path = (*where, "title")
            if model.title is not None and "[[" in model.title and not self.cuts.below(path):
                message = _(
                    "[[ ]] marks what is said twice; it may stand in the text and the contact"
                )
                yield self.source.problem(path, message)
        if self.spec.contact and not self.cuts.below(("contact",)):
            yield from marks(self.source, ("contact",), self.spec.contact)

    def _alternatives(self) -> Iterator[Problem]:
        """Yield the settings of a channel that cannot stand beside each other."""
        for channel, section in self.sections.items():
            path = ("channels", channel)
            given = self.source.keys_at(path)
            for first, second in getattr(section, "alternatives", ()):
                if {first, second} <= given:
                    message = _("give either {first} or {second}, not both")
                    message = message.format(first=first, second=second)
                    yield self.source.problem((*path, second), message, at_key=True)

    def _legal_basis(self) -> Iterator[Problem]:
        for index, written in enumerate(self.spec.legal_basis):
            path: Where = ("legal_basis", index)
            if self.cuts.below(path):
                continue
            try:
                self.found.legal_basis.append(basis(written, self.obligations))
            except CitationError as error:
                yield self.source.problem(path, str(error))

    def _differs(self) -> Iterator[Problem]:
        if not self.cuts.touch("differs", "channels"):
            yield from unknown_places(self.source, self.spec.differs, self.sections)

    def _escalation(self) -> Iterator[Problem]:
        if not self.cuts.touch("escalation", "channels"):
            yield from campaign_faults(
                self.source, self.cuts, self.spec, self.sections, self.now, self.teams
            )

    def _attachments(self) -> Iterator[Problem]:
        names: set[str] = set()
        for index, written in enumerate(self.spec.attachments):
            try:
                attachment, path = attached.describe(self.read.path.parent, written)
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
                recording, path = attached.describe(self.read.path.parent, written, sound=True)
            except attached.AttachedError as error:
                yield self.source.problem(("channels", channel, "audio"), str(error))
                continue
            self.found.recordings[channel] = recording
            self.found.files[recording.sha256] = path


@dataclass(frozen=True, kw_only=True)
class LonelyCheck(Check):
    """A campaign file by itself, while it is not known what is around it."""

    knows_places: ClassVar[bool] = False

    @property
    def office(self) -> tuple[str, str]:
        return "", ""

    def _names(self) -> Iterator[Problem]:
        yield from ()

    def _places(self) -> Iterator[Place]:
        yield from ()
