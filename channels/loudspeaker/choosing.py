"""What an installer may choose of the sound; anything else is refused in words."""

from __future__ import annotations

from collections.abc import Sequence

from channels.loudspeaker.audio.terms import KBITS, RATES, Finish
from channels.loudspeaker.speech.engine import Choice
from engine.errors import LoaError
from engine.i18n import gettext as _


def possible(finish: Finish) -> Finish:
    """Return a finish that sound can have. Raises LoaError that says what is allowed."""
    one_of("sample_rate", str(finish.rate), tuple(map(str, RATES[finish.format])))
    one_of("bit_rate", str(finish.kbits), tuple(map(str, KBITS)))
    return finish


def one_of(setting: str, found: str, allowed: Sequence[str]) -> str:
    """Return a setting that is one of those allowed. Raises LoaError that names these."""
    if found not in allowed:
        raise LoaError(
            _("loudspeaker.{setting}: found “{found}”, allowed: {allowed}").format(
                setting=setting, found=found, allowed=", ".join(allowed)
            )
        )
    return found


def within(setting: str, found: float, lowest: float, highest: float) -> float:
    """Return a setting that lies within its bounds. Raises LoaError that names these."""
    if not lowest <= found <= highest:
        raise LoaError(
            _("loudspeaker.{setting}: found {found}, allowed: {lowest} to {highest}").format(
                setting=setting, found=found, lowest=lowest, highest=highest
            )
        )
    return found


def simple_choices(engine: str, voice: str) -> tuple[Choice, ...]:
    """Return an engine with its own voice, and espeak after it; ``voice`` is espeak's."""
    espeak = Choice("espeak", voice)
    if engine == "espeak":
        return (espeak,)
    return (Choice(engine, "vi"), espeak)
