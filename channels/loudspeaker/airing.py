"""What is heard of a programme, as its manifest has it: its length and its items' sounds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from channels.loudspeaker.names import Part, SlotNames
from engine.models import Airing, Artifact, Bundle


def with_airing(artifact: Artifact, bundle: Bundle) -> Artifact:
    """Return a slot's programme with what is heard of it; nothing is of an empty one."""
    manifest: dict[str, Any] = json.loads(artifact.named(SlotNames.of(bundle).manifest).read())
    items = manifest["items"]
    if not items:
        return artifact
    heard = [*items, *(manifest[part] for part in Part if part in manifest)]
    whole = manifest.get(Part.PROGRAMME.value)
    seconds = sum(float(one["seconds"]) for one in heard) if whole is None else whole["seconds"]
    sounds = {str(one["sha256"]): float(one["seconds"]) for one in items}
    return replace(artifact, airing=Airing(float(seconds), sounds))
