"""What needs a person: a dead channel, a wrong clock, a campaign that nobody has approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How soon a person is needed."""

    #: Within the day.
    WARNING = "warning"
    #: Now: something does not reach people, or soon will not.
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Return 0 for the less urgent one."""
        return list(Severity).index(self)


class Concern(StrEnum):
    """What a notice is about."""

    UNCERTAIN = "uncertain"
    FAILED = "failed"
    NO_PROOF = "no-proof"
    NOT_PLAYED = "not-played"
    PLAYER = "player"
    STRANGE_PLAYS = "strange-plays"
    RECALLED = "recalled"
    OBLIGATION = "obligation"
    APPROVAL = "approval"
    REFUSED = "refused"
    NO_ALL_CLEAR = "no-all-clear"
    REHEARSING = "rehearsing"
    PERMISSION = "permission"
    NOBODY_SENDS = "nobody-sends"
    CLOCK = "clock"
    SILENT = "silent"
    DISK = "disk"
    DEAD = "dead"
    MUTE = "mute"
    QUOTA = "quota"
    PLAYER_SILENT = "player-silent"
    PLAYER_CLOCK = "player-clock"
    PLAYER_LACKS = "player-lacks"
    REUSED_NUMBERS = "reused-numbers"
    TWO_PLAYERS = "two-players"
    TAKE_BACK = "take-back"
    RELAY_WORDS = "relay-words"
    SECOND_CONTACT = "second-contact"
    NOBODY_TO_ASK = "nobody-to-ask"
    VISIT_HELP = "visit-help"
    MOVED = "moved"
    UNAMENDED = "unamended"
    BULLETIN = "bulletin"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that needs a person, as it was found.

    ``about`` are the ids that tell it from others of its concern; with it they make the key.
    ``facts`` fill its words: ids, numbers and moments (ISO 8601), never personal data.
    """

    concern: Concern
    severity: Severity
    since: datetime
    about: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return what stays the same for as long as the notice lives."""
        return ":".join((self.concern, *self.about))
