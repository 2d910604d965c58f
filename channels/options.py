"""What a campaign may say to a channel: the base of each channel's own settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from engine.i18n import gettext as _
from engine.models import Correction, Registry

#: How a day may be written, as elsewhere in a campaign.
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


def read_day(value: Any) -> Any:
    """Read a day as people write it. Raises ValueError that says how."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    for form in _DAYS:
        try:
            return datetime.strptime(str(value).strip(), form).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    message = _("found {found}; write a day as 2026-12-31 or 31/12/2026")
    raise ValueError(message.format(found=str(value)[:40]))


#: A day in a channel's settings.
Day = Annotated[
    date | None,
    BeforeValidator(read_day),
    WithJsonSchema({"type": "string", "examples": ["2026-12-01"]}),
]


class Options(BaseModel):
    """Base of a channel's own settings in a campaign: frozen, and no unknown names.

    ``takes_recording``: its section may name a sound file (``audio:``) in place of speech.
    ``takes_attachments``: the campaign's attachments are part of its content.
    ``takes_marks``: its texts keep the marks for the voice, ``[[said twice]]``; the other
    channels get the words alone.
    ``takes_facts``: it shows what the message comes down to (``Content.facts``).
    ``takes_repeat``: an alert is said again and again on it (``schedule.repeat``).
    ``only_named``: a campaign that names no channel does not use it.
    ``parts``: what it may be made as, each of which ``without`` can leave out.
    ``alternatives``: pairs of keys of which a section may have one.
    ``templated``: keys, each by its path, whose texts have variables as the campaign's text has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    takes_recording: ClassVar[bool] = False
    takes_marks: ClassVar[bool] = False
    takes_attachments: ClassVar[bool] = False
    takes_facts: ClassVar[bool] = False
    takes_repeat: ClassVar[bool] = False
    only_named: ClassVar[bool] = False
    parts: ClassVar[tuple[str, ...]] = ()
    alternatives: ClassVar[tuple[tuple[str, str], ...]] = ()
    templated: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def texts(self) -> dict[tuple[str, ...], str]:
        """Return the texts with variables that are given, by their paths."""
        found = {path: _part(self, path) for path in self.templated}
        return {path: text for path, text in found.items() if isinstance(text, str)}

    def with_texts(self, texts: Mapping[tuple[str, ...], str]) -> Self:
        """Return these settings with other texts at those paths."""
        changed = self
        for (name, *rest), text in texts.items():
            part = _changed(getattr(changed, name), rest, text) if rest else text
            changed = changed.model_copy(update={name: part})
        return changed

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

    def handed_on(self) -> Any:
        """Return what of ``said`` is on what another channel hands on; all of it, if not told."""
        return self.said()

    def in_second_language(self) -> tuple[str, ...]:
        """Return the parts that tell readers of a second language."""
        return ()

    def issued_as(self) -> str | None:
        """Return the number under which it is issued; empty for one without, None for no document.

        A correction and a withdrawal are documents of their own.
        """
        return None

    def to_withdraw(self, correction: Correction) -> Self:
        """Return these settings for a notice that takes back what was said."""
        return self


def _part(whole: object, path: Sequence[str]) -> object:
    for name in path:
        whole = getattr(whole, name, None)
    return whole


def _changed(whole: BaseModel, path: Sequence[str], text: str) -> BaseModel:
    name, *rest = path
    part = _changed(getattr(whole, name), rest, text) if rest else text
    return whole.model_copy(update={name: part})
