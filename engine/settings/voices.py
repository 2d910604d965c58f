"""The sections ``[voices.<commune>]``: what one commune of many has of its own."""

from __future__ import annotations

from pydantic import Field

from engine.settings.kinds import Engines, Region
from engine.settings.sections import Section


class VoiceSettings(Section):
    """What holds for one commune in place of ``[loudspeaker]``."""

    engines: Engines | None = Field(
        default=None, description="Thứ tự thử các giọng cho riêng xã này."
    )
    voice: str | None = Field(default=None, description="Giọng của espeak cho riêng xã này.")
    piper_voice: str | None = Field(default=None, description="Giọng của piper cho riêng xã này.")
    region: Region | None = Field(
        default=None, description="Cách đọc số và chữ của riêng xã này: south, north."
    )
