"""One truth in campaign files: what stops approval, where, and what an author may confirm."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from support.commune import loa, make_commune

from engine.cli.main import build
from engine.errors import InputError, LoaError

FILE = """\
id: hop
title: Mời họp
valid: {from: 2026-12-01, until: 2026-12-09}
contact: Văn phòng, điện thoại 0272.3000.000
values: {ngay: thứ Ba ngày 08/12/2026}
text: |
  Mời bà con đi họp.

  Thời gian: 19 giờ, {{ ngay }}, tại nhà văn hóa ấp.
schedule: {dates: [2026-12-02], times: ["05:00"]}
channels:
  loudspeaker: true
  flyer: true
  portal: true
  chat:
    text: Họp lúc 7 giờ tối thứ Ba 8/12.
"""
OTHER = FILE.replace("7 giờ tối", "8 giờ tối")
CONFIRMED = OTHER + (
    "differs:\n  - {fact: 20h, in: chat, because: trưởng ấp đến sau, instead_of: 19 giờ}\n"
)


@pytest.fixture
def xa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_commune(tmp_path / "xa", {"hop": FILE})
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LOA_LANG", "en")
    return folder


def write(xa: Path, text: str) -> None:
    (xa / "campaigns" / "hop.yaml").write_text(text, encoding="utf-8")


def check(xa: Path, text: str) -> list[tuple[int, str, str]]:
    """Return line, field and words of every fault that ``loa check`` finds."""
    write(xa, text)
    result = CliRunner().invoke(build(), ["check"])
    if isinstance(result.exception, InputError):
        return [(one.line, one.field, one.message) for one in result.exception.problems]
    assert result.exit_code == 0, (result.output, result.exception)
    return []


def plan(xa: Path, text: str) -> str:
    write(xa, text)
    result = CliRunner().invoke(build(), ["plan", "campaigns/hop.yaml"])
    assert result.exit_code in {0, 1}, result.output
    return " ".join(result.output.split())


def test_texts_that_say_the_same_are_in_order(xa: Path) -> None:
    assert check(xa, FILE) == []
    assert "✗" not in plan(xa, FILE)


def test_another_hour_is_told_with_both_places(xa: Path) -> None:
    ((line, field, words),) = check(xa, OTHER)
    assert (line, field) == (16, "channels.chat.text")
    assert "text says “19 giờ”, channels.chat.text says “8 giờ tối”" in words
    assert "hop.yaml:9:14 text" in words
    assert "hop.yaml:16:19 channels.chat.text" in words


def test_a_contact_that_stands_in_the_registry_is_told_with_its_file(xa: Path) -> None:
    registry = xa / "commune.yaml"
    written = registry.read_text("utf-8").replace(
        "office: Ủy ban nhân dân xã Mẫu}", 'office: Ủy ban nhân dân xã Mẫu, phone: "0272.3000.000"}'
    )
    registry.write_text(written, "utf-8")
    own = FILE.replace("contact: Văn phòng, điện thoại 0272.3000.000\n", "")
    ((line, field, words),) = check(
        xa, own.replace("thứ Ba 8/12.", "thứ Ba 8/12. Hỏi UBND xã 0272.3000.009.")
    )
    assert (line, field) == (15, "channels.chat.text")
    assert "0272.3000.000" in words
    assert "commune.yaml commune" in words
    assert ":1:1" not in words


def test_a_day_that_no_calendar_has_stops_the_campaign(xa: Path) -> None:
    found = check(xa, FILE.replace("thứ Ba ngày 08/12/2026", "ngày 31/13/2026"))
    assert any("a day that no calendar has" in words and line == 5 for line, _field, words in found)


def test_a_value_filled_in_is_told_where_it_stands(xa: Path) -> None:
    ((line, field, words),) = check(xa, FILE.replace("thứ Ba 8/12", "thứ Tư 9/12"))
    assert (line, field) == (16, "channels.chat.text")
    assert "hop.yaml:5:16 values.ngay" in words


def test_it_stops_the_plan_submitting_and_approving(xa: Path) -> None:
    assert "✗" in plan(xa, OTHER)
    assert "the hour is not the same" in plan(xa, OTHER)
    result = CliRunner().invoke(build(), ["submit", "campaigns/hop.yaml", "--by", "lan"])
    assert isinstance(result.exception, LoaError)
    assert "hop.yaml:16:19 channels.chat.text" in str(result.exception)


def test_a_difference_that_the_author_confirms_is_shown_and_stops_nothing(xa: Path) -> None:
    assert check(xa, CONFIRMED) == []
    shown = plan(xa, CONFIRMED)
    assert "! ap-1, ap-2" in shown
    assert "confirmed by the author: trưởng ấp đến sau" in shown


def test_what_was_confirmed_is_kept_with_the_approval_and_seen_in_the_preview(xa: Path) -> None:
    write(xa, CONFIRMED)
    loa("passphrase", "lan")
    loa("passphrase", "minh")
    for arguments in (
        ("submit", "campaigns/hop.yaml", "--by", "lan"),
        ("preview", "hop"),
        ("approve", "hop", "--by", "minh"),
        ("events", "hop"),
    ):
        done = loa(*arguments)
        assert "trưởng ấp đến sau" in done.stdout, (arguments, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("8 giờ tối", "9 giờ tối"),  # the text that was confirmed
        ("Thời gian: 19 giờ", "Thời gian: 18 giờ"),  # the others
        ("in: chat", "in: flyer"),
        ("fact: 20h", "fact: 21h"),
    ],
)
def test_a_confirmation_is_void_when_it_no_longer_matches(xa: Path, old: str, new: str) -> None:
    text = CONFIRMED.replace(old, new)
    assert text != CONFIRMED
    assert [field for _line, field, _words in check(xa, text)] == ["channels.chat.text"]
    assert "differs[1]: no text differs so any more" in plan(xa, text)


def test_a_confirmation_of_nothing_is_told(xa: Path) -> None:
    assert "differs[1]: no text differs so any more" in plan(
        xa, FILE + "differs: [{fact: 20h, in: chat, because: x}]\n"
    )
    assert "“mai mốt” in chat is no day" in plan(
        xa, FILE + "differs: [{fact: mai mốt, in: chat, because: x}]\n"
    )


def test_a_confirmation_names_a_channel_in_use_or_a_field(xa: Path) -> None:
    ((line, field, words),) = check(xa, FILE + "differs: [{fact: 20h, in: caht, because: x}]\n")
    assert (line, field) == (17, "differs[1].in")
    assert "chat" in words
    assert "contact" in words


@pytest.mark.parametrize("missing", ["fact", "in", "because"])
def test_a_confirmation_says_what_where_and_why(xa: Path, missing: str) -> None:
    entry = {"fact": "20h", "in": "chat", "because": "x"}
    del entry[missing]
    written = ", ".join(f"{key}: {value}" for key, value in entry.items())
    assert [field for _line, field, _words in check(xa, f"{FILE}differs: [{{{written}}}]\n")] == [
        f"differs[1].{missing}"
    ]


def test_a_weekday_that_is_not_that_of_its_date_stops(xa: Path) -> None:
    text = FILE.replace("thứ Ba ngày 08/12/2026", "thứ Hai ngày 08/12/2026").replace("thứ Ba ", "")
    ((line, field, words),) = check(xa, text)
    assert (line, field) == (5, "values.ngay")
    assert "text says “thứ Hai ngày 08/12/2026”, but 08/12/2026 is a thứ Ba" in words


def test_each_hamlet_is_compared_by_itself(xa: Path) -> None:
    own = FILE.replace("values: {", "hamlets: {ap-1: {gio: 19h}, ap-2: {gio: 18h}}\nvalues: {")
    same = own.replace("19 giờ,", "{{ gio }},").replace("7 giờ tối", "{{ gio }}")
    assert check(xa, same) == []
    ((_line, _field, words),) = check(xa, same.replace("Họp lúc {{ gio }}", "Họp lúc 19 giờ"))
    assert words.startswith("ap-2 · ")
    assert "hop.yaml:5:41 hamlets.ap-2.gio" in words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("title: Mời họp", "title: Mời họp ngày 09/12"), "title says “ngày 09/12”"),
        (("điện thoại 0272", "điện thoại 0273"), "the telephone number"),
        (("tại nhà văn hóa ấp", "tại Trạm Y tế xã"), "the place"),
    ],
)
def test_titles_contacts_and_places_are_compared_as_well(
    xa: Path, change: tuple[str, str], words: str
) -> None:
    full = FILE.replace("8/12.", "8/12 tại nhà văn hóa ấp. Hỏi 0272 3000 000.")
    assert check(xa, full) == []
    assert any(words in told for _line, _field, told in check(xa, full.replace(*change, 1)))


def test_a_summary_of_the_portal_is_compared(xa: Path) -> None:
    text = FILE.replace("portal: true", "portal: {summary: Họp 18 giờ ngày 08/12}")
    fields = {field for _line, field, _words in check(xa, text)}
    assert fields <= {"channels.portal.summary", "channels.chat.text"}
    assert "channels.portal.summary" in fields


def test_what_a_message_comes_down_to_is_compared(xa: Path) -> None:
    facts = 'facts: {when: "19 giờ, thứ Ba 8/12", where: Nhà văn hóa ấp}\n'
    assert check(xa, FILE + facts) == []
    told = check(xa, FILE + facts.replace("19 giờ", "18 giờ"))
    assert "channels.chat.text" in {field for _line, field, _words in told}
    assert all("facts.when[1] says “18 giờ”" in words for _line, _field, words in told)
    told = check(xa, FILE + facts.replace("Nhà văn hóa ấp", "Trạm Y tế xã"))
    assert all("facts.where[1] says “Trạm Y tế xã”" in words for _line, _field, words in told)
    assert told


def test_the_second_language_of_a_flyer_is_compared(xa: Path) -> None:
    flyer = (
        "flyer:\n    products: [bilingual]\n    second_language:\n      lang: km\n"
        "      title: សេចក្តីជូនដំណឹង\n      text: ថ្ងៃទី០៨ ខែ១២ ឆ្នាំ២០២៦ ម៉ោង ១៩:០០\n"
    )
    text = FILE.replace("flyer: true\n", flyer)
    assert check(xa, text) == []
    told = check(xa, text.replace("ទី០៨", "ទី០៩"))
    assert told
    assert all("channels.flyer.second_language.text" in words for _line, _field, words in told)


def test_today_is_the_day_it_is_heard_on(xa: Path) -> None:
    today = FILE.replace("thứ Ba 8/12", "hôm nay")
    assert any("“hôm nay”" in words for _line, _field, words in check(xa, today))
    on_the_day = today.replace("dates: [2026-12-02]", "dates: [2026-12-08]")
    chat = on_the_day.replace(
        "chat:\n", "chat:\n    schedule: {dates: [2026-12-08], times: ['06:00']}\n"
    )
    assert check(xa, chat) == []


def test_words_for_a_day_are_pointed_out_where_they_are_heard_on_others(xa: Path) -> None:
    text = FILE.replace("{{ ngay }}", "ngày mai").replace(
        "[2026-12-02]", "[2026-12-02, 2026-12-03]"
    )
    shown = plan(xa, text.replace(" thứ Ba 8/12", ""))
    assert "loudspeaker says “ngày mai” on 02/12, 03/12: name the day" in shown
    assert "flyer says “ngày mai” and is there on other days too" in shown


def test_what_is_over_before_it_is_heard_is_pointed_out(xa: Path) -> None:
    late = FILE.replace("08/12/2026", "01/12/2026").replace(" thứ Ba 8/12", "")
    shown = plan(xa, late)
    assert "loudspeaker says “thứ Ba ngày 01/12/2026” first at 05:00 02/12/2026" in shown
    assert "too late" not in plan(xa, FILE)
