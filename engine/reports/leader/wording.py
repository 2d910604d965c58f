"""The leader's page in words: what every form that people read says alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.i18n import gettext as _
from engine.reports.amended import Has
from engine.reports.coverage import Bounds
from engine.reports.leader.notices import counting_word
from engine.reports.leader.page import (
    Amended,
    Area,
    Counts,
    Duty,
    Failure,
    Kind,
    Notice,
    Page,
    Rows,
)
from engine.reports.words import channel_word, kind_word, moment, number, state_word
from engine.states import State

#: How many hamlets a line names before it only counts the rest.
NAMED = 5


def heading(page: Page) -> str:
    """Return what the document is."""
    if page.kind is Kind.PERIOD:
        return _("REPORT ON REACHING THE PEOPLE, ALL CAMPAIGNS")
    return _("REPORT ON REACHING THE PEOPLE")


def bounds_words(bounds: Bounds) -> str:
    """Return bounds as they are printed: ``45–275``, or ``45`` where both are the same."""
    low, high = number(bounds.lower), number(bounds.upper)
    return low if low == high else f"{low}–{high}"


def reached_words(bounds: Bounds) -> str:
    """Return how many are reached as it is printed; nothing known is no "nought"."""
    return bounds_words(bounds) if bounds.upper else _("not known")


def possibly(bounds: Bounds) -> int | str:
    """Return the upper bound for a table's cell; in words where nothing is known."""
    return bounds.upper or _("no evidence yet")


def percent(part: int, whole: int) -> str:
    """Return a share in whole per cent, never 100 for less than all nor 0 for more than none."""
    if whole <= 0:
        return "–"
    share = round(100 * part / whole)
    if part < whole:
        share = min(share, 99)
    if part > 0:
        share = max(share, 1)
    return f"{share} %"


def rows_word(page: Page) -> str:
    return _("Hamlet") if page.rows is Rows.HAMLETS else _("Commune")


def more_words(page: Page) -> str:
    """Return what stands where a list was cut; ``{count}`` is filled in when that is known."""
    if page.rows is Rows.HAMLETS:
        return _("… and {count} more hamlets: see the Excel file")
    return _("… and {count} more communes: see the Excel file")


def figures(page: Page) -> Iterator[tuple[str, str]]:
    """Yield the figures at the top: the number, and what it counts."""
    share = percent(page.covered.lower, page.households)
    words = _("of {households} {about} ({share}); at most {upper}")
    if not page.covered.upper:
        words = _("of {households} {about}: no evidence yet")
    least = words.format(
        households=number(page.households),
        about=page.about,
        share=share,
        upper=number(page.covered.upper),
    )
    yield number(page.covered.lower), least
    yield bounds_words(page.twice), _("households by two channels or more")
    words = _("of {all} hamlets reached whole")
    if page.rows is Rows.COMMUNES:
        words = _("of {all} communes reached whole")
    yield number(page.complete), words.format(all=number(len(page.areas)))
    if page.kind is Kind.PERIOD:
        yield number(len(page.always)), always_words(page)
    yield number(sum(page.states.values())), states_words(page.states)


def always_words(page: Page) -> str:
    named = [one.name for one in page.always]
    words = _("always behind")
    return f"{words}: {named_words(named)}" if named else words


def states_words(states: Mapping[State, int]) -> str:
    """Return how deliveries stand: ``deliveries: 3 confirmed, 1 failed``."""
    told = ", ".join(f"{number(count)} {state_word(state)}" for state, count in states.items())
    return _("deliveries: {told}").format(told=told) if told else _("deliveries")


def named_words(names: tuple[str, ...] | list[str], most: int = NAMED) -> str:
    """Name a few, and count the rest."""
    told = ", ".join(names[:most])
    more = len(names) - most
    if more <= 0:
        return told
    return _("{named} and {count} more").format(named=told, count=number(more))


def behind_words(area: Area) -> str:
    """Return in how many campaigns an area was behind: ``3/4``, with a mark when always."""
    said = f"{number(area.behind)}/{number(area.notices)}"
    return _("{said} always").format(said=said) if area.always else said


def why_words(area: Area, most: int = 2) -> str:
    """Return why an area is not surely reached, in a line."""
    told = "; ".join(area.why[:most])
    missing = _("{count} households not certain").format(count=number(area.missing))
    return f"{area.name}, {missing}: {told}"


def failure_words(failure: Failure, *, with_title: bool, most: int = NAMED) -> str:
    """Return what went wrong where, naming so many hamlets."""
    hamlets = named_words(failure.named, most) if failure.named else areas_words(failure.areas)
    where = f"{failure.title}: {hamlets}" if with_title else hamlets
    said = f"{channel_word(failure.channel)}, {where}: {state_word(failure.state)}"
    return f"{said}: {failure.reason}" if failure.reason else said


def areas_words(count: int) -> str:
    return _("{count} hamlets").format(count=number(count))


def duty_words(duty: Duty, *, with_title: bool) -> str:
    """Return how a duty stands: met, under way, or not, and where."""
    said = _("{met} of {all} hamlets met").format(met=number(duty.met), all=number(duty.areas))
    parts = [said]
    if duty.running:
        parts.append(_("{count} under way").format(count=number(duty.running)))
    if duty.lacking:
        parts.append(_("not met: {hamlets}").format(hamlets=named_words(duty.lacking)))
    about = f"{duty.title}: {duty.asked}" if with_title else duty.asked
    return f"{met_mark(duty)} {about}: {', '.join(parts)}"


def met_mark(duty: Duty) -> str:
    """Say in a word whether a duty was met."""
    if duty.lacking:
        return _("NOT MET")
    return _("MET") if duty.areas and duty.met == duty.areas else _("UNDER WAY")


def amended_words(amended: Amended) -> str:
    """Return an amendment and how far it has come."""
    told = ", ".join(f"{has_word(has)} {number(count)}" for has, count in told_places(amended))
    if not told:
        return amended.said
    return _("Places that knew: {told}. {said}").format(said=amended.said, told=told)


def told_places(amended: Amended) -> Iterator[tuple[Has, int]]:
    return ((has, count) for has, count in amended.places.items() if count)


def has_word(has: Has) -> str:
    """Return whether places that knew the earlier words have the amendment."""
    return {
        Has.MISSING: _("without it"),
        Has.WAITING: _("waiting for it"),
        Has.SENT: _("sent, unconfirmed"),
        Has.CONFIRMED: _("have it for certain"),
    }[has]


def notice_words(notice: Notice) -> tuple[str, str]:
    """Return a campaign's kind, and why it does not count or how it stands."""
    counting = counting_word(notice.counts)
    return kind_word(notice.priority, notice.purpose), counting or notice.status


def approved_words(notice: Notice) -> str:
    if notice.approved_by is None or notice.approved_at is None:
        return _("nobody yet")
    return f"{notice.approved_by}, {moment(notice.approved_at)}"


def counts_in_bounds(notice: Notice) -> bool:
    """Say whether a campaign's households are worth printing: a drill reaches nobody."""
    return notice.counts in (Counts.YES, Counts.WITHDRAWN)
