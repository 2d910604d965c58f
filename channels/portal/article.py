"""A post as HTML for a portal that others run: blocks that its editor knows, sanitised."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from channels.portal.documents import Record, Site
from channels.portal.saying import size, when
from channels.portal.text import linked
from channels.portal.views import PostView

_TEMPLATES = Path(__file__).parent / "templates"

_TAGS = {"p", "br", "strong", "em", "s", "h2", "h3", "ul", "ol", "li", "a"} | {
    "details",
    "summary",
    "figure",
    "figcaption",
    "audio",
    "img",
}
_ATTRIBUTES = {
    "a": {"href"},
    "audio": {"controls", "preload", "src"},
    "figure": {"class"},
    "img": {"src", "alt"},
    "li": {"value"},
}
#: ``cid`` names a file that is sent beside the words; no author's text becomes such a link.
_SCHEMES = {"http", "https", "tel", "cid"}

#: How a post of ours is known on the portal: whose it is, and the seal of its words.
_MARK = re.compile(r"<!-- loa:(?P<mark>[0-9a-f]{20}) (?P<seal>[0-9a-f]{32}) -->")
_BLOCK = re.compile(r"<!-- /?wp:.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Article:
    """What is posted, as HTML; the title and the excerpt are text without any tag."""

    title: str
    content: str
    excerpt: str

    def marked(self, mark: str) -> str:
        """Return the content with its mark, which readers do not see."""
        sealed = f"<!-- loa:{mark} {seal(self.title, self.content, self.excerpt)} -->"
        return f"<!-- wp:html -->\n{sealed}\n<!-- /wp:html -->\n\n{self.content}"


def article_of(record: Record, site: Site, media: Mapping[str, str]) -> Article:
    """Return a record as an article; ``media`` are the public addresses of its files, by name."""
    view = PostView(record, site)
    template = _environment().get_template("article.html.j2")
    content = template.render(post=view, media=media)
    lines = (line for line in content.splitlines() if line.strip())
    return Article(_text(view.lead.title), "\n".join(lines), _text(view.summary))


def mark_of(commune_id: str, campaign_id: str) -> str:
    """Return what tells a campaign's post from all others: 20 hexadecimal digits."""
    return hashlib.sha256(f"{commune_id}/{campaign_id}".encode()).hexdigest()[:20]


def bears(content: str, mark: str) -> bool:
    """Say whether a post's content carries a mark."""
    return any(found["mark"] == mark for found in _MARK.finditer(content))


def untouched(title: str, content: str, excerpt: str) -> bool:
    """Say whether a post's words are those that its seal was made for."""
    found = _MARK.search(content)
    return found is not None and seal(title, _MARK.sub("", content), excerpt) == found["seal"]


def seal(title: str, content: str, excerpt: str) -> str:
    """Return the hash of what people read; how a portal writes entities and space is its own."""
    words = (_letters(title), _letters(_BLOCK.sub("", content)), _letters(excerpt))
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


def _letters(text: str) -> str:
    return "".join(html.unescape(text).replace(" />", ">").replace("/>", ">").split())


def clean(text: Markup | str) -> Markup:
    """Return HTML of which nothing runs, in a browser or on the portal.

    Brackets are written as entities: a portal would take ``[gallery]`` for a command.
    """
    safe = nh3.clean(
        str(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
        strip_comments=True,
    )
    return Markup(safe.replace("[", "&#91;").replace("]", "&#93;"))  # noqa: S704 - just cleaned


def _text(plain: str) -> str:
    escaped = html.escape(plain, quote=False)
    return escaped.replace("[", "&#91;").replace("]", "&#93;")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(linked=linked, when=when, size=size, clean=clean)
    return environment
