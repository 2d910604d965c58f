"""Packages that a person uploaded, or may have, and that are not to air any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.models.notice import Concern, Notice, Severity


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a note beside the packages says: ``airings`` of it are not to be.

    ``uploaded``: somebody has said that it is on the province's system.
    """

    campaign_id: str
    package: str
    note: str
    airings: tuple[datetime, ...]
    uploaded: bool


class PackageGatherer:
    """Looks through one commune's packages; ``taken_back`` None: they lie on another machine."""

    concerns = frozenset({Concern.TAKE_BACK})

    def __init__(self, taken_back: Callable[[], Sequence[TakenBack] | None]) -> None:
        self._taken_back = taken_back

    def gather(self, now: datetime) -> Sequence[Notice] | None:
        found = self._taken_back()
        return None if found is None else list(self._told(found, now))

    def _told(self, found: Sequence[TakenBack], now: datetime) -> Iterator[Notice]:
        for one in found:
            left = [moment for moment in one.airings if moment > now]
            if left:
                facts = {
                    "campaign": one.campaign_id,
                    "package": one.package,
                    "note": one.note,
                    "count": str(len(left)),
                    "slot": min(left).isoformat(),
                }
                severity = Severity.URGENT if one.uploaded else Severity.WARNING
                yield Notice(Concern.TAKE_BACK, severity, now, (one.package,), facts)
