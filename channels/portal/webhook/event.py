"""What a portal is told about one campaign: a JSON document, the same for the same post."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, SerializerFunctionWrapHandler, model_serializer

from channels.portal.article import article_of
from channels.portal.documents import Document, Former, Wording
from channels.portal.remembered import Kept
from channels.portal.views import PostView
from engine.models import Priority, Purpose

#: The version of the document; it grows when a field changes its meaning.
VERSION = 1


class Kind(StrEnum):
    """What happened to the post."""

    PUBLISHED = "post.published"
    UPDATED = "post.updated"
    WITHDRAWN = "post.withdrawn"


class Linked(Document):
    """A file of the post. ``url`` is where it lies, or ``cid:…``, which names a part of the call.

    ``size`` in bytes.
    """

    name: str
    label: str
    url: str
    media_type: str
    size: int
    sha256: str


class Section(Document):
    """One wording and the hamlets it is for."""

    hamlets: tuple[Mapping[str, str], ...]
    title: str
    body: str
    contact: str
    purpose: Purpose
    priority: Priority
    valid_from: AwareDatetime | None
    valid_until: AwareDatetime
    facts: Mapping[str, tuple[str, ...]] = {}
    files: tuple[Linked, ...]

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write ``facts`` only where there are some."""
        written: dict[str, Any] = write(self)
        return written if self.facts else {k: v for k, v in written.items() if k != "facts"}


class Note(Document):
    """What was amended, and why: ``opening`` says it in a sentence, ``heading`` in a word."""

    heading: str
    opening: str
    at: AwareDatetime
    number: int


class Event(Document):
    """A post as it is now; whoever takes it needs to know nothing of earlier ones."""

    version: int
    id: str
    kind: Kind
    commune: Mapping[str, str]
    campaign: str
    permalink: str
    published: AwareDatetime
    updated: AwareDatetime
    visible_from: AwareDatetime
    title: str
    summary: str
    html: str
    notes: tuple[Note, ...]
    history: tuple[Former, ...]
    sections: tuple[Section, ...]


def event_of(kept: Kept, *, commune_id: str, slot: datetime, links: Mapping[str, str]) -> Event:
    """Return what is told of a post, before it has an id and a past.

    ``links`` are its files' addresses, by name.
    """
    record, site = kept.record, kept.site
    view = PostView(record, site)
    article = article_of(record, site, links)
    return Event(
        version=VERSION,
        id="",
        kind=Kind.WITHDRAWN if kept.withdrawn else Kind.PUBLISHED,
        commune={"id": commune_id, "name": site.commune, "office": site.office},
        campaign=record.id,
        permalink=record.permalink,
        published=record.published,
        updated=record.updated,
        visible_from=slot,
        title=view.lead.title,
        summary=view.summary,
        html=article.content,
        notes=tuple(
            Note(heading=one.heading, opening=one.opening, at=one.at, number=one.number)
            for one in view.notes
        ),
        history=view.history,
        sections=tuple(_section(one, links) for one in record.wordings),
    )


def _section(wording: Wording, links: Mapping[str, str]) -> Section:
    post = wording.post
    labels = {one.file: one.label for one in post.attachments}
    labels |= {one.flyer.file: f"Tờ rơi {one.name}" for one in wording.hamlets if one.flyer}
    return Section(
        hamlets=tuple({"id": one.id, "name": one.name} for one in wording.hamlets),
        title=post.title,
        body=post.body,
        contact=post.contact,
        purpose=post.purpose,
        priority=post.priority,
        valid_from=post.valid_from,
        valid_until=post.valid_until,
        facts={name: lines for name, lines in post.facts.named() if lines},
        files=tuple(
            Linked(
                name=media.file,
                label=labels.get(media.file, "Bản thu"),
                url=links[media.file],
                media_type=media.media_type,
                size=media.size,
                sha256=media.sha256,
            )
            for media in wording.media()
        ),
    )
