"""What need not be kept any longer: artifacts that no delivery needs, and what was only looked at.

All of it can be made again, from contents that the ledger keeps; attachments cannot, and stay.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.artifacts import ArtifactStore, Kind
from engine.dispatch.rendering import Renderer
from engine.ledger import Ledger
from engine.ledger.wanted import wanted


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much went (or would go): things, and bytes."""

    artifacts: int = 0
    artifact_bytes: int = 0
    other: int = 0
    other_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """One workspace's rule: what was last used before a moment may go.

    ``needed`` returns the keys of all artifacts that deliveries still need, of every commune
    that shares the store; it is asked only when there is something to remove. ``files`` are
    folders of files that are made again when they are needed (spoken sentences, rehearsals);
    ``previews`` hold a folder for each preview.
    """

    artifacts: ArtifactStore
    needed: Callable[[datetime], Set[str]]
    files: tuple[Path, ...]
    previews: tuple[Path, ...]

    def prune(self, before: datetime, *, dry_run: bool = False) -> Pruned:
        """Remove what was last used before ``before``. Raises OSError."""
        old = [
            entry
            for entry in self.artifacts.entries()
            if entry.kind is Kind.ARTIFACT and entry.used_at < before
        ]
        needed = self.needed(before) if old else frozenset()
        going = [entry for entry in old if entry.key not in needed]
        others = [*_old_files(self.files, before), *_old_previews(self.previews, before)]
        found = Pruned(
            len(going), sum(entry.size for entry in going), len(others), sum(map(_size, others))
        )
        if not dry_run:
            for entry in going:
                self.artifacts.remove(entry.key)
            for path in others:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return found


def needed_keys(ledger: Ledger, renderer: Renderer, since: datetime) -> set[str]:
    """Return the artifacts that one commune's deliveries need; nothing is rendered for it."""
    keys: set[str] = set()
    for one in wanted(ledger.database, ledger.commune_id, since):
        registry = ledger.registries.load(one.registry_revision)
        keys |= renderer.keys(one.content_hash, registry.hamlets_by_id[one.hamlet_id])
    return keys


def _old_files(folders: tuple[Path, ...], before: datetime) -> Iterator[Path]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and _used_at(path) < before:
                yield path


def _old_previews(folders: tuple[Path, ...], before: datetime) -> Iterator[Path]:
    for folder in folders:
        for path in folder.iterdir() if folder.is_dir() else ():
            if max(map(_used_at, [path, *path.rglob("*")])) < before:
                yield path


def _used_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.lstat().st_mtime, UTC)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if not file.is_dir())
