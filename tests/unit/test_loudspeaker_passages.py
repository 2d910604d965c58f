"""Lines as passages: every line and pause once, in order; the same reading is the same passage."""

from __future__ import annotations

import numpy as np
import pytest
from support import sound

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import RATE, Pcm
from channels.loudspeaker.passages import at_their_pace, passages
from channels.loudspeaker.script import AGAIN, Line, readings

LINES = tuple(Line(f"Câu {number}.", 0.5) for number in range(12))


def spoken(lines: tuple[Line, ...], seconds: float = 2.0) -> dict[str, Pcm]:
    voice = (20_000 * sound.murmur(seconds, 0.5, rate=22_050)).astype(np.int16)
    return {line.text: Pcm(voice, 22_050) for line in (*lines, AGAIN)}


def length(lines: tuple[Line, ...], sounds: dict[str, Pcm]) -> float:
    made = passages(lines, sounds)
    blocks = sum(len(block) for one in made for block in one.blocks())
    return blocks / RATE + sum(one.pause + one.before for one in made)


@pytest.mark.parametrize("times", [1, 2])
def test_sounds_and_pauses_add_up(times: int) -> None:
    lines = tuple(readings(LINES, times))
    sounds = spoken(LINES)
    whole = sum(sounds[line.text].seconds + line.pause for line in lines)
    assert length(lines, sounds) == pytest.approx(whole + 1.0, abs=0.01)


def test_a_second_reading_is_the_same_passages_as_the_first() -> None:
    once = len(passages(LINES, spoken(LINES)))
    twice = passages(tuple(readings(LINES, 2)), spoken(LINES))
    assert len(twice) == 2 * once + 1
    assert len({one.blocks for one in twice}) == once + 1


def test_passages_end_at_pauses_only() -> None:
    breathless = tuple(Line(f"Câu {number}.", 0.1) for number in range(12))
    assert len(passages(breathless, spoken(breathless))) == 1
    assert len(passages(LINES, spoken(LINES))) == 3


def test_an_item_that_is_too_long_is_refused_for_good() -> None:
    with pytest.raises(ChannelError) as caught:
        passages(LINES, spoken(LINES, 151.0))
    assert caught.value.permanent


def test_lines_are_as_slow_as_they_say() -> None:
    slow = (Line("Chậm.", 0.5, 0.8), Line("Thường.", 0.5))
    found = at_their_pace(slow, spoken(slow))
    assert found["Chậm."].seconds == pytest.approx(2.5, rel=0.01)
    assert found["Thường."].seconds == pytest.approx(2.0, rel=0.01)
