"""``loa console`` as players see it: a real process, on both kinds of ledger."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from support import airing
from support.console import (
    Console,
    enrolled,
)
from support.nursery import Nursery
from support.player_api import (
    NOW,
    SOUND,
    a_play,
    app,
    both_ledgers,
    in_english,
    publish,
    server,
    workspace,
)

from engine.app import App
from engine.app.noticing import commune_desk
from engine.artifacts.sounds import keep_sound
from engine.models import File
from engine.models.airing import Cancel, Programme

__all__ = ["app", "in_english", "server", "workspace"]


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
