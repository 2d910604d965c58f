"""Whoever wants to know what dispatch does: logs, figures. Dispatch depends on none of them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from engine.ledger import Part
from engine.models import Bundle, Content, Hamlet


class Outcome(StrEnum):
    """What came of a bundle that was taken up."""

    SENT = "sent"
    REHEARSED = "rehearsed"
    #: A temporary failure: it is tried again later.
    RETRIED = "retried"
    #: Taken back before the far side had it, which is no failure of its own: it goes again.
    AGAIN = "again"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Observer:
    """Is told of each step in the thread that takes it. Does nothing until overridden.

    Whoever listens must be quick and must not raise.
    """

    def taken_up(self, bundle: Bundle, parts: Sequence[Part]) -> None:
        """A worker begins to prepare a bundle of these parts."""

    def rendered(self, content: Content, hamlet: Hamlet, seconds: float | None) -> None:
        """An artifact was made in so many seconds; None for one that the store had."""

    def began(self, bundles: Sequence[Bundle]) -> None:
        """Bundles were committed as being sent; they are handed over one after the other."""

    def handed_over(self, bundle: Bundle, seconds: float) -> None:
        """The far side took so many seconds to take a bundle, or to refuse it."""

    @contextmanager
    def handing_over(self, bundle: Bundle) -> Iterator[None]:
        """Measure for ``handed_over`` what is done inside ``with``."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.handed_over(bundle, time.monotonic() - began)

    def settled(self, outcome: Outcome, bundles: Sequence[Bundle], reason: str = "") -> None:
        """What came of bundles was recorded."""

    def parts_failed(self, bundle: Bundle, ids: Collection[int], reason: str) -> None:
        """Some of a bundle's deliveries can never be made; the others go on."""

    def swept(self, bundles: Sequence[Bundle]) -> None:
        """Bundles were found that a dead worker was sending; each is settled next."""


NOBODY = Observer()


class Everybody(Observer):
    """Tells several listeners, one after the other."""

    def __init__(self, *listeners: Observer) -> None:
        self._listeners = listeners

    def taken_up(self, bundle: Bundle, parts: Sequence[Part]) -> None:
        for one in self._listeners:
            one.taken_up(bundle, parts)

    def rendered(self, content: Content, hamlet: Hamlet, seconds: float | None) -> None:
        for one in self._listeners:
            one.rendered(content, hamlet, seconds)

    def began(self, bundles: Sequence[Bundle]) -> None:
        for one in self._listeners:
            one.began(bundles)

    def handed_over(self, bundle: Bundle, seconds: float) -> None:
        for one in self._listeners:
            one.handed_over(bundle, seconds)

    def settled(self, outcome: Outcome, bundles: Sequence[Bundle], reason: str = "") -> None:
        for one in self._listeners:
            one.settled(outcome, bundles, reason)

    def parts_failed(self, bundle: Bundle, ids: Collection[int], reason: str) -> None:
        for one in self._listeners:
            one.parts_failed(bundle, ids, reason)

    def swept(self, bundles: Sequence[Bundle]) -> None:
        for one in self._listeners:
            one.swept(bundles)
