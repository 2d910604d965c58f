"""What cover sheets confirm: by a scan, by typing, and by the page that a phone opens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from support import paper
from support.commune import loa
from support.phones import Phone
from support.printed import NOTICE, amended, cover_text, jobs, make_printed, printed_all

from channels.flyer.handout import Handout, handout_in
from channels.flyer.products import Product
from engine.app import App, Communes, open_app
from engine.app.handing_out import confirm_handout
from engine.app.printing import Wish, jobs_of
from engine.cli.common import report_of
from engine.clock import SimulatedClock
from engine.console.covers import covers_router
from engine.console.covers_desk import CoverDesk
from engine.errors import LoaError
from engine.reports.coverage import Bounds, HamletCoverage
from engine.states import State

ADDRESS = "https://loa.xa-mau.vi.du"


def test_a_scan_confirms_the_hand_out_and_the_report_tells_what_was_left(fresh: Path) -> None:
    ((_n1, first), (_n2, second)) = jobs(fresh, products=("a6",))
    codes = [paper.scanned(paper.in_grey(pdf))[0] for pdf in (first, second)]
    done = loa("confirm", "--scan", codes[0], "--left", "3", "--by", "ap-1-head", "-w", fresh)
    assert done.returncode == 0, done.stderr
    done = loa(
        *("confirm", "tiem-phong", "--hamlet", "ap-2", "--channel", "flyer"),
        *("--households", "5", "--short", "2", "--by", "lan", "-w", fresh),
    )
    assert done.returncode == 0, done.stderr
    with open_app(fresh) as app:
        one, two = hamlets_of(app)
        assert one.basis[0].endswith("7")
        assert any("3 copies left over" in line for line in one.basis)
        assert any("2 copies too few" in line for line in two.basis)


def test_what_is_typed_cannot_be_more_than_was_printed_as_with_a_scan(fresh: Path) -> None:
    ((_name, pdf),) = jobs(fresh, products=("a6",), hamlets=("ap-1",))
    (code,) = paper.scanned(paper.in_grey(pdf))
    with open_app(fresh) as app:
        (copies,) = (count for _id, count in handout_in(code).copies)
        with pytest.raises(LoaError, match=f"^{copies + 1} left over: only {copies} were printed"):
            confirm_handout(app, code, "lan", copies + 1)
    said = ("tiem-phong", "--hamlet", "ap-1", "--channel", "flyer", "--by", "lan", "-w", fresh)
    for words, message in (
        (("--left", "500"), f"500 left over: only {copies} were printed"),
        (
            ("--households", str(copies), "--left", "1"),
            f"{copies} handed out and 1 left over: {copies} were printed",
        ),
        (("--product", "notice", "--left", "2"), "2 left over: only 1 were printed"),
    ):
        done = loa("confirm", *said, *words)
        assert done.returncode == 1, words
        assert message in done.stderr
    with open_app(fresh) as app:
        assert not app.ledger.evidence.of("tiem-phong")
    done = loa("confirm", *said, "--households", str(copies - 1), "--left", "1")
    assert done.returncode == 0, done.stderr


def test_the_cover_of_one_product_speaks_of_that_product_alone(fresh: Path) -> None:
    ((_name, pdf),) = jobs(fresh, products=("notice",), hamlets=("ap-2",))
    (code,) = paper.scanned(paper.in_grey(pdf))
    with open_app(fresh) as app:
        confirm_handout(app, code, "lan", 0)
        piece = app.ledger.evidence.of("tiem-phong")[-1]
        states = {row.hamlet_id: row.state for row in app.ledger.views.deliveries("tiem-phong")}
        assert hamlets_of(app)[1].basis[-1].endswith("handed out, 0 copies left over")
    assert (piece.households, piece.left_over, piece.product) == (None, 0, Product.NOTICE)
    assert states["ap-2"] is State.SENT, "the flyers for its households were not"


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


def test_who_may_not_confirm_and_more_than_was_printed_are_refused(fresh: Path) -> None:
    ((_name, pdf),) = jobs(fresh, products=("a6",), by="team")
    (code,) = paper.scanned(paper.in_grey(pdf))
    with open_app(fresh) as app:
        before = app.ledger.evidence.of("tiem-phong")
        for by, left in (("minh", None), ("ap-1-head", None), ("lan", 1)):
            with pytest.raises(LoaError):
                confirm_handout(app, code, by, left)
        assert app.ledger.evidence.of("tiem-phong") == before
        assert confirm_handout(app, code, "lan", None) == 2


CODE = Handout("xa-mau", "tiem-phong", 1, (("ap-1", 10), ("ap-2", 5)), Product.A6).code


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        CODE.upper(),
        CODE.swapcase(),
        f" {CODE[:20]}\n{CODE[20:]} ",
        f"{ADDRESS}/b/qW-eRtYuIoPaSdFgHjKlZx/{CODE}",
        f"{ADDRESS}/b/qW-eRtYuIoPaSdFgHjKlZx/{CODE}".upper()
        .replace(":", "%3A")
        .replace("+", "%2B"),
    ],
)
def test_a_code_is_read_in_any_case_and_at_the_end_of_its_address(typed: str) -> None:
    assert handout_in(typed).code == CODE


@pytest.mark.parametrize(
    "typed", [CODE[:-1], CODE.replace(":10", ":11"), "L" + CODE[2:], "9" * 9000]
)
def test_a_code_that_was_typed_wrongly_is_refused_and_says_what_to_do(typed: str) -> None:
    with pytest.raises(LoaError, match="scan it again, or type it"):
        handout_in(typed)


def test_two_products_are_not_two_households_and_leave_their_own_rest(fresh: Path) -> None:
    text = NOTICE.replace("products: [a6, notice]", "products: [a6, large]").replace(
        "{a6: poor}", "{a6: all, large: poor}"
    )
    shutil.rmtree(fresh)
    make_printed(fresh, text)
    with open_app(fresh) as app:
        codes = {job.name: paper.scanned(paper.in_grey(job.pdf))[0] for job in printed_all(app)}
        small, large = (codes[f"tiem-phong-{one}-ap-1.pdf"] for one in ("a6", "large"))
        confirm_handout(app, large, "lan", -2)
        (hamlet, _other) = hamlets_of(app)
        assert hamlet.covered == Bounds(0, 0), "those who get large print get the other as well"
        assert hamlet.basis[-1].endswith("2 copies too few")
        confirm_handout(app, small, "lan", 10)
        for _time in range(2):
            confirm_handout(app, small, "lan", 10)
        (hamlet, _other) = hamlets_of(app)
        assert hamlet.covered == Bounds(90, 90)
        assert hamlet.basis[1].endswith("10 copies left over")
        assert hamlet.basis[-1].endswith("2 copies too few")
    said = ("tiem-phong", "--hamlet", "ap-2", "--channel", "flyer", "--by", "lan", "-w", fresh)
    done = loa("confirm", *said, "--product", "large", "--left", "1")
    assert done.returncode == 0, done.stderr
    done = loa("confirm", *said, "--product", "large", "--households", "4")
    assert done.returncode == 1
    assert "no number" in done.stderr
    with open_app(fresh) as app:
        assert hamlets_of(app)[1].basis == ("Bản chữ lớn A4: handed out, 1 copies left over",)


@pytest.fixture
def phone(fresh: Path) -> Iterator[tuple[App, Phone]]:
    """A phone that opens the addresses on covers."""
    with (fresh / "loa.toml").open("a", encoding="utf-8") as file:
        file.write(f'[console]\npublic_url = "{ADDRESS}"\n')
    with open_app(fresh) as app:
        yield app, Phone(covers_router(CoverDesk(Communes.only(app))))


def address_on(app: App, name: str, by: Literal["hamlet", "team"] = "hamlet") -> str:
    """Return what a camera reads on a cover, without the machine."""
    made = {job.name: job.pdf for job in jobs_of(app, Wish("tiem-phong", by=by))}
    (read,) = paper.scanned(paper.in_grey(made[name]))
    assert handout_in(read).code in paper.letters(cover_text(made[name]))
    return read.removeprefix(ADDRESS)


def test_the_page_of_a_cover_takes_what_was_handed_out(phone: tuple[App, Phone]) -> None:
    app, ask = phone
    address = address_on(app, "tiem-phong-a6-ap-1.pdf")
    shown = ask("GET", address)
    assert shown.status_code == 200
    assert "10 bản" in shown.text
    assert "Giả Một" in shown.text
    assert app.ledger.evidence.of("tiem-phong") == [], "opening confirms nothing"
    for form, wrong in [
        ({"by": "ap-1-head", "handed": "11"}, "only 10 were printed"),
        ({"by": "ap-1-head", "handed": "8", "left": "3"}, "8 handed out and 3 left over"),
        ({"by": "ap-1-head", "left": "1", "short": "1"}, "only one of both"),
        ({"by": "ap-1-head", "left": "x"}, "a whole number is allowed"),
        ({"by": "ap-1-head"}, "give a number first"),
        ({"handed": "8"}, "choose who handed them out"),
        ({"by": "minh", "handed": "8"}, "minh may not confirm"),
        ({"by": "lan", "handed": "8", "hamlet": "ap-2"}, "not for ap-2"),
    ]:
        answer = ask("POST", address, data={"hamlet": "ap-1", **form})
        assert answer.status_code == 422
        assert wrong in answer.text
    assert app.ledger.evidence.of("tiem-phong") == []
    said = {"hamlet": "ap-1", "by": "ap-1-head", "handed": "8"}
    sent, again = (ask("POST", address, data=said) for _time in range(2))
    assert (sent.status_code, again.status_code) == (303, 303)
    (piece,) = app.ledger.evidence.of("tiem-phong")
    assert (piece.by, piece.households, piece.left_over) == ("ap-1-head", 8, 2)
    assert "phát cho 8 hộ, thừa 2 bản" in ask("GET", sent.headers["location"]).text
    assert ask("POST", address, content=b"x").status_code == 422


def test_a_team_says_so_for_each_hamlet_of_its_bundle(phone: tuple[App, Phone]) -> None:
    app, ask = phone
    address = address_on(app, "tiem-phong-a6-to-1.pdf", "team")
    said = {"hamlet": "ap-2", "by": "to-1-1", "left": "1"}
    assert ask("POST", address, data=said).status_code == 303
    (piece,) = app.ledger.evidence.of("tiem-phong")
    assert (piece.by, piece.households, piece.left_over) == ("to-1-1", 4, 1)
    with pytest.raises(LoaError, match="to-1-1 may not confirm"):
        confirm_handout(app, address, "to-1-1", None)


def test_a_cover_opens_nothing_with_another_mark_or_when_it_is_over(
    phone: tuple[App, Phone],
) -> None:
    app, ask = phone
    address = address_on(app, "tiem-phong-a6-ap-1.pdf")
    other = Handout("xa-mau", "tiem-phong", 1, (("ap-1", 99),), Product.A6).code
    _empty, prefix, mark, _code = address.split("/", 3)
    for wrong in (f"/{prefix}/{mark}/{other}", f"/{prefix}/x{address[3:]}", "/b/x/y"):
        assert ask("GET", wrong).status_code == 404
        assert ask("POST", wrong, data={"by": "lan", "handed": "1"}).status_code == 404
    amended(app, "gõ nhầm giờ", NOTICE.replace("ap-1: {gio: 7 giờ}", "ap-1: {gio: 9 giờ}"))
    shown = ask("GET", address)
    assert "Bó này không còn dùng" in shown.text
    assert "<form" not in shown.text
    sent = ask("POST", address, data={"hamlet": "ap-1", "by": "ap-1-head", "handed": "8"})
    assert sent.status_code == 422
    assert app.ledger.evidence.of("tiem-phong") == []
    clock = app.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now().replace(year=2027))
    assert ask("GET", address).status_code == 404
