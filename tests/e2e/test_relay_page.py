"""The pages of heads and teams on a cheap phone: readable, and working without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from support.commune import NOTICE, PASSPHRASE, make_commune
from support.console import Console, console
from support.visits import CAMPAIGN, REGISTRY, VISITS

from channels.flyer.handout import Handout
from channels.flyer.products import Product
from engine.app import App, open_app
from engine.app.linking import cover_mark
from engine.models import EvidenceKind
from engine.states import State
from workers.embedded import EmbeddedRuntime

#: The rules of WCAG, and axe's best practices (headings in order, all within landmarks).
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}

#: Opens an address on the phone, with what more the browser is to be like.
Opens = Callable[..., Page]

SCREEN: ViewportSize = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    texts = {"tiem-phong": NOTICE, CAMPAIGN: VISITS}
    place = tmp_path_factory.mktemp("relay") / "xa"
    folder = make_commune(place, texts, live=False, registry=REGISTRY)
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        for name in texts:
            app.office.submit(folder / "campaigns" / f"{name}.yaml", "lan")
            app.office.approve(name, "minh", PASSPHRASE)
        EmbeddedRuntime(app).run()
        yield app


@pytest.fixture(scope="module")
def server(app: App) -> Iterator[Console]:
    with console(app.workspace) as server:
        yield server


def address(app: App, server: Console, person: str) -> str:
    now = app.clock.now()
    link = app.ledger.relays.link("tiem-phong", person, at=now, until=now.replace(year=2027))
    return f"{server.url}/r/{app.ledger.relays.token(link)}"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Opens]:
    """What opens an address on the phone; a page that complains fails the test."""
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    def opened(url: str, **more: Any) -> Page:
        context = browser.new_context(viewport=SCREEN, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [
        fault for fault in faults if not re.search("status of [45]|Status Error Code 503", fault)
    ] == []


def test_it_is_passed_on_from_a_phone_without_scripts(
    phone: Opens, app: App, server: Console
) -> None:
    page = phone(address(app, server, "ap-1-head"), java_script_enabled=False)
    page.get_by_label(re.compile("Khoảng bao nhiêu hộ")).fill("85")
    page.get_by_label("Bằng cách nào").select_option("door")
    page.get_by_role("button", name="Đã chuyển", exact=True).click()
    assert page.get_by_role("status").inner_text() == "Đã ghi: đã chuyển đến bà con. Cảm ơn!"
    page.reload()
    (piece,) = app.ledger.evidence.of("tiem-phong")
    assert (piece.kind, piece.households) == (EvidenceKind.RELAYED, 85)
    rows = app.ledger.views.deliveries("tiem-phong")
    assert {row.state for row in rows if row.target == "nhom-ap-1"} == {State.CONFIRMED}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_small_phone_and_its_policy_breaks_nothing(
    scheme: str, phone: Opens, app: App, server: Console
) -> None:
    page = phone(address(app, server, "ap-2-head"), color_scheme=scheme)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= SCREEN["width"]
    small = page.evaluate(
        "[...document.querySelectorAll("
        "'button, select, input:not([type=hidden]), summary, .file a')]"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44)"
        ".map(e => e.outerHTML)"
    )
    assert small == [], "WCAG 2.2, 2.5.8 and more: a thumb must hit it"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule_of_access(
    scheme: str, phone: Opens, app: App, server: Console
) -> None:
    """WCAG 2.2 (A and AA) by axe-core, which comes in past the pages' own policy."""
    now = app.clock.now()
    team = app.ledger.visits.link(CAMPAIGN, "to-1", at=now, until=now.replace(year=2027))
    link = address(app, server, "ap-2-head")
    found: list[str] = []
    for place in (link, f"{server.url}/t/{app.ledger.visits.token(team)}", f"{server.url}/r/x"):
        page = phone(place, color_scheme=scheme, bypass_csp=True)
        for more in page.locator("summary").all():
            more.click()
        if place == link:
            page.get_by_label(re.compile("Khoảng bao nhiêu hộ")).fill("nhiều lắm")
            page.get_by_role("button", name="Đã chuyển", exact=True).click()
            page.get_by_role("alert").wait_for()
        for fault in Axe().run(page, options=RULES).response["violations"]:
            found += [f"{place}: {fault['id']}: {node['html'][:150]}" for node in fault["nodes"]]
    assert found == []


def test_copying_takes_the_text_as_it_is(phone: Opens, app: App, server: Console) -> None:
    link = address(app, server, "ap-2-head")
    page = phone(link, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Sao chép").first.click()
    page.get_by_role("button", name="Đã sao chép").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Tiêm phòng lúc 8 giờ." in copied


def test_what_is_wrong_is_said_on_the_page(phone: Opens, app: App, server: Console) -> None:
    page = phone(address(app, server, "ap-2-head"))
    page.get_by_label(re.compile("Khoảng bao nhiêu hộ")).fill("nhiều lắm")
    page.get_by_role("button", name="Đã chuyển", exact=True).click()
    assert "nhiều lắm" in page.get_by_role("alert").inner_text()
    assert page.get_by_label(re.compile("Khoảng bao nhiêu hộ")).input_value() == "nhiều lắm"


def test_a_broken_link_says_whom_to_call(phone: Opens, server: Console) -> None:
    page = phone(f"{server.url}/r/khong-co")
    assert "Xin gọi về xã" in page.inner_text("main")


def test_what_was_typed_stays_when_the_line_breaks_and_goes_without_a_reload(
    phone: Opens, app: App, server: Console
) -> None:
    """The page is the same one all the time; what broke off is sent by pressing again."""
    page = phone(address(app, server, "ap-2-head"))
    page.evaluate("document.documentElement.dataset.same = 'yes'")
    page.get_by_text("Chưa chuyển được, hoặc có câu hỏi").click()
    question = page.get_by_label("Bà con hỏi gì")
    question.fill("Trạm có mở cửa trưa không?")
    page.route("**/r/**", lambda route: route.fulfill(status=503, body="bận"))
    page.get_by_role("button", name="Gửi câu hỏi về xã").click()
    page.get_by_text("Chưa gửi được, mạng yếu").wait_for()
    assert question.input_value() == "Trạm có mở cửa trưa không?"
    page.unroute("**/r/**")
    page.get_by_role("button", name="Gửi câu hỏi về xã").click()
    page.get_by_text("Đã gửi câu hỏi về xã.").wait_for()
    assert page.evaluate("document.documentElement.dataset.same") == "yes"
    assert page.get_by_role("button", name="Sao chép").first.is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_team_reports_from_a_small_phone(
    scripts: bool, phone: Opens, app: App, server: Console
) -> None:
    now = app.clock.now()
    link = app.ledger.visits.link(CAMPAIGN, "to-1", at=now, until=now.replace(year=2027))
    page = phone(f"{server.url}/t/{app.ledger.visits.token(link)}", java_script_enabled=scripts)
    if scripts:
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= SCREEN["width"]
    by = "Giả An" if scripts else "Giả Bích"
    page.get_by_label("Người báo").select_option(by)
    page.get_by_label("Đã gặp (hộ)").fill("7")
    page.get_by_label("Vắng nhà (hộ)").fill("2")
    page.get_by_role("button", name="Gửi kết quả").click()
    page.get_by_text("Đã ghi kết quả. Cảm ơn!").wait_for()
    assert page.get_by_text(f"gặp 7, vắng 2, từ chối 0, cần giúp 0 ({by})").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_who_handed_flyers_out_says_so_from_the_code_on_the_cover(
    scripts: bool, phone: Opens, app: App, server: Console
) -> None:
    copies, head = (100, "ap-1") if scripts else (80, "ap-2")
    code = Handout("xa-mau", "tiem-phong", 1, ((head, copies),), Product.A5).code
    mark = cover_mark(app.house.seal, code)
    page = phone(f"{server.url}/b/{mark}/{code}", java_script_enabled=scripts)
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]
    page.get_by_label("Người phát").select_option(f"{head}-head")
    page.get_by_label("Đã phát (bản)").fill(str(copies - 5))
    page.get_by_role("button", name="Gửi kết quả").click()
    page.get_by_text("Đã ghi. Cảm ơn!").wait_for()
    pieces = [one for one in app.ledger.evidence.of("tiem-phong") if one.left_over is not None]
    assert (pieces[-1].by, pieces[-1].households, pieces[-1].left_over) == (
        f"{head}-head",
        copies - 5,
        5,
    )
