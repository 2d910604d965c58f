"""Calendars to subscribe to (iCalendar, RFC 5545): the commune's, each hamlet's, and a page.

Events of posts that did not change are taken from the calendar as it is: making them is dear.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from channels.portal.archive import State
from channels.portal.catalogue import Entry
from channels.portal.documents import Place
from channels.portal.moments import Span
from channels.portal.names import CALENDAR, HAMLETS
from channels.portal.pages import page
from channels.portal.saying import day
from channels.portal.views import PostView, SectionView
from engine.clock import local
from engine.models import Purpose

#: Name of a calendar's file.
FILE = "lich.ics"

#: How many posts a calendar carries: those in force first, then the newest.
CARRIED = 200


@dataclass(frozen=True)
class Event:
    """A post as an entry of a calendar: when it says that something happens, else its validity."""

    post: PostView
    section: SectionView

    @cached_property
    def span(self) -> Span:
        return self.section.span or _validity(self.post, self.section)

    @property
    def stated(self) -> bool:
        """Whether the post itself names the day."""
        return self.section.span is not None

    @property
    def when(self) -> str:
        """When it is, for people."""
        begins, ends = self.span.begins, self.span.ends
        if self.span.whole_days:
            last = (ends or begins) - timedelta(days=1)
            return day(begins) if last <= begins else f"{day(begins)} – {day(last)}"
        if ends is None:
            return f"{begins:%H:%M}, {day(begins)}"
        if begins.date() == ends.date():
            return f"{begins:%H:%M} – {ends:%H:%M}, {day(begins)}"
        return f"{begins:%H:%M} {day(begins)} – {ends:%H:%M} {day(ends)}"


def _validity(post: PostView, section: SectionView) -> Span:
    begins = local(section.post.valid_from or post.record.published)
    ends = local(post.ended_at or section.post.valid_until)
    whole = begins.time() == time(0) and ends.time() >= time(23, 59)
    if whole:
        return Span(begins, datetime.combine(ends.date(), time(0), ends.tzinfo) + _DAY, True)
    return Span(begins, ends if ends > begins else None, whole_days=False)


_DAY = timedelta(days=1)

#: An event of a calendar as it is written, and the post that it is of.
_WRITTEN = re.compile(rb"BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", re.DOTALL | re.MULTILINE)
_POST = re.compile(rb"^UID:([a-z0-9-]+)[.@]", re.MULTILINE)


def calendars(
    state: State,
    places: Sequence[Place],
    changed: Collection[str],
    read: Callable[[str], bytes],
) -> Iterator[tuple[str, bytes]]:
    """Yield the commune's calendar and page, and the calendars of ``places``.

    ``changed`` are the posts that are shown in another way than ``read`` has them: it returns
    the bytes of a file of the site, b"" where nothing is to be taken from it.
    """
    newest = state.catalogue.newest
    yield FILE, _ics(state, None, newest, changed, read(FILE))
    yield f"{CALENDAR}/index.html", _page(state, newest)
    for place in places:
        told = state.catalogue.told.get(place.id, ())
        name = f"{HAMLETS}/{place.id}/{FILE}"
        yield name, _ics(state, place, told, changed, read(name))


def _carried(state: State, newest: Sequence[Entry]) -> Sequence[Entry]:
    """Return the posts that a calendar carries, those in force first."""
    over = [entry for entry in newest if state.catalogue.over(entry, state.site.as_of)]
    current = [entry for entry in newest if not state.catalogue.over(entry, state.site.as_of)]
    return [*current, *over][:CARRIED]


def _events(state: State, entry: Entry, place: Place | None) -> list[Event]:
    """Return an event for each wording of a post."""
    view = state.view(entry.id)
    own = view.section_of(place.id) if place else None
    return [Event(view, section) for section in ([own] if own else _apart(view))]


def _apart(view: PostView) -> list[SectionView]:
    """Return the wordings that name times or places of their own; one stands for the others.

    Where it was withdrawn does not stand for where it still holds.
    """
    held = [section for section in view.sections if not section.withdrawn] or view.sections
    spans = {(section.span, section.where): section for section in reversed(held)}
    return sorted(spans.values(), key=lambda section: section.number)


def _ics(
    state: State,
    place: Place | None,
    newest: Sequence[Entry],
    changed: Collection[str],
    old: bytes,
) -> bytes:
    import icalendar  # loads long: for those who publish

    name = f"{place.name}, {state.site.name}" if place else state.site.name
    written = _written(old)
    found: list[bytes] = []
    for entry in _carried(state, newest):
        if entry.id in written and entry.id not in changed:
            found += written[entry.id]
        else:
            events = _events(state, entry, place)
            found += [_component(icalendar, state, event).to_ical() for event in events]
    head, tail = b"END:VCALENDAR", b"\r\n"
    frame = _frame(icalendar, name).removesuffix(head + tail)
    return b"".join((frame, *found, head, tail))


def _written(old: bytes) -> Mapping[str, Sequence[bytes]]:
    """Return the events of a calendar as they are written, by the post that each is of."""
    found: dict[str, list[bytes]] = defaultdict(list)
    for event in _WRITTEN.findall(old):
        if post := _POST.search(event.replace(b"\r\n ", b"")):
            found[post[1].decode()].append(event)
    return found


def _frame(icalendar: Any, name: str) -> bytes:
    """Return a calendar without events."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Loa//portal//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    found: bytes = calendar.to_ical()
    return found


def _component(icalendar: Any, state: State, event: Event) -> Any:
    post, section, span = event.post, event.section, event.span
    made = icalendar.Event()
    number = f".{section.number}" if section.number > 1 else ""
    host = urlsplit(post.record.permalink).hostname or state.site.commune
    made.add("uid", f"{post.id}{number}@{host}")
    made.add("dtstamp", post.updated.astimezone(UTC))
    made.add("last-modified", post.updated.astimezone(UTC))
    # It grows with each change, so that a calendar replaces what it has.
    made.add("sequence", int((post.updated - post.record.published).total_seconds()))
    begins, ends = span.begins, span.ends
    made.add("dtstart", begins.date() if span.whole_days else begins.astimezone(UTC))
    if ends is not None:
        made.add("dtend", ends.date() if span.whole_days else ends.astimezone(UTC))
    made.add("summary", _said(post, section))
    made.add("description", f"{section.summary}\n\n{post.url}")
    made.add("url", post.url)
    made.add("categories", [label.text for label in post.labels] or ["Thông báo"])
    made.add("location", section.where or post.named(section))
    made.add("transp", "TRANSPARENT")
    made.add("status", "CANCELLED" if section.withdrawn else "CONFIRMED")
    return made


def _said(post: PostView, section: SectionView) -> str:
    purpose = section.post.purpose
    drill = purpose is Purpose.DRILL and "diễn tập" not in section.post.title.lower()
    return f"Diễn tập: {section.post.title}" if drill else section.post.title


def _page(state: State, newest: Sequence[Entry]) -> bytes:
    current = [
        entry
        for entry in newest
        if not (entry.withdrawn or state.catalogue.over(entry, state.site.as_of))
    ]
    chosen = (one for entry in current[:CARRIED] for one in _events(state, entry, None))
    events = [one for one in chosen if not one.post.expired]
    events.sort(key=lambda one: (one.span.begins, one.post.id, one.section.number))
    months = [
        (f"Tháng {first.month}/{first.year}", list(found))
        for first, found in groupby(events, key=lambda one: one.span.begins.date().replace(day=1))
    ]
    return page("calendar.html.j2", state.site, "../", months=months, file=FILE)
