"""Thousands of messages to Zalo at the rate it allows, while workers are killed.

Zalo neither recognises a repetition nor can be asked. So whatever was in flight when a worker
died is left to a person, and all else arrives once. What arrived is counted from the fake Zalo's
own log. ``make soak`` runs the same with 10,000 messages at Zalo's real rate.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.commune import PASSPHRASE, make_commune
from support.dispatching import check_chains
from support.nursery import Nursery
from support.province import BEFORE, IN_FLIGHT, Province, rows_of
from support.redis_server import RedisServer, wait_until
from support.service_driver import START

from channels.chat.zalo.account import ZaloAccount
from channels.chat.zalo.fake import FakeZalo, World
from channels.chat.zalo.fake.world import ACCESS_LIFE, REFRESH_LIFE, Group
from engine.app import open_app
from engine.app.noticing import commune_desk
from engine.clock import SimulatedClock
from engine.ledger.tables import bundles
from engine.models import TokenPair
from engine.models.notice import Concern
from engine.states import SETTLED, State

MESSAGES = int(os.environ.get("LOA_TEST_MESSAGES", "160"))
KILLS = int(os.environ.get("LOA_TEST_MESSAGE_KILLS", "3"))

#: Requests that the fake takes in a minute, and those that Loa makes: the bucket's burst, a
#: second's worth, comes on top of the rate.
TAKES = int(os.environ.get("LOA_TEST_MESSAGE_RATE", "8000"))
MAKES = TAKES * 60 // 61 - 1

#: Seconds after which something hangs: twice what the rate needs, and a start.
PATIENCE = 120 + 2 * 60 * MESSAGES / TAKES

NUMBERS = range(1, MESSAGES + 1)

CAMPAIGN = """\
id: hop-dan
title: Họp dân
valid: {from: 2026-12-01, until: 2026-12-05}
contact: Trưởng ấp
text: Mời bà con họp lúc 19 giờ.
schedule: now
channels: {loudspeaker: false, flyer: false, portal: false, chat: true}
"""


def registry() -> str:
    hamlets = "".join(f"  - {{id: ap-{n}, name: Ấp {n}, households: 100}}\n" for n in NUMBERS)
    groups = "".join(
        f"    - {{id: nhom-{n}, name: Nhóm {n}, platform: zalo, backend: zalo, kind: hamlet,"
        f" hamlets: [ap-{n}], run_by: lan, agreed_on: 2026-03-01, address: g{n}}}\n"
        for n in NUMBERS
    )
    return (
        "commune: {id: xa-mau, name: Xã Mẫu, province: Tây Ninh, office: UBND xã Mẫu}\n"
        "people:\n"
        "  - {id: lan, name: Nguyễn Thị Lan, rights: [submit, confirm]}\n"
        "  - {id: minh, name: Trần Văn Minh, rights: [approve, submit]}\n"
        f"hamlets:\n{hamlets}"
        'loudspeakers: [{id: cum-1, hamlets: ["*"]}]\n'
        'station: {hours: ["05:00-06:30"], sessions_per_day: 1, minutes_per_session: 30}\n'
        f"chat:\n  groups:\n{groups}"
        "flyers: {copies_per_household: 1, print_point: {id: van-phong, name: Văn phòng}}\n"
        'portal: {id: cong, name: Trang tin, url: "https://xa-mau.example"}\n'
    )


@dataclass
class Setup:
    """A commune with one approved message for every group, and the Zalo that it goes to."""

    workspace: Path
    zalo: FakeZalo

    def arrived(self) -> int:
        """Count what the far side has taken, in its own log."""
        log = self.zalo.world.log
        return log.read_bytes().count(b"\n") if log.exists() else 0

    def by_group(self) -> Counter[str]:
        return Counter(entry["group_id"] for entry in self.zalo.world.taken())


@contextmanager
def ready(folder: Path, ledger_url: str) -> Iterator[Setup]:
    world = World(folder / "zalo.jsonl", per_minute=TAKES)
    world.groups |= {f"g{n}": Group(f"g{n}", f"Nhóm {n}") for n in NUMBERS}
    with FakeZalo(world) as zalo:
        workspace = make_commune(folder / "xa", {"hop-dan": CAMPAIGN}, registry=registry())
        with (workspace / "loa.toml").open("a", encoding="utf-8") as settings:
            settings.write(
                f'[ledger]\nurl = "{ledger_url}"\n[zalo.xa-mau]\n'
                f'app_id = "{world.app_id}"\noa_id = "{world.oa_id}"\n'
                f'app_secret = "{world.app_secret}"\napi_url = "{zalo.base_url}"\n'
                f'oauth_url = "{zalo.base_url}"\nrequests_per_minute = {MAKES}\n'
            )
        clock = SimulatedClock(START - BEFORE)
        with open_app(workspace, clock=clock) as app:
            given = world.new_pair()
            account = ZaloAccount(world.app_id, world.oa_id, world.app_secret)
            pair = TokenPair(
                given["access_token"],
                given["refresh_token"],
                START + ACCESS_LIFE,
                START + REFRESH_LIFE,
            )
            app.ledger.tokens.seed(account.key, pair)
            app.office.set_passphrase("minh", PASSPHRASE, None)
            app.office.submit(workspace / "campaigns" / "hop-dan.yaml", "lan")
            app.office.approve("hop-dan", "minh", PASSPHRASE)
        yield Setup(workspace, zalo)


@pytest.fixture
def setup(tmp_path: Path, postgres_url: str) -> Iterator[Setup]:
    with ready(tmp_path, postgres_url) as made:
        yield made


def test_no_message_is_lost_or_doubled_while_workers_are_killed(
    setup: Setup, redis_server: RedisServer, children: Nursery
) -> None:
    with Province(setup.workspace, redis_server, children) as province:
        province.start("scheduler")
        workers = [province.start("worker") for _number in range(2)]
        for kill in range(1, KILLS + 1):
            due = MESSAGES * kill // (KILLS + 1)
            wait_until(lambda due=due: setup.arrived() >= due, f"{due} messages", PATIENCE)
            workers.pop(0).kill()
            workers.append(province.start("worker"))
        with province.opened() as app:
            wait_until(
                lambda: {state for _channel, state in app.ledger.views.counts()} <= SETTLED,
                "every message settled",
                PATIENCE,
            )
            check(setup, province)


def test_a_quota_that_is_used_up_stops_every_worker_and_a_person_is_told(
    setup: Setup, redis_server: RedisServer, children: Nursery
) -> None:
    """What one worker of several learns, all keep to: it is in the ledger, as on Redis the rate."""
    quota = MESSAGES // 4
    setup.zalo.world.per_day = quota
    with Province(setup.workspace, redis_server, children) as province:
        for role in ("scheduler", "worker", "worker"):
            province.start(role)
        with province.opened() as app:
            later = app.clock.now() + timedelta(hours=12)

            def put_off() -> int:
                b = bundles.c
                waiting = select(func.count()).where(b.state == State.PLANNED)
                with app.ledger.database.read() as connection:
                    return connection.execute(waiting.where(b.next_attempt_at > later)).scalar_one()

            left = MESSAGES - quota
            wait_until(lambda: put_off() == left, "the rest to wait for tomorrow", PATIENCE)
            asked = sum(one.endswith("/group/message") for one in setup.zalo.asked)
            found = commune_desk(app.house, app.ledger, app.rehearsing).look()
            (notice,) = (one.notice for one in found if one.notice.concern is Concern.QUOTA)
            assert notice.facts["count"] == str(left)
            sent = {row.target for row in rows_of(app) if row.state is State.SENT}
    assert len(sent) == quota
    assert set(setup.by_group().values()) == {1}
    assert asked - quota <= 2 * IN_FLIGHT, "only what was in flight met the refusal"


def check(setup: Setup, province: Province) -> None:
    arrived = setup.by_group()
    with province.opened() as app:
        rows = rows_of(app)
        assert len(rows) == MESSAGES
        assert check_chains(app.ledger.views.events()) == {row.id: row.state for row in rows}
        doubtful = {row.target for row in rows if row.state is State.UNCERTAIN}
        sent = {row.target for row in rows if row.state is State.SENT}
    assert max(arrived.values()) == 1, "doubled"
    assert len(sent) + len(doubtful) == MESSAGES, "every message is sent, or told to be in doubt"
    assert len(doubtful) <= KILLS * IN_FLIGHT, "only what was in flight is in doubt"
    groups = {f"nhom-{address[1:]}" for address in arrived}
    assert sent <= groups, "said to be sent, and lost"
    assert groups <= sent | doubtful
