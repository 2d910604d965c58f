"""The pages of the site: which there are, what stands on each, in which order they go public."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from channels.portal.archive import State
from channels.portal.documents import Place, Site
from channels.portal.names import ARCHIVE, HAMLETS
from channels.portal.text import linked
from channels.portal.views import PostView, SectionView, size, when

_TEMPLATES = Path(__file__).parent / "templates"

#: How many posts a page lists, besides those still in force; the archive lists all.
LISTED = 50

#: With more hamlets than this the front page leads to the list instead of naming each.
NAMED_ON_FRONT = 40

#: How many posts the feeds carry.
FED = 50


def views_of(state: State) -> list[PostView]:
    """Return every post, newest first."""
    ended = {
        wording.post.ends: record.updated
        for record in state.records.values()
        for wording in record.wordings
        if wording.post.ends
    }
    views = [PostView(one, state.site, ended.get(one.id)) for one in state.records.values()]
    by_id = sorted(views, key=lambda view: view.id)
    return sorted(by_id, key=lambda view: (view.updated, view.record.published), reverse=True)


def assets() -> Iterator[tuple[str, bytes]]:
    for name in ("site.css", "loa.svg"):
        yield name, (_TEMPLATES / name).read_bytes()


def post_page(view: PostView) -> bytes:
    """Return the page that the permalink leads to."""
    return _page("post.html.j2", view.site, "../", post=view)


def listings(site: Site, views: Sequence[PostView]) -> Iterator[tuple[str, bytes]]:
    """Yield the pages that lead to posts: one per hamlet, all hamlets, all posts, the front."""
    cards: dict[tuple[str, int], Markup] = {}
    for place in _places(site, views):
        told = [(v, s) for v in views if (s := v.section_of(place.id)) and not s.withdrawn]
        shown = [*told[:LISTED], *((v, s) for v, s in told[LISTED:] if not v.expired)]
        values = {
            "place": place,
            "alarms": [_card(cards, v, s) for v, s in shown if v.alarming],
            "calm": [_card(cards, v, s) for v, s in shown if not v.alarming],
            "more": len(told) > len(shown),
        }
        yield f"{HAMLETS}/{place.id}/index.html", _page("hamlet.html.j2", site, "../../", **values)
    yield f"{HAMLETS}/index.html", _page("hamlets.html.j2", site, "../")
    yield f"{ARCHIVE}/index.html", _page("archive.html.j2", site, "../", posts=views)
    yield "index.html", _front_page(site, views)


def feeds_of(site: Site, views: Sequence[PostView]) -> Iterator[tuple[str, bytes]]:
    """Yield the three feeds with the newest posts."""
    from channels.portal.feeds import atom, json_feed, rss  # loads lxml: for those who publish

    entries = [(view, _entry(view)) for view in views[:FED]]
    yield "feed.xml", rss(site, entries)
    yield "atom.xml", atom(site, entries)
    yield "feed.json", json_feed(site, entries)


def _front_page(site: Site, views: Sequence[PostView]) -> bytes:
    """Show the newest posts and every older one still in force, emergencies first.

    What is withdrawn keeps its page, and stands in the archive.
    """
    views = [view for view in views if not view.withdrawn]
    shown = [*views[:LISTED], *(view for view in views[LISTED:] if not view.expired)]
    return _page(
        "index.html.j2",
        site,
        "",
        alarms=[view for view in shown if view.alarming],
        calm=[view for view in shown if not view.alarming],
        more=len(views) > len(shown),
        named=len(site.hamlets) <= NAMED_ON_FRONT,
    )


def _places(site: Site, views: Sequence[PostView]) -> list[Place]:
    """Return the registry's hamlets, then those that left it but still have posts."""
    places = {place.id: place for place in site.hamlets}
    for view in views:
        for section in view.sections:
            for hamlet in section.hamlets:
                places.setdefault(hamlet.id, Place(id=hamlet.id, name=hamlet.name))
    return list(places.values())


def _card(cards: dict[tuple[str, int], Markup], view: PostView, section: SectionView) -> Markup:
    """Return how a hamlet's page shows a post; hamlets with the same text share it."""
    key = view.id, section.number
    if key not in cards:
        macros: Any = _environment().get_template("macros.html.j2").module
        cards[key] = macros.card(view, "../../", section)
    return cards[key]


def _entry(view: PostView) -> str:
    return _environment().get_template("entry.html.j2").render(post=view)


def _page(template: str, site: Site, up: str, /, **values: object) -> bytes:
    """Fill a template; ``up`` leads from the page's folder to the site's root."""
    return _environment().get_template(template).render(site=site, up=up, **values).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.update(linked=linked, when=when, size=size)
    return environment
