"""Whether a voice said what it was asked to: its own sounds, before anything was joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.proof.bands import seconds_of
from channels.loudspeaker.proof.explaining import REACH, explain
from channels.loudspeaker.proof.faults import Fault, Kind
from channels.loudspeaker.proof.hearing import hear
from channels.loudspeaker.proof.matching import Matcher
from channels.loudspeaker.proof.score import Passage, Score, Sentence
from channels.loudspeaker.proof.witness import Account, Witness, fingerprint
from channels.loudspeaker.script import saying

#: The loudest sample, of 32,767, of what is silence for all that people hear.
_SILENT = 50

#: A sentence of at least so many syllables takes about as long as its syllables say, by the
#: voice's own pace: within these factors. Measured: docs/proof-listening.md.
_TELLING, _SHORTEST, _LONGEST = 4, 0.65, 1.6


def check_by_witness(
    sounds: Mapping[str, Pcm], accounts: Mapping[str, Account], witness: Witness, voice: str
) -> Iterator[Fault]:
    """Yield where espeak's sounds are not what espeak says when it is asked once more.

    The witness's own word is checked too: it must have begun every word that was asked for.
    Raises ChannelError when the witness does not speak.
    """
    for text, sound in sounds.items():
        account = accounts[text]
        for word in account.unsaid(text.lower()):
            yield Fault(Kind.VOICE, text=word)
        if fingerprint(sound.samples) != account.sha256:
            yield from _compared(text, sound, witness.speak(text, voice), account)


def _compared(text: str, sound: Pcm, wanted: Pcm, account: Account) -> Iterator[Fault]:
    """Yield the words of a sentence that a voice's sound does not hold."""
    if _is_silent(sound):
        yield Fault(Kind.VOICE_SILENT, text=text)
        return
    sentence = Sentence.of(text, wanted, account.places(text))
    heard = hear([sound.samples.astype(np.float32) / np.float32(32_768)], sound.rate)
    matcher = Matcher(heard, Score((Passage(sentence, 0.0, 0.0),), sentence.seconds))
    missing = [*explain(matcher, matcher.match(REACH), pauses=False)]
    words = [fault.text for fault in missing if fault.kind is Kind.MISSING]
    # A sound that only looks alike is another one: the same voice says the same words alike.
    yield from (Fault(Kind.VOICE, text=word) for word in words or [text])


def check_by_length(sentences: Sequence[Sentence]) -> Iterator[Fault]:
    """Yield sentences that a voice takes far too short or too long for, or does not say at all.

    For voices that no witness speaks with. By the voice's own pace, the median over its
    sentences, so it tells nothing of a voice that says one or two.
    """
    for sentence in sentences:
        if not sentence.speaking:
            yield Fault(Kind.VOICE_SILENT, text=sentence.text)
    long = [one for one in sentences if one.speaking and one.syllables >= _TELLING]
    paces = [seconds_of(one.speaking) / saying(one.text) for one in long]
    for sentence, pace in zip(long, paces, strict=True):
        usual = float(np.median(paces))
        if not usual * _SHORTEST <= pace <= usual * _LONGEST:
            expected = saying(sentence.text)
            yield Fault(
                Kind.VOICE_LENGTH,
                text=sentence.text,
                found=expected * pace,
                allowed=expected * usual,
            )


def _is_silent(sound: Pcm) -> bool:
    return int(np.abs(sound.samples.astype(np.int32)).max(initial=0)) < _SILENT
