"""Bounds that keep a hostile or a very large file from holding anybody up."""

from pathlib import Path

import pytest
from support import builders
from support.campaign_files import CAMPAIGN, faults, load

from campaigns.source import MAX_BYTES


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.mark.parametrize(
    "line",
    ["a: [1, 2, 3]\n", "? a\n: b\n", "- x\n", "a", "[", "{", '"', "'", "&a ", "!", "|\n", "# x\n"],
)
def test_a_file_of_the_largest_size_is_told_in_a_bounded_number_of_lines(
    tmp_path: Path, line: str
) -> None:
    assert 0 < len(faults(tmp_path, line * (MAX_BYTES // len(line)))) <= 510


def test_a_campaign_for_four_thousand_hamlets_is_checked(tmp_path: Path) -> None:
    registry = builders.registry(4_000)
    text = CAMPAIGN.replace("hamlet.name", "gio") + "values: {gio: 7}\n"
    assert load(tmp_path, text, registry).campaign.id == "tiem-vac-xin"


def test_a_flood_of_unknown_names_is_told_in_a_bounded_number_of_lines(tmp_path: Path) -> None:
    names = ", ".join(f"x-{number}" for number in range(50_000))
    found = faults(tmp_path, CAMPAIGN + f"audience: {{hamlets: [{names}]}}\n")
    assert 500 <= len(found) <= 510
    keys = "\n".join(f"x{number}: 1" for number in range(50_000))
    assert len(faults(tmp_path, CAMPAIGN + keys)) == 500
