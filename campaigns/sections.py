"""What a campaign file says about each channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    create_model,
)

from campaigns.fields import AlsoAccepts, PlainLine, PlainTitle, Strict, Truth, shown
from campaigns.schedule_fields import ScheduleField
from campaigns.templating import MAX_TEXT
from engine.i18n import gettext as _


def _body(value: str) -> str:
    if not value.strip():
        raise ValueError(_("the text is empty"))
    return value


Body = Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(_body)]


class SectionSpec(Strict):
    """What every channel's section may hold."""

    enabled: Annotated[Truth, Field(True, description="Có dùng kênh này hay không.")]
    title: Annotated[PlainTitle | None, Field(None, description="Tiêu đề riêng của kênh này.")]
    text: Annotated[Body | None, Field(None, description="Nội dung riêng của kênh này.")]
    schedule: Annotated[ScheduleField, Field(None, description="Lịch riêng của kênh này.")]


class RecordedSectionSpec(SectionSpec):
    audio: Annotated[
        PlainLine | None,
        Field(
            None,
            description="Tệp âm thanh thu sẵn, phát thay cho giọng đọc: MP3, WAV, OGG, M4A, FLAC, "
            "tối đa 200 MB.",
        ),
    ]


def _switch(value: Any) -> Any:
    """``true`` is a section with nothing of its own, ``false`` one that is off."""
    if value is True:
        return {}
    if value is False:
        return {"enabled": False}
    if isinstance(value, dict):
        return value
    message = _("found {found}; write true, false, or the channel's own keys")
    raise ValueError(message.format(found=shown(value)))


def _section_model(name: str, options: type[BaseModel]) -> type[BaseModel]:
    """Return the model of one channel's section: the common keys and the channel's own."""
    common = RecordedSectionSpec if takes_recording(options) else SectionSpec
    clash = set(RecordedSectionSpec.model_fields) & set(options.model_fields)
    if clash:
        raise ValueError(f"{name} redefines {', '.join(sorted(clash))}")
    if any(field.is_required() for field in options.model_fields.values()):
        raise ValueError(f"{name} must work without settings")
    return create_model(f"{name.capitalize()}Section", __base__=(common, options))


def takes_recording(options: type[BaseModel]) -> bool:
    """Say whether a channel can play a sound file in place of speech."""
    return bool(getattr(options, "takes_recording", False))


def channels_model(options: Mapping[str, type[BaseModel]]) -> type[BaseModel]:
    """Return the model of ``channels:``, one optional section for each.

    Raises ValueError when a channel's setting has the name of a common key, or no default.
    """
    fields: dict[str, Any] = {
        name: (
            Annotated[
                _section_model(name, model) | None,
                BeforeValidator(_switch),
                AlsoAccepts({"type": "boolean"}),
            ],
            Field(None, description=f"Kênh {name}: true, false, hoặc thiết lập riêng."),
        )
        for name, model in options.items()
    }
    return create_model("Channels", __base__=Strict, **fields)
