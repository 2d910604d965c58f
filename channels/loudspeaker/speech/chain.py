"""Speaking an item: with the first engine of a chain that can, all of it, and saying why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from channels.base import ChannelError
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.cache import CacheError, SpeechCache
from channels.loudspeaker.speech.engine import Choice, Engine
from channels.loudspeaker.speech.resting import Resting
from engine.i18n import gettext as _

#: Seconds that the fastest reader needs for a syllable, by far: less was never said.
_SHORTEST_SYLLABLE = 0.05

#: Kept sentences that are unpacked at once.
_READERS = 2

#: The loudest sample of what is silence for all that people hear, of 32,767.
_SILENT = 50


@dataclass(frozen=True, slots=True)
class Spoken:
    """The sound of each sentence, all by one engine; ``remarks`` say why not by an earlier one."""

    sounds: Mapping[str, Pcm]
    choice: Choice
    remarks: tuple[str, ...] = ()

    @property
    def engine(self) -> str:
        return self.choice.engine


class Chain:
    """Engines in the order in which they are tried, with the sentences they spoke before."""

    def __init__(
        self, engine: Callable[[str], Engine], cache: SpeechCache, resting: Resting
    ) -> None:
        """``engine`` returns an engine by its name, or raises ChannelError."""
        self._engine = engine
        self._cache = cache
        self._resting = resting

    def speak(self, sentences: Iterable[str], choices: Sequence[Choice]) -> Spoken:
        """Speak distinct sentences with the first of ``choices`` that speaks all of them.

        One that failed a short while ago is not asked for anything new, unless nobody comes
        after it. Raises ChannelError when none can, with every reason, and CacheError.
        """
        texts = tuple(dict.fromkeys(sentences))
        failures: list[tuple[Choice, ChannelError]] = []
        for choice in choices:
            try:
                sounds = self._spoken(texts, choice, is_last=choice == choices[-1])
            except CacheError:
                raise
            except ChannelError as error:
                failures.append((choice, error))
            else:
                reasons = tuple(_replaced(one, choice, str(why)) for one, why in failures)
                return Spoken(sounds, choice, reasons)
        raise _nobody(failures)

    def forget(self, sentences: Iterable[str], choice: Choice) -> None:
        """Let sentences be spoken anew when they are next asked for. Raises ChannelError."""
        for text in sentences:
            self._cache.forget(*_voice(self._engine(choice.engine), choice), text)

    def _spoken(self, texts: Sequence[str], choice: Choice, *, is_last: bool) -> Mapping[str, Pcm]:
        engine = self._engine(choice.engine)
        voice = _voice(engine, choice)
        names = {text: (*voice, text) for text in texts}
        found = self._found(engine, names)
        if missing := [text for text in texts if text not in found]:
            self._refuse_if_resting(choice, is_last=is_last)
            try:
                found |= self._all(engine, choice, {text: names[text] for text in missing})
            except CacheError:
                raise
            except ChannelError as error:
                if not error.permanent:
                    self._resting.failed(choice.engine, str(error), error.retry_after)
                raise
            self._resting.spoke(choice.engine)
        return found

    def _found(self, engine: Engine, names: Mapping[str, tuple[str, ...]]) -> dict[str, Pcm]:
        if not engine.traits.cacheable:
            return {}
        with ThreadPoolExecutor(_READERS, thread_name_prefix="loa-kept") as pool:
            found = pool.map(lambda name: self._cache.find(*name), names.values())
            return {
                text: sound for text, sound in zip(names, found, strict=True) if sound is not None
            }

    def _refuse_if_resting(self, choice: Choice, *, is_last: bool) -> None:
        why = None if is_last else self._resting.why(choice.engine)
        if why is not None:
            message = _("it failed a short while ago and is left alone for now: {reason}")
            raise ChannelError(message.format(reason=why))

    def _all(
        self, engine: Engine, choice: Choice, names: Mapping[str, tuple[str, ...]]
    ) -> dict[str, Pcm]:
        """Speak new sentences, several at once. The first failure stops those not yet begun."""

        def speak(text: str) -> Pcm:
            return _heard(engine.say(text, choice.voice), text)

        def one(text: str) -> Pcm:
            if not engine.traits.cacheable:
                return speak(text)
            return self._cache.sentence(lambda: speak(text), *names[text])

        at_once = min(engine.traits.at_once, len(names))
        if at_once == 1:
            return {text: one(text) for text in names}
        return _together(one, names, at_once, engine.name)


def _together(
    speak: Callable[[str], Pcm], texts: Iterable[str], at_once: int, name: str
) -> dict[str, Pcm]:
    """Speak ``texts`` on so many threads. Once one has failed, none of them begins another."""
    failed = threading.Event()

    def one(text: str) -> Pcm | None:
        if failed.is_set():
            return None  # whoever waits hears of the failure later than these threads do
        try:
            return speak(text)
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(at_once, thread_name_prefix=f"loa-{name}") as pool:
        speaking = {text: pool.submit(one, text) for text in texts}
        try:
            wait(speaking.values(), return_when=FIRST_EXCEPTION)
        finally:
            pool.shutdown(cancel_futures=True)
    for future in speaking.values():
        if not future.cancelled() and (error := future.exception()) is not None:
            raise error
    sounds = {text: future.result() for text, future in speaking.items()}
    return {text: sound for text, sound in sounds.items() if sound is not None}


def _voice(engine: Engine, choice: Choice) -> tuple[str, str, str]:
    """Return all that shapes a sentence's sound besides its words."""
    return (engine.name, engine.identity(choice.voice), choice.voice)


def _heard(sound: Pcm, text: str) -> Pcm:
    """Return ``sound`` if it can be the text at all. Raises ChannelError, temporary."""
    syllables = sum(any(map(str.isalpha, word)) for word in text.split())
    seconds = len(sound.samples) / sound.rate if sound.rate else 0.0
    loudest = int(np.abs(sound.samples.astype(np.int32)).max(initial=0))
    if seconds < syllables * _SHORTEST_SYLLABLE or loudest < _SILENT:
        message = _("“{text}” came back as {seconds:.1f} s of sound, which cannot be all of it")
        raise ChannelError(message.format(text=text, seconds=seconds))
    return sound


def _replaced(choice: Choice, by: Choice, reason: str) -> str:
    return _("The voice “{engine}” could not be used, “{other}” spoke instead: {reason}").format(
        engine=choice.engine, other=by.engine, reason=reason
    )


def _nobody(failures: Sequence[tuple[Choice, ChannelError]]) -> ChannelError:
    """Return what is raised when no engine can speak."""
    if len(failures) == 1:
        return failures[0][1]
    reasons = "; ".join(f"{choice.engine}: {error}" for choice, error in failures)
    waits = [error.retry_after for _choice, error in failures if error.retry_after is not None]
    return ChannelError(
        _("No voice can be used. {reasons}").format(reasons=reasons),
        permanent=all(error.permanent for _choice, error in failures),
        retry_after=min(waits, default=None),
    )
