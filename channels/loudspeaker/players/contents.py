"""What lies in a cluster's place for one slot, by name and by what its manifest says."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from channels.base import ChannelError
from channels.loudspeaker.names import HOUR, Part, SlotNames
from channels.loudspeaker.players.places import no_plain_name
from engine.i18n import gettext as _
from engine.models import Artifact, File

#: Bytes that are held of a file while it is written.
PIECE = 1024 * 1024

#: What is written there of a slot: its manifest, or the note of what is still to be removed.
_OF_A_SLOT = re.compile(rf"({HOUR})\.json|\.({HOUR})\.removing")

#: What a process that was killed leaves behind of a slot: a file that never got its name.
_LEFTOVER = re.compile(rf"\.+({HOUR})[.-].*\.(?:[0-9a-f]{{8}}\.tmp|[0-9a-f]{{16}}\.part)")


def audio_of(artifact: Artifact, names: SlotNames) -> list[File]:
    """Return the audio files, once every name is known to stay in the slot's own place.

    Raises a permanent ChannelError for a name that does not.
    """
    lists = {names.playlist, names.manifest}
    audio = [file for file in artifact.files if file.name not in lists]
    for file in audio:
        if not names.is_audio(file.name):
            raise no_plain_name(file.name)
    return audio


def whole(file: File) -> Iterator[bytes]:
    """Yield a file piece by piece. Raises ChannelError if it is not what its hash says."""
    found = hashlib.sha256()
    with file.opened() as stream:
        while piece := stream.read(PIECE):
            found.update(piece)
            yield piece
    if found.hexdigest() != file.sha256:
        raise damaged(file)


def damaged(file: File) -> ChannelError:
    """Return the refusal of a file that is not what its hash says."""
    message = _("{name} is damaged in the store of artifacts")
    return ChannelError(message.format(name=file.name), permanent=True)


def listed_in(manifest: bytes, names: SlotNames) -> dict[str, str] | None:
    """Return the slot's audio that a manifest lists, with hashes; None when it is none of Loa's.

    One that somebody damaged lists nothing: what is not known to be Loa's stays.
    """
    try:
        told = json.loads(manifest)
        parts = [told[part] for part in Part if part in told]
        found = {str(one["file"]): str(one.get("sha256")) for one in (*told["items"], *parts)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return {name: sha256 for name, sha256 in found.items() if names.is_audio(name)}


def noted_in(note: bytes, names: SlotNames) -> frozenset[str]:
    """Return the slot's audio that was to be removed when a process ended."""
    listed = note.decode(errors="replace").splitlines()
    return frozenset(name for name in listed if names.is_audio(name))


def note_of(names: SlotNames) -> str:
    """Return the name of the note of what is to be removed: players pass over it."""
    return f"{names.date}/.{names.hour}.removing"


def days_before(folders: Iterable[str], last: date) -> Iterator[str]:
    """Yield the folders that are called like a day before ``last``."""
    for name in folders:
        try:
            day = date.fromisoformat(name) if len(name) == len("2026-12-01") else None
        except ValueError:
            day = None
        if day is not None and day < last:
            yield name


def slots_of(day: str, files: Iterable[str]) -> Iterator[SlotNames]:
    """Yield the slots of a day of which something lies there."""
    found = (_OF_A_SLOT.fullmatch(name) for name in files)
    for hour in sorted({one[1] or one[2] for one in found if one}):
        yield SlotNames(day, hour)


def part_of(name: str, sha256: str) -> str:
    """Return what a file is called while it is only half there; another content, another name."""
    folder, _slash, file = name.rpartition("/")
    return f"{folder}/.{file[:80]}.{sha256[:16]}.part"


def is_leftover(name: str, hour: str | None = None) -> bool:
    """Say whether a file is one that never got its name, of any slot or of the one at ``hour``."""
    found = _LEFTOVER.fullmatch(name)
    return found is not None and hour in (None, found[1])


def first_kept(today: date, slot: date, keep_days: int) -> date:
    """Return the first day whose programmes stay.

    What is to air stays however far a clock has run ahead: nothing goes by a day that is later
    than that of the programme which is delivered.
    """
    return min(today, slot) - timedelta(days=keep_days)
