"""``loa playlog``: what went on air, on the screen, in a spreadsheet and on paper."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.commune import NOTICE, PASSPHRASE, make_commune
from support.paper import pages, text_of
from support.playing import a_play

from engine.app import App, open_app
from engine.cli.main import build
from engine.clock import local
from engine.dispatch.airing import record_plays
from engine.models import Play, PlayOutcome


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def commune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A commune whose player reports: a proof, a cut one, and one that nobody planned."""
    folder = make_commune(tmp_path / "xa", {"tiem-phong": NOTICE})
    monkeypatch.setenv("LOA_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(folder)
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(folder / "campaigns" / "tiem-phong.yaml", "lan")
        app.office.approve("tiem-phong", "minh", PASSPHRASE)
    done = loa("run")
    assert done.exit_code == 0, done.output
    with open_app(folder) as app:
        record_plays(app.ledger, app.clock, planted(app))
    return folder


def planted(app: App) -> list[Play]:
    rows = [
        one for one in app.ledger.views.deliveries("tiem-phong") if one.channel == "loudspeaker"
    ]
    row = min(rows, key=lambda one: one.slot)
    shared = {
        "cluster": row.target,
        "slot": row.slot,
        "campaign_id": "tiem-phong",
        "hamlets": (row.hamlet_id,),
        "began": row.slot + timedelta(seconds=12),
    }
    return [
        a_play(1, **shared, seconds=500.0),
        a_play(2, **shared, seconds=0.5, outcome=PlayOutcome.CUT, reason='=HYPERLINK("x") 🔊'),
        a_play(3, **{**shared, "campaign_id": "cua-xa-khac"}, player="la"),
    ]


def loa(*arguments: str) -> Result:
    return CliRunner().invoke(build(), arguments)


def test_the_log_says_what_aired_and_what_it_proves(commune: Path) -> None:
    said = loa("playlog").output
    assert "3 reports of players: proof 1, too short to count 1, nobody planned it 1" in said
    assert "may-1 #1" in said
    assert " · cut" in said
    assert "3 reports" in loa("playlog", "--day", _day(commune)).output
    assert "0 reports" in loa("playlog", "--day", "01/01/2020").output
    assert "2 reports" in loa("playlog", "--campaign", "tiem-phong").output


def test_a_cluster_or_campaign_that_is_none_is_told(commune: Path) -> None:
    assert "there is no cluster “x”" in str(loa("playlog", "--cluster", "x").exception)
    assert "khong-co" in str(loa("playlog", "--campaign", "khong-co").exception)
    assert "write a day as" in str(loa("playlog", "--day", "hôm qua").exception)


def test_no_cell_of_the_table_is_a_formula(commune: Path) -> None:
    loa("playlog", "--csv", "x.csv")
    text = (commune / "x.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Worth code"] for row in rows] == ["proof", "too_short", "unknown"]
    assert rows[1]["Reason"].startswith("'=HYPERLINK")
    assert [bool(row["Proves deliveries"]) for row in rows] == [True, False, False]


def test_the_document_is_vietnamese_and_prints_whatever_a_player_says(commune: Path) -> None:
    done = loa("playlog", "--pdf", "x.pdf")
    assert done.exit_code == 0, done.exception
    pdf = (commune / "x.pdf").read_bytes()
    assert pages(pdf) == 1
    text = text_of(pdf)
    for words in ("Nhật ký phát loa", "bị ngắt", "không ai giao", "HYPERLINK", "là minh chứng"):
        assert words in text
    assert loa("playlog", "--pdf", "x.pdf").exit_code == 0
    assert (commune / "x.pdf").read_bytes() == pdf, "the same log is the same file"


def test_an_empty_log_can_be_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_commune(tmp_path / "xa", {}))
    assert "0 reports" in loa("playlog", "--pdf", "x.pdf").output
    assert "không báo lượt phát nào" in text_of(Path("x.pdf").read_bytes())


def test_by_ear_is_said_of_the_loudspeakers_alone(commune: Path) -> None:
    word = ("confirm", "tiem-phong", "--hamlet", "ap-1", "--heard", "--by", "lan")
    done = loa(*word)
    assert "evidence kept for" in done.output, done.exception
    assert "by people" not in loa("status", "tiem-phong").output.split("👂")[0]
    refused = loa(*word, "--channel", "flyer")
    assert "--heard is about the loudspeakers" in str(refused.exception)


def _day(commune: Path) -> str:
    with open_app(commune) as app:
        return f"{local(app.ledger.plays.of()[0].play.began):%d/%m/%Y}"
