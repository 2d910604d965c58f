"""Chat groups that have a new address on their platform: the registry still has the old one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from engine.models import ChatGroup
from engine.models.notice import Concern, Notice, Severity
from engine.models.telegram_address import TelegramAddress, moved_key


class MovedGatherer:
    """Looks at the Telegram groups of one commune; ``remembered`` is what backends remember."""

    concerns = frozenset({Concern.MOVED})

    def __init__(
        self,
        groups: Callable[[], Sequence[ChatGroup]],
        remembered: Callable[[str], str | None],
    ) -> None:
        self._groups = groups
        self._remembered = remembered

    def gather(self, now: datetime) -> Sequence[Notice]:
        return [
            Notice(
                Concern.MOVED,
                Severity.WARNING,
                now,
                (group.id,),
                {"group": group.id, "address": str(new)},
            )
            for group in self._groups()
            if (new := self._new_address(group)) is not None
        ]

    def _new_address(self, group: ChatGroup) -> TelegramAddress | None:
        known = TelegramAddress.of(group.address) if group.backend == "telegram" else None
        moved = self._remembered(moved_key(known.chat)) if known is not None else None
        return TelegramAddress(moved, known.topic) if known is not None and moved else None
