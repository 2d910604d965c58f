"""The report as a leader sees it: in a browser, on a phone, on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page
from support.builders import AWKWARD
from support.reports import LATER, Ground, everywhere

from engine.models import EvidenceKind
from engine.reports import build_report, write_report

#: Text whose contrast with what lies behind it is too low: WCAG 2.2 AA, all of it taken as small.
TOO_FAINT = """() => {
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
  return [...document.querySelectorAll("body *")]
    .filter((node) => [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((node) => {
      const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent.slice(0, 40)];
    })
    .filter(([ratio]) => ratio < 4.5);
}"""


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A report on a campaign in which every kind of thing happened."""
    monkeypatch.setenv("LOA_LANG", "en")
    ground = Ground(tmp_path)
    ground.launch([one for one in everywhere() if one.target != "cum-4"], title=AWKWARD)
    ground.send(
        failing={("chat", "nhom-ap-2"): "<script>window.broken = 1</script>"},
        doubtful=[("loudspeaker", "cum-3")],
        waiting=[("loudspeaker", "cum-2")],
    )
    ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, 60, source=AWKWARD)
    ground.evidence(ground.row("ap-2", "portal"), EvidenceKind.PAGE_ANSWERS)
    report = build_report(
        ground.ledger, ground.registry, "thong-bao", LATER, simulated=True, rehearsing={"telegram"}
    )
    return write_report(report, tmp_path / "out")[0].as_uri()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_the_page_shows_without_asking_for_anything_else(page: Page, address: str) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert asked == [address]
    assert said == []
    assert page.evaluate("window.broken") is None
    assert AWKWARD in page.locator("h1").inner_text()


def test_every_word_stands_out_enough(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate(TOO_FAINT) == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_never_scrolls_sideways(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_state_has_a_symbol_and_a_word(page: Page, address: str) -> None:
    page.goto(address)
    states = page.locator(".state").all_inner_texts()
    assert len(states) > 30
    assert all(len(text.split(maxsplit=1)) == 2 for text in states)


def test_on_paper_every_page_is_a4_and_a_place_to_sign_comes_first(
    page: Page, address: str
) -> None:
    page.goto(address)
    document = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    sizes = {tuple(round(side) for side in sheet.get_size()) for sheet in document}
    texts = [sheet.get_textpage().get_text_range() for sheet in document]
    document.close()
    assert sizes <= {(595, 842), (596, 842), (595, 841), (596, 843)}
    signed = next(number for number, text in enumerate(texts) if "FOR THE COMMUNE" in text)
    appended = next(number for number, text in enumerate(texts) if "Appendix 1" in text)
    assert (signed, appended) == (1, 2)
