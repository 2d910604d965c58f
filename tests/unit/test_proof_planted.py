"""Proof-listening catches what is planted in decoded MP3s, and says what and where it is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from bench.planted import FAULTS, VOICES, Made, Samples, clipped, items
from channels.loudspeaker.audio.chime import chime
from channels.loudspeaker.audio.pcm import RATE
from channels.loudspeaker.audio.terms import Chime
from channels.loudspeaker.proof.faults import Kind
from channels.loudspeaker.proof.hearing import hear
from channels.loudspeaker.proof.judging import Judgement
from channels.loudspeaker.proof.opening import opened
from channels.loudspeaker.script import Line, lines_of
from channels.loudspeaker.speech.voices import Casting, Voices
from channels.loudspeaker.spoken import Region
from channels.loudspeaker.studio import Studio

PAIRS = Path(__file__).with_name("spoken_pairs.tsv").read_text(encoding="utf-8").splitlines()
#: Faults of words and of their places.
MOVED = {Kind.MISSING, Kind.MISPLACED}
NOTICE = (
    "Thông báo lịch tiêm.\nTrạm y tế kính mời bà con đưa trẻ đi tiêm lúc 7 giờ sáng thứ Bảy. "
    "Địa điểm: nhà văn hóa ấp. Khi đi mang theo sổ tiêm chủng.\nĐiện thoại 0272.3000.111"
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("speech")
    voices = Voices(folder, Casting(files=folder / "voices"))
    yield Studio(voices)
    voices.close()


@pytest.fixture(scope="module")
def notice(studio: Studio) -> Made:
    return Made.of(studio, lines_of(NOTICE, Region.SOUTH), "vi-vn-x-south")


@pytest.fixture(scope="module")
def texts() -> list[tuple[Line, ...]]:
    written = [row.split("\t")[1] for row in PAIRS if "\t" in row and row[0] != "#"]
    return [lines for lines in (lines_of(text, Region.SOUTH) for text in written) if lines]


def kinds(judgement: Judgement) -> set[Kind]:
    return {fault.kind for fault in judgement.faults}


@pytest.mark.parametrize("seed", range(2))
def test_no_planted_fault_passes_and_nothing_honest_is_held(
    studio: Studio, texts: list[tuple[Line, ...]], seed: int
) -> None:
    chance = random.Random(seed)
    made, other = islice(items(studio, texts, seed), 2)
    assert made.itself().faults == ()
    for name, plant in FAULTS.items():
        heard = plant(made, studio, chance)
        if heard is not None:
            assert made.judged(heard).faults, (
                f"{name}: {[p.sentence.text for p in made.score.passages]}"
            )
    assert made.judged(other.samples).faults


def test_another_campaigns_sound_is_told_at_once(studio: Studio, notice: Made) -> None:
    other = Made.of(
        studio,
        lines_of("Mời họp dân.\nHọp tại trụ sở lúc 19 giờ tối mai.", Region.SOUTH),
        "vi-vn-x-south",
    )
    (fault,) = (f for f in notice.judged(other.samples).faults if f.kind is Kind.OTHER_TEXT)
    assert fault.found < fault.allowed / 2


@pytest.mark.parametrize(("sentence", "word"), [(1, 3), (1, 9), (2, 2), (3, 4)])
def test_a_word_that_was_cut_out_is_named_with_its_moment(
    notice: Made, sentence: int, word: int
) -> None:
    passage = notice.score.passages[sentence]
    gone = passage.sentence.words[word]
    begin = passage.start + gone.start * 110 / 11_025
    end = passage.start + gone.end * 110 / 11_025
    cut = np.concatenate([notice.samples[: notice.at(begin)], notice.samples[notice.at(end) :]])
    missing = [fault for fault in notice.judged(cut).faults if fault.kind is Kind.MISSING]
    assert [fault.text for fault in missing] == [gone.text]
    assert missing[0].at == pytest.approx(begin, abs=0.4)


def test_swapped_sentences_are_told_with_the_places_they_were_found_at(
    studio: Studio, notice: Made
) -> None:
    lines = list(notice.inputs.sentences)
    lines[2], lines[3] = (
        replace(lines[3], pause=lines[2].pause),
        replace(lines[2], pause=lines[3].pause),
    )
    swapped = Made.of(studio, tuple(lines), "vi-vn-x-south")
    found = notice.judged(swapped.samples)
    assert kinds(found) & {Kind.MISPLACED, Kind.PAUSE}
    assert Kind.OTHER_TEXT not in kinds(found)


@pytest.mark.parametrize("repeat", [1, 2])
def test_a_sentence_left_out_is_told_whole_and_what_it_moves_is_no_fault(
    studio: Studio, repeat: int
) -> None:
    lines = lines_of(NOTICE, Region.SOUTH)
    made = Made.of(studio, lines, VOICES[0], repeat)
    without = Made.of(studio, lines[:1] + lines[2:], VOICES[0], repeat)

    faults = [fault for fault in made.judged(without.samples).faults if fault.kind in MOVED]

    assert [(fault.kind, fault.text) for fault in faults] == repeat * [
        (Kind.MISSING, lines[1].text)
    ]


def test_silence_is_told_with_its_length_and_its_place(notice: Made) -> None:
    at = notice.at(notice.score.passages[2].start - 0.2)
    longer = np.insert(notice.samples, at, np.zeros(3 * notice.rate, dtype=np.float32))
    (silence,) = (f for f in notice.judged(longer).faults if f.kind is Kind.SILENCE)
    assert silence.found == pytest.approx(3.5, abs=0.3)
    assert silence.at == pytest.approx(notice.score.passages[2].start - 0.5, abs=0.4)


@pytest.mark.parametrize(("decibels", "then"), [(6, 1.0), (12, 1.0), (12, 0.5), (20, 0.5)])
def test_clipping_is_told_even_when_it_was_turned_down_afterwards(
    studio: Studio, notice: Made, decibels: float, then: float
) -> None:
    heard = clipped(decibels, then)(notice, studio, random.Random(0))
    assert heard is not None
    assert kinds(notice.judged(heard)) & {Kind.CLIPPED, Kind.PEAK}


@pytest.mark.parametrize("offset", [0.0, 1.3, 2.9])
def test_an_alarm_is_no_clipping_and_hides_none(
    studio: Studio, notice: Made, offset: float
) -> None:
    quiet, alarm = np.zeros(round(offset * RATE), np.float32), 1.8 * chime(Chime.ALARM)
    cut = clipped(12, 0.5)(notice, studio, random.Random(0))
    assert cut is not None
    for speech, squeezed in ((notice.samples, False), (cut, True)):
        sound = notice.as_mp3(np.concatenate([quiet, alarm, speech]))
        with opened(sound) as (rate, blocks):
            assert bool(hear(blocks, rate).squeezed) is squeezed


def test_sound_where_nothing_is_said_is_told(notice: Made) -> None:
    first = notice.score.passages[0]
    at = notice.at(first.start + first.sentence.seconds + 0.2)
    noisy = notice.samples.copy()
    noise = np.random.default_rng(1).standard_normal(round(0.5 * notice.rate))
    noisy[at : at + len(noise)] += (0.1 * noise).astype(np.float32)
    assert kinds(notice.judged(noisy)) == {Kind.EXTRA}


def test_what_ends_too_early_or_too_late_does_not_last_as_it_should(notice: Made) -> None:
    more = np.concatenate([notice.samples, np.zeros(notice.rate, dtype=np.float32)])
    assert kinds(notice.judged(notice.samples[: -notice.rate])) == {Kind.DURATION}
    assert kinds(notice.judged(more)) == {Kind.DURATION}


def test_nothing_at_all_is_told(notice: Made) -> None:
    nothing: Samples = np.zeros(len(notice.samples), dtype=np.float32)
    assert kinds(notice.judged(nothing)) == {Kind.EMPTY}


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("text", ["Khẩn cấp.", "Mời họp.", "Hết tin. Xin chào."])
def test_an_item_of_two_words_is_no_false_alarm(studio: Studio, voice: str, text: str) -> None:
    for repeat in (1, 2, 3):
        made = Made.of(studio, lines_of(text, Region.SOUTH), voice, repeat)
        assert made.itself().faults == ()


def test_softer_and_louder_and_duller_is_still_the_same_text(notice: Made) -> None:
    duller = np.convolve(notice.samples, np.full(4, 0.25), "same").astype(np.float32)
    for heard in (notice.samples * np.float32(0.1), duller):
        assert notice.judged(heard).faults == ()
