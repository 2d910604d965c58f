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

    def __init__(
        self,
        words: Callable[[], Sequence[RelayWord]],
        disputed: Callable[[str], Sequence[str]] = lambda _campaign_id: (),
    ) -> None:
        """``disputed`` returns the hamlets of a campaign in which two people disagree."""
        self._words = words
        self._disputed = disputed

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
                {"campaign": campaign_id, "count": str(len(words)), **self._told(words)},
            )
            for campaign_id, words in waiting.items()
        ]

    def _told(self, words: Sequence[RelayWord]) -> dict[str, str]:
        """Return where somebody must ask who is right; only where it says so."""
        if not any(word.kind is WordKind.NOT_RELAYED and word.campaign_id for word in words):
            return {}
        hamlets = self._disputed(words[0].campaign_id)
        return {"disputed": ", ".join(hamlets)} if hamlets else {}
