"""``loa console`` as players see it: a real process, on both kinds of ledger."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import shutil
import ssl
import statistics
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import airing
from support.commune import PASSPHRASE, loa
from support.console import (
    Console,
    Player,
    console,
    enrolled,
    make_certificate,
    opened,
    workspace_of,
)
from support.nursery import Nursery
from support.redis_server import wait_until

from engine.app import App
from engine.app.noticing import commune_desk
from engine.artifacts import FolderStore
from engine.artifacts.sounds import keep_sound
from engine.clock import VIETNAM
from engine.ledger.places import Place
from engine.models import File, Priority
from engine.models.airing import Cancel, Programme, ServerTime
from engine.models.envelope import SignatureError, SigningKey
from workers.embedded import EmbeddedRuntime

#: When the commune's simulated clock stands.
NOW = datetime(2026, 12, 1, 4, 0, tzinfo=VIETNAM)

SOUND = File.of_bytes("2026-12-01/0500-routine-tin-1.mp3", "audio/mpeg", bytes(range(256)) * 40)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """On a ledger in a file; tests that ask for ``ready_place`` run on both kinds."""
    both = "ready_place" in request.fixturenames
    place: Place | None = request.getfixturevalue("ready_place") if both else None
    return workspace_of(tmp_path / "xa", place)


both_ledgers = pytest.mark.usefixtures("ready_place")


@pytest.fixture
def app(workspace: Path) -> Iterator[App]:
    with opened(workspace) as app:
        yield app


@pytest.fixture
def server(workspace: Path, app: App, children: Nursery) -> Iterator[Console]:
    with console(workspace, children) as server:
        yield server


def test_what_a_player_lacks_is_kept_until_it_says_otherwise_and_needs_a_person(
    app: App, server: Console
) -> None:
    player = enrolled(app, server)
    told = {"at": app.clock.now().isoformat(), "version": "thử", "free_bytes": 1 << 30}
    lack = {"cluster": "cum-1", "slot": "2026-12-01T05:00:00+07:00", "what": "sound"}
    others = {**lack, "cluster": "cum-2"}
    answer = player.post("status", {**told, "lacking": [lack, others]})
    assert answer.status_code == 200, answer.text
    (kept,) = commune_desk(app.house, app.ledger, ()).look()
    assert kept.notice.key == f"player-lacks:{player.id}"
    assert kept.notice.facts["clusters"] == "cum-1", "others' clusters are not its to speak of"
    for wrong in ({**lack, "what": "x"}, {**lack, "more": 1}, {"cluster": "cum-1"}):
        assert player.post("status", {**told, "lacking": [wrong]}).status_code == 422
    assert player.post("status", told).status_code == 200
    assert commune_desk(app.house, app.ledger, ()).look() == []


def publish(app: App, **changes: Any) -> int:
    listed = airing.sound(SOUND.read())
    values = {"commune": "xa-mau", "items": (airing.item(sound=listed),), **changes}
    keep_sound(app.artifacts, SOUND)
    return app.ledger.programmes.publish(airing.programme(**values), app.clock.now())


def a_play(player: Player, number: int = 1, **changes: Any) -> dict[str, object]:
    return {
        "player": player.id,
        "number": number,
        "cluster": player.clusters[0],
        "slot": "2026-12-01T05:00:00+07:00",
        "campaign_id": "tin-1",
        "purpose": "notice",
        "hamlets": ["ap-1"],
        "sha256": SOUND.sha256,
        "began": "2026-12-01T05:00:01+07:00",
        "seconds": 12.0,
        "outcome": "played",
        "reason": "",
        **changes,
    }


@both_ledgers
def test_a_player_is_enrolled_and_hears_what_is_for_it_alone(app: App, server: Console) -> None:
    player = enrolled(app, server)
    publish(app)
    publish(app, cluster="cum-2")
    (programme,) = player.news()
    assert isinstance(programme, Programme)
    assert (programme.commune, programme.cluster) == ("xa-mau", "cum-1")
    both = enrolled(app, server, "cum-1", "cum-2")
    told = both.news()
    assert [one.cluster for one in told if isinstance(one, Programme)] == ["cum-1", "cum-2"]
    assert player.news(after=programme.sequence) == []
    app.ledger.programmes.publish(airing.cancel(commune="xa-mau"), NOW)
    (gone,) = player.news(after=programme.sequence)
    assert isinstance(gone, Cancel)
    assert gone.sequence > programme.sequence


def test_nobody_else_is_answered(app: App, server: Console) -> None:
    player = enrolled(app, server)
    publish(app)
    for path in ("programmes", "events", f"sounds/{SOUND.sha256}", "time?nonce=0123456789abcdef"):
        for headers in (
            {},
            {"Authorization": "Bearer"},
            {"Authorization": f"Basic {player.token}"},
            {"Authorization": f"Bearer {player.token[:-1]}"},
            {"Authorization": f"Bearer {'x' * 5_000}"},
        ):
            answer = httpx.get(f"{server.url}/player/v1/{path}", headers=headers)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert httpx.post(f"{server.url}/player/v1/plays", json={"plays": []}).status_code == 401
    app.ledger.players.revoke(player.id, NOW)
    assert player.get("programmes").status_code == 401
    assert player.post("plays", {"plays": []}).status_code == 401
    for path in ("/docs", "/openapi.json", "/metrics", "/player/v2/programmes"):
        assert httpx.get(server.url + path).status_code == 404


@both_ledgers
def test_a_code_is_good_once_and_guessing_is_slowed_down(app: App, server: Console) -> None:
    _player, code = app.ledger.players.invite(
        ["cum-1"], name="", at=NOW, until=NOW + timedelta(hours=1)
    )
    body = {"code": code.secret, "version": "1"}
    url = f"{server.url}/player/v1/enrol"
    assert httpx.post(url, json=body).status_code == 200
    answers = [httpx.post(url, json=body) for _try in range(12)]
    assert answers[0].status_code == 403
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    log = server.log.read_text(encoding="utf-8")
    assert code.secret not in log


def test_sounds_come_whole_or_in_parts_and_only_listed_ones(app: App, server: Console) -> None:
    player, other = enrolled(app, server), enrolled(app, server, "cum-2")
    hidden = File.of_bytes("x.mp3", "audio/mpeg", b"nobody's")
    keep_sound(app.artifacts, hidden)
    publish(app)
    path = f"sounds/{SOUND.sha256}"
    whole = player.get(path)
    assert whole.content == SOUND.read()
    assert whole.headers["content-type"] == "audio/mpeg"
    tag = whole.headers["etag"]
    assert tag == f'"{SOUND.sha256}"'
    part = player.get(path, headers={"Range": "bytes=100-199", "If-Range": tag})
    assert (part.status_code, part.content) == (206, SOUND.read()[100:200])
    rest = player.get(path, headers={"Range": f"bytes={SOUND.size - 7}-"})
    assert (rest.status_code, rest.content) == (206, SOUND.read()[-7:])
    assert player.get(path, headers={"Range": f"bytes={SOUND.size}-"}).status_code == 416
    other_file = player.get(path, headers={"Range": "bytes=1-2", "If-Range": '"else"'})
    assert (other_file.status_code, other_file.content) == (200, SOUND.read())
    assert other.get(path).status_code == 404
    assert player.get(f"sounds/{hidden.sha256}").status_code == 404
    assert player.get("sounds/..%2f..%2floa.db").status_code in (404, 422)
    assert player.get("sounds/data.key").status_code == 422


@both_ledgers
def test_whoever_waits_hears_within_a_moment_what_another_process_publishes(
    app: App, server: Console
) -> None:
    player = enrolled(app, server)
    took: list[float] = []
    after = 0
    for number in range(8):
        heard: list[tuple[float, Any]] = []

        def wait(known: int, heard: list[tuple[float, Any]] = heard) -> None:
            found = player.news("events", known)
            heard.append((time.monotonic(), found))

        waiting = threading.Thread(target=wait, args=(after,))
        waiting.start()
        wait_until(lambda: waits(server) == 1, "the player to wait")
        published = time.monotonic()
        slot = airing.SLOT + timedelta(minutes=number)
        after = publish(app, priority=Priority.EMERGENCY, slot=slot, expires=airing.SLOT + DAY)
        waiting.join()
        ((at, (programme,)),) = heard
        assert programme.sequence == after
        took.append(at - published)
    assert statistics.median(took) < 0.4, took


DAY = timedelta(days=1)


def waits(server: Console) -> int:
    """How many players wait, as the server itself says."""
    page = httpx.get(f"http://127.0.0.1:{server.watch}/metrics").text
    (line,) = [row for row in page.splitlines() if row.startswith("loa_players_waiting ")]
    return int(float(line.split()[1]))


def test_what_is_published_while_the_player_was_away_answers_at_once(
    app: App, server: Console
) -> None:
    player = enrolled(app, server)
    first = publish(app)
    began = time.monotonic()
    assert len(player.news("events")) == 1
    assert player.news("events", 0)
    assert time.monotonic() - began < 5
    publish(app, cluster="cum-2")  # wakes it, and is not for it
    assert len(player.news("programmes", first)) == 0


@both_ledgers
def test_plays_are_kept_once_however_often_they_are_sent(app: App, server: Console) -> None:
    player = enrolled(app, server)
    assert player.post("plays", {"plays": []}).json() == {"kept": 0}
    first = {"plays": [a_play(player), a_play(player, 2)]}
    assert player.post("plays", first).json() == {"kept": 2}
    assert player.post("plays", first).json() == {"kept": 2}
    second = {"plays": [a_play(player, 2), a_play(player, 3, outcome="cut", seconds=2)]}
    assert player.post("plays", second).json() == {"kept": 3}
    kept = [one.play for one in app.ledger.plays.of()]
    assert sorted(one.number for one in kept) == [1, 2, 3]


def test_what_a_player_refused_is_kept_whomever_it_was_meant_for(app: App, server: Console) -> None:
    player = enrolled(app, server)
    refused = a_play(player, cluster="cum-2", outcome="refused", seconds=0, reason="not for us")
    unreadable = a_play(player, 2, campaign_id="unknown", hamlets=[], sha256="", outcome="refused")
    assert player.post("plays", {"plays": [refused, unreadable]}).json() == {"kept": 2}
    assert all(not one.proves for one in app.ledger.plays.of())


def test_plays_of_others_are_refused_whole(app: App, server: Console) -> None:
    player, other = enrolled(app, server), enrolled(app, server, "cum-2")
    bad: list[list[dict[str, object]]] = [
        [a_play(player), a_play(other, 2)],
        [a_play(player), a_play(player, 2, cluster="cum-2")],
        [a_play(player), a_play(player, 0)],
        [a_play(player), a_play(player, 2, outcome="sung")],
        [a_play(player), a_play(player, 2, began="yesterday")],
    ]
    for plays in bad:
        answer = player.post("plays", {"plays": plays})
        assert answer.status_code == 422, answer.text
        assert answer.json()["detail"]
    assert app.ledger.plays.of() == []
    assert player.post("plays", {"plays": [], "more": 1}).status_code == 422
    assert player.post("plays", {"plays": [a_play(player)] * 501}).status_code == 422


def test_what_is_too_long_or_no_json_is_refused_before_it_is_read(
    app: App, server: Console
) -> None:
    player = enrolled(app, server)
    headers = {"Authorization": f"Bearer {player.token}"}
    url = f"{server.url}/player/v1/plays"
    long = httpx.post(url, content=b" " * 1_000_001, headers=headers)
    assert long.status_code == 413

    def endless() -> Iterator[bytes]:
        for _piece in range(1_000):
            yield b" " * 65_536

    with contextlib.suppress(httpx.TransportError):  # it may hang up on us
        assert httpx.post(url, content=endless(), headers=headers).status_code == 413
    assert httpx.post(url, content=b"[1", headers=headers).status_code == 422
    assert player.get("programmes?after=-1").status_code == 422
    assert player.get("programmes?after=" + "9" * 17).status_code == 422
    assert server.answers()


@both_ledgers
def test_killed_between_keeping_plays_and_saying_so_nothing_is_lost_or_doubled(
    workspace: Path, app: App, children: Nursery
) -> None:
    server = Console(workspace, children)
    server.start("plays kept")
    try:
        player = enrolled(app, server)
        plays = {"plays": [a_play(player), a_play(player, 2)]}
        with pytest.raises(httpx.TransportError):
            player.post("plays", plays)
        assert server.process.wait(timeout=30) == -9
        assert len(app.ledger.plays.of()) == 2
        server.start()
        assert player.post("plays", {"plays": []}).json() == {"kept": 2}
        assert player.post("plays", plays).json() == {"kept": 2}
        assert len(app.ledger.plays.of()) == 2
    finally:
        server.stop()


def test_the_time_is_signed_for_who_asked(app: App, server: Console) -> None:
    player = enrolled(app, server)
    nonce = "0123456789abcdefXYZ"
    said = player.opened(player.get("time", params={"nonce": nonce}).json())
    assert said == ServerTime(nonce, NOW)
    for wrong in ("short", "x" * 200, "with space 0123456789"):
        assert player.get("time", params={"nonce": wrong}).status_code == 422


@both_ledgers
def test_a_player_tells_how_it_fares(app: App, server: Console) -> None:
    player = enrolled(app, server)
    late = NOW - timedelta(seconds=90)
    told = {"at": late.isoformat(), "version": "0.3", "free_bytes": 12_345_678_901}
    assert player.post("status", told).json() == {"clusters": ["cum-1"]}
    (known,) = app.ledger.players.all()
    assert (known.version, known.disk_free) == ("0.3", 12_345_678_901)
    assert known.offset == timedelta(seconds=-90)
    assert known.seen_at == NOW
    assert player.post("status", {**told, "free_bytes": -1}).status_code == 422


def test_another_server_with_another_key_is_refused_by_the_player(
    tmp_path: Path, app: App, server: Console, children: Nursery
) -> None:
    """Two consoles over two ledgers of the same commune, by mistake."""
    player = enrolled(app, server)
    elsewhere = workspace_of(tmp_path / "nham")
    with opened(elsewhere) as other, console(elsewhere, children) as wrong:
        publish(other)
        imposter = enrolled(other, wrong)
        (envelope,) = imposter.get("programmes").json()["programmes"]
        with pytest.raises(SignatureError, match="not trusted here"):
            player.opened(envelope)
        player.client.base_url = wrong.url
        assert player.get("programmes").status_code == 401


def test_what_was_forged_in_the_ledger_is_refused_by_the_player(app: App, server: Console) -> None:
    from sqlalchemy import update

    from engine.ledger.player_tables import programmes

    player = enrolled(app, server)
    publish(app)
    forged = SigningKey.made().sign(airing.programme(commune="xa-mau"))
    with app.ledger.database.write() as connection:
        values = {"payload": forged.payload, "signature": forged.signature}
        connection.execute(update(programmes).values(values))
    (envelope,) = player.get("programmes").json()["programmes"]
    with pytest.raises(SignatureError, match="altered"):
        player.opened(envelope)


def test_a_new_key_is_for_players_enrolled_from_then_on(app: App, server: Console) -> None:
    old = enrolled(app, server)
    publish(app)
    app.ledger.player_keys.rotate(NOW + timedelta(seconds=1))
    new = enrolled(app, server)
    publish(app, slot=airing.SLOT + timedelta(hours=1), expires=airing.SLOT + DAY)
    assert new.key != old.key
    assert len(old.news()) == len(new.news()) == 2


def test_a_player_ahead_of_a_restored_ledger_is_told_what_comes_next(
    app: App, server: Console
) -> None:
    player = enrolled(app, server)
    ahead = publish(app) + 86_400_000
    assert player.news(after=ahead) == []
    assert publish(app, version=2) > ahead
    assert len(player.news(after=ahead)) == 1


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
    assert time.monotonic() - began < 5
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


def test_it_tells_how_it_fares(app: App, server: Console) -> None:
    player = enrolled(app, server)
    player.news()
    assert httpx.get(f"{server.url}/readyz").json()["servers"] == {"ledger": "ok"}
    page = httpx.get(f"http://127.0.0.1:{server.watch}/metrics").text
    route = 'route="/programmes",status="200"'
    assert f"loa_player_requests_total{{{route}}} 1.0" in page
    assert player.token not in page
    assert player.token not in server.log.read_text(encoding="utf-8")
    digest = hashlib.sha256(player.token.encode()).hexdigest()
    assert digest not in json.dumps(player.get("programmes").json())


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


def saved(workspace: Path, folder: Path) -> Path:
    done = loa("backup", folder, "-w", workspace)
    assert done.returncode == 0, done.stderr
    (archive,) = folder.glob("*.zip")
    return archive


def test_after_a_restore_players_know_the_server_and_nothing_goes_back(
    tmp_path: Path, workspace: Path, app: App, children: Nursery
) -> None:
    server = Console(workspace, children)
    server.start()
    player = enrolled(app, server)
    publish(app)
    archive = saved(workspace, tmp_path / "backups")
    seen = publish(app, version=2)
    assert player.post("plays", {"plays": [a_play(player)]}).json() == {"kept": 1}
    server.stop()
    restored = tmp_path / "lai"
    done = loa("restore", archive, restored, "--key", workspace / "data.key")
    assert done.returncode == 0, done.stderr
    with opened(restored) as again, console(restored, children) as new:
        player.client = new.client()
        assert player.post("plays", {"plays": []}).json() == {"kept": 0}
        assert player.post("plays", {"plays": [a_play(player)]}).json() == {"kept": 1}
        assert player.news(after=seen) == []
        assert publish(again, version=2) > seen
        (programme,) = player.news(after=seen)
        assert isinstance(programme, Programme)


def test_restored_without_the_data_key_players_are_enrolled_anew(
    tmp_path: Path, workspace: Path, app: App, children: Nursery
) -> None:
    with console(workspace, children) as server:
        enrolled(app, server)
        publish(app)
    archive, restored = saved(workspace, tmp_path / "backups"), tmp_path / "lai"
    done = loa("restore", archive, restored, "--without-key")
    assert done.returncode == 0, done.stderr
    with opened(restored) as again, console(restored, children) as new:
        fresh = enrolled(again, new)
        publish(again, version=2)
        assert len(fresh.news()) == 1


def test_over_https_with_a_certificate_of_ones_own(
    workspace: Path, app: App, children: Nursery
) -> None:
    certificate = make_certificate(workspace)
    with (workspace / "loa.toml").open("a", encoding="utf-8") as file:
        file.write(f'[console]\ncertificate = "{certificate.name}"\n')
    server = Console(workspace, children)
    server.url = server.url.replace("http:", "https:")
    server.trusted = ssl.create_default_context(cafile=str(certificate))
    server.start()
    try:
        player = enrolled(app, server)
        publish(app)
        assert len(player.news()) == 1
    finally:
        server.stop()


def test_a_server_that_distrusts_its_clock_signs_no_time(
    workspace: Path, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fastapi import HTTPException

    from engine.app import Communes
    from engine.console import desk

    shown = desk.Desk(Communes.only(app))
    known, _code = app.ledger.players.invite(["cum-1"], name="", at=NOW, until=NOW)
    assert shown.time(known, "0123456789abcdef")
    monkeypatch.setattr(desk, "emergencies_only", lambda clock: clock is app.clock)
    with pytest.raises(HTTPException, match="does not trust its own clock"):
        shown.time(known, "0123456789abcdef")


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
