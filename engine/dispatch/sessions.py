"""The station's rules on sessions, judged when a programme is made: what does not fit moves on.

What was planned well may fit no longer: a sound is longer than was foreseen, the rules became
stricter, a funeral was entered, something weightier came. The hour itself is judged once more
at the very moment of sending (``Gate``).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from channels.base import Channel
from channels.framed import framed
from engine.clock import VIETNAM, local
from engine.dispatch.rendering import Made
from engine.i18n import gettext as _
from engine.ledger import Job, Ledger, Part
from engine.models import Bundle, Content, Priority, Registry, Shift, Sound
from engine.rules import BESIDE, Book, overflow
from engine.rules.lasting import may_last, why_no_longer
from engine.rules.on_air import sessions_on_air
from engine.states import State

#: Returns since when campaigns are approved.
Since = Callable[[Iterable[str]], Mapping[str, datetime]]


class SessionGuard:
    """Says what must leave a session that is about to be made, and where it goes."""

    def __init__(self, ledger: Ledger, channels: Mapping[str, Channel], since: Since) -> None:
        self._ledger = ledger
        self._channels = channels
        self._since = since
        # Workers share one guard, and each foresees its own jobs.
        self._here = _Here()

    def foresee(self, jobs: Iterable[Job]) -> None:
        """Read once, for all these jobs, which sessions their clusters have had on their days."""
        days: dict[date, set[str]] = defaultdict(set)
        for job in jobs:
            if framed(self._channels[job.bundle.channel]) is not None:
                days[local(job.bundle.slot).date()].add(job.bundle.target)
        self._here.aired = {}
        for day, clusters in days.items():
            begins = datetime.combine(day, datetime.min.time(), tzinfo=VIETNAM)
            found = self._ledger.views.sessions_sent(clusters, begins, begins + timedelta(days=1))
            for cluster in clusters:
                self._here.aired[cluster, day] = found.get(cluster, set())

    def leaving(
        self, job: Job, made: Sequence[tuple[Part, Made]], rules: Registry, now: datetime
    ) -> list[Shift]:
        """Return what must leave the session of ``job``, by the registry as it stands.

        Emergencies, drills and all-clears never do. Raises ChannelError when a sound cannot be
        read.
        """
        bundle = job.bundle
        channel = framed(self._channels[bundle.channel])
        if channel is None:
            return []
        sounds: dict[str, Sound] = {}
        since = self._since({part.campaign_id for part, _one in made})
        for part, one in made:
            apart = one.content.priority is Priority.EMERGENCY or one.content.purpose in BESIDE
            if apart or part.content_hash in sounds:
                continue
            # What begins now, or has begun, plays on.
            firm = part.state is not State.PLANNED and bundle.slot <= now
            sounds[part.content_hash] = _sound(
                part, one.content, channel.lasts(one.file), since, firm=firm
            )
        if not sounds:
            return []
        around, station = channel.around(rules), rules.station
        earlier = self._here.aired.get((bundle.target, local(bundle.slot).date()), set())
        most = may_last(rules, bundle.target, bundle.slot, earlier, now)
        leaving = overflow(sounds.values(), around, station, most)
        if not leaving:
            return []
        reason = why_no_longer(rules, bundle.target, bundle.slot, most)
        book = self._book(bundle, rules, sounds, now)
        after = now + timedelta(minutes=station.cutoff_minutes)
        return [moved(book, bundle.target, bundle.slot, one, after, reason) for one in leaving]

    def _book(
        self, bundle: Bundle, rules: Registry, sounds: Mapping[str, Sound], now: datetime
    ) -> Book:
        channel = framed(self._channels[bundle.channel])
        assert channel is not None
        begins = datetime.combine(local(bundle.slot).date(), datetime.min.time(), tzinfo=VIETNAM)
        on_air = dict(
            sessions_on_air(
                self._ledger, self._channels, rules, after=begins, now=now, cluster=bundle.target
            )
        )
        on_air[bundle.target, bundle.slot] = dict(sounds)
        return Book(on_air, rules, channel.around(rules))


def _sound(
    part: Part, content: Content, seconds: float, since: Mapping[str, datetime], *, firm: bool
) -> Sound:
    sound = Sound(
        part.campaign_id, part.content_hash, content.priority, seconds, content.valid_until
    )
    return replace(sound, since=since.get(part.campaign_id), firm=firm)


class _Here(threading.local):
    """What one worker's thread has foreseen."""

    def __init__(self) -> None:
        self.aired: dict[tuple[str, date], set[datetime]] = {}


def moved(
    book: Book, cluster: str, slot: datetime, sound: Sound, after: datetime, reason: str
) -> Shift:
    """Take a sound to the next session that has room (``Book.move``), and say why."""
    to = book.move(cluster, slot, sound, after)
    return shifted(cluster, slot, sound, to, reason)


def shifted(cluster: str, slot: datetime, sound: Sound, to: datetime | None, reason: str) -> Shift:
    """Return a sound's move, in words; ``to`` None: off the air."""
    if to is None:
        message = _("{reason}; no later session has room before the campaign ends")
    else:
        message = _("{reason}; moved to {to}")
    words = message.format(reason=reason, to=f"{local(to):%H:%M %d/%m/%Y}" if to else "")
    return Shift(cluster, slot, sound.campaign_id, sound.key, to, sound.until, words)
