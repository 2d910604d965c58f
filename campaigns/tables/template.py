"""Empty tables to fill in: the headings, and one made-up row that shows how."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from campaigns.tables.columns import COMMUNES, HAMLETS, TEAMS, Column
from campaigns.tables.listed import Listed
from engine.i18n import gettext as _

#: The sheets of a workbook, and the beginnings of the names of CSV files.
SHEETS: tuple[tuple[str, tuple[Column, ...]], ...] = (
    ("Ấp", HAMLETS),
    ("Xã", COMMUNES),
    ("Tổ", TEAMS),
)


def template_csv(columns: Sequence[Column]) -> bytes:
    """Return a CSV with a byte-order mark, so that Excel reads Vietnamese."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.headings[0] for column in columns])
    writer.writerow([column.example for column in columns])
    return buffer.getvalue().encode("utf-8-sig")


def template_xlsx() -> bytes:
    """Return a workbook with all sheets; telephone numbers and dates are columns of text."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.worksheets[0])
    for title, columns in SHEETS:
        sheet = book.create_sheet(title)
        sheet.append([column.headings[0] for column in columns])
        sheet.append([column.example for column in columns])
        sheet.freeze_panes = "A2"
        for number, column in enumerate(columns, 1):
            heading = sheet.cell(1, number)
            heading.font = Font(bold=True)
            heading.alignment = Alignment(wrap_text=True, vertical="top")
            place = sheet.column_dimensions[get_column_letter(number)]
            place.width = max(12, *map(len, _texts(column)))
            if isinstance(column.example, str):
                place.number_format = "@"
                sheet.cell(2, number).number_format = "@"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def made_up(listed: Listed) -> Iterator[str]:
    """Yield a warning when tables still hold the template's own commune."""
    example = {column.key: column.example for column in HAMLETS}
    commune = listed.communes.get(str(example["commune_id"]))
    if commune is None:
        return
    place = commune.at if commune.hamlets or commune.settings_at is None else commune.settings_at
    message = _('{file}, row {row}: "{commune}" is the made-up id of the template')
    if commune.name == example["commune_name"]:
        message = _(
            '{file}, row {row}: the commune "{commune}" is made up, it stands in the template:'
            " write yours over it, and import again"
        )
    yield message.format(file=Path(place.file).name, row=place.line, commune=commune.id)


def _texts(column: Column) -> Iterator[str]:
    yield column.headings[0]
    yield str(column.example)
