"""A province's emergencies: repeats and all-clears, planned by every commune for itself."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from support.commune import PASSPHRASE
from support.provinces import START, Tinh

from engine.app import App
from engine.errors import LoaError
from engine.ledger import Status
from engine.ledger.places import Place
from engine.models import Purpose
from engine.states import State
from workers.embedded import EmbeddedRuntime

ALERT = """\
id: bao
title: Bão sắp vào
priority: emergency
valid: {until: 2026-12-01 06:00}
text: Bà con tránh bão.
schedule: {now: true, repeat: {every: 30m, until: 2026-12-01 06:00}}
channels: {loudspeaker: true}
"""

ALL_CLEAR = """\
id: het-bao
title: Hết bão
priority: emergency
all_clear: bao
valid: {until: 2026-12-02}
text: Bão đã tan.
schedule: now
channels: {loudspeaker: true}
"""


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def release(tinh: Tinh, name: str, text: str) -> None:
    """Submit and approve a campaign of the province, twenty minutes after the one before it."""
    at = START if name == "bao" else START + timedelta(minutes=20)
    path = tinh.folder / "campaigns" / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    with tinh.opened(at=at) as app, app.office() as office:
        office.submit(path, "hai")
        office.approve(name, "ba", PASSPHRASE)
        office.open_all(name)


def airing(app: App) -> set[str]:
    """Return the clusters whose players hold the alert, by what lies with them."""
    programmes = (app.outbox / "loudspeaker").rglob("*.json")
    found = {path: json.loads(path.read_text("utf-8"))["items"] for path in programmes}
    return {
        path.parent.parent.name
        for path, items in found.items()
        if "tinh-mau--bao" in {item["campaign"] for item in items}
    }


def test_a_province_s_all_clear_ends_the_alert_in_every_commune(
    tmp_path: Path, place: Place
) -> None:
    tinh = Tinh(tmp_path / "tinh", place)
    release(tinh, "bao", ALERT)
    with tinh.commune("xa-tay") as app:
        slots = [row.slot for row in app.ledger.views.deliveries("tinh-mau--bao")]
        assert len(slots) == 5
    with tinh.communes() as communes:
        EmbeddedRuntime(communes).run(until=START + timedelta(minutes=1))
    for commune_id in ("xa-dong", "xa-nam", "xa-tay"):
        with tinh.commune(commune_id) as app:
            assert airing(app) == {one.id for one in app.registry.clusters}, "everywhere at once"
    release(tinh, "het-bao", ALL_CLEAR)
    for commune_id in ("xa-dong", "xa-nam", "xa-tay"):
        with tinh.commune(commune_id) as app:
            alert = app.ledger.views.deliveries("tinh-mau--bao")
            told = app.ledger.views.deliveries("tinh-mau--het-bao")
            assert app.office.newest("tinh-mau--bao").status is Status.ENDED
            sent = {(row.hamlet_id, row.target) for row in alert if row.state is State.SENT}
            assert sent
            assert {(row.hamlet_id, row.target) for row in told} == sent
            assert {row.purpose for row in told} == {Purpose.ALL_CLEAR}
            assert {row.state for row in alert} <= {State.SENT, State.CANCELLED, State.WITHDRAWN}


def test_a_province_ends_only_what_it_sent(tmp_path: Path) -> None:
    tinh = Tinh(tmp_path / "tinh", tmp_path)
    with pytest.raises(LoaError, match='no alert "bao"'):
        release(tinh, "het-bao", ALL_CLEAR)
