"""WCAG 2.2 (A and AA) on every kind of page of the site, by axe-core in a real browser."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from support.builders import AWKWARD, NOW
from support.portal import Desk, post, sound
from support.portals import correction

from channels.portal.bulletins import BulletinPage, Entry, Part, bulletin_files
from channels.portal.documents import Media
from engine.models import Priority, Purpose
from engine.models.facts import Facts

PAGES = (
    "index.html",
    "lu/index.html",
    "tiem/index.html",
    "la/index.html",
    "hop/index.html",
    "sua/index.html",
    "dien-tap/index.html",
    "ap/index.html",
    "ap/ap-1/index.html",
    "ap/ap-1/tat-ca/index.html",
    "tat-ca/index.html",
    "tat-ca/1/index.html",
    "tim-kiem/index.html?q=tiem",
    "lich/index.html",
    "ban-tin/index.html",
    "ban-tin/2026-w49/index.html",
    "screen/index.html",
    "screen/ap-1/index.html",
    "screen/ap-2/index.html",
)

#: The rules of WCAG, and axe's best practices (headings in order, all within landmarks).
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}

FACTS = Facts(
    what=("Tiêm nhắc vắc xin",),
    who=("Trẻ 18 tháng", "Trẻ 24 tháng"),
    when=("7 giờ 30 ngày 5/12",),
    where=("Trạm Y tế xã",),
    contact=("Trạm Y tế xã, 0272.3000.112",),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a page of every kind; in hamlet 1 an emergency, in hamlet 2 a drill of one."""
    desk = Desk(tmp_path_factory.mktemp("portal") / "site")
    desk.publish(desk.items(post(campaign_id="hop", valid_until=NOW + timedelta(minutes=1))))
    desk.publish(desk.items(post(campaign_id="la", title=AWKWARD, body=f"- {AWKWARD}\n- b")))
    told = [
        desk.item(post(campaign_id="tiem", body=f"Lúc {h.id}", facts=FACTS), h, audio=sound(h.id))
        for h in desk.registry.hamlets
    ]
    desk.publish(told)
    desk.publish(desk.items(post(campaign_id="sua")))
    right = post(campaign_id="sua", body="Lúc 9 giờ.", correction=correction())
    desk.publish(desk.items(right), slot=NOW + timedelta(minutes=30))
    emergency = {"priority": Priority.EMERGENCY, "title": "Lũ đang lên"}
    drill = post(campaign_id="dien-tap", purpose=Purpose.DRILL, **emergency)
    desk.publish(desk.items(drill, "ap-2"), slot=NOW + timedelta(hours=1))
    desk.publish(
        desk.items(post(campaign_id="lu", **emergency), "ap-1"), slot=NOW + timedelta(hours=1)
    )
    desk.backend.put_beside(lambda root: bulletin_files(_bulletin(), {"a.pdf": b"%PDF"}, root))
    return desk.root


def _bulletin() -> BulletinPage:
    parts = (
        Part(hamlets="", facts=(("Khi nào", "7 giờ 30"),), paragraphs=("- a\n- b",)),
        Part(hamlets="Ấp 1", facts=(), paragraphs=("Một.",)),
    )
    said = {"mark": "ĐÍNH CHÍNH", "issuer": "UBND xã", "day": "01/12/2026", "meant": "Ấp 1"}
    entries = tuple(
        Entry(title=f"Việc {n}", permalink=link, told=parts, **said)
        for n, link in enumerate(("https://xa-mau.example/tiem/", ""))
    )
    return BulletinPage(
        name="2026-w49",
        period="Tuần 49 năm 2026",
        commune="Xã Mẫu",
        office="UBND xã Mẫu",
        home="https://xa-mau.example",
        site="Trang tin Xã Mẫu",
        made_at=NOW,
        entries=entries,
        documents=(Media(file="a.pdf", media_type="application/pdf", size=4, sha256="0" * 64),),
    )


def _found(browser: Browser, root: Path, **settings: Any) -> list[str]:
    """Return each fault as "page: rule: element"; axe comes in past the pages' own policy."""
    context = browser.new_context(bypass_csp=True, **settings)
    page = context.new_page()
    axe, found = Axe(), []
    for name in PAGES:
        page.clock.set_fixed_time(NOW + timedelta(hours=1, minutes=1))
        page.goto(f"{root.as_uri()}/{name}")
        if "?" in name:
            page.locator("#ket-qua a").first.wait_for()
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{name}: scrolls sideways")
        for fault in axe.run(page, options=RULES).response["violations"]:
            found += [f"{name}: {fault['id']}: {node['html'][:150]}" for node in fault["nodes"]]
    context.close()
    return found


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_no_page_breaks_a_rule(browser: Browser, site: Path, scheme: str, width: int) -> None:
    size = {"width": width, "height": 640}
    assert _found(browser, site, viewport=size, color_scheme=scheme) == []


def test_a_fault_would_be_found(browser: Browser, site: Path, tmp_path: Path) -> None:
    """A page whose picture says nothing, and whose text can hardly be seen."""
    page = (site / "index.html").read_text(encoding="utf-8")
    planted = page.replace("</main>", '<img src="loa.svg"><p style="color:#eee">Mờ</p></main>')
    (tmp_path / "planted.html").write_text(planted, encoding="utf-8")
    context = browser.new_context(bypass_csp=True)
    opened = context.new_page()
    opened.goto((tmp_path / "planted.html").as_uri())
    found = {one["id"] for one in Axe().run(opened, options=RULES).response["violations"]}
    context.close()
    assert {"image-alt", "color-contrast"} <= found
