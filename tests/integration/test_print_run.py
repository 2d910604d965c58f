"""A campaign's print run: jobs for a printer, real CUPS, covers, and what is printed again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import paper
from support.commune import files_below, loa
from support.print_server import print_server
from support.printed import NOTICE, amended, cover_text, jobs, printed_all

from channels.flyer.handout import read_code
from channels.flyer.products import Product
from engine.app import open_app
from engine.app.handing_out import confirm_handout
from engine.app.printing import Wish, jobs_of, orders_of
from engine.cli.common import report_of
from engine.errors import LoaError


def test_each_bundle_is_a_file_with_its_cover_and_as_many_sheets_as_are_needed(
    fresh: Path, tmp_path: Path
) -> None:
    done = loa("print", "tiem-phong", "-w", fresh, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    made = files_below(tmp_path / "out")
    assert sorted(made) == [
        f"tiem-phong-{name}.pdf" for name in ("a6-ap-1", "a6-ap-2", "notice-ap-1", "notice-ap-2")
    ]
    first = made["tiem-phong-a6-ap-1.pdf"]  # 10 poor households: 3 sheets of four, and a cover
    assert (paper.pages(first), paper.size_in_mm(first)) == (4, (210, 297))
    assert paper.pages(made["tiem-phong-a6-ap-2.pdf"]) == 3
    notice = made["tiem-phong-notice-ap-1.pdf"]  # one for the board, and its own cover
    assert paper.pages(notice) == 2
    (code,) = paper.scanned(paper.in_grey(notice))
    assert read_code(code, "xa-mau").product is Product.NOTICE
    assert b"<pdfuaid:part>1</pdfuaid:part>" in first
    with open_app(fresh) as app:
        assert not [order for order in orders_of(app, Wish("tiem-phong")) if order.stacks]


def test_what_was_printed_is_left_out_and_named_unless_it_is_wanted_again(
    fresh: Path, tmp_path: Path
) -> None:
    with open_app(fresh) as app:
        printed_all(app)
    done = loa("print", "tiem-phong", "-w", fresh, "-o", tmp_path / "two")
    assert done.returncode == 0, done.stderr
    assert files_below(tmp_path / "two") == {}
    assert done.stdout.count("left out: Ấp 1, Ấp 2") == 2
    assert "Nothing new to print." in done.stdout
    with open_app(fresh) as app:
        before = len(app.ledger.views.events("tiem-phong"))
    loa("print", "tiem-phong", "--again", "-w", fresh, "-o", tmp_path / "three")
    made = files_below(tmp_path / "three")
    assert len(made) == 4
    assert all("IN LẠI" in paper.text_of(pdf) for pdf in made.values())
    with open_app(fresh) as app:
        events = app.ledger.views.events("tiem-phong")[before:]
    assert [one.to_state for one in events] == ["printed_again"] * 4
    assert "10 copies, 4 sheets, printed again → " in events[0].detail


def test_after_a_correction_only_what_differs_is_printed_under_its_heading(fresh: Path) -> None:
    with open_app(fresh) as app:
        first = printed_all(app)
        codes = {job.name: paper.scanned(paper.in_grey(job.pdf))[0] for job in first}
        amended(app, "gõ nhầm giờ", NOTICE.replace("ap-1: {gio: 7 giờ}", "ap-1: {gio: 9 giờ}"))
        orders = orders_of(app, Wish("tiem-phong"))
        assert [[hamlet.id for hamlet in order.left_out] for order in orders] == [["ap-2"]] * 2
        again = printed_all(app)
        assert [job.name for job in again] == [
            "tiem-phong-a6-ap-1.pdf",
            "tiem-phong-notice-ap-1.pdf",
        ]
        for job in again:
            assert cover_text(job.pdf).count("ĐÍNH CHÍNH") == 1
            assert "IN LẠI" not in cover_text(job.pdf)
        assert confirm_handout(app, codes["tiem-phong-a6-ap-2.pdf"], "lan", 0) == 1
        with pytest.raises(LoaError, match="this cover is of revision 1; 2 was printed"):
            confirm_handout(app, codes["tiem-phong-a6-ap-1.pdf"], "lan", 0)
        amended(app, "hoãn tiêm")
        last = printed_all(app)
        assert len(last) == 4
        assert all(cover_text(job.pdf).count("THU HỒI") == 1 for job in last)
        mixed = list(jobs_of(app, Wish("tiem-phong", by="team", again=True)))
        assert all("IN LẠI" in cover_text(job.pdf) for job in mixed)


@pytest.mark.parametrize(
    ("up", "size", "sheets"), [(1, (105, 148), 17), (2, (210, 148), 10), (4, (210, 297), 7)]
)
def test_one_two_or_four_lie_on_a_sheet(
    printed: Path, up: int, size: tuple[int, int], sheets: int
) -> None:
    ((_name, pdf),) = jobs(printed, products=("a6",), up=up, jobs="one")
    assert (paper.pages(pdf), paper.size_in_mm(pdf)) == (sheets, size)


@pytest.mark.parametrize(
    ("product", "up", "grid"),
    [("a6", 1, (1, 1)), ("a6", 2, (2, 1)), ("a6", 4, (2, 2)), ("notice", 2, (2, 1))],
)
def test_every_code_on_every_sheet_opens_the_post_and_knives_find_their_marks(
    printed: Path, product: str, up: int, grid: tuple[int, int]
) -> None:
    (columns, rows), made = grid, dict(jobs(printed, products=(product,), up=up))
    assert len(made) == 2
    for name, pdf in made.items():
        for sheet in range(1, paper.pages(pdf)):
            picture = paper.in_grey(pdf, 200, sheet)
            codes = paper.scanned_at(picture)
            assert {text for text, _place in codes} == {"https://xa-mau.example/tiem-phong/"}, name
            cells = sorted((int(y * rows), int(x * columns)) for _text, (x, y) in codes)
            assert cells == [(row, column) for row in range(rows) for column in range(columns)]
            assert dark_edges(picture) == (_inside(columns), _inside(rows))
            text = paper.letters(paper.text_by_page(pdf)[sheet])
            assert text.count("Ấp1" if name.endswith("ap-1.pdf") else "Ấp2") == up


def _inside(parts: int) -> list[float]:
    """Where a sheet of so many parts is cut, as shares of it; its own edge is none."""
    return [number / parts for number in range(1, parts)]


def dark_edges(picture: paper.Grey) -> tuple[list[float], list[float]]:
    """Return where marks stand at the edges: along the top and bottom, and at both sides.

    Between one and five millimetres from the edge, at both ends alike, nothing else is printed.
    """
    inches = 200 / 25.4
    near, far = round(2 * inches), round(4 * inches)
    found = []
    for turned in (picture, picture.T):
        begin, end = turned[near:far], turned[-far:-near]
        dark = [(part < 128).all(axis=0).nonzero()[0] for part in (begin, end)]
        assert dark[0].tolist() == dark[1].tolist()
        places = sorted({round(float(one) / turned.shape[1], 2) for one in dark[0]})
        found.append(places)
    return found[0], found[1]


def test_all_bundles_in_one_file_are_the_files_one_after_the_other(printed: Path) -> None:
    ((name, pdf),) = jobs(printed, products=("a6",), jobs="one")
    assert name == "tiem-phong-a6-tat-ca.pdf"
    assert paper.pages(pdf) == 4 + 3
    said = paper.letters(paper.text_of(pdf))
    assert said.count(paper.letters("PHIẾU GIAO VÀ XÁC NHẬN PHÁT")) == 2
    assert said.count("7giờ") == 12
    assert said.count("8giờ") == 8


def test_a_team_gets_one_bundle_for_its_hamlets(printed: Path) -> None:
    ((name, pdf),) = jobs(printed, products=("a6",), by="team")
    assert name == "tiem-phong-a6-to-1.pdf"
    assert paper.pages(pdf) == 1 + 3 + 2
    (code,) = paper.scanned(paper.in_grey(pdf))
    assert read_code(code, "xa-mau").copies == (("ap-1", 10), ("ap-2", 5))


def test_a_part_is_printed_again_and_is_the_same(printed: Path) -> None:
    ((name, pdf),) = jobs(printed, products=("a6",), hamlets=("ap-2",), pages=(2, 3))
    assert name == "tiem-phong-a6-ap-2-2-3.pdf"
    assert paper.pages(pdf) == 2
    assert "PHIẾU" not in paper.text_of(pdf)
    with pytest.raises(LoaError, match=r"has sheets 1 to 3; found 2-4"):
        list(jobs(printed, products=("a6",), hamlets=("ap-2",), pages=(2, 4)))


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"products": ("poster",)}, "is not printed as poster"),
        ({"hamlets": ("ap-9",)}, "ap-9"),
        ({"team": "to-9"}, "to-9"),
        ({"products": ("notice",), "up": 4}, "4 on a sheet; allowed: 1, 2"),
    ],
)
def test_what_is_not_there_is_refused_in_words(
    printed: Path, wish: dict[str, object], said: str
) -> None:
    with pytest.raises(LoaError, match=re.escape(said)):
        list(jobs(printed, **wish))


def test_a_picture_of_each_product_is_written(printed: Path, tmp_path: Path) -> None:
    done = loa("print", "tiem-phong", "--preview", "-w", printed, "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    pictures = files_below(tmp_path)
    assert sorted(pictures) == ["tiem-phong-a6.png", "tiem-phong-notice.png"]
    assert all(png.startswith(b"\x89PNG") for png in pictures.values())


def test_cups_gets_each_job_once_by_its_own_log(fresh: Path, tmp_path: Path) -> None:
    with print_server(tmp_path / "cups") as server:
        wanted = list(jobs(fresh))
        there = ("--printer", server.printer)
        done = loa("print", "tiem-phong", *there, "-w", fresh)
        assert done.returncode == 0, done.stderr
        assert server.taken == 4
        assert server.jobs == [pdf for _name, pdf in wanted]


def test_the_trail_says_who_printed_what_and_where(fresh: Path, tmp_path: Path) -> None:
    with open_app(fresh) as app:
        before = len(app.ledger.views.events("tiem-phong"))
    wish = ("--product", "a6", "--hamlet", "ap-1", "-o", tmp_path / "in", "-w", fresh)
    assert loa("print", "tiem-phong", *wish, "--who", "lan").returncode == 0
    assert loa("print", "tiem-phong", *wish, "--pages", "2-3").returncode == 0
    with open_app(fresh) as app:
        first, again = app.ledger.views.events("tiem-phong")[before:]
        lines = [line for line in report_of(app, "tiem-phong").events if line.what == "printed"]
    assert (first.actor, first.to_state, first.campaign_id) == ("lan", "printed", "tiem-phong")
    assert first.detail.startswith("tiem-phong-a6-ap-1: 10 copies, 4 sheets → ")
    assert (again.actor, again.to_state) == ("loa", "printed_again")
    assert "tiem-phong-a6-ap-1-2-3: sheets 2 to 3 again" in again.detail
    assert any(line.detail == first.detail for line in lines)
    done = loa("print", "tiem-phong", *wish, "--who", "ai-do")
    assert done.returncode == 1
    assert "ai-do" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_printer_that_refuses_or_is_away_is_said_in_words(fresh: Path, tmp_path: Path) -> None:
    with print_server(tmp_path / "cups", accepting=False) as server:
        there = ("--printer", server.printer)
        done = loa("print", "tiem-phong", *there, "-w", fresh)
        assert done.returncode == 1
        assert "refuses the job" in done.stderr
        assert server.taken == 0
    done = loa("print", "tiem-phong", *there, "-w", fresh)
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr
    done = loa("print", "tiem-phong", "--printer", "lpr:x", "-w", fresh)
    assert "write ipp://" in done.stderr


def test_nothing_is_printed_while_the_workspace_rehearses(printed: Path) -> None:
    away = ("--printer", "ipp://127.0.0.1:9/x")
    done = loa("print", "tiem-phong", *away, "-w", printed, LOA_LIVE="false")
    assert done.returncode == 1
    assert "rehearsal" in done.stderr


def test_a_folder_that_cannot_be_written_is_said_in_words(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("in the way")
    done = loa("print", "tiem-phong", "-w", fresh, "-o", tmp_path / "in" / "x")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_disk_that_fills_is_said_and_leaves_whole_files_and_their_events_alone(
    fresh: Path, tmp_path: Path
) -> None:
    folder, left, whole = tmp_path / "in", tmp_path / "left", dict(jobs(fresh))
    with open_app(fresh) as app:
        before = len(app.ledger.views.events("tiem-phong"))
    script = 'mount -t tmpfs -o size=100k loa-test "$1" && "$2" print tiem-phong -w "$3" -o "$1"'
    script += '; status=$?; cp -a "$1" "$4"; exit $status'
    folder.mkdir()
    program = Path(sys.executable).with_name("loa")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", folder, program, fresh, left],
        env={**os.environ, "LOA_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    there = files_below(left)
    assert 0 < len(there) < len(whole)
    assert there.items() <= whole.items()
    with open_app(fresh) as app:
        events = app.ledger.views.events("tiem-phong")[before:]
    assert len([one for one in events if str(folder) in one.detail]) == len(there)
