"""What can be said about a sound without loading what works on sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

#: Longest sound the channel makes or takes: no commune airs one item for longer.
MAX_SECONDS = 30 * 60


@dataclass(frozen=True, slots=True)
class Tags:
    """What a player shows. ``date`` is ISO: 2026-12-01; empty is left out, as is an empty id."""

    title: str
    issuer: str
    campaign_id: str
    date: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named stretch of a sound, in seconds from its beginning."""

    title: str
    begins: float
    ends: float


class Profile(StrEnum):
    """Where a sound will be heard, which decides how it is shaped (``shaping``)."""

    HORN = "horn"
    INDOOR = "indoor"


class Chime(StrEnum):
    """What Loa plays: before a programme, before an emergency, and between two items."""

    BELLS = "bells"
    ALARM = "alarm"
    BRIDGE = "bridge"


#: How long each plays, in seconds: known without making it.
CHIME_SECONDS = {Chime.BELLS: 2.42, Chime.ALARM: 2.34, Chime.BRIDGE: 1.74}

#: Seconds between chime or jingle and the voice, and those by which a bed begins before a voice
#: and ends after it.
CHIME_PAUSE, AROUND_VOICE = 0.5, 1.5


class Format(StrEnum):
    MP3 = "mp3"
    WAV = "wav"


#: Samples per second that may be set, and kbit/s for MP3 (MPEG-1, what every player knows).
RATES = {
    Format.MP3: (32_000, 44_100, 48_000),
    Format.WAV: (16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
}
KBITS = (64, 96, 128, 160, 192)

#: The endings and media types of what leaves.
ENDINGS = {Format.MP3: "mp3", Format.WAV: "wav"}
MEDIA_TYPES = {Format.MP3: "audio/mpeg", Format.WAV: "audio/wav"}


@dataclass(frozen=True, slots=True)
class Finish:
    """How sound leaves, besides its loudness. ``rate`` in Hz; ``kbits`` per second, MP3's own."""

    profile: Profile = Profile.HORN
    format: Format = Format.MP3
    rate: int = 44_100
    kbits: int = 128


#: What leaves unless something else is set.
USUAL = Finish()


def chapters(titles: Sequence[str], begins: Sequence[float]) -> list[Chapter]:
    """Return the chapters of a joined sound; ``begins`` has one more than ``titles``: its end."""
    if not titles:
        return []
    stretches = zip(titles, pairwise(begins), strict=True)
    return [Chapter(title, first, last) for title, (first, last) in stretches if title]
