"""Artifacts: bytes named by the hash of all that shaped them; made once, shared by all."""

from engine.artifacts.store import ArtifactStore, Stored

__all__ = ["ArtifactStore", "Stored"]
