"""Which files of the site change, and what stands in them: the cost is that of what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from channels.portal.archive import RECORD, State
from channels.portal.assembly import SITE
from channels.portal.calendars import calendars
from channels.portal.catalogue import CATALOGUE, Catalogue
from channels.portal.documents import Place, Record, Site
from channels.portal.lists import archive, front, hamlet_page, places_of
from channels.portal.pages import assets, builder, entry_html, post_page
from channels.portal.screens import screens
from channels.portal.search import index_of, search_page, titles, whole_index
from engine.models import digest

#: How many posts the feeds carry.
FED = 50

File = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Change:
    """What is new: ``posts`` whose pages change, ``places`` whose pages do; or everything."""

    everything: bool
    posts: set[str]
    places: Sequence[Place]


def built(old: State | None, new: State, read: Callable[[str], bytes]) -> Iterator[File]:
    """Yield every file of the site that may differ from what ``old`` has.

    ``read`` returns the bytes of a file of the old site, b"" where there is none.
    """
    every = places_of(new)
    change = _change(old, new, every)
    new = replace(new, catalogue=replace(new.catalogue, builder=builder(), site=facts(new.site)))
    yield SITE, new.site.encoded()
    if not change.posts and not change.everything:
        return
    yield CATALOGUE, new.catalogue.encoded()
    if change.everything:
        yield from assets(new.site)
    for campaign_id in sorted(change.posts):
        yield f"{campaign_id}/index.html", post_page(new.view(campaign_id))
        if campaign_id in new.brought:
            yield f"{campaign_id}/{RECORD}", new.brought[campaign_id].encoded()
    yield from _lists(new, change, every, read)
    yield from _index(old, new, change, read)
    yield from feeds_of(new)


def facts(site: Site) -> str:
    """Name what pages say of the commune: another name, and all of them are made again."""
    return digest(site.model_dump(exclude={"as_of"}))[:16]


def _change(old: State | None, new: State, every: Sequence[Place]) -> Change:
    """Work out which posts are shown in another way than before."""
    entries = new.catalogue.entries
    known: Catalogue | None = old.catalogue if old else None
    if not known or (known.builder, known.site) != (builder(), facts(new.site)):
        return Change(True, {entry.id for entry in entries}, every)
    assert old is not None
    posts = set(new.brought)
    for entry in entries:
        before = known.by_id.get(entry.id)
        if before is None or _status(old, before.id) != _status(new, entry.id):
            posts.add(entry.id)
    touched = {hamlet for one in posts for hamlet in new.catalogue.by_id[one].hamlets}
    touched |= {h for one in posts if one in known.by_id for h in known.by_id[one].hamlets}
    return Change(False, posts, [place for place in every if place.id in touched])


def _status(state: State, campaign_id: str) -> tuple[object, bool, bool]:
    """Return whether, and since when, a post is over, and whether it just was withdrawn."""
    catalogue, as_of = state.catalogue, state.site.as_of
    entry = catalogue.by_id[campaign_id]
    withdrawn = catalogue.told_withdrawn(entry, as_of)
    return catalogue.ended.get(campaign_id), catalogue.over(entry, as_of), withdrawn


def _lists(
    new: State, change: Change, every: Sequence[Place], read: Callable[[str], bytes]
) -> Iterator[File]:
    from channels.portal.sitemaps import sitemaps  # loads lxml: for those who publish

    cards: dict[tuple[str, int], Markup] = {}
    for place in change.places:
        yield hamlet_page(new, place, cards)
        yield from archive(new, change.posts, place)
    yield from archive(new, change.posts)
    yield from front(new)
    written = _nothing if change.everything else read
    yield from calendars(new, change.places, change.posts, written)
    yield from screens(new, change.places, every)
    yield from sitemaps(new, every, change.posts)


def _nothing(_name: str) -> bytes:
    return b""


def _index(
    old: State | None, new: State, change: Change, read: Callable[[str], bytes]
) -> Iterator[File]:
    yield from search_page(new)
    yield from titles(new, change.posts)
    if change.everything:
        yield from whole_index(new)
        return
    assert old is not None
    before: Mapping[str, Record] = {
        one: old.record(one) for one in new.brought if one in old.catalogue.by_id
    }
    yield from index_of(new, before, read)


def feeds_of(state: State) -> Iterator[File]:
    """Yield the three feeds with the newest posts."""
    from channels.portal.feeds import atom, json_feed, rss  # loads lxml: for those who publish

    views = [state.view(entry.id) for entry in state.catalogue.newest[:FED]]
    entries = [(view, entry_html(view)) for view in views]
    yield "feed.xml", rss(state.site, entries)
    yield "atom.xml", atom(state.site, entries)
    yield "feed.json", json_feed(state.site, entries)
