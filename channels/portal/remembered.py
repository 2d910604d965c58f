"""What a portal that others run was given, kept through the ``remote_ids`` port.

Such a portal is told a post as a whole, so that what each hamlet reads must be known here.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from channels.base import ChannelError, RemoteIds
from channels.portal.assembly import SITE
from channels.portal.documents import Document, Record, Site
from channels.portal.merging import merged
from channels.portal.names import POSTS
from engine.i18n import gettext as _
from engine.models import Artifact, Purpose


class Kept(Document):
    """One campaign's post as it was last given to a portal.

    ``remote`` is its id there, ``url`` its public page; ``written`` is the hash of what the
    portal then had. ``gone``: it was taken off on purpose.
    """

    record: Record
    site: Site
    remote: str = ""
    url: str = ""
    written: str = ""
    media: tuple[tuple[str, str], ...] = ()
    gone: bool = False

    def with_media(self, new: Mapping[str, str]) -> Kept:
        """Return the post with the addresses of files that came; of the old ones, what it offers.

        What a hamlet got earlier is not carried again, and stays where it is.
        """
        addresses = {**dict(self.media), **new}
        offered = {media.file for wording in self.record.wordings for media in wording.media()}
        kept = tuple(sorted((name, at) for name, at in addresses.items() if name in offered))
        return self.model_copy(update={"media": kept})

    @property
    def withdrawn(self) -> bool:
        """Whether every hamlet is told that it does not hold any more."""
        wordings = self.record.wordings
        return all(wording.post.purpose is Purpose.WITHDRAWAL for wording in wordings)


class Memory:
    """The posts that one portal was given; ``portal`` tells it from others."""

    def __init__(self, portal: str, remote_ids: RemoteIds) -> None:
        self._portal = portal
        self._remote_ids = remote_ids

    def get(self, campaign_id: str) -> Kept | None:
        """Return a campaign's post. Raises ChannelError for one that cannot be read."""
        found = self._remote_ids.get(self._key(campaign_id))
        if found is None:
            return None
        try:
            return Kept.model_validate_json(found)
        except ValidationError as error:
            message = _("what Loa knows of the post {campaign} on {portal} is damaged")
            raise ChannelError(
                message.format(campaign=campaign_id, portal=self._portal), permanent=True
            ) from error

    def put(self, kept: Kept) -> None:
        self._remote_ids.set(self._key(kept.record.id), kept.model_dump_json())

    def _key(self, campaign_id: str) -> str:
        return f"{self._portal}/{campaign_id}/post"


def joined(memory: Memory, artifact: Artifact) -> list[Kept]:
    """Return every post that ``artifact`` brings, as it is with what the portal had before."""
    site = Site.model_validate_json(artifact.named(SITE).read())
    found = []
    for file in artifact.files:
        if file.name.startswith(f"{POSTS}/"):
            new = Record.model_validate_json(file.read())
            before = memory.get(new.id)
            record = merged(before.record if before else None, new, site)
            # The address is the newest: a portal may have moved.
            record = record.model_copy(update={"permalink": new.permalink})
            known = before or Kept(record=record, site=site)
            found.append(known.model_copy(update={"record": record, "site": site}))
    return found
