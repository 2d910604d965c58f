"""What the pages show of a post: words, dates and links, worked out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from channels.portal.documents import (
    Amended,
    Former,
    Media,
    Post,
    Reached,
    Record,
    Site,
    Wording,
)
from channels.portal.labels import EXPIRED, OF_SOME, Label, labels_of
from channels.portal.moments import Span, span_in
from channels.portal.saying import NAMED, places
from channels.portal.text import Block, blocks, excerpt
from engine.clock import local
from engine.models import Purpose
from engine.models.facts import LABELS


@dataclass(frozen=True, eq=False)
class SectionView:
    """One wording on the post's page. ``number`` counts from 1."""

    number: int
    wording: Wording

    @property
    def post(self) -> Post:
        return self.wording.post

    @property
    def hamlets(self) -> tuple[Reached, ...]:
        return self.wording.hamlets

    @property
    def amended(self) -> Amended | None:
        return self.wording.post.amended

    @property
    def withdrawn(self) -> bool:
        return self.wording.post.purpose is Purpose.WITHDRAWAL

    @property
    def flyers(self) -> tuple[tuple[Reached, Media], ...]:
        return tuple((hamlet, hamlet.flyer) for hamlet in self.hamlets if hamlet.flyer)

    @property
    def named(self) -> bool:
        """Whether the heading names every hamlet."""
        return len(self.hamlets) <= NAMED

    @property
    def anchor(self) -> str:
        return f"muc-{self.number}"

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return blocks(self.post.body)

    @cached_property
    def span(self) -> Span | None:
        """When it happens, where the post says so in a way that leaves no doubt."""
        first = min(hamlet.slot for hamlet in self.hamlets)
        begins = min(first, self.post.valid_from or first)
        window = (local(begins).date(), local(self.post.valid_until).date())
        return span_in("; ".join(self.post.facts.when), window)

    @property
    def where(self) -> str:
        """Where it happens, where the post says so."""
        return "; ".join(self.post.facts.where)

    @cached_property
    def facts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What it comes down to: each label with its lines; a contact only once on the page."""
        said = set(self.post.contact.split("\n"))
        return tuple(
            (LABELS[name], lines)
            for name, lines in self.post.facts.named()
            if lines and not (name == "contact" and said.issuperset(lines))
        )

    @property
    def transcript(self) -> str:
        """The written words of the recording."""
        post = self.post
        return post.heard or "\n\n".join(filter(None, (post.title, post.body, post.contact)))

    @cached_property
    def heard(self) -> tuple[Block, ...]:
        """The words of the recording where they are not those of the page."""
        return blocks(self.post.heard)

    @cached_property
    def summary(self) -> str:
        """The author's summary, else the beginning of the text."""
        return self.post.summary or excerpt(_opening(self.blocks))


@dataclass(frozen=True, eq=False)
class PostView:
    """A campaign's post as of the time at which the pages are made.

    ``ended_at`` is when an all-clear told that it is over.
    """

    record: Record
    site: Site
    ended_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def url(self) -> str:
        """The public address of the post's page."""
        return f"{self.site.url}/{self.id}/"

    @cached_property
    def sections(self) -> tuple[SectionView, ...]:
        return tuple(
            SectionView(number, wording) for number, wording in enumerate(self.record.wordings, 1)
        )

    @property
    def lead(self) -> Post:
        """The first hamlet's text: the title and dates by which lists show the post."""
        return self.record.wordings[0].post

    @cached_property
    def summary(self) -> str:
        """What lists say of the post. What only one hamlet is told is not said to all."""
        said = {section.summary for section in self.sections}
        if len(said) == 1:
            return said.pop()
        return f"Nội dung riêng cho từng nơi ({len(self.sections)} bản): xem bản của nơi bạn ở."

    @cached_property
    def updated(self) -> datetime:
        return self.record.updated

    @cached_property
    def valid_from(self) -> datetime:
        """The earliest beginning; a post that names none is in force once it is published."""
        published = self.record.published
        return min(section.post.valid_from or published for section in self.sections)

    @cached_property
    def valid_until(self) -> datetime:
        latest = max(section.post.valid_until for section in self.sections)
        return latest if self.ended_at is None else min(latest, self.ended_at)

    @cached_property
    def expired(self) -> bool:
        return self.ended_at is not None or self.valid_until < self.site.as_of

    @cached_property
    def withdrawn(self) -> bool:
        """Whether it holds nowhere any more: it stands in no list of what is current."""
        return all(section.withdrawn for section in self.sections)

    @property
    def withdrawn_at(self) -> datetime:
        """When it was withdrawn last; when it was posted, where nothing says so."""
        return self.notes[0].at if self.notes else self.updated

    @cached_property
    def notes(self) -> tuple[Amended, ...]:
        """What was amended, once for each amendment, the latest first."""
        found = dict.fromkeys(s.amended for s in self.sections if s.amended is not None)
        return tuple(sorted(found, key=lambda one: one.at, reverse=True))

    @property
    def history(self) -> tuple[Former, ...]:
        """What stood here before, the latest first."""
        return tuple(reversed(self.record.history))

    @cached_property
    def alarming(self) -> bool:
        """Whether people should see it before anything else."""
        return not self.expired and any(section.post.urgent for section in self.sections)

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """What stands beside the post as a whole; what concerns some hamlets alone names them."""
        found: dict[Label, list[Reached]] = {}
        for section in self.sections:
            for label in self._of(section):
                found.setdefault(label, []).extend(section.hamlets)
        if self.expired:
            found[EXPIRED] = []
        return tuple(
            Label(label.kind, f"{label.text}{self._only(found[label])}")
            if label.kind in OF_SOME
            else label
            for label in found
        )

    def labels_in(self, section: SectionView) -> tuple[Label, ...]:
        """What stands beside the post for the hamlets of one section."""
        return (*self._of(section), *((EXPIRED,) if self.expired else ()))

    def _of(self, section: SectionView) -> list[Label]:
        """A section's labels. An amendment is labelled until the post is amended again."""
        found = labels_of(section.post)
        own = section.amended
        if own is None or section.withdrawn or own.number == self._latest:
            return found
        return [label for label in found if label.kind not in OF_SOME]

    @cached_property
    def _latest(self) -> int:
        """Which amendment came last; one may tell its hamlets different things."""
        return max((note.number for note in self.notes), default=0)

    def _only(self, hamlets: Sequence[Reached], most: int = NAMED) -> str:
        """Name the hamlets where they are not all whom the post concerns."""
        return "" if len(hamlets) == len(self.reached) else f" ở {places(hamlets, self.site, most)}"

    def amended_where(self, note: Amended) -> str:
        """Name each hamlet that an amendment concerns, where others keep what they were told."""
        found = [one for s in self.sections if s.amended == note for one in s.hamlets]
        return self._only(found, len(found))

    @cached_property
    def audience(self) -> str:
        """For whom the post holds, in a few words; once it holds nowhere, for whom it did."""
        held = [one for s in self.sections if not s.withdrawn for one in s.hamlets]
        return places(held or self.reached, self.site)

    def named(self, section: SectionView) -> str:
        """Whom one section is for, in a few words."""
        return places(section.hamlets, self.site)

    @cached_property
    def reached(self) -> tuple[Reached, ...]:
        """Every hamlet that the post concerns."""
        return tuple(hamlet for section in self.sections for hamlet in section.hamlets)

    @property
    def papers(self) -> tuple[Media, ...]:
        """Every flyer and attachment, each once."""
        found = [media for section in self.sections for _hamlet, media in section.flyers]
        found += [media for section in self.sections for media in section.post.attachments]
        return tuple({media.file: media for media in found}.values())

    @property
    def shares_contact(self) -> bool:
        """Whether every section names the same contact, so that the page shows it once."""
        return len({section.post.contact for section in self.sections}) == 1

    @property
    def shares_attachments(self) -> bool:
        return len({section.post.attachments for section in self.sections}) == 1

    def section_of(self, hamlet_id: str) -> SectionView | None:
        """Return what this hamlet is told, if anything."""
        return self._by_hamlet.get(hamlet_id)

    @cached_property
    def _by_hamlet(self) -> Mapping[str, SectionView]:
        return {hamlet.id: section for section in self.sections for hamlet in section.hamlets}


def _opening(found: Sequence[Block], enough: int = 80) -> str:
    """Return the first blocks, as many as it takes to say something."""
    words = ""
    for block in found:
        words = " ".join((words, *block.lines)).strip()
        if len(words) >= enough:
            break
    return words
