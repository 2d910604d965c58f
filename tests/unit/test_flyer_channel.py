"""The flyer channel: how many, where, when, and what a plan says of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from support.builders import NOW, FakeArtifacts, hamlet, registry
from support.campaign_files import CAMPAIGN
from support.flyers import CHANNEL, SENTENCE, flyer

from campaigns.loader import load_campaign
from channels.base import Channel, ChannelError
from channels.flyer import FlyerChannel, FlyerOptions
from channels.flyer.options import copies_for, sheets_for
from channels.flyer.product import _fault_of_text
from engine.clock import VIETNAM
from engine.errors import InputError
from engine.models import HouseholdGroup, Placement, Schedule


@pytest.fixture(autouse=True)
def _messages_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_it_keeps_the_channel_contract() -> None:
    channel: Channel = CHANNEL

    assert (channel.name, channel.needs, channel.grace) == ("flyer", (), None)
    assert not channel.cumulative
    assert list(channel.backends) == ["folder"]
    assert FlyerChannel(outbox=Path("x"), lead=timedelta(hours=1)).lead == timedelta(hours=1)


@pytest.mark.parametrize(
    ("options", "group", "copies"),
    [
        (FlyerOptions(copies=7), HouseholdGroup.POOR, 7),
        (FlyerOptions(copies_per_household=2), HouseholdGroup.POOR, 20),
        (FlyerOptions(copies_per_household=2), HouseholdGroup.ALL, 200),
        (FlyerOptions(), HouseholdGroup.ALL, 120),
        (FlyerOptions(), HouseholdGroup.POOR_AND_NEAR_POOR, 15),
        (FlyerOptions(), HouseholdGroup.NEAR_POOR, 5),
    ],
)
def test_copies_follow_the_campaign_then_the_registry_then_the_households(
    options: FlyerOptions, group: HouseholdGroup, copies: int
) -> None:
    place = hamlet(1, flyer_copies=120)

    assert copies_for(flyer(options=options, households=group), place) == copies


def test_without_a_policy_every_household_gets_one() -> None:
    assert copies_for(flyer(), hamlet(1, flyer_copies=0)) == 100


def test_two_ways_to_count_copies_exclude_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    path = tmp_path / "c.yaml"
    path.write_text(CAMPAIGN + "channels: {flyer: {copies: 3, copies_per_household: 1}}\n")
    with pytest.raises(InputError, match=r"flyer\.copies_per_household: give either .* not both"):
        load_campaign(path, registry(), {"flyer": FlyerOptions}, NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"copies": 0},
        {"copies": 100_001},
        {"copies_per_household": 21},
        {"bring": [""]},
        {"bring": ["x" * 101]},
        {"bring": ["sổ"] * 11},
        {"colour": "red"},
    ],
)
def test_options_out_of_bounds_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FlyerOptions.model_validate(wrong)


def test_every_option_is_described_for_editors() -> None:
    properties = FlyerOptions.model_json_schema()["properties"]

    later = {"products", "product_copies", "official", "second_language"}
    assert set(properties) == {"copies", "copies_per_household", "bring", "show_hamlet"} | later
    assert all(described["description"] for described in properties.values())


def test_flyers_are_printed_as_soon_as_approved() -> None:
    placed = CHANNEL.slots(flyer(), hamlet(1), registry())

    assert placed == (Placement("van-phong", "folder", None),)


def test_flyers_are_printed_once_at_the_first_moment_that_the_section_names() -> None:
    late, early = NOW + timedelta(days=2), NOW + timedelta(days=1)
    message = flyer(own_schedule=Schedule(asap=False, moments=(late, early)))

    assert CHANNEL.slots(message, hamlet(1), registry()) == (
        Placement("van-phong", "folder", early),
    )


def test_a_section_may_ask_for_printing_at_once() -> None:
    message = flyer(own_schedule=Schedule(asap=True))

    assert [p.at for p in CHANNEL.slots(message, hamlet(1), registry())] == [None]


def test_a_hamlet_without_a_household_of_the_group_is_printed_nothing() -> None:
    place = hamlet(1, poor_households=0)

    assert CHANNEL.slots(flyer(households=HouseholdGroup.POOR), place, registry()) == ()


def test_the_forecast_tells_text_and_sheets() -> None:
    forecast = CHANNEL.forecast(flyer(options=FlyerOptions(copies=7, bring=["Sổ"])), hamlet(1))

    assert forecast.sheets == 4
    assert forecast.breaches == ()
    assert forecast.text == (
        "Ủy ban nhân dân xã Mẫu\n\nThông báo tiêm vắc xin\n\n"
        "Mời bà con đưa trẻ đến Trạm Y tế xã lúc 7 giờ 30 ngày 05/12/2026.\n\n"
        "Khi đi mang theo sổ tiêm.\n\nKhi đi mang theo:\n□ Sổ\n\n"
        "Cần hỏi thêm, xin liên hệ: Trạm Y tế xã, điện thoại 0272.3000.111\n\n"
        "Có hiệu lực đến 08 giờ 00 ngày 08/12/2026\n\nxa-mau.example/thong-bao-mau/\n\n"
        "Ấp 1 – In 7 bản"
    )


@pytest.mark.parametrize(("copies", "sheets"), [(0, 0), (1, 1), (2, 1), (3, 2), (100, 50)])
def test_two_flyers_share_a_sheet_of_a4(copies: int, sheets: int) -> None:
    assert sheets_for(copies) == sheets


@pytest.mark.parametrize("length", [50, 400, 700, 900, 1_200, 1_500, 1_700, 2_000, 5_000])
@pytest.mark.parametrize("lines", [1, 8, 20])
def test_the_forecast_foretells_what_rendering_does_with_ordinary_text(
    length: int, lines: int
) -> None:
    words = (SENTENCE * 100)[:length].split()
    step = -(-len(words) // lines)
    body = "\n".join(" ".join(words[i : i + step]) for i in range(0, len(words), step))
    message = flyer(body=body, options=FlyerOptions(bring=["Căn cước"] * 3))

    foretold = CHANNEL.forecast(message, hamlet(1)).breaches

    try:
        CHANNEL.render(CHANNEL.prepare(message, hamlet(1), FakeArtifacts()))
        refused: tuple[str, ...] = ()
    except ChannelError as error:
        refused = (str(error),)
    assert foretold == refused


def test_the_forecast_names_characters_that_cannot_be_printed() -> None:
    (breach,) = CHANNEL.forecast(flyer(body="Chúc mừng 😀"), hamlet(1)).breaches

    assert "😀 (U+1F600)" in breach


def test_a_long_text_is_measured_once_however_many_hamlets_get_it() -> None:
    message = flyer(body=SENTENCE * 30)
    places = [hamlet(n) for n in range(1, 2_001)]
    before = _fault_of_text.cache_info().misses

    breaches = {CHANNEL.forecast(message, place).breaches for place in places}

    assert len(breaches) == 1
    assert _fault_of_text.cache_info().misses == before + 1


def test_moments_are_told_apart_from_the_campaigns_own_schedule() -> None:
    spoken = Schedule(asap=False, moments=(datetime(2026, 12, 2, 5, 0, tzinfo=VIETNAM),))

    assert CHANNEL.slots(flyer(schedule=spoken), hamlet(1), registry())[0].at is None
