"""Artifacts: bytes named by the hash of all that shaped them; made once, shared by all."""

from engine.artifacts.folder import FolderStore
from engine.artifacts.opening import open_store
from engine.artifacts.store import ArtifactStore, Entry, Kind, Stored

__all__ = ["ArtifactStore", "Entry", "FolderStore", "Kind", "Stored", "open_store"]
