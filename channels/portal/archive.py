"""What the site already says, read back from the documents that it keeps, each when needed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from channels.base import ChannelError
from channels.portal.assembly import SITE
from channels.portal.catalogue import CATALOGUE, Catalogue
from channels.portal.documents import Document, Record, Site
from channels.portal.merging import merged
from channels.portal.names import BULLETINS, POSTS
from channels.portal.views import PostView
from engine.i18n import gettext as _
from engine.models import Artifact

#: Name of a post's own document in its campaign's folder.
RECORD = "post.json"

DocumentT = TypeVar("DocumentT", bound=Document)


@dataclass(frozen=True, slots=True)
class State:
    """A whole site in words: the commune's facts, which posts there are, and what they say.

    ``brought`` are the posts that are new or changed; all others lie below ``root``.
    """

    root: Path
    site: Site
    catalogue: Catalogue
    brought: Mapping[str, Record] = field(default_factory=dict)
    _views: dict[str, PostView] = field(default_factory=dict)

    def record(self, campaign_id: str) -> Record:
        """Return one post. Raises ChannelError if its document cannot be understood."""
        if campaign_id in self.brought:
            return self.brought[campaign_id]
        return _read(Record, self.root / campaign_id / RECORD)

    def view(self, campaign_id: str) -> PostView:
        """Return one post as pages show it."""
        if campaign_id not in self._views:
            ended = self.catalogue.ended.get(campaign_id)
            self._views[campaign_id] = PostView(self.record(campaign_id), self.site, ended)
        return self._views[campaign_id]


def kept(root: Path) -> State | None:
    """Return what the site below ``root`` says; None if nothing was ever published there.

    Raises ChannelError if a document cannot be understood: guessing would lose a post.
    """
    site = root / SITE
    if not site.exists():
        return None
    return State(root, _read(Site, site), _catalogue(root))


def with_bulletins(site: Site, root: Path) -> Site:
    """Return the commune's facts with whether bulletins lie below ``root``."""
    there = (root / BULLETINS / "index.html").is_file()
    return site.model_copy(update={"bulletins": there})


def joined(old: State | None, artifact: Artifact, root: Path) -> tuple[State, tuple[str, ...]]:
    """Return the site after ``artifact``, and the campaigns that it carries."""
    site = with_bulletins(_parsed(Site, artifact.named(SITE).read(), Path(SITE)), root)
    catalogue = old.catalogue if old else Catalogue()
    if old:
        site = site.model_copy(update={"as_of": max(old.site.as_of, site.as_of)})
    carried, brought = [], {}
    for file in artifact.files:
        if file.name.startswith(f"{POSTS}/"):
            new = _parsed(Record, file.read(), Path(file.name))
            before = old.record(new.id) if old and new.id in catalogue.by_id else None
            after = merged(before, new, site)
            carried.append(new.id)
            if after != before:
                brought[new.id] = after
    return State(root, site, catalogue.joined(brought.values()), brought), tuple(carried)


def _catalogue(root: Path) -> Catalogue:
    """Return which posts there are; made again where the file does not fit the folders."""
    with os.scandir(root) as entries:
        folders = {entry.name for entry in entries if entry.is_dir()}
    try:
        found = Catalogue.decoded((root / CATALOGUE).read_bytes())
    except (FileNotFoundError, ValueError):
        found = Catalogue()
    known = found.by_id.keys()
    strange = (name for name in folders - known if (root / name / RECORD).exists())
    if known <= folders and next(strange, None) is None:
        return found
    paths = sorted(root.glob(f"*/{RECORD}"))
    return Catalogue().joined([_read(Record, path) for path in paths])


def _read(model: type[DocumentT], path: Path) -> DocumentT:
    try:
        return _parsed(model, path.read_bytes(), path)
    except FileNotFoundError as error:
        raise _damaged(path) from error


def _parsed(model: type[DocumentT], data: bytes, path: Path) -> DocumentT:
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> ChannelError:
    return ChannelError(
        _("{path} of the portal is damaged; restore it from a backup or remove it").format(
            path=path
        ),
        permanent=True,
    )
