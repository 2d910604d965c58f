"""The bulletin: a week's approved campaigns in one document, the same bytes each time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support import builders
from support.commune import NOTICE, WARNING, files_below, loa, make_commune
from support.paper import (
    in_grey,
    letters,
    metadata,
    pages,
    scanned,
    size_in_mm,
    text_by_page,
    text_of,
)
from support.portal import Desk, Page, parse_errors, post

from channels.base import Refreshes
from channels.portal.bulletins import bulletin_files
from channels.portal.channel import PortalOptions
from channels.portal.pages import builder
from engine.app import open_app
from engine.app.bulletins import publish_bulletin
from engine.clock import VIETNAM, SimulatedClock
from engine.errors import LoaError
from engine.models import Priority, Purpose
from engine.models.correction import Amends, Correction, withdrawn_body, withdrawn_title
from engine.models.facts import Facts
from engine.reports.bulletin import (
    Bulletin,
    Item,
    Told,
    bulletin_pdf,
    days,
    gathered,
    posted,
    week,
    week_of,
)
from engine.reports.bulletin.page import bulletin_mark
from engine.reports.bulletin.telling import correction_of, meant_for, parts_of, validity_of

NOW = datetime(2026, 12, 2, 8, 0, tzinfo=VIETNAM)
WEEK = week("2026-W49")
SECRET = "mat-khau-dai-du-1"


def wording(body: str, *hamlets: str, **changes: Any) -> Told:
    return Told(builders.content("portal", PortalOptions(), body=body, **changes), hamlets)


def item(*told: Told, **changes: Any) -> Item:
    content = told[0].content
    values: dict[str, Any] = {
        "campaign_id": content.campaign_id,
        "revision": 1,
        "title": content.title,
        "issuer": content.issuer,
        "priority": content.priority,
        "approved_at": NOW,
        "valid_until": content.valid_until,
        "contact": content.contact,
        "told": told,
        "permalink": content.permalink,
    }
    return Item(**{**values, **changes})


def said(*items: Item, **how: Any) -> str:
    registry = builders.registry()
    return letters(text_of(bulletin_pdf(Bulletin(WEEK, registry, items), **how)))


@pytest.mark.parametrize("text", ["2026-W49", "2026-w49", "2026W49", " 2026-W49 "])
def test_a_week_is_named_as_calendars_name_it(text: str) -> None:
    assert (week(text).first, week(text).last) == (date(2026, 11, 30), date(2026, 12, 6))
    assert week(text) == week_of(NOW)


@pytest.mark.parametrize("text", ["2026-W54", "W49", "49", "2026-W0", "", "tuần này"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(LoaError, match="2026-W49"):
        week(text)


def test_days_in_a_row_are_bounded() -> None:
    first = date(2026, 12, 1)
    assert days(first, first).before == datetime(2026, 12, 2, tzinfo=VIETNAM)
    for last in (date(2026, 11, 30), date(2027, 12, 1)):
        with pytest.raises(LoaError, match="92"):
            days(first, last)


def test_it_carries_masthead_contents_and_every_notice_with_its_code() -> None:
    notice = item(wording("Mời bà con đi tiêm."))
    pdf = bulletin_pdf(Bulletin(WEEK, builders.registry(), (notice,)))
    text = letters(text_of(pdf))
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "BẢN TIN XÃ MẪU",
        "Tuần 49 (từ 30/11 đến 06/12/2026)",
        "Trong số này: 1 thông báo",
        "1. Thông báo tiêm vắc xin",
        "Mời bà con đi tiêm.",
        "Liên hệ: Trạm Y tế xã",
    ):
        assert letters(words) in text, words
    assert size_in_mm(pdf) == (210, 297)
    assert "https://xa-mau.example/thong-bao-mau/" in scanned(in_grey(pdf))


def test_it_says_that_it_is_accessible_and_to_be_kept() -> None:
    pdf = bulletin_pdf(Bulletin(WEEK, builders.registry(), (item(wording("Một.")),)))
    assert b"pdfuaid:part" in pdf
    assert re.search(rb"pdfaid:part\W+2", pdf)
    assert metadata(pdf)["Title"] == "Bản tin Xã Mẫu, Tuần 49 (từ 30/11 đến 06/12/2026)"


def test_the_same_bulletin_is_the_same_bytes_and_large_print_is_larger() -> None:
    made = Bulletin(WEEK, builders.registry(), (item(wording("Đoạn văn. " * 120)),))
    assert bulletin_pdf(made) == bulletin_pdf(made)
    assert pages(bulletin_pdf(made, large=True)) > pages(bulletin_pdf(made))


def test_what_all_hamlets_are_told_stands_once() -> None:
    one = wording("Mời bà con Ấp 1 đi họp.\n\nLúc 7 giờ.\n\nMang theo sổ.", "Ấp 1")
    two = wording("Mời bà con Ấp 2 đi họp.\n\nLúc 8 giờ.\n\nMang theo sổ.", "Ấp 2")
    text = said(item(one, two))
    assert letters("Mời bà con Ấp 1, Ấp 2 đi họp.") in text
    assert letters("Ấp 1: Lúc 7 giờ. Ấp 2: Lúc 8 giờ. Mang theo sổ.") in text
    assert text.count(letters("Mang theo sổ.")) == 1
    assert letters("Dành cho: Ấp 1, Ấp 2") in text


def test_wordings_that_have_little_in_common_stand_whole() -> None:
    text = said(item(wording("Một.\n\nHai.", "Ấp 1"), wording("Ba.", "Ấp 2")))
    assert letters("Ấp 1: Một. Hai. Ấp 2: Ba.") in text


def test_corrections_and_what_is_over_are_marked() -> None:
    change = Correction("ghi sai giờ", NOW, 1, "Tiêm phòng", NOW - timedelta(days=1))
    corrected = wording("Lúc 8 giờ.", purpose=Purpose.CORRECTION, correction=change)
    text = said(item(corrected))
    assert text.count(letters("ĐÍNH CHÍNH")) == 1
    assert letters("Đính chính thông báo “Tiêm phòng” ngày 01/12/2026: ghi sai giờ.") in text
    gone = replace(change, amends=Amends.WITHDRAWAL)
    withdrawn = wording("Bà con không làm theo.", purpose=Purpose.WITHDRAWAL, correction=gone)
    assert letters("THU HỒI") in said(item(withdrawn))
    assert letters("ĐÃ HẾT HẠN · KHẨN CẤP") in said(
        item(wording("Lũ."), expired=True, priority=Priority.EMERGENCY)
    )
    stopped = said(item(wording("Giờ cũ."), stopped=True))
    assert letters("ĐÃ DỪNG, KHÔNG CÒN ÁP DỤNG") in stopped
    assert letters("Giờ cũ.") not in stopped


def test_a_correction_for_some_hamlets_names_them() -> None:
    change = Correction("ghi sai giờ", NOW, 1, "Tiêm phòng", NOW - timedelta(days=1))
    changed = wording("Lúc 8 giờ.", "Ấp 2", purpose=Purpose.CORRECTION, correction=change)
    text = said(item(wording("Lúc 7 giờ.", "Ấp 1"), changed))
    assert text.count(letters("ĐÍNH CHÍNH")) == 1
    assert letters("Ấp 2: Đính chính thông báo “Tiêm phòng”") in text
    assert letters("Có hiệu lực đến") in text


def taken_back(facts: Correction, *hamlets: str) -> Told:
    """Return what a place is told where the notice does not hold any more."""
    body = withdrawn_body(facts, here=not facts.withdraws)
    values = {"purpose": Purpose.WITHDRAWAL, "correction": facts}
    return wording(body, *hamlets, title=withdrawn_title(facts), **values)


def test_what_was_withdrawn_says_so_once_and_since_when_it_holds_no_more() -> None:
    first = NOW - timedelta(days=1)
    dropped = Correction("Ấp 2 không cúp", NOW - timedelta(hours=2), 1, "Cúp nước", first)
    gone = replace(dropped, reason="mưa lớn", at=NOW, number=2, amends=Amends.WITHDRAWAL)
    corrected = replace(gone, previous_amends=Amends.CORRECTION)
    told = taken_back(gone, "Ấp 1"), taken_back(dropped, "Ấp 2"), taken_back(corrected, "Ấp 3")
    whole = item(*told)
    assert "Có hiệu lực" not in validity_of(whole)
    text = said(whole)
    assert letters("Hết hiệu lực từ 08 giờ 00 ngày 02/12/2026") in text
    for words in ("Ấp 1: Thông báo “Cúp nước”", "Ấp 2: Thông báo “Cúp nước”", "Lý do: Ấp 2 không"):
        assert text.count(letters(words)) == 1, words
    assert text.count(letters("Lý do: mưa lớn.")) == 2, "of two hamlets"
    assert text.count(letters("mưa lớn")) == 2
    assert [part.hamlets.replace("\xa0", " ") for part in parts_of(whole)] == [
        "Ấp 1",
        "Ấp 2",
        "Ấp 3",
    ]


def test_the_communes_code_and_address_never_stand_alone_on_a_page() -> None:
    registry = builders.registry()
    for lines in range(20, 34):
        one = item(wording("\n\n".join(["Cắt điện ở đây."] * lines)))
        made = [text_by_page(bulletin_pdf(Bulletin(WEEK, registry, (one,))))]
        several = (item(wording("Một. " * 60)), one, item(wording("Hai.", title="Cuối")))
        made.append(text_by_page(bulletin_pdf(Bulletin(WEEK, registry, several))))
        for printed in made:
            closing = letters(printed[-1])
            assert letters(registry.portal.url) in closing
            assert letters("Liên hệ:") in closing, (lines, printed[-1])


def test_a_hamlet_that_a_correction_dropped_does_not_speak_for_the_others() -> None:
    facts = Correction("Ấp 1 không cúp", NOW, 1, "Cúp nước", NOW - timedelta(days=1))
    told = [
        taken_back(facts, "Ấp 1"),
        wording("Cúp lúc 8 giờ.", "Ấp 2", purpose=Purpose.CORRECTION, correction=facts),
    ]
    mixed = item(*told)
    assert bulletin_mark(mixed) == "ĐÍNH CHÍNH"
    assert meant_for(mixed, 9) == "Ấp 2".replace(" ", "\N{NO-BREAK SPACE}")
    assert [letters(part.hamlets) for part in parts_of(mixed)] == ["Ấp2", "Ấp1"]
    assert letters(correction_of(mixed)).startswith(letters("Ấp 2: Đính chính thông báo"))
    until = letters(validity_of(mixed))
    assert until.startswith(letters("Có hiệu lực đến"))
    assert until.endswith(letters("Ấp 1: hết hiệu lực từ 08 giờ 00 ngày 02/12/2026"))


def test_hostile_words_are_printed_and_run_nothing() -> None:
    hostile = '#panic("x") $x$ *đậm* @nhãn <a> `mã` \\ #sys.inputs \u202eđảo'
    text = said(item(wording(hostile, title='#import "x"')))
    assert letters('#panic("x") $x$ *đậm* @nhãn <a> `mã` \\ #sys.inputs đảo') in text


def test_a_week_without_campaigns_says_so() -> None:
    assert letters("xã không có thông báo nào") in said()


DRILL = NOTICE.replace("id: tiem-phong", "id: dien-tap").replace(
    "contact:", "drill: true\ncontact:", 1
)
CANCELLED = NOTICE.replace("id: tiem-phong", "id: bi-huy")
ONE_HAMLET = NOTICE.replace("id: tiem-phong", "id: mot-ap").replace(
    "hamlets:\n  ap-1: {gio: 7 giờ}\n  ap-2: {gio: 8 giờ}",
    "audience: {hamlets: [ap-1]}\nvalues: {gio: 9 giờ}",
)
QUIET = "channels: {portal: true, flyer: true}\n"


@pytest.fixture
def xa(tmp_path: Path) -> Path:
    notices = {"tiem-phong": NOTICE, "dien-tap": DRILL, "bi-huy": CANCELLED, "mot-ap": ONE_HAMLET}
    files = {name: text + QUIET for name, text in notices.items()}
    return make_commune(tmp_path / "xa", {**files, "bao-lu": WARNING + "channels: {chat: true}\n"})


def approve(xa: Path, *names: str) -> None:
    app = open_app(xa)
    app.office.set_passphrase("minh", SECRET, None)
    for name in names:
        app.office.submit(xa / "campaigns" / f"{name}.yaml", "lan")
        app.office.approve(name, "minh", SECRET)


def test_urgent_ones_come_first_then_the_newest_and_what_is_over_last(xa: Path) -> None:
    approve(xa, "tiem-phong", "mot-ap", "bao-lu")
    app = open_app(xa)
    path = xa / "campaigns" / "tiem-phong.yaml"
    path.write_text(path.read_text("utf-8").replace("8 giờ", "9 giờ"), encoding="utf-8")
    clock = app.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(hours=1))
    app.office.submit(path, "lan")
    app.office.approve("tiem-phong", "minh", SECRET)
    made = gathered(app.ledger, app.registry, WEEK, NOW)
    assert [one.campaign_id for one in made.items] == ["bao-lu", "tiem-phong", "mot-ap"]
    later = gathered(app.ledger, app.registry, WEEK, NOW + timedelta(days=2))
    assert [one.campaign_id for one in later.items][-1] == "bao-lu"


def test_a_short_notice_is_not_broken_over_two_pages_nor_the_communes_name() -> None:
    registry = builders.registry()
    commune = replace(registry.commune, name="Xã Bình Hòa Hưng")
    many = tuple(
        item(wording("Cắt điện. " * 20, title=f"Tin số {one}"), title=f"Tin số {one}")
        for one in range(30)
    )
    for large in (False, True):
        pdf = bulletin_pdf(Bulletin(WEEK, replace(registry, commune=commune), many), large=large)
        first = text_of(pdf, pages=1)
        assert "XÃ BÌNH HÒA HƯNG" in first.replace("\N{NO-BREAK SPACE}", " ")
        for page in text_by_page(pdf):
            assert page.count("Xem bản mới nhất") == page.count("ngày 02/12/2026")


def test_it_gathers_what_was_approved_and_leaves_out_what_nobody_was_told(xa: Path) -> None:
    approve(xa, "tiem-phong", "dien-tap", "bi-huy", "mot-ap", "bao-lu")
    app = open_app(xa)
    app.office.cancel("bi-huy", "minh", "nhầm")
    app.office.submit(xa / "campaigns" / "bi-huy.yaml", "lan")  # waits, and is not told
    made = gathered(app.ledger, app.registry, WEEK, NOW)
    assert [one.campaign_id for one in made.items] == ["bao-lu", "mot-ap", "tiem-phong"]
    flood, one, shots = made.items
    assert flood.permalink == ""
    assert [(told.hamlets, told.content.body) for told in shots.told] == [
        (("Ấp 1",), "Tiêm phòng lúc 7 giờ."),
        (("Ấp 2",), "Tiêm phòng lúc 8 giờ."),
    ]
    assert [told.hamlets for told in one.told] == [("Ấp 1",)]
    assert gathered(app.ledger, app.registry, week("2026-W48"), NOW).items == ()


def test_it_tells_the_newest_approved_words(xa: Path) -> None:
    approve(xa, "mot-ap")
    path = xa / "campaigns" / "mot-ap.yaml"
    path.write_text(path.read_text().replace("9 giờ", "10 giờ"))
    app = open_app(xa)
    app.office.submit(path, "lan")
    (waiting,) = gathered(app.ledger, app.registry, WEEK, NOW).items
    assert waiting.told[0].content.body == "Tiêm phòng lúc 9 giờ."
    app.office.approve("mot-ap", "minh", SECRET)
    (newest,) = gathered(app.ledger, app.registry, WEEK, NOW).items
    assert (newest.revision, newest.told[0].content.body) == (2, "Tiêm phòng lúc 10 giờ.")
    (later,) = gathered(app.ledger, app.registry, WEEK, NOW + timedelta(days=30)).items
    assert later.expired


def test_what_people_were_told_and_was_stopped_is_named_without_its_words(xa: Path) -> None:
    approve(xa, "mot-ap")
    assert loa("run", cwd=xa).returncode == 0
    app = open_app(xa)
    place = xa / "outbox" / "portal"
    before = {name for name in files_below(place) if not name.startswith(".")}
    publish_bulletin(app, gathered(app.ledger, app.registry, WEEK, NOW), "lan")
    with_bulletin = files_below(place).keys()
    assert before < with_bulletin
    portal = app.channels["portal"]
    assert isinstance(portal, Refreshes)
    portal.refresh(NOW)
    assert with_bulletin <= files_below(place).keys()
    app.office.cancel("mot-ap", "minh", "hoãn")
    (stopped,) = gathered(app.ledger, app.registry, WEEK, NOW).items
    assert stopped.stopped
    text = letters(text_of(bulletin_pdf(Bulletin(WEEK, app.registry, (stopped,)))))
    assert letters("ĐÃ DỪNG, KHÔNG CÒN ÁP DỤNG") in text
    assert letters("9 giờ") not in text


def test_it_is_a_page_of_the_portal_and_stays_on_the_list(xa: Path) -> None:
    approve(xa, "tiem-phong", "mot-ap")
    app = open_app(xa)
    place = xa / "outbox" / "portal"
    kept: dict[str, bytes] = {}
    for period in (WEEK, week("2026-W50"), WEEK):
        made = gathered(app.ledger, app.registry, period, NOW)
        assert publish_bulletin(app, made, "lan").endswith(f"/ban-tin/{period.name}/")
        kept = files_below(place)
        if period is not WEEK:
            continue
        page = kept["ban-tin/2026-w49/index.html"].decode()
        assert 'href="https://xa-mau.example/mot-ap/"' in page
        assert kept["ban-tin/2026-w49/ban-tin-2026-w49.pdf"] == bulletin_pdf(made)
    listed = kept["ban-tin/index.html"].decode()
    assert "2026-w49/index.html" in listed
    assert "2026-w50/index.html" in listed
    assert listed.count("<li>") == 2


FACTS = Facts(when=("7 giờ ngày 5/12",), where=("Trạm Y tế",), contact=("Trạm Y tế xã",))


def test_facts_stand_above_the_words_on_paper_and_on_the_page() -> None:
    one = wording("Mời bà con.\n\n- Sổ\n- Thẻ", "Ấp 1", facts=FACTS, contact="Trạm Y tế xã")
    later = replace(FACTS, when=("9 giờ ngày 5/12",))
    two = wording("Mời bà con.\n\n- Sổ\n- Thẻ", "Ấp 2", facts=later, contact="Trạm Y tế xã")
    text = said(item(one, two))
    assert letters("Ấp 1: Khi nào: 7 giờ ngày 5/12 Ấp 2: Khi nào: 9 giờ ngày 5/12") in text
    assert letters("Ở đâu: Trạm Y tế Mời bà con.") in text
    assert "Hỏiai" not in text  # the contact below says it
    page, documents = posted(Bulletin(WEEK, builders.registry(), (item(one, two),)))
    files = dict(bulletin_files(page, documents, Path("/nonexistent")))
    shown = Page(files["ban-tin/2026-w49/index.html"].decode())
    words = letters(shown.text)
    assert letters("Ấp 1 Khi nào 7 giờ ngày 5/12 Ấp 2 Khi nào 9 giờ ngày 5/12") in words
    places = [words.index(letters(one)) for one in ("Ở đâu", "Mời bà con.", "Liên hệ: Trạm Y tế")]
    assert places == sorted(places)
    assert len(shown.all("li")) == 2 + len(documents)
    assert "https://xa-mau.example/thong-bao-mau/" in shown.addresses()
    assert parse_errors(files["ban-tin/2026-w49/index.html"]) == []


def test_what_is_corrected_after_a_bulletin_came_out_is_not_told_on_its_page(
    tmp_path: Path,
) -> None:
    """The posts and the bulletin are the site's own; the site alone has to know."""
    desk = Desk(tmp_path / "site")
    right, wrong = post(campaign_id="khac", body="Vẫn đúng."), post(body="Họp lúc 7 giờ.")
    desk.publish([*desk.items(right), *desk.items(wrong)])
    told = [item(Told(content), approved_at=NOW) for content in (wrong, right)]
    page, documents = posted(Bulletin(WEEK, desk.registry, tuple(told)))
    desk.backend.put_beside(lambda root: bulletin_files(page, documents, root))
    name = "ban-tin/2026-w49/index.html"
    assert "Họp lúc 7 giờ." in desk.read(name).replace("\xa0", " ")
    change = Correction("ghi sai giờ", NOW, 1, "Họp dân", NOW - timedelta(days=1))
    at = NOW + timedelta(hours=2)
    amended = post(body="Họp lúc 8 giờ.", correction=replace(change, at=at))
    desk.publish(desk.items(replace(amended, purpose=Purpose.CORRECTION)), slot=at)
    after = desk.read(name).replace("\xa0", " ")
    assert "Họp lúc 7 giờ." not in after
    assert "Sau khi bản tin ra, 10:00 ngày 02/12/2026" in after
    assert "ghi sai giờ" in after
    assert "Vẫn đúng." in after
    assert parse_errors(after.encode()) == []
    text = desk.read("catalogue.json").replace(builder(), "another")
    (desk.root / "catalogue.json").write_text(text, "utf-8")
    desk.backend.refresh(at)  # as another version of Loa does it
    assert desk.read(name).replace("\xa0", " ") == after


def test_hostile_words_are_text_on_the_page() -> None:
    page, documents = posted(
        Bulletin(WEEK, builders.registry(), (item(wording("x", title="<script>1</script>")),))
    )
    files = dict(bulletin_files(page, documents, Path("/nonexistent")))
    assert b"<script>" not in files["ban-tin/2026-w49/index.html"]
    assert b"&lt;script&gt;" in files["ban-tin/2026-w49/index.html"]


def test_the_command_writes_it_and_says_what_it_gathered(xa: Path) -> None:
    approve(xa, "tiem-phong", "mot-ap")
    done = loa("bulletin", "--week", "2026-W49", cwd=xa)
    assert "2 campaigns" in done.stdout
    (pdf,) = (xa / "bulletins").iterdir()
    assert pdf.name == "ban-tin-2026-w49.pdf"
    first = pdf.read_bytes()
    assert loa("bulletin", cwd=xa).returncode == 0
    assert pdf.read_bytes() == first
    assert loa("bulletin", "--publish", cwd=xa).returncode == 2
    assert loa("bulletin", "--publish", "--by", "nobody", cwd=xa).returncode == 1
    assert not (xa / "outbox" / "portal" / "ban-tin").exists()
    for wrong in (["--week", "49"], ["--from", "01/12/2026"], ["--week", "2026-W49", "--to", "x"]):
        refused = loa("bulletin", *wrong, cwd=xa)
        assert refused.returncode in (1, 2), wrong
        assert "Traceback" not in refused.stderr
