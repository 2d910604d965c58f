"""What a post comes down to: on its page, in feeds, in the search, in the calendar, elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import icalendar
import pytest
from support import builders
from support.builders import NOW, FakeArtifacts
from support.portal import Desk, broken_links, parse_errors, post
from support.portals import correction

from channels.base import artifact_key
from channels.portal.article import article_of
from channels.portal.bulletins import BulletinPage, bulletin_files
from channels.portal.documents import Post, Record, Site
from channels.portal.views import PostView
from engine.models import Content
from engine.models.facts import Facts

HOUR = timedelta(hours=1)

FACTS = Facts(
    what=("Tiêm nhắc vắc xin dại cho chó",),
    who=("Hộ nuôi chó", "Hộ nuôi mèo <trên 3 tháng>"),
    when=("7 giờ 30 đến 11 giờ ngày 5/12",),
    where=("Nhà văn hóa ấp",),
    bring=("Sổ tiêm",),
    contact=("Bà Mẫu 0900 000 000",),
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "portal")


def told(**changes: object) -> Content:
    return post(facts=FACTS, valid_until=NOW + timedelta(days=20), **changes)


def view_of(desk: Desk, name: str = "thong-bao-mau") -> PostView:
    record = Record.model_validate_json(desk.read(f"{name}/post.json"))
    return PostView(record, Site.model_validate_json(desk.read("site.json")))


def test_a_post_without_facts_keeps_its_key_and_its_bytes(desk: Desk) -> None:
    inputs = desk.channel.prepare(post(), builders.hamlet(), FakeArtifacts())
    rendered = desk.channel.render(inputs).data
    assert "facts" not in inputs.identity()
    assert "facts" not in json.loads(rendered)
    other = replace(inputs, facts=FACTS)
    assert artifact_key(desk.channel, other) != artifact_key(desk.channel, inputs)
    again = Post.model_validate_json(desk.channel.render(other).data)
    assert again.facts == FACTS


def test_the_page_shows_each_fact_with_all_its_lines(desk: Desk) -> None:
    desk.publish(desk.items(told()))
    page = desk.read("thong-bao-mau/index.html")
    assert parse_errors(page.encode()) == []
    shown = page.split('<dl class="facts">')[2].split("</dl>")[0]
    for label, (line, *_more) in zip(
        ("Việc gì", "Khi nào", "Ở đâu", "Khi đi mang theo"),
        (FACTS.what, FACTS.when, FACTS.where, FACTS.bring),
        strict=True,
    ):
        assert f'<dt>{label}</dt><dd dir="auto">{line}</dd>' in shown
    assert "mèo &lt;trên 3 tháng&gt;</dd>" in shown
    assert '<a class="tel" href="tel:' in shown
    assert "Nhà văn hóa ấp" in desk.read("feed.json")
    assert '"van"' in desk.read("tim-kiem/g0/va.js")


def test_whom_to_ask_stands_once_where_the_contact_says_it(desk: Desk) -> None:
    desk.publish(desk.items(told(contact=FACTS.contact[0])))
    assert desk.read("thong-bao-mau/index.html").count(">0900 000 000<") == 1


def test_a_post_without_facts_has_no_empty_list(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    assert desk.read("thong-bao-mau/index.html").count("<dl") == 1


def test_the_calendar_has_the_hour_and_the_place(desk: Desk) -> None:
    desk.publish(desk.items(told()))
    (event,) = icalendar.Calendar.from_ical((desk.root / "lich.ics").read_bytes()).walk("VEVENT")
    assert event["dtstart"].dt.isoformat() == "2026-12-05T00:30:00+00:00"
    assert event["dtend"].dt.isoformat() == "2026-12-05T04:00:00+00:00"
    assert event["location"] == "Nhà văn hóa ấp"
    page = desk.read("lich/index.html")
    assert "07:30 – 11:00, 05/12/2026" in page
    assert "Hiệu lực:" not in page


def test_hours_that_leave_a_doubt_leave_the_validity(desk: Desk) -> None:
    desk.publish(desk.items(post(facts=Facts(when=("7 giờ tối ngày 5/12/2026",)))))
    assert view_of(desk).sections[0].span is None
    assert "Hiệu lực:" in desk.read("lich/index.html")


def test_hamlets_with_their_own_place_have_their_own_event(desk: Desk) -> None:
    hamlets = desk.registry.hamlets
    desk.publish(
        [
            desk.item(post(facts=replace(FACTS, where=(f"Đình {hamlet.name}",))), hamlet)
            for hamlet in hamlets
        ]
    )
    events = icalendar.Calendar.from_ical((desk.root / "lich.ics").read_bytes()).walk("VEVENT")
    assert {str(one["location"]) for one in events} == {f"Đình {one.name}" for one in hamlets}


def test_what_a_correction_replaces_keeps_its_facts(desk: Desk) -> None:
    desk.publish(desk.items(told()))
    right = told(correction=correction())
    desk.publish(desk.items(replace(right, facts=Facts(where=("Đình",)))), slot=NOW + HOUR)
    (former,) = view_of(desk).history
    assert "Ở đâu: Nhà văn hóa ấp\n" in former.body


def test_other_portals_are_told_the_facts(desk: Desk) -> None:
    desk.publish(desk.items(told()))
    view = view_of(desk)
    media = {one.file: f"https://x.example/{one.file}" for one in view.record.wordings[0].media()}
    content = article_of(view.record, view.site, media).content
    assert "<li><strong>Ở đâu:</strong> Nhà văn hóa ấp</li>" in content
    assert "&lt;trên 3 tháng&gt;" in content


def bulletin(name: str = "2026-w49") -> BulletinPage:
    return BulletinPage(
        name=name,
        period="Tuần 49",
        commune="Xã Mẫu",
        office="UBND xã Mẫu",
        home="https://xa-mau.example",
        site="Trang tin Xã Mẫu",
        made_at=NOW,
        entries=(),
        documents=(),
    )


def test_every_page_leads_to_the_bulletins_once_there_is_one(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    pages = ("index.html", "thong-bao-mau/index.html", "ap/ap-1/index.html", "lich/index.html")
    assert not any("ban-tin/" in desk.read(name) for name in pages)
    desk.backend.put_beside(lambda root: bulletin_files(bulletin(), {}, root))
    assert all('ban-tin/index.html">Bản tin</a>' in desk.read(name) for name in pages)
    desk.publish(desk.items(post(campaign_id="sau")), slot=NOW + timedelta(hours=1))
    for name in (*pages, "sau/index.html"):
        assert 'ban-tin/index.html">Bản tin</a>' in desk.read(name), name
    assert list(broken_links(desk.root)) == []


def test_a_second_bulletin_makes_no_page_again(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    desk.backend.put_beside(lambda root: bulletin_files(bulletin(), {}, root))
    before = (desk.root / "index.html").stat().st_mtime_ns
    desk.backend.put_beside(lambda root: bulletin_files(bulletin("2026-w50"), {}, root))
    assert (desk.root / "index.html").stat().st_mtime_ns == before
    assert "2026-w50" in desk.read("ban-tin/index.html")


def test_the_link_goes_with_the_bulletins_and_a_site_without_posts_has_them(desk: Desk) -> None:
    desk.backend.put_beside(lambda root: bulletin_files(bulletin(), {}, root))
    desk.publish(desk.items(post()))
    assert "ban-tin/index.html" in desk.read("index.html")
    for path in sorted((desk.root / "ban-tin").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    desk.backend.refresh(NOW + timedelta(hours=1))
    assert "ban-tin/" not in desk.read("index.html")
