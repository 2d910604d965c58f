"""Every public method of a commune's ledger, asked by the neighbour with our ids.

The methods are found in the code: one without a case here fails the test.
"""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from support import airing, builders
from support.dispatching import KEY, NOW, Post, Rig, plan_of
from support.fake_channels import FakeBackend, FakeChannel, FakeOptions, FarSide
from support.playing import a_play

from engine.errors import LoaError
from engine.ledger import Ledger, Revision, Seal, Status, Submission, Which
from engine.ledger.areas import Areas
from engine.ledger.awaited import Verdict
from engine.ledger.bulletins import InBulletin
from engine.ledger.escalations import Decision, NewStep, StepRow
from engine.ledger.fanout import Fanout
from engine.ledger.places import Place
from engine.ledger.players import Player
from engine.ledger.printings import Printed
from engine.ledger.programmes import Published
from engine.ledger.relays import Author
from engine.ledger.tables import bundles, deliveries, metadata, second_tries
from engine.models import (
    Bundle,
    Evidence,
    EvidenceKind,
    Finding,
    Hours,
    Plan,
    Play,
    Priority,
    Receipt,
    Shift,
    StationRules,
    TokenPair,
)
from engine.models.escalation import Act, Step
from engine.models.relay import RelayLink, WordKind
from engine.models.visit import Household, VisitLink, VisitReport, Visits

LATER = NOW + timedelta(days=2)
#: About far sides and the connection: no row in them belongs to a commune.
SHARED = {"breakers", "database"}


@dataclass(frozen=True)
class Ours:
    """What the neighbour knows of us: every id, and whatever we ever loaded."""

    rig: Rig
    sending: Bundle
    waiting: int
    revision: Revision
    delivery: int
    content: str
    plan: Plan
    player: Player
    published: Published
    play: Play
    claim: str
    link: RelayLink
    visit_link: VisitLink
    word: str
    step: int

    @property
    def submission(self) -> Submission:
        one = self.revision
        return Submission(
            one.campaign, one.path, one.source, one.source_sha256, one.content_hash, 1, "x"
        )


PAIR = TokenPair("a", "b", LATER, LATER)

Case = Callable[[Ledger, Ours], object]
ACT = {"at": LATER, "actor": "x"}

#: What may be asked. Our own ledger answers each with something, the neighbour's with nothing.
READS: Mapping[str, Case] = {
    "registries.latest": lambda it, our: it.registries.latest(),
    "registries.load": lambda it, our: it.registries.load(1),
    "credentials.get": lambda it, our: it.credentials.get("minh"),
    "revisions.alerts": lambda it, our: it.revisions.alerts(NOW - timedelta(days=9)),
    "revisions.campaign_ids": lambda it, our: it.revisions.campaign_ids(),
    "revisions.first_approved": lambda it, our: it.revisions.first_approved(["tin"]),
    "revisions.get": lambda it, our: it.revisions.get("tin", 1),
    "revisions.latest": lambda it, our: it.revisions.latest("tin"),
    "revisions.registry_of": lambda it, our: it.revisions.registry_of("tin", 1),
    "revisions.with_status": lambda it, our: it.revisions.with_status(*Status),
    "views.approved": lambda it, our: it.views.approved(NOW - timedelta(days=9), LATER),
    "deliveries.content": lambda it, our: it.deliveries.content(our.content),
    "deliveries.contents": lambda it, our: it.deliveries.contents([our.content]),
    "deliveries.moved": lambda it, our: it.deliveries.moved("tin"),
    "deliveries.current": lambda it, our: it.deliveries.current("tin"),
    "bundles.being_sent": lambda it, our: it.bundles.being_sent(),
    "bundles.job": lambda it, our: it.bundles.job(our.waiting, cumulative=("giay",)),
    "bundles.jobs": lambda it, our: it.bundles.jobs([our.waiting], cumulative=("giay",)),
    "bundles.next_moment": lambda it, our: it.bundles.next_moment(rehearse=()),
    "bulletins.of": lambda it, our: it.bulletins.of("tin"),
    "bulletins.changed": lambda it, our: it.bulletins.changed(NOW - timedelta(days=9)),
    "evidence.of": lambda it, our: it.evidence.of("tin"),
    "printings.last": lambda it, our: it.printings.last("tin"),
    "escalations.steps": lambda it, our: it.escalations.steps("tin-ba"),
    "escalations.told": lambda it, our: it.escalations.told("tin", "loudspeaker"),
    "escalations.watched": lambda it, our: it.escalations.watched(),
    "registries.is_newest": lambda it, our: it.registries.is_newest("0" * 64),
    "awaited.told": lambda it, our: it.awaited.told(["tin"]),
    "awaited.over": lambda it, our: it.awaited.over(LATER).bundle_ids,
    "pages.unseen": lambda it, our: it.pages.unseen("loudspeaker", "so", NOW - timedelta(9), LATER),
    "play_marks.all": lambda it, our: it.play_marks.all(),
    "play_marks.get": lambda it, our: it.play_marks.get("loa").mark,
    "plays.of": lambda it, our: it.plays.of(),
    "remote_ids.get": lambda it, our: it.remote_ids.get("khóa"),
    "relays.links": lambda it, our: it.relays.links("tin"),
    "relays.words": lambda it, our: it.relays.words(),
    "visits.links": lambda it, our: it.visits.links("tin"),
    "visits.counts": lambda it, our: it.visits.counts("tin"),
    "tokens.get": lambda it, our: it.tokens.get("zalo/1/2"),
    "player_keys.get": lambda it, our: it.player_keys.get(our.player.key_id),
    "player_keys.signed_with": lambda it, our: it.player_keys.signed_with(
        our.published.envelope, it.player_keys.current(LATER).id
    ),
    "players.kept": lambda it, our: it.players.kept(our.play.player),
    "players.all": lambda it, our: it.players.all(),
    "programmes.after": lambda it, our: it.programmes.after(0, ["cum-1"], at=NOW, limit=9),
    "programmes.last": lambda it, our: it.programmes.last(),
    "programmes.lists": lambda it, our: it.programmes.lists(airing.sound().sha256, ["cum-1"]),
    "told.of": lambda it, our: it.told.of("tin-hai"),
    "views.counted": lambda it, our: it.views.counted("tin", ()).hamlet_ids,
    "views.counts": lambda it, our: it.views.counts(),
    "views.deliveries": lambda it, our: it.views.deliveries("tin", replaced=True),
    "views.due": lambda it, our: it.views.due(None, rehearse=()),
    "views.events": lambda it, our: it.views.events() + it.views.events("tin"),
    "views.handed_over": lambda it, our: it.views.handed_over(NOW - timedelta(days=9)),
    "views.last_event_at": lambda it, our: it.views.last_event_at(),
    "views.on_loudspeakers": lambda it, our: it.views.on_loudspeakers(
        NOW - timedelta(days=9), NOW + timedelta(days=99)
    ),
    "leases.waits": lambda it, our: it.leases.waits(LATER, Priority.ROUTINE, rehearse=()),
    "views.bound_for": lambda it, our: it.views.bound_for(
        our.sending.channel, our.sending.target, NOW
    ),
    "views.stands": lambda it, our: it.views.stands() + it.views.stands(campaign_id="tin"),
    "views.troubles": lambda it, our: it.views.troubles(our.rig.ledger.views.stands()),
    "views.reached": lambda it, our: it.views.reached("tin-hai"),
    "views.sessions_sent": lambda it, our: it.views.sessions_sent(
        ["noi-1"], NOW - timedelta(days=9), NOW + timedelta(days=99)
    ),
    "views.on_air": lambda it, our: it.views.on_air(NOW - timedelta(days=9), but="x"),
}

#: What may be done. No row of ours changes, whatever it answers.
WRITES: Mapping[str, Case] = {
    "registries.purge_people": lambda it, our: it.registries.purge_people(99),
    "registries.save": lambda it, our: it.registries.save(
        dataclasses.replace(
            our.rig.registry,
            commune=dataclasses.replace(our.rig.registry.commune, id=it.commune_id),
        ),
        "1" * 64,
        LATER,
    ),
    "credentials.set": lambda it, our: it.credentials.set("minh", "scrypt$2", LATER),
    "revisions.approve": lambda it, our: it.revisions.approve(our.revision, "x", LATER),
    "revisions.refuse": lambda it, our: it.revisions.refuse(our.revision, "x", LATER),
    "revisions.submit": lambda it, our: it.revisions.submit(our.submission, LATER),
    "deliveries.cancel": lambda it, our: it.deliveries.cancel(
        "tin", recalled={"giay"}, reason="x", **ACT
    ),
    "deliveries.make_way": lambda it, our: it.deliveries.make_way(
        "tin", 1, replaced=[our.delivery], recalled={"giay"}, withdrawn="x", **ACT
    ),
    "deliveries.hold": lambda it, our: it.deliveries.hold(
        "tin", 1, our.plan.deliveries, our.plan, LATER
    ),
    "deliveries.open": lambda it, our: it.deliveries.open(
        "tin", 1, replaced=[our.delivery], recalled={"giay"}, **ACT
    ),
    "deliveries.shift": lambda it, our: it.deliveries.shift(
        [
            Shift(one.target, one.slot, "tin", one.content_hash, LATER, LATER, "x")
            for one in our.rig.ledger.views.deliveries("tin", replaced=True)
        ],
        recalled={"giay", "loudspeaker"},
        **ACT,
    ),
    "bundles.begin": lambda it, our: it.bundles.begin([our.sending], durable=True, **ACT),
    "bundles.release": lambda it, our: it.bundles.release([our.sending.id]),
    "bundles.release_all": lambda it, our: it.bundles.release_all(),
    "leases.claim": lambda it, our: it.leases.claim(
        [our.sending.id], of="may-1", holder="x", until=LATER
    ),
    "leases.forget_queue": lambda it, our: it.leases.forget_queue(),
    "leases.give_back": lambda it, our: it.leases.give_back("may-1", sending=True),
    "leases.put_off": lambda it, our: it.leases.put_off("giay", "so", LATER, LATER),
    "leases.renew": lambda it, our: it.leases.renew("may-1", LATER),
    "leases.take_due": lambda it, our: it.leases.take_due(
        LATER, Priority.ROUTINE, holder="x", until=LATER, rehearse=(), limit=99
    ),
    "leases.take_stranded": lambda it, our: it.leases.take_stranded(
        LATER, holder="x", until=LATER, limit=99
    ),
    "outcomes.doubt": lambda it, our: it.outcomes.doubt(our.sending, reason="x", **ACT),
    "outcomes.expire": lambda it, our: it.outcomes.expire(
        LATER + timedelta(days=99), actor="x", reason=""
    ),
    "outcomes.fail": lambda it, our: it.outcomes.fail(our.sending, reason="x", **ACT),
    "outcomes.fail_parts": lambda it, our: it.outcomes.fail_parts(
        our.sending, [our.delivery], reason="x", **ACT
    ),
    "outcomes.postpone": lambda it, our: it.outcomes.postpone(our.sending, LATER),
    "outcomes.rehearsed": lambda it, our: it.outcomes.rehearsed(our.sending, reference="x", **ACT),
    "outcomes.sent": lambda it, our: it.outcomes.sent([(our.sending, Receipt("x"), "")], **ACT),
    "outcomes.settle_empty": lambda it, our: it.outcomes.settle_empty(our.sending, LATER),
    "outcomes.take_back": lambda it, our: it.outcomes.take_back(our.sending, reason="x", **ACT),
    "outcomes.under": lambda it, our: it.outcomes.under("may-1").settle_empty(our.sending, LATER),
    "outcomes.try_again": lambda it, our: it.outcomes.try_again(
        our.sending, reason="x", next_attempt_at=LATER, **ACT
    ),
    "mending.resolve": lambda it, our: it.mending.resolve(Which("tin"), sent=True, **ACT),
    "mending.retry": lambda it, our: it.mending.retry(Which("tin"), **ACT),
    "evidence.add": lambda it, our: it.evidence.add(
        [Evidence(our.delivery, EvidenceKind.HEARD, "x", LATER, "x")]
    ),
    "escalations.settle": lambda it, our: it.escalations.settle(
        "tin-ba", lambda: Decision(1, stop={our.step: "x"}, over=True), LATER
    ),
    "escalations.watch": lambda it, our: it.escalations.watch("tin-ba"),
    "printings.record": lambda it, our: it.printings.record(
        "tin", again=False, detail="x", printed=[Printed("ap-1", "a5", "x", "x")], **ACT
    ),
    "bulletins.record": lambda it, our: it.bulletins.record(
        {"tin": InBulletin("2026-w49", 1, "x", LATER)}, "x"
    ),
    "awaited.settle": lambda it, our: it.awaited.settle(
        our.rig.ledger.awaited.over(LATER),
        [Verdict(one, "x") for one in our.rig.ledger.awaited.over(LATER).unproved],
        LATER,
        LATER,
    ),
    "play_marks.failed": lambda it, our: it.play_marks.failed("loa", "x", LATER),
    "play_marks.heard": lambda it, our: it.play_marks.heard("loa", "9", LATER),
    "play_marks.take_turn": lambda it, our: it.play_marks.take_turn("loa", LATER, LATER),
    "plays.keep": lambda it, our: it.plays.keep(
        [our.play], lambda _play, meant, _now: (Finding.PROOF, meant), at=LATER
    ),
    "remote_ids.put": lambda it, our: it.remote_ids.put("khóa", "của họ"),
    "remote_ids.set": lambda it, our: it.remote_ids.set("khóa", "của họ nữa"),
    "relays.link": lambda it, our: it.relays.link("tin", "ap-1-head", at=NOW, until=LATER),
    "relays.revoke": lambda it, our: it.relays.revoke("tin", "ap-1-head", at=LATER, by="x"),
    "relays.token": lambda it, our: it.relays.token(our.link),
    "relays.write_down": lambda it, our: it.relays.write_down(
        Author("tin", "ap-1", "ap-1-head"), WordKind.QUESTION, "Hỏi.", LATER
    ),
    "visits.link": lambda it, our: it.visits.link("tin", "to-1", at=NOW, until=LATER),
    "visits.revoke": lambda it, our: it.visits.revoke("tin", "to-1", at=LATER, by="x"),
    "visits.token": lambda it, our: it.visits.token(our.visit_link),
    "visits.put_list": lambda it, our: it.visits.put_list(
        "tin", [Household("ap-1", "to-1", "Của họ")], ends_at=LATER, at=LATER, by="x"
    ),
    "visits.read_list": lambda it, our: nobody_of(
        it.visits.read_list("tin-hai", "to-1", ["ap-1", "ap-2"], at=LATER, by="x", how="")
    ),
    "visits.purge": lambda it, our: it.visits.purge(
        at=LATER + timedelta(days=99), by="x", keep=timedelta(0)
    ),
    "relays.shown": lambda it, our: it.relays.shown(it.relays.words(), by="x", at=LATER),
    "visits.record": lambda it, our: it.visits.record(
        [VisitReport(our.delivery, "x", LATER, "", Visits(1))]
    ),
    "relays.settle": lambda it, our: it.relays.settle([our.word], by="x", at=LATER),
    "tokens.seed": lambda it, our: it.tokens.seed("zalo/1/2", PAIR),
    "tokens.claim": lambda it, our: it.tokens.claim("zalo/1/2", 1, now=LATER, until=LATER),
    "tokens.renew": lambda it, our: it.tokens.renew("zalo/1/2", our.claim, PAIR),
    "tokens.refuse": lambda it, our: it.tokens.refuse("zalo/1/2", our.claim, "x"),
    "tokens.give_back": lambda it, our: it.tokens.give_back("zalo/1/2", our.claim),
    "player_keys.current": lambda it, our: it.player_keys.current(LATER),
    "player_keys.rotate": lambda it, our: it.player_keys.rotate(LATER),
    "player_keys.signing": lambda it, our: signing(it),
    "players.invite": lambda it, our: it.players.invite(["cum-1"], name="", at=LATER, until=LATER),
    "players.revoke": lambda it, our: it.players.revoke(our.player.id, LATER),
    "programmes.publish": lambda it, our: it.programmes.publish(airing.cancel(), LATER),
    "programmes.seen_by_a_player": lambda it, our: it.programmes.seen_by_a_player(
        our.published.sequence + 1, LATER
    ),
}


def nobody_of(households: list[Household]) -> None:
    assert households == []


def signing(ledger: Ledger) -> None:
    with ledger.database.write() as connection:
        ledger.player_keys.signing(connection, LATER)


def methods() -> set[str]:
    """Return every public method of every part of a commune's ledger, as ``part.method``."""
    kinds = typing.get_type_hints(Ledger)
    return {
        f"{part.name}.{name}"
        for part in dataclasses.fields(Ledger)
        if part.name not in SHARED
        for name, _method in inspect.getmembers(kinds[part.name], inspect.isroutine)
        if not name.startswith("_") and not hasattr(str, name)
    }


@pytest.fixture
def ours(tmp_path: Path, place: Place) -> Iterator[Ours]:
    """A commune with something sent, something being sent, and something to come."""
    channel = FakeChannel("loudspeaker", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    paper = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "giay.log")))
    at_any_hour = StationRules((Hours(time(0, 0), time(23, 59)),), 2, 30)
    registry = builders.registry(station=at_any_hour)
    rig = Rig(tmp_path, channel, paper, place=place, registry=registry)
    rig.release(Post(channel="loudspeaker"), campaign_id="tin")
    rig.release(Post(channel="loudspeaker", target="noi-8"), campaign_id="tin-sau")
    rig.send()
    rig.release(Post(target="noi-2", text="Hai."), campaign_id="tin-hai")
    rig.release(Post(channel="loudspeaker", slot=LATER), campaign_id="tin-sau")
    rig.ledger.bulletins.record({"tin": InBulletin("2026-w49", 1, "x", NOW)}, "lan")
    rig.ledger.credentials.set("minh", "scrypt$1", NOW)
    rig.ledger.remote_ids.put("khóa", "của ta")
    rig.ledger.tokens.seed("zalo/1/2", PAIR)
    claim = rig.ledger.tokens.claim("zalo/1/2", 1, now=NOW, until=LATER)
    assert claim is not None
    link = rig.ledger.relays.link("tin", "ap-1-head", at=NOW, until=LATER)
    rig.ledger.relays.write_down(
        Author("tin", "ap-1", "ap-1-head"), WordKind.QUESTION, "Mấy giờ?", NOW
    )
    (word,) = rig.ledger.relays.words()
    visit_link = rig.ledger.visits.link("tin", "to-1", at=NOW, until=LATER)
    rig.ledger.visits.put_list(
        "tin", [Household("ap-1", "to-1", "Bà Giả")], ends_at=LATER, at=NOW, by="lan"
    )
    rig.ledger.visits.put_list(
        "tin-hai", [Household("ap-1", "to-1", "Bà Giả")], ends_at=LATER, at=NOW, by="lan"
    )
    sent = rig.rows("tin")[0]
    printed = [Printed("ap-1", "a5", sent.content_hash, "trang")]
    rig.ledger.printings.record("tin", again=False, detail="x", printed=printed, **ACT)
    rig.ledger.evidence.add([Evidence(sent.id, EvidenceKind.HEARD, "lan", NOW, "nói", 9)])
    with rig.ledger.database.write() as connection:
        over = bundles.update().where(bundles.c.target == sent.target)
        connection.execute(over.values(state="sent", ends_at=NOW))
        connection.execute(
            deliveries.update().where(deliveries.c.id == sent.id).values(moved_from=NOW)
        )
        lying = bundles.update().where(bundles.c.target == "noi-8")
        connection.execute(lying.values(ends_at=NOW))
        again = {"commune_id": "xa-mau", "delivery_id": sent.id, "again_of": 0, "number": 1}
        connection.execute(second_tries.insert().values(again))
        of_it = select(deliveries).where(deliveries.c.id == sent.id)
        row = dict(connection.execute(of_it).mappings().one())
        del row["id"]
        copied = row | {"campaign_id": "tin-hong", "bundle_id": None, "state": "failed"}
        connection.execute(deliveries.insert().values(copied))
    rig.ledger.play_marks.take_turn("loa", NOW, NOW)
    rig.ledger.play_marks.heard("loa", "7", NOW)
    play = a_play(cluster=sent.target, slot=sent.slot, campaign_id="tin")
    rig.ledger.plays.keep([play], lambda _play, meant, _now: (Finding.PROOF, meant), at=NOW)
    (due,) = rig.ledger.leases.take_due(
        NOW, Priority.ROUTINE, holder="may-1", until=LATER, rehearse=(), limit=1
    )
    job = rig.ledger.bundles.job(due.id, cumulative=())
    assert job is not None
    rig.ledger.bundles.begin([job.bundle], at=NOW, actor="x", durable=False, holder="may-1")
    rig.release(Post(target="noi-3", text="Ba.", slot=LATER), campaign_id="tin-ba")
    rig.release(
        Post(target="noi-4", text="Lũ.", slot=LATER),
        campaign_id="khan",
        priority=Priority.EMERGENCY,
    )
    revision = rig.ledger.revisions.latest("tin")
    assert revision is not None
    plan = plan_of("tin", [Post(channel="loudspeaker", target="noi-9")], rig.channels)
    d = deliveries.c
    with rig.ledger.database.read() as connection:
        waiting = connection.execute(
            select(d.bundle_id).where(d.campaign_id == "tin-ba")
        ).scalar_one()
    player, _code = rig.ledger.players.invite(["cum-1"], name="Ấp Một", at=NOW, until=LATER)
    rig.ledger.programmes.publish(airing.programme(expires=LATER), NOW)
    (published,) = rig.ledger.programmes.after(0, ["cum-1"], at=NOW, limit=9)
    step = a_step(rig)
    yield Ours(
        rig,
        job.bundle,
        waiting,
        revision,
        sent.id,
        sent.content_hash,
        plan,
        player,
        published,
        play,
        claim,
        link,
        visit_link,
        word.id,
        step.delivery_id,
    )
    rig.ledger.close()


def a_step(rig: Rig) -> StepRow:
    """Plan a step of a campaign that nobody passed on."""
    posts = [Post(target="noi-5", text="Nhắc.", slot=LATER)]
    (one,) = plan_of("tin-ba", posts, rig.channels).deliveries
    step = NewStep(one, Step(timedelta(hours=6), Act.REMIND), "0" * 64, NOW, "6 giờ")
    rig.ledger.escalations.watch("tin-ba")
    rig.ledger.escalations.settle("tin-ba", lambda: Decision(1, (step,)), NOW)
    (found,) = rig.ledger.escalations.steps("tin-ba")
    return found


@pytest.fixture
def theirs(ours: Ours) -> Iterator[Ledger]:
    """The neighbour in the same database."""
    options = dict.fromkeys(("giay", "loudspeaker"), FakeOptions)
    ledger = Ledger.open(ours.rig.place, "xa-khac", seal=Seal(KEY), options=options)
    yield ledger
    ledger.close()


def rows_of(ledger: Ledger, commune_id: str) -> list[tuple[object, ...]]:
    """Every row of every table that is the commune's."""
    found: list[tuple[object, ...]] = []
    with ledger.database.read() as connection:
        for table in metadata.sorted_tables:
            if "commune_id" in table.c:
                mine = select(table).where(table.c.commune_id == commune_id)
                rows = connection.execute(mine.order_by(*table.primary_key))
                found += [(table.name, *row) for row in rows]
    return found


def asked(case: Case, ledger: Ledger, ours: Ours) -> object:
    try:
        return case(ledger, ours)
    except (LoaError, NoResultFound):
        return None


def test_every_method_of_the_ledger_has_a_case() -> None:
    assert methods() == READS.keys() | WRITES.keys()


def test_the_neighbour_reads_nothing_of_ours(ours: Ours, theirs: Ledger) -> None:
    before = rows_of(theirs, "xa-mau")
    blind = [name for name, case in READS.items() if not asked(case, ours.rig.ledger, ours)]
    assert not blind, "a case that finds nothing of our own shows nothing"
    seen = [name for name, case in READS.items() if asked(case, theirs, ours)]
    assert not seen
    assert rows_of(theirs, "xa-mau") == before


def test_the_neighbour_changes_nothing_of_ours(ours: Ours, theirs: Ledger) -> None:
    before = rows_of(theirs, "xa-mau")
    for name, case in WRITES.items():
        asked(case, theirs, ours)
        assert rows_of(theirs, "xa-mau") == before, name


def test_another_province_sees_no_commune_and_no_campaign(ours: Ours, theirs: Ledger) -> None:
    database, options = theirs.database, {"giay": FakeOptions}
    Areas(database, "tinh-nha").claim(["xa-mau"])
    assert [area.id for area in Areas(database, "tinh-nha").communes()] == ["xa-mau"]
    assert Areas(database, "tinh-nha").hamlets("xa-mau")
    Areas(database, "tinh-khac").claim(["xa-mau"])
    before = rows_of(theirs, "xa-mau")
    assert not Areas(database, "tinh-khac").communes()
    assert not Areas(database, "tinh-khac").hamlets("xa-mau")
    assert Areas(database, "tinh-khac").of_others(["xa-mau"]) == {"xa-mau": "tinh-nha"}
    other = Fanout(database, "tinh-khac", options)
    assert not other.parts("tin")
    assert not other.counts("tin")
    assert not other.reached("tin")
    assert not other.revisions.campaign_ids()
    assert not other.approve(ours.revision, "x", LATER)
    other.cancel("tin", "x", LATER, "x")
    assert rows_of(theirs, "xa-mau") == before
