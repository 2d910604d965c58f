"""Content: one message as one channel says it, with every variable filled in."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from engine.models.correction import Correction
from engine.models.facts import NONE, Facts
from engine.models.registry import HouseholdGroup
from engine.models.terms import Attachment, Priority, Purpose, Schedule

if TYPE_CHECKING:  # a player reads models too, and has little memory
    from pydantic import BaseModel

#: Fields that say nothing in most contents, and came after the first of them were hashed.
_LATER = ("drill", "ends", "facts", "correction")

OptionsT = TypeVar("OptionsT", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class Content:
    """What one channel says in one hamlet; hamlets with the same words share one Content.

    ``valid_from`` None means from its approval on. Plain text throughout: no field is ever code
    in any output format. ``permalink`` is the address of the portal post, computed before the
    post exists. ``schedule`` and ``own_schedule`` (the channel's, when its section names one)
    decide slots and are no part of the identity: a day added to a schedule must not send the
    other days again. ``drill``: every form says that it is one.
    ``ends`` is the campaign that an all-clear ends; empty for all others. ``facts`` is what the
    message comes down to, for the channels that show it.
    ``correction`` says what it amends, for those whom earlier words may have reached; None for
    all others.
    """

    campaign_id: str
    channel: str
    title: str
    issuer: str
    priority: Priority
    purpose: Purpose
    body: str
    contact: str
    valid_from: datetime | None
    valid_until: datetime
    households: HouseholdGroup
    permalink: str
    options: BaseModel
    schedule: Schedule
    own_schedule: Schedule | None = None
    attachments: tuple[Attachment, ...] = ()
    recording: Attachment | None = None
    drill: bool = False
    ends: str = ""
    correction: Correction | None = None
    facts: Facts = NONE

    def identity(self) -> dict[str, Any]:
        """Return what the content hash is made of."""
        unhashed = {"schedule", "own_schedule"}
        # What was said before there were drills, all-clears, facts and corrections keeps its hash.
        unhashed |= {name for name in _LATER if not getattr(self, name)}
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in unhashed}

    def options_as(self, model: type[OptionsT]) -> OptionsT:
        """Return the channel's options, typed. Raises TypeError if they are another channel's."""
        if not isinstance(self.options, model):
            raise TypeError(f"{self.channel} holds {type(self.options).__name__}")
        return self.options
