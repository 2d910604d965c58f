"""Who needs help, as teams have said, until somebody at the commune has dealt with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from engine.models.notice import Concern, Notice, Severity
from engine.models.relay import RelayWord, WordKind


class VisitGatherer:
    """Looks at what teams wrote about people who need help; who they are is not told here."""

    concerns = frozenset({Concern.VISIT_HELP})

    def __init__(self, words: Callable[[], Sequence[RelayWord]]) -> None:
        self._words = words

    def gather(self, now: datetime) -> Sequence[Notice]:
        waiting: defaultdict[tuple[str, str], list[RelayWord]] = defaultdict(list)
        for word in self._words():
            if word.kind is WordKind.NEEDS_HELP:
                waiting[word.campaign_id, word.hamlet_id].append(word)
        return [
            Notice(
                Concern.VISIT_HELP,
                Severity.URGENT,
                words[0].at,
                place,
                {"campaign": place[0], "hamlet": place[1], "count": str(len(words))},
            )
            for place, words in waiting.items()
        ]
