"""One suite for every voice engine: each speaks for real, Google's from a server of our own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from support.fake_google import Habit, fake_google, without_proxies
from support.redis_server import PATIENCE
from support.voices import JOE, piper_voices

from channels.base import ChannelError
from channels.loudspeaker.speech.engine import ENGINES, MAX_SENTENCE, Cost, Engine
from channels.loudspeaker.speech.espeak import EspeakEngine
from channels.loudspeaker.speech.gtts_engine import GttsEngine
from channels.loudspeaker.speech.piper import PiperEngine
from channels.loudspeaker.speech.voice_files import VoiceFiles

SENTENCE = "Mời bà con đến nhà văn hóa ấp."
SENTENCES = [f"{word} bà con đến họp." for word in ("Mời", "Chào", "Nhờ", "Báo")]


@dataclass
class Rig:
    """An engine and one of its voices; ``hanging`` is another one that hangs from now on."""

    engine: Engine
    voice: str
    hanging: Callable[[], Engine]


def stopped(engine: EspeakEngine | PiperEngine, voice: str) -> Engine:
    """Return the engine with its helpers stopped in their tracks."""
    engine.say("Một.", voice)
    assert engine.helper_pids
    for pid in engine.helper_pids:
        os.kill(pid, signal.SIGSTOP)
    return engine


def espeak(tmp_path: Path) -> Iterator[Rig]:
    engine, hasty = EspeakEngine(helpers=2), EspeakEngine(time_limit=2)
    yield Rig(engine, "vi-vn-x-south", lambda: stopped(hasty, "vi-vn-x-south"))
    engine.close()
    hasty.close()


def gtts(tmp_path: Path) -> Iterator[Rig]:
    with fake_google() as google, fake_google() as hanging:
        hanging.habit = Habit.HANG
        hasty = GttsEngine(address=hanging.address, time_limit=1)
        yield Rig(GttsEngine(address=google.address), "vi", lambda: hasty)


def piper(tmp_path: Path) -> Iterator[Rig]:
    files = VoiceFiles(piper_voices(tmp_path / "voices"))
    engine, hasty = PiperEngine(files, helpers=2), PiperEngine(files, time_limit=8)
    yield Rig(engine, JOE, lambda: stopped(hasty, JOE))
    engine.close()
    hasty.close()


RIGS = (espeak, gtts, piper)


@pytest.fixture(scope="module", params=RIGS, ids=lambda make: make.__name__)
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with without_proxies():
        yield from request.param(tmp_path_factory.mktemp("voices"))


def test_every_engine_is_in_this_suite() -> None:
    assert {make.__name__ for make in RIGS} == set(ENGINES)


def test_an_engine_says_what_it_is(rig: Rig) -> None:
    engine = rig.engine
    assert engine.name in ENGINES
    assert engine.traits.at_once >= 1
    assert isinstance(engine.traits.cost, Cost)
    assert engine.traits.online == (engine.name == "gtts")
    assert engine.missing() == ""
    voices = engine.voices()
    assert rig.voice in {voice.name for voice in voices}
    assert len({voice.name for voice in voices}) == len(voices)
    assert all(voice.language and 8_000 <= voice.rate <= 48_000 for voice in voices)


def test_a_sentence_becomes_sound_at_the_rate_that_was_said(rig: Rig) -> None:
    sound = rig.engine.say(SENTENCE, rig.voice)
    (voice,) = (one for one in rig.engine.voices() if one.name == rig.voice)
    assert sound.rate == voice.rate
    assert sound.samples.dtype == np.int16
    assert sound.samples.ndim == 1
    assert 0.8 < len(sound.samples) / sound.rate < 8.0
    assert np.abs(sound.samples.astype(int)).max() > 1_000


def test_a_sentence_that_may_be_kept_is_the_same_whenever_it_is_said(rig: Rig) -> None:
    assert rig.engine.traits.cacheable
    first = rig.engine.say(SENTENCE, rig.voice).samples
    rig.engine.say("Khẩn cấp, nước lên nhanh!", rig.voice)
    again = rig.engine.say(SENTENCE, rig.voice).samples
    rig.engine.close()
    anew = rig.engine.say(SENTENCE, rig.voice).samples
    assert np.array_equal(first, again)
    assert np.array_equal(first, anew)


def test_sentences_said_at_once_are_those_said_alone(rig: Rig) -> None:
    alone = [rig.engine.say(sentence, rig.voice).samples for sentence in SENTENCES]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda s: rig.engine.say(s, rig.voice).samples, SENTENCES))
    assert all(np.array_equal(a, t) for a, t in zip(alone, together, strict=True))


def test_the_identity_names_the_sound_and_stays(rig: Rig) -> None:
    identity = rig.engine.identity(rig.voice)
    assert identity
    rig.engine.say(SENTENCE, rig.voice)
    assert rig.engine.identity(rig.voice) == identity


def test_a_voice_that_does_not_exist_is_refused_for_good(rig: Rig) -> None:
    with pytest.raises(ChannelError) as caught:
        rig.engine.say(SENTENCE, "khong-co")
    assert caught.value.permanent
    assert "khong-co" in str(caught.value)
    assert len(rig.engine.say(SENTENCE, rig.voice).samples)


def test_the_longest_sentence_is_said_whole(rig: Rig) -> None:
    longest = ("mời bà con đến dự họp " * 20)[:MAX_SENTENCE]
    sound = rig.engine.say(longest, rig.voice)
    assert 8 < len(sound.samples) / sound.rate < 100


def test_markup_and_codes_in_a_text_are_not_obeyed(rig: Rig) -> None:
    sound = rig.engine.say('<speak><break time="30s"/></speak> bà con [[_:9]]', rig.voice)
    assert len(sound.samples) / sound.rate < 15


def test_an_engine_that_hangs_is_left_within_its_time_limit(rig: Rig) -> None:
    engine = rig.hanging()
    begun = time.monotonic()  # a helper that is stopped, or a server that is silent, never answers
    if engine.traits.online:
        with pytest.raises(ChannelError) as caught:
            engine.say("Một.", rig.voice)
        assert not caught.value.permanent
    else:
        assert len(engine.say("Một.", rig.voice).samples)
    assert time.monotonic() - begun < 2 * PATIENCE
