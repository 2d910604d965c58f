"""The leader's page: four forms with the same numbers, and paper that is always one sheet."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from support import paper
from support.builders import AWKWARD, NOW, registry
from support.reports import LATER, Ground, delivery, everywhere
from tinyhtml5.parser import HTMLParser

from engine.cli.main import build
from engine.models import (
    Amends,
    Citation,
    Correction,
    EvidenceKind,
    LegalBasis,
    MapPoint,
    Obligation,
    Purpose,
    Registry,
)
from engine.reports import Bounds, build_report
from engine.reports.amended import Has
from engine.reports.html import report_html
from engine.reports.leader.campaign import campaign_page
from engine.reports.leader.forms import Form, leader_in
from engine.reports.leader.overall import period_page
from engine.reports.leader.page import Area, Counts, Failure, Page
from engine.reports.leader.picture import MOST, map_svg
from engine.reports.period.span import read_period
from engine.reports.tables import report_json
from engine.states import State


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def somewhere(places: Registry) -> Registry:
    """The same hamlets with places on the map."""
    hamlets = (
        replace(one, point=MapPoint(10.9 + 0.01 * number, 106.0 + 0.02 * (number % 2)))
        for number, one in enumerate(places.hamlets)
    )
    return replace(places, hamlets=tuple(hamlets))


def told(tmp_path: Path, title: str = "Tiêm vắc xin", reason: str = "no power") -> Ground:
    ground = Ground(tmp_path, somewhere(registry()))
    ground.launch(title=title)
    ground.send(failing={("loudspeaker", "cum-1"): reason})
    ground.evidence(ground.row("ap-1", "chat", "nhom-ap-1"), EvidenceKind.RELAYED, 37)
    ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, 45)
    ground.evidence(ground.row("ap-2", "portal"), EvidenceKind.PAGE_ANSWERS)
    ground.evidence(ground.row("ap-3", "flyer"), EvidenceKind.HANDED_OUT, 300)
    return ground


def of_campaign(ground: Ground) -> Page:
    report = build_report(ground.ledger, ground.registry, "thong-bao", LATER)
    return campaign_page(ground.ledger, report, LATER)


def of_period(ground: Ground) -> Page:
    return period_page(ground.ledger, ground.registry, read_period("2026-12"), LATER)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """The pages of one ground, made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOA_LANG", "en")
        ground = told(tmp_path_factory.mktemp("ground"))
        return {"campaign": of_campaign(ground), "period": of_period(ground)}


@pytest.fixture(params=["campaign", "period"])
def page(request: pytest.FixtureRequest, pages: dict[str, Page]) -> Page:
    return pages[request.param]


def text_of_html(data: bytes) -> str:
    parser = HTMLParser()
    tree = parser.parse(data)
    assert parser.errors == []
    return " ".join("".join(tree.itertext()).split())


def cells(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(io.BytesIO(data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_four_forms_say_the_same_numbers(page: Page) -> None:
    assert (page.households, page.covered, page.twice) == (1000, Bounds(345, 582), Bounds(0, 37))
    data = json.loads(leader_in(Form.JSON, page))
    assert data["totals"]["covered"] == {"lower": 345, "upper": 582}
    assert data["totals"]["note"] == ""
    assert data["totals"]["twice"] == {"lower": 0, "upper": 37}
    book = cells(leader_in(Form.XLSX, page))
    summary = dict(row[:2] for row in book["Summary"])
    assert summary["Surely reached"] == 345
    assert summary["Possibly reached"] == 582
    assert summary["Possibly by two or more"] == 37
    rows = [row[:8] for row in book["Hamlet"][1:]]
    assert rows == [
        (
            area["name"],
            area["id"],
            area["households"],
            area["covered"]["lower"],
            area["covered"]["upper"] or "no evidence yet",
            pytest.approx(area["share"], abs=1e-4),
            area["twice"]["lower"],
            area["twice"]["upper"],
        )
        for area in data["areas"]
    ]
    printed = paper.letters(paper.text_of(leader_in(Form.PDF, page)))
    shown = paper.letters(text_of_html(leader_in(Form.HTML, page)))
    for text in (printed, shown):
        assert "345of1,000households" in text
        assert "atmost582" in text
        assert "0–37householdsbytwochannelsormore" in text
        assert "1of4hamletsreachedwhole" in text
        for area in page.areas:
            bounds = area.covered
            same = bounds.lower == bounds.upper
            said = f"{bounds.lower}" if same else f"{bounds.lower}–{bounds.upper}"
            said = said if bounds.upper else "notknown"
            assert f"{said}" in text.split(paper.letters(area.name), 1)[1]


def test_without_evidence_no_form_says_that_nobody_at_most_was_reached(tmp_path: Path) -> None:
    """What left may have reached people: "at most 0" would be false."""
    ground = Ground(tmp_path)
    ground.launch()
    ground.send()
    for page in (of_campaign(ground), of_period(ground)):
        for text in (
            paper.text_of(leader_in(Form.PDF, page)),
            text_of_html(leader_in(Form.HTML, page)),
        ):
            assert "noevidenceyet" in paper.letters(text)
            assert "atmost" not in paper.letters(text)
            assert paper.letters(text).count("notknown") >= 4
        book = cells(leader_in(Form.XLSX, page))
        assert dict(row[:2] for row in book["Summary"])["Possibly reached"] == "no evidence yet"
        assert {row[4] for row in book["Hamlet"][1:]} == {"no evidence yet"}
        totals = json.loads(leader_in(Form.JSON, page))["totals"]
        assert totals["covered"] == {"lower": 0, "upper": 0}
        assert totals["note"].startswith("no evidence yet")
    report = build_report(ground.ledger, ground.registry, "thong-bao", LATER)
    assert "of 1,000 households: no evidence yet" in report_html(report).decode()
    assert json.loads(report_json(report))["coverage"]["note"].startswith("no evidence yet")


def test_the_json_keeps_its_keys(page: Page) -> None:
    data = json.loads(leader_in(Form.JSON, page))
    assert data["schema"] == "loa.leader/1"
    assert sorted(data) == [
        "amended", "areas", "campaigns", "channels", "clock", "duties", "facts", "failures", "kind",
        "language", "live", "made_at", "name", "office", "place", "rehearsing", "rows", "rules",
        "schema", "statements", "timeline", "title", "totals",
    ]  # fmt: skip
    assert sorted(data["areas"][0]) == [
        "always", "behind", "cells", "complete", "confirmed", "covered", "households", "id",
        "missing", "name", "notices", "point", "share", "twice", "why",
    ]  # fmt: skip
    assert sorted(data["campaigns"][0]) == [
        "approved_at", "approved_by", "areas", "campaign_id", "complete", "counted", "counts",
        "covered", "first", "households", "last", "priority", "purpose", "revision", "states",
        "status", "submitted_at", "submitted_by", "title", "twice",
    ]  # fmt: skip


def test_the_page_names_who_submitted_and_approved_and_what_failed(
    pages: dict[str, Page],
) -> None:
    page = pages["campaign"]
    text = " ".join(paper.text_of(leader_in(Form.PDF, page)).split())
    assert "Submitted by: Nguyễn Thị Lan, 08:00 01/12/2026" in text
    assert "Approved by: Trần Văn Minh, 08:30 01/12/2026" in text
    assert "Loudspeaker, Ấp 1: failed: no power" in text
    assert page.areas[0].id == "ap-4", "the worst first: nobody confirmed anything"
    assert page.areas[-1].complete


def test_people_are_named_by_name_and_office_in_every_form_and_by_id_once_unknown(
    tmp_path: Path,
) -> None:
    offices = {"lan": "Văn thư", "minh": "Chủ tịch 0900000001"}
    places = somewhere(registry())
    people = [replace(one, role=offices.get(one.id, "")) for one in places.people]
    phones = [replace(one, phone="0900 000 001") if one.id == "minh" else one for one in people]
    ground = Ground(tmp_path, replace(places, people=tuple(phones)))
    ground.launch(title="Tiêm vắc xin")
    ground.send()
    lan, minh = "Nguyễn Thị Lan (Văn thư)", "Trần Văn Minh (Chủ tịch •••)"
    for page in (of_campaign(ground), of_period(ground)):
        book = [
            str(cell)
            for rows in cells(leader_in(Form.XLSX, page)).values()
            for row in rows
            for cell in row
        ]
        assert lan in book
        [told] = json.loads(leader_in(Form.JSON, page))["campaigns"]
        assert told["submitted_by"] == {"id": "lan", "role": "Văn thư", "name": "Nguyễn Thị Lan"}
        assert told["approved_by"]["id"] == "minh"
        assert minh in text_of_html(leader_in(Form.HTML, page))
        assert "Trần Văn Minh" in " ".join(paper.text_of(leader_in(Form.PDF, page)).split())
    steps = [one.what for one in of_campaign(ground).timeline]
    assert f"submitted: {lan}" in steps
    assert f"approved: {minh}" in steps
    gone = tuple(one for one in places.people if one.id != "lan")
    newer = ground.ledger.registries.save(replace(places, people=gone), "f" * 64, LATER)
    assert f"submitted: {lan}" in [one.what for one in of_campaign(ground).timeline]
    ground.ledger.registries.purge_people(newer)
    page = of_campaign(ground)
    assert page.timeline[0].what.startswith("submitted: lan")
    assert "approved: Trần Văn Minh" in [one.what for one in page.timeline]
    assert dict(page.facts)["Submitted by"].startswith("lan, ")


LONG = "Thông báo rất dài về việc tổng vệ sinh đường làng ngõ xóm và khơi thông cống rãnh. " * 30


def many(page: Page, count: int) -> Page:
    """The same page with far more of everything than a sheet holds, and longer words."""
    [first, *_others] = page.areas
    areas = [
        replace(
            first,
            id=f"ap-{number}",
            name=f"{LONG[:60]} {number}",
            why=(LONG, LONG),
            point=MapPoint(10 + number / 500, 106 + (number % 17) / 50),
        )
        for number in range(count)
    ]
    failure = Failure("x", LONG, "chat", State.FAILED, LONG, 7, (LONG, LONG, LONG))
    return replace(
        page,
        title=LONG,
        office=LONG,
        statements=(LONG,) * 6,
        areas=tuple(areas),
        notices=tuple(replace(page.notices[0], title=LONG, status=LONG) for _ in range(count)),
        failures=(failure,) * count,
        timeline=tuple(page.timeline) * count,
    )


@pytest.mark.parametrize(("kind", "count"), [("campaign", 45), ("period", 1000)])
def test_paper_is_one_sheet_whatever_there_is_and_counts_the_rest(
    pages: dict[str, Page], kind: str, count: int
) -> None:
    full = many(pages[kind], count)
    data = leader_in(Form.PDF, full)
    assert paper.pages(data) == 1
    assert paper.size_in_mm(data) == (210, 297)
    text = " ".join(paper.text_of(data).split())
    assert "more hamlets: see the Excel file" in text
    assert "What the numbers assume" in text
    assert "FOR THE LEADERS" in text
    below = paper.in_grey(data, 72)[-36:-31]
    assert below.min() > 200, "nothing stands in the lower margin: the sheet holds it all"


def test_what_is_left_out_and_what_is_shown_are_all_there_is(pages: dict[str, Page]) -> None:
    full = many(pages["period"], 90)
    named = tuple(replace(one, name=f"Xóm{n:03}", why=()) for n, one in enumerate(full.areas))
    short = replace(full, areas=named)
    text = paper.text_of(leader_in(Form.PDF, short))
    shown = len({word for word in text.split() if word.startswith("Xóm")})
    [rest] = [line for line in text.splitlines() if "more hamlets" in line]
    assert shown + int(rest.split()[2]) == 90
    assert shown >= 3


def test_the_sheet_is_read_in_black_and_white(page: Page) -> None:
    """The bars' sure and possible parts differ in grey, and so do the marks in shape."""
    grey = paper.in_grey(leader_in(Form.PDF, page), 150)
    tones = np.unique(grey)
    assert tones.min() < 20
    assert ((tones > 180) & (tones < 225)).any()
    pdf = leader_in(Form.PDF, page)
    assert pdf == leader_in(Form.PDF, page), "the same page is the same file"


@pytest.mark.parametrize("count", [4, 30])
@pytest.mark.parametrize("name", ["Ấp", "Tổ dân phố Khu đô thị mới Nguyễn Thị Minh Khai"])
def test_bars_are_wide_enough_to_compare_hamlets_by(
    pages: dict[str, Page], name: str, count: int
) -> None:
    """Beside five channels the bar of what is whole has 30 mm at least, and its head a line."""
    [first, *_others] = pages["campaign"].areas
    cell = first.cells[0]
    areas = tuple(
        replace(first, id=f"ap-{n}", name=f"{name} {n}", covered=Bounds(one, 100), households=100)
        for n, one in enumerate([100, *[0, 9, 47] * 10][:count])
    )
    areas = tuple(replace(one, cells=(*one.cells, cell)) for one in areas)
    page = replace(pages["campaign"], areas=areas, channels=(*pages["campaign"].channels, "team"))
    pdf = leader_in(Form.PDF, page)
    assert paper.pages(pdf) == 1
    assert "Surely reached – possibly" in paper.text_of(pdf)
    dark = paper.in_grey(pdf, 254) < 60  # ten pixels a millimetre
    ends = np.diff(dark.astype(np.int8), axis=1, prepend=0, append=0)
    longest = [
        int((np.flatnonzero(row < 0) - np.flatnonzero(row > 0)).max(initial=0)) for row in ends
    ]
    thick = [min(longest[n : n + 15]) / 10 for n in range(len(longest) - 15)]
    assert 30 <= max(thick) < 120, "black for a millimetre and a half from top to bottom"


@pytest.mark.parametrize("start", ["=", "@", "\t-"])
def test_no_author_writes_a_formula_into_the_workbook(tmp_path: Path, start: str) -> None:
    ground = told(tmp_path, f'{start}HYPERLINK("http://vi.du","x")', f"{start}SUM(1+1)")
    for made in (of_campaign(ground), of_period(ground)):
        data = leader_in(Form.XLSX, made)
        for sheet in load_workbook(io.BytesIO(data)):
            for row in sheet.iter_rows():
                assert all(cell.data_type in ("s", "n", "inlineStr") for cell in row)
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
            assert all(b"<f>" not in book.read(name) for name in sheets)
            assert not any(b"http://vi.du" in book.read(n) for n in book.namelist() if "rels" in n)
        found = [cell for rows in cells(data).values() for row in rows for cell in row]
        assert f"{start}SUM(1+1)".strip() in found


def test_an_authors_markup_is_text_in_every_form(tmp_path: Path) -> None:
    nasty = f"</style><script>alert(1)</script>#panic() {AWKWARD}"
    page = of_campaign(told(tmp_path, nasty, nasty))
    html = leader_in(Form.HTML, page).decode()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "src=" not in html
    assert "#panic()" in paper.text_of(leader_in(Form.PDF, page))


def test_the_map_is_drawn_when_places_are_known_and_only_then(pages: dict[str, Page]) -> None:
    page = pages["campaign"]
    drawn = map_svg(page.areas)
    assert drawn.count("<circle") == 4
    assert "<image" not in drawn
    assert "http://" not in drawn.replace("http://www.w3.org/2000/svg", "")
    assert ">4</text>" in drawn
    nowhere = replace(page, areas=tuple(replace(one, point=None) for one in page.areas))
    assert map_svg(nowhere.areas) == ""
    assert b"<svg" not in leader_in(Form.HTML, nowhere)
    assert paper.pages(leader_in(Form.PDF, nowhere)) == 1


def spot(number: int, point: MapPoint | None) -> Area:
    return Area(f"a-{number}", "A", 10, Bounds(5, 10), Bounds(0, 0), confirmed=True, point=point)


def test_a_map_of_one_place_and_of_thousands_is_drawn() -> None:
    one = map_svg([spot(1, MapPoint(10.9, 106.0))])
    assert 'cx="180.00"' in one
    several = [spot(n, MapPoint(10 + n / 5000, 106 + n / 4000)) for n in range(3_000)]
    assert map_svg(several).count("<circle") == MOST
    assert "nan" not in map_svg(several)


def test_the_page_speaks_the_readers_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOA_LANG")
    page = of_campaign(told(tmp_path))
    text = " ".join(paper.text_of(leader_in(Form.PDF, page)).split())
    assert "BÁO CÁO KẾT QUẢ THÔNG TIN ĐẾN NGƯỜI DÂN" in text
    assert "345 trên 1.000 hộ chắc chắn nhận được (34 %)" in text
    assert '<html lang="vi">' in leader_in(Form.HTML, page).decode()


def test_a_reminder_reaches_nobody_and_a_visit_that_was_made_does(tmp_path: Path) -> None:
    """A relay that is noted on a reminder says nothing of households; a team's visit does."""
    ground = Ground(tmp_path)
    remind = {"purpose": Purpose.REMINDER}
    planned = [
        delivery("ap-1", "chat", "nhom-ap-1"),
        delivery("ap-1", "chat", "truong-ap", **remind),
        delivery("ap-2", "chat", "nhom-ap-2", **remind),
        delivery("ap-1", "flyer", "to-1", **remind),
        delivery("ap-2", "flyer", "to-2", slot=LATER, work_at=LATER, **remind),
    ]
    ground.launch(planned)
    ground.send()
    ground.evidence(ground.row("ap-1", "chat", "truong-ap"), EvidenceKind.RELAYED, 100)
    ground.evidence(ground.row("ap-2", "chat", "nhom-ap-2"), EvidenceKind.RELAYED, 100)
    assert of_campaign(ground).covered == of_period(ground).covered == Bounds(0, 0)
    ground.evidence(ground.row("ap-1", "chat", "nhom-ap-1"), EvidenceKind.RELAYED, 30)
    ground.evidence(ground.row("ap-1", "flyer", "to-1"), EvidenceKind.HANDED_OUT, 40)
    for page in (of_campaign(ground), of_period(ground)):
        assert page.covered == Bounds(40, 70)
        assert page.states == {State.CONFIRMED: 2}, "a visit that waits is none, reminders neither"
    told = [one.what for one in of_campaign(ground).timeline]
    assert "Chat, where nobody had passed it on: 2 deliveries" in told


def test_what_the_law_asks_is_told_as_met_or_not(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    citation = Citation("10/2022/QH15", 11, 8, 8, "Luật số 10/2022/QH15, Điều 11 khoản 8")
    rule = Obligation("10/2022/QH15", 11, 7, 12, "Luật", "Điều 13", days=1)
    ground.launch(legal_basis=(LegalBasis(citation, rule),))
    ground.send()
    for number in (1, 2, 3):
        ground.evidence(ground.row(f"ap-{number}", "loudspeaker"), EvidenceKind.PLAYED)
    for page in (of_campaign(ground), of_period(ground)):
        [duty] = page.duties
        assert (duty.areas, duty.met, duty.lacking) == (4, 3, ("Ấp 4",))
        text = " ".join(paper.text_of(leader_in(Form.PDF, page)).split())
        assert "NOT MET" in text
        assert "3 of 4 hamlets met, not met: Ấp 4" in text


def amended(tmp_path: Path, amends: Amends) -> Ground:
    """A notice that everybody got, and then its amendment, which ap-1 alone is sure to have."""
    ground = Ground(tmp_path)
    ground.launch([delivery(f"ap-{n}", "flyer", "van-phong") for n in (1, 2)])
    ground.send()
    ground.evidence(ground.row("ap-2", "flyer"), EvidenceKind.HANDED_OUT, 90)
    known = [row.id for row in ground.ledger.views.deliveries("thong-bao")]
    correction = Correction("nhầm ngày", LATER, 1, "Tiêm vắc xin", NOW, 1, amends)
    withdraws = amends is Amends.WITHDRAWAL
    revision = ground.submit(correction=correction)
    assert ground.ledger.revisions.approve(revision, "minh", LATER)
    ground.ledger.deliveries.make_way(
        "thong-bao",
        2,
        replaced=known,
        recalled=(),
        at=LATER,
        actor="minh",
        withdrawn="nhầm ngày" if withdraws else None,
    )
    purpose = Purpose.WITHDRAWAL if withdraws else Purpose.CORRECTION
    later = [
        delivery(f"ap-{n}", "flyer", "van-phong", purpose=purpose, slot=LATER, work_at=LATER)
        for n in (1, 2)
    ]
    ground.hold(revision, later, LATER)
    ground.send(at=LATER)
    ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, 40)
    return ground


def test_a_corrected_notice_counts_whom_the_correction_reached(tmp_path: Path) -> None:
    ground = amended(tmp_path, Amends.CORRECTION)
    for page in (of_campaign(ground), of_period(ground)):
        [notice] = page.notices
        assert (notice.counts, notice.covered) == (Counts.YES, Bounds(40, 40))
        [told] = page.amended
        assert {has: count for has, count in told.places.items() if count} == {
            Has.CONFIRMED: 1,
            Has.SENT: 1,
        }
        text = " ".join(paper.text_of(leader_in(Form.PDF, page)).split())
        assert "Đính chính thông báo “Tiêm vắc xin” ngày 01/12/2026: nhầm ngày." in text
        assert "Places that knew: sent, unconfirmed 1, have it for certain 1" in text


def test_a_withdrawn_notice_is_said_to_be_withdrawn_and_counts_nothing(tmp_path: Path) -> None:
    ground = amended(tmp_path, Amends.WITHDRAWAL)
    page = of_campaign(ground)
    assert page.statements[0].startswith("Withdrawn: what was said no longer holds.")
    text = " ".join(paper.text_of(leader_in(Form.PDF, page)).split())
    assert "40 of 1,000 households surely told of the withdrawal" in text
    month = of_period(ground)
    assert (month.notices[0].counts, month.households) == (Counts.WITHDRAWN, 0)
    assert ("Not counted", "1 withdrawn") in month.facts


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give either a campaign's ID or --period"),
        (["tin", "--period", "2026-12"], "give either a campaign's ID or --period"),
        (["tin", "--format", "pdf", "-o", "."], ". is a folder; with --format pdf give a file"),
        (["tin", "-o", "co-roi.txt"], "co-roi.txt is a file; give a folder, or --format"),
        (["--period", "thang chap"], "found “thang chap”; write a month 2026-12"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("co-roi.txt").touch()
    result = CliRunner().invoke(build(), ["report", *arguments])
    assert result.exit_code
    assert said in f"{result.output} {result.exception}"
    assert [one.name for one in tmp_path.iterdir()] == ["co-roi.txt"]


WHY = "the station has no power since noon"
LONG = "Ấp Tân Thạnh Đông Thượng (khu tái định cư ven kênh Trà Cú)"


def test_long_names_leave_room_for_bars_for_reasons_and_for_what_tells_them_apart(
    tmp_path: Path,
) -> None:
    places = somewhere(registry(30))
    named = tuple(replace(one, name=f"{LONG} {n}") for n, one in enumerate(places.hamlets, 1))
    ground = Ground(tmp_path, replace(places, hamlets=named))
    ground.launch(everywhere(30))
    dead = {("loudspeaker", f"cum-{n}"): WHY for n in range(1, 31)}
    ground.send(failing=dead)
    pdf = leader_in(Form.PDF, of_campaign(ground))
    assert paper.pages(pdf) == 1
    told = paper.letters(paper.text_of(pdf))
    assert paper.letters(WHY) in told, "why, whatever the names"
    table = told.partition(paper.letters("Not reached, and why"))[0]
    shown = [n for n in range(30, 0, -1) if paper.letters(f"Trà Cú) {n}") in table]
    assert shown[:3] == [30, 29, 28], "worst first, each told from the others by how it ends"
    assert paper.letters("What happened") in told
    assert paper.letters("approved: Trần Văn Minh") in told, (
        "the shorter side is not cut for the longer one"
    )
