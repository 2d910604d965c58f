"""What a player lacks of a programme that it is to play, and could not fetch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

#: So many are told at once; whoever lacks more lacks everything.
MOST: Final = 100


class Lacks(StrEnum):
    """What is not there: some of the sounds, or the programme itself."""

    SOUND = "sound"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Lack:
    """One slot of one cluster that a player cannot play as it should."""

    cluster: str
    slot: datetime
    what: Lacks
