"""Personal links with which people carry a message on: whose, for what, until when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Way(StrEnum):
    """How a head passed a message on to households."""

    GROUP = "group"
    MEETING = "meeting"
    DOOR = "door"
    LOUDSPEAKER = "loudspeaker"
    OTHER = "other"


class WordKind(StrEnum):
    """What somebody wrote that a person at the commune must read."""

    QUESTION = "question"
    NOT_RELAYED = "not_relayed"
    #: Written in a group, and nobody can say for sure what it settles.
    UNCLEAR = "unclear"
    #: A team met people who need help.
    NEEDS_HELP = "needs_help"


@dataclass(frozen=True, slots=True)
class RelayLink:
    """One person's link for one campaign. It opens nothing after ``until`` or once revoked."""

    commune_id: str
    id: str
    campaign_id: str
    person_id: str
    made_at: datetime
    until: datetime
    revoked_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and now <= self.until


@dataclass(frozen=True, slots=True)
class RelayWord:
    """What somebody wrote through a link or in a group.

    ``text`` is personal: sealed where it is kept. Ids that nobody can tell are "".
    """

    id: str
    campaign_id: str
    hamlet_id: str
    person_id: str
    kind: WordKind
    at: datetime
    text: str = field(repr=False)
    done_at: datetime | None = None
    done_by: str = ""
