"""The artifact store in a bucket of an S3-compatible object store, for several machines."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.artifacts.about import packed, unpacked
from engine.artifacts.bucket import Bucket
from engine.artifacts.cache import Cache
from engine.artifacts.store import Entry, Kind, Stored, checked_key
from engine.artifacts.turns import Turns
from engine.errors import ChannelError
from engine.i18n import gettext as _
from engine.models import Rendered

#: The folder of each kind in the bucket.
_FOLDERS = {Kind.ARTIFACT: "artifacts", Kind.ATTACHMENT: "attachments"}


class BucketStore:
    """Rendered files and attachments in a bucket; what is used here lies in a cache as well.

    An artifact is one object: what it is, then its bytes. An object is there whole or not at
    all, so that two machines that make the same key at once leave one of theirs.
    """

    def __init__(self, bucket: Bucket, cache: Cache) -> None:
        self._bucket = bucket
        self._cache = cache
        self._turns = Turns()
        self._guard = threading.Lock()
        self.rendered = 0

    def get(self, key: str) -> Stored | None:
        return self._cache.get(key) or self._fetched(key)

    def make(self, key: str, render: Callable[[], Rendered]) -> Stored:
        with self._turns.of(key):
            found = self.get(key)
            if found is None:
                found = self._kept(key, render())
                with self._guard:
                    self.rendered += 1
        return found

    def keep_attachment(self, sha256: str, source: Path) -> None:
        data = source.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError(f"{source} has changed")
        if self._fetched_attachment(sha256) is None:
            self._bucket.write(_name(Kind.ATTACHMENT, sha256), data)
            self._cache.put_attachment(sha256, data)

    def attachment(self, sha256: str) -> Path:
        path = self._cache.attachment(checked_key(sha256)) or self._fetched_attachment(sha256)
        if path is None:
            message = _("an attachment is missing from the artifact store: {sha256}")
            raise ChannelError(message.format(sha256=sha256), permanent=True)
        return path

    def entries(self) -> Iterator[Entry]:
        kinds = {folder: kind for kind, folder in _FOLDERS.items()}
        for found in self._bucket.listed():
            folder, _, key = found.name.partition("/")
            if folder in kinds:
                yield Entry(key.rpartition("/")[2], kinds[folder], found.size, found.modified)

    def remove(self, key: str) -> None:
        for kind in Kind:
            self._bucket.remove(_name(kind, key))
        self._cache.remove(key)

    def tidy(self) -> None:
        """The bucket holds no halves: objects appear when they are whole."""
        self._cache.tidy()

    def check(self) -> None:
        self._cache.check()
        name = f"trials/{secrets.token_hex(8)}/loa"
        self._bucket.write(name, b"loa")
        self._bucket.read(name)
        self._bucket.remove(name)

    def _kept(self, key: str, rendered: Rendered) -> Stored:
        name, piece = _name(Kind.ARTIFACT, key), packed(rendered)
        if not self._bucket.create(name, piece):
            first = self._fetched(key)
            if first is not None:
                return first
            self._bucket.write(name, piece)  # in place of a damaged one
        return self._cache.put(key, rendered)

    def _fetched(self, key: str) -> Stored | None:
        piece = self._bucket.read(_name(Kind.ARTIFACT, key))
        rendered = unpacked(piece) if piece is not None else None
        return self._cache.put(key, rendered) if rendered is not None else None

    def _fetched_attachment(self, sha256: str) -> Path | None:
        data = self._bucket.read(_name(Kind.ATTACHMENT, sha256))
        if data is None or hashlib.sha256(data).hexdigest() != sha256:
            return None
        return self._cache.put_attachment(sha256, data)


def _name(kind: Kind, key: str) -> str:
    return f"{_FOLDERS[kind]}/{checked_key(key)[:2]}/{key}"
