"""What the site already says, read back from the documents that it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from channels.base import ChannelError
from channels.portal.assembly import SITE
from channels.portal.documents import Document, Record, Site
from channels.portal.merging import merged
from channels.portal.names import POSTS
from engine.i18n import gettext as _
from engine.models import Artifact

#: Name of a post's own document in its campaign's folder.
RECORD = "post.json"

DocumentT = TypeVar("DocumentT", bound=Document)


@dataclass(frozen=True, slots=True)
class State:
    """A whole site in words: the commune's facts and every post, by campaign."""

    site: Site
    records: dict[str, Record]


def kept(root: Path) -> State | None:
    """Return what the site below ``root`` says; None if nothing was ever published there.

    Raises ChannelError if a document cannot be understood: guessing would lose a post.
    """
    site = root / SITE
    if not site.exists():
        return None
    found = sorted(root.glob(f"*/{RECORD}"))
    records = [_parsed(Record, path.read_bytes(), path) for path in found]
    return State(_parsed(Site, site.read_bytes(), site), {record.id: record for record in records})


def joined(old: State | None, artifact: Artifact) -> tuple[State, tuple[str, ...]]:
    """Return the site after ``artifact``, and the campaigns that it brought."""
    site = _parsed(Site, artifact.named(SITE).read(), Path(SITE))
    records = dict(old.records) if old else {}
    if old:
        site = site.model_copy(update={"as_of": max(old.site.as_of, site.as_of)})
    brought = []
    for file in artifact.files:
        if file.name.startswith(f"{POSTS}/"):
            new = _parsed(Record, file.read(), Path(file.name))
            records[new.id] = merged(records.get(new.id), new, site)
            brought.append(new.id)
    return State(site, records), tuple(brought)


def _parsed(model: type[DocumentT], data: bytes, path: Path) -> DocumentT:
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        raise ChannelError(
            _("{path} of the portal is damaged; restore it from a backup or remove it").format(
                path=path
            ),
            permanent=True,
        ) from error
