"""A static site in a folder: any web server can show it, and it opens from disk as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from channels.portal.archive import State, joined, kept, with_bulletins
from channels.portal.assembly import SITE
from channels.portal.build import built
from channels.portal.bulletins import bulletin_pages
from channels.portal.catalogue import CATALOGUE
from channels.portal.names import BULLETINS, MEDIA_PREFIXES, POSTS, SEARCH
from channels.portal.pages import builder
from channels.portal.storage import clear_faults, site_lock
from channels.portal.trees import Publication, recover, write_new
from engine.clock import local
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
        write: Callable[[Path, bytes], None] = write_new,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._asked = root
        self._write = write
        self._patience = patience

    @property
    def _root(self) -> Path:
        """The site's folder itself: a link to it must stay one, and lead to what is new."""
        return self._asked.resolve()

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Merge the bundle's posts into the site; hamlets it does not carry keep their text.

        Raises ChannelError; until then readers see the site as it was.
        """
        with clear_faults(self._root), site_lock(self._root, self._patience):
            recover(self._root)
            old = kept(self._root)
            new, carried = joined(old, artifact, self._root)
            media = [file for file in artifact.files if not _is_document(file.name)]
            with Publication(self._root, self._write) as publication:
                for file in media:
                    publication.put(file.name, file.read())
                self._publish(publication, old, new)
                for campaign_id in carried:
                    self._prune(publication, new, campaign_id)
                publication.commit()
        address = new.record(carried[0]).permalink if carried else f"{new.site.url}/"
        return Receipt(urlsplit(address).path, {"posts": " ".join(carried)})

    def put_beside(self, files: Callable[[Path], Iterable[tuple[str, bytes]]]) -> None:
        """Publish files of their own beside the posts; ``files`` is asked of the site as it is.

        With the first bulletin every page gets the link that leads to them.
        Raises ChannelError; until then readers see the site as it was.
        """
        with (
            clear_faults(self._root),
            site_lock(self._root, self._patience),
            Publication(self._root, self._write) as publication,
        ):
            names = set()
            for name, data in files(self._root):
                publication.put(name, data)
                names.add(name)
            old = kept(self._root)
            if old and not old.site.bulletins and f"{BULLETINS}/index.html" in names:
                site = old.site.model_copy(update={"bulletins": True})
                self._publish(publication, old, State(self._root, site, old.catalogue))
            publication.commit()

    def refresh(self, as_of: datetime) -> None:
        """Bring the pages up to a later time: what ran out is marked, nothing else changes.

        A site that another version of Loa made is made again whole. Raises ChannelError. A
        site on which nothing was published stays empty.
        """
        if not self._root.exists():
            return
        with clear_faults(self._root), site_lock(self._root, self._patience):
            recover(self._root)
            old = kept(self._root)
            if old is None:
                return
            later = max(old.site.as_of, local(as_of))
            site = with_bulletins(old.site, self._root).model_copy(update={"as_of": later})
            with Publication(self._root, self._write) as publication:
                self._publish(publication, old, State(self._root, site, old.catalogue))
                publication.commit()

    def _publish(self, publication: Publication, old: State | None, new: State) -> None:
        made = set()
        for name, data in built(old, new, self._read):
            publication.put(name, data)
            made.add(name)
        anew = CATALOGUE in made and old is not None and old.catalogue.builder != builder()
        if anew or any(new.view(one).notes for one in new.brought):
            for name, data in bulletin_pages(new):
                publication.put(name, data)
        if anew:
            # Made anew: words that no post has any more.
            for path in sorted((self._root / SEARCH).rglob("*.js")):
                if (name := path.relative_to(self._root).as_posix()) not in made:
                    publication.remove(name)

    def _read(self, name: str) -> bytes:
        """Return a file of the site as readers have it."""
        try:
            return (self._root / name).read_bytes()
        except FileNotFoundError:
            return b""

    def _prune(self, publication: Publication, new: State, campaign_id: str) -> None:
        """Remove files that no text of the post offers any more: what was corrected is gone."""
        folder = self._root / campaign_id
        record = new.record(campaign_id)
        offered = {media.file for wording in record.wordings for media in wording.media()}
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name.startswith(MEDIA_PREFIXES) and path.name not in offered:
                publication.remove(f"{campaign_id}/{path.name}")


def _is_document(name: str) -> bool:
    return name == SITE or name.startswith(f"{POSTS}/")
