"""What hamlet heads wrote back, until somebody at the commune has dealt with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from engine.models.notice import Concern, Notice, Severity
from engine.models.relay import RelayWord, WordKind


class RelayGatherer:
    """Looks at what came back through the links of one commune."""

    concerns = frozenset({Concern.RELAY_WORDS})

    def __init__(self, words: Callable[[], Sequence[RelayWord]]) -> None:
        self._words = words

    def gather(self, now: datetime) -> Sequence[Notice]:
        waiting: defaultdict[str, list[RelayWord]] = defaultdict(list)
        for word in self._words():
            if word.kind is WordKind.NEEDS_HELP:  # told by itself: see engine.notices.visits
                continue
            waiting[word.campaign_id].append(word)
        return [
            Notice(
                Concern.RELAY_WORDS,
                Severity.URGENT
                if any(word.kind is WordKind.NOT_RELAYED for word in words)
                else Severity.WARNING,
                words[0].at,
                (campaign_id,),
                {"campaign": campaign_id, "count": str(len(words))},
            )
            for campaign_id, words in waiting.items()
        ]
