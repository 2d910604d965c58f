"""The site as people meet it: in a browser, on a small screen, from the web and from disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, Request, Route
from support.builders import AWKWARD, NOW
from support.portal import Desk, post, served, sound

from engine.models import Priority

PAGES = (
    "index.html",
    "lu/index.html",
    "tiem/index.html",
    "la/index.html",
    "hop/index.html",
    "ap/ap-1/index.html",
    "ap/index.html",
    "tat-ca/index.html",
    "tat-ca/1/index.html",
    "ap/ap-1/tat-ca/index.html",
    "lich/index.html",
    "tim-kiem/index.html",
    "screen/index.html",
    "screen/ap-1/index.html",
)

#: Contrast of each text with what lies behind it, by the formula of WCAG 2.2.
CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = [r, g, b].map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || node.classList.contains("unseen")) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([ratio, parseFloat(getComputedStyle(node).fontSize), node.textContent.slice(0, 40)]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A site with an emergency, differing hamlets, markup as text, and an expired post."""
    desk = Desk(tmp_path_factory.mktemp("portal") / "site")
    hamlets = desk.registry.hamlets
    desk.publish(desk.items(post(campaign_id="hop", valid_until=NOW + timedelta(minutes=1))))
    desk.publish(
        desk.items(post(campaign_id="la", title=AWKWARD, body=AWKWARD * 4, contact="a" * 900))
    )
    desk.publish(
        [
            desk.item(post(campaign_id="tiem", body=f"Lúc {h.id}"), h, audio=sound(h.id))
            for h in hamlets
        ]
    )
    urgent = post(campaign_id="lu", title="Lũ đang lên", priority=Priority.EMERGENCY)
    desk.publish(desk.items(urgent), slot=NOW + timedelta(hours=1))
    return desk


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    """The site as a plain web server shows it."""
    with served(desk.root) as shown:
        yield shown


@contextmanager
def opened(browser: Browser, **settings: object) -> Iterator[Page]:
    """A page in a context of its own; whatever it complains about fails the test."""
    context = browser.new_context(**settings)  # type: ignore[arg-type]  # names of Playwright's own
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.extend(_failure(request)))
    page.on("response", lambda r: complaints.append(r.url) if r.status >= 400 else None)
    yield page
    context.close()
    assert complaints == []


def _failure(request: Request) -> Iterator[str]:
    """Say what failed, unless the browser only left the page before it was there."""
    if request.failure != "net::ERR_ABORTED":
        yield f"{request.url}: {request.failure}"


def phone(scheme: str = "light") -> dict[str, object]:
    return {"viewport": {"width": 320, "height": 640}, "color_scheme": scheme}


def test_nothing_scrolls_sideways_on_a_phone_of_320_pixels(browser: Browser, address: str) -> None:
    with opened(browser, **phone()) as page:
        for name in PAGES:
            page.goto(f"{address}/{name}")
            assert page.evaluate("document.documentElement.scrollWidth") == 320, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_large_and_stands_out(browser: Browser, address: str, scheme: str) -> None:
    with opened(browser, **phone(scheme)) as page:
        for name in PAGES:
            page.goto(f"{address}/{name}")
            texts = page.evaluate(CONTRAST)
            assert len(texts) > 10
            for ratio, pixels, text in texts:
                assert ratio >= 4.5, (name, text)
                assert pixels >= 16, (name, text)
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18


def test_dark_and_light_differ(browser: Browser, address: str) -> None:
    seen = []
    for scheme in ("light", "dark"):
        with opened(browser, **phone(scheme)) as page:
            page.goto(address)
            seen.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert seen[0] != seen[1]


def test_the_site_opens_from_disk_and_every_link_can_be_followed(
    browser: Browser, desk: Desk
) -> None:
    with opened(browser) as page:
        page.goto((desk.root / "index.html").as_uri())
        page.get_by_role("link", name="Lũ đang lên").click()
        assert page.locator("h1").inner_text() == "Lũ đang lên"
        assert page.evaluate("getComputedStyle(document.body).margin") == "0px"
        page.get_by_role("link", name="Ấp 3").last.click()
        assert page.locator("h1").inner_text() == "Ấp 3"
        page.get_by_role("link", name="Thông báo tiêm vắc xin").first.click()
        page.get_by_role("link", name="Trang đầu").click()
        assert page.url == (desk.root / "index.html").as_uri()


def test_a_link_from_a_hamlet_leads_to_its_own_words(browser: Browser, address: str) -> None:
    with opened(browser, **phone()) as page:
        page.goto(f"{address}/ap/ap-3/index.html")
        page.locator("a[href*='tiem/']").click()
        assert page.url.endswith("/tiem/index.html#muc-3")
        section = page.locator("#muc-3")
        assert "Lúc ap-3" in section.inner_text()
        seen = "document.querySelector('#muc-3').getBoundingClientRect().top < innerHeight / 2"
        page.wait_for_function(seen, timeout=5000)


def test_the_sound_is_there_with_its_words_and_without_scripts(
    browser: Browser, address: str
) -> None:
    with opened(browser, java_script_enabled=False, **phone()) as page:
        page.goto(f"{address}/lu/index.html")
        player = page.locator("audio[controls]")
        assert player.is_visible()
        source = page.request.get(f"{address}/lu/{player.get_attribute('src')}")
        assert source.body() == sound().read()
        words = page.locator(f"#{player.get_attribute('aria-describedby')}")
        assert "Khi đi mang theo sổ tiêm." in words.inner_text()


def test_a_keyboard_first_finds_the_way_past_the_menu_and_always_sees_where_it_is(
    browser: Browser, address: str
) -> None:
    with opened(browser, **phone()) as page:
        page.goto(f"{address}/lu/index.html")
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.inner_text() == "Đến nội dung chính"
        assert skip.evaluate("(s) => s.getBoundingClientRect().top >= 0")
        for _ in range(5):
            outline = page.locator(":focus").evaluate(
                "(f) => [getComputedStyle(f).outlineStyle, getComputedStyle(f).outlineWidth]"
            )
            assert outline == ["solid", "3px"]
            page.keyboard.press("Tab")
        page.goto(f"{address}/lu/index.html")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "noi-dung"


def test_links_are_large_enough_for_a_thumb(browser: Browser, address: str) -> None:
    with opened(browser, **phone()) as page:
        page.goto(address)
        for link in page.locator("header a, .chips a").all():
            box = link.bounding_box()
            assert box
            assert box["height"] >= 44


def test_nothing_is_asked_of_any_other_machine(browser: Browser, address: str) -> None:
    asked: list[str] = []
    with opened(browser) as page:
        page.on("request", lambda request: asked.append(request.url))
        for name in PAGES:
            page.goto(f"{address}/{name}")
    assert len(asked) > len(PAGES)
    assert all(url.startswith(f"{address}/") for url in asked)


def test_the_policy_stops_a_script_that_got_into_a_page(browser: Browser, address: str) -> None:
    """Plant scripts where only a broken template could put them: the page must not run them."""

    def plant(route: Route, request: Request) -> None:
        answer = route.fetch()
        planted = (
            "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
            "<script src='http://127.0.0.1:9/x.js'></script>"
        )
        route.fulfill(response=answer, body=answer.text().replace("</main>", f"{planted}</main>"))

    context = browser.new_context()
    page = context.new_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    page.route("**/lu/index.html", plant)
    page.goto(f"{address}/lu/index.html")
    assert page.title() != "run"
    assert sum("Content Security Policy" in text for text in blocked) >= 3
    context.close()


def test_on_paper_the_text_stands_without_menus(browser: Browser, address: str) -> None:
    with opened(browser) as page:
        page.emulate_media(media="print")
        page.goto(f"{address}/lu/index.html")
        assert page.locator("h1").is_visible()
        assert page.get_by_text("Khi đi mang theo sổ tiêm.").is_visible()
        assert page.locator("nav").first.is_hidden()
        assert page.locator("audio").is_hidden()


def test_the_pages_are_light(desk: Desk) -> None:
    weight = sum(
        (desk.root / name).stat().st_size for name in ("index.html", "site.css", "loa.svg")
    )
    assert weight < 40_000
    scripts = {path.name for path in desk.root.rglob("*.js") if path.parent.name != "g0"}
    assert scripts == {"tim.js", "g0.js", "d0.js", "screen.js", "sw.js"}
    for name in ("tim-kiem/tim.js", "screen/screen.js", "screen/screen.css", "screen/sw.js"):
        assert (desk.root / name).stat().st_size < 8_000
