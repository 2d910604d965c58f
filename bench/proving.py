"""Proof-listening: what it catches, what it holds for nothing, and what it costs."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import yaml

from bench.figures import Figure
from bench.planted import FAULTS, VOICES, Made, items
from campaigns.workspace import EXAMPLE
from channels.loudspeaker.proof.hearing import hear
from channels.loudspeaker.proof.judging import judge
from channels.loudspeaker.proof.limits import ProofLimits
from channels.loudspeaker.proof.opening import opened
from channels.loudspeaker.proof.proving import Prover
from channels.loudspeaker.script import Line, lines_of
from channels.loudspeaker.speech.voices import Casting, Voices
from channels.loudspeaker.spoken import Region
from channels.loudspeaker.studio import Studio

#: Items that are made honestly, and those in each of which every fault is planted once.
HONEST, PLANTED = 60, 12


def figures(folder: Path) -> Iterator[Figure]:
    voices = Voices(folder / "speech", Casting(files=folder / "voices"))
    studio = Studio(voices)
    try:
        yield from _honest(studio)
        yield from _planted(studio)
        yield from _cost(studio)
    finally:
        voices.close()


def texts() -> list[tuple[Line, ...]]:
    """Return the example campaigns' texts, line by line, as they are said."""
    written: list[str] = []
    for file in sorted((EXAMPLE / "campaigns").glob("*.yaml")):
        campaign = yaml.safe_load(file.read_text(encoding="utf-8"))
        written += [campaign["title"], campaign["contact"], *campaign["text"].splitlines()]
    plain = (line for line in written if line.strip() and "{" not in line)
    return [lines_of(line, Region.SOUTH) for line in plain]


def _honest(studio: Studio) -> Iterator[Figure]:
    alike: list[float] = []
    held = 0
    for made in islice(items(studio, texts(), seed=1), HONEST):
        judgement = made.itself()
        held += bool(judgement.faults)
        alike += [word for one in judgement.found for word in one.words]
    yield Figure("honest items held", held, "items", HONEST, "items")
    lowest, thousandth = np.percentile(alike, [0, 0.1])
    yield Figure(f"likeness of {len(alike)} words said: least", float(lowest), "", 0.72, "limit")
    yield Figure("a thousandth of them below", float(thousandth), "", 0.72, "limit")


def _planted(studio: Studio) -> Iterator[Figure]:
    caught: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    chance = random.Random(2)
    before: Made | None = None
    for made in islice(items(studio, texts(), seed=2), PLANTED):
        heard = {name: plant(made, studio, chance) for name, plant in FAULTS.items()}
        if before is not None:
            heard["another item's sound"] = before.samples
        for name, samples in heard.items():
            if samples is not None:
                tried[name] += 1
                caught[name] += bool(made.judged(samples).faults)
        before = made
    for name, count in tried.items():
        yield Figure(f"caught: {name}", caught[name], "items", count, "planted")


def _cost(studio: Studio) -> Iterator[Figure]:
    lines = tuple(line for text in texts() for line in text)
    made = Made.of(studio, lines, VOICES[0])
    rendering, hearing, witness = 1e9, 1e9, 1e9
    for _round in range(3):
        begin = time.perf_counter()
        studio.speech(made.inputs)
        rendering = min(rendering, time.perf_counter() - begin)
        begin = time.perf_counter()
        score = studio.prover.score(studio.said(made.inputs)[0])
        with opened(made.file) as (rate, blocks):
            judge(hear(blocks, rate), score, ProofLimits())
        hearing = min(hearing, time.perf_counter() - begin)
    begin = time.perf_counter()
    Prover(ProofLimits()).score(studio.said(made.inputs)[0])
    witness = time.perf_counter() - begin
    seconds = made.score.seconds
    yield Figure(f"an item of {seconds:.0f} s, proved", rendering, "s", seconds, "its own length")
    yield Figure("of that, hearing it", hearing, "s", rendering, "all of it")
    yield Figure("its witness, speaking meanwhile", witness, "s", seconds, "its own length")
