"""A programme in a cluster's folder on a server, and what has aired there long ago."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from channels.loudspeaker.names import SlotNames
from channels.loudspeaker.players.contents import (
    days_before,
    is_leftover,
    listed_in,
    note_of,
    noted_in,
    part_of,
    slots_of,
)
from channels.loudspeaker.players.sftp.shelf import Shelf
from engine.models import Artifact, File


async def put_programme(
    shelf: Shelf, artifact: Artifact, names: SlotNames, audio: Sequence[File]
) -> int:
    """Make a slot's folder hold exactly this programme; return how many files it lost.

    At every moment the playlist and the manifest list only files that lie there whole. A note
    is written before anything is changed, and goes last: while it is there, the manifest is not
    trusted to say what lies there.
    """
    manifest, note = await shelf.read(names.manifest), await shelf.read(note_of(names))
    lying = listed_in(manifest, names) if manifest is not None else None
    trusted = lying if lying is not None and note is None else {}
    missing = [
        file
        for file in audio
        if trusted.get(file.name) != file.sha256 or await shelf.size(file.name) != file.size
    ]
    lists = [artifact.named(name) for name in (names.playlist, names.manifest)]
    stale = [one for one in lists if await shelf.read(one.name) != one.read()]
    if note is None and not missing and not stale:
        return 0
    before = set(lying or ()) | (noted_in(note, names) if note is not None else set())
    unlisted = sorted(before - {file.name for file in audio})
    await shelf.make_folder(names.date)
    if note is not None:
        await _remove_leftovers(shelf, names, audio)
    await shelf.put(note_of(names), "\n".join(unlisted).encode())
    for file in missing:
        await shelf.put_file(file.name, file)
    for one in stale:
        await shelf.put_file(one.name, one)
    for name in unlisted:
        await shelf.remove(name)
    await shelf.remove(note_of(names))
    return len(unlisted)


async def clear_before(shelf: Shelf, first: date) -> None:
    """Remove Loa's programmes of days before ``first``; what no manifest of Loa's lists stays."""
    for day in days_before(await shelf.names(), first):
        if not await shelf.is_folder(day):
            continue
        for names in slots_of(day, await shelf.names(day)):
            await _clear_slot(shelf, names)
        for name in await shelf.names(day):
            if is_leftover(name):
                await shelf.remove(f"{day}/{name}")
        if not await shelf.names(day):
            await shelf.remove_folder(day)


async def _clear_slot(shelf: Shelf, names: SlotNames) -> None:
    manifest, note = await shelf.read(names.manifest), await shelf.read(note_of(names))
    lying = listed_in(manifest, names) if manifest is not None else None
    listed = set(lying or ()) | (noted_in(note, names) if note is not None else set())
    if listed:
        await shelf.put(note_of(names), "\n".join(sorted(listed)).encode())
    if lying is not None:
        await shelf.remove(names.playlist)
        await shelf.remove(names.manifest)
    for name in sorted(listed):
        await shelf.remove(name)
    await shelf.remove(note_of(names))


async def _remove_leftovers(shelf: Shelf, names: SlotNames, audio: Sequence[File]) -> None:
    """Remove halves of files that belong to another version of the programme."""
    wanted = {part_of(file.name, file.sha256) for file in audio}
    for name in await shelf.names(names.date):
        path = f"{names.date}/{name}"
        if is_leftover(name, names.hour) and path not in wanted:
            await shelf.remove(path)
