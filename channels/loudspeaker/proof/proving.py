"""Proving a finished item, before it is kept or shown to anybody."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.proof.faults import OF_VOICE, Fault, Kind
from channels.loudspeaker.proof.hearing import Heard, hear
from channels.loudspeaker.proof.judging import duration, figures, flaws, judge
from channels.loudspeaker.proof.limits import ProofLimits
from channels.loudspeaker.proof.opening import opened
from channels.loudspeaker.proof.recogniser import Recogniser, word_errors
from channels.loudspeaker.proof.score import Score, Sentence, bare_words, score_of
from channels.loudspeaker.proof.voices import check_by_length, check_by_witness
from channels.loudspeaker.proof.witness import Account, Witness, fingerprint
from channels.loudspeaker.proof.wording import refusal
from channels.loudspeaker.script import MARGIN, Line
from channels.loudspeaker.speech.engine import Choice

#: The engine that the witness speaks like.
WITNESSED = "espeak"

#: Words that are quoted where the lines are not what was approved.
_QUOTED = 6

Accounts = Mapping[str, Account]

#: Sentences whose sounds are remembered: some 40 kB for each of three seconds.
_SENTENCES = 256

#: A sentence, the rate and the hash of its sound, and where its words are.
_Sounded = tuple[str, int, str, tuple[tuple[str, float], ...]]


@dataclass(frozen=True, slots=True)
class Said:
    """What an item was made of: its lines in order, and each distinct sentence's sound.

    ``spoken`` are the sounds as the voice gave them, ``sounds`` as they are laid out: the same,
    or said more slowly. ``text`` is what was approved to be said; empty where nothing was.
    """

    lines: Sequence[Line]
    spoken: Mapping[str, Pcm]
    sounds: Mapping[str, Pcm]
    by: Choice
    text: str = ""

    @property
    def witnessed(self) -> bool:
        """Whether the witness speaks with this voice."""
        return self.by.engine == WITNESSED


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an item's file should hold, and what is wrong already before there is one."""

    score: Score
    faults: tuple[Fault, ...]


class ProofError(ChannelError):
    """A sound is not what it should be: it must never be aired. Permanent.

    ``faults`` are all that was found; ``by_voice``: the voice itself did not say its sentences.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(refusal(faults), permanent=True)
        self.faults = tuple(faults)
        self.by_voice = any(fault.kind in OF_VOICE for fault in faults)


class Prover:
    """Proves items; the witness that it asks speaks while others work."""

    def __init__(
        self,
        limits: ProofLimits,
        witness: Witness | None = None,
        recogniser: Recogniser | None = None,
    ) -> None:
        self._limits = limits
        self._witness = witness or Witness()
        self._recogniser = recogniser or Recogniser()
        self._guard = threading.Lock()
        self._sentences: OrderedDict[_Sounded, Sentence] = OrderedDict()

    @contextmanager
    def preparing(self, said: Said) -> Iterator[Future[Prepared]]:
        """Find out all that is known without the file, in a thread of its own."""
        with ThreadPoolExecutor(1, thread_name_prefix="loa-witness") as thread:
            yield thread.submit(self._prepared, said)

    def _prepared(self, said: Said) -> Prepared:
        asked = tuple(said.spoken) if said.witnessed else ()
        accounts = self._witness.hear(asked, said.by.voice)
        score = self._score(said, accounts)
        return Prepared(score, (*_script_faults(said), *self._voice_faults(said, score, accounts)))

    def speech(self, said: Said, file: bytes, prepared: Prepared) -> dict[str, float]:
        """Return the figures of an item's file. Raises ProofError, ChannelError."""
        score, faults = prepared.score, list(prepared.faults)
        judgement = judge(_heard(file), score, self._limits)
        faults += judgement.faults
        found = judgement.figures
        if self._limits.recognise and not said.witnessed:
            words = [word for line in said.lines for word in bare_words(line.text)]
            found["misheard"], misheard = self.recognised(file, words)
            faults += misheard
        if faults:
            raise ProofError(faults)
        return found

    def voice(self, said: Said) -> None:
        """Hear only whether the voice says its sentences, not what is made of them.

        For what is laid over music, where the ear does not tell words apart. Raises ProofError,
        ChannelError.
        """
        asked = tuple(said.spoken) if said.witnessed else ()
        accounts = self._witness.hear(asked, said.by.voice)
        if faults := [*self._voice_faults(said, self._score(said, accounts), accounts)]:
            raise ProofError(faults)

    def score(self, said: Said) -> Score:
        """Return what an item's file should hold. Raises ChannelError."""
        asked = tuple(said.spoken) if said.witnessed else ()
        return self._score(said, self._witness.hear(asked, said.by.voice))

    def _score(self, said: Said, accounts: Accounts) -> Score:
        sentences = {
            text: self._sentence(text, sound, _places(said, text, accounts))
            for text, sound in said.sounds.items()
        }
        return score_of([(line.text, line.pause) for line in said.lines], sentences, MARGIN)

    def _sentence(self, text: str, sound: Pcm, places: list[tuple[str, float]]) -> Sentence:
        """Return a sentence; hamlets share most of theirs, and each sound is heard once."""
        key = (text, sound.rate, fingerprint(sound.samples), tuple(places))
        with self._guard:
            known = self._sentences.get(key)
        found = known or Sentence.of(text, sound, places)
        with self._guard:
            self._sentences[key] = found
            self._sentences.move_to_end(key)
            if len(self._sentences) > _SENTENCES:
                self._sentences.popitem(last=False)
        return found

    def recognised(self, file: Path | bytes, words: list[str]) -> tuple[float, list[Fault]]:
        """Return the share of ``words`` that speech recognition hears otherwise, and what of it.

        Raises ChannelError.
        """
        with opened(file) as (rate, blocks):
            heard = self._recogniser.words(blocks, rate)
        share = word_errors(words, [word for text in heard for word in bare_words(text)])
        allowed = self._limits.word_errors
        faults = [Fault(Kind.MISHEARD, found=share, allowed=allowed)] if share > allowed else []
        return share, faults

    def _voice_faults(self, said: Said, score: Score, accounts: Accounts) -> Iterator[Fault]:
        if said.witnessed:
            return check_by_witness(said.spoken, accounts, self._witness, said.by.voice)
        sentences = {passage.sentence.text: passage.sentence for passage in score.passages}
        return check_by_length(list(sentences.values()))

    def recording(self, file: bytes, seconds: float) -> dict[str, float]:
        """Return the figures of a recording's file, which should last so many ``seconds``.

        Raises ProofError, ChannelError.
        """
        heard = _heard(file)
        if faults := [*flaws(heard, self._limits.silence), *duration(heard, seconds)]:
            raise ProofError(faults)
        return figures(heard)


def _script_faults(said: Said) -> Iterator[Fault]:
    """Yield the words from which on the lines are not the text that was approved."""
    if not said.text:
        return
    approved = bare_words(said.text)
    lines = [word for line in said.lines for word in bare_words(line.text)]
    if approved != lines:
        same = sum(1 for _pair in takewhile(_alike, zip(approved, lines, strict=False)))
        yield Fault(Kind.SCRIPT, text=" ".join((approved[same:] or lines[same:])[:_QUOTED]))


def _alike(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _places(said: Said, text: str, accounts: Accounts) -> list[tuple[str, float]]:
    """Return where a sentence's words are, at the pace at which it is laid out."""
    if not said.witnessed:
        return []
    slower = _seconds(said.sounds[text]) / max(_seconds(said.spoken[text]), 1e-3)
    return [(word, start * slower) for word, start in accounts[text].places(text)]


def _seconds(sound: Pcm) -> float:
    return len(sound.samples) / sound.rate


def _heard(file: bytes) -> Heard:
    with opened(file) as (rate, blocks):
        return hear(blocks, rate)
