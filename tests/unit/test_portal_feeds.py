"""RSS, Atom and JSON Feed, read back by a reader that is not ours."""

from __future__ import annotations

import json
from calendar import timegm
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree
from support import builders
from support.builders import AWKWARD, NOW
from support.portal import Desk, post, sound

from channels.portal.build import FED
from engine.models import Priority

LATER = NOW + timedelta(hours=3)
XML = ("feed.xml", "atom.xml")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "portal")


def parsed(desk: Desk, name: str) -> Any:
    feed = feedparser.parse(
        (desk.root / name).read_bytes(), sanitize_html=False, resolve_relative_uris=False
    )
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def moment(value: Any) -> datetime:
    return datetime.fromtimestamp(timegm(value), tz=NOW.tzinfo)


@pytest.mark.parametrize("name", XML)
def test_a_reader_finds_title_link_dates_and_sound(desk: Desk, name: str) -> None:
    desk.publish(desk.items(post()))
    feed = parsed(desk, name)
    assert feed.feed.title == "Trang tin xã Mẫu"
    assert feed.version in ("rss20", "atom10")
    (entry,) = feed.entries
    assert entry.title == "Thông báo tiêm vắc xin"
    assert entry.link == entry.id == "https://xa-mau.example/thong-bao-mau/"
    assert moment(entry.published_parsed) == NOW
    (enclosure,) = entry.enclosures
    assert enclosure.type == "audio/mpeg"
    assert int(enclosure.length) == sound().size
    place = enclosure.href.removeprefix("https://xa-mau.example/")
    assert (desk.root / place).read_bytes() == sound().read()
    assert "Khi đi mang theo sổ tiêm." in entry.content[0].value


def test_ids_and_first_dates_stay_when_a_post_changes_or_the_portal_moves(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    before = [parsed(desk, name).entries[0] for name in XML]
    portal = builders.registry().portal
    moved = builders.registry(portal=type(portal)("cong", portal.name, "https://moi.example"))
    there = Desk(desk.root, moved)
    there.publish(there.items(post(body="Mới", permalink="https://moi.example/x/")), slot=LATER)
    after = [parsed(desk, name).entries[0] for name in XML]
    assert [entry.id for entry in after] == [entry.id for entry in before]
    assert [moment(entry.published_parsed) for entry in after] == [NOW, NOW]
    assert moment(after[1].updated_parsed) == LATER
    assert {entry.link for entry in after} == {"https://moi.example/thong-bao-mau/"}


def test_atom_carries_every_sound_and_rss_one(desk: Desk) -> None:
    one, two, *_rest = desk.registry.hamlets
    items = [
        desk.item(post(body="7 giờ"), one, audio=sound("7")),
        desk.item(post(body="8 giờ"), two, audio=sound("8")),
    ]
    desk.publish(items)
    assert [len(parsed(desk, name).entries[0].enclosures) for name in XML] == [1, 2]
    text = parsed(desk, "atom.xml").entries[0].content[0].value
    assert "<h2>Ấp 1</h2>" in text
    assert "8 giờ" in text


@pytest.mark.parametrize(
    "text", [AWKWARD, "]]></title><script>x</script>", "&lt;b&gt;", "\x00\x1b\ufffe\ud800x", "\"'<"]
)
def test_no_text_breaks_a_feed_or_becomes_markup_in_it(desk: Desk, text: str) -> None:
    desk.publish(desk.items(post(title=text, body=text, issuer=text, contact=text, summary=text)))
    for name in XML:
        entry = parsed(desk, name).entries[0]
        html = entry.content[0].value
        assert "<script" not in html
        assert "<b>" not in html
        assert "<b>" not in entry.summary or name == "atom.xml"
    shown = "".join(c for c in text if c not in "\x00\x1b\ufffe\ud800")
    assert parsed(desk, "atom.xml").entries[0].title == shown
    root = etree.fromstring((desk.root / "feed.xml").read_bytes())
    assert root.findtext("channel/item/title") == shown
    item = json.loads(desk.read("feed.json"))["items"][0]
    assert (item["title"], item["summary"]) == (shown, shown)


def test_atom_and_rss_have_what_their_rules_ask_for(desk: Desk) -> None:
    desk.publish(desk.items(post(priority=Priority.EMERGENCY)))
    space = {"a": "http://www.w3.org/2005/Atom"}
    atom = etree.fromstring((desk.root / "atom.xml").read_bytes())
    for path in ("a:id", "a:title", "a:updated", "a:author/a:name", "a:entry/a:id"):
        assert atom.findtext(path, namespaces=space), path
    assert atom.find("a:link[@rel='self']", space).get("href").endswith("/atom.xml")
    assert atom.find("a:entry/a:link[@rel='enclosure']", space) is not None
    assert atom.find("a:entry/a:category", space).get("label") == "Khẩn cấp"
    rss = etree.fromstring((desk.root / "feed.xml").read_bytes())
    assert rss.get("version") == "2.0"
    for path in ("title", "link", "description", "lastBuildDate", "item/guid", "item/description"):
        assert rss.findtext(f"channel/{path}"), path
    assert rss.find("channel/item/enclosure").get("length") == str(sound().size)


def test_json_feed_has_the_fields_of_version_1_1(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "đơn.pdf"
    file.write_bytes(b"%PDF")
    attached = builders.attachment_of(file, "application/pdf")
    content = post(attachments=(attached,), priority=Priority.IMPORTANT)
    desk.publish(desk.items(content, attachments={attached.sha256: file}))
    feed = json.loads(desk.read("feed.json"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["language"], feed["title"]) == ("vi", "Trang tin xã Mẫu")
    assert feed["feed_url"] == "https://xa-mau.example/feed.json"
    (item,) = feed["items"]
    assert item["id"] == item["url"] == "https://xa-mau.example/thong-bao-mau/"
    assert datetime.fromisoformat(item["date_published"]) == NOW
    assert item["tags"] == ["Quan trọng"]
    assert [one["mime_type"] for one in item["attachments"]] == ["audio/mpeg", "application/pdf"]
    assert item["attachments"][0]["size_in_bytes"] == sound().size


def test_feeds_of_an_empty_site_are_feeds(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "portal", builders.registry(0))
    desk.publish([])
    assert [parsed(desk, name).entries for name in XML] == [[], []]
    assert json.loads(desk.read("feed.json"))["items"] == []


def test_feeds_carry_the_newest_posts_only(desk: Desk) -> None:
    hamlet = desk.registry.hamlets[0]
    desk.publish([desk.item(post(campaign_id=f"tin-{n}"), hamlet) for n in range(FED + 3)])
    desk.publish([desk.item(post(campaign_id="moi-nhat"), hamlet)], slot=LATER)
    for name in XML:
        entries = parsed(desk, name).entries
        assert len(entries) == FED
        assert entries[0].id.endswith("/moi-nhat/")


def test_feeds_do_not_change_when_only_time_passes(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    before = {name: desk.read(name) for name in XML}
    desk.backend.refresh(NOW + timedelta(hours=1))
    assert {name: desk.read(name) for name in XML} == before
