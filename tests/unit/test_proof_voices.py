"""A voice that does not say what it was asked to is found out, whatever the file holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.audio.terms import Chime, Tags
from channels.loudspeaker.inputs import AnnouncementInputs, SpeechInputs
from channels.loudspeaker.proof.faults import Kind
from channels.loudspeaker.proof.limits import ProofLimits
from channels.loudspeaker.proof.proving import ProofError
from channels.loudspeaker.script import lines_of
from channels.loudspeaker.speech.engine import Choice, Cost, Traits, Voice
from channels.loudspeaker.speech.espeak import EspeakEngine
from channels.loudspeaker.speech.voices import Casting, Voices
from channels.loudspeaker.spoken import Region
from channels.loudspeaker.studio import Studio

SOUTH = "vi-vn-x-south"
TEXT = (
    "Thông báo họp dân.\nKính mời bà con đến họp tại nhà văn hóa ấp lúc bảy giờ tối. "
    "Khi đi mang theo giấy mời."
)

WORDS = len(TEXT.split())

#: Turns a sentence and its true sound into what a voice gives instead.
Lie = Callable[[str, EspeakEngine], Pcm]


class Liar:
    """espeak's voice, which for one sentence gives something else, as often as it is asked."""

    traits = Traits(online=False, cost=Cost.FREE, cacheable=True, at_once=1)

    def __init__(self, name: str, lie: Lie | None) -> None:
        self.name = name
        self.lie = lie
        self.asked: list[str] = []
        self._true = EspeakEngine()

    def say(self, sentence: str, voice: str) -> Pcm:
        self.asked.append(sentence)
        if self.lie is not None and sentence.startswith("Kính mời"):
            return self.lie(sentence, self._true)
        return self._true.say(sentence, SOUTH)

    def voices(self) -> Sequence[Voice]:
        return ()

    def missing(self) -> str:
        return ""

    def identity(self, voice: str) -> str:
        return "a liar"

    def close(self) -> None:
        self._true.close()


def skips_a_word(sentence: str, voice: EspeakEngine) -> Pcm:
    return voice.say(sentence.replace(" văn hóa", " hóa"), SOUTH)


def says_another_sentence(sentence: str, voice: EspeakEngine) -> Pcm:
    return voice.say("Mời bà con đi tiêm phòng vào sáng mai ở trạm y tế xã.", SOUTH)


def says_nothing(sentence: str, voice: EspeakEngine) -> Pcm:
    true = voice.say(sentence, SOUTH)
    return Pcm(np.zeros_like(true.samples), true.rate)


def whispers(sentence: str, voice: EspeakEngine) -> Pcm:
    """Noise where speech should be."""
    true = voice.say(sentence, SOUTH)
    noise = np.random.default_rng(5).integers(-500, 500, len(true.samples), dtype=np.int16)
    return Pcm(noise, true.rate)


def stops_midway(sentence: str, voice: EspeakEngine) -> Pcm:
    true = voice.say(sentence, SOUTH)
    return Pcm(true.samples[: len(true.samples) // 2], true.rate)


def says_it_thrice(sentence: str, voice: EspeakEngine) -> Pcm:
    true = voice.say(sentence, SOUTH)
    return Pcm(np.tile(true.samples, 3), true.rate)


def inputs(engine: str = "espeak") -> SpeechInputs:
    lines = lines_of(TEXT, Region.SOUTH)
    voices = (Choice(engine, SOUTH),)
    return SpeechInputs(lines, voices, -16.0, 1, Tags("", "", "", "2026-12-01"))


@contextmanager
def opened(folder: Path, limits: ProofLimits | None = None) -> Iterator[Studio]:
    voices = Voices(folder, Casting(files=folder / "voices"))
    yield Studio(voices, limits)
    voices.close()


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with opened(tmp_path) as studio:
        yield studio


def speaks_by(studio: Studio, liar: Liar) -> Liar:
    studio._voices._engines[liar.name] = liar
    return liar


@pytest.mark.parametrize(
    ("lie", "words"),
    [(skips_a_word, "văn"), (says_another_sentence, "Kính mời bà con đến họp"),
     (whispers, "Kính mời bà con đến họp"), (stops_midway, "")],
)  # fmt: skip
def test_espeak_lies_and_is_found_out_by_its_witness(studio: Studio, lie: Lie, words: str) -> None:
    speaks_by(studio, Liar("espeak", lie))
    with pytest.raises(ProofError) as caught:
        studio.speech(inputs())
    assert caught.value.permanent
    told = [fault for fault in caught.value.faults if fault.kind in (Kind.VOICE, Kind.VOICE_SILENT)]
    assert any(words in fault.text for fault in told)


def test_a_look_alike_is_another_word(studio: Studio) -> None:
    def says_it_without_its_tone(sentence: str, voice: EspeakEngine) -> Pcm:
        return voice.say(sentence.replace("bảy", "bay"), SOUTH)

    speaks_by(studio, Liar("espeak", says_it_without_its_tone))
    with pytest.raises(ProofError, match="the voice does not say"):
        studio.speech(inputs())


def test_a_sentence_that_was_kept_wrongly_is_spoken_anew_at_once(studio: Studio) -> None:
    liar = speaks_by(studio, Liar("espeak", None))
    for sentence in inputs().sentences:
        kept = skips_a_word if sentence.text.startswith("Kính") else None
        liar.lie = kept
        studio._voices.speak([sentence.text], (Choice("espeak", SOUTH),))
    liar.lie = None
    assert studio.speech(inputs()).proof["words"] == WORDS


def test_what_a_lying_voice_said_is_not_kept_so_that_trying_again_can_help(studio: Studio) -> None:
    liar = speaks_by(studio, Liar("espeak", skips_a_word))
    with pytest.raises(ProofError):
        studio.speech(inputs())
    liar.lie = None
    first = len(liar.asked)
    assert studio.speech(inputs()).proof["words"] == WORDS
    assert sum(sentence.startswith("Kính") for sentence in liar.asked[first:]) == 1


@pytest.mark.parametrize("engine", ["espeak", "gtts"])
def test_silence_is_no_sentence_of_any_voice(studio: Studio, engine: str) -> None:
    speaks_by(studio, Liar(engine, says_nothing))
    with pytest.raises(ChannelError, match="cannot be all of it"):
        studio.speech(inputs(engine))


@pytest.mark.parametrize("lie", [stops_midway, says_it_thrice])
def test_a_voice_without_a_witness_is_judged_by_its_own_pace(studio: Studio, lie: Lie) -> None:
    speaks_by(studio, Liar("gtts", lie))
    with pytest.raises(ProofError) as caught:
        studio.speech(inputs("gtts"))
    assert Kind.VOICE_LENGTH in {fault.kind for fault in caught.value.faults}


def test_an_honest_voice_without_a_witness_passes(studio: Studio) -> None:
    speaks_by(studio, Liar("gtts", None))
    proof = studio.speech(inputs("gtts")).proof
    assert proof["words"] == WORDS
    assert proof["alike"] > 0.8


def test_speech_recognition_is_asked_about_other_voices_when_it_is_set(tmp_path: Path) -> None:
    with opened(tmp_path, ProofLimits(recognise=True)) as studio:
        speaks_by(studio, Liar("gtts", None))
        with pytest.raises(ProofError) as caught:  # it does not understand espeak's sound
            studio.speech(inputs("gtts"))
        assert [fault.kind for fault in caught.value.faults] == [Kind.MISHEARD]
        assert "misheard" not in studio.speech(inputs("espeak")).proof


@pytest.mark.parametrize(("slowest", "fastest"), [(200.0, 330.0), (80.0, 120.0)])
def test_what_is_said_too_slowly_or_too_fast_is_held(
    tmp_path: Path, slowest: float, fastest: float
) -> None:
    limits = ProofLimits(slowest=slowest, fastest=fastest)
    with (
        opened(tmp_path, limits) as studio,
        pytest.raises(ProofError, match="syllables per minute") as caught,
    ):
        studio.speech(inputs())
    (fault,) = caught.value.faults
    assert 150 < fault.found < 190


def test_lines_that_are_not_the_approved_text_are_held(studio: Studio) -> None:
    whole = inputs()
    text = "\n".join(line.text for line in whole.sentences)
    studio.speech(replace(whole, text=text))
    with pytest.raises(ProofError, match="“kính mời bà con đến họp” was approved"):
        studio.speech(replace(whole, text=text, sentences=(whole.sentences[0], whole.sentences[2])))


def test_an_opening_is_not_made_of_what_a_voice_did_not_say(studio: Studio) -> None:
    announcement = AnnouncementInputs(inputs(), Chime.BELLS)
    liar = speaks_by(studio, Liar("espeak", skips_a_word))
    with pytest.raises(ProofError, match="does not say “văn"):
        studio.announcement(announcement)
    liar.lie = None
    assert studio.announcement(announcement).data


def test_nothing_is_proved_while_the_witness_does_not_speak(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.prover._witness, "_command", ("false",))
    with pytest.raises(ChannelError, match="own voice does not speak") as caught:
        studio.speech(inputs())
    assert not caught.value.permanent
