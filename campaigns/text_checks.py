"""Faults of a campaign's texts: their syntax, their variables, what comes of filling them in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from campaigns.faults import MAX_PROBLEMS, suggestion
from campaigns.sandbox import PROVIDED
from campaigns.schema import CampaignSpec
from campaigns.source import Source
from campaigns.templating import Reference, Template, examine_template, values_for
from campaigns.tree import Path
from engine.errors import Problem
from engine.i18n import gettext as _
from engine.models import Commune, Hamlet
from engine.models.marks import loose_mark

#: Hamlets that a fault names; of more it says only that there are.
MOST_NAMED = 5

_PROVIDED = frozenset(f"{name}.{part}" for name, parts in PROVIDED.items() for part in parts)


@dataclass(frozen=True, slots=True)
class Place:
    """A hamlet that is told, in its commune, with the values that are its own."""

    hamlet: Hamlet
    commune: Commune
    values: Mapping[str, Mapping[str, Any]]
    shown: str


@dataclass(frozen=True, slots=True)
class TextCheck:
    """One campaign's texts.

    ``places`` are the hamlets that are told; None where they, or their values, are not known.
    ``names`` are the variables that have a value somewhere; None where that is not known.
    """

    source: Source
    spec: CampaignSpec
    places: Callable[[], Iterable[Place]] | None
    names: frozenset[str] | None

    def text(self, path: Path, text: str) -> Iterator[Problem]:
        """Yield every fault of the text at ``path``."""
        yield from marks(self.source, path, text)
        examined = examine_template(text)
        for fault in examined.faults:
            yield self._in_text(path, str(fault), fault.line, fault.column)
        if examined.template is None:
            return
        if self.places is not None:
            sound = not examined.faults
            yield from self._filled_in(path, examined.template, self.places(), sound=sound)
        elif self.names is not None:
            for reference in examined.template.references:
                if not self._provided(reference):
                    message = _('"{name}" has no value').format(name=reference.name)
                    message += suggestion(reference.name, self.names | _PROVIDED)
                    yield self._in_text(path, message, reference.line, reference.column)

    def _filled_in(
        self, path: Path, template: Template, places: Iterable[Place], *, sound: bool
    ) -> Iterator[Problem]:
        """Fill the text in for every hamlet; hamlets with the same values are tried once."""
        without: dict[Reference, list[str]] = {}
        unfit: dict[tuple[str, int, int], list[str]] = {}
        tried: set[tuple[str, ...]] = set()
        own = {"hamlet", "commune"}.union(*self.spec.hamlets.values())
        same = template.names.isdisjoint(own)
        for place in places:
            values = values_for(self.spec.values, place.values, place.hamlet, place.commune)
            missing = template.missing(values)
            for reference in missing:
                without.setdefault(reference, []).append(place.shown)
            key = tuple(repr(values.get(name)) for name in sorted(template.names))
            if sound and not missing and key not in tried:
                tried.add(key)
                for fault in template.faults(values):
                    told = (str(fault), fault.line, fault.column)
                    unfit.setdefault(told, []).append(place.shown)
            if same and not missing:
                break
        for (message, line, column), names in islice(unfit.items(), MAX_PROBLEMS):
            where = "" if same else f" ({_listed(names)})"
            yield self._in_text(path, message + where, line, column)
        for reference, names in without.items():
            message = self._missing(reference, names)
            yield self._in_text(path, message, reference.line, reference.column)

    def _missing(self, reference: Reference, names: list[str]) -> str:
        known = {*self.spec.values, *(n for v in self.spec.hamlets.values() for n in v)}
        return _('"{name}" has no value in {hamlets}{hint}').format(
            name=reference.name,
            hamlets=_listed(names),
            hint="" if reference.name in known else suggestion(reference.name, known | _PROVIDED),
        )

    def _provided(self, reference: Reference) -> bool:
        assert self.names is not None
        return reference.name in _PROVIDED or reference.root in self.names

    def _in_text(self, path: Path, message: str, line: int, column: int) -> Problem:
        return _in_text(self.source, path, message, line, column)


def marks(source: Source, path: Path, text: str) -> Iterator[Problem]:
    """Yield where a mark for the voice has lost its other half."""
    position = loose_mark(text)
    if position is not None:
        before = text[:position]
        line, column = before.count("\n") + 1, position - before.rfind("\n")
        message = _("what is said twice stands between [[ and ]], on one line: ]] is missing")
        yield _in_text(source, path, message, line, column)


def _in_text(source: Source, path: Path, message: str, line: int, column: int) -> Problem:
    mark = source.text_mark(path, line, column)
    found = source.problem(path, message)
    return Problem(found.file, mark.line, mark.column, found.field, message)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
