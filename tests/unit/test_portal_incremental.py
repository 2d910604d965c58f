"""One more post makes only what it changes, and gives the same site as making all of it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import feedparser
import icalendar
import pytest
from lxml import etree
from support.builders import NOW
from support.portal import Desk, Page, post, tree

from channels.portal.catalogue import CATALOGUE
from channels.portal.moments import span_in
from channels.portal.words import folded, words
from engine.models import Purpose


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "portal")


def publish_some(desk: Desk, count: int) -> None:
    for number in range(count):
        hamlet = f"ap-{number % 4 + 1}"
        said = post(
            campaign_id=f"tin-{number}",
            title=f"Thông báo số {number}",
            body=f"Họp dân lần {number}.",
            valid_until=NOW + timedelta(days=number % 3),
        )
        desk.publish(desk.items(said, hamlet), slot=NOW + timedelta(hours=number))


def test_post_by_post_gives_what_making_all_anew_gives(desk: Desk) -> None:
    publish_some(desk, 9)
    desk.publish(desk.items(post(campaign_id="tin-3", body="Đổi ngày.")), slot=NOW)
    step_by_step = tree(desk.root)
    text = (desk.root / CATALOGUE).read_text("utf-8")
    said = json.loads(text)
    (desk.root / CATALOGUE).write_text(text.replace(said["builder"], "another"), "utf-8")
    desk.backend.refresh(NOW)
    assert tree(desk.root) == step_by_step


def test_another_hamlets_pages_are_not_touched(desk: Desk) -> None:
    publish_some(desk, 4)
    before = (desk.root / "ap" / "ap-3" / "index.html").stat().st_mtime_ns
    desk.publish(desk.items(post(campaign_id="moi"), "ap-1"), slot=NOW + timedelta(hours=9))
    assert (desk.root / "ap" / "ap-3" / "index.html").stat().st_mtime_ns == before
    assert "moi/index.html" in desk.read("ap/ap-1/index.html")


def test_a_lost_catalogue_is_made_again_from_the_posts(desk: Desk) -> None:
    publish_some(desk, 4)
    (desk.root / CATALOGUE).write_text("{", "utf-8")
    desk.publish(desk.items(post(campaign_id="moi")), slot=NOW + timedelta(hours=9))
    assert desk.read("tat-ca/index.html").count("<li><a dir") == 5


@pytest.mark.parametrize(("a", "b"), [("Lũ ĐỎ", "lu do"), ("tiêm vắc-xin", "TIEM VAC XIN")])
def test_words_with_and_without_marks_are_the_same(a: str, b: str) -> None:
    assert words(a) == words(b)
    assert folded("Ữ") == "u"


def test_scripts_without_spaces_are_found_by_pairs() -> None:
    assert words("ជូនដំណឹង") >= words("ដំណឹ")


def test_a_changed_word_leaves_the_index(desk: Desk) -> None:
    desk.publish(desk.items(post(body="Bưởi chín.")))
    assert '"buoi"' in desk.read("tim-kiem/g0/bu.js")
    desk.publish(desk.items(post(body="Cam chín.")), slot=NOW + timedelta(hours=1))
    assert '"buoi"' not in desk.read("tim-kiem/g0/bu.js")


def test_the_calendar_is_one_and_cancels_what_was_withdrawn(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    desk.publish(desk.items(post(campaign_id="thoi", purpose=Purpose.WITHDRAWAL), "ap-1"))
    for name, count in (("lich.ics", 2), ("ap/ap-1/lich.ics", 2), ("ap/ap-2/lich.ics", 1)):
        calendar = icalendar.Calendar.from_ical((desk.root / name).read_bytes())
        events = calendar.walk("VEVENT")
        assert len(events) == count
    states = {str(event["uid"]).split("@")[0]: event["status"] for event in events}
    assert states == {"thong-bao-mau": "CONFIRMED"}


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("7 giờ 30 ngày 05/12/2026", "2026-12-05T07:30", None),
        ("từ 7h30 đến 11 giờ, ngày 5/12/2026", "2026-12-05T07:30", "2026-12-05T11:00"),
        ("05/12/2026", "2026-12-05T00:00", "2026-12-06T00:00"),
        ("2026-12-05 đến 2026-12-07", "2026-12-05T00:00", "2026-12-08T00:00"),
    ],
)
def test_days_and_hours_are_read(text: str, begins: str, ends: str | None) -> None:
    span = span_in(text)
    assert span is not None
    assert f"{span.begins:%Y-%m-%dT%H:%M}" == begins
    assert (span.ends and f"{span.ends:%Y-%m-%dT%H:%M}") == ends


@pytest.mark.parametrize(
    "text",
    [
        "sáng mai",
        "31/02/2026",
        "7h, 9h và 11h ngày 5/12/2026",
        "7 giờ tối 05/12/2026",
        "7 giờ rưỡi 05/12/2026",
        "12 giờ đêm 05/12/2026",
        "7 giờ hằng ngày, từ 05/12/2026",
        "5-7/12/2026",
        "7 giờ ngày 5/12",
        "",
    ],
)
def test_what_leaves_a_doubt_is_no_date(text: str) -> None:
    assert span_in(text) is None


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("19 giờ, thứ Ba 8/12", "2026-12-08T19:00"),
        ("7 giờ 30 ngày 3 tháng 1", "2027-01-03T07:30"),
        ("ngày 8 tháng 12 năm 2026.", "2026-12-08T00:00"),
        ("14 giờ chiều 08/12", "2026-12-08T14:00"),
    ],
)
def test_a_day_without_its_year_is_that_of_the_validity(text: str, begins: str) -> None:
    span = span_in(text, (date(2026, 12, 1), date(2027, 1, 31)))
    assert span is not None
    assert f"{span.begins:%Y-%m-%dT%H:%M}" == begins


def test_a_day_without_its_year_outside_the_validity_or_twice_in_it_is_none() -> None:
    assert span_in("8/12", (date(2026, 12, 9), date(2026, 12, 31))) is None
    assert span_in("8/12", (date(2026, 12, 1), date(2027, 12, 31))) is None


def test_site_maps_name_every_post_and_the_announcement_is_data(desk: Desk) -> None:
    publish_some(desk, 3)
    found = etree.fromstring((desk.root / "sitemap-1.xml").read_bytes())
    assert [one.text for one in found.iter("{*}loc")] == [
        f"https://xa-mau.example/tin-{number}/" for number in range(3)
    ]
    page = desk.read("tin-1/index.html")
    (script,) = Page(page).all("script")
    assert script == {"type": "application/ld+json"}
    said = json.loads(page.split('ld+json">')[1].split("</script>")[0])
    assert (said["@type"], said["name"]) == ("SpecialAnnouncement", "Thông báo số 1")
    assert said["audio"][0]["transcript"].startswith("Thông báo số 1")
    assert feedparser.parse((desk.root / "feed.xml").read_bytes()).entries[0].enclosures
