"""The reason of an amendment is held against what people were told, and against what they are told.

It quotes the wrong value and the right one; a value that is neither is a difference.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import builders
from support.amending import FIRST, Memory, amending, in_two_languages, notice, stops, withdrawing

from engine.app import build_channels, close_channels
from engine.models import Amends, Campaign
from engine.models.truth import Confirmed
from engine.settings import Settings
from engine.states import State

OLD = "Tiêm phòng lúc 7 giờ, thứ Bảy ngày 05/12/2026 tại nhà văn hóa ấp. Lệ phí 25.000 đồng."
NEW = OLD.replace("7 giờ", "7 giờ 30")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests read messages in English."""
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    made = build_channels(Settings(), tmp_path / "xa", builders.MemoryRemoteIds())
    found = Memory(made)
    found.opened(notice(body=OLD), 1)
    yield found
    close_channels(made)


def found(memory: Memory, reason: str, body: str = NEW) -> str:
    return stops(memory.plan(amending(notice(body=body), FIRST, reason=reason)))


@pytest.mark.parametrize(
    "reason",
    [
        "gõ nhầm giờ tiêm",
        "ghi nhầm 7h30 thành 7h",
        "ghi 07:00, đúng là 7h30",
        "đổi từ 7 giờ sang bảy rưỡi",
        "giờ đúng là 7g30, không phải 7g",
        "buổi tiêm ngày 5/12 lùi đến 7h30 thay vì 7h",
        "thứ Bảy 05/12 vẫn tiêm, chỉ sửa giờ từ 7h thành 07h30; lệ phí vẫn 25 nghìn đồng",
        "theo Công văn 12/CV-SYT ngày 01/12/2026 của Sở Y tế",
    ],
)
def test_a_reason_that_quotes_the_old_or_the_new_is_ordinary(memory: Memory, reason: str) -> None:
    assert found(memory, reason) == ""


@pytest.mark.parametrize(
    ("reason", "written"),
    [
        ("giờ tiêm đúng là 08h00 ngày 5/12", "08h00"),
        ("ghi nhầm 8h thành 7h", "8h"),
        ("tiêm lúc 7h30 ngày 6/12", "ngày 6/12"),
        ("giờ đúng là 7h, thông báo trước ghi nhầm", "7h"),
        ("dời sang 7 giờ cho kịp", "7 giờ"),
        ("lệ phí đúng là 20.000 đồng", "20.000 đồng"),
    ],
)
def test_a_value_that_is_neither_is_told_with_both_places(
    memory: Memory, reason: str, written: str
) -> None:
    told = found(memory, reason)
    assert f"--reason says “{written}" in told
    assert "text says “" in told


def test_a_reason_is_right_by_the_calendar(memory: Memory) -> None:
    assert "--reason says “thứ Sáu 05/12" in found(memory, "tiêm thứ Sáu 05/12 mới đúng")
    withdrawn = withdrawing(notice(body=OLD), FIRST, reason="hoãn đến ngày 31/13")
    assert "a day that no calendar has" in stops(memory.plan(withdrawn))


def test_a_withdrawal_may_name_another_day(memory: Memory) -> None:
    withdrawn = withdrawing(notice(body=OLD), FIRST, reason="hoãn đến 8h ngày 12/12")
    assert stops(memory.plan(withdrawn)) == ""


def test_the_author_may_mean_the_difference(memory: Memory) -> None:
    meant = Confirmed("8h", "reason", "giờ của đoàn tiêm huyện")
    other = amending(notice(body=NEW), FIRST, reason="đoàn tiêm huyện có mặt lúc 8h")
    assert "--reason says" in stops(memory.plan(other))
    plan = memory.plan(dataclasses.replace(other, differs=(meant,)))
    assert plan.stops == ()
    assert any("confirmed by the author" in one.message for one in plan.breaches)
    assert not [one for one in plan.remarks if "differs" in one]
    plain = notice(body=NEW, differs=(meant,))
    assert not [one for one in memory.plan(plain).remarks if "differs" in one]


def by_hamlet(first: str, second: str) -> Campaign:
    return notice(
        body="Tiêm phòng lúc {{ gio }}.",
        hamlet_values={"ap-1": {"gio": first}, "ap-2": {"gio": second}},
    )


@pytest.mark.parametrize(
    ("reason", "stopped"),
    [
        ("ghi nhầm 7h thay cho 9h", ()),
        ("Ấp 1 ghi nhầm 7h thay cho 9h; Ấp 2 vẫn lúc 8h", ()),
        ("nhầm với giờ của Ấp 2", ()),
        ("nhầm với giờ của Ấp 2 là 8h, Ấp 1 đúng là 9h", ()),
        ("giờ của Ấp 1 đúng là 8h", ("ap-1",)),
        ("đúng là 8h", ("ap-1",)),
        ("đúng là 11h", ("ap-1",)),
        ("Ấp 1 lúc 9h, Ấp 2 lúc 11h", ("ap-2",)),
    ],
)
def test_what_a_reason_says_of_a_hamlet_is_held_against_that_one(
    tmp_path: Path, reason: str, stopped: tuple[str, ...]
) -> None:
    made = build_channels(Settings(), tmp_path / "xa", builders.MemoryRemoteIds())
    memory = Memory(made)
    memory.opened(by_hamlet("7 giờ", "8 giờ"), 1)
    plan = memory.plan(amending(by_hamlet("9 giờ", "8 giờ"), FIRST, reason=reason))
    assert tuple({breach.hamlet_id: breach for breach in plan.stops}) == stopped, stops(plan)
    close_channels(made)


def test_the_second_languages_reason_is_held_against_it_as_well(memory: Memory) -> None:
    two = in_two_languages("ប្រជុំម៉ោង 7:30។")
    stated = amending(notice(body=NEW, flyer=two), FIRST, reason="nhầm giờ", second="ម៉ោង 09:00។")
    assert "--reason-second says “09:00”" in stops(memory.plan(stated))
    usual = amending(notice(body=NEW, flyer=two), FIRST, reason="nhầm giờ", second="ម៉ោង ៩ ព្រឹក។")
    assert "--reason-second says “ម៉ោង ៩ ព្រឹក”" in stops(memory.plan(usual))
    new = notice(body=NEW, flyer=two)
    right = amending(new, FIRST, reason="nhầm giờ", second="ម៉ោង ៧ កន្លះ ព្រឹក។")
    assert stops(memory.plan(right)) == ""


def test_nothing_is_asked_of_an_update_nor_where_nobody_is_amended(memory: Memory) -> None:
    update = amending(notice(body=NEW), FIRST, reason="", amends=Amends.UPDATE)
    assert stops(memory.plan(update)) == ""
    assert found(memory, "đúng là 9h", OLD) == ""


def test_who_may_come_to_know_of_it_yet_counts(tmp_path: Path) -> None:
    made = build_channels(Settings(), tmp_path / "xa", builders.MemoryRemoteIds())
    memory = Memory(made)
    memory.opened(notice(body=OLD), 1, state=State.PLANNED)
    assert "--reason says “8h”" in found(memory, "đúng là 8h")
    close_channels(made)
