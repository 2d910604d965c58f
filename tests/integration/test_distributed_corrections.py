"""A correction through Redis, a worker killed in the middle: everybody is told once.

What arrived is counted from the far side's own log and from the outbox, never from the ledger.
"""

from __future__ import annotations

from collections import Counter

from support.commune import PASSPHRASE
from support.fake_telegram import FakeTelegram, said
from support.province import CAMPAIGNS, HAMLETS, IN_FLIGHT, Bench
from support.redis_server import RedisServer

from engine.models import Purpose
from engine.reports.amended import amended_places
from engine.states import State

ID = "tiem-phong"
REASON = "ghi nhầm giờ"


def test_a_worker_killed_while_it_corrects_leaves_the_rest_to_the_next(
    bench: Bench, redis_server: RedisServer, shared_telegram: FakeTelegram
) -> None:
    with bench.province("corrected", "postgresql", redis_server) as made:
        made.start("scheduler")
        worker = made.start("worker")
        made.wait_until_settled()
        worker.terminate()
        worker.wait(timeout=60)
        first = shared_telegram.accepted()
        with made.opened() as app:
            path = made.workspace / "campaigns" / f"{ID}.yaml"
            path.write_text(CAMPAIGNS[ID].replace("7 giờ", "8 giờ"), "utf-8")
            app.office.correct(ID, path, "lan", REASON)
            app.office.approve(ID, "minh", PASSPHRASE)
        fatal = made.start("worker", "emergency,important,routine", "delivered", "3")
        assert fatal.wait(timeout=60) == -9, "the boundary 'delivered' was not passed"
        made.start("worker")
    corrections = shared_telegram.accepted()[len(first) :]
    told = Counter((one["chat_id"], said(one)) for one in corrections if REASON in said(one))
    assert set(told.values()) == {1}, "doubled"
    texts = {one["chat_id"]: one for one in first if "Tiêm phòng lúc 7 giờ" in said(one)}
    for one in corrections:
        if REASON in said(one):
            replied = one["reply_parameters"]["message_id"]
            assert replied == texts[one["chat_id"]]["message_id"]
    with made.opened() as app:
        rows = app.ledger.views.deliveries(ID, replaced=True)
        uncertain = [row for row in rows if row.state is State.UNCERTAIN]
        assert len(told) + len(uncertain) >= HAMLETS
        assert len(uncertain) <= IN_FLIGHT
        places = amended_places(app.ledger.told.of(ID), rows, app.registry, app.clock.now())
        assert {one.hamlet_id for one in places} == {f"ap-{n}" for n in range(1, HAMLETS + 1)}
        handed_over = {State.SENT, State.CONFIRMED, State.UNCERTAIN}
        assert {one.state for one in places} <= handed_over
    assert {row.purpose for row in rows} == {Purpose.NOTICE, Purpose.CORRECTION}
    assert REASON in (made.workspace / f"outbox/portal/{ID}/index.html").read_text("utf-8")
