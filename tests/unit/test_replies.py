"""Short replies of heads: plain ones are understood, everything else waits for a person."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.replies import Meaning, Reply, is_answer, read_reply

RECEIVED = (
    "Đã nhận",
    "đã nhận ạ",
    "da nhan",
    "ĐÃ NHẬN!",
    "Ấp 1 đã nhận tin",
    "Nhận rồi anh",
    "Dạ em đã rõ",
    "đã xem 👍",
    "Đã đọc, cảm ơn xã",
    "đã nhận, lát chuyển",
)
RELAYED = {
    "Đã chuyển": None,
    "đã chuyển lên nhóm ấp": None,
    "da chuyen roi": None,
    "Đã chuyển cho bà con rồi ạ": None,
    "chuyển xong": None,
    "Đã thông báo 90 hộ": 90,
    "Ấp Hai đã báo 1.200 hộ": 1200,
    "đã nhận và đã chuyển": None,
    "Đã nhận, đã chuyển 45 hộ": 45,
    "vừa đăng lên nhóm rồi": None,
    "Đã báo 12 nhà": 12,
}
NOT_RELAYED = ("Chưa chuyển được", "chua bao duoc", "Không gửi được", "em chưa thông báo được")
UNCLEAR = (
    "",
    "ok",
    "👍",
    "Vâng",
    "Đã nhận chưa?",
    "chưa nhận được",
    "Đã nhận nhưng chưa chuyển",
    "Để tôi chuyển",
    "Chiều nay sẽ chuyển",
    "Mai tôi báo",
    "Đã chuyển 30 hộ, còn 20 hộ",
    "Đã chuyển 5",
    "Ai đã chuyển giúp tôi với nhé?",
    "Họp lúc 7 giờ",
    "Đã nhận 20 hộ",
    "đã chuyển 0 hộ",
    "Đã báo 00 nhà",
    "đã nhận, đã chuyển 0 hộ",
    "Đã chuyển nhưng không hộ nào nhận",
    "da chuyen, chua co ai xem",
    "Đã chuyển " + "rất nhiều bà con " * 20,
)


@pytest.mark.parametrize("text", RECEIVED)
def test_received(text: str) -> None:
    assert read_reply(text) == Reply(Meaning.RECEIVED)


@pytest.mark.parametrize(("text", "households"), RELAYED.items())
def test_relayed_with_its_number(text: str, households: int | None) -> None:
    assert read_reply(text) == Reply(Meaning.RELAYED, households)
    assert read_reply(unicodedata.normalize("NFD", text)) == Reply(Meaning.RELAYED, households)


@pytest.mark.parametrize("text", NOT_RELAYED)
def test_not_relayed(text: str) -> None:
    assert read_reply(text).meaning is Meaning.NOT_RELAYED


@pytest.mark.parametrize("text", UNCLEAR)
def test_everything_else_waits_for_a_person(text: str) -> None:
    assert read_reply(text) == Reply(Meaning.UNCLEAR)


@pytest.mark.parametrize(
    "text",
    ["ok", "OK anh", "Okie xã ạ", "dạ", "Dạ rồi", "vâng ạ", "xong rồi", "rõ!", "👍", "✅ 👍🏻"],
)
def test_a_bare_nod_is_an_answer_though_nobody_can_say_to_what(text: str) -> None:
    assert is_answer(text)
    assert read_reply(text) == Reply(Meaning.UNCLEAR)


@pytest.mark.parametrize(
    "text", ["", "Chào cả nhà", "Cảm ơn anh", "dạ em chào chị", "🎉", "Họp ở đâu", "ạ", "ok " * 7]
)
def test_small_talk_is_no_answer(text: str) -> None:
    assert not is_answer(text)


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    read_reply(text)


@given(st.sampled_from([*RECEIVED, *RELAYED]))
def test_a_denial_before_it_is_never_a_confirmation(text: str) -> None:
    assert read_reply(f"chưa nhận, {text}").meaning is Meaning.UNCLEAR
