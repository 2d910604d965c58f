"""The leader's page as a workbook: everything that the sheet of paper had no room for.

Every text is written as text, whatever it begins with: no cell is ever a formula.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from engine.i18n import gettext as _
from engine.reports.leader.page import Counts, Kind, Page
from engine.reports.leader.wording import (
    amended_words,
    approved_words,
    figures,
    heading,
    met_mark,
    notice_words,
    possibly,
    rows_word,
)
from engine.reports.words import channel_word, moment, state_word

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell

#: What a cell of a workbook may hold; Excel takes no more letters.
_LONGEST = 32_000

#: Characters that XML, and so a workbook, cannot hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

#: With these a spreadsheet begins a formula, should somebody type into the cell.
_FORMULA = ("=", "+", "-", "@")

#: A width in letters for each kind of column.
_NARROW, _MIDDLE, _WIDE = 11, 24, 70

Value = str | int | float | None
Row = Sequence[Value]


def leader_xlsx(page: Page) -> bytes:
    """Return the workbook: one sheet for each part of the page, the summary first."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator = page.office
    book.properties.title = page.title
    made = page.made_at.replace(tzinfo=None)
    book.properties.created = book.properties.modified = made
    _sheet(book, _("Summary"), (), _summary(page), (_MIDDLE, _WIDE))
    _sheet(book, rows_word(page), _area_heads(page), _areas(page), _area_widths(page))
    _sheet(book, _("Campaigns"), _notice_heads(), _notices(page), (_MIDDLE, _WIDE))
    _sheet(book, _("Failures"), _failure_heads(), _failures(page), (_MIDDLE,) * 4 + (_WIDE,))
    _sheet(book, _("Timeline"), (_("Time"), _("What")), _timeline(page), (_MIDDLE, _WIDE))
    _sheet(book, _("Law"), _duty_heads(), _duties(page), (_MIDDLE, _WIDE, _WIDE))
    _sheet(book, _("Amendments"), _amended_heads(), _amended(page), (_MIDDLE, _WIDE, _WIDE))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet(
    book: Workbook, title: str, heads: Row, rows: Iterable[Row], widths: Sequence[int]
) -> None:
    """Write a sheet; with ``heads`` they stay in sight above the rows."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    columns = max(len(heads), len(widths))
    for column in range(1, columns + 1):
        width = widths[column - 1] if column <= len(widths) else _NARROW
        sheet.column_dimensions[get_column_letter(column)].width = width
    if heads:
        sheet.freeze_panes = "B2"
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")

    def cell(value: Value, *, head: bool) -> Cell:
        made = WriteOnlyCell(sheet, value=_written(value))
        if isinstance(value, str):
            made.data_type = "s"
            made.quotePrefix = value.lstrip().startswith(_FORMULA)
        elif isinstance(value, float):
            made.number_format = "0%"
        made.alignment = wrapped
        if head:
            made.font = bold
        return made

    if heads:
        sheet.append([cell(one, head=True) for one in heads])
    for row in rows:
        sheet.append([cell(one, head=not heads and place == 0) for place, one in enumerate(row)])


def _written(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    return _FORBIDDEN.sub("\ufffd", value)[:_LONGEST]


def _summary(page: Page) -> Iterator[Row]:
    yield heading(page), page.title
    yield _("Office"), page.office
    yield _("As it stood at"), moment(page.made_at)
    for one in page.statements:
        yield _("Note"), one
    yield from page.facts
    yield from figures(page)
    yield _("Households"), page.households
    yield _("Surely reached"), page.covered.lower
    yield _("Possibly reached"), possibly(page.covered)
    yield _("Surely by two or more"), page.twice.lower
    yield _("Possibly by two or more"), page.twice.upper
    yield _("Reached whole"), page.complete
    for state, count in page.states.items():
        yield _("Deliveries: {state}").format(state=state_word(state)), count
    for rule in page.rules:
        yield _("What the numbers assume"), rule


def _area_heads(page: Page) -> Row:
    several = (_("Campaigns"), _("Behind in"), _("Always behind"))
    return (
        rows_word(page),
        _("Id"),
        _("Households"),
        _("Surely reached"),
        _("Possibly reached"),
        _("Share surely reached"),
        _("Surely by two or more"),
        _("Possibly by two or more"),
        _("Missing"),
        *(several if page.kind is Kind.PERIOD else map(channel_word, page.channels)),
        *((_("Why"),) if page.kind is Kind.CAMPAIGN else ()),
    )


def _area_widths(page: Page) -> Sequence[int]:
    numbers = (_MIDDLE, _MIDDLE, *(_NARROW,) * 7)
    last = (*(_MIDDLE,) * len(page.channels), _WIDE) if page.kind is Kind.CAMPAIGN else ()
    return (*numbers, *last)


def _areas(page: Page) -> Iterator[Row]:
    for one in page.areas:
        yes = _("yes") if one.always else _("no")
        yield (
            one.name,
            one.id,
            one.households,
            one.covered.lower,
            possibly(one.covered),
            float(one.share),
            one.twice.lower,
            one.twice.upper,
            one.missing,
            *((one.notices, one.behind, yes) if page.kind is Kind.PERIOD else ()),
            *(cell.text for cell in one.cells),
            *(("\n".join(one.why),) if page.kind is Kind.CAMPAIGN else ()),
        )


def _notice_heads() -> Row:
    return (
        _("Campaign"),
        _("Title"),
        _("Revision"),
        _("Kind"),
        _("Standing"),
        _("Counted"),
        _("Submitted by"),
        _("Submitted at"),
        _("Approved by"),
        _("First due"),
        _("Last due"),
        _("Hamlets"),
        _("Reached whole"),
        _("Households"),
        _("Surely reached"),
        _("Possibly reached"),
        _("Surely by two or more"),
        _("Possibly by two or more"),
        _("Deliveries"),
    )


def _notices(page: Page) -> Iterator[Row]:
    for one in page.notices:
        kind, standing = notice_words(one)
        yield (
            one.campaign_id,
            one.title,
            one.revision,
            kind,
            standing,
            _("yes") if one.counts is Counts.YES else _("no"),
            str(one.submitted_by),
            moment(one.submitted_at),
            approved_words(one),
            _when(one.first),
            _when(one.last),
            one.areas,
            one.complete,
            one.households,
            one.covered.lower,
            possibly(one.covered),
            one.twice.lower,
            one.twice.upper,
            ", ".join(f"{count} {state_word(state)}" for state, count in one.states.items()),
        )


def _when(at: datetime | None) -> str:
    return moment(at) if at is not None else ""


def _failure_heads() -> Row:
    return _("Campaign"), _("Title"), _("Channel"), _("State"), _("Why"), _("Hamlets"), _("Where")


def _failures(page: Page) -> Iterator[Row]:
    for one in page.failures:
        where = ", ".join(one.named)
        words = channel_word(one.channel), state_word(one.state)
        yield one.campaign_id, one.title, *words, one.reason, one.areas, where


def _timeline(page: Page) -> Iterator[Row]:
    return ((moment(one.at), one.what) for one in page.timeline)


def _duty_heads() -> Row:
    return (
        _("Campaign"),
        _("What the law asks"),
        _("Not met in"),
        _("Standing"),
        _("Hamlets"),
        _("Met"),
        _("Under way"),
    )


def _duties(page: Page) -> Iterator[Row]:
    for one in page.duties:
        lacking = ", ".join(one.lacking)
        yield (
            one.campaign_id,
            one.asked,
            lacking,
            met_mark(one),
            one.areas,
            one.met,
            one.running,
        )


def _amended_heads() -> Row:
    return _("Campaign"), _("Title"), _("Amendment"), _("Time")


def _amended(page: Page) -> Iterator[Row]:
    return (
        (one.campaign_id, one.title, amended_words(one), moment(one.at)) for one in page.amended
    )
