"""A province's correction and withdrawal: in every commune those are told who were told before."""

from __future__ import annotations

import copy
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support.commune import PASSPHRASE
from support.provinces import START, Tinh

from engine.errors import LoaError
from engine.models import Purpose
from workers.embedded import EmbeddedRuntime

BELOW = "tinh-mau--bao"
NEXT_DAY = START + timedelta(days=1)
AFTER = NEXT_DAY + timedelta(days=1)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Tinh:
    """A province whose warning went out in all its communes."""
    folder = tmp_path_factory.mktemp("tinh")
    made = Tinh(folder / "tinh", folder)
    made.release()
    run(made)
    return made


@pytest.fixture
def tinh(template: Tinh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tinh:
    monkeypatch.setenv("LOA_LANG", "en")
    made = copy.copy(template)
    made.folder = Path(shutil.copytree(template.folder, tmp_path / "tinh"))
    made.file = made.folder / "campaigns" / "bao.yaml"
    return made


def run(tinh: Tinh, at: datetime = START) -> None:
    with tinh.communes(at) as communes:
        EmbeddedRuntime(communes).run()


def told(tinh: Tinh, purpose: Purpose) -> dict[str, set[tuple[str, str]]]:
    """Return hamlets and channels that were told in such a way, by commune."""
    found: dict[str, set[tuple[str, str]]] = {}
    with tinh.communes(AFTER) as communes:
        for commune_id in communes.ids():
            with communes.lent(commune_id) as app:
                rows = app.ledger.told.of(BELOW)
                found[commune_id] = {
                    (row.hamlet_id, row.channel) for row in rows if row.purpose is purpose
                }
    return found


def page(tinh: Tinh, commune_id: str) -> str:
    folder = tinh.folder / "communes" / commune_id / "outbox" / "portal" / BELOW
    return (folder / "index.html").read_text("utf-8")


def test_everybody_is_corrected_and_later_told_that_it_is_withdrawn(tinh: Tinh) -> None:
    known = told(tinh, Purpose.NOTICE)
    assert set(known) == {"xa-dong", "xa-nam", "xa-tay"}
    file = tinh.write(more=" Không ra đường.")
    with tinh.opened(at=NEXT_DAY) as app, app.office() as office:
        planned = office.preview_correction("bao", file, "hai", "thiếu lời dặn")
        assert [part.deliveries for part in planned.parts] == [4, 2, 2]
        office.correct("bao", file, "hai", "thiếu lời dặn")
        with pytest.raises(LoaError, match="already says exactly this"):
            office.preview_correction("bao", file, "hai", "thiếu lời dặn")
    tinh.approve(at=NEXT_DAY)
    run(tinh, at=NEXT_DAY)
    assert told(tinh, Purpose.CORRECTION) == known
    assert "thiếu lời dặn" in page(tinh, "xa-tay")
    with tinh.opened(at=AFTER) as app, app.office() as office:
        campaign, parts = office.preview_withdrawal("bao", "hai", "bão đổi hướng")
        assert campaign.audience.nobody
        assert [part.deliveries for part in parts] == [4, 2, 2]
        office.withdraw("bao", "hai", "bão đổi hướng")
        office.approve("bao", "ba", PASSPHRASE)
        office.open_all("bao")
    run(tinh, at=AFTER)
    assert told(tinh, Purpose.WITHDRAWAL) == known
    assert "bản đính chính ngày 02/12/2026) nay được thu hồi" in page(tinh, "xa-nam")


def test_a_commune_that_is_left_out_is_told_so(tinh: Tinh) -> None:
    known = told(tinh, Purpose.NOTICE)
    file = tinh.write("{communes: [xa-dong, xa-nam]}")
    with tinh.opened(at=NEXT_DAY) as app, app.office() as office:
        office.correct("bao", file, "hai", "xã Tây không bị ảnh hưởng")
    tinh.approve(at=NEXT_DAY)
    run(tinh, at=NEXT_DAY)
    corrected = told(tinh, Purpose.CORRECTION)
    assert corrected == {"xa-dong": set(), "xa-nam": set(), "xa-tay": set()}
    assert told(tinh, Purpose.WITHDRAWAL) == {**corrected, "xa-tay": known["xa-tay"]}
