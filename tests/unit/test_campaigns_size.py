"""Bounds that keep a hostile or a very large file from holding anybody up."""

from pathlib import Path

import pytest
from support import builders
from support.campaign_files import CAMPAIGN, faults, load

from campaigns.registry_file import MAX_REGISTRY_BYTES, load_registry
from campaigns.source import MAX_BYTES
from campaigns.workspace import EXAMPLE
from engine.errors import InputError


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


def test_a_registry_may_be_larger_than_a_campaign_but_not_without_end(tmp_path: Path) -> None:
    path = tmp_path / "commune.yaml"
    example = (EXAMPLE / "commune.yaml").read_bytes()
    path.write_bytes(example + b"#" * 2 * MAX_BYTES)
    assert load_registry(path).registry.hamlets
    path.write_bytes(b"#" * (MAX_REGISTRY_BYTES + 1))
    with pytest.raises(InputError, match=f"at most {MAX_REGISTRY_BYTES} are allowed"):
        load_registry(path)


def test_a_campaign_of_ten_megabytes_is_refused_unread(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, CAMPAIGN + "#" * 10_000_000)
    assert f"at most {MAX_BYTES} are allowed" in str(found)
