"""From a job to what its bundle sends: render each part, fail the hopeless, assemble the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from channels.base import Channel
from engine.dispatch.rendering import Found, Made, Renderer
from engine.dispatch.sessions import SessionGuard
from engine.errors import ChannelError
from engine.i18n import joined
from engine.ledger import Job, Ledger, Part
from engine.models import Artifact, Bundle, Registry
from engine.states import State

#: Returns the registry that a campaign's revision pins.
Registries = Callable[[str, int], Registry]

ACTOR = "loa"


@dataclass(frozen=True, slots=True)
class Ready:
    """A bundle that only needs to be handed over.

    ``rules`` is the registry as it stands: a funeral of today binds what was approved last week.
    ``only_takes_back``: nothing is left of what was handed over, so no hour forbids it.
    """

    job: Job
    artifact: Artifact
    rules: Registry
    remark: str
    only_takes_back: bool = False

    @property
    def bundle(self) -> Bundle:
        return self.job.bundle

    @property
    def attempts(self) -> int:
        return self.job.attempts


class Assembler:
    """Prepares bundles for sending."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        channels: Mapping[str, Channel],
        renderer: Renderer,
        registries: Registries,
        latest_registry: Callable[[], Registry],
    ) -> None:
        self._ledger = ledger
        self._channels = channels
        self._renderer = renderer
        self._registries = registries
        self._latest_registry = latest_registry
        self._here = _Here()
        self._ages = Ages(ledger.revisions.first_approved)
        self._sessions = SessionGuard(ledger, channels, self._ages.since)

    def foresee(self, jobs: Iterable[Job]) -> None:
        """Read what these jobs say at once, before each is made ready. Raises LEDGER_ERRORS."""
        known = list(jobs)
        self._here.rules = self._latest_registry()
        self._renderer.foresee({part.content_hash for job in known for part in job.parts})
        self._sessions.foresee(known)

    def ready(self, job: Job, now: datetime, found: Found, *, judged: bool = True) -> Ready | None:
        """Return what to hand over; None when nothing is left after hopeless parts failed.

        ``found`` is shared by the jobs of one batch (see ``Renderer``). A part that can never
        be made fails by itself and the others go on without it; one for which the session has
        no room moves to a later one, unless the clock is not trusted to judge that
        (``judged``). Raises ChannelError or OSError for what concerns the bundle as a whole.
        """
        made: list[tuple[Part, Made]] = []
        hopeless: dict[str, list[int]] = {}
        for part in job.parts:
            hamlet = self._registry(part).hamlets_by_id[part.hamlet_id]
            try:
                made.append((part, self._renderer.make(part.content_hash, hamlet, found)))
            except ChannelError as error:
                if not error.permanent or part.state is not State.PLANNED:
                    raise
                hopeless.setdefault(str(error), []).append(part.delivery_id)
        for reason, ids in hopeless.items():
            self._ledger.outcomes.fail_parts(job.bundle, ids, reason=reason, at=now, actor=ACTOR)
        if hopeless or (judged and self._moved_on(job, made, now)):
            renewed = self._ledger.bundles.job(job.bundle.id, cumulative=self._cumulative)
            if renewed is None:
                return None
            return self.ready(renewed, now, found, judged=judged)
        emptied = job.sent_before and self._channels[job.bundle.channel].cumulative
        if not made and not emptied:
            self._ledger.outcomes.settle_empty(job.bundle, now)
            return None
        return self._assemble(job, made)

    def _moved_on(self, job: Job, made: list[tuple[Part, Made]], now: datetime) -> bool:
        """Let what does not fit in its session move to a later one; say whether anything did."""
        shifts = self._sessions.leaving(job, made, self._rules, now)
        moved = self._ledger.deliveries.shift(
            shifts, recalled=self._cumulative, at=now, actor=ACTOR
        )
        return bool(moved)

    @property
    def _cumulative(self) -> list[str]:
        return [name for name, one in self._channels.items() if one.cumulative]

    def _assemble(self, job: Job, made: list[tuple[Part, Made]]) -> Ready:
        registry = self._as_it_stands(self._newest_registry([part for part, _ in made]))
        since = self._ages.since({part.campaign_id for part, _ in made})
        items = [
            one.item(
                part.delivery_id,
                self._registry(part).hamlets_by_id[part.hamlet_id],
                since.get(part.campaign_id),
            )
            for part, one in made
        ]
        artifact = self._channels[job.bundle.channel].assemble(job.bundle, items, registry)
        remarks = dict.fromkeys((*_remarks(made), *artifact.remarks))
        remark = joined(" · ", remarks)
        return Ready(job, artifact, self._rules, remark, only_takes_back=not made)

    def _registry(self, part: Part) -> Registry:
        return self._registries(part.campaign_id, part.revision)

    def _newest_registry(self, parts: list[Part]) -> Registry:
        """A bundle may hold campaigns of several registry revisions; the newest names places."""
        if not parts:
            return self._rules
        return self._registry(max(parts, key=lambda part: part.delivery_id))

    def _as_it_stands(self, registry: Registry) -> Registry:
        """Return a registry with the station's rules of today: its order, its name."""
        station = self._rules.station
        return registry if registry.station == station else replace(registry, station=station)

    @property
    def _rules(self) -> Registry:
        """The registry as it stood when the jobs of this thread were foreseen."""
        if self._here.rules is None:
            self._here.rules = self._latest_registry()
        return self._here.rules


class _Here(threading.local):
    """What one worker's thread works by: many share an Assembler."""

    rules: Registry | None = None


class Ages:
    """Since when campaigns are approved; what is known once never changes."""

    def __init__(self, asked: Callable[[Collection[str]], Mapping[str, datetime]]) -> None:
        self._asked = asked
        self._known: dict[str, datetime] = {}

    def since(self, campaign_ids: Iterable[str]) -> Mapping[str, datetime]:
        """Return when each was approved first; what never was is missing."""
        unknown = [one for one in campaign_ids if one not in self._known]
        if unknown:
            self._known.update(self._asked(unknown))
        return self._known


def _remarks(made: list[tuple[Part, Made]]) -> Iterator[str]:
    """Yield each remark once; where campaigns share a bundle, with the campaign it concerns."""
    shared = len({part.campaign_id for part, _ in made}) > 1
    remarks = (
        joined(": ", (part.campaign_id, remark)) if shared else remark
        for part, one in made
        for remark in one.remarks
    )
    yield from dict.fromkeys(remarks)
