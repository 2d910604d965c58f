"""The pages of the site: valid, safe, and saying the right thing to the right hamlet."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from support import builders
from support.builders import AWKWARD, NOW, FakeArtifacts
from support.portal import Desk, Page, broken_links, parse_errors, post, sound, tree

from channels.portal.lists import LISTED
from channels.portal.saying import size
from engine.models import File, Item, Priority, Purpose

#: Texts that try to leave their place in HTML, in an attribute, in XML, in JSON, on the line.
ATTACKS = [
    AWKWARD,
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "]]><script>alert(1)</script><![CDATA[",
    "--><svg onload=alert(1)>",
    "{{ ''.__class__ }}{% raw %}",
    "javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#0; &#x3c;b&#x3e;",
    "\x00\x0b\x1b\ufffe\ud800 điều khiển",
    "\u202eđảo\u202c chiều\u2066",
    "👨\u200d👩\u200d👧 ⚠\ufe0f 🌊",
    "a" * 50_000,
    "Ấp " * 16_000,
]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "portal")


def pages(desk: Desk) -> dict[str, str]:
    return {name: data.decode() for name, data in tree(desk.root).items() if name.endswith(".html")}


def publish_one_of_each(desk: Desk, text: str, tmp_path: Path) -> None:
    """Publish a post with ``text`` in every field that an author fills, for one hamlet apart."""
    file = tmp_path / "kèm.pdf"
    file.write_bytes(b"%PDF")
    attached = builders.attachment_of(file, "application/pdf")
    named = type(attached)(text, attached.media_type, attached.sha256, attached.size)
    said = {"title": text, "issuer": text, "contact": text, "attachments": (named,)}
    held = {attached.sha256: file}
    desk.publish(
        [
            *desk.items(post(body=text, summary=text[:300], **said), "ap-1", attachments=held),
            *desk.items(post(body=f"- {text}\n1. {text}", **said), "ap-2", attachments=held),
        ]
    )


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_no_text_becomes_markup_script_or_a_broken_page(
    desk: Desk, text: str, tmp_path: Path
) -> None:
    publish_one_of_each(desk, text, tmp_path)
    for name, data in tree(desk.root).items():
        if not name.endswith(".html"):
            continue
        assert parse_errors(data) == [], name
        page = Page(data.decode())
        tags = [tag for tag, _attributes in page.elements]
        assert not set(tags) & {"b", "iframe", "object", "style"}, name
        own = own_elements(name, page)
        assert [tags.count(tag) for tag in ("script", "form", "svg")] == own, name
        assert not any(key.startswith("on") for _tag, attrs in page.elements for key in attrs)
        assert not any(re.match(r"(?i)\s*(javascript|data):", link) for link in page.addresses())
    assert list(broken_links(desk.root)) == []


def own_elements(name: str, page: Page) -> list[int]:
    """Return how many scripts, forms and drawings the templates put on a page."""
    if name.startswith("screen/ap"):
        return [1, 0, len(page.all("article"))]
    if name in ("index.html", "tim-kiem/index.html"):
        return [1, 1, 0]
    return [int(name == "thong-bao-mau/index.html"), 0, 0]


def test_markup_is_shown_as_its_author_typed_it(desk: Desk, tmp_path: Path) -> None:
    publish_one_of_each(desk, AWKWARD, tmp_path)
    assert AWKWARD in Page(desk.read("thong-bao-mau/index.html")).text


@pytest.mark.parametrize("kind", [*Purpose])
def test_every_page_of_a_full_site_is_valid(desk: Desk, kind: Purpose) -> None:
    for priority in Priority:
        desk.publish(
            desk.items(post(campaign_id=f"tin-{priority}", priority=priority, purpose=kind))
        )
    for name, text in pages(desk).items():
        assert parse_errors(text.encode()) == [], name


def test_an_empty_commune_still_has_valid_pages(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "portal", builders.registry(0))
    desk.publish([])
    assert "Không có thông báo nào" in desk.read("index.html")
    for name, text in pages(desk).items():
        assert parse_errors(text.encode()) == [], name


def test_every_page_says_its_language_forbids_scripts_and_can_be_skipped_through(
    desk: Desk,
) -> None:
    desk.publish(desk.items(post()))
    for name, text in pages(desk).items():
        page = Page(text)
        assert page.all("html") == [{"lang": "vi"}], name
        policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv"))
        assert "default-src 'self'" in (policy or "")
        scripted = name.startswith(("tim-kiem/", "screen/ap"))
        assert ("script-src 'self';" if scripted else "script-src 'none';") in (policy or ""), name
        assert [page.all(tag) != [] for tag in ("header", "main", "footer")] == [True] * 3
        if not name.startswith("screen/ap"):
            assert page.all("a")[0] == {"class": "skip", "href": "#noi-dung"}
            assert page.all("nav")
        assert len(page.all("h1")) == len(page.all("main")) == 1
        assert len(page.all("title")) == 1


def test_no_id_stands_twice_on_a_page_and_every_label_names_one(desk: Desk) -> None:
    one, two, *_rest = desk.registry.hamlets
    desk.publish([desk.item(post(body="7 giờ"), one), desk.item(post(body="8 giờ"), two)])
    for name, text in pages(desk).items():
        elements = Page(text).elements
        ids = [attributes["id"] for _tag, attributes in elements if "id" in attributes]
        assert len(ids) == len(set(ids)), name
        for _tag, attributes in elements:
            for key in ("aria-labelledby", "aria-describedby"):
                assert attributes.get(key, ids[0]) in ids, name


def test_all_links_within_the_site_are_relative_and_lead_somewhere(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    for text in pages(desk).values():
        for tag, attributes in Page(text).elements:
            if tag in ("a", "img", "audio") or attributes.get("rel") == "stylesheet":
                address = attributes.get("href") or attributes.get("src") or ""
                assert not address.startswith(("/", "http")), address
    assert list(broken_links(desk.root)) == []


def test_a_post_shows_all_that_people_need(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    page = Page(desk.read("thong-bao-mau/index.html"))
    for words in (
        "Thông báo tiêm vắc xin",
        "Ủy ban nhân dân xã Mẫu",
        "08:00 ngày\u00a001/12/2026",
        "08:00 ngày\u00a008/12/2026",
        "Khi đi mang theo sổ tiêm.",
        "Trạm Y tế xã, điện thoại 0272.3000.111",
        "https://xa-mau.example/thong-bao-mau/",
        "Toàn xã",
    ):
        assert words in page.text
    (audio,) = page.all("audio")
    assert (desk.root / "thong-bao-mau" / (audio["src"] or "")).read_bytes() == sound().read()
    assert audio["aria-describedby"] == "chu-1"
    flyers = [link for link in page.addresses() if link.endswith(".pdf")]
    assert flyers == [f"to-roi-ap-{n}.pdf" for n in (1, 2, 3, 4)]


def test_words_that_the_recording_alone_says_stand_with_it(desk: Desk) -> None:
    content = post()
    given = FakeArtifacts(
        {"loudspeaker": sound()}, words={"loudspeaker": post(body="Bảy giờ họp.")}
    )
    hamlet = desk.registry.hamlets[0]
    made = desk.channel.render(desk.channel.prepare(content, hamlet, given))
    file = File.of_bytes("post", made.media_type, made.data)
    desk.publish([Item(1, hamlet, content, file, given.needs)])
    page = Page(desk.read("thong-bao-mau/index.html"))
    assert page.all("audio")[0]["aria-describedby"] == "nghe-1"
    assert "Lời của bản thu" in page.text
    assert "Bảy giờ họp." in page.text
    assert parse_errors((desk.root / "thong-bao-mau/index.html").read_bytes()) == []


def test_hamlets_told_otherwise_have_their_own_section_under_an_anchor(desk: Desk) -> None:
    one, two, three, _four = desk.registry.hamlets
    desk.publish(
        [
            desk.item(post(body="Tiêm lúc 7 giờ."), one),
            desk.item(post(body="Tiêm lúc 8 giờ.", title="Tiêm muộn"), two),
            desk.item(post(body="Tiêm lúc 8 giờ.", title="Tiêm muộn"), three),
        ]
    )
    page = Page(desk.read("thong-bao-mau/index.html"))
    ids = {attributes.get("id") for _tag, attributes in page.elements}
    assert {"muc-1", "muc-2", "noi-ap-1", "noi-ap-2", "noi-ap-3"} <= ids
    assert "#noi-ap-3" in page.addresses()
    assert "Tiêm muộn" in page.text
    assert page.text.count("Liên hệ") == 1
    assert "../../thong-bao-mau/index.html#muc-2" in desk.read("ap/ap-3/index.html")
    assert "8 giờ" not in desk.read("ap/ap-1/index.html")
    assert "giờ" not in Page(desk.read("ap/ap-4/index.html")).text


def test_a_text_for_very_many_hamlets_is_folded_and_stays_valid(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "portal", builders.registry(60))
    desk.publish([*desk.items(post())[:30], *desk.items(post(body="Khác"))[30:]])
    page = desk.read("thong-bao-mau/index.html")
    assert parse_errors(page.encode()) == []
    assert page.count("<details>") == 5
    assert "Ấp 1, Ấp 2, Ấp 3, Ấp 4 và 26 nơi khác" in page
    assert 'href="ap/index.html">Chọn trong 60 nơi' in desk.read("index.html")
    assert list(broken_links(desk.root)) == []


def test_the_front_shows_emergencies_in_force_first_then_the_newest(desk: Desk) -> None:
    urgent = {"priority": Priority.EMERGENCY, "valid_until": NOW + timedelta(hours=6)}
    desk.publish(desk.items(post(campaign_id="lu", **urgent)), slot=NOW)
    desk.publish(desk.items(post(campaign_id="cu")), slot=NOW + timedelta(hours=1))
    desk.publish(desk.items(post(campaign_id="moi")), slot=NOW + timedelta(hours=2))
    assert order(desk) == ["lu", "moi", "cu"]
    desk.publish(desk.items(post(campaign_id="sau")), slot=NOW + timedelta(hours=7))
    assert order(desk) == ["sau", "moi", "cu"]
    assert "Thông báo này đã hết hiệu lực" in desk.read("lu/index.html")
    past = desk.read("index.html").split("Đã hết hiệu lực</h2>")[1]
    assert 'href="lu/index.html"' in past
    assert 'class="card expired"' not in desk.read("index.html")


def order(desk: Desk) -> list[str]:
    """Return the posts of the front page from top to bottom."""
    return re.findall(r'<h3 dir="auto"><a href="([a-z-]+)/index\.html"', desk.read("index.html"))


@pytest.mark.parametrize("purpose", [Purpose.DRILL, Purpose.ALL_CLEAR, Purpose.WITHDRAWAL])
def test_a_drill_or_an_all_clear_alarms_nobody(desk: Desk, purpose: Purpose) -> None:
    desk.publish(desk.items(post(priority=Priority.EMERGENCY, purpose=purpose)))
    assert 'class="alarms"' not in desk.read("index.html")
    labels = {"drill": "Diễn tập", "all_clear": "Đã an toàn", "withdrawal": "Thu hồi"}
    own = post().campaign_id
    page = f"{own}/index.html" if purpose is Purpose.WITHDRAWAL else "index.html"
    assert labels[purpose] in desk.read(page)


def test_an_old_post_still_in_force_never_leaves_the_front(desk: Desk) -> None:
    lasting = post(campaign_id="lau-dai", valid_until=NOW + timedelta(days=900))
    desk.publish(desk.items(lasting, "ap-1"))
    hamlet = desk.registry.hamlets[0]
    newer = [
        desk.item(post(campaign_id=f"tin-{n}", valid_until=NOW + timedelta(days=9)), hamlet)
        for n in range(LISTED + 5)
    ]
    desk.publish(newer, slot=NOW + timedelta(days=1))
    for name in ("index.html", "ap/ap-1/index.html"):
        page = desk.read(name)
        assert page.count('<article class="card') == LISTED
        assert "lau-dai/index.html" in page
        assert "tat-ca/index.html" in page
    assert desk.read("tat-ca/index.html").count("<li><a dir") == LISTED + 6


def test_a_summary_stands_in_for_the_text_in_lists(desk: Desk) -> None:
    desk.publish(desk.items(post(summary="Tiêm ngày 5.")))
    assert "Tiêm ngày 5." in desk.read("index.html")
    assert "Khi đi mang theo" not in desk.read("index.html")


def test_sizes_are_told_as_people_write_them() -> None:
    assert [size(n) for n in (1, 120_400, 999_000, 1_250_000)] == [
        "1\u00a0KB",
        "120\u00a0KB",
        "999\u00a0KB",
        "1,2\u00a0MB",
    ]


def test_a_post_that_names_no_beginning_is_in_force_once_it_is_published(desk: Desk) -> None:
    desk.publish(desk.items(post(valid_from=None)), slot=NOW + timedelta(hours=2))
    text = Page(desk.read("thong-bao-mau/index.html")).text
    assert "Từ 10:00 ngày\u00a001/12/2026 đến 08:00 ngày\u00a008/12/2026" in text


def test_a_screen_ends_with_no_line_that_announces_what_it_has_no_room_for(desk: Desk) -> None:
    things = "\n".join(f"- {number}: giấy tờ bản chính và bản sao" for number in range(20))
    desk.publish(desk.items(post(body=f"Mời bà con.\n\nKhi đi mang theo:\n{things}")))
    page = Page(desk.read("screen/ap-1/index.html"))
    assert "Mời bà con." in page.text
    assert "mang theo:" not in page.text
    assert "Đọc đầy đủ" in page.text
