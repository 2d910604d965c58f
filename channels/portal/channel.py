"""The portal channel: from content to a post, and from posts to what the site takes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field

from channels.base import Artifacts, Backend, Closes, Options
from channels.portal.assembly import assembled
from channels.portal.documents import Amended, Attached, Media, Post
from channels.portal.names import (
    attachment_name,
    audio_name,
    campaign_folder,
    is_reserved,
    reserved_message,
)
from channels.portal.publishing import Publishing
from channels.portal.static import PATIENCE, StaticBackend
from channels.portal.text import one_line, plain
from engine.clock import local
from engine.models import (
    Artifact,
    Attachment,
    Bundle,
    Content,
    Correction,
    File,
    Forecast,
    Hamlet,
    Item,
    Placement,
    Priority,
    Purpose,
    Registry,
    Rendered,
)
from engine.models.facts import NONE, Facts
from engine.models.marks import unmarked


class PortalOptions(Options):
    """Cài đặt của kênh trang tin điện tử."""

    takes_attachments: ClassVar[bool] = True
    takes_facts: ClassVar[bool] = True

    summary: str | None = Field(
        default=None,
        max_length=300,
        description=(
            "Tóm tắt hiện ở trang đầu và trong bản tin RSS, tối đa 300 ký tự. "
            "Bỏ trống thì lấy đoạn đầu của nội dung."
        ),
    )

    def said(self) -> Any:
        return self.summary

    def to_withdraw(self, correction: Correction) -> Self:
        """The summary was of what is withdrawn."""
        return self.model_copy(update={"summary": None})


#: Inputs that earlier posts had not: where they say nothing, the key stays what it was.
_LATER = ("ends", "correction", "facts", "heard", "of_drill")


@dataclass(frozen=True, slots=True)
class PostedFile:
    """An attachment under the name that readers see."""

    label: str
    file: File


@dataclass(frozen=True, slots=True)
class PostInputs:
    """All that shapes a post. Nothing of one hamlet: the same words are rendered once for all."""

    title: str
    issuer: str
    body: str
    contact: str
    priority: Priority
    purpose: Purpose
    valid_from: datetime | None
    valid_until: datetime
    summary: str
    permalink: str
    audio: File | None
    attachments: tuple[PostedFile, ...]
    ends: str = ""
    correction: Correction | None = None
    of_drill: bool = False
    facts: Facts = NONE
    heard: str = ""

    def identity(self) -> dict[str, Any]:
        """Return what the artifact's key is made of: what came later only where it says a thing."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in _LATER or getattr(self, field.name)
        }


class PortalChannel:
    """One post per campaign on the commune's site; hamlets told otherwise get their own section."""

    name = "portal"
    version = "1"
    options: type[Options] = PortalOptions
    needs: tuple[str, ...] = ("loudspeaker", "flyer")
    grace: timedelta | None = None
    cumulative = False

    def __init__(
        self,
        *,
        outbox: Path,
        publishing: Publishing | None = None,
        lead: timedelta = timedelta(0),
        patience: timedelta = PATIENCE,
    ) -> None:
        """``outbox`` is the site's root folder; ``publishing`` says which portals get posts.

        ``lead`` is how long before a slot work starts, ``patience`` how long to wait for another
        who writes the site.
        """
        self.lead = lead
        self._publishing = publishing or Publishing()
        self._site = StaticBackend(outbox, patience=patience)
        self.backends: dict[str, Backend] = {
            self._site.name: self._site,
            **self._publishing.others,
        }

    def permalink(self, registry: Registry, campaign_id: str) -> str:
        """Return the public address of a campaign's post, where its QR codes lead."""
        return self._publishing.address(registry, campaign_id)

    def close(self) -> None:
        """Close the connections to other portals."""
        for backend in self._publishing.others.values():
            if isinstance(backend, Closes):
                backend.close()

    def refresh(self, as_of: datetime) -> None:
        """Mark what has run out by ``as_of``. Raises ChannelError."""
        self._site.refresh(as_of)

    def slots(self, content: Content, hamlet: Hamlet, registry: Registry) -> Sequence[Placement]:
        """Post once on each portal: at the section's own first moment, else when approved."""
        own = content.own_schedule
        at = None if own is None or own.asap else min(own.moments, default=None)
        return tuple(
            Placement(target=self._publishing.target(name, registry), backend=name, at=at)
            for name in self._publishing.chosen
        )

    def targets(self, registry: Registry) -> frozenset[str]:
        """Return every portal that can be told what became of its posts."""
        return self._publishing.targets(registry)

    def forecast(self, content: Content, hamlet: Hamlet) -> Forecast:
        reserved = is_reserved(content.campaign_id)
        told = content.correction
        first = f"{one_line(told.opening_for(content.purpose))}\n\n" if told else ""
        return Forecast(
            text=f"{first}{one_line(content.title)}\n\n{plain(content.body)}",
            breaches=(reserved_message(content.campaign_id),) if reserved else (),
        )

    def prepare(self, content: Content, hamlet: Hamlet, artifacts: Artifacts) -> PostInputs:
        """Raises ChannelError if the campaign cannot have a page, or an attachment is gone."""
        campaign_folder(content.campaign_id)
        options = content.options_as(PortalOptions)
        return PostInputs(
            title=one_line(content.title),
            issuer=one_line(content.issuer),
            body=plain(content.body),
            contact=plain(content.contact),
            priority=content.priority,
            purpose=content.purpose,
            valid_from=local(content.valid_from) if content.valid_from else None,
            valid_until=local(content.valid_until),
            summary=one_line(options.summary or ""),
            permalink=content.permalink,
            audio=artifacts.need("loudspeaker"),
            attachments=tuple(_posted(one, artifacts) for one in content.attachments),
            ends=content.ends,
            correction=content.correction,
            of_drill=content.drill and content.purpose is not Purpose.DRILL,
            facts=content.facts.each(one_line),
            heard=_heard(artifacts.told("loudspeaker"), content),
        )

    def render(self, inputs: PostInputs) -> Rendered:
        """Return the post as canonical JSON. Pages are made of all posts, on delivery."""
        post = Post(
            title=inputs.title,
            issuer=inputs.issuer,
            body=inputs.body,
            contact=inputs.contact,
            priority=inputs.priority,
            purpose=inputs.purpose,
            valid_from=inputs.valid_from,
            valid_until=inputs.valid_until,
            summary=inputs.summary,
            permalink=inputs.permalink,
            audio=_audio(inputs.audio),
            attachments=tuple(_attached(one) for one in inputs.attachments),
            ends=inputs.ends,
            heard=inputs.heard,
            amended=_amended(inputs.correction, inputs.purpose),
            of_drill=inputs.of_drill,
            facts=inputs.facts,
        )
        return Rendered(post.encoded(), "application/json")

    def assemble(self, bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
        """Return the bundle's posts with their files, and what the pages say of the commune."""
        return assembled(bundle, items, registry)


def _amended(correction: Correction | None, purpose: Purpose) -> Amended | None:
    """Say what a post amends: to hamlets that an amendment leaves out, that it holds no more."""
    if correction is None:
        return None
    return Amended(
        amends=correction.amends,
        heading=correction.heading_for(purpose),
        opening=one_line(correction.opening_for(purpose)),
        reason=one_line(correction.reason),
        at=local(correction.at),
        number=correction.number,
        previous_title=one_line(correction.previous_title),
    )


def _posted(attachment: Attachment, artifacts: Artifacts) -> PostedFile:
    source = artifacts.attachment(attachment.sha256)
    name = attachment_name(attachment.sha256, attachment.media_type)
    file = File(name, attachment.media_type, attachment.sha256, attachment.size, source)
    return PostedFile(one_line(attachment.name), file)


def _heard(said: Content | None, content: Content) -> str:
    """Return the words of the recording in writing, where they are not those of the post."""
    if said is None or said.recording is not None:
        return ""
    own = _transcript(content)
    heard = _transcript(said)
    return "" if heard == own else heard


def _transcript(content: Content) -> str:
    words = (one_line(content.title), plain(unmarked(content.body)))
    return "\n\n".join(filter(None, (*words, plain(unmarked(content.contact)))))


def _audio(file: File | None) -> Media | None:
    if file is None:
        return None
    return Media(
        file=audio_name(file.sha256, file.media_type),
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
    )


def _attached(posted: PostedFile) -> Attached:
    file = posted.file
    return Attached(
        label=posted.label,
        file=attachment_name(file.sha256, file.media_type),
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
    )
