"""What dispatch does, as log lines with the ids of what they are about. Ids, never people."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence

from engine.dispatch.observer import Observer, Outcome
from engine.i18n import gettext as _
from engine.ledger import Part
from engine.models import Bundle, Content, Hamlet
from workers.watch.logs import about

logger = logging.getLogger(__name__)

#: Bundles whose parts are kept in mind until they are settled; far more than are in work.
IN_MIND = 10_000

#: Ids of one kind in one line; `count` says how many bundles there were.
SHOWN = 100

_LEVELS = {
    Outcome.SENT: logging.INFO,
    Outcome.REHEARSED: logging.INFO,
    Outcome.RETRIED: logging.WARNING,
    Outcome.AGAIN: logging.WARNING,
    Outcome.FAILED: logging.ERROR,
    Outcome.UNCERTAIN: logging.ERROR,
}


class Journal(Observer):
    """Writes a line for each step, one for a whole batch."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._parts: OrderedDict[int, Sequence[Part]] = OrderedDict()

    def taken_up(self, bundle: Bundle, parts: Sequence[Part]) -> None:
        with self._guard:
            self._parts[bundle.id] = parts
            while len(self._parts) > IN_MIND:
                self._parts.popitem(last=False)

    def rendered(self, content: Content, hamlet: Hamlet, seconds: float | None) -> None:
        if seconds is None:
            return
        words = _("rendered for {channel} in {seconds:.2f} s")
        logger.info(
            words.format(channel=content.channel, seconds=seconds),
            extra=about(
                event="rendered",
                channel=content.channel,
                campaigns=[content.campaign_id],
                hamlets=[hamlet.id],
                seconds=round(seconds, 3),
            ),
        )

    def began(self, bundles: Sequence[Bundle]) -> None:
        self._tell(logging.INFO, "began", _("sending {count} bundles"), bundles)

    def settled(self, outcome: Outcome, bundles: Sequence[Bundle], reason: str = "") -> None:
        words = {
            Outcome.SENT: _("sent {count} bundles"),
            Outcome.REHEARSED: _("rehearsed {count} bundles"),
            Outcome.RETRIED: _("not sent, tried again later: {reason}"),
            Outcome.AGAIN: _("taken back, to be sent again: {reason}"),
            Outcome.FAILED: _("not sent, and given up: {reason}"),
            Outcome.UNCERTAIN: _("nobody knows whether it was sent: {reason}"),
        }
        self._tell(_LEVELS[outcome], outcome, words[outcome], bundles, reason)
        with self._guard:
            for bundle in bundles:
                self._parts.pop(bundle.id, None)

    def parts_failed(self, bundle: Bundle, ids: Collection[int], reason: str) -> None:
        words = _("{count} deliveries can never be sent: {reason}")
        logger.error(
            words.format(count=len(ids), reason=reason),
            extra=about(
                event="parts_failed",
                **_common([bundle]),
                deliveries=_shown(ids),
                reason=reason,
            ),
        )

    def swept(self, bundles: Sequence[Bundle]) -> None:
        words = _("{count} bundles were being sent by a worker that died")
        self._tell(logging.WARNING, "swept", words, bundles)

    def _tell(
        self, level: int, event: str, words: str, bundles: Sequence[Bundle], reason: str = ""
    ) -> None:
        if not bundles or not logger.isEnabledFor(level):
            return
        with self._guard:
            parts = [part for one in bundles for part in self._parts.get(one.id, ())]
        logger.log(
            level,
            words.format(count=len(bundles), reason=reason),
            extra=about(
                event=event,
                count=len(bundles),
                **_common(bundles),
                campaigns=_shown(part.campaign_id for part in parts),
                hamlets=_shown(part.hamlet_id for part in parts),
                deliveries=_shown(part.delivery_id for part in parts),
                reason=reason,
            ),
        )


def _common(bundles: Sequence[Bundle]) -> dict[str, object]:
    """Return what bundles are and where they go; all of a batch are of one commune."""
    return {
        "commune": bundles[0].commune_id,
        "bundles": _shown(one.id for one in bundles),
        "channels": _shown(f"{one.channel}/{one.backend}" for one in bundles),
        "targets": _shown(one.target for one in bundles),
        "priorities": _shown(str(one.priority) for one in bundles),
    }


def _shown(values: Iterable[object]) -> list[object]:
    return list(dict.fromkeys(values))[:SHOWN]
