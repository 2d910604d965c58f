"""Several worker processes and one far side: never too fast for it, and never all waiting for it.

What was asked of it is counted from its own log, never from what the workers believe.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.commune import PASSPHRASE, make_commune
from support.fake_telegram import TOKEN, FakeTelegram, refuse
from support.nursery import nursery
from support.province import BEFORE, Province, rows_of
from support.redis_server import RedisServer, wait_until
from support.service_driver import START

from engine.app import App, open_app
from engine.clock import SimulatedClock
from engine.dispatch.breaker import THRESHOLD
from engine.models import BreakerState
from engine.states import State

GROUPS = 20
PER_SECOND, BURST = 4.0, 1

WORKERS = 2
#: On a machine too busy to renew the tests' short leases, what was under way is left to a person.
SETTLED_HERE = {State.SENT, State.UNCERTAIN}

#: Each process has two threads for routine bundles; each may have one request under way.
UNDER_WAY = WORKERS * 2

NEWS = """\
id: hop-dan
title: Họp dân
valid: {from: 2026-12-01, until: 2026-12-03}
contact: Xã
text: Mời bà con đến họp.
channels: {chat: true}
"""


def group(number: int) -> str:
    return (
        f"    - {{id: to-{number}, name: Tổ {number}, platform: telegram, kind: heads,"
        f' hamlets: [ap-1, ap-2], address: "-100{number:04}"}}\n'
    )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commune with many groups on Telegram, its news approved."""
    xa = make_commune(tmp_path_factory.mktemp("far-sides") / "xa", {"hop-dan": NEWS}, token=TOKEN)
    registry = (xa / "commune.yaml").read_text(encoding="utf-8")
    groups = "  groups:\n" + "".join(map(group, range(GROUPS)))
    (xa / "commune.yaml").write_text(registry.replace("  groups:\n", groups), encoding="utf-8")
    with open_app(xa, clock=SimulatedClock(START - BEFORE)) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(xa / "campaigns" / "hop-dan.yaml", "lan")
        app.office.approve("hop-dan", "minh", PASSPHRASE)
    return xa


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeTelegram]:
    with FakeTelegram(log=tmp_path / "telegram.log") as running:
        yield running


@pytest.fixture
def xa(
    template: Path,
    tmp_path: Path,
    server: FakeTelegram,
    redis_server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A fresh copy, whose workers share one Redis and one far side."""
    monkeypatch.setenv("LOA_QUEUE_URL", redis_server.url)
    monkeypatch.setenv("LOA_TELEGRAM_BASE_URL", server.base_url)
    monkeypatch.setenv("LOA_TELEGRAM_MESSAGES_PER_SECOND", str(PER_SECOND))
    return Path(shutil.copytree(template, tmp_path / "xa"))


@pytest.fixture
def province(xa: Path, redis_server: RedisServer) -> Iterator[Province]:
    """Processes around the copy, born into the environment that it needs."""
    with nursery() as children:
        yield Province(xa, redis_server, children)


def start(province: Province) -> None:
    province.start("scheduler")
    for _ in range(WORKERS):
        province.start("worker")


def on_telegram(app: App) -> Counter[State]:
    return Counter(row.state for row in rows_of(app) if row.backend == "telegram")


def too_fast(asked_at: list[float]) -> list[tuple[int, float]]:
    """The spans in which more was asked than the pace allows: how often, in how many seconds."""
    return [
        (last - first + 1, span)
        for first in range(len(asked_at))
        for last in range(first, len(asked_at))
        if (last - first + 1)
        > BURST + PER_SECOND * (span := asked_at[last] - asked_at[first]) + UNDER_WAY
    ]


def test_workers_together_ask_no_faster_than_the_far_side_allows(
    province: Province, server: FakeTelegram
) -> None:
    with province:
        start(province)
        province.wait_until_settled()
        with province.opened() as app:
            assert set(on_telegram(app)) <= SETTLED_HERE
            told = Counter(event.to_state for event in app.ledger.views.events())
            assert not told["retry_planned"], "who waits for a permit has spent no attempt"
    assert Counter(one["chat_id"] for one in server.accepted()).most_common(1)[0][1] == 1
    assert len(server.asked_at) > PER_SECOND + BURST + UNDER_WAY, "enough to be too fast with"
    assert too_fast(sorted(server.asked_at)) == []
    assert too_fast([0.0] * (BURST + UNDER_WAY + 1)), "a burst would be noticed"


def test_a_dead_far_side_is_asked_a_few_times_while_everything_else_flows(
    province: Province, server: FakeTelegram
) -> None:
    """When it is back, workers that knew nothing of it find what the ledger kept, and send it."""
    server.always = refuse(502, "Bad Gateway")
    with province:
        start(province)
        with province.opened() as app:
            wait_until(lambda: _others_are_sent(app), "everything else to be sent")
            wait_until(lambda: bool(_open(app)), "the breaker to open")
    with province.opened() as app:
        (breaker,) = app.ledger.breakers.all()
        assert breaker.endpoint == server.base_url.removeprefix("http://")
        assert "502" in breaker.reason
        asked = len(server.asked_at)
        assert THRESHOLD <= asked <= THRESHOLD + UNDER_WAY
        states = on_telegram(app)
        assert states[State.UNCERTAIN] == 2 * asked, "two hamlets share each group"
        assert states[State.PLANNED] == sum(states.values()) - 2 * asked
    server.always = None
    with province.again() as later:
        later.jump(timedelta(minutes=2))
        start(later)
        later.wait_until_settled()
        with later.opened() as app:
            ended = on_telegram(app)
            assert set(ended) <= SETTLED_HERE
            assert ended[State.UNCERTAIN] >= states[State.UNCERTAIN]
            assert [one.state for one in app.ledger.breakers.all()] == [BreakerState.CLOSED]
    chats = Counter(one["chat_id"] for one in server.accepted())
    assert set(chats.values()) == {1}
    assert 2 * len(chats) >= ended[State.SENT] > GROUPS


def _others_are_sent(app: App) -> bool:
    return all(row.state is State.SENT for row in rows_of(app) if row.backend != "telegram")


def _open(app: App) -> list[str]:
    return [one.endpoint for one in app.ledger.breakers.all() if one.state is BreakerState.OPEN]
