"""``loa console``: who waits for news, what is published, and what is not."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from support import airing
from support.commune import PASSPHRASE
from support.console import (
    Console,
    console,
    enrolled,
    opened,
    workspace_of,
)
from support.nursery import Nursery
from support.player_api import (
    DAY,
    NOW,
    SOUND,
    a_play,
    app,
    both_ledgers,
    in_english,
    publish,
    server,
    waits,
    workspace,
)
from support.redis_server import wait_until

from engine.app import App
from engine.artifacts import FolderStore
from engine.artifacts.sounds import keep_sound
from engine.console.api import HELD
from engine.models import Priority
from engine.models.airing import Cancel, Programme
from workers.embedded import EmbeddedRuntime

__all__ = ["app", "in_english", "server", "workspace"]


@both_ledgers
def test_whoever_waits_hears_within_a_moment_what_another_process_publishes(
    app: App, server: Console
) -> None:
    player = enrolled(app, server)
    took: list[float] = []
    asked: list[float] = []  # what any question takes, on a machine as busy as it is now
    after = 0
    for number in range(8):
        heard: list[tuple[float, Any]] = []

        def wait(known: int, heard: list[tuple[float, Any]] = heard) -> None:
            found = player.news("events", known)
            heard.append((time.monotonic(), found))

        waiting = threading.Thread(target=wait, args=(after,))
        waiting.start()
        wait_until(lambda: waits(server) == 1, "the player to wait")
        began = time.monotonic()
        assert server.answers()
        published = time.monotonic()
        asked.append(published - began)
        slot = airing.SLOT + timedelta(minutes=number)
        after = publish(app, priority=Priority.EMERGENCY, slot=slot, expires=airing.SLOT + DAY)
        waiting.join()
        ((at, (programme,)),) = heard
        assert programme.sequence == after
        took.append(at - published)
    assert max(took) < HELD / 2, "not only when its question is given up"
    assert min(took) < 0.4 + 10 * min(asked), (took, asked)


def test_what_is_published_while_the_player_was_away_answers_at_once(
    app: App, server: Console
) -> None:
    player = enrolled(app, server)
    first = publish(app)
    began = time.monotonic()
    assert len(player.news("events")) == 1
    assert player.news("events", 0)
    assert time.monotonic() - began < HELD / 2
    publish(app, cluster="cum-2")  # wakes it, and is not for it
    assert len(player.news("programmes", first)) == 0


def test_it_ends_in_order_while_players_wait(workspace: Path, app: App) -> None:
    """The program as people start it, not a fork."""
    server = Console(workspace)
    server.start()
    player = enrolled(app, server)
    answers: list[httpx.Response] = []
    waiting = threading.Thread(target=lambda: answers.append(player.get("events")))
    waiting.start()
    wait_until(lambda: waits(server) == 1, "the player to wait")
    began = time.monotonic()
    assert server.stop() == 0
    waiting.join()
    assert time.monotonic() - began < HELD / 2
    assert answers[0].json()["programmes"] == []
    assert "Traceback" not in server.log.read_text(encoding="utf-8")


def test_a_second_question_of_the_same_player_ends_the_first(app: App, server: Console) -> None:
    player = enrolled(app, server)
    answers: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda: answers.append(player.get("events")))]
    threads[0].start()
    wait_until(lambda: waits(server) == 1, "the player to wait")
    again = dataclasses.replace(player, client=server.client())
    threads.append(threading.Thread(target=lambda: answers.append(again.get("events"))))
    threads[1].start()
    wait_until(lambda: len(answers) == 1, "the first to be answered")
    assert waits(server) == 1
    publish(app)
    threads[1].join()
    assert [len(one.json()["programmes"]) for one in answers] == [0, 1]


@both_ledgers
def test_what_is_approved_reaches_the_player_whole_and_what_is_cancelled_leaves_it(
    workspace: Path, app: App, server: Console
) -> None:
    player = enrolled(app, server)
    office = app.office
    office.set_passphrase("minh", PASSPHRASE, None)
    office.submit(workspace / "campaigns" / "tiem-phong.yaml", "lan")
    office.approve("tiem-phong", "minh", PASSPHRASE)
    EmbeddedRuntime(app).run(until=airing.SLOT)
    programme, tomorrow = player.news()
    assert isinstance(programme, Programme)
    assert isinstance(tomorrow, Programme), "held a day ahead"
    assert (programme.slot, tomorrow.slot) == (airing.SLOT, airing.SLOT + DAY)
    assert programme.expires == airing.SLOT + timedelta(minutes=10)
    assert [item.campaign for item in programme.items] == ["tiem-phong"]
    assert programme.opening is not None
    for sound in programme.sounds():
        data = player.get(f"sounds/{sound.sha256}").content
        assert hashlib.sha256(data).hexdigest() == sound.sha256
        assert len(data) == sound.size
    play = a_play(player, campaign_id="tiem-phong", sha256=programme.items[0].sound.sha256)
    played = {**play, "seconds": programme.items[0].sound.seconds}
    assert player.post("plays", {"plays": [played]}).json() == {"kept": 1}
    office.cancel("tiem-phong", "minh", "hoãn")
    EmbeddedRuntime(app).run(until=airing.SLOT + DAY - timedelta(minutes=19))
    (gone,) = player.news(after=tomorrow.sequence)
    assert isinstance(gone, Cancel)
    assert gone.slot == tomorrow.slot


def test_until_the_workspace_is_live_nothing_is_published(
    tmp_path: Path, children: Nursery
) -> None:
    workspace = workspace_of(tmp_path / "xa", live=False)
    with opened(workspace) as app, console(workspace, children) as server:
        player = enrolled(app, server)
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(workspace / "campaigns" / "tiem-phong.yaml", "lan")
        app.office.approve("tiem-phong", "minh", PASSPHRASE)
        EmbeddedRuntime(app).run(until=airing.SLOT)
        assert player.news() == []


def test_an_emergency_answers_whoever_waits_with_its_sounds(
    workspace: Path, app: App, server: Console
) -> None:
    player = enrolled(app, server)
    heard: list[Any] = []
    waiting = threading.Thread(target=lambda: heard.extend(player.news("events")))
    waiting.start()
    wait_until(lambda: waits(server) == 1, "the player to wait")
    app.office.set_passphrase("minh", PASSPHRASE, None)
    app.office.submit(workspace / "campaigns" / "bao-lu.yaml", "lan")
    app.office.approve("bao-lu", "minh", PASSPHRASE)
    EmbeddedRuntime(app).run(until=NOW)
    waiting.join()
    (programme,) = heard
    assert (programme.priority, programme.drill) == (Priority.EMERGENCY, False)
    assert programme.slot <= app.clock.now() <= programme.expires
    for sound in programme.sounds():
        assert player.get(f"sounds/{sound.sha256}").status_code == 200


def test_two_servers_over_one_ledger_say_the_same(
    workspace: Path, app: App, server: Console, children: Nursery
) -> None:
    player = enrolled(app, server)
    with console(workspace, children) as second:
        sequence = publish(app)
        first = player.news()
        player.client = second.client()
        assert player.news() == first
        assert player.news(after=sequence) == []
        assert player.post("plays", {"plays": [a_play(player)]}).json() == {"kept": 1}
    player.client = server.client()
    assert player.post("plays", {"plays": [a_play(player)]}).json() == {"kept": 1}


def test_communes_of_one_server_hear_nothing_of_each_other(
    tmp_path: Path, children: Nursery
) -> None:
    """A province's server over one ledger, and a commune's own over the same."""
    place = f"sqlite:///{tmp_path / 'chung.db'}"
    ours, theirs = (workspace_of(tmp_path / name, place) for name in ("mau", "khac"))
    registry = theirs / "commune.yaml"
    registry.write_text(registry.read_text("utf-8").replace("id: xa-mau", "id: xa-khac"), "utf-8")
    province = tmp_path / "tinh"
    province.mkdir()
    shutil.copy(ours / "loa.toml", province)
    with opened(ours) as app:
        for folder in (theirs, province):
            shutil.copy(ours / "data.key", folder)
        with opened(theirs) as other, console(province, children) as server:
            player, neighbour = enrolled(app, server), enrolled(other, server)
            assert player.id == neighbour.id
            assert player.key != neighbour.key
            keep_sound(FolderStore(province / "artifacts"), SOUND)
            publish(app)
            assert len(player.news()) == 1
            assert neighbour.news() == []
            assert player.get(f"sounds/{SOUND.sha256}").status_code == 200
            assert neighbour.get(f"sounds/{SOUND.sha256}").status_code == 404
            assert player.post("plays", {"plays": [a_play(player)]}).json() == {"kept": 1}
            assert neighbour.post("plays", {"plays": []}).json() == {"kept": 0}
            assert other.ledger.plays.of() == []
        with console(ours, children) as own:
            player.client, neighbour.client = own.client(), own.client()
            assert player.get("programmes").status_code == 200
            assert neighbour.get("programmes").status_code == 401
