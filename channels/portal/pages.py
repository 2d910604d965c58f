"""How templates are filled, and the page of one post."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from channels.portal.documents import Site
from channels.portal.saying import day, size, when
from channels.portal.structured import announcement
from channels.portal.text import linked
from channels.portal.views import PostView

ROOM = Path(__file__).parent
_TEMPLATES = ROOM / "templates"

#: What stands in the site's root as it is.
_ASSETS = ("site.css", "loa.svg", "loa.png")


def asset(name: str) -> bytes:
    """Return a file that goes into the site as it is."""
    return (_TEMPLATES / name).read_bytes()


def assets(site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield what pages load, and what robots read."""
    for name in _ASSETS:
        yield name, asset(name)
    yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {site.url}/sitemap.xml\n".encode()


def post_page(view: PostView) -> bytes:
    """Return the page that the permalink leads to."""
    return page("post.html.j2", view.site, "../", post=view, about=announcement(view))


def entry_html(view: PostView) -> str:
    """Return a post's text as feed readers show it."""
    return environment().get_template("entry.html.j2").render(post=view)


def page(template: str, site: Site, up: str, /, **values: object) -> bytes:
    """Fill a template; ``up`` leads from the page's folder to the site's root."""
    return environment().get_template(template).render(site=site, up=up, **values).encode()


def macros() -> Any:
    return environment().get_template("macros.html.j2").module


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters.update(linked=linked, when=when, size=size, day=day)
    return made


@cache
def builder() -> str:
    """Name what makes the pages: another name, and all of them are made again."""
    made = sha256()
    for path in sorted([*ROOM.glob("*.py"), *_TEMPLATES.iterdir()]):
        made.update(path.name.encode() + b"\0" + path.read_bytes())
    return made.hexdigest()[:16]
