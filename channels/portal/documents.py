"""The JSON documents of a site: what is posted, for whom, and by which commune."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from engine.models import Amends, Priority, Purpose, canonical_json
from engine.models.facts import NONE, Facts

#: Purposes that tell of no danger, whatever the campaign's priority.
_CALM = frozenset({Purpose.WITHDRAWAL, Purpose.ALL_CLEAR, Purpose.DRILL})

#: Fields that earlier posts have not, and that are written only where they say something.
_LATER = ("ends", "heard", "amended", "facts", "of_drill")


class Document(BaseModel):
    """Base of all: frozen, no unknown names, one way to be written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def encoded(self) -> bytes:
        """Return the document as canonical JSON."""
        return canonical_json(self) + b"\n"


class Media(Document):
    """A file beside the post. ``file`` is relative to the campaign's folder, ``size`` in bytes."""

    file: str
    media_type: str
    size: int
    sha256: str


class Attached(Media):
    """A file that came with the campaign; ``label`` is what its author called it."""

    label: str


class Amended(Document):
    """What a post amends, and why: ``opening`` says it in a sentence, ``heading`` in a word."""

    amends: Amends
    heading: str
    opening: str
    reason: str
    at: AwareDatetime
    number: int
    previous_title: str


class Post(Document):
    """What is said, in clean plain text: the portal's artifact, shared by all who are told it.

    ``ends`` is the campaign of which it says that it is over; empty for all others. ``heard``
    are the words of the recording where they are not those of the post.
    ``amended`` says what it amends; None for all others. ``facts`` are what it comes down to.
    ``of_drill``: it is no drill itself, but ends or amends one.
    """

    title: str
    issuer: str
    body: str
    contact: str
    priority: Priority
    purpose: Purpose
    valid_from: AwareDatetime | None
    valid_until: AwareDatetime
    summary: str
    permalink: str
    audio: Media | None
    attachments: tuple[Attached, ...]
    ends: str = ""
    heard: str = ""
    amended: Amended | None = None
    of_drill: bool = False
    facts: Facts = NONE

    @property
    def urgent(self) -> bool:
        """Whether it tells of a danger that is there."""
        return self.priority is Priority.EMERGENCY and self.purpose not in _CALM

    def identity(self) -> dict[str, Any]:
        """Return what is written: what came later only where it says something."""
        return self.model_dump(exclude={one for one in _LATER if not getattr(self, one)})


class Reached(Document):
    """A hamlet that a wording concerns, since ``slot``, with its own flyer."""

    id: str
    name: str
    slot: AwareDatetime
    flyer: Media | None


class Wording(Document):
    """One distinct text and the hamlets it is for."""

    post: Post
    hamlets: tuple[Reached, ...]

    def media(self) -> tuple[Media, ...]:
        """Return every file that this wording's section of the page offers."""
        flyers = tuple(hamlet.flyer for hamlet in self.hamlets if hamlet.flyer)
        audio = (self.post.audio,) if self.post.audio else ()
        return (*audio, *flyers, *self.post.attachments)


class Former(Document):
    """What stood here before it was amended: kept to be read, and holds no more.

    ``hamlets`` are names, ``posted`` and ``replaced`` when they were told it, and otherwise.
    """

    title: str
    body: str
    hamlets: tuple[str, ...]
    posted: AwareDatetime
    replaced: AwareDatetime


class Record(Document):
    """A campaign's post: every wording in force, and in ``history`` those that no longer are.

    ``permalink`` and ``published`` are those of the first publication and never change.
    """

    id: str
    permalink: str
    published: AwareDatetime
    wordings: tuple[Wording, ...]
    history: tuple[Former, ...] = ()

    def identity(self) -> dict[str, Any]:
        """Return what is written: ``history`` only where there is one."""
        return self.model_dump(exclude=None if self.history else {"history"})

    @property
    def updated(self) -> datetime:
        """The latest slot at which a hamlet's text was posted."""
        return max(hamlet.slot for wording in self.wordings for hamlet in wording.hamlets)


class Place(Document):
    """A hamlet of the registry."""

    id: str
    name: str


class Site(Document):
    """What the pages say about the commune. ``as_of`` is the time by which they were last made.

    ``bulletins``: the site has some, and its pages lead to them.
    """

    commune: str
    province: str
    office: str
    phone: str
    address: str
    name: str
    url: str
    hamlets: tuple[Place, ...]
    as_of: AwareDatetime
    bulletins: bool = False

    def identity(self) -> dict[str, Any]:
        """Return what is written: ``bulletins`` only where there are some."""
        return self.model_dump(exclude=None if self.bulletins else {"bulletins"})
