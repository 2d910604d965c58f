"""Master and join a long programme, and say how much memory that took at its peak.

``python -m support.long_programme MINUTES FOLDER [KEPT]``: a process of its own, because a process
never gives back the memory by which its peak is measured. With ``KEPT``, mastering keeps so many
bytes for its second pass and uses one thread: then the peak does not hang on when each thread was
where. Prints JSON, in MB.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from channels.loudspeaker.audio import mastering, threads
from channels.loudspeaker.audio.carrier import carrier_of
from channels.loudspeaker.audio.mastering import mastered
from channels.loudspeaker.audio.pcm import RATE, Passage, Samples
from channels.loudspeaker.audio.terms import USUAL, Tags

TAGS = Tags("Bản tin", "Xã Mẫu", "ban-tin", "2026-12-01")
PASSAGE = 12


@dataclass(frozen=True)
class Voice:
    """Something like a voice of some seconds, another one for every number."""

    number: int
    seconds: int

    def __call__(self) -> Iterator[Samples]:
        random = np.random.default_rng(self.number)
        time = np.arange(RATE, dtype=np.float32) / RATE
        syllables = np.clip(np.sin(2 * np.pi * 2.7 * time), 0, None) ** 2
        pitch = 110 + 10 * (self.number % 9)
        # Phases that spread the energy (Schroeder's), as a mouth and a room do.
        wave = sum(
            np.sin(2 * np.pi * pitch * n * time + np.pi * n * n / 8) / n for n in range(1, 9)
        )
        for _second in range(self.seconds):
            noise = random.standard_normal(RATE, dtype=np.float32)
            yield (0.1 * syllables * (wave + 0.2 * noise)).astype(np.float32)


def peak() -> float:
    """Return the most memory this program has had. What it was started by does not count.

    ``ru_maxrss`` would begin with the size of the process that was forked for it.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main(minutes: int, folder: Path) -> None:
    before = peak()
    spoken = [Passage(Voice(n, PASSAGE), 0.5) for n in range(minutes * 60 // (2 * PASSAGE))]
    recorded = [Passage(Voice(1_000, minutes * 60 // 2), 0.5)]
    carrier = carrier_of(USUAL)
    files = []
    for number, sound in enumerate((spoken, recorded)):
        files.append(folder / f"{number}.mp3")
        files[-1].write_bytes(carrier.file(mastered(sound, -16.0), TAGS))
    after = peak()
    with (folder / "whole.mp3").open("wb") as out:
        streams = [file.open("rb") for file in files * max(1, 45 // minutes)]
        seconds = carrier.join(streams, TAGS, out)[-1]
        for stream in streams:
            stream.close()
    print(json.dumps({"before": before, "mastered": after, "joined": peak(), "seconds": seconds}))


if __name__ == "__main__":
    if len(sys.argv) > 3:
        mastering.KEPT, threads.MOST = int(sys.argv[3]), 1
    main(int(sys.argv[1]), Path(sys.argv[2]))
