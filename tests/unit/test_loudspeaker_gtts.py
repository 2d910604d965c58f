"""Google's voice, played by a server of our own; and espeak-ng when it cannot be had."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import builders as b
from support import sound
from support.fake_google import FAILING, SYLLABLE, FakeGoogle, Habit, fake_google, without_proxies

from channels.base import ChannelError
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.speech.engine import Choice
from channels.loudspeaker.speech.gtts_engine import AT_ONCE, GttsEngine
from channels.loudspeaker.speech.voices import Casting, Voices
from engine.models import Rendered

CHOICES = (Choice("gtts", "vi"), Choice("espeak", "vi-vn-x-south"))


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with without_proxies(), fake_google() as server:
        yield server


def engine(google: FakeGoogle) -> GttsEngine:
    return GttsEngine(address=google.address, time_limit=0.5)


def render(address: str, tmp_path: Path, **changes: object) -> Rendered:
    voices = Voices(tmp_path / "c", Casting(tmp_path, gtts_address=address))
    channel = LoudspeakerChannel(outbox=tmp_path / "o", voices=voices, choices=CHOICES)
    try:
        content = b.content("loudspeaker", LoudspeakerOptions(), **changes)
        return channel.render(channel.prepare(content, b.hamlet(), b.FakeArtifacts()))
    finally:
        channel.close()


def test_google_speaks_when_it_is_chosen_and_there(google: FakeGoogle, tmp_path: Path) -> None:
    rendered = render(google.address, tmp_path)
    assert rendered.remarks == ()
    assert "Thông báo tiêm vắc xin." in google.asked
    assert sound.loudness(sound.decoded(rendered.data)) == pytest.approx(-16.0, abs=0.5)


def test_a_sentence_that_google_spoke_is_not_asked_for_again(
    google: FakeGoogle, tmp_path: Path
) -> None:
    render(google.address, tmp_path)
    asked = len(google.asked)
    render(google.address, tmp_path, title="Tin khác")
    assert google.asked[asked:] == ["Tin khác."]


def test_sentences_spoken_before_need_no_google(google: FakeGoogle, tmp_path: Path) -> None:
    first = render(google.address, tmp_path)
    google.habit = Habit.ERROR
    again = render(google.address, tmp_path)
    assert (again.data, again.remarks) == (first.data, ())


def test_a_long_sentence_goes_in_parts_and_comes_back_whole(google: FakeGoogle) -> None:
    spoken = GttsEngine(address=google.address).say("mời bà con đến dự họp " * 12, "vi")
    assert len(google.asked) == 3
    assert len(spoken.samples) / spoken.rate == pytest.approx(72 * SYLLABLE, rel=0.15)


def test_google_is_asked_for_a_few_sentences_at_once(google: FakeGoogle, tmp_path: Path) -> None:
    body = " ".join(
        f"Mời tổ {word} đến họp." for word in ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy"]
    )
    render(google.address, tmp_path, body=body)
    assert len(google.asked) > 6
    assert 1 < google.most_at_once <= AT_ONCE


@pytest.mark.parametrize("habit", FAILING)
def test_an_answer_without_sound_is_an_error_within_the_time_limit(
    google: FakeGoogle, habit: Habit
) -> None:
    google.habit = habit
    begun = time.monotonic()
    with pytest.raises(ChannelError) as caught:
        engine(google).say("Một.", "vi")
    assert not caught.value.permanent
    assert time.monotonic() - begun < 30  # the server never ends of itself


def test_google_says_when_it_may_be_asked_again(google: FakeGoogle) -> None:
    google.habit = Habit.TOO_MANY
    with pytest.raises(ChannelError, match="429") as caught:
        engine(google).say("Một.", "vi")
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 300


def test_without_an_address_it_is_google_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(method: str, url: str, **_how: object) -> None:
        asked.append(url)
        raise ChannelError("not from a test")

    monkeypatch.setattr("httpx.stream", refuse)
    with pytest.raises(ChannelError, match="not from a test"):
        GttsEngine().say("Một.", "vi")
    assert asked[0].startswith("https://translate.google.com/")


@pytest.mark.parametrize("habit", [Habit.ERROR, Habit.SHORT_SOUND])
def test_espeak_says_the_whole_item_when_google_fails_midway(
    google: FakeGoogle, tmp_path: Path, habit: Habit
) -> None:
    google.patience, google.habit = 2, habit
    fallen = render(google.address, tmp_path)
    (remark,) = fallen.remarks
    assert "gtts" in remark
    assert "espeak" in remark
    offline = LoudspeakerChannel(outbox=tmp_path / "o", speech_cache=tmp_path / "c")
    try:
        content = b.content("loudspeaker", LoudspeakerOptions())
        inputs = offline.prepare(content, b.hamlet(), b.FakeArtifacts())
        assert offline.render(inputs).data == fallen.data
    finally:
        offline.close()


def test_espeak_speaks_and_says_why_when_google_is_out_of_reach(
    google: FakeGoogle, tmp_path: Path
) -> None:
    rendered = render("http://127.0.0.1:9", tmp_path)
    assert google.asked == []
    assert len(rendered.remarks) == 1
    assert sound.loudness(sound.decoded(rendered.data)) == pytest.approx(-16.0, abs=0.5)
