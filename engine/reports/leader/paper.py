"""The leader's page on paper: exactly one sheet of A4, set by Typst.

What does not fit is counted, and the count says where to read it. The template shortens lists
until the page holds them; texts are shortened here, so that the shortest lists always fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from engine.i18n import gettext as _
from engine.i18n import language
from engine.reports.leader.page import Area, Failure, Kind, Notice, Page
from engine.reports.leader.picture import map_svg
from engine.reports.leader.wording import (
    NAMED,
    amended_words,
    approved_words,
    behind_words,
    bounds_words,
    counts_in_bounds,
    duty_words,
    failure_words,
    figures,
    heading,
    more_words,
    notice_words,
    percent,
    reached_words,
    rows_word,
    why_words,
)
from engine.reports.matrix import Cell
from engine.reports.paper import pdf, printable
from engine.reports.words import Absence, channel_word, moment, number, state_word
from engine.states import State

#: Lines of each list that are ever looked at; no sheet holds more.
MOST = 40

#: Letters of a title, of a fact, of a line, and of a cell.
_TITLE, _FACT, _LINE, _CELL = 160, 110, 190, 40

#: Letters of a name that fits on one line beside a bar of some width, among many lines; how it
#: ends has so many of a shortened one at least.
_NARROW, _TAIL = 26, 12

#: How each state is drawn; the shapes differ without colour.
MARKS: dict[State | Absence, str] = {
    State.CONFIRMED: "done",
    State.SENT: "sent",
    State.SENDING: "waiting",
    State.PLANNED: "waiting",
    State.HELD: "waiting",
    State.FAILED: "failed",
    State.EXPIRED: "failed",
    State.UNCERTAIN: "doubt",
    State.NOT_PLAYED: "silent",
    State.WITHDRAWN: "ended",
    State.CANCELLED: "ended",
    State.SUPERSEDED: "ended",
    Absence.NO_PLACE: "none",
    Absence.NOT_PLANNED: "none",
}


def leader_pdf(page: Page) -> bytes:
    """Return the page as PDF/A-2a and PDF/UA-1, in the reader's language.

    Raises StoppedError, a LoaError, when it took too long or crashed.
    """
    return pdf("leader.typ", printable(_printed(page)), page.made_at)


def _printed(page: Page) -> dict[str, Any]:
    return {
        "lang": language(),
        "name": page.name,
        "office": _cut(page.office, _TITLE),
        "heading": heading(page),
        "title": _cut(page.title, _TITLE),
        "made": _("As it stood at {moment}, {place}").format(
            moment=moment(page.made_at), place=page.place
        ),
        "statements": [_cut(one, 240) for one in page.statements[:4]],
        "facts": [[label, _cut(value, _FACT)] for label, value in page.facts],
        "figures": [[value, _unbroken(_cut(words, 150))] for value, words in figures(page)],
        "table": _table(page),
        "campaigns": _campaigns(page),
        "map": map_svg(page.areas),
        "map_words": _("Numbers: lines of the table. Black: the part that is surely reached."),
        "left": [section for section in _left(page) if section["lines"]],
        "right": [section for section in _right(page) if section["lines"]],
        "rules": list(page.rules),
        "rules_head": _("What the numbers assume"),
        "legend": _legend(page),
        "by": [_("DRAWN UP BY"), _("FOR THE LEADERS")],
    }


def _table(page: Page) -> dict[str, Any]:
    channels = [channel_word(one) for one in page.channels]
    last = [_("Behind in")] if page.kind is Kind.PERIOD else channels
    return {
        "heads": [
            [rows_word(page)],
            _halved(_("Households") if page.kind is Kind.CAMPAIGN else _("Households × campaigns")),
            [_("Surely reached – possibly")],
            *map(_halved, (_("Reached"), _("By two or more"), *last)),
        ],
        "rows": [_row(page, number_, one) for number_, one in enumerate(page.areas[:MOST], 1)],
        "all": len(page.areas),
        "more": _halves(more_words(page)),
        "numbered": any(one.point is not None for one in page.areas),
    }


def _row(page: Page, line: int, area: Area) -> dict[str, Any]:
    whole = max(area.households, 1)
    return {
        "line": str(line),
        "name": _shortened(area.name, _CELL),
        "short": _shortened(area.name, _NARROW),
        "households": number(area.households),
        "lower": area.covered.lower / whole,
        "upper": area.covered.upper / whole,
        "share": percent(area.covered.lower, area.households),
        "once": reached_words(area.covered),
        "twice": bounds_words(area.twice),
        "marks": [_marks(cell) for cell in area.cells],
        "behind": behind_words(area) if page.kind is Kind.PERIOD else "",
        "always": area.always,
    }


def _marks(cell: Cell) -> list[list[str]]:
    if not cell.counts:
        return [[MARKS[cell.code], ""]]
    counts: dict[str, int] = {}
    for state, count in cell.counts.items():
        counts[MARKS[state]] = counts.get(MARKS[state], 0) + count
    alone = cell.total == 1
    return [[mark, "" if alone else number(count)] for mark, count in counts.items()]


def _legend(page: Page) -> list[list[str]]:
    """Return what each mark on the page means, in the order of the first that shows it."""
    words: dict[str, dict[str, None]] = {}
    for area in page.areas[:MOST]:
        for cell in area.cells:
            for code in cell.counts or (cell.code,):
                words.setdefault(MARKS[code], {})[state_word(code)] = None
    return [[mark, ", ".join(named)] for mark, named in words.items()]


def _campaigns(page: Page) -> dict[str, Any]:
    """Return the campaigns of a period; a campaign's own page has no such list."""
    notices: Sequence[Notice] = page.notices if page.kind is Kind.PERIOD else ()
    return {
        "heads": [
            _("Campaign"),
            _("Kind"),
            _("First due"),
            _("Approved by"),
            _("Households"),
            _("Reached"),
            _("Standing"),
        ],
        "rows": [_campaign(one) for one in notices[:MOST]],
        "all": len(notices),
        "more": _halves(_("… and {count} more campaigns: see the Excel file")),
    }


def _campaign(notice: Notice) -> list[str]:
    kind, standing = notice_words(notice)
    counts = counts_in_bounds(notice)
    return [
        _cut(notice.title, 60),
        kind,
        moment(notice.first) if notice.first else "–",
        _cut(_approver(notice), _CELL),
        number(notice.households),
        reached_words(notice.covered) if counts else "–",
        _cut(standing, _CELL),
    ]


def _approver(notice: Notice) -> str:
    """Return who approved, and on which day: short, for a column."""
    if notice.approved_by is None or notice.approved_at is None:
        return approved_words(notice)
    return f"{notice.approved_by.shortly}, {notice.approved_at:%d/%m/%Y}"


def _left(page: Page) -> Iterator[dict[str, Any]]:
    several = page.kind is Kind.PERIOD
    missed = [one for one in page.areas if not one.complete and one.why]
    yield _section(_("Not reached, and why"), map(why_words, missed), len(missed))
    failed = (_failed(one, with_title=several) for one in page.failures)
    yield _section(_("What failed, and why"), failed, len(page.failures))


def _failed(failure: Failure, *, with_title: bool) -> str:
    """Return what went wrong, with as many names as leave room for the reason."""
    for names in (NAMED, 2, 1):
        words = failure_words(failure, with_title=with_title, most=names)
        if len(words) <= _LINE:
            return words
    return failure_words(replace(failure, named=()), with_title=with_title)


def _right(page: Page) -> Iterator[dict[str, Any]]:
    several = page.kind is Kind.PERIOD
    happened = (f"{moment(one.at)}  {one.what}" for one in page.timeline)
    yield _section(_("What happened"), happened, len(page.timeline))
    duties = (duty_words(one, with_title=several) for one in page.duties)
    yield _section(_("What the law asks"), duties, len(page.duties))
    amended = map(amended_words, page.amended)
    yield _section(_("Corrections and withdrawals"), amended, len(page.amended))


def _section(head: str, lines: Iterable[str], every: int) -> dict[str, Any]:
    shown = [_cut(line, _LINE) for line in islice(lines, MOST)]
    more = _("… and {count} more: see the Excel file")
    return {"head": head, "lines": shown, "all": every, "more": _halves(more)}


def _halved(head: str) -> list[str]:
    """Return a column's head on two lines of much the same length: the bars need the room."""
    words = head.split()
    halves = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    return list(min(halves, key=lambda two: max(map(len, two)))) if halves else [head]


def _halves(words: str) -> list[str]:
    """Return a message's words before and after its number, which the template knows."""
    before, _count, after = words.partition("{count}")
    return [before, after]


def _shortened(name: str, most: int) -> str:
    """Shorten a name in its middle: how it ends may be all that tells it from another.

    Between words, unless one alone is too long.
    """
    if len(name) <= most:
        return name
    tail = name[-max(most // 3, _TAIL) :]
    tail = (tail if name[-len(tail) - 1].isspace() else tail.partition(" ")[2] or tail).lstrip()
    room = most - len(tail) - 3
    head = name[:room] if name[room].isspace() else name[:room].rpartition(" ")[0] or name[:room]
    return f"{head.rstrip()} … {tail}"


def _unbroken(text: str) -> str:
    """Keep a number with its sign of per cent."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
