"""A chain of engines: the first that can speaks the whole item, and says why not another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.cache import CacheError, SpeechCache
from channels.loudspeaker.speech.chain import Chain, Spoken
from channels.loudspeaker.speech.engine import Choice, Cost, Engine, Traits, Voice
from channels.loudspeaker.speech.resting import FIRST, LONGEST, Resting
from channels.loudspeaker.speech.voices import Casting, Voices

SENTENCES = ("Một.", "Hai.", "Ba.", "Bốn.", "Năm.", "Sáu.")


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


class Monotonic:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


class FakeEngine:
    """Speaks a second of its own sound; notes what it is asked for, and may fail."""

    def __init__(
        self,
        name: str,
        level: int = 1_000,
        *,
        at_once: int = 1,
        cacheable: bool = True,
        fails: Callable[[str], ChannelError | None] = lambda _sentence: None,
    ) -> None:
        self.name = name
        self.traits = Traits(online=True, cost=Cost.FREE, cacheable=cacheable, at_once=at_once)
        self.level = level
        self.fails = fails
        self.asked: list[str] = []

    def voices(self) -> Sequence[Voice]:
        return (Voice("a", "vi", 22_050),)

    def missing(self) -> str:
        return ""

    def identity(self, voice: str) -> str:
        return "1"

    def say(self, sentence: str, voice: str) -> Pcm:
        self.asked.append(sentence)
        if (error := self.fails(sentence)) is not None:
            raise error
        return Pcm(np.full(22_050, self.level, dtype=np.int16), 22_050)

    def close(self) -> None:
        """Nothing is held."""


class Rig:
    """A chain of fakes over one cache."""

    def __init__(self, folder: Path, *engines: FakeEngine) -> None:
        self.now = Monotonic()
        self.engines: dict[str, Engine] = {engine.name: engine for engine in engines}
        self.chain = Chain(self.engines.__getitem__, SpeechCache(folder), Resting(self.now))
        self.choices = [Choice(engine.name, "a") for engine in engines]

    def speak(self, *sentences: str) -> Spoken:
        return self.chain.speak(sentences or SENTENCES, self.choices)


def broken(permanent: bool = False, wait: float | None = None) -> Callable[[str], ChannelError]:
    after = timedelta(seconds=wait) if wait is not None else None
    return lambda _sentence: ChannelError("hỏng", permanent=permanent, retry_after=after)


def levels(spoken: Spoken) -> set[int]:
    return {int(sound.samples[0]) for sound in spoken.sounds.values()}


def test_the_first_engine_that_can_speaks_all_of_it(tmp_path: Path) -> None:
    first, second = FakeEngine("one", 1_000), FakeEngine("two", 2_000)
    spoken = Rig(tmp_path, first, second).speak()
    assert (spoken.engine, spoken.remarks, levels(spoken)) == ("one", (), {1_000})
    assert second.asked == []


def test_an_item_is_never_half_in_one_voice_and_half_in_another(tmp_path: Path) -> None:
    def midway(sentence: str) -> ChannelError | None:
        return ChannelError("hỏng") if sentence == "Bốn." else None

    first, second = FakeEngine("one", 1_000, fails=midway), FakeEngine("two", 2_000)
    spoken = Rig(tmp_path, first, second).speak()
    assert (spoken.engine, levels(spoken)) == ("two", {2_000})
    assert first.asked == ["Một.", "Hai.", "Ba.", "Bốn."]
    assert spoken.remarks == ("The voice “one” could not be used, “two” spoke instead: hỏng",)


def test_each_engine_that_could_not_has_its_reason(tmp_path: Path) -> None:
    one = FakeEngine("one", fails=broken())
    two = FakeEngine("two", fails=lambda _s: ChannelError("không có giọng", permanent=True))
    spoken = Rig(tmp_path, one, two, FakeEngine("three")).speak()
    assert [remark.partition(": ")[2] for remark in spoken.remarks] == ["hỏng", "không có giọng"]


def test_when_none_can_every_reason_is_told(tmp_path: Path) -> None:
    one, two = FakeEngine("one", fails=broken(True)), FakeEngine("two", fails=broken(wait=40))
    with pytest.raises(ChannelError, match="one: hỏng; two: hỏng") as caught:
        Rig(tmp_path, one, two).speak()
    assert not caught.value.permanent
    assert caught.value.retry_after == timedelta(seconds=40)
    with pytest.raises(ChannelError) as caught:
        Rig(tmp_path, one).speak()
    assert (str(caught.value), caught.value.permanent) == ("hỏng", True)


def test_an_engine_that_failed_rests_and_is_tried_again_by_one_item(tmp_path: Path) -> None:
    one, two = FakeEngine("one", fails=broken()), FakeEngine("two")
    rig = Rig(tmp_path, one, two)
    for number in range(100):
        spoken = rig.speak(f"Tin số {number}.")
        assert spoken.engine == "two"
        assert "hỏng" in spoken.remarks[0]
    assert one.asked == ["Tin số 0."]
    assert "left alone for now: hỏng" in spoken.remarks[0]
    rig.now.seconds += FIRST
    rig.speak("Tin a.")
    rig.speak("Tin b.")
    assert one.asked == ["Tin số 0.", "Tin a."]
    rig.now.seconds += FIRST
    rig.speak("Tin c.")
    assert one.asked[2:] == []  # the second failure in a row makes the rest longer
    rig.now.seconds += FIRST
    one.fails = lambda _sentence: None
    assert rig.speak("Tin d.").engine == "one"
    assert rig.speak("Tin e.").remarks == ()


def test_what_an_engine_said_before_needs_no_try(tmp_path: Path) -> None:
    one, two = FakeEngine("one", 1_000), FakeEngine("two", 2_000)
    rig = Rig(tmp_path, one, two)
    rig.speak("Cũ.")
    one.fails = broken()
    assert rig.speak("Mới.").engine == "two"
    spoken = rig.speak("Cũ.")
    assert (spoken.engine, spoken.remarks) == ("one", ())


def test_the_last_engine_is_always_asked(tmp_path: Path) -> None:
    one, two = FakeEngine("one", fails=broken()), FakeEngine("two", fails=broken())
    rig = Rig(tmp_path, one, two)
    for _time in range(3):
        with pytest.raises(ChannelError):
            rig.speak("Một.")
    assert (len(one.asked), len(two.asked)) == (1, 3)


def test_what_is_missing_for_good_is_no_failure_that_passes(tmp_path: Path) -> None:
    one, two = FakeEngine("one", fails=broken(permanent=True)), FakeEngine("two")
    rig = Rig(tmp_path, one, two)
    rig.speak("Một.")
    one.fails = lambda _sentence: None
    assert rig.speak("Hai.").engine == "one"


def test_the_far_side_says_how_long_to_leave_it_alone() -> None:
    now = Monotonic()
    resting = Resting(now)
    resting.failed("one", "429", timedelta(seconds=300))
    now.seconds += 299
    assert resting.why("one") == "429"
    now.seconds += 1
    assert resting.why("one") is None
    assert resting.why("two") is None


def test_failures_of_those_who_began_before_count_as_one() -> None:
    now = Monotonic()
    resting = Resting(now)
    for _thread in range(8):
        resting.failed("one", "hỏng")
    now.seconds += FIRST
    assert resting.why("one") is None


def test_rests_grow_no_longer_than_a_quarter_of_an_hour() -> None:
    now = Monotonic()
    resting = Resting(now)
    for _time in range(12):
        resting.failed("one", "hỏng")
        now.seconds += LONGEST
        assert resting.why("one") is None


def test_several_sentences_are_spoken_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(3)

    def meet(_sentence: str) -> None:
        together.wait(10)  # only passes when three are here at the same time

    one = FakeEngine("one", at_once=3, fails=meet)
    assert set(Rig(tmp_path, one).speak().sounds) == set(SENTENCES)


def test_the_first_failure_stops_what_has_not_begun(tmp_path: Path) -> None:
    one = FakeEngine("one", at_once=2, fails=broken())
    rig = Rig(tmp_path, one, FakeEngine("two"))
    assert rig.speak(*(f"Tin {number}." for number in range(50))).engine == "two"
    assert len(one.asked) <= 2


def test_only_new_sentences_are_spoken(tmp_path: Path) -> None:
    one = FakeEngine("one")
    rig = Rig(tmp_path, one)
    rig.speak()
    rig.speak(*SENTENCES, "Bảy.", "Bảy.")
    assert one.asked == [*SENTENCES, "Bảy."]


def test_what_may_not_be_kept_is_spoken_each_time(tmp_path: Path) -> None:
    one = FakeEngine("one", cacheable=False)
    rig = Rig(tmp_path, one)
    rig.speak("Một.")
    rig.speak("Một.")
    assert one.asked == ["Một.", "Một."]
    assert list(tmp_path.rglob("*.sentence")) == []


@pytest.mark.parametrize(("seconds", "level"), [(0.0, 0), (0.1, 9_000), (3.0, 3)])
def test_sound_that_cannot_be_the_sentence_is_a_failure(
    tmp_path: Path, seconds: float, level: int
) -> None:
    class Curt(FakeEngine):
        def say(self, sentence: str, voice: str) -> Pcm:
            return Pcm(np.full(round(seconds * 22_050), level, dtype=np.int16), 22_050)

    spoken = Rig(tmp_path, Curt("one"), FakeEngine("two")).speak("Mời bà con đến họp.")
    assert spoken.engine == "two"
    assert f"“Mời bà con đến họp.” came back as {seconds:.1f} s" in spoken.remarks[0]


def test_a_disk_that_refuses_is_no_engines_fault(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    one, two = FakeEngine("one"), FakeEngine("two")
    with pytest.raises(CacheError):
        Rig(tmp_path / "cache", one, two).speak("Một.")
    assert two.asked == []


def test_an_engine_that_there_is_not_is_refused_for_good(tmp_path: Path) -> None:
    voices = Voices(tmp_path / "cache", Casting(tmp_path))
    with pytest.raises(ChannelError, match="espeak, gtts, piper") as caught:
        voices.speak(["Một."], [Choice("siri", "a")])
    assert caught.value.permanent


def test_voices_keep_what_they_learnt_from_item_to_item(tmp_path: Path) -> None:
    now = Monotonic()
    voices = Voices(tmp_path / "c", Casting(tmp_path, gtts_address="http://127.0.0.1:9"), now=now)
    choices = [Choice("gtts", "vi"), Choice("espeak", "vi")]
    try:
        first, second = (voices.speak([text], choices).remarks for text in ("Một.", "Hai."))
        assert "left alone" not in first[0]
        assert "left alone" in second[0]
        now.seconds += FIRST
        assert "left alone" not in voices.speak(["Ba."], choices).remarks[0]
    finally:
        voices.close()
