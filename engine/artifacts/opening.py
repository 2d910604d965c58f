"""The artifact store that a workspace's settings name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from engine.artifacts.folder import FolderStore
from engine.artifacts.store import ArtifactStore
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.settings import ArtifactSettings

_MEGABYTE = 1_000_000


def open_store(settings: ArtifactSettings, workspace: Path) -> ArtifactStore:
    """Return the store: a bucket, a share, or the workspace's own folder. No request is made.

    Raises LoaError for a bucket of which something is not said.
    """
    own = workspace / "artifacts"
    if not settings.url:
        return FolderStore(own)
    if not settings.url.startswith("s3://"):
        return FolderStore(workspace / settings.url, shared=True)
    _refuse_half_said(settings)
    # The client's library loads for those who have such a store.
    from engine.artifacts.bucket import Bucket, Place
    from engine.artifacts.bucket_store import BucketStore
    from engine.artifacts.cache import Cache

    bucket, _slash, prefix = settings.url.removeprefix("s3://").partition("/")
    place = Place(
        bucket=bucket,
        prefix=prefix.strip("/"),
        endpoint=settings.endpoint,
        region=settings.region,
        key=settings.key,
        secret=settings.secret,
        timeout=timedelta(seconds=settings.timeout_seconds),
    )
    return BucketStore(Bucket(place), Cache(own / "cache", settings.cache_megabytes * _MEGABYTE))


def _refuse_half_said(settings: ArtifactSettings) -> None:
    said = {
        "s3://BUCKET": settings.url.removeprefix("s3://").partition("/")[0],
        "artifacts.endpoint": settings.endpoint,
        "artifacts.key": settings.key,
        "artifacts.secret": settings.secret,
    }
    missing = ", ".join(name for name, value in said.items() if not value)
    if missing:
        message = _("artifacts.url is {url}; what is missing: {missing}")
        raise LoaError(message.format(url=settings.url, missing=missing))
