"""What is kept of speech: counted, and trimmed by age and size, beside processes that speak."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.cache import SpeechCache
from channels.loudspeaker.speech.kept import Amount, kept, trim

DAY = 86_400.0


def sentence(folder: Path, name: str, *, days: float = 0.0, length: int = 5_000) -> Path:
    """Keep a sentence that was last used so many days ago; return its file."""
    before = set(folder.rglob("*.sentence"))
    noise = np.random.default_rng(1).integers(-9_000, 9_000, length).astype(np.int16)
    SpeechCache(folder).sentence(lambda: Pcm(noise, 22_050), name)
    (path,) = set(folder.rglob("*.sentence")) - before
    used = time.time() - days * DAY
    os.utime(path, (used, used))
    return path


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    found = kept(tmp_path / "none")
    assert (found.amount, found.oldest, found.newest) == (Amount(), None, None)
    assert trim(tmp_path / "none", max_size=0).gone == Amount()


def test_sentences_are_counted_with_their_age(tmp_path: Path) -> None:
    paths = [sentence(tmp_path, f"{days}", days=days) for days in (1, 100, 10)]
    found = kept(tmp_path)
    assert found.amount == Amount(3, sum(path.stat().st_size for path in paths))
    assert found.oldest is not None
    assert found.newest is not None
    assert found.newest - found.oldest == pytest.approx(timedelta(days=99), abs=timedelta(hours=1))


def test_what_nobody_used_for_long_goes(tmp_path: Path) -> None:
    old, young = (sentence(tmp_path, f"{days}", days=days) for days in (91, 89))
    done = trim(tmp_path, older_than=timedelta(days=90))
    assert (done.gone.sentences, done.left.sentences, done.in_use) == (1, 1, Amount())
    assert (old.exists(), young.exists()) == (False, True)


def test_the_oldest_go_until_the_rest_fits(tmp_path: Path) -> None:
    paths = [sentence(tmp_path, f"{days}", days=days) for days in (5, 4, 3, 2)]
    size = paths[0].stat().st_size
    done = trim(tmp_path, max_size=2 * size + 10)
    assert [path.exists() for path in paths] == [False, False, True, True]
    assert done.left == Amount(2, sum(path.stat().st_size for path in paths[2:]))


def test_a_dry_run_removes_nothing(tmp_path: Path) -> None:
    path = sentence(tmp_path, "a", days=9)
    leftover = path.with_name(".x.tmp")
    leftover.touch()
    os.utime(leftover, (1, 1))
    assert trim(tmp_path, max_size=0, dry_run=True).gone.sentences == 1
    assert path.exists()
    assert leftover.exists()


def test_what_is_in_use_stays_even_if_it_is_too_much(tmp_path: Path) -> None:
    used, idle = sentence(tmp_path, "a"), sentence(tmp_path, "b", days=0.1)
    done = trim(tmp_path, older_than=timedelta(0), max_size=0)
    assert (used.exists(), idle.exists()) == (True, False)
    assert done.in_use == Amount(1, used.stat().st_size)


def test_a_sentence_that_is_spoken_again_is_in_use(tmp_path: Path) -> None:
    path = sentence(tmp_path, "a", days=100)
    assert SpeechCache(tmp_path).find("a") is not None
    trim(tmp_path, older_than=timedelta(days=90), max_size=0)
    assert path.exists()


def test_a_sentence_that_is_used_while_it_is_judged_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sentence(tmp_path, "a", days=100)
    monkeypatch.setattr("channels.loudspeaker.speech.kept._remove_leftovers", lambda *_: None)
    seen = Path.stat

    def looked_at(self: Path, **how: bool) -> os.stat_result:
        found = seen(self, **how)
        if self == path:
            os.utime(path)  # the cache notes its use just after it was looked at
        return found

    monkeypatch.setattr(Path, "stat", looked_at)
    assert trim(tmp_path, older_than=timedelta(days=90)).gone == Amount()
    assert path.exists()


def test_what_killed_processes_left_goes_and_what_others_write_stays(tmp_path: Path) -> None:
    path = sentence(tmp_path, "a")
    old, new = path.with_name(".a.tmp"), path.with_name(".b.tmp")
    for leftover, age in ((old, 2 * DAY), (new, 0.0)):
        leftover.touch()
        os.utime(leftover, (time.time() - age,) * 2)
    trim(tmp_path, older_than=timedelta(days=90))
    assert (old.exists(), new.exists()) == (False, True)


SPEAKER = """
import sys
from pathlib import Path
import numpy as np
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.cache import SpeechCache

cache = SpeechCache(Path(sys.argv[1]))
for turn in range(25):
    for number in range(20):
        value = number + 100
        sound = cache.sentence(lambda: Pcm(np.full(800, value, np.int16), 22_050), str(number))
        assert (sound.samples == value).all() and len(sound.samples) == 800
print("fine")
"""

TRIMMER = """
import sys, time
from pathlib import Path
from datetime import timedelta
from channels.loudspeaker.speech.kept import trim

gone = 0
while not Path(sys.argv[1], "stop").exists():
    ahead = lambda: time.time() + 7_200  # nothing counts as in use
    gone += trim(Path(sys.argv[1]), max_size=0, now=ahead).gone.sentences
print(gone)
"""


def test_processes_speak_while_others_trim_and_every_sentence_is_whole(tmp_path: Path) -> None:
    def start(program: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", program, str(tmp_path)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    trimmers, speakers = [start(TRIMMER) for _ in range(2)], [start(SPEAKER) for _ in range(2)]
    told = [speaker.communicate(timeout=120)[0].strip() for speaker in speakers]
    (tmp_path / "stop").touch()
    gone = sum(int(trimmer.communicate(timeout=60)[0]) for trimmer in trimmers)
    assert told == ["fine", "fine"]
    assert [process.returncode for process in (*trimmers, *speakers)] == [0, 0, 0, 0]
    assert gone > 20  # they really got in each other's way
