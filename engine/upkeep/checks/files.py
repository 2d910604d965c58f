"""Files: who may read the secrets, room on the disks, and backups."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from channels.portal.storage import mounted_message
from engine.artifacts import open_store
from engine.files import is_mount, write_atomic
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.settings import Settings
from engine.upkeep.backup import NAME
from engine.upkeep.contents import key_path
from engine.upkeep.findings import Finding, Patient, bad, fine, look

#: Free space, in bytes: below the first a person should look, below the second work stops soon.
LITTLE, NEARLY_NONE = 2_000_000_000, 300_000_000

#: Days after which the newest backup is an old one.
OLD_BACKUP = 7

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def rights_check(patient: Patient) -> Iterator[Finding]:
    """Say which secrets others than their owner can read."""
    settings = patient.settings or Settings()
    key = key_path(patient.workspace, settings)
    if not key.exists():
        yield from _no_key(patient.workspace, key)
    secrets = [key, *_secret_files(patient.workspace, settings)]
    open_to_others = [path for path in secrets if path.exists() and path.stat().st_mode & _OTHERS]
    for path in open_to_others:
        message = _("{path} can be read by others on this machine: chmod 600 {path}")
        yield bad(message.format(path=path))
    if key.exists() and not open_to_others:
        yield fine(_("secrets are readable by their owner alone"))


def _no_key(workspace: Path, key: Path) -> Iterator[Finding]:
    if (workspace / "loa.db").exists():
        message = _(
            "{path}: the data key is missing: put your copy of it back before Loa makes another"
        )
        yield bad(message.format(path=key))
    else:
        yield look(_("{path}: no data key yet; Loa makes one when it starts").format(path=key))


def _secret_files(workspace: Path, settings: Settings) -> Iterator[Path]:
    if settings.telegram.token_file:
        yield workspace / settings.telegram.token_file
    for own in (settings.zalo_bot.token_file, *(one.url_file for one in settings.apprise.values())):
        if own:
            yield workspace / own
    for account in settings.zalo.values():
        for named in filter(None, (account.app_secret_file, account.oa_secret_file)):
            yield workspace / named
    for name, value in os.environ.items():
        if name.startswith("LOA_") and name.endswith("_FILE") and value:
            yield workspace / value


def disk_check(patient: Patient) -> Iterator[Finding]:
    """Say how much room there is for ledger, artifacts, outbox and backups."""
    settings = patient.settings or Settings()
    backups = patient.workspace / settings.backup.folder
    places = [patient.workspace, *(patient.workspace / name for name in ("artifacts", "outbox"))]
    seen: set[int] = set()
    for place in (path for path in (*places, backups) if path.is_dir()):
        device = place.stat().st_dev
        if device not in seen:
            seen.add(device)
            yield _room(place, shutil.disk_usage(place).free)
        yield from _writable(place)
    portal = patient.workspace / "outbox" / "portal"
    if is_mount(portal):
        yield bad(mounted_message(portal))


def _room(place: Path, free: int) -> Finding:
    shown = _("{path}: {free:.1f} GB free").format(path=place, free=free / 1e9)
    if free < NEARLY_NONE:
        return bad(
            _("{shown}: nearly full; make room: loa prune, move old backups").format(shown=shown)
        )
    if free < LITTLE:
        return look(
            _("{shown}: little; make room: loa prune, move old backups").format(shown=shown)
        )
    return fine(shown)


def _writable(place: Path) -> Iterator[Finding]:
    trial = place / f".loa-trial-{os.getpid()}"
    try:
        write_atomic(trial, b"loa")
        trial.unlink()
    except OSError as error:
        message = _("{path}: Loa cannot write here: {reason}")
        yield bad(message.format(path=place, reason=os_reason(error)))


def store_check(patient: Patient) -> Iterator[Finding]:
    """Write, read and remove a trial in the artifact store, wherever it is."""
    assert patient.settings is not None
    url = patient.settings.artifacts.url
    try:
        open_store(patient.settings.artifacts, patient.workspace).check()
    except OSError as error:
        message = _("{place}: artifacts cannot be kept: {reason}")
        yield bad(message.format(place=url or "artifacts", reason=os_reason(error)))
    else:
        yield fine(_("{place}: artifacts can be kept").format(place=url or "artifacts"))


def backups_check(patient: Patient) -> Iterator[Finding]:
    """Say how old the newest backup is, and whether it would die with the disk."""
    settings = patient.settings or Settings()
    folder = patient.workspace / settings.backup.folder
    found = [path for path in folder.glob("*.zip") if NAME.fullmatch(path.name)]
    if not found:
        yield look(_("{folder}: no backup yet: loa backup").format(folder=folder))
        return
    newest = max(found, key=lambda path: path.stat().st_mtime)
    days = int((time.time() - newest.stat().st_mtime) / 86400)
    if days > OLD_BACKUP:
        yield look(_("the newest backup is {days} days old: loa backup").format(days=days))
    if folder.stat().st_dev == patient.workspace.stat().st_dev:
        yield look(
            _("backups lie on the disk that they should outlive: set [backup] folder to another")
        )
    yield fine(_("{path}: {days} days old").format(path=newest, days=days))
