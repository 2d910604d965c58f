"""RSS 2.0, Atom and JSON Feed 1.1 of the same posts.

XML is built by lxml, so that no text can leave its element; feedgen's Atom drops enclosures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from lxml import etree

from channels.portal.documents import Media, Site
from channels.portal.views import PostView

#: A post and its HTML as feed readers show it.
Entry = tuple[PostView, str]

_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"


def rss(site: Site, entries: Sequence[Entry]) -> bytes:
    """Return RSS 2.0; an item has one enclosure, the first recording."""
    root = etree.Element("rss", version="2.0", nsmap={"atom": _ATOM, "content": _CONTENT})
    channel = _add(root, "channel")
    _add(channel, "title", site.name)
    _add(channel, "link", f"{site.url}/")
    _add(channel, "description", _description(site))
    _add(channel, "language", "vi")
    _add(channel, "lastBuildDate", format_datetime(_updated(site, entries)))
    address = f"{site.url}/feed.xml"
    _add(channel, f"{{{_ATOM}}}link", href=address, rel="self", type="application/rss+xml")
    for post, html in entries:
        item = _add(channel, "item")
        _add(item, "title", post.lead.title)
        _add(item, "link", post.url)
        _add(item, "guid", post.record.permalink, isPermaLink="false")
        _add(item, "pubDate", format_datetime(post.record.published))
        for label in post.labels:
            _add(item, "category", label.text)
        # Readers take a description for HTML: text is escaped once more to stay text.
        _add(item, "description", escape(post.summary, quote=False))
        _add(item, f"{{{_CONTENT}}}encoded", html)
        for audio in _recordings(post)[:1]:
            where = f"{post.url}{audio.file}"
            _add(item, "enclosure", url=where, length=str(audio.size), type=audio.media_type)
    return _document(root)


def atom(site: Site, entries: Sequence[Entry]) -> bytes:
    """Return Atom (RFC 4287) with every recording as an enclosure."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "vi")
    _add(root, "id", f"{site.url}/")
    _add(root, "title", site.name)
    _add(root, "subtitle", _description(site))
    _add(root, "updated", _updated(site, entries).isoformat())
    _add(root, "link", rel="self", href=f"{site.url}/atom.xml", type="application/atom+xml")
    _add(root, "link", rel="alternate", href=f"{site.url}/", type="text/html")
    _add(_add(root, "author"), "name", site.office)
    for post, html in entries:
        entry = _add(root, "entry")
        _add(entry, "id", post.record.permalink)
        _add(entry, "title", post.lead.title, type="text")
        _add(entry, "updated", post.updated.isoformat())
        _add(entry, "published", post.record.published.isoformat())
        _add(_add(entry, "author"), "name", post.lead.issuer)
        _add(entry, "link", rel="alternate", href=post.url, type="text/html")
        for audio in _recordings(post):
            where = f"{post.url}{audio.file}"
            length, kind = str(audio.size), audio.media_type
            _add(entry, "link", rel="enclosure", href=where, length=length, type=kind)
        for label in post.labels:
            _add(entry, "category", term=label.kind, label=label.text)
        _add(entry, "summary", post.summary, type="text")
        _add(entry, "content", html, type="html")
    return _document(root)


def json_feed(site: Site, entries: Sequence[Entry]) -> bytes:
    """Return JSON Feed 1.1."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "description": _description(site),
        "home_page_url": f"{site.url}/",
        "feed_url": f"{site.url}/feed.json",
        "language": "vi",
        "authors": [{"name": site.office}],
        "items": [_json_item(post, html) for post, html in entries],
    }
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode()


def _json_item(post: PostView, html: str) -> dict[str, Any]:
    return {
        "id": post.record.permalink,
        "url": post.url,
        "title": post.lead.title,
        "summary": post.summary,
        "content_html": html,
        "date_published": post.record.published.isoformat(),
        "date_modified": post.updated.isoformat(),
        "authors": [{"name": post.lead.issuer}],
        "tags": [label.text for label in post.labels],
        "attachments": [
            {
                "url": f"{post.url}{media.file}",
                "mime_type": media.media_type,
                "size_in_bytes": media.size,
            }
            for media in _distinct(post)
        ],
    }


def _recordings(post: PostView) -> list[Media]:
    return [media for media in _distinct(post) if media.media_type.startswith("audio/")]


def _distinct(post: PostView) -> list[Media]:
    """Return recordings and attachments once each; flyers are on the page."""
    return list({media.file: media for media in _offered(post)}.values())


def _offered(post: PostView) -> Iterator[Media]:
    for section in post.sections:
        if section.post.audio:
            yield section.post.audio
        yield from section.post.attachments


def _description(site: Site) -> str:
    return f"Thông báo của {site.office}, {site.province}"


def _updated(site: Site, entries: Sequence[Entry]) -> datetime:
    return max((post.updated for post, _html in entries), default=site.as_of)


def _add(parent: Any, tag: str, text: str | None = None, /, **attributes: str) -> Any:
    """Add an element, in its parent's namespace unless it names its own."""
    child = etree.SubElement(parent, _qualified(parent, tag), attributes)
    child.text = text
    return child


def _qualified(parent: Any, tag: str) -> str:
    namespace = etree.QName(parent).namespace
    return tag if tag.startswith("{") or namespace is None else f"{{{namespace}}}{tag}"


def _document(root: Any) -> bytes:
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return data
