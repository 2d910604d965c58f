"""The report's three files: safe, whole, readable by people and by programs."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.builders import AWKWARD, registry
from support.reports import LATER, Ground
from tinyhtml5.parser import HTMLParser

from engine.errors import LoaError
from engine.models import EvidenceKind
from engine.reports import Report, build_report, write_report
from engine.reports.html import happenings, report_html
from engine.reports.tables import harmless, report_csv, report_json


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def told(ground: Ground, title: str = "Thông báo tiêm vắc xin", reason: str = "no power") -> Report:
    ground.launch(title=title)
    ground.send(failing={("loudspeaker", "cum-1"): reason})
    ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, 60, source=AWKWARD)
    return build_report(ground.ledger, ground.registry, "thong-bao", LATER, simulated=True)


def cells(report: Report) -> list[list[str]]:
    return list(csv.reader(io.StringIO(report_csv(report).decode("utf-8-sig"))))


def test_three_files_are_written_and_nothing_else(ground: Ground, tmp_path: Path) -> None:
    paths = write_report(told(ground), tmp_path / "out" / "thong-bao")
    assert [path.name for path in paths] == ["report.html", "report.csv", "report.json"]
    assert sorted((tmp_path / "out" / "thong-bao").iterdir()) == sorted(paths)


def test_a_place_that_cannot_be_written_is_a_clear_error(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    with pytest.raises(LoaError, match=r"report\.html: the report cannot be written: "):
        write_report(told(ground), tmp_path / "out")


def test_a_full_disk_leaves_nothing_half_written(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    report = told(ground)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(LoaError, match="the disk is full"):
        write_report(report, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_page_is_well_formed_whole_and_without_scripts(ground: Ground) -> None:
    page = report_html(told(ground, AWKWARD))
    parser = HTMLParser()
    parser.parse(page)
    assert parser.errors == []
    text = page.decode()
    assert "<script" not in text
    assert "<link" not in text
    assert "src=" not in text
    assert "url(" not in text


def test_no_text_of_an_author_becomes_markup(ground: Ground) -> None:
    nasty = "</title></style><script>alert(1)</script>\"'><img src=x onerror=y>{{ 7*7 }}{% raw %}"
    text = report_html(told(ground, nasty + AWKWARD, nasty)).decode()
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7*7 }}" in text


def test_the_page_says_in_words_and_symbols_what_colour_shows(ground: Ground) -> None:
    text = report_html(told(ground)).decode()
    assert '<span class="symbol" aria-hidden="true">✗</span> failed' in text
    assert '<span class="symbol" aria-hidden="true">✓</span> confirmed' in text
    assert "Simulated clock: every time in this report is made up." in text


def test_the_page_is_in_the_readers_language(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = told(ground)
    assert '<html lang="en">' in report_html(report).decode()
    monkeypatch.delenv("LOA_LANG")
    assert '<html lang="vi">' in report_html(report).decode()


def test_a_report_before_anything_happened_can_be_read_too(ground: Ground) -> None:
    ground.submit()
    report = build_report(ground.ledger, ground.registry, "thong-bao", LATER)
    text = report_html(report).decode()
    assert "Nothing has been planned yet." in text
    assert "There is no evidence yet." in text
    assert "nobody yet" in text
    assert len(cells(report)) == 1


def test_what_happened_to_several_at_once_is_one_line_and_none_is_lost(ground: Ground) -> None:
    report = told(ground)
    found = happenings(report.events)
    assert sum(one.count for one in found) == len(report.events)
    opened = next(one for one in found if one.before == "held")
    assert opened.count == 20
    assert opened.places.startswith("Loudspeaker: Ấp 1, Ấp 2, Ấp 3, Ấp 4; Flyer: ")


def test_excel_opens_the_table_in_vietnamese(ground: Ground) -> None:
    report = told(ground)
    assert report_csv(report).startswith(b"\xef\xbb\xbf")
    header, *rows = cells(report)
    assert len(rows) == 20
    assert {len(row) for row in rows} == {len(header)}
    [failed] = [
        row
        for row in (dict(zip(header, one, strict=True)) for one in rows)
        if row["Remark"] == "no power"
    ]
    assert (failed["Hamlet"], failed["Channel"]) == ("Ấp 1", "Loudspeaker")
    assert (failed["State code"], failed["State"]) == ("failed", "failed")
    assert failed["Slot"] == "2026-12-01 17:00"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "\u00a0@"])
def test_a_cell_that_looks_like_a_formula_is_made_text(start: str) -> None:
    assert harmless(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_formulas_from_authors_run_in_no_cell(ground: Ground) -> None:
    title = '=HYPERLINK("http://vi.du","x")'
    report = told(ground, title, '@SUM(1+1)*cmd|" /C calc"!A0')
    for row in cells(report):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row)
    assert cells(report)[1][2] == f"'{title}"


def test_ordinary_cells_and_numbers_stay_as_they_are() -> None:
    assert harmless("Ấp 1 = tốt") == "Ấp 1 = tốt"
    assert harmless(-5) == -5
    assert harmless("") == ""


def test_line_breaks_quotes_and_separators_keep_their_cell(ground: Ground) -> None:
    title = 'một "hai", ba; bốn\nnăm\r\nsáu'
    assert cells(told(ground, title))[1][2] == 'một "hai", ba; bốn năm  sáu'


def test_the_json_keeps_its_shape(ground: Ground) -> None:
    data: dict[str, Any] = json.loads(report_json(told(ground)))
    assert data["schema"] == "loa.report/1"
    assert sorted(data) == [
        "amended", "amended_hamlets", "campaign", "clock", "commune", "coverage", "deliveries",
        "escalation", "events", "evidence", "language", "live", "made_at", "matrix", "rehearsing",
        "remarks", "schema", "statements", "unreached", "visits",
    ]  # fmt: skip
    assert sorted(data["campaign"]) == [
        "all_clear", "amends", "approved_at", "approved_by", "campaign_id", "content_hash", "drill",
        "issuer", "priority", "purpose", "revision", "status", "submitted_at", "submitted_by",
        "title", "two_keys", "valid_from", "valid_until", "waiting_revision",
    ]  # fmt: skip
    assert sorted(data["deliveries"][0]) == [
        "backend", "changed_at", "channel", "hamlet", "hamlet_id", "households", "id", "purpose",
        "reason", "remark", "replaced", "revision", "slot", "state", "target",
    ]  # fmt: skip
    assert sorted(data["events"][0]) == [
        "actor", "at", "before", "channel", "delivery_id", "detail", "hamlet", "id", "what",
    ]  # fmt: skip
    assert sorted(data["evidence"][0]) == [
        "at", "by", "channel", "delivery_id", "denied", "deputy", "hamlet", "holds", "households",
        "kind", "product", "source", "views",
    ]  # fmt: skip


def test_the_json_holds_codes_and_words(ground: Ground) -> None:
    data = json.loads(report_json(told(ground, AWKWARD)))
    assert data["campaign"]["title"] == AWKWARD
    assert data["clock"] == "simulated"
    assert data["campaign"]["approved_at"] == "2026-12-01T08:30:00+07:00"
    assert data["matrix"]["hamlets"][0]["cells"][0] == {
        "channel": "loudspeaker",
        "code": "failed",
        "counts": {"failed": 1},
        "text": "failed",
        "needs_attention": True,
    }
    first = data["coverage"]["hamlets"][0]
    assert (first["covered"], first["basis"]) == ({"lower": 60, "upper": 60}, ["Flyer: 60"])
    assert data["unreached"][-1]["reasons"][0]["code"] == "partial"
    assert data["evidence"][0]["by"] == {"id": "lan", "role": ""}


@pytest.mark.parametrize(
    "title",
    [
        "ă" * 50_000,
        unicodedata.normalize("NFD", "Thông báo lũ khẩn"),
        "👨‍👩‍👧 🚨 lũ",
        "\u202eđảo\u202c chữ \x00\x1b[31m",
        "\ud83d nửa ký tự"[1:],
    ],
)
def test_awkward_titles_reach_every_file_whole(ground: Ground, tmp_path: Path, title: str) -> None:
    report = told(ground, title)
    for path in write_report(report, tmp_path / "out"):
        text = path.read_text(encoding="utf-8")
        assert report.facts.title in text
        assert not {"\x00", "\x1b", "\u202e"} & set(text)
        assert unicodedata.is_normalized("NFC", text)


def test_awkward_names_of_hamlets_stay_data(tmp_path: Path) -> None:
    places = registry(1)
    named = replace(places, hamlets=(replace(places.hamlets[0], name=AWKWARD),))
    ground = Ground(tmp_path, named)
    ground.submit()
    report = build_report(ground.ledger, named, "thong-bao", LATER)
    assert "<b>tiền</b>" not in report_html(report).decode()
    assert json.loads(report_json(report))["matrix"]["hamlets"][0]["hamlet"] == AWKWARD
