"""Reading CSV and XLSX: rows of plain text, each with its number in the spreadsheet."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from campaigns.source import clean_text, read_bytes
from engine.errors import InputError, Problem
from engine.i18n import gettext as _

#: The largest table read: 90,000 hamlets with everything about them take some 20 MB as CSV.
MAX_TABLE_BYTES = 64 * 1024 * 1024
#: The most that an XLSX may unpack to; a bomb unpacks to thousands of times its size.
MAX_UNPACKED = 512 * 1024 * 1024
MAX_ROWS = 300_000
DELIMITERS = (",", ";", "\t")

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx"})

_MISTAKES = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``number`` counts from 1, as the spreadsheet shows it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file. ``name`` says which, for people; ``rows`` can be read once."""

    name: str
    rows: Iterator[Row]


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Sheet]]:
    """Open a CSV file (one sheet) or an XLSX workbook (its sheets, in order).

    Raises InputError for what cannot be read; reading the rows does so too.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        message = _("found {found}; a table is a .csv or .xlsx file")
        raise _refused(path, message.format(found=suffix or path.name))
    data = read_bytes(path, str(path), MAX_TABLE_BYTES)
    if suffix != ".xlsx":
        if data.startswith(b"PK\x03\x04"):
            raise _refused(path, _("this is no CSV but a workbook; name it .xlsx"))
        yield iter((Sheet(str(path), csv_rows(path, clean_text(data, str(path)))),))
        return
    with _workbook(path, data) as book:
        yield (
            Sheet(f"{path} [{sheet.title}]", _xlsx_rows(path, sheet)) for sheet in book.worksheets
        )


def csv_rows(path: Path, text: str) -> Iterator[Row]:
    """Yield the rows of a CSV; commas, semicolons or tabs are told apart by its first lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if number > MAX_ROWS:
                raise _refused(path, _too_many_rows())
            yield Row(number, tuple(cell.strip() for cell in cells))
    except csv.Error as error:
        message = _("the table is broken here: {reason}").format(reason=error)
        raise InputError([Problem(str(path), number + 1, 1, "", message)]) from None


def _delimiter(text: str) -> str:
    """Return what separates the most cells in the first lines that have any."""
    lines = [line for line in text.split("\n", 20)[:20] if line.strip()]
    return max(DELIMITERS, key=lambda mark: max((line.count(mark) for line in lines), default=0))


@contextmanager
def _workbook(path: Path, data: bytes) -> Iterator[Any]:
    from openpyxl import load_workbook  # takes a third of a second: for workbooks alone

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if size > MAX_UNPACKED:
            message = _("the workbook unpacks to {size} bytes, at most {limit} are allowed")
            raise _refused(path, message.format(size=size, limit=MAX_UNPACKED))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except InputError:
        raise
    except Exception as error:  # whatever a broken file provokes in the library
        message = _("this workbook cannot be read; save it again as .xlsx")
        raise _refused(path, message) from error
    try:
        yield book
    finally:
        book.close()


def _xlsx_rows(path: Path, sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # what a workbook says of its own size is often wrong
    rows = sheet.iter_rows(values_only=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows, None)
        except Exception as error:
            message = _("this workbook cannot be read; save it again as .xlsx")
            raise _refused(path, message) from error
        if cells is None:
            return
        if number > MAX_ROWS:
            raise _refused(path, _too_many_rows())
        yield Row(number, tuple(_text(cell) for cell in cells))


def _text(value: Any) -> str:
    """Return a cell as a person would type it: days day first, whole numbers without a point."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            midnight = value.time() == time()
            return f"{value:%Y-%m-%d}" if midnight else f"{value:%Y-%m-%d %H:%M}"
        case time():
            return f"{value:%H:%M}"
        case _:
            return unicodedata.normalize("NFC", str(value)).strip()


def is_mistake(cell: str) -> bool:
    """Say whether a cell holds what a spreadsheet writes when its formula went wrong."""
    return _MISTAKES.fullmatch(cell) is not None


def _too_many_rows() -> str:
    return _("the table has more than {limit} rows").format(limit=MAX_ROWS)


def _refused(path: Path, message: str) -> InputError:
    return InputError([Problem(str(path), 0, 0, "", message)])
