"""Pages that lead to posts: the front, one per hamlet, and all posts, a hundred to a page.

A page of the archive holds a run of numbers, so it stays as it is when newer posts come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from markupsafe import Markup

from channels.portal.archive import State
from channels.portal.catalogue import Entry
from channels.portal.documents import Place
from channels.portal.names import ARCHIVE, HAMLETS
from channels.portal.pages import macros, page
from channels.portal.structured import service
from channels.portal.views import PostView, SectionView

#: How many posts in force a page shows as cards, besides emergencies; more follow as lines.
LISTED = 50

#: How many posts in force follow as lines; beyond these the archive has them.
LINES = 200

#: How many posts that ran out are still named on the front and on a hamlet's page.
PAST = 10

#: How many posts a page of the archive lists.
PER_PAGE = 100

#: With more hamlets than this the front page leads to the list instead of naming each.
NAMED_ON_FRONT = 40

Page = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of an archive; ``number`` counts from 1, its oldest and newest post say when."""

    number: int
    entries: tuple[Entry, ...]

    @property
    def span(self) -> str:
        """From when to when its posts were published."""
        days = sorted(entry.published for entry in self.entries)
        first, last = f"{days[0]:%m/%Y}", f"{days[-1]:%m/%Y}"
        return first if first == last else f"{first} – {last}"


def leaves(entries: Sequence[Entry]) -> tuple[Leaf, ...]:
    """Cut posts, oldest first, into pages."""
    return tuple(
        Leaf(number, tuple(entries[start : start + PER_PAGE]))
        for number, start in enumerate(range(0, len(entries), PER_PAGE), 1)
    )


def places_of(state: State) -> list[Place]:
    """Return the registry's hamlets, then those that left it but still have posts."""
    places = {place.id: place for place in state.site.hamlets}
    for entry in state.catalogue.entries:
        for hamlet_id in entry.hamlets:
            if hamlet_id not in places:
                told = state.view(entry.id).reached
                places.update(
                    {one.id: Place(id=one.id, name=one.name) for one in told if one.id == hamlet_id}
                )
    return list(places.values())


def front(state: State) -> Iterator[Page]:
    """Show emergencies in force, then the newest posts in force, then what ran out lately.

    What is withdrawn keeps its page, and stands in the archive.
    """
    shown = _shown(state, [one for one in state.catalogue.newest if not one.withdrawn])
    cards = {
        "alarms": [_card(state.view(entry.id), "") for entry in shown.alarms],
        "calm": [_card(state.view(entry.id), "") for entry in shown.calm],
    }
    yield (
        "index.html",
        page(
            "index.html.j2",
            state.site,
            "",
            **cards,
            lines=_lines(state, shown.lines),
            past=_lines(state, shown.past),
            more=shown.more,
            named=len(state.site.hamlets) <= NAMED_ON_FRONT,
            about=service(state.site),
        ),
    )
    yield f"{HAMLETS}/index.html", page("hamlets.html.j2", state.site, "../")


def hamlet_page(state: State, place: Place, cards: dict[tuple[str, int], Markup]) -> Page:
    """Show one hamlet what concerns it. ``cards`` are shared by hamlets with the same text."""
    everything = state.catalogue.told.get(place.id, ())
    told = [entry for entry in everything if place.id not in entry.taken]
    shown = _shown(state, told)
    return (
        f"{HAMLETS}/{place.id}/index.html",
        page(
            "hamlet.html.j2",
            state.site,
            "../../",
            place=place,
            alarms=[_own_card(cards, state.view(one.id), place) for one in shown.alarms],
            calm=[_own_card(cards, state.view(one.id), place) for one in shown.calm],
            lines=_lines(state, shown.lines, place),
            past=_lines(state, shown.past, place),
            more=shown.more,
        ),
    )


def archive(state: State, dirty: set[str], place: Place | None = None) -> Iterator[Page]:
    """Yield the archive's front and those of its pages on which ``dirty`` posts stand."""
    site = state.site
    entries: Sequence[Entry] = state.catalogue.entries
    if place is not None:
        told = state.catalogue.told.get(place.id, ())
        entries = sorted(told, key=lambda entry: entry.number)
    found = leaves(entries)
    where = ARCHIVE if place is None else f"{HAMLETS}/{place.id}/{ARCHIVE}"
    up = "../" * (where.count("/") + 1)
    newest = list(islice(reversed(entries), PER_PAGE))
    values = {"place": place, "leaves": found, "where": where}
    yield (
        f"{where}/index.html",
        page(
            "archive.html.j2",
            site,
            up,
            **values,
            leaf=None,
            lines=_lines(state, newest, place),
        ),
    )
    for leaf in found:
        if _stands_on(leaf, found, dirty):
            lines = _lines(state, leaf.entries[::-1], place)
            made = page("archive.html.j2", site, f"{up}../", **values, leaf=leaf, lines=lines)
            yield f"{where}/{leaf.number}/index.html", made


def _stands_on(leaf: Leaf, found: Sequence[Leaf], dirty: set[str]) -> bool:
    """Say whether a page changes: its own posts do, or the last page, which it leads to, is new.

    Whether that page is new is not asked: its first post is, when it is.
    """
    following = found[leaf.number].entries[:1] if leaf.number < len(found) else ()
    return any(entry.id in dirty for entry in (*leaf.entries, *following))


@dataclass(frozen=True, slots=True)
class _Shown:
    alarms: tuple[Entry, ...]
    calm: tuple[Entry, ...]
    lines: tuple[Entry, ...]
    past: tuple[Entry, ...]
    more: bool


def _shown(state: State, newest: Sequence[Entry]) -> _Shown:
    """Choose what a page shows of posts that come newest first."""
    as_of = state.site.as_of
    current = [entry for entry in newest if not state.catalogue.over(entry, as_of)]
    calm = [entry for entry in current if not entry.urgent]
    past = tuple(islice((e for e in newest if state.catalogue.over(e, as_of)), PAST))
    lines = calm[LISTED : LISTED + LINES]
    named = len(current) - len(calm) + len(calm[: LISTED + LINES]) + len(past)
    alarms = tuple(entry for entry in current if entry.urgent)
    return _Shown(alarms, tuple(calm[:LISTED]), tuple(lines), past, len(newest) > named)


@dataclass(frozen=True, slots=True)
class Line:
    """A post on one line of a list; ``anchor`` leads to a hamlet's own words."""

    post: PostView
    section: SectionView
    anchor: str


def _lines(state: State, entries: Sequence[Entry], place: Place | None = None) -> list[Line]:
    return [_line(state.view(entry.id), place) for entry in entries]


def _line(view: PostView, place: Place | None) -> Line:
    section = (view.section_of(place.id) if place else None) or view.sections[0]
    many = place is not None and len(view.sections) > 1
    return Line(view, section, f"#{section.anchor}" if many else "")


def _card(view: PostView, up: str, section: SectionView | None = None) -> Markup:
    made: Markup = macros().card(view, up, section)
    return made


def _own_card(cards: dict[tuple[str, int], Markup], view: PostView, place: Place) -> Markup:
    section = view.section_of(place.id) or view.sections[0]
    key = view.id, section.number
    if key not in cards:
        cards[key] = _card(view, "../../", section)
    return cards[key]
