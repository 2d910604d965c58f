"""Quotas that are used up: what waits for the far side, and what of it cannot wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from engine.ledger.breakers import Breakers
from engine.ledger.needs import Needs
from engine.models.notice import Concern, Notice, Severity


class QuotaGatherer:
    """Looks for far sides that asked everybody for a long patience, and what waits for them.

    ``endpoints`` are what backends call their far sides, by channel and backend.
    """

    concerns = frozenset({Concern.QUOTA})

    def __init__(
        self, breakers: Breakers, needs: Needs, endpoints: Mapping[tuple[str, str], str]
    ) -> None:
        self._breakers = breakers
        self._needs = needs
        self._endpoints = endpoints

    def gather(self, now: datetime) -> Sequence[Notice]:
        return list(self._waiting(now))

    def _waiting(self, now: datetime) -> Iterator[Notice]:
        for (channel, backend), endpoint in self._endpoints.items():
            found = self._breakers.get(endpoint)
            if found is None or found.retry_at is None or not found.is_quota:
                continue
            if found.retry_at <= now:
                continue
            waits = self._needs.waiting(channel, backend, found.retry_at)
            if not waits:
                continue
            urgent = [one for one in waits if one.emergencies]
            counted = urgent or waits
            yield Notice(
                Concern.QUOTA,
                Severity.URGENT if urgent else Severity.WARNING,
                found.since,
                (channel, backend),
                {
                    "channel": channel,
                    "backend": backend,
                    "end": found.retry_at.isoformat(),
                    "campaign": counted[0].campaign_id,
                    "count": str(sum(one.emergencies or one.count for one in counted)),
                },
            )
