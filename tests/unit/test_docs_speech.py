"""The page on speech: its coverage table is that of the rules, and each rule has its pair."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
from support.scripts import script

from channels.loudspeaker.spoken import speak
from channels.loudspeaker.spoken.rules import (
    CATEGORIES,
    CATEGORY_OF,
    DIGIT_RULES,
    SYMBOL_RULES,
    WEB_RULES,
    WORD_RULES,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    return script(ROOT / "docs" / "speech_tables.py")


def test_the_coverage_table_is_in_step_with_the_rules_and_the_pairs(tables: ModuleType) -> None:
    assert tables.PAGE.read_text(encoding="utf-8") == tables.written(), (
        "run: .venv/bin/python docs/speech_tables.py"
    )


def test_each_rule_belongs_to_one_category_and_is_there() -> None:
    rules = {rule.name for rule in (*WEB_RULES, *DIGIT_RULES, *WORD_RULES, *SYMBOL_RULES)}
    listed = [name for names in CATEGORIES.values() for name in names]

    assert set(listed) == rules
    assert len(listed) == len(set(listed))


def test_each_rule_reads_something_in_a_reviewed_pair(tables: ModuleType) -> None:
    fired = tables.fired(tables.readings())

    assert [name for name, texts in fired.items() if not texts] == []
    assert set(fired) == set(CATEGORY_OF)


def test_a_rule_without_a_pair_would_be_found(tables: ModuleType) -> None:
    fired = tables.fired({"5 hộ": speak("5 hộ")})

    assert fired["number"] == ["5 hộ"]
    assert fired["date"] == []


def test_what_the_page_shows_the_command_to_say_is_said(tables: ModuleType) -> None:
    page = tables.PAGE.read_text(encoding="utf-8")
    shown = re.findall(r'^\$ echo "(.*)" \| loa spoken\n(.*)$', page, re.MULTILINE)

    assert shown
    for written, spoken in shown:
        assert speak(written).text == spoken
