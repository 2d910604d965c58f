"""The channel from content to MP3: slots, forecast, what shapes the sound, what people hear."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from support import builders as b
from support import sound

from channels.base import Channel, ChannelError, artifact_key
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.inputs import SpeechInputs
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.script import Line, readings, seconds
from channels.loudspeaker.speech.espeak import EspeakEngine
from channels.loudspeaker.spoken import Doubt, Why
from channels.loudspeaker.wording import doubt_in_words
from engine.clock import VIETNAM
from engine.errors import LoaError
from engine.models import Cluster, Content, Priority, Schedule

SOUTH = "vi-vn-x-south"
FLOOD = (
    "Khẩn cấp! Nước lũ đang lên nhanh, đề nghị bà con khẩn trương di dời người già, trẻ em và "
    "tài sản đến nơi cao ráo. Không được ra sông, ra đồng bắt cá, vớt củi trong những ngày này."
)
SUPPORT = (
    "Mỗi hộ nghèo được nhận 1.500.000 đồng, hộ cận nghèo 800.000 đồng.\n\n"
    "Thời gian: từ 7 giờ 30 đến 11 giờ ngày 05/12/2026.\nĐịa điểm: nhà văn hóa ấp.\n\n"
    "Bà con mang theo căn cước công dân, sổ hộ nghèo và giấy mời của ấp."
)


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[LoudspeakerChannel]:
    channel = LoudspeakerChannel(outbox=tmp_path / "outbox", speech_cache=tmp_path / "cache")
    yield channel
    channel.close()


def notice(options: LoudspeakerOptions | None = None, **changes: Any) -> Content:
    return b.content("loudspeaker", options or LoudspeakerOptions(), **changes)


def speech(channel: LoudspeakerChannel, content: Content, number: int = 1) -> SpeechInputs:
    inputs = channel.prepare(content, b.hamlet(number), b.FakeArtifacts())
    assert isinstance(inputs, SpeechInputs)
    return inputs


def test_it_is_a_channel(channel: LoudspeakerChannel) -> None:
    contract: Channel = channel
    assert (contract.name, contract.needs, contract.cumulative) == ("loudspeaker", (), True)
    assert (contract.lead, contract.grace) == (timedelta(minutes=30), timedelta(minutes=10))


def test_each_cluster_of_a_hamlet_airs_at_each_moment(channel: LoudspeakerChannel) -> None:
    moments = tuple(datetime(2026, 12, 2, hour, tzinfo=VIETNAM) for hour in (5, 17))
    clusters = (
        Cluster("dau-ap", ("ap-1",)), Cluster("chung", ("ap-2", "ap-1")), Cluster("xa", ("ap-3",)),
    )  # fmt: skip
    content = notice(schedule=Schedule(asap=False, moments=moments))
    placements = channel.slots(content, b.hamlet(1), b.registry(clusters=clusters))
    assert [(p.target, p.at) for p in placements] == [
        (target, moment) for target in ("dau-ap", "chung") for moment in moments
    ]
    assert {p.backend for p in placements} == {"folder"}


def test_the_sections_own_schedule_comes_first(channel: LoudspeakerChannel) -> None:
    content = notice(own_schedule=Schedule(asap=True))
    (placement,) = channel.slots(content, b.hamlet(1), b.registry())
    assert placement.at is None


def test_a_hamlet_without_loudspeakers_has_no_placement(channel: LoudspeakerChannel) -> None:
    assert channel.slots(notice(), b.hamlet(1), b.registry(clusters=())) == ()


def test_the_forecast_is_what_people_hear(channel: LoudspeakerChannel) -> None:
    forecast = channel.forecast(notice(body=SUPPORT), b.hamlet())
    assert "một triệu năm trăm ngàn đồng" in forecast.text
    assert not any(character.isdigit() for character in forecast.text)
    assert forecast.text.startswith("Thông báo tiêm vắc xin")
    assert forecast.breaches == ()


@pytest.mark.parametrize("body", [FLOOD, SUPPORT, "Mời bà con. " * 12])
@pytest.mark.parametrize("repeat", [1, 2])
def test_the_forecast_of_an_item_is_within_five_percent(
    channel: LoudspeakerChannel, body: str, repeat: int
) -> None:
    content = notice(LoudspeakerOptions(repeat=repeat), body=body)
    forecast = channel.forecast(content, b.hamlet())
    heard = sound.decoded(channel.render(speech(channel, content)).data)
    assert forecast.seconds == pytest.approx(len(heard) / 44_100, rel=0.05)


@pytest.mark.parametrize(
    "sentence", ["Thông báo tiêm vắc xin.", "Khẩn cấp!", FLOOD.split("! ")[1].split(". ")[0]]
)
def test_the_forecast_of_a_sentence_is_within_fifteen_percent(sentence: str) -> None:
    engine = EspeakEngine()
    try:
        spoken = engine.say(sentence, SOUTH)
    finally:
        engine.close()
    estimate = seconds([Line(sentence, 0)]) - seconds([])
    assert estimate == pytest.approx(len(spoken.samples) / spoken.rate, rel=0.15)


def test_an_item_that_is_repeated_says_so_in_text_and_sound(channel: LoudspeakerChannel) -> None:
    thrice = notice(LoudspeakerOptions(repeat=3))
    assert channel.forecast(thrice, b.hamlet()).text.count("Xin nhắc lại.") == 2
    lines = tuple(readings(speech(channel, thrice).sentences, 3))
    assert [line.text for line in lines].count("Xin nhắc lại.") == 2
    assert [line.text for line in lines].count("Khi đi mang theo sổ tiêm.") == 3


def test_a_doubtful_reading_is_a_sentence_with_both_forms(
    channel: LoudspeakerChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    doubts = channel.forecast(notice(body="Theo quy định của QXZ."), b.hamlet()).doubts
    assert len(doubts) == 1
    assert doubts[0].startswith("“QXZ” is read as “")


@pytest.mark.parametrize("why", Why)
def test_every_doubt_has_its_words(monkeypatch: pytest.MonkeyPatch, why: Why) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    sentence = doubt_in_words(Doubt("3/4", "ba phần tư", why, 0))
    assert sentence.startswith("“3/4” is read as “ba phần tư”: ")
    assert why.value not in sentence


def test_an_author_may_say_how_a_word_is_read(channel: LoudspeakerChannel) -> None:
    options = LoudspeakerOptions(pronounce={"QXZ": "quy xa dét"})
    forecast = channel.forecast(notice(options, body="Theo quy định của QXZ."), b.hamlet())
    assert "quy xa dét" in forecast.text
    assert forecast.doubts == ()


def test_a_text_with_nothing_to_say_is_a_breach_and_no_sound(channel: LoudspeakerChannel) -> None:
    content = notice(title="🎉", body="⚠️ — …\u202e", contact="")
    assert len(channel.forecast(content, b.hamlet()).breaches) == 1
    with pytest.raises(ChannelError) as caught:
        channel.render(speech(channel, content))
    assert caught.value.permanent


def test_fifty_thousand_characters_are_a_breach_and_refused_in_time(
    channel: LoudspeakerChannel,
) -> None:
    content = notice(body="Mời bà con đến họp. " * 2_500)
    assert len(channel.forecast(content, b.hamlet()).breaches) == 1
    with pytest.raises(ChannelError, match="30") as caught:
        channel.render(speech(channel, content))
    assert caught.value.permanent


@pytest.mark.parametrize(
    "body",
    ["ô" * 5_000, "mời, " * 1_000, "mời " * 1_000, "a." * 500, "mời\n" * 500],
    ids=["one word", "commas", "spaces", "stops", "lines"],
)
def test_no_sentence_is_longer_than_an_engine_takes(channel: LoudspeakerChannel, body: str) -> None:
    lines = speech(channel, notice(body=body)).sentences
    assert all(0 < len(line.text) <= 300 for line in lines)


def test_the_way_a_text_is_stored_does_not_change_the_sound(channel: LoudspeakerChannel) -> None:
    stored = notice(body=unicodedata.normalize("NFD", SUPPORT), title="Thông báo")
    assert speech(channel, stored) == speech(channel, notice(body=SUPPORT, title="Thông báo"))


def test_the_same_words_for_four_thousand_hamlets_are_one_artifact(
    channel: LoudspeakerChannel,
) -> None:
    content = notice()
    keys = {artifact_key(channel, speech(channel, content, n)) for n in range(1, 4_001)}
    assert len(keys) == 1


def test_priority_and_schedule_do_not_change_the_sound(channel: LoudspeakerChannel) -> None:
    calm = speech(channel, notice())
    urgent = notice(priority=Priority.EMERGENCY, schedule=Schedule(asap=True))
    assert artifact_key(channel, speech(channel, urgent)) == artifact_key(channel, calm)


@pytest.mark.parametrize(
    "change",
    [{"title": "Tin khác"}, {"body": "Tin khác."}, {"contact": ""}, {"issuer": "Công an xã"},
     {"options": LoudspeakerOptions(repeat=2)}, {"campaign_id": "khac"}],
    ids=str,
)  # fmt: skip
def test_what_people_hear_or_see_names_the_artifact(
    channel: LoudspeakerChannel, change: dict[str, Any]
) -> None:
    other = b.content("loudspeaker", **{"options": LoudspeakerOptions(), **change})
    assert artifact_key(channel, speech(channel, other)) != artifact_key(
        channel, speech(channel, notice())
    )


def test_another_voice_or_loudness_is_another_artifact(tmp_path: Path) -> None:
    def key(**settings: Any) -> str:
        channel = LoudspeakerChannel(outbox=tmp_path, speech_cache=tmp_path, **settings)
        return artifact_key(channel, speech(channel, notice(body="Giá 1.000 đồng.")))

    settings = ({}, {"voice": "vi"}, {"engine": "gtts"}, {"region": "north"}, {"loudness": -20.0})
    assert len({key(**setting) for setting in settings}) == 5


@pytest.mark.parametrize(
    "content",
    [notice(title="Có", body="", contact=""), notice(body=FLOOD), notice(body=SUPPORT * 2)],
    ids=["short", "flood", "long"],
)
def test_speech_airs_at_the_stations_loudness(
    channel: LoudspeakerChannel, content: Content
) -> None:
    heard = sound.decoded(channel.render(speech(channel, content)).data)
    assert sound.loudness(heard) == pytest.approx(-16.0, abs=0.5)
    assert sound.true_peak(heard) <= -1.0


def test_the_same_words_give_the_same_bytes_from_a_cold_and_a_warm_cache(tmp_path: Path) -> None:
    rendered = []
    for cache in ("one", "one", "two"):
        channel = LoudspeakerChannel(outbox=tmp_path, speech_cache=tmp_path / cache)
        rendered.append(channel.render(speech(channel, notice())).data)
        channel.close()
    assert len(set(rendered)) == 1


def test_a_recording_is_named_and_its_length_is_a_doubt(
    channel: LoudspeakerChannel, tmp_path: Path
) -> None:
    path = sound.sound_file(tmp_path / "loi-moi.wav", sound.murmur(1))
    forecast = channel.forecast(notice(recording=b.attachment_of(path, "audio/wav")), b.hamlet())
    assert forecast.text == "Phát bản ghi âm: loi-moi.wav"
    assert len(forecast.doubts) == 1


@pytest.mark.parametrize(
    "setting", [{"engine": "siri"}, {"region": "west"}, {"loudness": 0.0}, {"loudness": -40.0}]
)
def test_a_setting_that_does_not_exist_is_refused(tmp_path: Path, setting: dict[str, Any]) -> None:
    with pytest.raises(LoaError):
        LoudspeakerChannel(outbox=tmp_path, speech_cache=tmp_path, **setting)


@pytest.mark.parametrize(
    "section", [{"repeat": 0}, {"repeat": 4}, {"pronounce": {"": "x"}}, {"pronounce": {"A": " "}}]
)
def test_a_section_with_values_out_of_range_is_refused(section: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LoudspeakerOptions.model_validate(section)


def test_every_field_is_described_in_vietnamese() -> None:
    fields = LoudspeakerOptions.model_json_schema()["properties"]
    assert set(fields) == {"repeat", "pronounce", "clusters", "field", "if_not_played"}
    assert all("đọc" in f["description"] or "phát" in f["description"] for f in fields.values())
