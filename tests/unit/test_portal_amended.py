"""What the site shows of corrections and withdrawals: on its pages and on public screens."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.builders import NOW
from support.portal import Desk, post
from support.portals import correction

from engine.models import Amends, Content, Purpose

SCREEN = "screen/ap-1/index.html"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "portal")


def amended(amends: Amends = Amends.CORRECTION, **changes: Any) -> Content:
    withdraws = amends is Amends.WITHDRAWAL
    purpose = Purpose.WITHDRAWAL if withdraws else Purpose.CORRECTION
    return post(purpose=purpose, correction=correction(amends=amends), **changes)


def withdrawn(until: datetime = NOW + timedelta(days=7)) -> Content:
    body = "Thông báo nay được thu hồi."
    return amended(Amends.WITHDRAWAL, title="Thu hồi thông báo", body=body, valid_until=until)


def test_a_screen_tells_for_three_days_what_was_withdrawn(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    desk.publish(desk.items(withdrawn(), "ap-1"), slot=LATER)
    page = desk.read(SCREEN)
    assert "Thu hồi thông báo" in page
    assert "Hết hiệu lực từ 08:30 ngày\u00a001/12/2026" in page
    assert "Có hiệu lực đến" not in page
    ends = int((LATER + timedelta(days=3)).timestamp())
    assert f'data-ends="{ends}"' in page
    desk.backend.refresh(LATER + timedelta(days=2))
    assert "Thu hồi thông báo" in desk.read(SCREEN)
    desk.backend.refresh(LATER + timedelta(days=3, seconds=1))
    page = desk.read(SCREEN)
    assert "Thu hồi thông báo" not in page
    assert "Thu hồi thông báo" not in desk.read("screen/ap-2/index.html")
    assert "Thông báo tiêm vắc xin" in desk.read("screen/ap-2/index.html")


def test_a_screen_says_what_was_corrected_and_why(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    desk.publish(desk.items(amended(body="Lúc 9 giờ.")), slot=LATER)
    assert "Đính chính" in desk.read(SCREEN)
    assert "ghi nhầm giờ." in desk.read(SCREEN)


def test_nothing_is_struck_out_that_still_holds(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    desk.publish(desk.items(amended()), slot=LATER)
    page = desk.read("thong-bao-mau/index.html")
    assert "ghi nhầm giờ" in page
    assert "<s>" not in page


def test_a_withdrawn_post_says_since_when_it_does_not_hold(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    desk.publish(desk.items(withdrawn()), slot=LATER)
    page = desk.read("thong-bao-mau/index.html")
    assert "Đã thu hồi, hết hiệu lực từ" in page
    assert "08:30 ngày\u00a001/12/2026" in page
    assert "đến" not in page.partition("<dt>Hiệu lực</dt>")[2].partition("</div>")[0]


FRONT = "index.html"
POST = "thong-bao-mau/index.html"


LABEL = re.compile(r'<(?:li class="label [^"]*"|p class="mark")>([^<]*)<')


def words(desk: Desk, name: str) -> list[str]:
    """Return the labels that stand on a page, or above the notices of a screen."""
    return LABEL.findall(desk.read(name))


def test_a_label_belongs_to_the_hamlets_that_it_concerns(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    news = [*desk.items(amended(body="Lúc 9 giờ."), "ap-2"), *desk.items(withdrawn(), "ap-3")]
    desk.publish(news, slot=LATER)
    own: dict[str, list[str]] = {
        "ap-1": [],
        "ap-2": ["Đính chính"],
        "ap-3": ["Thu hồi"],
        "ap-4": [],
    }
    assert {one: words(desk, f"screen/{one}/index.html") for one in own} == own
    shown = own | {"ap-3": []}  # what holds there no more is in no list of what does
    assert {one: words(desk, f"ap/{one}/index.html") for one in own} == shown
    for name in (FRONT, POST):
        assert sorted(words(desk, name)) == ["Thu hồi ở Ấp 3", "Đính chính ở Ấp 2"]
    assert "Thu hồi ở Ấp 3</strong>" in desk.read(POST)


def test_one_amendment_labels_those_it_drops_and_those_it_corrects(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    news = [*desk.items(withdrawn(), "ap-1"), *desk.items(amended(body="Lúc 9 giờ."), "ap-2")]
    desk.publish(news, slot=LATER)
    assert words(desk, "screen/ap-1/index.html") == ["Thu hồi"]
    assert words(desk, "screen/ap-2/index.html") == ["Đính chính"]


def test_what_concerns_every_hamlet_names_none(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    desk.publish(desk.items(amended(body="Lúc 9 giờ.")), slot=LATER)
    assert words(desk, FRONT) == words(desk, POST) == ["Đính chính"]


def test_a_label_ends_with_the_next_amendment_a_withdrawal_stays(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    news = [*desk.items(amended(body="Lúc 9 giờ."), "ap-2"), *desk.items(withdrawn(), "ap-3")]
    desk.publish(news, slot=LATER)
    again = amended(body="Lúc 10 giờ.")
    assert again.correction is not None
    facts = replace(again.correction, at=LATER + timedelta(hours=1), number=3)
    desk.publish(
        desk.items(replace(again, correction=facts), "ap-1"), slot=LATER + timedelta(hours=1)
    )
    own: dict[str, list[str]] = {
        "ap-1": ["Đính chính"],
        "ap-2": [],
        "ap-3": ["Thu hồi"],
        "ap-4": [],
    }
    assert {one: words(desk, f"screen/{one}/index.html") for one in own} == own


def test_a_post_is_for_those_for_whom_it_holds(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    assert "<dd>Toàn xã</dd>" in desk.read(POST)
    desk.publish(desk.items(withdrawn(), "ap-3"), slot=LATER)
    assert "<dd>Ấp 1, Ấp 2, Ấp 4</dd>" in desk.read(POST)
    assert "Dành cho: Ấp 1, Ấp 2, Ấp 4." in desk.read(FRONT)
    assert "Toàn xã" not in desk.read(FRONT)


@pytest.mark.parametrize("amends", [Amends.CORRECTION, Amends.UPDATE])
def test_a_hamlet_that_is_left_out_reads_that_it_does_not_hold_there(
    desk: Desk, amends: Amends
) -> None:
    desk.publish(desk.items(post()))
    facts = correction(amends=amends, reason="ghi nhầm giờ")
    gone = post(
        purpose=Purpose.WITHDRAWAL,
        correction=facts,
        title="Thu hồi thông báo",
        body="Thông báo không áp dụng cho nơi này.",
    )
    new = post(purpose=Purpose.CORRECTION, correction=facts, body="Lúc 9 giờ.")
    desk.publish([*desk.items(new, "ap-2"), *desk.items(gone, "ap-3")], slot=LATER)
    heading = "Đính chính" if amends is Amends.CORRECTION else "Cập nhật"
    assert sorted(words(desk, POST)) == sorted(["Thu hồi ở Ấp 3", f"{heading} ở Ấp 2"])
    notes = re.findall(r'<p class="notice amended">(.*)</p>', desk.read(POST))
    plain = sorted(re.sub("<[^>]*>", "", one).replace("\u00a0", " ") for one in notes)
    assert len(plain) == 2
    assert any(f"{heading} ở Ấp 2" in one and f"{heading} thông báo" in one for one in plain)
    assert any("Thu hồi ở Ấp 3" in one and "Không còn áp dụng thông báo" in one for one in plain)
    assert words(desk, "screen/ap-3/index.html") == ["Thu hồi"]


def test_an_amendment_of_other_channels_alone_leaves_the_label_of_the_post(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    desk.publish(desk.items(amended(body="Lúc 9 giờ."), "ap-2"), slot=LATER)
    desk.backend.refresh(LATER + timedelta(days=1))
    assert words(desk, POST) == ["Đính chính ở Ấp 2"]
    desk.publish(desk.items(post(body="Lúc 7 giờ."), "ap-4"), slot=LATER + timedelta(days=1))
    assert words(desk, POST) == ["Đính chính ở Ấp 2"]


def test_the_calendar_leaves_out_what_was_withdrawn_and_where(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    desk.publish(desk.items(withdrawn(), "ap-1"), slot=LATER)
    page = desk.read("lich/index.html")
    assert "Thông báo tiêm vắc xin" in page
    assert "Dành cho: Ấp 2" in page
    assert "Thu hồi thông báo" not in page
    assert "STATUS:CONFIRMED" in desk.read("lich.ics")
    assert "STATUS:CANCELLED" not in desk.read("lich.ics")
    assert "STATUS:CANCELLED" in desk.read("ap/ap-1/lich.ics")
    assert "STATUS:CONFIRMED" in desk.read("ap/ap-2/lich.ics")
    desk.publish(desk.items(withdrawn()), slot=LATER + timedelta(hours=1))
    assert "Không có việc nào đang có hiệu lực." in desk.read("lich/index.html")
    assert "STATUS:CANCELLED" in desk.read("lich.ics")
