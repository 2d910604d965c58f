"""Site maps (sitemaps.org): one for the pages that change, one for each thousand posts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from lxml import etree

from channels.portal.archive import State
from channels.portal.documents import Place
from channels.portal.names import ARCHIVE, BULLETINS, CALENDAR, HAMLETS, SEARCH

#: How many posts one map names; the rules allow 50,000.
NAMED = 1000

_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemaps(state: State, places: Sequence[Place], dirty: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the maps of the runs in which ``dirty`` posts stand, and the map of all maps."""
    url, entries = state.site.url, state.catalogue.entries
    runs = range(0, len(entries), NAMED)
    names = [f"sitemap-{number}.xml" for number in range(1, len(runs) + 1)]
    latest: list[datetime | None] = []
    for name, start in zip(names, runs, strict=True):
        run = entries[start : start + NAMED]
        latest.append(max(entry.updated for entry in run))
        if any(entry.id in dirty for entry in run):
            yield name, _map("urlset", "url", [(f"{url}/{e.id}/", e.updated) for e in run])
    pages = ["", f"{HAMLETS}/", f"{ARCHIVE}/", f"{CALENDAR}/", f"{SEARCH}/"]
    pages += [f"{BULLETINS}/"] if state.site.bulletins else []
    pages += [f"{HAMLETS}/{place.id}/" for place in places]
    yield "sitemap-trang.xml", _map("urlset", "url", [(f"{url}/{page}", None) for page in pages])
    maps: list[tuple[str, datetime | None]] = [(f"{url}/sitemap-trang.xml", None)]
    maps += [(f"{url}/{name}", at) for name, at in zip(names, latest, strict=True)]
    yield "sitemap.xml", _map("sitemapindex", "sitemap", maps)


def _map(tag: str, item: str, places: Sequence[tuple[str, datetime | None]]) -> bytes:
    root = etree.Element(f"{{{_SPACE}}}{tag}", nsmap={None: _SPACE})
    for address, changed in places:
        one = etree.SubElement(root, f"{{{_SPACE}}}{item}")
        etree.SubElement(one, f"{{{_SPACE}}}loc").text = address
        if changed is not None:
            etree.SubElement(one, f"{{{_SPACE}}}lastmod").text = changed.isoformat()
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return data
