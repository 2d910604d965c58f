"""Amending: each place is told what it knew last, and only words count, not how they look."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import builders
from support.amending import (
    CORRECTED,
    FIRST,
    KHMER,
    LATER,
    REGISTRY,
    SECOND,
    SENTENCE,
    Memory,
    amending,
    as_document,
    in_two_languages,
    notice,
    on_paper,
    said,
    stops,
    withdrawing,
)

from channels.base import Channel
from channels.chat.channel import ChatOptions
from channels.flyer.inputs import inputs_for
from channels.flyer.options import FlyerOptions
from channels.flyer.products import Product
from channels.portal.channel import PortalOptions
from engine.app import build_channels, close_channels
from engine.errors import LoaError
from engine.models import (
    Amends,
    Audience,
    Purpose,
    Section,
    Stated,
)
from engine.models.correction import Document, Earlier
from engine.planner.amendment import as_amended, refuse_unknown_parts
from engine.settings import Settings
from engine.states import State

GONE = "សេចក្តីជូនដំណឹងនេះលែងមានសុពលភាព។"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests read messages in English."""
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def channels(tmp_path: Path) -> Iterator[dict[str, Channel]]:
    made = build_channels(Settings(), tmp_path / "xa", builders.MemoryRemoteIds())
    yield made
    close_channels(made)


@pytest.fixture
def memory(channels: dict[str, Channel]) -> Memory:
    return Memory(channels)


def test_a_withdrawal_names_to_each_place_what_it_knew_last(memory: Memory) -> None:
    memory.opened(notice(), 1)
    corrected = amending(notice(body="Họp lúc 9 giờ.", title="Thông báo sửa"), FIRST)
    memory.opened(corrected, 2, only="ap-1")
    plan = memory.plan(withdrawing(corrected, SECOND, FIRST))
    for content in said(plan, "ap-1"):
        assert content.title == "Thu hồi thông báo: Thông báo sửa"
        assert "(bản đính chính ngày 02/12/2026) nay được thu hồi" in content.body
        assert content.correction is not None
        assert content.correction.corrects == 2
    for content in said(plan, "ap-2"):
        assert content.title == "Thu hồi thông báo: Thông báo"
        assert "“Thông báo” ngày 01/12/2026 nay được thu hồi" in content.body
        assert content.correction is not None
        assert content.correction.corrects == 1


def test_paper_of_a_hamlet_that_a_correction_leaves_out_is_marked_as_withdrawn(
    memory: Memory,
) -> None:
    every = FlyerOptions(products=(*Product,), second_language=KHMER)
    memory.opened(notice(flyer=every), 1)
    fewer = notice(flyer=every, body="Họp lúc 9 giờ.", audience=Audience(hamlets=("ap-1",)))
    plan = memory.plan(amending(fewer, FIRST, second=CORRECTED, second_withdrawn=GONE))
    marks = {
        (hamlet, product, inputs_for(content, REGISTRY.hamlets_by_id[hamlet], product).mark)
        for hamlet in ("ap-1", "ap-2")
        for content in said(plan, hamlet)
        if content.channel == "flyer"
        for product in content.options_as(FlyerOptions).products
    }
    assert {mark for hamlet, _product, mark in marks if hamlet == "ap-1"} == {"ĐÍNH CHÍNH"}
    assert {mark for hamlet, _product, mark in marks if hamlet == "ap-2"} == {"THU HỒI"}
    assert {product for hamlet, product, _mark in marks if hamlet == "ap-2"} == {*Product}


def test_a_second_correction_names_to_each_place_what_it_knew_last(memory: Memory) -> None:
    memory.opened(notice(), 1)
    memory.opened(amending(notice(body="Họp lúc 9 giờ."), FIRST), 2, only="ap-1")
    plan = memory.plan(amending(notice(body="Họp lúc 10 giờ."), SECOND, FIRST))
    openings = {
        hamlet: {c.correction.opening for c in said(plan, hamlet) if c.correction}
        for hamlet in ("ap-1", "ap-2")
    }
    first = "Đính chính thông báo “Thông báo” ngày 01/12/2026: nhầm giờ."
    second = "Đính chính thông báo “Thông báo sửa” (bản đính chính ngày 02/12/2026): nhầm giờ."
    assert openings == {"ap-1": {second}, "ap-2": {first}}


def test_who_first_hears_of_it_by_the_corrected_notice_knows_a_notice(memory: Memory) -> None:
    memory.opened(notice(audience=Audience(hamlets=("ap-2",))), 1)
    memory.opened(amending(notice(), FIRST), 2, only="ap-1")
    plan = memory.plan(withdrawing(notice(), SECOND, FIRST))
    for content in said(plan, "ap-1"):
        assert "“Thông báo sửa” ngày 02/12/2026 nay được thu hồi" in content.body


@pytest.mark.parametrize("amends", [Amends.CORRECTION, Amends.UPDATE])
def test_other_paper_for_the_same_words_corrects_nobody(memory: Memory, amends: Amends) -> None:
    first = memory.opened(notice(), 1)
    small = FlyerOptions(products=(Product.A6, Product.NOTICE), show_hamlet=False)
    plan = memory.plan(amending(notice(flyer=small), FIRST, amends=amends))
    assert plan.deliveries == ()
    assert plan.kept == frozenset(range(1, len(first.deliveries) + 1))


def test_other_paper_is_made_of_what_was_not_sent_yet(memory: Memory) -> None:
    memory.opened(notice(), 1, only="ap-1")
    memory.opened(notice(), 1, only="ap-2", state=State.PLANNED)
    small = FlyerOptions(products=(Product.A6,))
    plan = memory.plan(amending(notice(flyer=small), FIRST))
    assert {(o.hamlet_id, o.purpose) for o in plan.deliveries} == {("ap-2", Purpose.NOTICE)}


def test_a_flyers_own_words_are_corrected_with_the_post_that_hands_it_out(memory: Memory) -> None:
    memory.opened(notice(), 1)
    plan = memory.plan(amending(notice(flyer=FlyerOptions(bring=("Sổ tiêm",))), FIRST))
    channels = {one.channel for one in plan.deliveries}
    assert channels == {"flyer", "portal", "chat"}
    assert {one.purpose for one in plan.deliveries} == {Purpose.CORRECTION}


def test_readers_of_a_second_language_are_told_or_left_out_knowingly(
    memory: Memory, channels: dict[str, Channel]
) -> None:
    memory.opened(notice(flyer=in_two_languages()), 1)
    other = notice(flyer=in_two_languages("ប្រជុំម៉ោង ៩។"), body="Họp lúc 9 giờ.")
    assert "--reason-second" in stops(memory.plan(amending(other, FIRST)))
    plan = memory.plan(amending(other, FIRST, second=CORRECTED))
    assert not plan.stops
    assert f"{CORRECTED}\n\nប្រជុំម៉ោង ៩។" in on_paper(channels, plan)
    knowingly = notice(body="Họp lúc 9 giờ.")
    assert "keep it there" in stops(memory.plan(amending(knowingly, FIRST, second=CORRECTED)))
    plan = memory.plan(amending(knowingly, FIRST, without=("flyer:bilingual",)))
    assert not plan.stops
    assert "left out, as asked: flyer:bilingual" in plan.remarks


def test_another_text_in_the_second_language_amends_what_carries_it(memory: Memory) -> None:
    memory.opened(notice(flyer=in_two_languages()), 1)
    other = in_two_languages("ប្រជុំម៉ោង ៩។")
    plan = memory.plan(amending(notice(flyer=other), FIRST, second=CORRECTED))
    assert {(one.channel, one.purpose) for one in plan.deliveries} == {
        ("flyer", Purpose.CORRECTION)
    }
    brought = other.model_copy(update={"bring": ("Sổ tiêm",)})
    plan = memory.plan(amending(notice(flyer=brought), FIRST, second=CORRECTED))
    assert {one.channel for one in plan.deliveries} == {"flyer", "portal", "chat"}


def test_a_post_that_hands_out_the_second_language_is_amended_with_it(memory: Memory) -> None:
    first = in_two_languages().model_copy(update={"products": (Product.BILINGUAL,)})
    other = in_two_languages("ប្រជុំម៉ោង ៩។").model_copy(update={"products": first.products})
    memory.opened(notice(flyer=first), 1)
    plan = memory.plan(amending(notice(flyer=other), FIRST, second=CORRECTED))
    assert {one.channel for one in plan.deliveries} == {"flyer", "portal", "chat"}


def test_readers_of_a_second_language_are_told_of_a_withdrawal(
    memory: Memory, channels: dict[str, Channel]
) -> None:
    memory.opened(notice(flyer=in_two_languages()), 1)
    said = withdrawing(notice(flyer=in_two_languages()), FIRST)
    assert "--reason-second" in stops(memory.plan(said))
    plan = memory.plan(withdrawing(notice(flyer=in_two_languages()), FIRST, second=CORRECTED))
    assert not plan.stops
    read = on_paper(channels, plan)
    assert CORRECTED in read
    assert KHMER.text not in read
    assert "Hết hiệu lực từ 08 giờ 00 ngày 02/12/2026" in read


def test_an_amendment_is_a_document_of_its_own(
    memory: Memory, channels: dict[str, Channel]
) -> None:
    memory.opened(notice(flyer=as_document("12/TB-UBND")), 1)
    same = notice(flyer=as_document("12/TB-UBND"), body="Họp lúc 9 giờ.")
    assert "12/TB-UBND" in stops(memory.plan(amending(same, FIRST)))
    for number in ("13/TB-UBND", ""):
        other = notice(flyer=as_document(number), body="Họp lúc 9 giờ.")
        assert not memory.plan(amending(other, FIRST)).stops
    old = Document("12/TB-UBND")
    assert "--number" in stops(memory.plan(withdrawing(same, FIRST, document=old)))
    plan = memory.plan(withdrawing(same, FIRST))
    assert not plan.stops
    assert "without a number" in " ".join(plan.remarks)
    assert "12/TB-UBND" not in on_paper(channels, plan)
    plan = memory.plan(withdrawing(same, FIRST, document=Document("14/TB-UBND", LATER.date())))
    assert not [one for one in plan.remarks if "number" in one]
    assert "Số: 14/TB-UBND" in on_paper(channels, plan)
    assert "ngày 02 tháng 12 năm 2026" in on_paper(channels, plan)


def test_what_is_stated_in_vain_is_told(memory: Memory) -> None:
    memory.opened(notice(), 1)
    stated = withdrawing(notice(), FIRST, second=CORRECTED, document=Document("14/TB-UBND"))
    said_of_it = " | ".join(memory.plan(stated).remarks)
    assert "--reason-second: nobody" in said_of_it
    assert "--number, --date: nothing" in said_of_it


def test_one_paper_without_room_can_be_left_out(memory: Memory) -> None:
    small = FlyerOptions(products=(Product.A5, Product.A6))
    text = " ".join([SENTENCE] * 31)
    memory.opened(notice(flyer=small, body=text), 1)
    reason = " ".join("r" * 150)
    wider = amending(notice(flyer=small, body=f"{text} {SENTENCE}"), FIRST, reason=reason)
    found = stops(memory.plan(wider))
    assert "A6 page" in found
    assert "A5" not in found
    assert "--without flyer:a6" in found
    assert wider.correction is not None
    left_out = dataclasses.replace(wider.correction, without=("flyer:a6",))
    plan = memory.plan(as_amended(wider, left_out))
    assert not plan.stops
    assert "left out, as asked: flyer:a6" in plan.remarks
    assert {one.channel for one in plan.deliveries} == {"flyer", "portal", "chat"}


@pytest.mark.parametrize("part", ["flyer:a7", "giay:a6", "a6"])
def test_only_what_there_is_can_be_left_out(channels: dict[str, Channel], part: str) -> None:
    refuse_unknown_parts(channels, ("flyer:bilingual",))
    with pytest.raises(LoaError, match="flyer:a6"):
        refuse_unknown_parts(channels, (part,))


def test_who_read_it_in_another_language_on_paper_that_is_no_more_can_be_left_out(
    memory: Memory,
) -> None:
    memory.opened(notice(flyer=in_two_languages()), 1)
    sections = {"portal": Section(PortalOptions())}
    stated = withdrawing(notice(sections=sections), FIRST)
    assert "--without flyer:bilingual" in stops(memory.plan(stated))
    left_out = withdrawing(notice(sections=sections), FIRST, without=("flyer:bilingual",))
    plan = memory.plan(left_out)
    assert not plan.stops
    assert {one.channel for one in plan.deliveries} == {"flyer", "portal", "chat"}


def test_something_is_left_of_every_channel() -> None:
    facts = amending(notice(), FIRST, without=("flyer:a5",)).correction
    assert facts is not None
    with pytest.raises(LoaError, match="nothing would be left"):
        as_amended(notice(), facts)


@pytest.mark.parametrize("amends", [Amends.CORRECTION, Amends.UPDATE])
def test_a_channel_that_told_a_hamlet_still_meant_is_not_left_out(
    memory: Memory, amends: Amends
) -> None:
    memory.opened(notice(), 1)
    without = {"portal": Section(PortalOptions()), "chat": Section(ChatOptions())}
    plan = memory.plan(amending(notice(sections=without), FIRST, amends=amends))
    assert "has told people here" in stops(plan)
    only_one = notice(sections=without, audience=Audience(hamlets=("ap-1",)))
    (breach,) = memory.plan(amending(only_one, FIRST, amends=amends)).stops
    assert (breach.channel, breach.hamlet_id) == ("flyer", "ap-1")


def test_a_channel_that_told_nobody_may_be_left_out(memory: Memory) -> None:
    memory.opened(notice(), 1, state=State.PLANNED)
    without = {"portal": Section(PortalOptions()), "chat": Section(ChatOptions())}
    assert not stops(memory.plan(amending(notice(sections=without), FIRST)))


def test_an_update_does_not_bear_the_number_that_people_have(memory: Memory) -> None:
    memory.opened(notice(flyer=as_document("12/TB-UBND")), 1)
    changed = notice(flyer=as_document("12/TB-UBND"), body="Họp lúc 9 giờ.")
    update = memory.plan(amending(changed, FIRST, amends=Amends.UPDATE, reason=""))
    assert "the number 12/TB-UBND is that of the document" in stops(update)
    same = notice(flyer=as_document("12/TB-UBND"))
    assert not stops(memory.plan(amending(same, FIRST, amends=Amends.UPDATE, reason="")))


def test_readers_of_a_second_language_in_a_hamlet_that_is_left_out_are_told(
    memory: Memory, channels: dict[str, Channel]
) -> None:
    memory.opened(notice(flyer=in_two_languages()), 1)
    only_one = notice(flyer=in_two_languages(), audience=Audience(hamlets=("ap-1",)))
    found = stops(memory.plan(amending(only_one, FIRST, second=CORRECTED)))
    assert "--withdrawn-second" in found
    plan = memory.plan(amending(only_one, FIRST, second=CORRECTED, second_withdrawn=GONE))
    assert not [one for one in plan.remarks if "-second" in one]
    assert not plan.stops
    read = on_paper(channels, plan, "ap-2").replace("\u200b", "")
    assert GONE in read
    assert CORRECTED not in read
    assert KHMER.text not in read
    assert "THU HỒI" in read
    spoken = notice(audience=Audience(hamlets=("ap-1",)))
    assert "with the second language in the file" in stops(
        memory.plan(amending(spoken, FIRST, second_withdrawn=GONE, without=()))
    )


@pytest.mark.parametrize("amends", [Amends.CORRECTION, Amends.UPDATE])
def test_they_may_be_left_out_knowingly(
    memory: Memory, channels: dict[str, Channel], amends: Amends
) -> None:
    memory.opened(notice(flyer=in_two_languages()), 1)
    only_one = notice(flyer=in_two_languages(), audience=Audience(hamlets=("ap-1",)))
    stated = amending(only_one, FIRST, amends=amends)
    assert "--without flyer:bilingual" in stops(memory.plan(stated))
    assert stated.correction is not None
    left_out = dataclasses.replace(stated.correction, without=("flyer:bilingual",))
    plan = memory.plan(as_amended(stated, left_out))
    assert not plan.stops
    assert KHMER.title not in on_paper(channels, plan, "ap-2")


def test_who_was_told_already_that_it_does_not_hold_is_not_asked_for_again(memory: Memory) -> None:
    memory.opened(notice(flyer=in_two_languages()), 1)
    only_one = notice(flyer=in_two_languages(), audience=Audience(hamlets=("ap-1",)))
    memory.opened(amending(only_one, FIRST, second=CORRECTED, second_withdrawn=GONE), 2)
    nine = in_two_languages("ប្រជុំម៉ោង ៩។")
    again = notice(flyer=nine, audience=Audience(hamlets=("ap-1",)), body="Họp lúc 9 giờ.")
    plan = memory.plan(amending(again, SECOND, FIRST, second=CORRECTED))
    assert not plan.stops
    stated = amending(again, SECOND, FIRST, second=CORRECTED, second_withdrawn=GONE)
    assert "--withdrawn-second: nobody" in " ".join(memory.plan(stated).remarks)


def test_a_flyer_switched_off_before_any_left_amends_nobody(memory: Memory) -> None:
    chat = Section(ChatOptions(), text="Họp lúc 7 giờ, xem tờ rơi.")
    sections = {**notice().sections, "chat": chat}
    plan = memory.plan(notice(sections=sections))
    memory.opened(notice(sections=sections), 1, only="ap-1", channels=("portal", "chat"))
    without = {name: one for name, one in sections.items() if name != "flyer"}
    assert {one.channel for one in plan.deliveries} == {"flyer", "portal", "chat"}
    for amends in (Amends.CORRECTION, Amends.UPDATE):
        plan = memory.plan(amending(notice(sections=without), FIRST, amends=amends))
        assert not [one for one in plan.deliveries if one.hamlet_id == "ap-1"]
        assert {one.purpose for one in plan.deliveries} == {Purpose.NOTICE}
        other = notice(sections=without, body="Họp lúc 9 giờ.")
        plan = memory.plan(amending(other, FIRST, amends=amends))
        told = {one.channel for one in plan.deliveries if one.purpose is Purpose.CORRECTION}
        assert told == {"portal", "chat"}


def test_words_of_a_flyers_own_that_posts_handed_out_are_taken_back_with_it(memory: Memory) -> None:
    own = Section(FlyerOptions(), text="Họp lúc 8 giờ.")
    sections = {**notice().sections, "flyer": own}
    memory.opened(notice(sections=sections), 1, channels=("portal", "chat"))
    without = {name: one for name, one in sections.items() if name != "flyer"}
    plan = memory.plan(amending(notice(sections=without), FIRST))
    assert {one.purpose for one in plan.deliveries} == {Purpose.CORRECTION}


def test_what_was_withdrawn_is_told_again_in_plain_words(memory: Memory) -> None:
    memory.opened(notice(), 1)
    memory.opened(withdrawing(notice(), FIRST), 2)
    back = Earlier(2, "Thông báo", LATER, Amends.WITHDRAWAL)
    update = memory.plan(amending(notice(), back, FIRST, amends=Amends.UPDATE, reason=""))
    again = {one.correction.opening for one in said(update, "ap-1") if one.correction}
    assert again == {"Thông báo “Thông báo” đã thu hồi ngày 02/12/2026, nay có hiệu lực trở lại."}
    correction = memory.plan(amending(notice(), back, FIRST, reason="thu hồi nhầm"))
    heard = {one.correction.spoken for one in said(correction, "ap-1") if one.correction}
    assert heard == {"Đính chính việc thu hồi thông báo ngày 02/12/2026: thu hồi nhầm."}


def test_parts_to_leave_out_are_no_text() -> None:
    with pytest.raises(TypeError, match="tuple of parts"):
        Stated(without="flyer:a6")  # type: ignore[arg-type]  # what is tested
