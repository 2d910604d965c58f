"""Bringing a backup back: proved first, then all of it at once, or nothing."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from engine.app import build_channels, close_channels
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock
from engine.errors import LoaError
from engine.files import alone, sync_folder, write_atomic
from engine.i18n import gettext as _
from engine.ledger.database import Database
from engine.ledger.remote_ids import LedgerRemoteIds
from engine.ledger.restoring import Return, load, take_up
from engine.ledger.schema import open_database
from engine.ledger.snapshot import Snapshot, describe
from engine.settings import Settings, load_settings
from engine.upkeep.archive import LEDGER, Manifest, read_manifest, unpack
from engine.upkeep.contents import key_path, put_attachments_back
from engine.upkeep.moments import present, shown

#: How far a clock may be behind the backup before it is distrusted.
TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Restored:
    """A workspace that is back. ``doubted`` deliveries wait for `loa resolve`."""

    folder: Path
    manifest: Manifest
    at: datetime
    doubted: int
    server: str | None


@dataclass(frozen=True, slots=True)
class Key:
    """Where the data key comes from, if not from the archive; ``lost``: from nowhere."""

    file: Path | None = None
    lost: bool = False


def restore(
    archive: Path,
    folder: Path | None = None,
    *,
    key: Key | None = None,
    clock: Clock | None = None,
    boundary: Boundary = no_boundary,
) -> Restored:
    """Bring ``archive`` back as the workspace ``folder`` (default: named after the commune).

    The ledger goes where the settings in force say: into the workspace, or into an empty
    database on a server. What may have been sent since the backup, where sending twice would
    be noticed, becomes uncertain. Raises LoaError, and nothing is changed.
    """
    manifest = read_manifest(archive)
    folder = (folder or Path(_name(manifest))).resolve()
    with _free(folder), _staged(folder) as staged:
        unpack(archive, staged)
        settings = load_settings(staged)
        _provide_key(manifest, key_path(staged, settings), staged, key or Key())
        found = _brought_up_to_date(staged / LEDGER)
        at = _moment(settings, found, manifest, clock)
        doubted = _take_up(settings, staged, manifest, at, forget=(key or Key()).lost)
        put_attachments_back(staged, settings)
        boundary("restore prepared")
        server = _to_server(settings, staged / LEDGER)
        staged.rename(folder)
        sync_folder(folder.parent)
    return Restored(folder, manifest, at, doubted, server)


def _name(manifest: Manifest) -> str:
    communes = manifest.ledger.communes
    return communes[0] if len(communes) == 1 else "loa"


@contextmanager
def _free(folder: Path) -> Iterator[None]:
    """Make sure that nothing is there, and that nobody else restores to there meanwhile."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = _("{path}: there is something already; restore into a new or empty folder")
        raise LoaError(message.format(path=folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(f".{folder.name}.restore.lock")
    with ExitStack() as held:
        try:
            held.enter_context(alone(lock))
        except BlockingIOError:
            message = _("{path}: another restore is at work there")
            raise LoaError(message.format(path=folder)) from None
        held.callback(lock.unlink)
        yield


@contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """Make a place beside ``folder`` for what is unfinished; a killed restore's goes too."""
    for leftover in folder.parent.glob(f".{folder.name}.*.restore.tmp"):
        shutil.rmtree(leftover)
    staged = folder.with_name(f".{folder.name}.{token_hex(4)}.restore.tmp")
    staged.mkdir()
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _provide_key(manifest: Manifest, path: Path, staged: Path, key: Key) -> None:
    """Put the data key where the settings want it, and make sure that it is the one.

    Raises LoaError when there is none: Loa would make a new one, and read nothing with it.
    """
    if manifest.key_sha256 is None or key.lost:
        return
    if key.file is not None and path.is_relative_to(staged):
        write_atomic(path, key.file.read_bytes())
        path.chmod(0o600)
    if not path.is_file():
        message = _(
            "personal data in this backup is sealed with data.key, which is not in it: name your"
            " copy with --key FILE, or give personal data up with --without-key"
        )
        raise LoaError(message)
    if hashlib.sha256(path.read_bytes().strip()).hexdigest() != manifest.key_sha256:
        shown_path = key.file or path
        message = _("{path}: this is not the key with which the backup's data was sealed")
        raise LoaError(message.format(path=shown_path))


def _brought_up_to_date(ledger: Path) -> Snapshot:
    """Bring an older ledger to this Loa's tables. Raises LoaError for a newer one."""
    from engine.ledger.upgrading import upgrade  # Alembic loads for those who need it

    upgrade(ledger)
    return describe(ledger)


def _moment(
    settings: Settings, found: Snapshot, manifest: Manifest, clock: Clock | None
) -> datetime:
    """Return the present. Raises LoaError for a clock that stands before the backup."""
    now, saved = present(settings, found.last_event_at, clock), manifest.taken_at
    if now < saved - TOLERANCE:
        message = _("the clock says {now}, but this backup is of {saved}: set the machine's clock")
        raise LoaError(message.format(now=shown(now), saved=shown(saved)))
    return max(now, saved, found.last_event_at or saved)


def _take_up(
    settings: Settings, staged: Path, manifest: Manifest, at: datetime, *, forget: bool
) -> int:
    note = _("restored from the backup of {moment}; may have been sent since")
    with closing(open_database(Database.connect(staged / LEDGER))) as database:
        back = Return(
            taken_at=manifest.taken_at,
            at=at,
            doubtful=_doubtful(settings, staged, database),
            note=note.format(moment=shown(manifest.taken_at)),
        )
        return take_up(database, back, forget_people=forget)


def _doubtful(settings: Settings, folder: Path, database: Database) -> frozenset[tuple[str, str]]:
    """Return (channel, backend) where sending twice would be noticed, and sending is real."""
    channels = build_channels(settings, folder, LedgerRemoteIds(database, ""))
    try:
        return frozenset(
            (channel.name, backend.name)
            for channel in channels.values()
            for backend in channel.backends.values()
            if not backend.idempotent and (settings.live or not backend.networked)
        )
    finally:
        close_channels(channels)


def _to_server(settings: Settings, ledger: Path) -> str | None:
    """Move the ledger to the server that the settings name; return which, None for a file."""
    if not settings.ledger.url:
        return None
    with (
        closing(open_database(Database.connect(ledger))) as source,
        closing(open_database(Database.connect(settings.ledger.url))) as target,
    ):
        load(source, target)
        place = target.place
    ledger.unlink()
    return place
