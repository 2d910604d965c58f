"""Settings of the channel that must be among what there is."""

from __future__ import annotations

from collections.abc import Sequence

from channels.loudspeaker.audio.terms import KBITS, RATES, Finish
from engine.errors import LoaError
from engine.i18n import gettext as _


def possible(finish: Finish) -> Finish:
    """Return a finish that its format has. Raises LoaError."""
    one_of("sample_rate", str(finish.rate), tuple(map(str, RATES[finish.format])))
    one_of("bit_rate", str(finish.kbits), tuple(map(str, KBITS)))
    return finish


def one_of(setting: str, found: str, allowed: Sequence[str]) -> str:
    """Return what was found, if it is allowed. Raises LoaError."""
    if found not in allowed:
        raise LoaError(
            _("loudspeaker.{setting}: found “{found}”, allowed: {allowed}").format(
                setting=setting, found=found, allowed=", ".join(allowed)
            )
        )
    return found


def within(setting: str, found: float, lowest: float, highest: float) -> float:
    """Return what was found, if it is in the range. Raises LoaError."""
    if not lowest <= found <= highest:
        raise LoaError(
            _("loudspeaker.{setting}: found {found}, allowed: {lowest} to {highest}").format(
                setting=setting, found=found, lowest=lowest, highest=highest
            )
        )
    return found
