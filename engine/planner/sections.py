"""What a channel's section of a campaign says and takes, apart from the words of one hamlet."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from channels.base import Channel, Options
from engine.models import Campaign, Content, Correction, Registry, Section
from engine.models.drill import titled_as_drill


def titled(campaign: Campaign, section: Section) -> str:
    """Return the title that a channel says."""
    title = campaign.title if section.title is None else section.title
    return titled_as_drill(title) if campaign.drill else title


def to_withdraw(channel: Channel, section: Section | None, correction: Correction) -> BaseModel:
    """Return a channel's settings for a notice that takes back what it said."""
    if section is not None and isinstance(section.options, Options):
        return section.options.to_withdraw(correction)
    return channel.options()


def takes_marks(section: Section) -> bool:
    """Say whether its texts keep the marks for the voice."""
    return isinstance(section.options, Options) and section.options.takes_marks


def takes_facts(section: Section) -> bool:
    """Say whether it shows what the message comes down to."""
    return isinstance(section.options, Options) and section.options.takes_facts


def texts_in(section: Section) -> Mapping[tuple[str, ...], str]:
    """Return the texts with variables among a channel's settings."""
    return section.options.texts() if isinstance(section.options, Options) else {}


def settled(content: Content, registry: Registry) -> BaseModel:
    """Return a channel's settings as they hold in this commune; a recording says no text."""
    if content.recording is not None or not isinstance(content.options, Options):
        return content.options
    said = "\n".join((content.title, content.body, content.contact))
    return content.options.in_commune(registry, said)


def takes_attachments(section: Section) -> bool:
    """Say whether the campaign's attachments go with it."""
    return isinstance(section.options, Options) and section.options.takes_attachments
