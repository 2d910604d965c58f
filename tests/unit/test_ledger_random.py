"""Whatever comes between planning and proof, in whatever order: the promises hold.

A far side of its own counts what arrived; the ledger is held against it after every step.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
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
from support.dispatching import Post, Rig, check_chains
from support.fake_channels import (
    FakeBackend,
    FakeChannel,
    FarSide,
    FindingBackend,
    Mishap,
    permanent,
    temporary,
    unknown,
)
from support.servers import Postgres

from engine.ledger import DeliveryRow, Which
from engine.ledger.places import Place
from engine.models import Bundle, Evidence, EvidenceKind
from engine.states import DELIVERED, State

#: What may go wrong with one delivery; None is nothing.
MISHAPS = st.sampled_from(
    [
        None,
        None,
        Mishap(temporary()),
        Mishap(permanent()),
        Mishap(unknown()),
        Mishap(unknown(), taken=True),
        Mishap(KeyboardInterrupt()),
        Mishap(KeyboardInterrupt(), taken=True),
        Mishap(ValueError("lạ"), taken=True),
    ]
)
CHANNELS = ("mot-lan", "hoi-duoc", "lap-lai", "chuong-trinh")


class Office(RuleBasedStateMachine):
    """Officials, workers and deaths, over four kinds of channel."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="loa-test-")
        place = Path(self.folder.name)
        self.far = {name: FarSide(place / f"{name}.log") for name in CHANNELS}
        self.backends: dict[str, FakeBackend] = {
            "mot-lan": FakeBackend("so", False, self.far["mot-lan"]),
            "hoi-duoc": FindingBackend("so", False, self.far["hoi-duoc"]),
            "lap-lai": FakeBackend("so", True, self.far["lap-lai"]),
            "chuong-trinh": FakeBackend("so", True, self.far["chuong-trinh"]),
        }
        self.channels = {
            name: FakeChannel(name, backend) for name, backend in self.backends.items()
        }
        self.channels["chuong-trinh"].cumulative = True
        self.channels["chuong-trinh"].lead = timedelta(hours=6)
        self.rig = Rig(place, *self.channels.values(), attempts=2, place=self.ledger_of(place))
        self.count = 0
        self.leased: list[int] = []
        #: Texts that a person, who cannot know better, sent out again.
        self.resent: Counter[str] = Counter()
        self.campaigns: list[str] = []

    def ledger_of(self, folder: Path) -> Place:
        return folder / "loa.db"

    def teardown(self) -> None:
        self.rig.ledger.close()
        self.folder.cleanup()

    def rows(self) -> list[DeliveryRow]:
        return [row for one in self.campaigns for row in self.rig.rows(one)]

    def text_of(self, row: DeliveryRow) -> str:
        return self.rig.ledger.deliveries.content(row.content_hash)[0].body

    def posts(self, channels: list[tuple[str, int, int]]) -> list[Post]:
        found = []
        for name, target, hours in channels:
            self.count += 1
            slot = self.rig.clock.now() + timedelta(hours=hours)
            text = f"Tin số {self.count}."
            found.append(
                Post("ap-1", name, f"noi-{target}", text, slot, slot + timedelta(hours=30))
            )
        return found

    POSTS = st.lists(
        st.tuples(st.sampled_from(CHANNELS), st.integers(1, 2), st.integers(0, 1)),
        min_size=1,
        max_size=6,
    )

    @initialize()
    def begin_with_something_of_everything(self) -> None:
        self.release([(name, 1, 0) for name in CHANNELS])

    @rule(posts=POSTS)
    def release(self, posts: list[tuple[str, int, int]]) -> None:
        self.campaigns.append(f"chien-dich-{len(self.campaigns)}")
        self.rig.release(*self.posts(posts), campaign_id=self.campaigns[-1])

    @precondition(lambda self: self.campaigns)
    @rule(posts=POSTS, which=st.integers(0, 99))
    def revise(self, posts: list[tuple[str, int, int]], which: int) -> None:
        self._revise(*self.posts(posts), campaign_id=self.campaigns[which % len(self.campaigns)])

    def _revise(self, *posts: Post, campaign_id: str) -> None:
        old = [one.id for one in self.rig.ledger.deliveries.current(campaign_id)]
        self.rig.release(*posts, campaign_id=campaign_id, replaced=old, recalled={"chuong-trinh"})

    @precondition(lambda self: self.campaigns)
    @rule(which=st.integers(0, 99))
    def cancel(self, which: int) -> None:
        self._cancel(self.campaigns[which % len(self.campaigns)])

    def _cancel(self, campaign_id: str) -> None:
        self.rig.ledger.deliveries.cancel(
            campaign_id,
            recalled={"chuong-trinh"},
            at=self.rig.clock.now(),
            actor="minh",
            reason="hoãn",
        )

    @rule(mishaps=st.dictionaries(st.sampled_from(CHANNELS), st.lists(MISHAPS, max_size=4)))
    def send(self, mishaps: dict[str, list[Mishap | None]]) -> None:
        for name, wanted in mishaps.items():
            self.backends[name].mishaps = list(wanted)
        with contextlib.suppress(KeyboardInterrupt):
            self.rig.send()
        for backend in self.backends.values():
            backend.mishaps = []

    @rule(mishap=MISHAPS)
    def send_until_it_is_settled(self, mishap: Mishap | None) -> None:
        for _ in range(2):
            self.send({name: [mishap] for name in CHANNELS})
            self.rig.pass_time(minutes=2)

    @precondition(lambda self: self.campaigns)
    @rule(mishap=MISHAPS, what=st.sampled_from(["cancel", "retry", "join", "revise"]))
    def act_while_sending(self, mishap: Mishap | None, what: str) -> None:
        """An official acts at the very moment at which a bundle is on its way."""

        def act(bundle: Bundle) -> None:
            for backend in self.backends.values():
                backend.on_deliver = lambda _bundle: None
            if what == "cancel":
                for campaign_id in self.campaigns:
                    self._cancel(campaign_id)
            elif what == "retry":
                self.retry()
            else:
                self.count += 1
                text = f"Tin số {self.count}."
                later = bundle.slot + timedelta(hours=30)
                post = Post("ap-1", bundle.channel, bundle.target, text, bundle.slot, later)
                if what == "join":
                    self.campaigns.append(f"chien-dich-{len(self.campaigns)}")
                    self.rig.release(post, campaign_id=self.campaigns[-1])
                else:
                    self._revise(post, campaign_id=self.campaigns[-1])

        for backend in self.backends.values():
            backend.on_deliver = act
        self.send({name: [mishap] for name in CHANNELS})
        for backend in self.backends.values():
            backend.on_deliver = lambda _bundle: None

    @rule(hopeless=st.booleans(), odd=st.booleans())
    def send_what_cannot_be_rendered(self, hopeless: bool, odd: bool) -> None:
        """Every second text, or every one, cannot be rendered this time."""

        def fail(text: str) -> None:
            if odd or len(text) % 2:
                raise permanent() if hopeless else temporary()

        for channel in self.channels.values():
            channel.on_render = fail
        for _ in range(2):
            self.rig.send()
            self.rig.pass_time(minutes=2)
        for channel in self.channels.values():
            channel.on_render = lambda _text: None

    @rule(taken=st.booleans())
    def die_while_sending(self, taken: bool) -> None:
        """A worker begins a bundle and is killed; the next run settles what it left."""
        for bundle_id in self.rig.due()[:1]:
            job = self.rig.ledger.bundles.job(bundle_id, cumulative=("chuong-trinh",))
            assert job is not None
            begun = self.rig.ledger.bundles.begin(
                [job.bundle], at=self.rig.clock.now(), actor="loa", durable=True
            )
            if begun and taken:
                contents = {part.content_hash for part in job.parts}
                texts = [self.rig.ledger.deliveries.content(one)[0].body for one in contents]
                self.far[job.bundle.channel].take(job.bundle, texts)
        self.rig.sender.recover()

    @rule()
    def retry(self) -> None:
        for campaign_id in self.campaigns:
            self.rig.ledger.mending.retry(Which(campaign_id), at=self.rig.clock.now(), actor="minh")

    @rule(sent=st.booleans())
    def resolve(self, sent: bool) -> None:
        doubtful = [row for row in self.rows() if row.state is State.UNCERTAIN]
        for campaign_id in self.campaigns:
            self.rig.ledger.mending.resolve(
                Which(campaign_id), sent=sent, at=self.rig.clock.now(), actor="minh"
            )
        if not sent:
            self.resent.update(self.text_of(row) for row in doubtful)

    @rule()
    def confirm(self) -> None:
        now = self.rig.clock.now()
        self.rig.ledger.evidence.add(
            [Evidence(row.id, EvidenceKind.HEARD, "lan", now, "nói") for row in self.rows()[:3]]
        )

    @rule(minutes=st.sampled_from([1, 30, 120, 12 * 60]))
    def pass_time(self, minutes: int) -> None:
        self.rig.pass_time(minutes=minutes)

    @invariant()
    def moves_follow_one_another_without_a_gap(self) -> None:
        ends = check_chains(self.rig.ledger.views.events())
        assert {row.id: row.state for row in self.rows() if row.state is not State.HELD} == ends

    @invariant()
    def nothing_is_lost(self) -> None:
        assert len(self.rows()) == self.count, "every delivery that was planned is still there"
        assert State.HELD not in {row.state for row in self.rows()}

    @invariant()
    def bundles_are_where_their_deliveries_are(self) -> None:
        with self.rig.ledger.database.read() as connection:
            bundles = connection.exec_driver_sql("SELECT id, state, receipt FROM bundles").all()
            parts = connection.exec_driver_sql("SELECT bundle_id, state FROM deliveries").all()
        states = {bundle.id: State(bundle.state) for bundle in bundles}
        held = Counter((part.bundle_id, State(part.state)) for part in parts)
        for bundle_id, state in states.items():
            waiting = held[bundle_id, State.PLANNED]
            sending = held[bundle_id, State.SENDING]
            assert not waiting or state in (State.PLANNED, State.SENDING), "stuck for ever"
            assert not sending or state is State.SENDING
        for bundle in bundles:
            if bundle.state == State.PLANNED and not held[bundle.id, State.PLANNED]:
                assert bundle.receipt, "it waits, and nothing in it is left to send"

    @invariant()
    def nobody_is_being_sent_to_between_steps(self) -> None:
        assert not self.rig.being_sent()

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        for name in ("mot-lan", "hoi-duoc"):
            for text, times in self.far[name].texts.items():
                assert times <= 1 + self.resent[text], f"{name}: {text} came {times} times"

    @invariant()
    def what_is_called_sent_has_arrived(self) -> None:
        for row in self.rows():
            if row.channel == "lap-lai" and row.state in DELIVERED:
                assert self.far[row.channel].texts[self.text_of(row)] >= 1

    @invariant()
    def what_arrived_is_not_called_unsent(self) -> None:
        """Where the far side can be asked, the ledger knows."""
        arrived = self.far["hoi-duoc"].texts
        for row in self.rows():
            if row.channel == "hoi-duoc" and arrived[self.text_of(row)]:
                assert row.state in DELIVERED or row.state is State.UNCERTAIN


def play(office: Callable[[], Office], examples: int) -> None:
    run_state_machine_as_test(
        office,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def test_the_promises_hold_in_whatever_order_things_come() -> None:
    play(Office, 30)


def test_they_hold_on_a_server_too(postgres: Postgres) -> None:
    class OfficeOnServer(Office):
        """The same, with a database of its own for each play."""

        def ledger_of(self, folder: Path) -> Place:
            self.database = postgres.make_database()
            return postgres.url(self.database)

        def teardown(self) -> None:
            super().teardown()
            postgres.drop_database(self.database)

    play(OfficeOnServer, 8)
