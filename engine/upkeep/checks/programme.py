"""What a station brings for its programmes: jingle, bridge, and the music under its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from channels.base import ChannelError
from engine.i18n import gettext as _
from engine.settings import Settings
from engine.upkeep.findings import Finding, Patient, bad, fine


def programme_check(patient: Patient) -> Iterator[Finding]:
    """Say whether programmes open and close as they are set; a file that is named is heard out."""
    frame = (patient.settings or Settings()).programme
    named = {"jingle": frame.jingle, "bed": frame.bed, "bridge_sound": frame.bridge_sound}
    if not any(named.values()):
        yield fine(_("programmes open and close with what Loa makes itself"))
        return
    from channels.loudspeaker.audio.bed import jingle  # these load the sound libraries
    from channels.loudspeaker.audio.recording import examine

    hear: dict[str, Callable[[Path], object]] = {
        "jingle": jingle,
        "bed": examine,
        "bridge_sound": jingle,
    }
    for key, name in named.items():
        if not name:
            continue
        try:
            hear[key](patient.workspace / name)
        except ChannelError as error:
            message = _(
                "programme.{key}: {name} cannot be used, programmes go without it: {reason}"
            )
            yield bad(message.format(key=key, name=name, reason=error))
        else:
            yield fine(_("programme.{key}: {name} can be heard").format(key=key, name=name))
