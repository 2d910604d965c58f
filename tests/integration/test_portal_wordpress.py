"""Posts on a real WordPress: made once, put right, withdrawn, and never over people's edits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support import builders
from support.portals import MP3, PDF, PNG, Poster, correction, wordpress_backend
from support.wordpress import WordPress, wordpress

from channels.base import ChannelError
from channels.pages import Shown
from channels.portal.wordpress.backend import WordPressBackend
from engine.models import Amends, Purpose

__all__ = ["wordpress"]

Make = Callable[..., Poster]


@pytest.fixture
def remote_ids() -> builders.MemoryRemoteIds:
    return builders.MemoryRemoteIds()


@pytest.fixture
def make(
    wordpress: WordPress, remote_ids: builders.MemoryRemoteIds, tmp_path: Path
) -> Iterator[Make]:
    """Makes somebody who posts; who comes later remembers what the first one did."""
    made: list[Poster] = []

    def poster(user: str = "bien-tap", forgets: bool = False, **settings: Any) -> Poster:
        ids = builders.MemoryRemoteIds() if forgets else remote_ids
        password = settings.pop("password", wordpress.passwords[user])
        backend = wordpress_backend(wordpress.url, password, ids, user=user, **settings)
        made.append(Poster(backend, tmp_path, wordpress.url))
        return made[-1]

    yield poster
    for one in made:
        one.channel.close()


def shown(poster: Poster, campaign_id: str = "thong-bao-mau") -> Shown:
    assert isinstance(poster.backend, WordPressBackend)
    return poster.backend.shown(campaign_id)


def content(post: dict[str, Any]) -> str:
    return str(post["content"]["raw"])


def test_a_campaign_becomes_a_public_post_with_its_files_and_its_hamlets(
    make: Make, wordpress: WordPress
) -> None:
    poster = make()
    item = poster.item(1, audio=MP3, flyer=PDF, attachments={"bang-gia.png": PNG})
    receipt = poster.post(item, poster.item(2, audio=MP3, flyer=PDF))
    (post,) = wordpress.posts()
    assert post["status"] == "publish"
    assert receipt.reference == post["link"] == f"{wordpress.url}/thong-bao-mau/"
    tags = {one["name"] for one in wordpress.get("/tags")}
    assert tags == {"Ấp 1", "Ấp 2"}
    categories = {one["id"]: one["name"] for one in wordpress.get("/categories")}
    assert [categories[one] for one in post["categories"]] == ["Thông báo"]
    assert {one["mime_type"] for one in wordpress.media()} == {
        "audio/mpeg",
        "application/pdf",
        "image/png",
    }
    assert len(wordpress.media()) == 3, "two hamlets share one flyer and one recording"
    page = wordpress.page("/thong-bao-mau/")
    for file in wordpress.media():
        assert file["source_url"] in page.text
    seen = shown(poster)
    assert set(seen.slots) == {"ap-1", "ap-2"}
    assert seen.url == post["link"]


def test_the_same_bundle_again_changes_nothing(make: Make, wordpress: WordPress) -> None:
    poster = make()
    item = poster.item(1, flyer=PDF)
    first = poster.post(item)
    before = wordpress.writes()
    assert poster.post(item) == first
    assert wordpress.writes() == before


def test_one_who_forgot_everything_finds_the_post_and_the_files_again(
    make: Make, wordpress: WordPress
) -> None:
    """As after a kill between WordPress's answer and the ledger's commit."""
    first = make(forgets=True)
    item = first.item(1, flyer=PDF)
    receipt = first.post(item)
    before = wordpress.writes()
    again = make(forgets=True)
    assert again.post(again.item(1, flyer=PDF)) == receipt
    assert wordpress.writes() == before


def test_many_who_post_at_once_leave_one_post(make: Make, wordpress: WordPress) -> None:
    posters = [make(forgets=True, hamlets="none", category="") for _ in range(6)]
    together = threading.Barrier(len(posters))
    receipts: list[str] = []

    def post(poster: Poster) -> None:
        item = poster.item(1)
        together.wait()
        receipts.append(poster.post(item).reference)

    threads = [threading.Thread(target=post, args=(one,)) for one in posters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (left,) = wordpress.posts()
    assert left["status"] == "publish"
    assert left["slug"] == "thong-bao-mau"
    assert len(receipts) == len(posters)


def test_other_words_change_the_post_and_other_hamlets_keep_theirs(
    make: Make, wordpress: WordPress
) -> None:
    poster = make()
    poster.post(poster.item(1, body="Họp lúc 7 giờ."), poster.item(2, body="Họp lúc 8 giờ."))
    later = builders.NOW + timedelta(hours=1)
    changed = poster.item(
        2, body="Họp lúc 9 giờ.", purpose=Purpose.CORRECTION, correction=correction()
    )
    early = poster.refused(changed, number=8, slot=later)
    assert early.retry_after == timedelta(hours=1), "what is public stays so until its hour"
    assert "Họp lúc 8 giờ." in content(wordpress.posts("publish")[0])
    poster = make(now=later)
    poster.post(changed, number=8, slot=later)
    (post,) = wordpress.posts()
    assert "Họp lúc 7 giờ." in content(post)
    assert "Họp lúc 9 giờ." in content(post)
    text, _heading, before = content(post).partition("Các bản trước, không còn giá trị")
    assert "Họp lúc 8 giờ." not in text
    assert "<s>Họp lúc 8 giờ.</s>" in before
    assert "Đính chính ở Ấp 2 lúc 08:30 ngày" in text
    assert "ngày 01/12/2026: ghi nhầm giờ." in text
    assert shown(poster).slots == {"ap-1": builders.NOW, "ap-2": later}


def test_a_file_that_a_later_bundle_does_not_carry_stays_on_the_post(
    make: Make, wordpress: WordPress
) -> None:
    poster = make()
    poster.post(poster.item(1, flyer=PDF, body="Một."))
    poster.post(poster.item(2, body="Hai."), number=8)
    (file,) = wordpress.media()
    assert file["source_url"] in wordpress.page("/thong-bao-mau/").text


def test_a_later_hour_is_a_scheduled_post(make: Make, wordpress: WordPress) -> None:
    poster = make(ahead=timedelta(hours=6))
    slot = datetime(2031, 3, 1, 5, 30, tzinfo=builders.NOW.tzinfo)
    poster.post(poster.item(1), slot=slot)
    (post,) = wordpress.posts()
    assert post["status"] == "future"
    assert datetime.fromisoformat(post["date_gmt"]).replace(tzinfo=UTC) == slot
    assert wordpress.page("/thong-bao-mau/").status_code == 404
    with pytest.raises(ChannelError, match="404"):
        shown(poster)
    before = wordpress.writes()
    poster.post(poster.item(1), slot=slot)
    assert wordpress.writes() == before


def test_what_somebody_edited_is_left_alone_and_the_reason_says_what_to_do(
    make: Make, wordpress: WordPress
) -> None:
    poster = make()
    poster.post(poster.item(1))
    (post,) = wordpress.posts()
    edited = content(post) + "\n<p>Người của xã viết thêm.</p>"
    wordpress.change(f"/posts/{post['id']}", content=edited)
    error = poster.refused(poster.item(1, body="Nội dung mới."), number=8)
    assert error.permanent
    assert 'overwrite_edits = ["thong-bao-mau"]' in str(error)
    assert "loa cancel thong-bao-mau" in str(error)
    (post,) = wordpress.posts()
    assert "Người của xã viết thêm." in content(post)


def test_one_edited_post_does_not_keep_the_others_back(make: Make, wordpress: WordPress) -> None:
    poster = make()
    poster.post(poster.item(1, campaign_id="mot"), poster.item(1, campaign_id="ba"))
    (post,) = [one for one in wordpress.posts() if one["slug"] == "ba"]
    wordpress.change(f"/posts/{post['id']}", content="Người của xã viết.")
    names = ("ba", "hai", "mot")
    items = [poster.item(1, campaign_id=name, body=f"Bài {name}, mới.") for name in names]
    assert "edited" in str(poster.refused(*items, number=8))
    told = {one["slug"]: content(one) for one in wordpress.posts("publish")}
    assert set(told) == set(names)
    assert "Bài hai, mới." in told["hai"]
    assert "Bài mot, mới." in told["mot"]
    assert told["ba"] == "Người của xã viết."


def test_an_edited_post_is_put_right_where_the_official_says_so(
    make: Make, wordpress: WordPress
) -> None:
    make().post(make().item(1))
    (post,) = wordpress.posts()
    wordpress.change(f"/posts/{post['id']}", title="Tựa khác")
    poster = make(overwrite=frozenset({"thong-bao-mau"}))
    poster.post(poster.item(1, body="Nội dung mới."), number=8)
    (post,) = wordpress.posts()
    assert "Nội dung mới." in content(post)
    revisions = wordpress.get(f"/posts/{post['id']}/revisions")
    assert "Tựa khác" in {one["title"]["raw"] for one in revisions}, "nobody's words are lost"


@pytest.mark.parametrize("how", ["draft", "trash", "for good"])
def test_what_somebody_took_off_stays_off(make: Make, wordpress: WordPress, how: str) -> None:
    poster = make()
    poster.post(poster.item(1))
    (post,) = wordpress.posts()
    if how == "draft":
        wordpress.change(f"/posts/{post['id']}", status="draft")
    else:
        with wordpress.client() as client:
            params = {"force": how == "for good"} if how == "for good" else {}
            assert client.delete(f"/posts/{post['id']}", params=params).is_success
    error = poster.refused(poster.item(1, body="Nội dung mới."), number=8)
    assert error.permanent
    assert "took the post" in str(error)
    assert wordpress.posts("publish,future") == []
    again = make(overwrite=frozenset({"*"}))
    again.post(again.item(1, body="Nội dung mới."), number=8)
    (post,) = wordpress.posts("publish")
    assert post["link"] == f"{wordpress.url}/thong-bao-mau/"


def test_tags_that_people_added_stay(make: Make, wordpress: WordPress) -> None:
    poster = make()
    poster.post(poster.item(1))
    (post,) = wordpress.posts()
    extra = wordpress.change("/tags", name="Nổi bật")["id"]
    wordpress.change(f"/posts/{post['id']}", tags=[*post["tags"], extra])
    poster.post(poster.item(1, body="Nội dung mới."), number=8)
    (post,) = wordpress.posts()
    assert extra in post["tags"]


def test_a_withdrawal_says_so_in_place_of_the_words(make: Make, wordpress: WordPress) -> None:
    poster = make()
    poster.post(poster.item(1, body="Mời họp."))
    poster.post(
        poster.item(
            1,
            body="Cuộc họp không diễn ra.",
            purpose=Purpose.WITHDRAWAL,
            correction=correction("có bão", amends=Amends.WITHDRAWAL),
        ),
        number=8,
    )
    (post,) = wordpress.posts()
    assert post["status"] == "publish"
    assert "Thu hồi lúc 08:30" in content(post)
    assert "Mời họp." not in content(post).partition("Các bản trước")[0]
    assert shown(poster).slots


def test_a_withdrawal_may_go_to_the_trash_and_twice_is_once(
    make: Make, wordpress: WordPress
) -> None:
    poster = make(trash=True)
    poster.post(poster.item(1))
    off = poster.item(1, purpose=Purpose.WITHDRAWAL)
    poster.post(off, number=8)
    poster.post(off, number=8)
    (post,) = wordpress.posts()
    assert post["status"] == "trash"
    assert shown(poster).slots, "that it is gone is what was wanted"
    with wordpress.client() as client:
        client.delete(f"/posts/{post['id']}", params={"force": True})
    poster.post(off, number=8)
    assert wordpress.posts() == []


def test_a_withdrawn_post_comes_back_with_a_new_revision(make: Make, wordpress: WordPress) -> None:
    poster = make(trash=True)
    poster.post(poster.item(1))
    poster.post(poster.item(1, purpose=Purpose.WITHDRAWAL), number=8)
    poster.post(poster.item(1, body="Họp lại lúc 9 giờ."), number=9)
    (post,) = wordpress.posts()
    assert (post["status"], post["slug"]) == ("publish", "thong-bao-mau")
    assert shown(poster).slots


def test_nothing_that_an_author_writes_is_ever_run(make: Make, wordpress: WordPress) -> None:
    wordpress.plugin("add_shortcode('nguy', function () { return 'CHẠY RỒI'; });")
    poster = make(user="quan-tri")  # an administrator's words are not filtered by WordPress
    attack = (
        "<script>alert(1)</script> [nguy] <!-- wp:html --> <img src=x onerror=alert(2)>\n\n"
        "[nguy]\n\nhttp://vi.du/\n\n- [nguy] javascript:alert(3)"
    )
    poster.post(poster.item(1, title="<b>[nguy]</b> Tựa", body=attack, contact="[nguy] <i>x</i>"))
    page = wordpress.page("/thong-bao-mau/").text
    assert "CHẠY RỒI" not in page
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert shown(poster).slots


@pytest.mark.parametrize(
    "body",
    [
        builders.AWKWARD,
        "10x20 mét -- \"trích dẫn\" ... 'a' (c) :) 1/2 & <b> 3×4",
        "ភាសាខ្មែរ នៅលើទំព័រ\n\nالعربية \u202eabc\u202c 😀",
        "Dài. " * 10_000,
    ],
    ids=["awkward", "texturized", "scripts", "50,000 letters"],
)
def test_any_text_is_found_again_on_the_page(make: Make, wordpress: WordPress, body: str) -> None:
    poster = make(user="tac-gia", category="")
    poster.post(poster.item(1, body=body))
    assert shown(poster).slots
    before = wordpress.writes()
    poster.post(poster.item(1, body=body))
    assert wordpress.writes() == before, "it knows its own words again"


def test_an_old_page_out_of_a_cache_confirms_nothing(make: Make, wordpress: WordPress) -> None:
    poster = make()
    poster.post(poster.item(1, body="Họp lúc 7 giờ."))
    old = wordpress.page("/thong-bao-mau/").text
    (wordpress.folder / "cu.html").write_text(old, encoding="utf-8")
    wordpress.plugin(
        "if (strpos($_SERVER['REQUEST_URI'], '/thong-bao-mau/') === 0)"
        " { readfile(ABSPATH . 'cu.html'); exit; }"
    )
    poster.post(poster.item(1, body="Họp lúc 8 giờ."), number=8)
    with pytest.raises(ChannelError, match="Họp lúc 8 giờ") as caught:
        shown(poster)
    assert not caught.value.permanent
    wordpress.plugin("")
    assert shown(poster).slots


def test_a_wrong_password_is_told_with_what_to_do(make: Make) -> None:
    poster = make(password="sai rồi".encode().hex())
    error = poster.refused()
    assert error.permanent
    assert "password_file" in str(error)
    assert isinstance(poster.backend, WordPressBackend)
    with pytest.raises(ChannelError, match="application password"):
        poster.backend.check()


def test_a_user_who_may_not_publish_is_told(make: Make) -> None:
    poster = make(user="cong-tac")
    assert isinstance(poster.backend, WordPressBackend)
    with pytest.raises(ChannelError, match="publish_posts") as caught:
        poster.backend.check()
    assert caught.value.permanent


def test_an_author_cannot_make_the_category_and_is_told(make: Make, wordpress: WordPress) -> None:
    poster = make(user="tac-gia")
    assert "“Thông báo”" in str(poster.refused())
    assert wordpress.posts() == []
    wordpress.change("/categories", name="Thông báo")
    poster.post(poster.item(1))
    assert len(wordpress.posts("publish")) == 1


def test_another_page_at_the_address_of_the_qr_code_is_told(
    make: Make, wordpress: WordPress
) -> None:
    wordpress.change("/posts", title="Của người khác", slug="thong-bao-mau", status="publish")
    error = make().refused()
    assert error.permanent
    assert "thong-bao-mau" in str(error)
    assert len(wordpress.posts()) == 1, "nothing half-made is left"


def test_beside_another_portal_a_taken_name_does_no_harm(make: Make, wordpress: WordPress) -> None:
    wordpress.change("/posts", title="Của người khác", slug="thong-bao-mau", status="publish")
    poster = make(holds_permalink=False)
    receipt = poster.post(poster.item(1))
    assert receipt.reference == f"{wordpress.url}/thong-bao-mau-2/"
    poster.post(poster.item(1, body="Nội dung mới."), number=8)
    assert len(wordpress.posts()) == 2


def test_addresses_that_wordpress_gives_otherwise_are_told(
    make: Make, wordpress: WordPress
) -> None:
    wordpress.plugin("add_filter('pre_option_permalink_structure', fn () => '/tin/%postname%/');")
    error = make().refused()
    assert error.permanent
    assert f"{wordpress.url}/tin/thong-bao-mau/" in str(error)
    assert wordpress.posts() == []


def test_a_file_that_is_too_large_is_told(make: Make, wordpress: WordPress) -> None:
    wordpress.plugin(
        "if ($_SERVER['REQUEST_METHOD'] == 'POST' && strpos($_SERVER['REQUEST_URI'], '/media'))"
        " { http_response_code(413); exit; }"
    )
    error = make().refused(make().item(1, flyer=PDF))
    assert error.permanent
    assert "upload_max_filesize" in str(error)
    assert wordpress.posts() == []


def test_a_half_finished_upload_is_taken_away_and_done_again(
    make: Make, wordpress: WordPress
) -> None:
    poster = make()
    poster.post(poster.item(1, flyer=PDF))
    (file,) = wordpress.media()
    wordpress.plugin(
        "add_filter('wp_get_attachment_metadata', function ($d, $id) {"
        f" if ($id == {file['id']}) $d['filesize'] = 3; return $d; }}, 10, 2);"
    )
    again = make(forgets=True, overwrite=frozenset({"*"}))
    again.post(again.item(1, flyer=PDF), number=8)
    (new,) = wordpress.media()
    assert new["id"] != file["id"]
    assert new["media_details"]["filesize"] == len(PDF)


def test_what_a_plugin_changes_on_saving_is_not_taken_for_an_edit(
    make: Make, wordpress: WordPress
) -> None:
    wordpress.plugin(
        "add_filter('content_save_pre', fn ($t) => str_replace('họp', '<em>họp</em>', $t));"
    )
    poster = make()
    poster.post(poster.item(1, body="Mời họp."))
    poster.post(poster.item(1, body="Mời họp lúc 8 giờ."), number=8)
    (post,) = wordpress.posts()
    assert "8 giờ" in content(post)
    assert shown(poster).slots


def test_a_wordpress_in_trouble_is_tried_again(make: Make, wordpress: WordPress) -> None:
    wordpress.plugin("http_response_code(503); header('Retry-After: 120'); exit;")
    error = make().refused()
    assert not error.permanent
    assert error.retry_after == timedelta(seconds=120)
    wordpress.plugin("usleep(500000);")
    slow = make(timeout=0.2)
    assert "in time" in str(slow.refused())


def test_a_wordpress_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    backend = wordpress_backend("http://127.0.0.1:9", "x", builders.MemoryRemoteIds())
    error = Poster(backend, tmp_path, "http://127.0.0.1:9").refused()
    assert not error.permanent
    backend.close()


def test_another_server_at_the_address_is_told(make: Make, wordpress: WordPress) -> None:
    wordpress.plugin("http_response_code(404); echo '<h1>Không có</h1>'; exit;")
    error = make().refused()
    assert error.permanent
    assert "Permalinks" in str(error)
    wordpress.plugin("http_response_code(301); header('Location: https://noi.khac/'); exit;")
    assert "https://noi.khac/" in str(make().refused())


def test_a_check_looks_at_everything_and_writes_nothing(make: Make, wordpress: WordPress) -> None:
    poster = make()
    assert isinstance(poster.backend, WordPressBackend)
    poster.backend.check()
    poster.post(poster.item(1))
    before = wordpress.writes()
    poster.backend.check()
    assert wordpress.writes() == before
    wordpress.plugin("add_filter('pre_option_permalink_structure', fn () => '');")
    with pytest.raises(ChannelError, match="Post name"):
        poster.backend.check()
