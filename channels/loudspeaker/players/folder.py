"""The loudspeakers' backend: a folder per cluster, from which players air by the playlist."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from channels.base import ChannelError
from channels.disk import refused
from channels.loudspeaker.names import Part, SlotNames
from channels.loudspeaker.players.places import Places, no_plain_name
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, File, Receipt
from engine.models.registry import USUAL_PLAYER

#: Bytes that are held of a file while it is written.
_PIECE = 1024 * 1024


class FolderBackend:
    """Puts programmes into each cluster's folder. The same bundle again leaves the same files.

    ``places`` says which that is, by default a folder below ``outbox``. Of a path of the
    installer's own, what must be there already is not made: a disk that is not attached is no
    empty folder.

    At every moment the playlist and the manifest list only files that lie there whole: audio
    is written before them, and what they no longer list is removed after them. What is to be
    removed is noted first, so that a process killed in between leaves nothing for ever.
    """

    idempotent = True
    networked = False

    def __init__(
        self, outbox: Path, *, name: str = USUAL_PLAYER, places: Places | None = None
    ) -> None:
        self.name = name
        self._places = places or Places(str(outbox))
        self._base = Path(places.base) if places is not None else None

    def check(self) -> None:
        """Raise ChannelError when nothing could be written now."""
        self._attached()
        base = Path(self._places.base).absolute()
        there = next(folder for folder in (base, *base.parents) if folder.exists())
        if not os.access(there, os.W_OK | os.X_OK):
            raise refused(PermissionError(errno.EACCES, os.strerror(errno.EACCES)), there)

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Write the programme. The receipt's reference is the manifest, below the clusters' place.

        Raises ChannelError: temporary when the disk refuses, permanent for a name that is not
        made of plain ids and for a file that is not what its hash says.
        """
        names = SlotNames.of(bundle)
        cluster = Path(self._places.of(bundle.target))
        audio = _checked(artifact, names)
        self._attached()
        listed = {file.name for file in audio}
        try:
            unlisted = sorted(_listed_before(cluster, names) - listed)
            for file in audio:
                _write_audio(cluster / file.name, file)
            if unlisted:
                write_atomic(_note(cluster, names), "\n".join(unlisted).encode())
            for name in (names.playlist, names.manifest):
                write_atomic(cluster / name, artifact.named(name).read())
            _remove(cluster, unlisted)
            _note(cluster, names).unlink(missing_ok=True)
        except OSError as error:
            raise refused(error, error.filename or cluster) from error
        detail = {"items": str(len(audio)), "removed": str(len(unlisted))}
        return Receipt(f"{bundle.target}/{names.manifest}", detail)

    def _attached(self) -> None:
        if self._base is not None and not self._base.is_dir():
            message = _("the folder {place} is not there: attach its disk, or make it")
            raise ChannelError(message.format(place=self._base))


def _checked(artifact: Artifact, names: SlotNames) -> list[File]:
    """Return the audio files, once every name is known to stay in the slot's own place."""
    lists = {names.playlist, names.manifest}
    audio = [file for file in artifact.files if file.name not in lists]
    for file in audio:
        if not names.is_audio(file.name):
            raise no_plain_name(file.name)
    return audio


def _write_audio(path: Path, file: File) -> None:
    """Write a file unless it lies there already: emergencies must not wait for what is done."""
    if path.is_file() and path.stat().st_size == file.size and _sha256(path) == file.sha256:
        return
    write_atomic(path, _whole(file))


def _whole(file: File) -> Iterator[bytes]:
    """Yield a file piece by piece. Raises ChannelError if it is not what its hash says."""
    found = hashlib.sha256()
    with file.opened() as stream:
        while piece := stream.read(_PIECE):
            found.update(piece)
            yield piece
    if found.hexdigest() != file.sha256:
        raise ChannelError(
            _("{name} is damaged in the store of artifacts").format(name=file.name), permanent=True
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _listed_before(cluster: Path, names: SlotNames) -> set[str]:
    """Return the slot's audio that the manifest in place lists, and what is noted for removal.

    A manifest that somebody damaged lists nothing: what is not known to be Loa's stays.
    """
    found: set[str] = set()
    manifest, note = cluster / names.manifest, _note(cluster, names)
    if manifest.exists():
        try:
            listed = json.loads(manifest.read_bytes())
            parts = [listed[part] for part in Part if part in listed]
            found |= {str(one["file"]) for one in (*listed["items"], *parts)}
        except (ValueError, KeyError, TypeError):
            found = set()
    if note.exists():
        found |= set(note.read_text("utf-8").splitlines())
    return {name for name in found if names.is_audio(name)}


def _note(cluster: Path, names: SlotNames) -> Path:
    return cluster / names.date / f".{names.hour}.removing"


def _remove(cluster: Path, unlisted: Iterable[str]) -> None:
    for name in unlisted:
        (cluster / name).unlink(missing_ok=True)
