"""A desk: where the notices of one commune, or of the machines, are found, kept and told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.clock import Clock
from engine.ledger.notices import Kept, NoticeBook
from engine.models.notice import Concern, Notice
from engine.notices.telling import Teller


class Gatherer(Protocol):
    """Looks for what needs a person, and changes nothing."""

    #: All concerns of which it may find something: what it finds no more is gone.
    concerns: frozenset[Concern]

    def gather(self, now: datetime) -> Sequence[Notice] | None:
        """Return what needs a person now; None when it was not looked for.

        Raises what the ledger and the disk raise.
        """
        ...


class Desk:
    """The notices of one book, those who look for them, and who tells them."""

    def __init__(
        self, book: NoticeBook, gatherers: Sequence[Gatherer], teller: Teller, clock: Clock
    ) -> None:
        self.book = book
        self._gatherers = gatherers
        self._teller = teller
        self._clock = clock

    def gather(self) -> None:
        """Look for everything and write it down. Raises what the gatherers raise."""
        now = self._clock.now()
        for gatherer in self._gatherers:
            found = gatherer.gather(now)
            if found is not None:
                self.book.record(found, gatherer.concerns, now)

    def look(self, *, gone: bool = False) -> list[Kept]:
        """Look for everything now, and return it; ``gone``: what is over as well."""
        self.gather()
        return self.book.all(gone=gone)

    def done(self, key: str, by: str) -> bool:
        """Keep that a person has seen to a notice; False when there is none of this key."""
        return self.book.done(key, by, self._clock.now())

    def tell(self) -> None:
        """Tell outside what is to be told. Raises what the ledger raises."""
        self._teller.tell()
