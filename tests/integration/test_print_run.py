"""A campaign's print run: jobs for a printer, real CUPS, covers, and what is confirmed by them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import paper
from support.commune import _REGISTRY, PASSPHRASE, files_below, loa, make_commune
from support.print_server import print_server

from channels.flyer.handout import read_code
from channels.flyer.products import Product
from engine.app import App, open_app
from engine.app.handing_out import confirm_handout
from engine.app.printing import Wish, jobs_of
from engine.cli.common import report_of
from engine.errors import LoaError
from engine.reports.coverage import HamletCoverage

NOTICE = """\
id: tiem-phong
title: Tiêm phòng
valid: {from: 2026-12-01, until: 2026-12-05}
contact: Trạm Y tế
hamlets:
  ap-1: {gio: 7 giờ}
  ap-2: {gio: 8 giờ}
text: Tiêm phòng lúc {{ gio }}.
channels:
  flyer: {products: [a6, notice], product_copies: {a6: poor}}
"""
TEAM = "teams: [{id: to-1, name: Tổ Một, members: [{name: Giả Ba}], hamlets: [ap-1, ap-2]}]\n"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose flyers were handed to the print point."""
    folder = make_commune(
        tmp_path_factory.mktemp("in") / "xa", {"tiem-phong": NOTICE}, registry=_REGISTRY + TEAM
    )
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(folder / "campaigns" / "tiem-phong.yaml", "lan")
        app.office.approve("tiem-phong", "minh", PASSPHRASE)
    done = loa("run", "-w", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(autouse=True)
def _messages_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_each_bundle_is_a_file_with_its_cover_and_as_many_sheets_as_are_needed(
    printed: Path, tmp_path: Path
) -> None:
    done = loa("print", "tiem-phong", "-w", printed, "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    made = files_below(tmp_path)
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
    loa("print", "tiem-phong", "-w", printed, "-o", tmp_path / "again")
    assert files_below(tmp_path / "again") == made


def jobs(folder: Path, **wish: object) -> Iterator[tuple[str, bytes]]:
    wish["products"] = tuple(map(Product, wish.get("products", ())))
    with open_app(folder) as app:
        for job in jobs_of(app, Wish("tiem-phong", **wish)):
            yield job.name, job.pdf


@pytest.mark.parametrize(
    ("up", "size", "sheets"), [(1, (105, 148), 17), (2, (210, 148), 10), (4, (210, 297), 7)]
)
def test_one_two_or_four_lie_on_a_sheet(
    printed: Path, up: int, size: tuple[int, int], sheets: int
) -> None:
    ((_name, pdf),) = jobs(printed, products=("a6",), up=up, jobs="one")
    assert (paper.pages(pdf), paper.size_in_mm(pdf)) == (sheets, size)


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


def test_cups_gets_each_job_once_by_its_own_log(printed: Path, tmp_path: Path) -> None:
    with print_server(tmp_path / "cups") as server:
        done = loa("print", "tiem-phong", "--printer", server.printer, "-w", printed)
        assert done.returncode == 0, done.stderr
        assert server.taken == 4
        assert server.jobs == [pdf for _name, pdf in jobs(printed)]


def test_the_trail_says_who_printed_what_and_where(printed: Path, tmp_path: Path) -> None:
    with open_app(printed) as app:
        before = len(app.ledger.views.events("tiem-phong"))
    wish = ("--product", "a6", "--hamlet", "ap-1", "-o", tmp_path, "-w", printed)
    assert loa("print", "tiem-phong", *wish, "--who", "lan").returncode == 0
    assert loa("print", "tiem-phong", *wish, "--pages", "2-3").returncode == 0
    with open_app(printed) as app:
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


def test_a_printer_that_refuses_or_is_away_is_said_in_words(printed: Path, tmp_path: Path) -> None:
    with print_server(tmp_path / "cups", accepting=False) as server:
        done = loa("print", "tiem-phong", "--printer", server.printer, "-w", printed)
        assert done.returncode == 1
        assert "refuses the job" in done.stderr
        assert server.taken == 0
    done = loa("print", "tiem-phong", "--printer", server.printer, "-w", printed)
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr
    done = loa("print", "tiem-phong", "--printer", "lpr:x", "-w", printed)
    assert "write ipp://" in done.stderr


def test_nothing_is_printed_while_the_workspace_rehearses(printed: Path) -> None:
    away = ("--printer", "ipp://127.0.0.1:9/x")
    done = loa("print", "tiem-phong", *away, "-w", printed, LOA_LIVE="false")
    assert done.returncode == 1
    assert "rehearsal" in done.stderr


def test_a_folder_that_cannot_be_written_is_said_in_words(printed: Path, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("in the way")
    done = loa("print", "tiem-phong", "-w", printed, "-o", tmp_path / "in" / "x")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_disk_that_fills_is_said_and_leaves_whole_files_and_their_events_alone(
    printed: Path, tmp_path: Path
) -> None:
    folder, left = tmp_path / "in", tmp_path / "left"
    with open_app(printed) as app:
        before = len(app.ledger.views.events("tiem-phong"))
    script = 'mount -t tmpfs -o size=100k loa-test "$1" && "$2" print tiem-phong -w "$3" -o "$1"'
    script += '; status=$?; cp -a "$1" "$4"; exit $status'
    folder.mkdir()
    program = Path(sys.executable).with_name("loa")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", folder, program, printed, left],
        env={**os.environ, "LOA_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert loa("print", "tiem-phong", "-w", printed, "-o", tmp_path / "whole").returncode == 0
    whole, there = files_below(tmp_path / "whole"), files_below(left)
    assert 0 < len(there) < len(whole)
    assert there.items() <= whole.items()
    with open_app(printed) as app:
        events = app.ledger.views.events("tiem-phong")[before:]
    assert len([one for one in events if str(folder) in one.detail]) == len(there)


def test_a_scan_confirms_the_hand_out_and_the_report_tells_what_was_left(printed: Path) -> None:
    ((_n1, first), (_n2, second)) = jobs(printed, products=("a6",))
    codes = [paper.scanned(paper.in_grey(pdf))[0] for pdf in (first, second)]
    done = loa("confirm", "--scan", codes[0], "--left", "3", "--by", "ap-1-head", "-w", printed)
    assert done.returncode == 0, done.stderr
    done = loa(
        *("confirm", "tiem-phong", "--hamlet", "ap-2", "--channel", "flyer"),
        *("--households", "5", "--short", "2", "--by", "lan", "-w", printed),
    )
    assert done.returncode == 0, done.stderr
    with open_app(printed) as app:
        one, two = hamlets_of(app)
        assert one.basis[0].endswith("7")
        assert any("3 copies left over" in line for line in one.basis)
        assert any("2 copies too few" in line for line in two.basis)


def test_a_notice_that_is_up_confirms_without_a_number_of_households(printed: Path) -> None:
    ((_name, pdf),) = jobs(printed, products=("notice",), hamlets=("ap-2",))
    (code,) = paper.scanned(paper.in_grey(pdf))
    with open_app(printed) as app:
        confirm_handout(app, code, "lan", 0)
        piece = app.ledger.evidence.of("tiem-phong")[-1]
    assert (piece.households, piece.left_over) == (None, None)
    assert "notice: 1 copies, 0 left over" in piece.source


def hamlets_of(app: App) -> tuple[HamletCoverage, ...]:
    return report_of(app, "tiem-phong").coverage.hamlets


@pytest.mark.parametrize("spoil", ["", "LOA1/x", "half", "other commune", "letter"])
def test_a_code_that_is_wrong_in_any_way_confirms_nothing(printed: Path, spoil: str) -> None:
    ((_name, pdf),) = jobs(printed, products=("a6",), hamlets=("ap-2",))
    (code,) = paper.scanned(paper.in_grey(pdf))
    wrong = {
        "half": code[:-4],
        "other commune": code.replace("xa-mau", "xa-khac"),
        "letter": code.replace("tiem-phong", "tiem-phonh"),
    }.get(spoil, spoil)
    with open_app(printed) as app:
        before = app.ledger.evidence.of("tiem-phong")
        with pytest.raises(LoaError):
            confirm_handout(app, wrong, "lan", 0)
        assert app.ledger.evidence.of("tiem-phong") == before


def test_who_may_not_confirm_and_more_than_was_printed_are_refused(printed: Path) -> None:
    ((_name, pdf),) = jobs(printed, products=("a6",), by="team")
    (code,) = paper.scanned(paper.in_grey(pdf))
    with open_app(printed) as app:
        before = app.ledger.evidence.of("tiem-phong")
        for by, left in (("minh", None), ("ap-1-head", None), ("lan", 1)):
            with pytest.raises(LoaError):
                confirm_handout(app, code, by, left)
        assert app.ledger.evidence.of("tiem-phong") == before
        assert confirm_handout(app, code, "lan", None) == 2
