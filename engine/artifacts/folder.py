"""The artifact store as a folder: of one machine, or on a share that several mount."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from engine.artifacts.about import About
from engine.artifacts.store import Entry, Kind, Stored, checked_key
from engine.artifacts.turns import Turns
from engine.artifacts.wholeness import Wholeness
from engine.errors import ChannelError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import File, Rendered

#: How exactly the last use of what is kept is known.
NOTE_USE_EVERY = timedelta(days=1)

#: A temporary file this old belongs to a process that is no more. A write takes seconds; the
#: rest is for clocks of other machines that go wrong.
LEFT_BEHIND = timedelta(hours=1)

#: Bytes that are held of an attachment while it is copied.
_PIECE = 1 << 20

#: As many digits of the hash as set apart two renderings of one key.
_TELLING = 16


class FolderStore:
    """Rendered files and attachments in one folder.

    ``ab/<key>.<hash>`` holds an artifact's bytes and never changes; ``ab/<key>.json`` says
    which they are, and is written last: an artifact is there whole or not at all, and two
    machines that make it at once leave one of theirs. ``ab/<sha256>`` holds an attachment.

    ``shared`` says that the folder is a share, which may be not mounted, or show late what
    another machine has written: it is never made, and what is missing may yet come.
    """

    def __init__(
        self,
        root: Path,
        *,
        shared: bool = False,
        note_use_every: timedelta = NOTE_USE_EVERY,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._root = root
        self._shared = shared
        self._now = now
        self._whole = Wholeness(note_use_every.total_seconds(), now)
        self._turns = Turns()
        self._guard = threading.Lock()
        self._tidied: set[Path] = set()
        self.rendered = 0

    def get(self, key: str) -> Stored | None:
        try:
            about = About.parsed(self._about(key).read_bytes())
        except FileNotFoundError:
            return None
        if about is None:
            return None
        data = self._data(key, about.sha256)
        if not self._whole.holds(data, about.sha256, about.size):
            return None
        return _stored(key, about, data)

    def make(self, key: str, render: Callable[[], Rendered]) -> Stored:
        with self._turns.of(key):
            found = self.get(key)
            if found is None:
                found = self.put(key, render())
                with self._guard:
                    self.rendered += 1
        return found

    def put(self, key: str, rendered: Rendered) -> Stored:
        """Keep what was rendered in place of what is there, if anything is. Raises OSError."""
        self._check_mounted()
        about = About.of(rendered)
        data = self._data(key, about.sha256)
        self._tidy_once(data.parent)
        write_atomic(data, rendered.data)
        write_atomic(self._about(key), about.written())
        self._whole.put(data)
        return _stored(key, about, data)

    def keep_attachment(self, sha256: str, source: Path) -> None:
        self._check_mounted()
        path = self._attachment(sha256)
        pieces = _unchanged(source, sha256)
        if self._whole.holds(path, sha256):
            for _piece in pieces:
                pass
            return
        self._tidy_once(path.parent)
        write_atomic(path, pieces)
        self._whole.put(path)

    def put_attachment(self, sha256: str, data: bytes) -> Path:
        """Keep an attachment's bytes, whose hash is known to be right. Raises OSError."""
        self._check_mounted()
        path = self._attachment(sha256)
        if not self._whole.holds(path, sha256):
            self._tidy_once(path.parent)
            write_atomic(path, data)
            self._whole.put(path)
        return path

    def find_attachment(self, sha256: str) -> Path | None:
        """Return where an attachment lies; None when it is missing or damaged."""
        path = self._attachment(sha256)
        return path if self._whole.holds(path, sha256) else None

    def attachment(self, sha256: str) -> Path:
        path = self.find_attachment(sha256)
        if path is None:
            self._check_mounted()
            message = _("an attachment is missing from the artifact store: {sha256}")
            raise ChannelError(message.format(sha256=sha256), permanent=not self._shared)
        return path

    def entries(self) -> Iterator[Entry]:
        for shard in self._shards():
            kept = sorted(name for name in _listed(shard) if not name.startswith("."))
            for key, names in groupby(kept, key=lambda name: name.partition(".")[0]):
                entry = _entry(key, [shard / name for name in names])
                if entry is not None:
                    yield entry

    def remove(self, key: str) -> None:
        self._about(key).unlink(missing_ok=True)
        for path in self._about(key).parent.glob(f"{key}*"):
            path.unlink(missing_ok=True)

    def tidy(self) -> None:
        for shard in self._shards():
            self._tidy(shard)

    def check(self) -> None:
        self._check_mounted()
        trial = self._root / f".trial-{os.getpid()}-{threading.get_ident()}"
        write_atomic(trial, b"loa")
        trial.read_bytes()
        trial.unlink()

    def _check_mounted(self) -> None:
        if self._shared and not self._root.is_dir():
            message = _("the shared folder of artifacts is not there: {folder}; is it mounted?")
            raise OSError(message.format(folder=self._root))

    def _tidy_once(self, shard: Path) -> None:
        """Tidy where this process is about to write, so that leftovers go by themselves."""
        with self._guard:
            if shard in self._tidied:
                return
            self._tidied.add(shard)
        self._tidy(shard)

    def _tidy(self, shard: Path) -> None:
        oldest = self._now() - LEFT_BEHIND.total_seconds()
        for name in _listed(shard):
            if name.startswith(".") and name.endswith(".tmp"):
                with suppress(FileNotFoundError):  # another process tidies as well
                    if (shard / name).stat().st_mtime < oldest:
                        (shard / name).unlink()

    def _shards(self) -> Iterator[Path]:
        return (self._root / name for name in _listed(self._root) if len(name) == 2)

    def _about(self, key: str) -> Path:
        return self._attachment(key).with_name(f"{key}.json")

    def _data(self, key: str, sha256: str) -> Path:
        return self._attachment(key).with_name(f"{key}.{sha256[:_TELLING]}")

    def _attachment(self, sha256: str) -> Path:
        return self._root / checked_key(sha256)[:2] / sha256


def _unchanged(source: Path, sha256: str) -> Iterator[bytes]:
    """Yield a file piece by piece: recordings are large. ValueError if its hash is another."""
    found = hashlib.sha256()
    with source.open("rb") as stream:
        while piece := stream.read(_PIECE):
            found.update(piece)
            yield piece
    if found.hexdigest() != sha256:
        raise ValueError(f"{source} has changed")


def _stored(key: str, about: About, data: Path) -> Stored:
    file = File(key, about.media_type, about.sha256, about.size, data)
    return Stored(file, about.remarks, about.proof)


def _entry(key: str, paths: list[Path]) -> Entry | None:
    """Return what several files of one key come to; None when they are gone by now."""
    try:
        found = [path.stat() for path in paths]
    except FileNotFoundError:
        return None
    return Entry(
        key,
        Kind.ATTACHMENT if [path.name for path in paths] == [key] else Kind.ARTIFACT,
        sum(file.st_size for file in found),
        datetime.fromtimestamp(max(file.st_mtime for file in found), UTC),
    )


def _listed(folder: Path) -> list[str]:
    """Return the names in a folder; none for one that is gone or is none."""
    try:
        return [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
