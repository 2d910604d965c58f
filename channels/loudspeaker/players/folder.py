"""The kind ``folder``: a folder per cluster, from which players air by the playlist."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from channels.base import ChannelError
from channels.disk import refused
from channels.loudspeaker.names import SlotNames
from channels.loudspeaker.players.contents import (
    audio_of,
    days_before,
    first_kept,
    is_leftover,
    listed_in,
    note_of,
    noted_in,
    slots_of,
    whole,
)
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.players.reported import (
    HEAD,
    LOG,
    TAIL,
    Read,
    mark_of,
    marks_of,
    plays_in,
)
from engine.clock import Clock, SystemClock, local
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, File, Play, Priority, Receipt
from engine.models.registry import USUAL_PLAYER

logger = logging.getLogger(__name__)


class FolderBackend:
    """Puts programmes into each cluster's folder. The same bundle again leaves the same files.

    ``places`` says which that is, by default a folder below ``outbox``. Of a path of the
    installer's own, what must be there already is not made: a disk that is not attached is no
    empty folder.

    At every moment the playlist and the manifest list only files that lie there whole: audio
    is written before them, and what they no longer list is removed after them. What is to be
    removed is noted first, so that a process killed in between leaves nothing for ever.

    Programmes of more than ``keep_days`` days ago go, with the first delivery of a day; what no
    manifest of Loa's lists stays. A player may say what it played, in ``plays.jsonl``.
    """

    idempotent = True
    networked = False

    def __init__(
        self,
        outbox: Path,
        *,
        name: str = USUAL_PLAYER,
        places: Places | None = None,
        keep_days: int | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.name = name
        self._places = places or Places(str(outbox))
        self._base = Path(places.base) if places is not None else None
        self._keep_days = keep_days
        self._clock = clock or SystemClock()
        self._cleared: dict[str, date] = {}

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
        audio = audio_of(artifact, names)
        self._attached()
        listed = {file.name for file in audio}
        try:
            unlisted = sorted(_listed_before(cluster, names) - listed)
            for file in audio:
                _write_audio(cluster / file.name, file)
            if unlisted:
                _note_down(cluster, names, unlisted)
            for name in (names.playlist, names.manifest):
                write_atomic(cluster / name, artifact.named(name).read())
            _remove(cluster, unlisted)
            (cluster / note_of(names)).unlink(missing_ok=True)
        except OSError as error:
            raise refused(error, error.filename or cluster) from error
        self._clear(cluster, bundle)
        detail = {"items": str(len(audio)), "removed": str(len(unlisted))}
        return Receipt(f"{bundle.target}/{names.manifest}", detail)

    def plays(self, after: str) -> tuple[Sequence[Play], str]:
        """Return what is told in the logs that players keep beside their programmes.

        Raises ChannelError when one cannot be read.
        """
        marks, found = marks_of(after), list[Play]()
        parent = Path(self._places.parent)
        self._attached()
        try:
            names = sorted(one.name for one in parent.iterdir()) if parent.is_dir() else []
            for name in names:
                cluster = self._places.cluster_in(name)
                log = Path(self._places.of(cluster)) / LOG if cluster is not None else None
                if cluster is None or log is None or not log.is_file():
                    continue
                with log.open("rb") as stream:
                    head = stream.read(HEAD)
                    before = marks.get(cluster, Read())
                    start = before.begin(head, os.fstat(stream.fileno()).st_size)
                    stream.seek(start)
                    plays, used = plays_in(stream.read(TAIL), cluster)
                marks[cluster] = Read.up_to(start + used, head)
                found += plays
        except OSError as error:
            raise refused(error, error.filename or parent) from error
        return found, mark_of(marks)

    def _attached(self) -> None:
        if self._base is not None and not self._base.is_dir():
            message = _("the folder {place} is not there: attach its disk, or make it")
            raise ChannelError(message.format(place=self._base))

    def _clear(self, cluster: Path, bundle: Bundle) -> None:
        """Remove what has aired long ago, once a day; that it fails keeps nothing from airing.

        An emergency does not wait for it, and its slot may be a distrusted clock's.
        """
        if self._keep_days is None or bundle.priority is Priority.EMERGENCY:
            return
        today = local(self._clock.now()).date()
        if self._cleared.get(bundle.target) == today:
            return
        first = first_kept(today, local(bundle.slot).date(), self._keep_days)
        try:
            clear_before(cluster, first)
        except OSError as error:
            logger.warning("%s", refused(error, error.filename or cluster))
        else:
            self._cleared[bundle.target] = today


def clear_before(cluster: Path, first: date) -> None:
    """Remove Loa's programmes of days before ``first``. Raises OSError."""
    folders = [one.name for one in cluster.iterdir() if one.is_dir() and not one.is_symlink()]
    for day in sorted(days_before(folders, first)):
        for names in slots_of(day, [one.name for one in (cluster / day).iterdir()]):
            manifest = cluster / names.manifest
            ours = manifest.is_file() and listed_in(manifest.read_bytes(), names) is not None
            listed = sorted(_listed_before(cluster, names))
            if listed:
                _note_down(cluster, names, listed)
            if ours:
                (cluster / names.playlist).unlink(missing_ok=True)
                manifest.unlink()
            _remove(cluster, listed)
            (cluster / note_of(names)).unlink(missing_ok=True)
        for one in (cluster / day).iterdir():
            if is_leftover(one.name):
                one.unlink(missing_ok=True)
        if not any((cluster / day).iterdir()):
            (cluster / day).rmdir()


def _write_audio(path: Path, file: File) -> None:
    """Write a file unless it lies there already: emergencies must not wait for what is done."""
    if path.is_file() and path.stat().st_size == file.size and _sha256(path) == file.sha256:
        return
    write_atomic(path, whole(file))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _listed_before(cluster: Path, names: SlotNames) -> frozenset[str]:
    """Return the slot's audio that the manifest in place lists, and what is noted for removal."""
    found: frozenset[str] = frozenset()
    manifest, note = cluster / names.manifest, cluster / note_of(names)
    if manifest.exists():
        found |= frozenset(listed_in(manifest.read_bytes(), names) or ())
    if note.exists():
        found |= noted_in(note.read_bytes(), names)
    return found


def _note_down(cluster: Path, names: SlotNames, listed: Iterable[str]) -> None:
    write_atomic(cluster / note_of(names), "\n".join(listed).encode())


def _remove(cluster: Path, unlisted: Iterable[str]) -> None:
    for name in unlisted:
        (cluster / name).unlink(missing_ok=True)
