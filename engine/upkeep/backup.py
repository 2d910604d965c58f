"""Making a backup: whole, read back, and never half of one under its name."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from secrets import token_hex

from engine.app import ledger_place
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock, local
from engine.errors import LoaError
from engine.files import BACKUP_LOCK, alone, sync_folder
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.ledger.refusals import file_reason
from engine.ledger.snapshot import take_snapshot
from engine.settings import Settings, load_settings
from engine.upkeep.archive import LEDGER, ArchiveWriter, Manifest, facts_of, verify
from engine.upkeep.contents import attachments_elsewhere, inside, is_kept, kept_files, key_path
from engine.upkeep.moments import present

#: How Loa names backups: after the commune, if it is one, and the moment.
NAME = re.compile(r"loa(?:-[a-z0-9-]+)?-\d{8}-\d{6}(?:-\d{3})?\.zip")


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was read back. ``removed`` are older ones that had to make room."""

    path: Path
    size: int
    manifest: Manifest
    removed: tuple[Path, ...]


def backup(
    workspace: Path,
    dest: Path | None = None,
    *,
    with_key: bool = False,
    clock: Clock | None = None,
    boundary: Boundary = no_boundary,
) -> Made:
    """Save a workspace's ledger, artifacts, outbox, settings, registry and campaigns.

    ``dest`` is a file to be made or a folder (default: ``[backup] folder``, where the newest
    ``[backup] keep`` stay). Loa may be running: the ledger is taken first, then the files, so
    that everything the ledger calls sent is there. Raises LoaError and leaves nothing behind.
    """
    workspace = workspace.resolve()
    settings = load_settings(workspace)
    folder, name = _destination(workspace, settings, dest)
    with _only_backup(workspace, folder), _scratch(folder) as scratch:
        unfinished = scratch / "unfinished.zip"
        manifest = _write(workspace, settings, scratch, with_key=with_key, clock=clock)
        boundary("backup written")
        verify(unfinished, scratch)
        path = folder / (name or _free_name(folder, manifest))
        if path.exists():
            raise LoaError(
                _("{path}: there is something already; nothing was changed").format(path=path)
            )
        unfinished.rename(path)
        sync_folder(folder)
    removed = _rotate(folder, manifest, settings.backup.keep) if dest is None else ()
    return Made(path, path.stat().st_size, manifest, removed)


def _destination(workspace: Path, settings: Settings, dest: Path | None) -> tuple[Path, str | None]:
    """Return the folder, made if need be, and the file's name if one was given."""
    folder, name = (dest, None) if dest else (workspace / settings.backup.folder, None)
    if folder.suffix == ".zip" and not folder.is_dir():
        folder, name = folder.parent, folder.name
    if is_kept(workspace, folder.resolve()):
        message = _("{path}: a backup cannot lie among the files that it saves")
        raise LoaError(message.format(path=folder))
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve(), name


@contextmanager
def _only_backup(workspace: Path, folder: Path) -> Iterator[None]:
    with ExitStack() as held:
        try:
            for place in dict.fromkeys((workspace, folder)):
                held.enter_context(alone(place / BACKUP_LOCK))
        except BlockingIOError:
            raise LoaError(_("another backup is being made; wait until it is done")) from None
        yield


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Make a place for what is unfinished; what a killed backup left there goes too.

    A disk that is full or refuses is told as such.
    """
    for leftover in folder.glob(".loa-*.tmp"):
        shutil.rmtree(leftover, ignore_errors=True)
    scratch = folder / f".loa-{token_hex(4)}.tmp"
    scratch.mkdir(mode=0o700)
    try:
        yield scratch
    except (sqlite3.Error, OSError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else file_reason(error)
        place = getattr(error, "filename", None) or folder
        message = _("{path}: no backup was made: {reason}")
        raise LoaError(message.format(path=place, reason=reason)) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write(
    workspace: Path, settings: Settings, scratch: Path, *, with_key: bool, clock: Clock | None
) -> Manifest:
    ledger = scratch / LEDGER
    found = take_snapshot(ledger_place(settings, workspace), ledger)
    writer = ArchiveWriter(scratch / "unfinished.zip")
    try:
        writer.add(LEDGER, ledger)
        theirs = attachments_elsewhere(workspace, settings)
        for name, file in chain(kept_files(workspace, settings), theirs):
            if name in writer.files:
                continue
            with suppress(FileNotFoundError):  # taken back or replaced since its folder was read
                writer.add(name, file)
        key_file, key_sha256 = _key(workspace, settings, writer, with_key=with_key)
        manifest = Manifest(
            loa=version("loa"),
            taken_at=present(settings, found.last_event_at, clock),
            ledger=facts_of(found),
            key_file=key_file,
            key_sha256=key_sha256,
            files=writer.files,
        )
        writer.close(manifest)
    except BaseException:
        writer.drop()
        raise
    return manifest


def _key(
    workspace: Path, settings: Settings, writer: ArchiveWriter, *, with_key: bool
) -> tuple[str | None, str | None]:
    """Name the data key, and put it in if that is wanted.

    Raises LoaError when it is wanted and lies outside the workspace, or is not there.
    """
    path = key_path(workspace, settings)
    name = path.relative_to(workspace).as_posix() if inside(workspace, path) else None
    if with_key:
        if name is None or not path.is_file():
            message = _("{path}: the data key is not in this workspace; keep a copy of it yourself")
            raise LoaError(message.format(path=path))
        writer.add(name, path)
    sha256 = hashlib.sha256(path.read_bytes().strip()).hexdigest() if path.is_file() else None
    return name, sha256


def _stem(manifest: Manifest) -> str:
    communes = manifest.ledger.communes
    return f"loa-{communes[0]}" if len(communes) == 1 else "loa"


def _free_name(folder: Path, manifest: Manifest) -> str:
    """Name a backup by commune and moment (Vietnam's), so that names are in order of time."""
    name = f"{_stem(manifest)}-{local(manifest.taken_at):%Y%m%d-%H%M%S}"
    taken, number = (folder / f"{name}.zip").exists(), 1
    while taken:
        number += 1
        taken = (folder / f"{name}-{number:03}.zip").exists()
    return f"{name}.zip" if number == 1 else f"{name}-{number:03}.zip"


def _rotate(folder: Path, manifest: Manifest, keep: int) -> tuple[Path, ...]:
    """Remove the commune's oldest backups beyond ``keep``; only what bears their name."""
    moments = re.compile(rf"{re.escape(_stem(manifest))}-\d{{8}}-\d{{6}}(?:-\d{{3}})?\.zip")
    found = [path for path in folder.iterdir() if moments.fullmatch(path.name)]
    old = sorted(found, key=lambda path: path.stem)[:-keep]
    for path in old:
        path.unlink(missing_ok=True)
    return tuple(old)
