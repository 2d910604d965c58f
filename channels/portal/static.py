"""A static site in a folder: any web server can show it, and it opens from disk as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from channels.portal.archive import RECORD, State, joined, kept
from channels.portal.assembly import SITE
from channels.portal.names import MEDIA_PREFIXES, POSTS
from channels.portal.site import assets, feeds_of, listings, post_page, views_of
from channels.portal.storage import Publication, clear_faults, site_lock, write_durably
from engine.clock import local
from engine.files import remove_leftovers
from engine.models import Artifact, Bundle, Receipt

#: How long a delivery waits for another one that is writing the same site.
PATIENCE = timedelta(seconds=60)


class StaticBackend:
    """Writes the site below ``root``: the same bundle twice gives the same bytes.

    ``write`` puts bytes into a new file; ``patience`` is how long to wait for another writer.
    """

    name = "static"
    idempotent = True
    networked = False

    def __init__(
        self,
        root: Path,
        *,
        write: Callable[[Path, bytes], None] = write_durably,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._root = root
        self._write = write
        self._patience = patience

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Merge the bundle's posts into the site; hamlets it does not carry keep their text.

        Raises ChannelError; until then readers see the site as it was.
        """
        with clear_faults(self._root), site_lock(self._root, self._patience):
            remove_leftovers(self._root)
            state, brought = joined(kept(self._root), artifact)
            media = [file for file in artifact.files if not _is_document(file.name)]
            with Publication(self._root, self._write) as publication:
                for file in media:
                    publication.put(file.name, file.read())
                self._publish(publication, state)
            for campaign_id in brought:
                self._prune(state, campaign_id)
        address = state.records[brought[0]].permalink if brought else f"{state.site.url}/"
        return Receipt(urlsplit(address).path, {"posts": " ".join(brought)})

    def put_beside(self, files: Callable[[Path], Iterable[tuple[str, bytes]]]) -> None:
        """Publish files of their own beside the posts; ``files`` is asked of the site as it is.

        Raises ChannelError; until then readers see the site as it was.
        """
        with (
            clear_faults(self._root),
            site_lock(self._root, self._patience),
            Publication(self._root, self._write) as publication,
        ):
            for name, data in files(self._root):
                publication.put(name, data)
            publication.commit()

    def refresh(self, as_of: datetime) -> None:
        """Make the pages again as of a later time: what ran out is marked, nothing else changes.

        Raises ChannelError. A site on which nothing was published stays empty.
        """
        if not self._root.exists():
            return
        with clear_faults(self._root), site_lock(self._root, self._patience):
            remove_leftovers(self._root)
            state = kept(self._root)
            if state is None:
                return
            later = max(state.site.as_of, local(as_of))
            state = State(state.site.model_copy(update={"as_of": later}), state.records)
            with Publication(self._root, self._write) as publication:
                self._publish(publication, state)

    def _publish(self, publication: Publication, state: State) -> None:
        """Posts before the lists and feeds that lead to them."""
        for name, data in _files(state):
            publication.put(name, data)
        publication.commit()

    def _prune(self, state: State, campaign_id: str) -> None:
        """Remove files that no text of the post offers any more: what was corrected is gone."""
        record = state.records[campaign_id]
        offered = {media.file for wording in record.wordings for media in wording.media()}
        for path in sorted((self._root / campaign_id).iterdir()):
            if path.name.startswith(MEDIA_PREFIXES) and path.name not in offered:
                path.unlink(missing_ok=True)


def _files(state: State) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the site but the media, in the order in which it becomes public."""
    views = views_of(state)
    yield from assets()
    for view in views:
        yield f"{view.id}/index.html", post_page(view)
        yield f"{view.id}/{RECORD}", state.records[view.id].encoded()
    yield SITE, state.site.encoded()
    yield from listings(state.site, views)
    yield from feeds_of(state.site, views)


def _is_document(name: str) -> bool:
    return name == SITE or name.startswith(f"{POSTS}/")
