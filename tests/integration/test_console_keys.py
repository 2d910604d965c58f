"""``loa console``: whom players trust, by keys, time and certificates, and after a restore."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from support import airing
from support.commune import loa
from support.console import (
    Console,
    console,
    enrolled,
    make_certificate,
    opened,
    workspace_of,
)
from support.nursery import Nursery
from support.player_api import (
    DAY,
    NOW,
    a_play,
    app,
    in_english,
    publish,
    server,
    workspace,
)

from engine.app import App
from engine.models.airing import Programme, ServerTime
from engine.models.envelope import SignatureError, SigningKey

__all__ = ["app", "in_english", "server", "workspace"]


def test_the_time_is_signed_for_who_asked(app: App, server: Console) -> None:
    player = enrolled(app, server)
    nonce = "0123456789abcdefXYZ"
    said = player.opened(player.get("time", params={"nonce": nonce}).json())
    assert said == ServerTime(nonce, NOW)
    for wrong in ("short", "x" * 200, "with space 0123456789"):
        assert player.get("time", params={"nonce": wrong}).status_code == 422


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
