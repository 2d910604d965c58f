"""Proving a finished item, before it is kept or shown to anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.proof.faults import Fault
from channels.loudspeaker.proof.hearing import Heard, hear
from channels.loudspeaker.proof.judging import figures, flaws, judge
from channels.loudspeaker.proof.limits import Limits
from channels.loudspeaker.proof.opening import opened
from channels.loudspeaker.proof.score import Sentence, score_of
from channels.loudspeaker.proof.voices import check_by_length, check_by_witness
from channels.loudspeaker.proof.witness import Testimony, Witness
from channels.loudspeaker.proof.wording import refusal
from channels.loudspeaker.script import MARGIN, Line

#: The engine that the witness speaks like.
WITNESSED = "espeak"

Testimonies = Mapping[str, Testimony]


@dataclass(frozen=True, slots=True)
class Said:
    """What an item was made of: its lines in order, and each distinct sentence's sound."""

    lines: Sequence[Line]
    sounds: Mapping[str, Pcm]
    engine: str
    voice: str


class ProofError(ChannelError):
    """A sound is not what it should be: it must never be aired. Permanent.

    ``faults`` are all that was found.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(refusal(faults), permanent=True)
        self.faults = tuple(faults)


class Prover:
    """Proves items; the witness that it asks speaks while others work."""

    def __init__(self, limits: Limits, witness: Witness | None = None) -> None:
        self._limits = limits
        self._witness = witness or Witness()

    @contextmanager
    def asking(self, texts: Sequence[str], voice: str) -> Iterator[Future[Testimonies]]:
        """Ask the witness about sentences, in a thread of its own."""
        with ThreadPoolExecutor(1, thread_name_prefix="loa-witness") as thread:
            yield thread.submit(self._witness.hear, texts, voice)

    def speech(self, said: Said, file: bytes, testimonies: Testimonies) -> dict[str, float]:
        """Return the figures of an item's file. Raises ProofError, ChannelError."""
        witnessed = said.engine == WITNESSED
        sentences = {
            text: Sentence.of(text, sound, testimonies[text].places(text) if witnessed else ())
            for text, sound in said.sounds.items()
        }
        faults = [
            *(
                check_by_witness(said.sounds, testimonies, self._witness, said.voice)
                if witnessed
                else check_by_length(list(sentences.values()))
            )
        ]
        score = score_of([(line.text, line.pause) for line in said.lines], sentences, MARGIN)
        judgement = judge(_heard(file), score, self._limits)
        faults += judgement.faults
        if faults:
            raise ProofError(faults)
        return judgement.figures

    def recording(self, file: bytes) -> dict[str, float]:
        """Return the figures of a recording's file. Raises ProofError, ChannelError."""
        heard = _heard(file)
        if faults := [*flaws(heard, self._limits.silence)]:
            raise ProofError(faults)
        return figures(heard)


def _heard(file: bytes) -> Heard:
    with opened(file) as (rate, blocks):
        return hear(blocks, rate)
