"""The sounds that a player keeps, by their SHA-256: fetched in pieces, proved, and proved again."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Set
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from engine.files import sync_folder
from engine.i18n import gettext as _
from engine.models.airing import Sound, WireError
from engine.player.place import free_bytes

#: Bytes that are read and written at once.
PIECE = 64 * 1024

#: Bytes of a disk that routine sounds leave free; of a small disk, its twentieth part.
SPARE = 32 * 1024 * 1024

#: How long a sound that no programme names stays: openings and jingles come again.
KEPT_UNNAMED = 14 * 86_400.0

_Pieces = Iterable[bytes]


class SoundSource(Protocol):
    """Whoever gives sounds: the server."""

    def sound(self, sha256: str, offset: int) -> tuple[int, _Pieces]:
        """Return where the answer begins (0 or ``offset``) and its pieces. Raises LineError."""
        ...


class Sounds:
    """A folder of sounds. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._coming: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def has(self, sound: Sound) -> bool:
        """Say whether it is there, as far as its size tells."""
        try:
            return self._path(sound).stat().st_size == sound.size
        except OSError:
            return False

    def proved(self, sound: Sound) -> Path | None:
        """Return where it lies, its bytes proved just now; one that is spoilt is removed."""
        path = self._path(sound)
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return None
        if found == sound.sha256:
            return path
        with suppress(OSError):
            path.unlink()
        return None

    def fetch(
        self,
        sound: Sound,
        source: SoundSource,
        *,
        urgent: bool = False,
        give_way: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Get a sound, going on where it was left. False: it gave way, or another thread has it.

        Raises LineError; WireError for bytes that are not the sound's; OSError, with ENOSPC
        also before the disk is quite full, unless it is ``urgent``.
        """
        with self._guard:
            if sound.sha256 in self._coming:
                return False
            self._coming.add(sound.sha256)
        try:
            return self.has(sound) or self._fetch(sound, source, urgent, give_way)
        finally:
            with self._guard:
                self._coming.discard(sound.sha256)

    def _fetch(
        self, sound: Sound, source: SoundSource, urgent: bool, give_way: Callable[[], bool]
    ) -> bool:
        partial = self._folder / f"{sound.sha256}.part"
        offset = partial.stat().st_size if partial.exists() else 0
        if offset > sound.size:
            partial.unlink()
            offset = 0
        self._check_room(sound.size - offset, urgent=urgent)
        if offset < sound.size:
            begins, pieces = source.sound(sound.sha256, offset)
            with partial.open("r+b" if begins else "wb") as file:
                if not _copy(file, begins, pieces, sound.size, give_way):
                    return False
        self._finish(sound, partial)
        return True

    def _finish(self, sound: Sound, partial: Path) -> None:
        with partial.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            os.fsync(file.fileno())
        if size != sound.size or found != sound.sha256:
            partial.unlink()
            message = _("{file}: what came is not the sound that was signed")
            raise WireError(message.format(file=sound.file))
        partial.replace(self._path(sound))
        sync_folder(self._folder)

    def _check_room(self, needed: int, *, urgent: bool) -> None:
        total = os.statvfs(self._folder)
        spare = 0 if urgent else min(SPARE, total.f_blocks * total.f_frsize // 20)
        if free_bytes(self._folder) < needed + spare:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._folder))

    def prune(self, wanted: Set[str], *, at_once: bool = False) -> int:
        """Remove what no programme names, ``at_once`` or when it is old; return how many.

        Age is only a matter of thrift here, so the machine's clock will do.
        """
        removed = 0
        oldest = time.time() - KEPT_UNNAMED
        for path in self._folder.iterdir():
            name = path.name.removesuffix(".part")
            with suppress(OSError):
                if name not in wanted and (at_once or path.stat().st_mtime < oldest):
                    path.unlink()
                    removed += 1
        return removed

    def give_up(self, sounds: Iterable[Sound], needed: int) -> None:
        """Remove sounds, in the order given, until ``needed`` bytes are free."""
        for sound in sounds:
            with suppress(OSError):
                if free_bytes(self._folder) >= needed:
                    return
                self._path(sound).unlink(missing_ok=True)

    def _path(self, sound: Sound) -> Path:
        return self._folder / sound.sha256


def _copy(
    file: BinaryIO, begins: int, pieces: _Pieces, size: int, give_way: Callable[[], bool]
) -> bool:
    """Write pieces from ``begins`` on; False when it gave way. Raises WireError for too many."""
    at = file.seek(begins)
    for piece in pieces:
        at += len(piece)
        if at > size:
            raise WireError(_("more bytes came than the sound has"))
        file.write(piece)
        if at < size and give_way():
            return False
    file.truncate()
    return True
