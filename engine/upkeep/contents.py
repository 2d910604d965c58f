"""What of a workspace belongs in a backup: all that cannot be made again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from engine.artifacts import FolderStore, Kind, open_store
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.settings import Settings

#: Files and folders that people write or that the far side has seen.
_KEPT = (
    "commune.yaml",
    "province.yaml",
    "loa.toml",
    "campaigns",
    "communes",
    "artifacts",
    "outbox",
)

#: What can be made again, below those.
_LEFT_OUT = (
    "artifacts/speech",
    "artifacts/cache",
    "outbox/rehearsal",
    "outbox/.portal.next",
    "communes/*/outbox/.portal.next",
    "communes/*/outbox/rehearsal",
    "communes/*/preview",
    "communes/*/reports",
)


def kept_files(workspace: Path, settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield (name in the archive, file) in a fixed order, the data key not among them.

    A secret that the settings name by a file in the workspace is part of the settings. Raises
    LoaError for a folder that is a link: what lies behind it would be lost without a word.
    """
    key = key_path(workspace, settings)
    frame = settings.programme
    secrets = [
        name
        for account in settings.zalo.values()
        for name in (account.app_secret_file, account.oa_secret_file)
    ]
    secrets += [settings.zalo_bot.token_file, *(one.url_file for one in settings.apprise.values())]
    sounds = (frame.jingle, frame.bed, frame.bridge_sound)
    named = (settings.telegram.token_file, *secrets, *sounds)
    for name in dict.fromkeys(filter(None, (*_KEPT, *named))):
        path = _written(workspace, name)
        if inside(workspace, path):
            for file in _files(workspace, path):
                if file != key:
                    yield file.relative_to(workspace).as_posix(), file


def attachments_elsewhere(workspace: Path, settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield the attachments of a shared store, named as they would lie in a folder.

    What was rendered stays there: it can be made again, attachments cannot. Raises OSError.
    """
    if settings.artifacts.url:
        store = open_store(settings.artifacts, workspace)
        for entry in store.entries():
            if entry.kind is Kind.ATTACHMENT:
                yield f"artifacts/{entry.key[:2]}/{entry.key}", store.attachment(entry.key)


def put_attachments_back(folder: Path, settings: Settings) -> None:
    """Put a restored workspace's attachments into the shared store that its settings name."""
    if settings.artifacts.url:
        own, store = FolderStore(folder / "artifacts"), open_store(settings.artifacts, folder)
        for entry in own.entries():
            if entry.kind is Kind.ATTACHMENT:
                store.keep_attachment(entry.key, own.attachment(entry.key))


def key_path(workspace: Path, settings: Settings) -> Path:
    return _written(workspace, settings.data_key_file)


def inside(workspace: Path, path: Path) -> bool:
    """Say whether ``path`` lies in the workspace as it is written, links aside."""
    return path.is_relative_to(workspace)


def is_kept(workspace: Path, folder: Path) -> bool:
    """Say whether a backup saves what lies in ``folder``."""
    return any(folder.is_relative_to(workspace / name) for name in _KEPT)


def _written(workspace: Path, name: str) -> Path:
    return Path(os.path.normpath(workspace / name))


def _files(workspace: Path, start: Path) -> Iterator[Path]:
    if start.is_file():
        yield start
    for folder, inner, names in os.walk(start):
        here = Path(folder)
        inner[:] = sorted(
            name for name in inner if not _left_out((here / name).relative_to(workspace))
        )
        for name in inner:
            if (here / name).is_symlink():
                message = _(
                    "{path}: a backup cannot follow a link to a folder; move the folder here"
                )
                raise LoaError(message.format(path=here / name))
        for name in sorted(names):
            if not (name.startswith(".") and name.endswith(".tmp")):
                yield here / name


def _left_out(folder: Path) -> bool:
    """Say whether a folder, as it is called within the workspace, can be made again."""
    return any(
        len(folder.parts) == pattern.count("/") + 1 and folder.match(pattern)
        for pattern in _LEFT_OUT
    )
