"""The search as people use it: typed into a browser, from disk and from a plain web server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.portal import Desk, post, served

from channels.portal.pages import asset
from channels.portal.words import words

#: Each typed words, and the post that they must find.
FOUND = {
    "tiêm phòng": "tiem",
    "TIEM phong": "tiem",
    "đường đèo": "duong",
    "duong deo": "duong",
    "500000": "ho-tro",
    "500.000 đồng": "ho-tro",
    "500,000": "ho-tro",
    "02723000111": "tiem",
    "0272 3000 111": "tiem",
    "1900 1234": "duong",
    "ho tr": "ho-tro",
}

#: What people write in many ways: both sides must make the same words of each.
WRITTEN = (
    "Lũ ĐỎ đang lên", "Hỗ trợ 1.500.000đ/hộ", "500,000", "1.234,5", "12.345.67", "5.12.2026",
    "0272.3000.111", "0900 000 000;0900-000-001", "+84 272 3000 111", "1900 1234", "1800.123456",
    "7h30–11h00", "07:30", "số 12/2026/NĐ-CP", "Tiê\u0301m pho\u0300ng", "Điều 5. Ấp 3", "a1b2",
    "ជូនដំណឹង ១២៣", "通知 tiếng", "ไทย", "ÐÆß", "İstanbul", "x" * 40, "…“”—", "٣٤٥", "²½", "500.000.",
    "từ 500.000 600.000", "01 12 2026", "0.000.000", "a_b", "o\u0302\u0323", "A\u200bB",
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("portal") / "site")
    told = {
        "tiem": ("Tiêm phòng sởi", "Mời bà con. Hỏi: 0272.3000.111."),
        "ho-tro": ("Hỗ trợ hộ nghèo", "Mỗi hộ nhận 500.000đồng tiền mặt."),
        "duong": ("Sạt lở đường đèo", "Gọi 1900.1234 khi cần."),
    }
    items = []
    for name, (title, body) in told.items():
        items += desk.items(post(campaign_id=name, title=title, body=body, contact=""), "ap-1")
    desk.publish(items)
    return desk


@pytest.fixture(scope="module", params=["disk", "web"])
def address(request: pytest.FixtureRequest, desk: Desk) -> Iterator[str]:
    if request.param == "disk":
        yield desk.root.as_uri()
        return
    with served(desk.root) as shown:
        yield shown


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}/index.html")
    page.get_by_role("link", name="Tìm kiếm").click()
    yield page
    context.close()


def typed(page: Page, text: str) -> None:
    page.get_by_role("searchbox", name="Tìm thông báo").fill(text)
    page.clock.run_for(300)  # it waits until nobody types any more


def test_what_people_type_finds_the_notice_with_marks_or_without(page: Page) -> None:
    for text, name in FOUND.items():
        typed(page, text)
        expect(page.get_by_role("status")).to_have_text(f"Có 1 thông báo có “{text}”.")
        link = page.locator("#ket-qua a").get_attribute("href")
        assert link == f"../{name}/index.html", text
    page.locator("#ket-qua a").click()
    assert page.locator("h1").inner_text() == "Hỗ trợ hộ nghèo"


def test_nothing_found_is_said_in_words_and_a_link_carries_the_question(page: Page) -> None:
    typed(page, "xe buýt")
    expect(page.get_by_role("status")).to_have_text("Không có thông báo nào có “xe buýt”.")
    assert page.locator("#ket-qua li").count() == 0
    page.goto(page.url.split("?")[0] + "?q=tiem+phong")
    expect(page.locator("#ket-qua a")).to_have_text("Tiêm phòng sởi")


def test_a_lost_index_is_told_and_not_taken_for_an_answer(
    browser: Browser, desk: Desk, tmp_path: Path
) -> None:
    for name in ("tim-kiem/index.html", "tim-kiem/tim.js", "site.css"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((desk.root / name).read_bytes())
    context = browser.new_context()
    page = context.new_page()
    page.goto((tmp_path / "tim-kiem/index.html").as_uri() + "?q=tiem")
    expect(page.get_by_role("status")).to_contain_text("Chưa tải được mục lục")
    context.close()


def test_page_and_index_make_the_same_words_of_the_same_text(browser: Browser) -> None:
    script = asset("tim.js").decode()
    functions = re.search(r"const unspaced = .*?(?=/\* Scripts, for files)", script, re.DOTALL)
    assert functions
    context = browser.new_context()
    page = context.new_page()
    page.add_script_tag(content=f"{functions[0]} globalThis.made = wordsOf;")
    made = page.evaluate(f"{json.dumps(WRITTEN)}.map((text) => made(text))")
    context.close()
    assert {t: set(w) for t, w in zip(WRITTEN, made, strict=True)} == {t: words(t) for t in WRITTEN}
    assert words("Hỗ trợ 1.500.000đ") == {"ho", "tro", "1500000", "d"}
