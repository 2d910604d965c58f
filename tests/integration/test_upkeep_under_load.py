"""Snapshots taken while others send are of one moment each, and whole."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from support.dispatching import NOW, Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide

from engine.ledger.places import Place
from engine.ledger.snapshot import describe, take_snapshot
from engine.models import Bundle

#: Deliveries whose state is not what their last event says.
TORN = """
SELECT d.id, d.state, e.to_state FROM deliveries d
JOIN events e ON e.id = (SELECT max(id) FROM events WHERE delivery_id = d.id)
WHERE d.state <> e.to_state
"""

#: Deliveries that count as sent.
SENT = "SELECT count(*) FROM deliveries WHERE state = 'sent'"

#: The sender commits before and after each of these, and is held up once for a snapshot.
MIDDLE, PATIENCE = 25, 60.0

POSTS = [
    Post(f"ap-{number % 2 + 1}", target=f"noi-{number}", text=f"Tin {number}.", slot=NOW)
    for number in range(50)
]


def test_every_snapshot_beside_a_runtime_that_sends_is_of_one_moment(
    tmp_path: Path, place: Place
) -> None:
    paused, seen = threading.Event(), threading.Event()
    backend = FakeBackend("so", False, FarSide(tmp_path / "far.log"))

    def pause_once(_bundle: Bundle) -> None:
        if backend.calls == MIDDLE:
            paused.set()
            assert seen.wait(PATIENCE)

    backend.on_deliver = pause_once
    with rigged(tmp_path, FakeChannel("giay", backend), place=place) as rig:
        rig.release(*POSTS)
        sending = threading.Thread(target=send_all, args=(rig,))
        sending.start()
        found = []
        while sending.is_alive():
            found.append(tmp_path / f"{len(found)}.db")
            in_the_middle = paused.is_set()
            take_snapshot(place, found[-1])
            if in_the_middle:
                seen.set()
        sending.join()
    counts = [sent_in(file) for file in found]
    assert counts == sorted(counts)
    assert any(0 < count < len(POSTS) for count in counts), "some were taken in the middle"


def send_all(rig: Rig) -> None:
    while rig.send():
        pass


def sent_in(file: Path) -> int:
    """How many a snapshot says were sent, once it is shown to be whole and of one moment."""
    assert describe(file).communes == ("xa-mau",)
    with closing(sqlite3.connect(file)) as ledger:
        assert ledger.execute(TORN).fetchall() == []
        return int(ledger.execute(SENT).fetchone()[0])
