"""A screen in a public place: turns, pause, what runs out, and the network that goes and comes.

Time is the browser's own, set by the test: nothing waits for a clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.builders import NOW
from support.portal import Desk, post, served

from engine.models import Priority, Purpose
from engine.models.facts import Facts

#: Ends once the page is kept. The page's own timers stand: each look at the site is a wait.
KEPT = "async () => { while (!(await caches.match(location.href))) await fetch(location.href); }"

MINUTE = timedelta(minutes=1)
#: Seconds from one notice to the next, and from one look at the site to the next.
TURN, LOOK = 15, 60
FACTS = Facts(when=("7 giờ 30 ngày 5/12",), where=("Trạm Y tế xã",))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Three notices in hamlet 1; the middle one runs out after ten minutes."""
    desk = Desk(tmp_path / "site")
    told = []
    for number in (1, 2, 3):
        until = NOW + (10 * MINUTE if number == 2 else timedelta(days=3))
        said = post(
            campaign_id=f"tin-{number}", facts=FACTS, valid_until=until, title=f"Tin {number}"
        )
        told += desk.items(said, "ap-1")
    desk.publish(told)
    return desk


@contextmanager
def screen(
    browser: Browser, address: str, *, at: datetime = NOW, zone: str = "America/New_York"
) -> Iterator[Page]:
    """A screen whose owner never set its zone; its clock stands until the test moves it."""
    context = browser.new_context(timezone_id=zone)
    page = context.new_page()
    page.clock.install(time=at)
    page.goto(address)
    page.clock.pause_at(at + timedelta(seconds=2))
    yield page
    context.close()


def title(page: Page) -> str:
    """The one notice that is shown."""
    shown = page.locator(".notice:visible h2")
    assert shown.count() == 1
    return shown.inner_text()


def looks(page: Page) -> bool:
    """Let it look at the site once; say whether that answered, and not what it kept.

    A browser may take longer than it waits to find a server that was away.
    """
    with page.expect_response(page.url) as found:
        page.clock.run_for(LOOK * 1000)
    return "x-loa-kept" not in found.value.headers


def disk(desk: Desk) -> str:
    """The page from disk, which starts anew once an hour to see what is new."""
    return (desk.root / "screen/ap-1/index.html").as_uri() + "?cap-nhat=3600"


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_its_clock_is_the_communes_whatever_zone_the_screen_believes_in(
    browser: Browser, desk: Desk, zone: str
) -> None:
    late = datetime(2026, 12, 1, 23, 59, tzinfo=NOW.tzinfo)
    with screen(browser, disk(desk), at=late, zone=zone) as page:
        assert page.locator("#gio").inner_text() == "23:59 01/12/2026"
        page.clock.run_for(60_000)
        expect(page.locator("#gio")).to_have_text("00:00 02/12/2026")


def test_notices_take_turns_and_stand_still_when_somebody_reads(
    browser: Browser, desk: Desk
) -> None:
    with screen(browser, disk(desk)) as page:
        seen = [title(page)]
        for _turn in range(3):
            page.clock.run_for(TURN * 1000)
            seen.append(title(page))
        assert seen == ["Tin 1", "Tin 2", "Tin 3", "Tin 1"]
        assert page.locator(".notice:visible dd").all_inner_texts() == [
            FACTS.when[0],
            FACTS.where[0],
        ]
        page.get_by_role("button", name="Tiếp").click()
        page.get_by_role("button", name="Tạm dừng").click()
        page.clock.run_for(3 * TURN * 1000)
        assert title(page) == "Tin 2"
        assert page.locator("#thu-tu").inner_text() == "2 trong 3"
        page.get_by_role("button", name="Trước").click()
        assert title(page) == "Tin 1"
        page.get_by_role("button", name="Chạy tiếp").click()
        page.clock.run_for(TURN * 1000)
        assert title(page) == "Tin 2"


def test_a_long_notice_is_set_smaller_until_all_of_it_is_on_the_screen(
    browser: Browser, desk: Desk
) -> None:
    long = post(campaign_id="dai", title="Thông báo dài " * 6, body="Mời bà con đi họp. " * 22)
    desk.publish(desk.items(long, "ap-1"), slot=NOW + MINUTE)
    with screen(browser, disk(desk)) as page:
        size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
        high = "document.documentElement.scrollHeight - innerHeight"
        assert title(page).startswith("Thông báo dài")
        small = page.evaluate(size)
        assert page.evaluate(high) <= 0
        page.clock.run_for(TURN * 1000)
        assert page.evaluate(size) > small
        page.set_viewport_size({"width": 320, "height": 640})  # a phone, which can scroll
        expect(page.locator("html")).to_have_css("font-size", "18px")


def test_what_runs_out_goes_by_itself(browser: Browser, desk: Desk) -> None:
    with screen(browser, disk(desk)) as page:
        page.clock.fast_forward("11:00")
        page.clock.run_for(2_000)
        assert page.locator(".notice h2").all_inner_texts() == ["Tin 1", "Tin 3"]
        page.clock.fast_forward(timedelta(days=3) // timedelta(milliseconds=1))
        expect(page.locator("#khong")).to_be_visible()
        assert page.locator(".notice").count() == 0


def test_a_danger_takes_the_whole_screen_and_a_drill_gives_way_to_it(
    browser: Browser, desk: Desk
) -> None:
    urgent = {"title": "Lũ đang lên", "priority": Priority.EMERGENCY}
    drill = post(campaign_id="dien-tap", purpose=Purpose.DRILL, **urgent)
    desk.publish(desk.items(drill))
    with screen(browser, disk(desk)) as page:
        assert page.locator(".notice:visible .mark").inner_text().startswith("DIỄN TẬP")
        assert page.locator("#nut").is_hidden()
    desk.publish(desk.items(post(campaign_id="lu", **urgent)))
    with screen(browser, disk(desk)) as page:
        page.clock.run_for(2 * TURN * 1000)
        assert page.locator(".notice:visible .mark").inner_text() == "KHẨN CẤP"


def test_it_goes_on_and_starts_again_without_a_network_and_takes_up_what_is_new(
    browser: Browser, desk: Desk
) -> None:
    network = ExitStack()
    address = network.enter_context(served(desk.root))
    with network, screen(browser, f"{address}/screen/ap-1/") as page:
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.evaluate(KEPT)
        page.clock.run_for(LOOK * 1000)
        expect(page.locator("#mang")).to_be_empty()
        network.close()
        page.clock.run_for(LOOK * 1000)
        expect(page.locator("#mang")).to_contain_text("Mất kết nối từ 08:0")
        before = title(page)
        page.clock.run_for(TURN * 1000)
        assert title(page) != before
        page.reload()  # as after a power cut
        assert title(page) == "Tin 1"
        desk.publish(desk.items(post(campaign_id="moi", title="Tin mới")), slot=NOW)
        with served(desk.root, int(address.rsplit(":", 1)[1])):
            assert any(looks(page) for _look in range(10))
            expect(page.locator("h2", has_text="Tin mới")).to_be_attached()
            expect(page.locator("#mang")).to_be_empty()
