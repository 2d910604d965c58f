"""Programmes as the channel assembles them, from sounds that a test has at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from channels.loudspeaker.names import SlotNames
from engine.models import Artifact, Bundle, File


def programme_of(
    bundle: Bundle,
    items: Mapping[str, tuple[bytes, float]],
    *,
    opening: tuple[bytes, float] | None = None,
    closing: tuple[bytes, float] | None = None,
    bridge: tuple[bytes, float] | None = None,
    purpose: str = "notice",
) -> Artifact:
    """Return a programme whose campaigns are called like ``items``: sounds and their seconds."""
    names = SlotNames.of(bundle)
    files: list[File] = []

    def told(name: str, sound: tuple[bytes, float]) -> dict[str, Any]:
        data, seconds = sound
        file = File.of_bytes(f"{names.date}/{names.hour}-{name}.mp3", "audio/mpeg", data)
        files.append(file)
        return {
            "file": file.name, "sha256": file.sha256, "size": file.size, "seconds": seconds,
        }  # fmt: skip

    manifest: dict[str, Any] = {
        "slot": bundle.slot.isoformat(),
        "cluster": bundle.target,
        "version": bundle.version,
        "items": [
            {
                "title": name,
                "campaign": name,
                "priority": bundle.priority.value,
                "purpose": purpose,
                **told(f"{bundle.priority.value}-{name}", sound),
                "hamlets": ["ap-1"],
            }
            for name, sound in items.items()
        ],
    }
    for part, sound in (("opening", opening), ("bridge", bridge), ("closing", closing)):
        if sound:
            manifest[part] = told(part, sound)
    lists = (
        File.of_bytes(names.playlist, "audio/mpegurl", b"#EXTM3U\n"),
        File.of_bytes(names.manifest, "application/json", json.dumps(manifest).encode()),
    )
    return Artifact((*files, *lists))
