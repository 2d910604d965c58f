"""The artifact store as a folder."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ChannelError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import File, Rendered


@dataclass(frozen=True, slots=True)
class Stored:
    """A rendered file in the store, and what was remarked while it was made."""

    file: File
    remarks: tuple[str, ...]


class ArtifactStore:
    """Rendered files and attachments in one folder.

    ``ab/<key>`` holds the bytes and ``ab/<key>.json`` what they are; the latter is written
    last, so that an artifact is there whole or not at all. Threads that want the same key
    wait for the one that makes it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._guard = threading.Lock()
        self._making: dict[str, threading.Lock] = defaultdict(threading.Lock)
        #: How many artifacts this process has rendered (the rest were found).
        self.rendered = 0

    def get(self, key: str) -> Stored | None:
        """Return what is stored under ``key``; None when it is missing or damaged."""
        data = self._path(key)
        try:
            about = json.loads(data.with_name(f"{key}.json").read_bytes())
            if data.stat().st_size != about["size"]:
                return None
        except (FileNotFoundError, ValueError):
            return None
        file = File(key, about["media_type"], about["sha256"], about["size"], data)
        return Stored(file, tuple(about["remarks"]))

    def make(self, key: str, render: Callable[[], Rendered]) -> Stored:
        """Return what is stored under ``key``, rendering it first if need be.

        Raises what ``render`` raises, and OSError when the store cannot be written.
        """
        with self._guard:
            lock = self._making[key]
        with lock:
            found = self.get(key)
            if found is None:
                found = self._keep(key, render())
        with self._guard:
            self._making.pop(key, None)
        return found

    def keep_attachment(self, sha256: str, source: Path) -> None:
        """Copy an attachment into the store under the hash of its bytes.

        Raises ValueError when the file no longer has that hash.
        """
        data = source.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError(f"{source} has changed")
        write_atomic(self._path(sha256), data)

    def attachment(self, sha256: str) -> Path:
        """Return where an attachment lies. Raises ChannelError when it is gone."""
        path = self._path(sha256)
        if not path.is_file():
            raise ChannelError(
                _("an attachment is missing from the artifact store: {sha256}").format(
                    sha256=sha256
                ),
                permanent=True,
            )
        return path

    def _keep(self, key: str, rendered: Rendered) -> Stored:
        data = self._path(key)
        file = File.of_bytes(key, rendered.media_type, rendered.data)
        about = {
            "media_type": file.media_type,
            "sha256": file.sha256,
            "size": file.size,
            "remarks": list(rendered.remarks),
        }
        write_atomic(data, rendered.data)
        write_atomic(data.with_name(f"{key}.json"), json.dumps(about, ensure_ascii=False).encode())
        with self._guard:
            self.rendered += 1
        return Stored(File(key, file.media_type, file.sha256, file.size, data), rendered.remarks)

    def _path(self, key: str) -> Path:
        if not (len(key) == 64 and set(key) <= set("0123456789abcdef")):
            raise ValueError(f"not an artifact key: {key!r}")
        return self._root / key[:2] / key
