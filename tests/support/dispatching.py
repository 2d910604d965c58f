"""A real ledger, store and sender around fake channels, on a clock that tests move."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from engine.artifacts import FolderStore
from engine.boundary import Boundary, no_boundary
from engine.clock import SimulatedClock
from engine.dispatch import NOBODY, Observer, Renderer, Sender, told
from engine.dispatch.assembling import Assembler
from engine.dispatch.backoff import Retries
from engine.dispatch.breaker import CircuitBreaker
from engine.dispatch.buckets import LocalBuckets
from engine.dispatch.permits import Permits
from engine.dispatch.rehearsal import Rehearsal
from engine.ledger import DeliveryRow, EventRow, Ledger, Revision, Seal, Submission
from engine.ledger.places import Place
from engine.models import (
    Audience,
    Bundle,
    Campaign,
    Plan,
    PlannedDelivery,
    Priority,
    Purpose,
    Registry,
    Schedule,
    Section,
    digest,
)
from engine.states import State
from support import builders
from support.fake_channels import FakeChannel, FakeOptions

NOW = builders.NOW
KEY = Fernet.generate_key()


@dataclass(frozen=True)
class Post:
    """One delivery of one hamlet, as tests write them."""

    hamlet: str = "ap-1"
    channel: str = "giay"
    target: str = "noi-1"
    text: str = "Họp ấp."
    slot: datetime = NOW
    expires_at: datetime = NOW + timedelta(days=3)
    needs: tuple[tuple[str, str], ...] = ()


def campaign(campaign_id: str, sections: dict[str, Section], **changes: Any) -> Campaign:
    values: dict[str, Any] = {
        "id": campaign_id,
        "title": "Thông báo",
        "issuer": "Xã Mẫu",
        "priority": Priority.ROUTINE,
        "audience": Audience(),
        "valid_from": NOW,
        "valid_until": NOW + timedelta(days=3),
        "contact": "Xã",
        "body": "Họp ấp.",
        "schedule": Schedule(asap=True),
        "sections": sections,
    }
    return Campaign(**{**values, **changes})


class Rig:
    """Everything that sending needs, with deliveries put straight into the ledger."""

    def __init__(
        self,
        folder: Path,
        *channels: FakeChannel,
        live: bool = True,
        attempts: int = 3,
        registry: Registry | None = None,
        jitter: Callable[[], float] = lambda: 0.0,
        place: Place | None = None,
        permits: Permits | None = None,
        boundary: Boundary = no_boundary,
        observer: Observer = NOBODY,
    ) -> None:
        self.registry = self.newest_registry = registry or builders.registry()
        self.clock = SimulatedClock(NOW)
        self.channels = {channel.name: channel for channel in channels}
        self.options = {name: one.options for name, one in self.channels.items()}
        self.place = place or folder / "loa.db"
        opened = Ledger.open(self.place, "xa-mau", seal=Seal(KEY), options=self.options)
        self.ledger = told(opened, observer)
        self.revision = self.ledger.registries.save(self.registry, "0" * 64, NOW)
        self.artifacts = FolderStore(folder / "artifacts")
        self.outbox = folder / "outbox"
        contents = self.ledger.deliveries.contents
        renderer = Renderer(self.channels, self.artifacts, contents, observer)
        assembler = Assembler(
            ledger=self.ledger,
            channels=self.channels,
            renderer=renderer,
            registries=lambda _campaign, _revision: self.registry,
            latest_registry=lambda: self.newest_registry,
        )
        self.sender = Sender(
            ledger=self.ledger,
            channels=self.channels,
            assembler=assembler,
            rehearsal=None if live else Rehearsal(self.outbox / "rehearsal"),
            clock=self.clock,
            retries=Retries(attempts, jitter=jitter),
            breaker=CircuitBreaker(self.ledger.breakers, self.clock, jitter=jitter),
            permits=permits or Permits(LocalBuckets()),
            boundary=boundary,
            observer=observer,
        )

    def approve(self, campaign_id: str, **changes: Any) -> Revision:
        """Submit and approve a revision that has no deliveries yet."""
        sections = {name: Section(one.options()) for name, one in self.channels.items()}
        values = campaign(campaign_id, sections, **changes)
        submission = Submission(values, "x.yaml", b"x", "1" * 64, "2" * 64, self.revision, "lan")
        revision = self.ledger.revisions.submit(submission, self.clock.now())
        assert self.ledger.revisions.approve(revision, "minh", self.clock.now())
        return revision

    def release(
        self,
        *posts: Post,
        campaign_id: str = "thong-bao",
        priority: Priority = Priority.ROUTINE,
        replaced: Iterable[int] = (),
        recalled: Iterable[str] = (),
    ) -> Revision:
        """Put posts on their way as a new revision."""
        revision = self.approve(campaign_id, priority=priority)
        plan = plan_of(campaign_id, posts, self.channels, priority)
        book = self.ledger.deliveries
        book.hold(campaign_id, revision.revision, plan.deliveries, plan, self.clock.now())
        book.open(
            campaign_id,
            revision.revision,
            replaced=tuple(replaced),
            recalled=frozenset(recalled),
            at=self.clock.now(),
            actor="minh",
        )
        return revision

    def due(self, *, limit: int = 1000, rehearse: Collection[str] = ()) -> list[int]:
        """Lease what is due, as the scheduler does, the most urgent first."""
        return due(self.ledger, self.clock.now(), limit=limit, rehearse=rehearse)

    def send(self) -> list[int]:
        """Send what is due; return the bundles it was."""
        ids = self.due()
        self.sender.send(ids)
        return ids

    def pass_time(self, **amount: float) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(**amount))

    def rows(self, campaign_id: str = "thong-bao") -> list[DeliveryRow]:
        return self.ledger.views.deliveries(campaign_id, replaced=True)

    def states(self, campaign_id: str = "thong-bao") -> Counter[State]:
        return Counter(row.state for row in self.rows(campaign_id))

    def bundle_states(self) -> list[str]:
        with self.ledger.database.read() as connection:
            found = connection.exec_driver_sql("SELECT state FROM bundles ORDER BY id")
            return [row[0] for row in found]

    def being_sent(self) -> list[Bundle]:
        return self.ledger.bundles.being_sent()


@contextmanager
def rigged(folder: Path, *channels: FakeChannel, **settings: Any) -> Iterator[Rig]:
    """A Rig whose ledger is closed at the end."""
    rig = Rig(folder, *channels, **settings)
    try:
        yield rig
    finally:
        rig.ledger.close()


def due(
    ledger: Ledger,
    now: datetime,
    *,
    owner: str = "test",
    until: timedelta = timedelta(minutes=15),
    rehearse: Collection[str] = (),
    limit: int = 1000,
) -> list[int]:
    """Lease what is due in every queue, the most urgent first."""
    found: list[int] = []
    for priority in sorted(Priority, key=lambda one: one.rank):
        taken = ledger.leases.take_due(
            now,
            priority,
            holder=owner,
            until=now + until,
            rehearse=rehearse,
            limit=limit - len(found),
        )
        found += [one.id for one in taken]
    return found


def plan_of(
    campaign_id: str,
    posts: Iterable[Post],
    channels: dict[str, FakeChannel],
    priority: Priority = Priority.ROUTINE,
) -> Plan:
    """Return a plan with just these posts, and whatever contents they need."""
    contents, needs, planned = {}, {}, []
    for post in posts:
        content = builders.content(
            post.channel, FakeOptions(), campaign_id=campaign_id, body=post.text, priority=priority
        )
        needed = {}
        for channel, text in post.needs:
            other = dataclasses.replace(content, channel=channel, body=text)
            needed[channel] = digest(other)
            contents[needed[channel]] = other
        key = digest(content, needed)
        contents[key], needs[key] = content, needed
        planned.append(
            PlannedDelivery(
                hamlet_id=post.hamlet,
                channel=post.channel,
                backend=channels[post.channel].backend.name,
                target=post.target,
                slot=post.slot,
                asap=False,
                purpose=Purpose.NOTICE,
                content_hash=key,
                priority=priority,
                households=100,
                work_at=post.slot - channels[post.channel].lead,
                expires_at=post.expires_at,
            )
        )
    return Plan(campaign_id, tuple(planned), contents, needs)


def check_chains(events: Iterable[EventRow]) -> dict[int, State]:
    """Fail unless each delivery's moves follow one another without a gap; return the ends."""
    last: dict[int, State] = {}
    for event in events:
        if event.delivery_id is not None:
            assert event.from_state == last.get(event.delivery_id, State.HELD), event
            last[event.delivery_id] = State(event.to_state)
    return last
