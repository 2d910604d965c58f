"""All that one campaign says in one hamlet, held against itself and against the calendar."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import combinations

from engine.models.truth import Confirmed, FieldPath
from engine.rules.one_truth.comparing import agree, contradictions
from engine.rules.one_truth.facts import Day, Fact, Kind, Place
from engine.rules.one_truth.impossible import impossible_days
from engine.rules.one_truth.reading import facts_of
from engine.rules.one_truth.reasons import Doubted, doubted_in, unfounded
from engine.rules.one_truth.relative import relative_days


@dataclass(frozen=True, slots=True)
class Said:
    """One field of a campaign as it is read or heard, and the channels that say it.

    ``days`` are those on which it is first read or heard, where they are known.
    """

    path: FieldPath
    text: str
    channels: frozenset[str] = frozenset()
    days: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Side:
    """A fact, and the field that says it."""

    said: Said
    fact: Fact


@dataclass(frozen=True, slots=True)
class Difference:
    """Two fields that say different things. ``confirmed`` is the entry by which that is meant."""

    one: Side
    other: Side
    confirmed: Confirmed | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What is wrong: differences, days whose weekday is another, and days that do not exist."""

    differences: tuple[Difference, ...] = ()
    weekdays: tuple[tuple[Side, date], ...] = ()
    impossible: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """Compares what is said; ``reference`` is a day near which days without a year are meant.

    ``hamlets`` are the registry's names. ``confirmed`` are the differences that the author means.
    """

    reference: date
    hamlets: tuple[str, ...] = ()
    confirmed: Sequence[Confirmed] = ()
    _known: dict[tuple[Said, ...], Judged] = field(default_factory=dict)

    def judge(self, saids: Sequence[Said]) -> Judged:
        """Compare every field with every other; the same fields are judged once."""
        key = tuple(saids)
        if key not in self._known:
            self._known[key] = Judged(
                tuple(self._differences(key)),
                tuple(self._weekdays(key)),
                tuple(self._impossible(key)),
            )
        return self._known[key]

    def reason(
        self,
        reason: Said,
        beside: Mapping[str, Sequence[Said]],
        before: Mapping[str, Collection[str]],
        corrected: Collection[str],
        names: Mapping[str, str],
    ) -> dict[str, Judged]:
        """Hold a correction's reason against the texts that it stands ``beside``, by hamlet.

        ``before`` are the texts that people were told: it may quote them. ``corrected`` are the
        hamlets that are told otherwise now, ``names`` what all are called. What is wrong with it
        alone (a weekday, a day that no calendar has) is told under "".
        """
        facts = self.facts(reason)
        known = self._spoken_of(facts, names)

        @cache
        def told(hamlet: str) -> tuple[list[Fact], list[Fact]]:
            hamlets = [hamlet] if hamlet else corrected
            old = dict.fromkeys(text for one in hamlets for text in before.get(one, ()))
            new = dict.fromkeys(said for one in hamlets for said in beside.get(one, ()))
            return (
                [fact for text in old for fact in facts_of(text, self.hamlets)],
                [fact for said in new for fact in self.facts(said)],
            )

        doubted = doubted_in(
            reason.text, facts, lambda fact: told(known.get(fact.hamlet, "")), self.reference
        )
        found = {"": self._alone(reason, {text for texts in before.values() for text in texts})}
        for hamlet in dict.fromkeys((*corrected, *known.values())) if doubted != Doubted() else ():
            ours = [fact for fact in facts if known.get(fact.hamlet, hamlet) == hamlet]
            saids = beside.get(hamlet, ())
            found[hamlet] = Judged(tuple(self._unfounded(reason, ours, doubted, saids)))
        return found

    def _spoken_of(self, facts: Sequence[Fact], names: Mapping[str, str]) -> dict[str, str]:
        """Return the ids of the hamlets that facts are said of, as facts name these."""
        named = {fact.hamlet for fact in facts} - {""}
        found: dict[str, str] = {}
        for hamlet_id, name in names.items() if named else ():
            for fact in facts_of(name, self.hamlets):
                if isinstance(fact.value, Place) and " ".join(fact.value.name) in named:
                    found.setdefault(" ".join(fact.value.name), hamlet_id)
        return found

    def _alone(self, reason: Said, quoted: Collection[str]) -> Judged:
        def is_quoted(side: Side) -> bool:
            return any(side.fact.written in text for text in quoted)

        return Judged(
            (),
            tuple(one for one in self._weekdays((reason,)) if not is_quoted(one[0])),
            tuple(one for one in self._impossible((reason,)) if not is_quoted(one)),
        )

    def _unfounded(
        self,
        reason: Said,
        facts: Sequence[Fact],
        doubted: Doubted,
        saids: Sequence[Said],
    ) -> Iterator[Difference]:
        for said in saids:
            for pair in unfounded(reason.text, facts, doubted, self.facts(said), self.reference):
                sides = Side(reason, pair.one), Side(said, pair.other)
                yield Difference(*sides, self._confirmation(*sides))

    def facts(self, said: Said) -> tuple[Fact, ...]:
        """Return a field's facts; "hôm nay" is the day on which it is read, if that is one."""
        found = facts_of(said.text, self.hamlets)
        if len(said.days) != 1:
            return found
        (day,) = said.days
        relative = (one.on(day) for one in relative_days(said.text))
        return (*found, *(one for one in relative if one is not None))

    def _differences(self, saids: tuple[Said, ...]) -> Iterator[Difference]:
        for one, other in combinations(saids, 2):
            if one.path == other.path or one.text == other.text:
                continue
            pairs = contradictions(self.facts(one), self.facts(other), self.reference)
            for pair in pairs:
                sides = Side(one, pair.one), Side(other, pair.other)
                yield Difference(*sides, self._confirmation(*sides))

    def _weekdays(self, saids: tuple[Said, ...]) -> Iterator[tuple[Side, date]]:
        for said in saids:
            for fact in facts_of(said.text, self.hamlets):
                day = false_weekday(fact, self.reference)
                if day is not None:
                    yield Side(said, fact), day

    def _impossible(self, saids: tuple[Said, ...]) -> Iterator[Side]:
        for said in saids:
            facts = facts_of(said.text, self.hamlets)
            for fact in impossible_days(said.text, facts, self.reference):
                yield Side(said, fact)

    def _confirmation(self, one: Side, other: Side) -> Confirmed | None:
        return next((entry for entry in self.confirmed if self._covers(entry, one, other)), None)

    def _covers(self, entry: Confirmed, one: Side, other: Side) -> bool:
        for side, against in ((one, other), (other, one)):
            if entry.where not in names_of(side.said) or not self._says(entry.fact, side.fact):
                continue
            if not entry.instead_of or self._says(entry.instead_of, against.fact):
                return True
        return False

    def _says(self, written: str, fact: Fact) -> bool:
        """Say whether an entry's words mean ``fact``: by meaning, or letter by letter."""
        if written.strip() == fact.written.strip():
            return True
        return any(
            meant.kind is fact.kind and agree(meant, fact, self.reference)
            for meant in understood(written, self.hamlets)
        )


def understood(written: str, hamlets: tuple[str, ...] = ()) -> tuple[Fact, ...]:
    """Return the facts of a short entry: "5/12" alone is a day as well."""
    return facts_of(written, hamlets) or facts_of(f"ngày {written}", hamlets)


def names_of(said: Said) -> frozenset[str]:
    """Return how an entry may name a field: its channels, or its own key."""
    own = {str(said.path[0])} if said.path and said.path[0] != "channels" else set()
    return said.channels | own


def false_weekday(fact: Fact, reference: date) -> date | None:
    """Return the day that ``fact`` names if that is another weekday than it says, else None."""
    day = fact.value
    if fact.kind is not Kind.DATE or not isinstance(day, Day):
        return None
    if not (day.dated and day.weekday):
        return None
    meant = day.near(reference)
    return meant if meant is not None and meant.isoweekday() != day.weekday else None
