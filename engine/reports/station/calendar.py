"""A station's day for people's calendars (iCalendar, RFC 5545)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from engine.clock import local
from engine.i18n import gettext as _
from engine.models import Priority, Purpose
from engine.reports.plain import plain
from engine.reports.station.day import ClusterDay, Session, StationDay
from engine.reports.station.wording import state_or_proposed


def ics(day: StationDay, made_at: datetime) -> bytes:
    """Return an event for each session and each closed stretch of each cluster.

    The same session has the same UID whenever it is written, so that importing it again
    replaces it. What is only proposed is TENTATIVE.
    """
    import icalendar  # for those who want a calendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Loa//station day//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", plain(day.commune))
    for key, begins, ends, title, said, status in _entries(day):
        event = icalendar.Event()
        event.add("uid", f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@loa")
        event.add("dtstamp", made_at)
        event.add("dtstart", local(begins))
        event.add("dtend", local(ends))
        event.add("summary", title)
        event.add("description", said)
        event.add("status", status)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    found: bytes = calendar.to_ical()
    return found


_Entry = tuple[str, datetime, datetime, str, str, str]


def _entries(day: StationDay) -> Iterator[_Entry]:
    """Yield (what it is known by, from, to, title, words, status) of each."""
    for cluster in day.clusters:
        known = f"{day.commune}|{cluster.cluster.id}"
        place = plain(cluster.cluster.place or cluster.cluster.id)
        for session in cluster.sessions:
            yield _session(f"{known}|{session.slot.isoformat()}", place, session)
        yield from _closed(known, place, cluster)


def _session(known: str, place: str, session: Session) -> _Entry:
    title = _broadcast(session)
    lines = [
        f"{local(item.begins):%H:%M:%S} {plain(item.title)} · {state_or_proposed(item.state)}"
        for item in session.items
    ]
    proposed = any(item.state is None for item in session.items)
    return (
        known,
        session.slot,
        session.ends,
        title.format(place=place),
        "\n".join(lines),
        "TENTATIVE" if proposed else "CONFIRMED",
    )


def _broadcast(session: Session) -> str:
    if all(item.purpose is Purpose.DRILL for item in session.items):
        return _("Drill, {place}")
    urgent = any(
        item.priority is Priority.EMERGENCY and item.purpose is not Purpose.ALL_CLEAR
        for item in session.items
    )
    return _("Emergency broadcast, {place}") if urgent else _("Broadcast, {place}")


def _closed(known: str, place: str, cluster: ClusterDay) -> Iterator[_Entry]:
    for one in cluster.closed:
        title = _("Relay, {place}: {why}") if one.relay else _("Quiet, {place}: {why}")
        key = f"{known}|{one.why}|{one.begins.isoformat()}"
        words = title.format(place=place, why=plain(one.why))
        yield key, one.begins, one.ends, words, one.in_words(), "CONFIRMED"
