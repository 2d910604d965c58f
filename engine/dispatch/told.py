"""Outcomes that an observer hears of, each just after it was recorded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from engine.dispatch.observer import Observer, Outcome
from engine.ledger import Ledger
from engine.ledger.outcomes import Outcomes
from engine.models import Bundle, Receipt


def told(ledger: Ledger, observer: Observer) -> Ledger:
    """Return the same ledger, whose outcomes ``observer`` hears of."""
    outcomes = _ToldOutcomes(ledger, observer)
    return replace(ledger, outcomes=outcomes)


class _ToldOutcomes(Outcomes):
    """Records as ``Outcomes`` does, then tells. What could not be recorded is not told."""

    def __init__(self, ledger: Ledger, observer: Observer) -> None:
        super().__init__(ledger.database, ledger.commune_id)
        self._observer = observer

    def sent(
        self,
        results: Sequence[tuple[Bundle, Receipt, str]],
        *,
        at: datetime,
        actor: str,
        recalled: Collection[str] = (),
    ) -> None:
        super().sent(results, at=at, actor=actor, recalled=recalled)
        if results:
            self._observer.settled(Outcome.SENT, [bundle for bundle, _receipt, _note in results])

    def rehearsed(self, bundle: Bundle, *, reference: str, at: datetime, actor: str) -> None:
        super().rehearsed(bundle, reference=reference, at=at, actor=actor)
        self._observer.settled(Outcome.REHEARSED, [bundle])

    def try_again(
        self, bundle: Bundle, *, reason: str, next_attempt_at: datetime, at: datetime, actor: str
    ) -> None:
        super().try_again(
            bundle, reason=reason, next_attempt_at=next_attempt_at, at=at, actor=actor
        )
        self._observer.settled(Outcome.RETRIED, [bundle], reason)

    def take_back(
        self,
        bundle: Bundle,
        *,
        reason: str,
        at: datetime,
        actor: str,
        next_attempt_at: datetime | None = None,
    ) -> None:
        super().take_back(
            bundle, reason=reason, at=at, actor=actor, next_attempt_at=next_attempt_at
        )
        self._observer.settled(Outcome.AGAIN, [bundle], reason)

    def fail(self, bundle: Bundle, *, reason: str, at: datetime, actor: str) -> None:
        super().fail(bundle, reason=reason, at=at, actor=actor)
        self._observer.settled(Outcome.FAILED, [bundle], reason)

    def doubt(self, bundle: Bundle, *, reason: str, at: datetime, actor: str) -> None:
        super().doubt(bundle, reason=reason, at=at, actor=actor)
        self._observer.settled(Outcome.UNCERTAIN, [bundle], reason)

    def fail_parts(
        self, bundle: Bundle, ids: Collection[int], *, reason: str, at: datetime, actor: str
    ) -> None:
        super().fail_parts(bundle, ids, reason=reason, at=at, actor=actor)
        self._observer.parts_failed(bundle, ids, reason)
