"""What a campaign may say to a channel: the base of each channel's own settings."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from engine.models import Correction, Registry


class Options(BaseModel):
    """Base of a channel's own settings in a campaign: frozen, and no unknown names.

    ``takes_recording``: its section may name a sound file (``audio:``) in place of speech.
    ``takes_attachments``: the campaign's attachments are part of its content.
    ``takes_marks``: its texts keep the marks for the voice, ``[[said twice]]``; the other
    channels get the words alone.
    ``takes_facts``: it shows what the message comes down to (``Content.facts``).
    ``takes_repeat``: an alert is said again and again on it (``schedule.repeat``).
    ``only_named``: a campaign that names no channel does not use it.
    ``alternatives``: pairs of keys of which a section may have one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    takes_recording: ClassVar[bool] = False
    takes_marks: ClassVar[bool] = False
    takes_attachments: ClassVar[bool] = False
    takes_facts: ClassVar[bool] = False
    takes_repeat: ClassVar[bool] = False
    only_named: ClassVar[bool] = False
    alternatives: ClassVar[tuple[tuple[str, str], ...]] = ()

    def in_commune(self, registry: Registry, text: str) -> Self:
        """Return these settings with what the commune's registry adds for ``text``."""
        return self

    def without(self, parts: Collection[str]) -> Self | None:
        """Return these settings without the parts that ``Forecast.unfit`` names; None for nothing.

        A channel whose forecasts name none has no parts, and stays as it is.
        """
        return self

    def said(self) -> Any:
        """Return what of these settings people are told, apart from the content's own words."""
        return None

    @property
    def speaks_second(self) -> bool:
        """Say whether readers of a second language are told something by these settings."""
        return False

    def issued_as(self) -> str:
        """Return the number under which it is issued as a document of its own; empty for none."""
        return ""

    def to_correct(self, correction: Correction) -> Self:
        """Return these settings for a message that corrects what was said."""
        return self

    def to_withdraw(self, correction: Correction) -> Self:
        """Return these settings for a notice that takes back what was said."""
        return self
