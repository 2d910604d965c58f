"""espeak-ng in its helper process, which may hang, crash and be killed; and the cache."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
from support.redis_server import PATIENCE

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.cache import SpeechCache
from channels.loudspeaker.speech.espeak import EspeakEngine

SOUTH = "vi-vn-x-south"
SENTENCE = "Mời bà con đến nhà văn hóa ấp."


@pytest.fixture
def engine() -> Iterator[EspeakEngine]:
    engine = EspeakEngine(time_limit=PATIENCE)
    yield engine
    engine.close()


def running(engine: EspeakEngine) -> int:
    engine.say("Một.", SOUTH)
    (pid,) = engine.helper_pids
    return pid


def ended(pid: int, within: float = PATIENCE) -> bool:
    try:
        psutil.Process(pid).wait(within)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def test_a_sentence_becomes_sound(engine: EspeakEngine) -> None:
    sound = engine.say(SENTENCE, SOUTH)
    assert sound.rate == 22_050
    assert 2.0 < len(sound.samples) / sound.rate < 4.0
    assert 5_000 < np.abs(sound.samples).max() < 32_767


def test_a_sentence_sounds_the_same_whatever_was_said_before(engine: EspeakEngine) -> None:
    first = engine.say(SENTENCE, SOUTH).samples
    engine.say("Khẩn cấp, nước lên nhanh!", "vi")
    again = engine.say(SENTENCE, SOUTH).samples
    engine.close()
    anew = engine.say(SENTENCE, SOUTH).samples
    assert np.array_equal(first, again)
    assert np.array_equal(first, anew)


def test_voices_differ(engine: EspeakEngine) -> None:
    south, north = (engine.say(SENTENCE, voice).samples for voice in (SOUTH, "vi"))
    assert not np.array_equal(south, north)


def test_capitals_are_said_not_spelled(engine: EspeakEngine) -> None:
    plain = engine.say("thông báo.", SOUTH).samples
    assert np.array_equal(plain, engine.say("THÔNG BÁO.", SOUTH).samples)


def test_markup_and_phoneme_codes_are_not_obeyed(engine: EspeakEngine) -> None:
    silenced = engine.say('<speak><break time="9s"/></speak> [[_:9]]', SOUTH)
    assert len(silenced.samples) / silenced.rate < 8


def test_an_unknown_voice_is_refused_for_good_and_the_helper_lives(engine: EspeakEngine) -> None:
    pid = running(engine)
    with pytest.raises(ChannelError) as caught:
        engine.say(SENTENCE, "vi-vn-x-nowhere")
    assert caught.value.permanent
    assert "vi-vn-x-nowhere" in str(caught.value)
    engine.say(SENTENCE, SOUTH)
    assert engine.helper_pids == (pid,)


def test_a_helper_killed_between_sentences_is_replaced(engine: EspeakEngine) -> None:
    expected = engine.say(SENTENCE, SOUTH).samples
    pid = running(engine)
    os.kill(pid, signal.SIGKILL)
    assert np.array_equal(engine.say(SENTENCE, SOUTH).samples, expected)
    assert engine.helper_pids != (pid,)


def test_a_helper_killed_while_it_speaks_is_replaced_and_the_sentence_said() -> None:
    engine = EspeakEngine(time_limit=PATIENCE)
    try:
        expected = engine.say(SENTENCE, SOUTH).samples
        pid = running(engine)
        os.kill(pid, signal.SIGSTOP)
        with ThreadPoolExecutor(1) as pool:
            saying = pool.submit(engine.say, SENTENCE, SOUTH)
            while engine.helper_pids:
                time.sleep(0)
            os.kill(pid, signal.SIGKILL)
            assert np.array_equal(saying.result(PATIENCE).samples, expected)
        assert engine.helper_pids != (pid,)
    finally:
        engine.close()


def test_a_helper_that_hangs_is_killed_and_replaced() -> None:
    engine = EspeakEngine(time_limit=4)  # in which another one starts, however busy the machine is
    try:
        pid = running(engine)
        os.kill(pid, signal.SIGSTOP)
        begun = time.monotonic()  # one that is stopped never answers
        assert len(engine.say(SENTENCE, SOUTH).samples)
        assert time.monotonic() - begun < PATIENCE
        assert ended(pid)
    finally:
        engine.close()


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        "import sys; sys.exit(3)",
        "import sys; sys.stdout.buffer.write(bytes([255]) * 64); sys.stdout.flush(); input()",
        "import sys; sys.stdout.buffer.write(bytes([9, 0, 0, 0]) + b'S' * 5); sys.stdout.flush()",
        "import sys; sys.stdout.buffer.write(bytes([5, 0, 0, 0]) + b'X' * 5); sys.stdout.flush();"
        " input()",
    ],
    ids=["hangs", "crashes", "answers nonsense", "breaks off", "knows no reply"],
)
def test_a_helper_that_always_fails_is_an_error_that_may_pass(program: str) -> None:
    engine = EspeakEngine(time_limit=0.4, command=(sys.executable, "-c", program))
    with pytest.raises(ChannelError) as caught:
        engine.say(SENTENCE, SOUTH)
    assert not caught.value.permanent
    assert SENTENCE in str(caught.value)
    engine.close()


def test_threads_share_no_more_helpers_than_are_allowed() -> None:
    engine = EspeakEngine(helpers=2)
    sentences = [f"{word} bà con." for word in ("Mời", "Chào", "Nhờ", "Báo", "Gọi", "Hẹn")]
    try:
        alone = [engine.say(sentence, SOUTH).samples for sentence in sentences]
        with ThreadPoolExecutor(6) as pool:
            together = list(pool.map(lambda s: engine.say(s, SOUTH).samples, sentences * 3))
        assert all(np.array_equal(a, t) for a, t in zip(alone * 3, together, strict=True))
        assert len(engine.helper_pids) == 2
    finally:
        engine.close()


def test_there_are_as_many_helpers_as_cores_unless_it_is_said() -> None:
    assert EspeakEngine().traits.at_once == len(os.sched_getaffinity(0))
    assert EspeakEngine(helpers=3).traits.at_once == 3


def test_a_helper_that_speaks_while_it_is_closed_ends_when_it_has_answered() -> None:
    engine = EspeakEngine(time_limit=PATIENCE)
    try:
        pid = running(engine)
        os.kill(pid, signal.SIGSTOP)
        with ThreadPoolExecutor(1) as pool:
            saying = pool.submit(engine.say, SENTENCE, SOUTH)
            while engine.helper_pids:
                time.sleep(0)
            engine.close()
            os.kill(pid, signal.SIGCONT)
            assert len(saying.result(PATIENCE).samples)
        assert ended(pid)
        assert engine.helper_pids == ()
    finally:
        engine.close()


def test_an_answer_to_one_who_was_interrupted_is_never_given_to_another() -> None:
    """Dramatiq interrupts by raising where a thread stands: while it waits for a helper."""
    engine = EspeakEngine(time_limit=PATIENCE, helpers=1)
    asked = threading.Event()

    def interrupted(_code: object, _event: str, _argument: object) -> None:
        asked.set()
        raise KeyboardInterrupt

    try:
        expected = engine.say(SENTENCE, SOUTH).samples
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("channels.helping.pool.receive", interrupted)
            with pytest.raises(KeyboardInterrupt):
                engine.say("Khẩn cấp, nước lên nhanh!", SOUTH)
        assert asked.is_set()
        assert np.array_equal(engine.say(SENTENCE, SOUTH).samples, expected)
    finally:
        engine.close()


def test_a_helper_that_nobody_asks_ends_and_is_started_again() -> None:
    engine = EspeakEngine(idle_seconds=0.1)
    try:
        pid = running(engine)
        assert ended(pid)
        assert len(engine.say(SENTENCE, SOUTH).samples)
        assert engine.helper_pids != (pid,)
    finally:
        engine.close()


def test_the_helper_ends_when_it_is_closed(engine: EspeakEngine) -> None:
    pid = running(engine)
    engine.close()
    assert not psutil.pid_exists(pid)


def test_the_helper_does_not_outlive_a_parent_that_is_killed() -> None:
    program = (
        "from channels.loudspeaker.speech.espeak import EspeakEngine\n"
        "import os, time\n"
        "engine = EspeakEngine()\n"
        "engine.say('Một.', 'vi')\n"
        # A fork of the parent holds the other end of the pipe: its closing tells nothing.
        "if os.fork():\n"
        "    print(*engine.helper_pids, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, start_new_session=True
    )
    assert parent.stdout is not None
    helper = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    try:
        assert ended(helper)
    finally:
        os.killpg(parent.pid, signal.SIGKILL)
        parent.stdout.close()


def test_a_fork_has_a_helper_of_its_own_and_leaves_its_parents_alone() -> None:
    program = (
        "from channels.loudspeaker.speech.espeak import EspeakEngine\n"
        "import os\n"
        "engine = EspeakEngine(time_limit=60)\n"
        "engine.say('Một.', 'vi')\n"
        "first = engine.helper_pids\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    engine.say('Hai.', 'vi')\n"
        "    distinct = engine.helper_pids != first\n"
        "    engine.close()\n"
        "    os._exit(0 if distinct else 1)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "engine.say('Ba.', 'vi')\n"
        "assert engine.helper_pids == first\n"
        "engine.close()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=2 * PATIENCE)


def test_the_helper_finds_loa_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "channels").mkdir()
    (tmp_path / "channels/__init__.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    engine = EspeakEngine()
    try:
        assert len(engine.say(SENTENCE, SOUTH).samples)
    finally:
        engine.close()


def tone(value: int = 1_000) -> Pcm:
    return Pcm(np.full(500, value, dtype=np.int16), 22_050)


def never() -> Pcm:
    raise AssertionError("spoken again")


def test_a_sentence_is_spoken_once_and_kept_without_loss(tmp_path: Path) -> None:
    noise = Pcm(np.random.default_rng(1).integers(-9_000, 9_000, 5_000).astype(np.int16), 22_050)
    SpeechCache(tmp_path).sentence(lambda: noise, "a", "b")
    kept = SpeechCache(tmp_path).sentence(never, "a", "b")
    assert np.array_equal(kept.samples, noise.samples)
    assert kept.rate == 22_050


def test_another_voice_is_another_sentence(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    cache.sentence(tone, "espeak", "south", "Một.")
    other = cache.sentence(lambda: tone(7), "espeak", "north", "Một.")
    assert other.samples[0] == 7


@pytest.mark.parametrize("keep", [0, 10, 40, -1])
def test_a_damaged_sentence_is_spoken_again(tmp_path: Path, keep: int) -> None:
    cache = SpeechCache(tmp_path)
    cache.sentence(tone, "a")
    (path,) = tmp_path.rglob("*.sentence")
    path.write_bytes(path.read_bytes()[:keep])
    assert cache.sentence(lambda: tone(3), "a").samples[0] == 3
    assert cache.sentence(never, "a").samples[0] == 3


def test_many_threads_may_keep_the_same_sentence_at_once(tmp_path: Path) -> None:
    start = threading.Barrier(8)

    def speak(_number: int) -> Pcm:
        start.wait(PATIENCE)
        return SpeechCache(tmp_path).sentence(tone, "a")

    with ThreadPoolExecutor(8) as pool:
        assert all(sound.samples[0] == 1_000 for sound in pool.map(speak, range(8)))
    assert SpeechCache(tmp_path).find("a") is not None
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".sentence"]


def test_threads_that_want_one_sentence_have_it_spoken_once(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    start, spoken = threading.Barrier(6), []

    def want(_number: int) -> Pcm:
        start.wait(PATIENCE)
        return cache.sentence(speak, "a")

    def speak() -> Pcm:
        spoken.append(1)
        return tone()

    with ThreadPoolExecutor(6) as pool:
        assert all(sound.samples[0] == 1_000 for sound in pool.map(want, range(6)))
    assert len(spoken) == 1


def test_a_cache_that_cannot_be_written_is_an_error_that_may_pass(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(ChannelError) as caught:
        SpeechCache(tmp_path / "cache").sentence(tone, "a")
    assert not caught.value.permanent
