"""A campaign as its author meant it: checked, typed, not yet bound to hamlets and times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.models.correction import Correction
from engine.models.drill import titled_as_drill
from engine.models.escalation import Steps, steps_in_force
from engine.models.facts import NONE, Facts
from engine.models.obligation import LegalBasis
from engine.models.registry import Hamlet, HouseholdGroup
from engine.models.terms import Attachment, Priority, Purpose, Schedule
from engine.models.truth import Confirmed

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Audience:
    """Hamlets by id or tag; both empty means every hamlet of the commune.

    A province's audience says where by ``communes`` and ``areas`` (both empty: everywhere); what
    is left in one commune is that commune's own audience. ``nobody``: a later revision has
    left the commune out, so that nobody in it is meant any more.
    """

    hamlets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    households: HouseholdGroup = HouseholdGroup.ALL
    communes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    nobody: bool = False

    def includes(self, hamlet: Hamlet) -> bool:
        """Say whether ``hamlet`` is meant. Ids and tags add up.

        A hamlet without any household of the wanted group is not.
        """
        if self.nobody:
            return False
        named = not (self.hamlets or self.tags)
        named = named or hamlet.id in self.hamlets or not hamlet.tags.isdisjoint(self.tags)
        everybody = self.households is HouseholdGroup.ALL
        return named and (everybody or hamlet.households_of(self.households) > 0)


@dataclass(frozen=True, slots=True)
class Section:
    """What a campaign says about one channel; None takes the campaign's own.

    ``options`` is an instance of the channel's ``Options`` model; ``recording`` a sound file
    to play in place of speech.
    """

    options: BaseModel
    title: str | None = None
    text: str | None = None
    schedule: Schedule | None = None
    recording: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """One message with its audience, forms, times and rules.

    ``body`` and the sections' texts are Jinja2 sources; ``variables`` apply everywhere,
    ``hamlet_values`` override them in one hamlet. ``valid_from`` None means from approval on.
    ``sections`` holds the channels used. ``drill``: a rehearsal with people, who are told so in
    every form. ``all_clear`` is the id of the alert whose end it tells; empty for all others.
    ``differs`` are differences between its texts that the author means.
    ``legal_basis`` is what the law asks of the message. ``facts`` is what it comes down to.
    ``correction`` says what it amends, when an earlier revision was approved; no file says it.
    ``escalation`` is what is done when nobody passes it on; None is what the commune usually does.
    """

    id: str
    title: str
    issuer: str
    priority: Priority
    audience: Audience
    valid_from: datetime | None
    valid_until: datetime
    contact: str
    body: str
    schedule: Schedule
    sections: Mapping[str, Section]
    variables: Mapping[str, Any] = field(default_factory=dict)
    hamlet_values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    drill: bool = False
    all_clear: str = ""
    facts: Facts = NONE

    @property
    def heading(self) -> str:
        """The title as everything shows it: a drill's begins with the word."""
        return titled_as_drill(self.title) if self.drill else self.title

    @property
    def purpose(self) -> Purpose:
        """Return why its deliveries exist; an all-clear of a drill is an all-clear."""
        if self.all_clear:
            return Purpose.ALL_CLEAR
        return Purpose.DRILL if self.drill else Purpose.NOTICE

    @property
    def urgency(self) -> Priority:
        """Return the priority at which it is sent: a drill breaks no hours and delays nobody."""
        if self.drill and self.priority is Priority.EMERGENCY:
            return Priority.IMPORTANT
        return self.priority

    legal_basis: tuple[LegalBasis, ...] = ()
    differs: tuple[Confirmed, ...] = ()
    correction: Correction | None = None
    escalation: Steps | None = None

    def steps(self, usual: Steps) -> Steps:
        """Return what is done when nobody passes it on; ``usual`` is the commune's own rule.

        What takes something back, or ends an alert, is chased after like all else.
        """
        return steps_in_force(self.escalation, usual, frozenset(self.sections))
