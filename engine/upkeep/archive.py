"""A backup as one file: a ZIP with a manifest that names every file by size and SHA-256."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.snapshot import Snapshot, describe

#: Where in an archive the manifest is, and the ledger.
MANIFEST, LEDGER = "manifest.json", "loa.db"

#: Endings of files that are packed already: packing them again costs time and saves nothing.
_PACKED = frozenset({".mp3", ".pdf", ".png", ".jpg", ".zip", ""})

#: Bytes carried at a time.
_PIECE = 1 << 20

#: What reading a ZIP raises when bytes of it are missing or others: of these NotImplementedError
#: where a changed byte names a compression that zipfile does not know.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ValueError)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Frozen):
    """One file of an archive."""

    size: int
    sha256: str


class LedgerFacts(_Frozen):
    """What the archive's ledger holds."""

    version: str
    communes: tuple[str, ...]
    rows: dict[str, int]


class Manifest(_Frozen):
    """What an archive is. ``key_sha256`` names the data key, which may not be in it."""

    format: Literal[1] = 1
    loa: str
    taken_at: AwareDatetime
    ledger: LedgerFacts
    key_file: str | None
    key_sha256: str | None
    files: dict[str, Entry]

    @property
    def with_key(self) -> bool:
        return self.key_file is not None and self.key_file in self.files


def facts_of(found: Snapshot) -> LedgerFacts:
    return LedgerFacts(version=found.version, communes=found.communes, rows=dict(found.rows))


class ArchiveWriter:
    """Writes one archive; ``close`` puts the manifest in and makes it durable."""

    def __init__(self, path: Path) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._zip = zipfile.ZipFile(self._file, "w", allowZip64=True)
        self.files: dict[str, Entry] = {}

    def add(self, name: str, source: Path) -> None:
        """Put a file in under ``name``. Raises OSError, FileNotFoundError if it is gone."""
        with source.open("rb") as file:
            info = zipfile.ZipInfo(name)
            info.compress_type = (
                zipfile.ZIP_STORED if source.suffix in _PACKED else zipfile.ZIP_DEFLATED
            )
            info.external_attr = stat.S_IMODE(os.fstat(file.fileno()).st_mode) << 16
            with self._zip.open(info, "w", force_zip64=True) as place:
                self.files[name] = _copied(file, place)

    def close(self, manifest: Manifest) -> None:
        self._zip.writestr(MANIFEST, manifest.model_dump_json(indent=2))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def drop(self) -> None:
        """Let go of an archive that will not be finished; its file is the caller's to remove."""
        self._zip.fp = None  # or closing would write the rest, to a disk that may be full
        self._file.close()


def read_manifest(path: Path) -> Manifest:
    """Return an archive's manifest. Raises LoaError when it is none of Loa's, OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            return Manifest.model_validate_json(archive.read(MANIFEST))
    except ValidationError:
        raise LoaError(
            _("{path}: this backup was made by another Loa; install the newer one").format(
                path=path
            )
        ) from None
    except _DAMAGE:
        raise LoaError(
            _("{path}: this is no backup of Loa, or half of one").format(path=path)
        ) from (None)


def verify(path: Path, scratch: Path | None = None) -> Manifest:
    """Read a whole archive back: every file, every count of the ledger.

    ``scratch`` is a folder with room for the ledger (default: the machine's own for temporary
    files). Raises LoaError that names what is wrong, OSError.
    """
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".loa-", suffix=".tmp") as name:
        return unpack(path, Path(name), only=(LEDGER,))


def unpack(path: Path, folder: Path, *, only: Iterable[str] | None = None) -> Manifest:
    """Read a whole archive, check it, and put its files (or ``only`` some) into ``folder``.

    Raises LoaError that names the file that is damaged, missing or strange; OSError.
    """
    manifest = read_manifest(path)
    wanted = None if only is None else frozenset(only)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        _check_names(path, names, manifest.files)
        for name, entry in manifest.files.items():
            kept = wanted is None or name in wanted
            if _read(path, archive, name, folder / name if kept else None) != entry:
                raise LoaError(_damaged(path, name))
    if facts_of(describe(folder / LEDGER)) != manifest.ledger:
        raise LoaError(_("{path}: the ledger in it is not what was saved").format(path=path))
    return manifest


def _check_names(path: Path, names: list[str], files: Mapping[str, Entry]) -> None:
    """Refuse what lies outside, is missing, is double, or is not in the manifest."""
    wanted = sorted([*files, MANIFEST])
    strange = sorted(set(names) ^ set(wanted)) or sorted(
        name for name in files if not _stays_inside(name)
    )
    if strange or sorted(names) != wanted or LEDGER not in files:
        raise LoaError(_damaged(path, strange[0] if strange else MANIFEST))


def _stays_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and "\\" not in name


def _read(path: Path, archive: zipfile.ZipFile, name: str, target: Path | None) -> Entry:
    try:
        with archive.open(name) as source:
            if target is None:
                return _copied(source, None)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as place:
                found = _copied(source, place)
                place.flush()
                os.fchmod(place.fileno(), archive.getinfo(name).external_attr >> 16 & 0o777)
                os.fsync(place.fileno())
                return found
    except _DAMAGE:
        raise LoaError(_damaged(path, name)) from None


def _copied(source: IO[bytes], place: IO[bytes] | None) -> Entry:
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE):
        digest.update(piece)
        size += len(piece)
        if place is not None:
            place.write(piece)
    return Entry(size=size, sha256=digest.hexdigest())


def _damaged(path: Path, name: str) -> str:
    return _("{path}: damaged: {name} is not what was saved").format(path=path, name=name)
