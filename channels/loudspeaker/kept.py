"""Sounds that many programmes share: made once, and handed on by where they lie."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from channels.disk import refused
from engine.files import sync_folder, write_atomic
from engine.models import File

_DAY = 86_400.0

#: Sounds that are remembered at most: as many as a province airs in a day.
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Shared:
    """A sound that lies there whole; ``remarks`` say how it was made otherwise than chosen.

    ``starts`` are the seconds at which the sounds begin that it was joined from.
    """

    file: File
    seconds: float
    remarks: tuple[str, ...] = ()
    starts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What is known of a sound once it is written; see ``Shared``."""

    seconds: float
    remarks: tuple[str, ...] = ()
    starts: tuple[float, ...] = ()


#: Writes a sound into a file that can seek.
Write = Callable[[BinaryIO], Written]


class SharedSounds:
    """A folder of sounds, each named by the hash of all that shapes it.

    ``ab/<key>.json`` says what ``ab/<key>.mp3`` is, and is written last. Threads that want one
    wait for whoever makes it; processes that make the same one write the same bytes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._making = threading.Lock()
        self._known: dict[Hashable, Shared] = {}

    def make(self, key: str, ending: str, media_type: str, write: Write) -> Shared:
        """Return the sound of ``key``, calling ``write`` if it is not there.

        Raises what ``write`` raises; ChannelError, temporary, when the disk refuses.
        """
        path = self._folder / key[:2] / f"{key}.{ending}"
        try:
            with self._making:
                return _found(path, media_type) or _made(path, media_type, write)
        except OSError as error:
            raise refused(error, path) from error

    def recall(self, asked: Hashable, make: Callable[[], Shared | None]) -> Shared | None:
        """Return what ``make`` returned when this was asked before, if it lies there still.

        ``asked`` holds all that ``make`` looks at. Thousands of clusters ask for the same; to
        work out a sound's key takes longer than to look whether it is there. What was made
        with remarks is made anew: the next time it may be as it was chosen.
        """
        known = self._known.get(asked)
        if known is not None and _lies(known):
            return known
        self._known.pop(asked, None)
        made = make()
        if made is not None and not made.remarks:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[asked] = made
        return made


def _lies(sound: Shared) -> bool:
    path = sound.file.source
    try:
        return isinstance(path, Path) and path.stat().st_size == sound.file.size
    except OSError:
        return False


def _found(path: Path, media_type: str) -> Shared | None:
    """Return what lies there; None when it is missing, or is not what was written."""
    try:
        about = json.loads(_about(path).read_bytes())
        size, sha256 = int(about["size"]), str(about["sha256"])
        seconds, remarks = float(about["seconds"]), tuple(map(str, about["remarks"]))
        starts = tuple(map(float, about["starts"]))
        status = path.stat()
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    if status.st_size != size:
        return None
    _note_use(path, status.st_mtime)
    return Shared(File(path.name, media_type, sha256, size, path), seconds, remarks, starts)


def _made(path: Path, media_type: str, write: Write) -> Shared:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            written = write(file)
            file.flush()
            os.fsync(file.fileno())
        with temporary.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = temporary.stat().st_size
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    about = {"sha256": sha256, "size": size, **asdict(written)}
    write_atomic(_about(path), json.dumps(about, ensure_ascii=False).encode())
    file_of_it = File(path.name, media_type, sha256, size, path)
    return Shared(file_of_it, written.seconds, written.remarks, written.starts)


def _about(path: Path) -> Path:
    return path.with_suffix(".json")


def _note_use(path: Path, used: float) -> None:
    """Let what is used be no old file: to within a day, sparing the disk."""
    now = time.time()
    if now - used > _DAY:
        for one in (path, _about(path)):
            with suppress(OSError):  # a folder that may only be read
                os.utime(one, (now, now))
