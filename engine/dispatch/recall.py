"""Taking back what lies with players for a time at which it may not air any more.

Programmes are handed over ahead of their slots, by loa's own player for days. A funeral that is
entered meanwhile, a relay, other hours or numbers are judged anew for all of them: what may not
air gives way as it would have at sending (``SessionGuard``), and its programme is handed over
again without it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from channels.base import Channel
from channels.framed import around_of
from engine.clock import VIETNAM, Clock, local
from engine.dispatch.sessions import moved, shifted
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.ledger.air_views import HandedOver
from engine.ledger.watched_clock import emergencies_only
from engine.models import Around, Content, Registry, Shift, Sound
from engine.rules import BESIDE, Book, fits, next_allowed, overflow
from engine.rules.lasting import may_last, why_no_longer
from engine.rules.on_air import sessions_on_air

logger = logging.getLogger(__name__)

ACTOR = "loa"

#: Clusters that one line of the log names; more are counted.
NAMED = 5

#: A cluster and a slot.
Place = tuple[str, datetime]


class Recall:
    """Judges what one commune's players hold, by its registry as it stands."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        channels: Mapping[str, Channel],
        rules: Callable[[], Registry],
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._channels = channels
        self._rules = rules
        self._clock = clock

    def look(self) -> int:
        """Take back what may not air any more; return how many deliveries left their slots.

        Twice has the effect of once. A distrusted clock cannot say what is still to come.
        Raises LEDGER_ERRORS, and LoaError when the ledger has lost what one of them says.
        """
        if emergencies_only(self._clock):
            return 0
        now = self._clock.now()
        held = self._ledger.views.handed_over(now)
        if not held:
            return 0
        shifts = self._judged(held, now).shifts()
        count = self._ledger.deliveries.shift(
            shifts, recalled=self._cumulative, at=now, actor=ACTOR
        )
        if count:
            self._tell(shifts)
        return count

    def _judged(self, held: Sequence[HandedOver], now: datetime) -> _Judgement:
        rules = self._rules()
        begins = datetime.combine(local(now).date(), datetime.min.time(), tzinfo=VIETNAM)
        channel = self._channels["loudspeaker"]
        frozen = self._ledger.deliveries.contents({one.content_hash for one in held})
        for missing in {one.content_hash for one in held} - frozen.keys():
            self._ledger.deliveries.content(missing)  # raises, and says so
        clusters = {one.cluster for one in held}
        ends = max(one.slot for one in held) + timedelta(days=1)
        return _Judgement(
            held=held,
            contents={key: content for key, (content, _needs) in frozen.items()},
            since=self._ledger.revisions.first_approved({one.campaign_id for one in held}),
            seconds=lambda content: channel.forecast(content, rules.hamlets[0]).seconds,
            sent=self._ledger.views.sessions_sent(clusters, begins, ends),
            around=around_of(channel, rules),
            rules=rules,
            now=now,
            book=lambda around: Book(
                sessions_on_air(self._ledger, self._channels, rules, after=begins, now=now),
                rules,
                around,
            ),
        )

    @property
    def _cumulative(self) -> frozenset[str]:
        return frozenset(name for name, one in self._channels.items() if one.cumulative)

    def _tell(self, shifts: Iterable[Shift]) -> None:
        """Say it in the log, once for each reason."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for one in shifts:
            found[one.reason][one.cluster] = None
        for reason, clusters in found.items():
            names = list(clusters)
            more = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
            words = _("{commune}: taken back from the players of {clusters}: {reason}")
            logger.warning(
                words.format(
                    commune=self._ledger.commune_id,
                    clusters=", ".join(names[:NAMED]) + more,
                    reason=reason,
                )
            )


@dataclass
class _Judgement:
    """One look: what is held, and all that it is judged by. ``book`` is made when needed."""

    held: Sequence[HandedOver]
    contents: Mapping[str, Content]
    since: Mapping[str, datetime]
    seconds: Callable[[Content], float]
    sent: Mapping[str, set[datetime]]
    around: Around
    rules: Registry
    now: datetime
    book: Callable[[Around], Book]

    def shifts(self) -> list[Shift]:
        """Return what must leave, the earliest sessions first: of a day's, the last are too many.

        All of it leaves its session before any of it looks for another.
        """
        found: list[Shift] = []
        leaving: list[tuple[Place, Sound, str]] = []
        for place, items in self._sessions().items():
            beside = [one for one in items if one.purpose in BESIDE]
            found += filter(None, map(self._moved_beside, beside))
            for sound, reason in self._leaving(place, [one for one in items if one not in beside]):
                leaving.append((place, sound, reason))
        if leaving:
            book = self.book(self.around)
            after = self.now + timedelta(minutes=self.rules.station.cutoff_minutes)
            for (cluster, slot), sound, _reason in leaving:
                book.remove(cluster, slot, sound.key)
            found += [moved(book, *place, sound, after, why) for place, sound, why in leaving]
        return found

    def _sessions(self) -> dict[Place, list[HandedOver]]:
        found: dict[Place, list[HandedOver]] = defaultdict(list)
        for one in self.held:
            found[one.cluster, one.slot].append(one)
        return found

    def _leaving(self, place: Place, items: Sequence[HandedOver]) -> list[tuple[Sound, str]]:
        """Return the sounds that must leave one session, and why."""
        cluster, slot = place
        if not items:
            return []
        sounds = {one.content_hash: self._sound(one) for one in items}
        most = may_last(self.rules, cluster, slot, self.sent.get(cluster, ()), self.now)
        lasts = self.around.session([one.seconds for one in sounds.values()])
        real = items[0].ends_at
        if real is not None:  # what was made is known: what was foreseen is not judged by
            known = (real - slot).total_seconds()
            if most > 0 and fits(known, most):
                return []
            sounds = _stretched(sounds, known / lasts) if known > 0 < lasts else sounds
        leaving = overflow(sounds.values(), self.around, self.rules.station, most)
        if len(leaving) == len(sounds):
            self.sent.get(cluster, set()).discard(slot)
        reason = why_no_longer(self.rules, cluster, slot, most)
        return [(one, reason) for one in leaving]

    def _moved_beside(self, one: HandedOver) -> Shift | None:
        """Take a drill or an all-clear to the next allowed hour: it comes beside the sessions."""
        to = next_allowed("loudspeaker", self.rules, one.priority, one.slot, one.cluster)
        if to == one.slot:
            return None
        sound = self._sound(one)
        reason = why_no_longer(self.rules, one.cluster, one.slot, 0.0)
        to = to if to is not None and to <= sound.until else None
        return shifted(one.cluster, one.slot, sound, to, reason)

    def _sound(self, one: HandedOver) -> Sound:
        content = self.contents[one.content_hash]
        return Sound(
            one.campaign_id,
            one.content_hash,
            one.priority,
            self.seconds(content),
            content.valid_until,
            self.since.get(one.campaign_id),
        )


def _stretched(sounds: Mapping[str, Sound], times: float) -> dict[str, Sound]:
    return {key: replace(one, seconds=one.seconds * times) for key, one in sounds.items()}
