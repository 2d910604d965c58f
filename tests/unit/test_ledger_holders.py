"""Any number of schedulers, workers and sweepers, in whatever order their steps come.

Workers die, oversleep their leases, read a bundle and begin it much later; messages are lost and
come twice; officials change their minds meanwhile. A far side of the test's own keeps what it was
handed, and the ledger is held against it after every step.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from support.dispatching import Post, Rig
from support.fake_channels import FakeBackend, FakeChannel, FarSide, FindingBackend
from support.servers import Postgres

from engine.dispatch.sender import FRESH
from engine.ledger import DeliveryRow, Job, Which
from engine.ledger.outcomes import Outcomes
from engine.ledger.places import Place
from engine.ledger.tables import bundles, events
from engine.models import Bundle, Priority, Receipt
from engine.states import DELIVERED, SETTLED, State, may_move

LEASE = 2 * FRESH
KILLS = int(os.environ.get("LOA_TEST_KILLS", "10"))
KINDS = ("asked", "once", "again")
WHO = st.integers(0, 2)
NUMBER = st.integers(0, 99)


@dataclass
class Worker:
    """What one worker process has in mind; it is gone when the process dies."""

    name: str
    read: list[Job] = field(default_factory=list)
    begun: list[tuple[Job, datetime]] = field(default_factory=list)
    handed_over: list[Job] = field(default_factory=list)


class Holders(RuleBasedStateMachine):
    """Steps of single holders; what a step may do is what the sender and the services do."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        backends = {
            "asked": FindingBackend("asked", False, FarSide(folder / "asked")),
            "once": FakeBackend("once", False, FarSide(folder / "once")),
            "again": FakeBackend("again", True, FarSide(folder / "again")),
        }
        channels = [FakeChannel(kind, backends[kind]) for kind in KINDS]
        self.rig = Rig(folder, *channels, place=self.place_in(folder))
        self.ledger = self.rig.ledger
        self.queue: list[tuple[str, list[int]]] = []
        self.workers = [Worker(f"worker:{number}") for number in range(3)]
        self.taken: list[tuple[str, frozenset[int]]] = []
        self.texts = self.born = self.seen = 0
        self.stands: dict[int, State] = {}
        self.campaigns: list[str] = []
        self.told_sent: set[int] = set()
        self.resent: Counter[int] = Counter()

    def place_in(self, folder: Path) -> Place:
        return folder / "loa.db"

    def teardown(self) -> None:
        try:
            self.finish()
        finally:
            self.close()

    def close(self) -> None:
        self.rig.ledger.close()
        self.folder.cleanup()

    @property
    def now(self) -> datetime:
        return self.rig.clock.now()

    def rows(self) -> list[DeliveryRow]:
        return [row for one in self.campaigns for row in self.rig.rows(one)]

    def outcomes(self, worker: Worker) -> Outcomes:
        return self.ledger.outcomes.under(worker.name)

    # Officials

    @initialize()
    def begin_with_something_of_each_kind(self) -> None:
        self.plan([(kind, 1) for kind in KINDS])

    @rule(
        where=st.lists(
            st.tuples(st.sampled_from(KINDS), st.sampled_from([1, 1, 2])), min_size=1, max_size=4
        )
    )
    def plan(self, where: list[tuple[str, int]]) -> None:
        self.campaigns.append(f"tin-{len(self.campaigns)}")
        self.rig.release(*self.posts(where), campaign_id=self.campaigns[-1])

    @rule(number=NUMBER, kind=st.sampled_from(KINDS))
    def supersede(self, number: int, kind: str) -> None:
        campaign = self.campaigns[number % len(self.campaigns)]
        old = [one.id for one in self.ledger.deliveries.current(campaign)]
        self.rig.release(*self.posts([(kind, 1)]), campaign_id=campaign, replaced=old)

    @rule(number=NUMBER)
    def cancel(self, number: int) -> None:
        campaign = self.campaigns[number % len(self.campaigns)]
        self.ledger.deliveries.cancel(campaign, recalled=(), at=self.now, actor="minh", reason="")

    @rule(number=NUMBER)
    def retry(self, number: int) -> None:
        campaign = self.campaigns[number % len(self.campaigns)]
        self.ledger.mending.retry(Which(campaign), at=self.now, actor="minh")

    @rule(number=NUMBER, sent=st.booleans())
    def resolve(self, number: int, sent: bool) -> None:
        campaign = self.campaigns[number % len(self.campaigns)]
        doubtful = {row.id for row in self.rig.rows(campaign) if row.state is State.UNCERTAIN}
        self.ledger.mending.resolve(Which(campaign), sent=sent, at=self.now, actor="minh")
        if sent:
            self.told_sent |= doubtful
        else:
            self.resent.update(doubtful)

    # Time

    @rule(
        step=st.sampled_from(
            [FRESH / 2, FRESH + timedelta(seconds=1), LEASE + timedelta(seconds=1)]
        )
    )
    def pass_time(self, step: timedelta) -> None:
        self.rig.clock.advance_to(self.now + step)

    @rule()
    def a_day_passes(self) -> None:
        self.rig.clock.advance_to(self.now + timedelta(hours=20))
        self.rig.sender.expire()

    # The queue

    @rule(number=WHO)
    def schedule(self, number: int) -> None:
        lease = f"queue:{number}-{len(self.queue)}-{self.now.timestamp()}"
        due = self.ledger.leases.take_due(
            self.now,
            Priority.ROUTINE,
            holder=lease,
            until=self.now + LEASE,
            rehearse=(),
            limit=3,
        )
        if due:
            self.queue.append((lease, [one.id for one in due]))

    @precondition(lambda self: self.queue)
    @rule(number=NUMBER)
    def a_message_comes_twice(self, number: int) -> None:
        self.queue.append(self.queue[number % len(self.queue)])

    @precondition(lambda self: self.queue)
    @rule(noticed=st.booleans())
    def the_queue_is_lost(self, noticed: bool) -> None:
        self.queue.clear()
        if noticed:
            self.ledger.leases.forget_queue()

    # Workers

    @rule(who=WHO)
    def claim(self, who: int) -> None:
        """Take up the next message, and read what it names; beginning comes when it comes."""
        worker = self.workers[who]
        if not self.queue:
            self.schedule(who)
        if self.queue:
            lease, ids = self.queue.pop(0)
            until = self.now + LEASE
            mine = self.ledger.leases.claim(ids, of=lease, holder=worker.name, until=until)
            jobs = self.ledger.bundles.jobs(mine, cumulative=())
            worker.read += [jobs[one] for one in mine if one in jobs]

    @precondition(lambda self: any(worker.read for worker in self.workers))
    @rule()
    def begin(self) -> None:
        worker = next(worker for worker in self.workers if worker.read)
        held = self.held_by(worker.name)
        begun = self.ledger.bundles.begin(
            [job.bundle for job in worker.read],
            at=self.now,
            actor=worker.name,
            durable=True,
            holder=worker.name,
        )
        assert begun <= held, "begun by one who has no lease"
        worker.begun += [(job, self.now) for job in worker.read if job.bundle.id in begun]
        worker.read = []

    def held_by(self, name: str) -> set[int]:
        with self.ledger.database.read() as connection:
            held = select(bundles.c.id).where(bundles.c.lease_by == name)
            return set(connection.execute(held).scalars())

    @precondition(lambda self: any(worker.begun for worker in self.workers))
    @rule(end=st.sampled_from(["taken", "taken", "taken", "lost", "refused", "hopeless"]))
    def deliver(self, end: str) -> None:
        """Hand over what was begun just now, with whatever comes of it."""
        worker = next(worker for worker in self.workers if worker.begun)
        job, since = worker.begun.pop(0)
        outcomes, at = self.outcomes(worker), self.now
        if at - since > FRESH:
            outcomes.take_back(job.bundle, reason="", at=at, actor="loa")
        elif end == "taken":
            self.taken.append((job.bundle.key, frozenset(part.delivery_id for part in job.parts)))
            worker.handed_over.append(job)
        elif end == "lost":
            self.settle(job.bundle, outcomes)
        elif end == "refused":
            outcomes.try_again(
                job.bundle, reason="", next_attempt_at=at + FRESH, at=at, actor="loa"
            )
        else:
            outcomes.fail(job.bundle, reason="", at=at, actor="loa")

    @precondition(lambda self: any(worker.handed_over for worker in self.workers))
    @rule()
    def record(self) -> None:
        worker = next(worker for worker in self.workers if worker.handed_over)
        results = [(job.bundle, Receipt("so"), "") for job in worker.handed_over]
        worker.handed_over = []
        self.outcomes(worker).sent(results, at=self.now, actor="loa")

    @rule(who=WHO)
    def renew(self, who: int) -> None:
        self.ledger.leases.renew(self.workers[who].name, self.now + LEASE)

    @rule(who=WHO)
    def die(self, who: int) -> None:
        self.workers[who] = Worker(f"{self.workers[who].name}+")

    @precondition(lambda self: self.rig.being_sent())
    @rule(number=WHO)
    def everybody_oversleeps_and_is_swept(self, number: int) -> None:
        self.pass_time(LEASE + timedelta(seconds=1))
        self.sweep(number)

    @rule(number=WHO)
    def sweep(self, number: int) -> None:
        holder = f"sweep:{number}"
        found = self.ledger.leases.take_stranded(
            self.now, holder=holder, until=self.now + LEASE, limit=9
        )
        for bundle in found:
            self.settle(bundle, self.ledger.outcomes.under(holder))

    # The far side

    def posts(self, where: list[tuple[str, int]]) -> list[Post]:
        self.texts += 1
        later = self.now + timedelta(hours=30)
        self.born += len(set(where))
        return [
            Post("ap-1", kind, f"noi-{target}", f"Tin {self.texts}.", self.slot(kind), later)
            for kind, target in dict.fromkeys(where)
        ]

    def slot(self, kind: str) -> datetime:
        """Two slots for each target, so that bundles wait for each other and items join."""
        return self.rig.clock.now().replace(minute=0, second=0, microsecond=0)

    def settle(self, bundle: Bundle, outcomes: Outcomes) -> None:
        """Do what the sender does about a bundle that may or may not have arrived."""
        arrived = any(key == bundle.key for key, _ids in self.taken)
        if bundle.channel == "asked" and arrived:
            outcomes.sent([(bundle, Receipt("so"), "")], at=self.now, actor="loa")
        elif bundle.channel == "once":
            outcomes.doubt(bundle, reason="", at=self.now, actor="loa")
        else:
            outcomes.take_back(bundle, reason="", at=self.now, actor="loa")

    # The promises

    @invariant()
    def only_allowed_moves_follow_one_another(self) -> None:
        e = events.c
        fresh = select(e.id, e.delivery_id, e.from_state, e.to_state).where(e.id > self.seen)
        with self.ledger.database.read() as connection:
            found = connection.execute(fresh.order_by(e.id)).all()
        for number, delivery, old, new in found:
            self.seen = number
            if delivery is not None:
                assert old == self.stands.get(delivery, State.HELD)
                assert may_move(State(old), State(new))
                self.stands[delivery] = State(new)
        assert self.stands == {row.id: row.state for row in self.rows()}

    @invariant()
    def nothing_is_lost(self) -> None:
        assert len(self.rows()) == self.born

    @invariant()
    def one_bundle_at_a_time_is_sent_to_a_target(self) -> None:
        sending = Counter((one.channel, one.target) for one in self.rig.being_sent())
        assert all(count == 1 for count in sending.values())

    @invariant()
    def an_edition_arrives_once(self) -> None:
        arrived = Counter(key for key, _ids in self.taken if "/again/" not in key)
        assert all(count == 1 for count in arrived.values()), arrived

    @invariant()
    def a_delivery_arrives_once_unless_a_person_says_otherwise(self) -> None:
        arrived = Counter(
            delivery for key, ids in self.taken if "/again/" not in key for delivery in ids
        )
        assert all(count <= 1 + self.resent[delivery] for delivery, count in arrived.items())

    @invariant()
    def what_is_called_sent_has_arrived(self) -> None:
        arrived = {delivery for _key, ids in self.taken for delivery in ids} | self.told_sent
        assert {row.id for row in self.rows() if row.state in DELIVERED} <= arrived

    def finish(self) -> None:
        """Everybody dies, and one calm worker comes after them: all is settled."""
        for who in range(3):
            self.die(who)
        self.queue.clear()
        for _turn in range(12):
            self.pass_time(LEASE + timedelta(seconds=1))
            self.rig.sender.expire()
            self.sweep(0)
            self.claim(0)
            while any(worker.read or worker.begun for worker in self.workers):
                self.work_calmly()
        assert {row.state for row in self.rows()} <= SETTLED
        self.what_is_called_sent_has_arrived()

    def work_calmly(self) -> None:
        worker = self.workers[0]
        if worker.read:
            self.begin()
        while worker.begun:
            self.deliver("taken")
        if worker.handed_over:
            self.record()
        self.ledger.leases.give_back(worker.name, sending=False)
        self.claim(0)


def play(machine: Callable[[], Holders], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def test_the_promises_hold_whoever_does_what_in_between() -> None:
    play(Holders, KILLS * 3 // 2)


def test_they_hold_on_a_server_too(postgres: Postgres, ready_database: str) -> None:
    class HoldersOnServer(Holders):
        """The same, with a database of its own for each play."""

        def place_in(self, folder: Path) -> Place:
            self.database = postgres.make_database(ready_database)
            return postgres.url(self.database)

        def close(self) -> None:
            super().close()
            postgres.drop_database(self.database)

    play(HoldersOnServer, KILLS // 3)
