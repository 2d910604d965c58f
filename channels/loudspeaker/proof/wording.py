"""A proof in words, for the person who can mend what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.loudspeaker.proof.faults import Fault, Kind
from engine.i18n import decimal
from engine.i18n import gettext as _

#: Faults that are told one by one, and characters of a sentence that are quoted.
_MOST, _QUOTED = 4, 80


def refusal(faults: Sequence[Fault]) -> str:
    """Return why a sound must not be aired, in one line."""
    told = " · ".join(map(fault_in_words, faults[:_MOST]))
    if len(faults) > _MOST:
        told += " · " + _("and {count} more").format(count=len(faults) - _MOST)
    return _("The proof-listening failed: {faults}").format(faults=told)


def fault_in_words(fault: Fault) -> str:
    """Return one fault as a sentence in the reader's language."""
    at = 0.0 if fault.at is None else fault.at
    return _sentences()[fault.kind].format(
        at=decimal(at),
        text=_quoted(fault.text),
        found=fault.found,
        allowed=fault.allowed,
        share=f"{fault.found * 100:.0f}",
        most=f"{fault.allowed * 100:.0f}",
    )


def figures_in_words(figures: Mapping[str, float]) -> str:
    """Return what a proof measured, in one line; what was not measured is left out."""
    told = [
        sentence.format(value=figures[name], share=f"{figures[name] * 100:.0f}")
        for name, sentence in _figures().items()
        if name in figures
    ]
    return " · ".join(told)


def _figures() -> dict[str, str]:
    return {
        "words": _("{value:.0f} words"),
        "alike": _("least alike {share} %"),
        "pace": _("{value:.0f} syllables/minute"),
        "seconds": _("{value:.1f} s"),
        "silence": _("longest silence {value:.1f} s"),
        "loudness": _("{value:.1f} LUFS"),
        "true_peak": _("peak {value:.1f} dBTP"),
        "misheard": _("misheard by speech recognition {share} %"),
    }


def _sentences() -> dict[Kind, str]:
    return {
        Kind.OTHER_TEXT: _(
            "the sound says something else: {found:.0f} of {allowed:.0f} words are in their place"
        ),
        Kind.MISSING: _("at {at} s “{text}” is not heard"),
        Kind.MISPLACED: _("“{text}” belongs at {at} s, but is said at {found:.1f} s"),
        Kind.PAUSE: _("at {at} s the pause before “{text}” is off by {found:+.1f} s"),
        Kind.EXTRA: _("at {at} s there is sound for {found:.1f} s where nothing is said"),
        Kind.SILENCE: _(
            "at {at} s there is silence for {found:.1f} s; {allowed:.1f} s are allowed"
        ),
        Kind.CLIPPED: _("from {at} s on the loudest parts are cut off (clipping)"),
        Kind.PEAK: _(
            "its loudest moment reaches {found:.1f} dB of full scale; allowed: {allowed:.1f} dB"
        ),
        Kind.LEVEL: _("it is {found:.1f} LUFS loud instead of {allowed:.1f}"),
        Kind.DURATION: _("it lasts {found:.1f} s instead of {allowed:.1f} s"),
        Kind.TOO_FAST: _(
            "it is said at {found:.0f} syllables per minute; at most {allowed:.0f} are allowed"
        ),
        Kind.TOO_SLOW: _(
            "it is said at {found:.0f} syllables per minute; at least {allowed:.0f} are wanted"
        ),
        Kind.SCRIPT: _("“{text}” was approved, but is not among what is said"),
        Kind.VOICE: _("the voice does not say “{text}”"),
        Kind.VOICE_LENGTH: _(
            "the voice takes {found:.1f} s for “{text}”; about {allowed:.1f} s are expected"
        ),
        Kind.VOICE_SILENT: _("the voice says nothing for “{text}”"),
        Kind.MISHEARD: _("words misheard by speech recognition: {share} %; allowed: {most} %"),
        Kind.EMPTY: _("there is nothing to hear"),
    }


def _quoted(text: str) -> str:
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"
