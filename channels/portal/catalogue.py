"""Which posts the site has, so that one more post does not read all the others.

``catalogue.json`` lies in the site and goes public with it. What the posts say stands in their
own documents; from these the catalogue can always be made again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from channels.portal.documents import Record
from engine.models import Purpose
from engine.models.correction import WITHDRAWAL_HOLDS

#: Name of the file.
CATALOGUE = "catalogue.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a post without reading it.

    ``number`` counts posts from 0 in the order in which they came, and never changes: pages
    and parts of the index are made of runs of numbers. ``until`` is the latest end of its
    wordings; ``ends`` are the campaigns that it calls off; ``urgent``: it tells of a danger;
    ``taken`` are the hamlets where it was withdrawn.
    """

    id: str
    number: int
    published: datetime
    updated: datetime
    until: datetime
    hamlets: tuple[str, ...]
    ends: tuple[str, ...] = ()
    urgent: bool = False
    taken: tuple[str, ...] = ()

    @property
    def withdrawn(self) -> bool:
        """Whether it holds nowhere any more."""
        return set(self.taken) >= set(self.hamlets)

    @classmethod
    def of(cls, record: Record, number: int) -> Entry:
        return cls(
            id=record.id,
            number=number,
            published=record.published,
            updated=record.updated,
            until=max(wording.post.valid_until for wording in record.wordings),
            hamlets=tuple(hamlet.id for w in record.wordings for hamlet in w.hamlets),
            ends=tuple(dict.fromkeys(w.post.ends for w in record.wordings if w.post.ends)),
            urgent=any(w.post.urgent for w in record.wordings),
            taken=tuple(
                hamlet.id
                for wording in record.wordings
                if wording.post.purpose is Purpose.WITHDRAWAL
                for hamlet in wording.hamlets
            ),
        )

    def row(self) -> list[Any]:
        return [
            self.id,
            self.published.isoformat(),
            self.updated.isoformat(),
            self.until.isoformat(),
            " ".join(self.hamlets),
            " ".join(self.ends),
            int(self.urgent),
            " ".join(self.taken),
        ]


@dataclass(frozen=True)
class Catalogue:
    """Every post, by number. ``builder`` names what made the pages, ``site`` for which facts."""

    entries: tuple[Entry, ...] = ()
    builder: str = ""
    site: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def ended(self) -> Mapping[str, datetime]:
        """When each campaign that an all-clear ended was called off."""
        return {end: entry.updated for entry in self.entries for end in entry.ends}

    @cached_property
    def newest(self) -> tuple[Entry, ...]:
        """The posts as lists show them: what was said last comes first."""
        by_id = sorted(self.entries, key=lambda entry: entry.id)
        return tuple(sorted(by_id, key=lambda e: (e.updated, e.published), reverse=True))

    @cached_property
    def told(self) -> Mapping[str, Sequence[Entry]]:
        """What each hamlet was told, the newest first; one that was told nothing is missing."""
        found: dict[str, list[Entry]] = {}
        for entry in self.newest:
            for hamlet in entry.hamlets:
                found.setdefault(hamlet, []).append(entry)
        return found

    def over(self, entry: Entry, as_of: datetime) -> bool:
        """Say whether a post is no longer in force."""
        if as_of not in self._over:
            known = (one.id for one in self.entries if one.id in self.ended or one.until < as_of)
            self._over[as_of] = frozenset(known)
        return entry.id in self._over[as_of]

    @cached_property
    def _over(self) -> dict[datetime, frozenset[str]]:
        """What is over at the moments that were asked about: thousands are asked about one."""
        return {}

    def told_withdrawn(self, entry: Entry, as_of: datetime) -> bool:
        """Say whether it was withdrawn somewhere so lately that screens still tell of it."""
        return bool(entry.taken) and as_of <= entry.updated + WITHDRAWAL_HOLDS

    def joined(self, records: Iterable[Record]) -> Catalogue:
        """Return the catalogue with ``records`` in it; new ones get the next numbers."""
        entries = list(self.entries)
        known = dict(self.by_id)
        for record in sorted(records, key=lambda one: (one.published, one.id)):
            old = known.get(record.id)
            entry = Entry.of(record, old.number if old else len(entries))
            if old:
                entries[old.number] = entry
            else:
                entries.append(entry)
            known[entry.id] = entry
        return replace(self, entries=tuple(entries))

    def encoded(self) -> bytes:
        rows = ",\n".join(
            json.dumps(one.row(), ensure_ascii=False, separators=(",", ":")) for one in self.entries
        )
        head = json.dumps({"builder": self.builder, "site": self.site})[:-1]
        return f'{head}, "posts": [\n{rows}\n]}}\n'.encode()

    @classmethod
    def decoded(cls, data: bytes) -> Catalogue:
        """Read it back. Raises ValueError for anything that is no catalogue."""
        try:
            said = json.loads(data)
            entries = tuple(_entry(number, *row) for number, row in enumerate(said["posts"]))
            return cls(entries, str(said["builder"]), str(said["site"]))
        except (KeyError, TypeError, AttributeError) as fault:
            raise ValueError(str(fault)) from fault


def _entry(
    number: int,
    id_: str,
    published: str,
    updated: str,
    until: str,
    hamlets: str,
    ends: str,
    urgent: int,
    taken: str,
) -> Entry:
    return Entry(
        id_,
        number,
        datetime.fromisoformat(published),
        datetime.fromisoformat(updated),
        datetime.fromisoformat(until),
        tuple(hamlets.split()),
        tuple(ends.split()),
        bool(urgent),
        tuple(taken.split()),
    )
