"""The table of written -> spoken pairs, which any Vietnamese reader can review."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.loudspeaker.spoken import Region, speak
from channels.loudspeaker.spoken.abbreviations import ABBREVIATIONS, ACRONYMS, FOREIGN

TABLE = Path(__file__).with_name("spoken_pairs.tsv")


def _pairs() -> list[tuple[str, str, str, str]]:
    rows = [
        line.split("\t")
        for line in TABLE.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return [(category, written, spoken, doubts) for category, written, spoken, doubts in rows]


PAIRS = _pairs()


@pytest.mark.parametrize(
    ("written", "spoken", "doubts"),
    [pytest.param(*row[1:], id=f"{row[0]}: {row[1]}") for row in PAIRS],
)
def test_each_pair_of_the_table_is_read_as_a_reviewer_wrote_it(
    written: str, spoken: str, doubts: str
) -> None:
    result = speak(written)

    assert result.text == spoken
    assert ",".join(doubt.why for doubt in result.doubts) == doubts


@pytest.mark.parametrize("region", list(Region))
def test_every_spoken_form_of_the_table_is_left_as_it_is(region: Region) -> None:
    for _, written, _, _ in PAIRS:
        said = speak(written, region=region).text
        assert speak(said, region=region).text == said


def test_the_table_is_large_and_each_written_form_stands_in_it_once() -> None:
    written = [row[1] for row in PAIRS]

    assert len(written) == len(set(written))
    assert len(written) >= 500


@pytest.mark.parametrize("table", [ABBREVIATIONS, FOREIGN, ACRONYMS])
def test_every_reading_in_the_data_tables_can_be_said_as_it_stands(table: dict[str, str]) -> None:
    for written, spoken in table.items():
        assert speak(spoken).text == spoken, f"{written} = {spoken}"


def test_the_office_knows_at_least_four_hundred_abbreviations_without_a_doubt() -> None:
    assert len(ABBREVIATIONS) >= 400
    for written in ABBREVIATIONS:
        assert speak(f"về {written} nay").doubts == (), written


def test_the_north_says_nghin_and_linh_where_the_south_says_ngan_and_le() -> None:
    assert speak("1.005 hộ, 50k", region=Region.SOUTH).text == (
        "một ngàn không trăm lẻ năm hộ, năm mươi ngàn đồng"
    )
    assert speak("1.005 hộ, 50k", region=Region.NORTH).text == (
        "một nghìn không trăm linh năm hộ, năm mươi nghìn đồng"
    )
