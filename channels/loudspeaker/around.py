"""About how long a programme's opening, closing and bridges take, without making a sound."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from channels.loudspeaker.audio.terms import AROUND_VOICE, CHIME_PAUSE, CHIME_SECONDS, Chime
from channels.loudspeaker.delivery import Style
from channels.loudspeaker.framing import Framing
from channels.loudspeaker.script import MARGIN, announced, seconds
from channels.loudspeaker.spoken import Region
from engine.models import Around, Registry


def around(framing: Framing, registry: Registry, region: Region, style: Style) -> Around:
    """Return it for programmes without an emergency; those with one are not counted.

    Spoken texts are estimated like items (``script.seconds``), a station's own recordings last
    as long as their headers say; one that cannot be read is replaced by Loa's own chime.
    """
    texts = framing.filled(framing.opening, registry), framing.filled(framing.closing, registry)
    opening, closing = (_said(text, region, style, framing.bed is not None) for text in texts)
    jingle = _lasts(framing.jingle)
    if jingle:
        opening += jingle + CHIME_PAUSE
    elif framing.chime:
        opening += MARGIN + CHIME_SECONDS[Chime.BELLS] + CHIME_PAUSE
    return Around(opening + closing, _bridge(framing), opening)


def _bridge(framing: Framing) -> float:
    if not framing.bridge:
        return 0.0
    own = _lasts(framing.bridge_sound)
    if own:
        return own + CHIME_PAUSE
    return CHIME_SECONDS[Chime.BRIDGE]


@lru_cache(maxsize=64)
def _said(text: str, region: Region, style: Style, over_bed: bool) -> float:
    lines = announced(text, region, style)
    if not lines:
        return 0.0
    return seconds(lines) + (2 * AROUND_VOICE if over_bed else 0.0)


def _lasts(path: Path | None) -> float:
    """Return how long a recording lasts; 0 for one that is not there, or says nothing of it."""
    try:
        if path is None:
            return 0.0
        return _header(path, path.stat().st_mtime_ns)
    except OSError:
        return 0.0


@lru_cache(maxsize=16)
def _header(path: Path, _changed: int) -> float:
    """Return how long a file's header says that it plays; 0 for one that says nothing."""
    import mutagen

    try:
        sound = mutagen.File(path)
    except mutagen.MutagenError:
        return 0.0
    return float(getattr(getattr(sound, "info", None), "length", 0.0) or 0.0)
