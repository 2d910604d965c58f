"""The static site: merging, idempotence, faults, one writer at a time."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from support import builders
from support.builders import NOW
from support.portal import Desk, broken_links, flyer, post, sound, tree

from channels.base import ChannelError
from channels.portal import StaticBackend
from channels.portal.storage import site_lock
from channels.portal.trees import Publication, write_new
from engine.models import Priority

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "portal")


def test_the_receipt_names_the_page(desk: Desk) -> None:
    receipt = desk.publish(desk.items(post()))
    assert receipt.reference == "/thong-bao-mau/"
    assert receipt.detail == {"posts": "thong-bao-mau"}


def test_delivering_twice_gives_the_same_bytes(desk: Desk) -> None:
    items = [*desk.items(post()), *desk.items(post(campaign_id="hop-dan"), "ap-2")]
    desk.publish(items)
    once = tree(desk.root)
    desk.publish(items)
    assert tree(desk.root) == once
    assert {"index.html", "thong-bao-mau/index.html", "hop-dan/index.html", "site.css"} <= set(once)


def test_an_identical_delivery_writes_nothing(desk: Desk) -> None:
    def refuse(path: Path, data: bytes) -> None:
        raise AssertionError(f"{path} was written again")

    desk.publish(desk.items(post()))
    desk.publish(desk.items(post()), backend=StaticBackend(desk.root, write=refuse))


def test_two_sites_with_the_same_history_are_identical(tmp_path: Path) -> None:
    desks = [Desk(tmp_path / name) for name in ("a", "b")]
    for desk in desks:
        desk.publish(desk.items(post()))
        desk.publish(desk.items(post(body="Đổi giờ"), "ap-2"), slot=LATER, number=2)
    assert tree(desks[0].root) == tree(desks[1].root)


def test_a_later_bundle_for_one_hamlet_leaves_the_others_as_they_were(desk: Desk) -> None:
    desk.publish(desk.items(post(body="Tiêm lúc 7 giờ.")))
    desk.publish(
        desk.items(post(body="Tiêm lúc 9 giờ."), "ap-2", audio=sound("9 giờ")), slot=LATER, number=2
    )
    record = json.loads(desk.read("thong-bao-mau/post.json"))
    assert [
        (wording["post"]["body"], [hamlet["id"] for hamlet in wording["hamlets"]])
        for wording in record["wordings"]
    ] == [("Tiêm lúc 7 giờ.", ["ap-1", "ap-3", "ap-4"]), ("Tiêm lúc 9 giờ.", ["ap-2"])]
    sounds = {path.read_bytes() for path in (desk.root / "thong-bao-mau").glob("*.mp3")}
    assert sounds == {sound().read(), sound("9 giờ").read()}
    assert "9 giờ" in desk.read("ap/ap-2/index.html")
    assert "9 giờ" not in desk.read("ap/ap-1/index.html")
    assert list(broken_links(desk.root)) == []


def test_a_correction_for_all_takes_the_old_text_and_sound_away(desk: Desk) -> None:
    desk.publish(desk.items(post(body="Sai: 7 giờ."), audio=sound("sai")))
    desk.publish(desk.items(post(body="Đúng: 8 giờ."), audio=sound("đúng")), slot=LATER, number=2)
    everything = b"".join(tree(desk.root).values())
    assert "Sai: 7 giờ".encode() not in everything
    assert sound("sai").read() not in everything
    assert sound("đúng").read() in everything


def test_the_day_of_publication_and_the_permalink_never_change(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    moved = post(body="Mới", permalink="https://khac.example/thong-bao-mau/")
    desk.publish(desk.items(moved), slot=LATER, number=2)
    record = json.loads(desk.read("thong-bao-mau/post.json"))
    assert record["permalink"] == "https://xa-mau.example/thong-bao-mau/"
    assert record["published"] == NOW.isoformat()


def test_files_that_are_not_the_posts_own_are_left_alone(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    picture = desk.root / "thong-bao-mau" / "anh-cua-xa.jpg"
    picture.write_bytes(b"JPEG")
    desk.publish(desk.items(post(body="Mới")), slot=LATER, number=2)
    assert picture.read_bytes() == b"JPEG"


def test_a_full_disk_at_any_write_changes_nothing_for_readers(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    before = tree(desk.root)
    urgent = post(campaign_id="lu", priority=Priority.EMERGENCY, body="Lũ về")
    items = [*desk.items(urgent), *desk.items(post(body="Đổi giờ"), "ap-1", audio=sound("khác"))]
    for room in range(1000):
        with suppress(ChannelError):
            desk.publish(items, slot=LATER, backend=StaticBackend(desk.root, write=_disk(room)))
            break
        assert tree(desk.root) == before
        assert not (desk.root / "lu").exists()
    assert room > 15
    assert "Lũ về" in desk.read("index.html")
    assert list(broken_links(desk.root)) == []


def _disk(room: int) -> Callable[[Path, bytes], None]:
    """A disk that takes ``room`` files and half of the next."""
    left = iter(range(room))

    def write(path: Path, data: bytes) -> None:
        if next(left, None) is None:
            path.write_bytes(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write_new(path, data)

    return write


def test_a_file_where_the_site_should_be_is_told_in_words(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "portal")
    desk.root.write_text("not a folder")
    with pytest.raises(ChannelError, match="portal") as refused:
        desk.publish(desk.items(post()))
    assert not refused.value.permanent


@pytest.mark.parametrize(
    ("code", "words"), [(errno.EROFS, "permission"), (errno.ENOSPC, "full"), (errno.EIO, "cannot")]
)
def test_each_fault_of_the_disk_is_told_in_words(
    desk: Desk, code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, data: bytes) -> None:
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setenv("LOA_LANG", "en")
    with pytest.raises(ChannelError, match=words) as told:
        desk.publish(desk.items(post()), backend=StaticBackend(desk.root, write=fail))
    assert not told.value.permanent


def test_a_damaged_document_stops_the_delivery_and_names_the_file(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    (desk.root / "thong-bao-mau" / "post.json").write_text('{"half":')
    with pytest.raises(ChannelError, match=r"thong-bao-mau/post\.json") as damaged:
        desk.publish(desk.items(post(campaign_id="hop-dan")), slot=LATER)
    assert damaged.value.permanent


def test_a_delivery_waits_for_the_one_that_is_writing_and_then_gives_up(desk: Desk) -> None:
    patient = StaticBackend(desk.root, patience=timedelta(milliseconds=120))
    with site_lock(desk.root, timedelta(0)), pytest.raises(ChannelError) as busy:
        desk.publish(desk.items(post()), backend=patient)
    assert not busy.value.permanent
    assert desk.publish(desk.items(post()), backend=patient).reference == "/thong-bao-mau/"


def test_deliveries_at_the_same_moment_all_arrive(desk: Desk) -> None:
    ids = [f"tin-{number}" for number in range(6)]
    threads = [
        threading.Thread(target=desk.publish, args=(desk.items(post(campaign_id=name)),))
        for name in ids
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    front = desk.read("index.html")
    assert all(f'href="{name}/index.html"' in front for name in ids)
    assert list(broken_links(desk.root)) == []


def test_a_publication_that_is_left_early_leaves_nothing(tmp_path: Path) -> None:
    with Publication(tmp_path) as publication:
        publication.put("a/b.html", b"x")
    assert list(tmp_path.iterdir()) == []


def test_making_the_pages_again_marks_what_ran_out_and_changes_no_post(desk: Desk) -> None:
    urgent = post(campaign_id="lu", priority=Priority.EMERGENCY)
    desk.publish(desk.items(urgent))
    record = desk.read("lu/post.json")
    desk.backend.refresh(NOW + timedelta(days=30))
    assert "Đã hết hiệu lực" in desk.read("index.html")
    assert 'class="alarms"' not in desk.read("index.html")
    assert desk.read("lu/post.json") == record
    again = tree(desk.root)
    desk.backend.refresh(NOW)
    desk.publish(desk.items(urgent))
    assert tree(desk.root) == again


def test_an_empty_site_is_not_made_by_refreshing(desk: Desk) -> None:
    desk.backend.refresh(NOW)
    assert [path for path in tree(desk.root) if path != ".lock"] == []


def test_a_hamlet_that_left_the_registry_keeps_its_page_while_posts_name_it(desk: Desk) -> None:
    desk.publish(desk.items(post()))
    smaller = Desk(desk.root, builders.registry(3))
    smaller.publish(smaller.items(post(campaign_id="hop-dan")), slot=LATER)
    assert "Thông báo tiêm" in desk.read("ap/ap-4/index.html")
    assert "ap-4" not in desk.read("ap/index.html")
    assert list(broken_links(desk.root)) == []


def test_a_post_without_sound_flyer_or_contact_is_still_a_page(desk: Desk) -> None:
    desk.publish([desk.item(post(contact=""), hamlet) for hamlet in desk.registry.hamlets])
    page = desk.read("thong-bao-mau/index.html")
    assert "<audio" not in page
    assert "Liên hệ" not in page
    assert "Tờ rơi" not in page


def test_a_new_flyer_takes_the_place_of_the_old_one(desk: Desk) -> None:
    (hamlet, *_rest) = desk.registry.hamlets
    desk.publish([desk.item(post(), hamlet, paper=flyer("ap-1", "cũ"))])
    desk.publish([desk.item(post(), hamlet, paper=flyer("ap-1", "mới"))], slot=LATER)
    paper = desk.root / "thong-bao-mau" / "to-roi-ap-1.pdf"
    assert paper.read_bytes() == flyer("ap-1", "mới").read()
