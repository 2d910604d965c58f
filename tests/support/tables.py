"""Tables of made-up communes, written as officials' programs write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

PROVINCE = """\
province:
  {id: tinh-mau, name: Tỉnh Mẫu, office: Ủy ban nhân dân tỉnh Mẫu, phone: 0900.000.100}
people:
  - {id: hai, name: Giả Hai, rights: [submit]}
  - {id: ba, name: Giả Ba, rights: [approve]}
communes:
  station: {hours: ["05:00-06:30", "17:00-18:30"], sessions_per_day: 2, minutes_per_session: 30}
  print_point: Văn phòng xã
  portal_name: Trang tin {name}
  portal_url: https://{id}.example
"""

HEADINGS = ("Mã xã", "Tên xã", "Mã ấp", "Tên ấp", "Số hộ", "Trưởng ấp", "Cụm loa", "Nhóm chat")

#: Three communes; two of their hamlets share an id.
ROWS: tuple[tuple[object, ...], ...] = (
    ("xa-dong", "Xã Đông", "ap-1", "Ấp 1", 100, "Giả Một", "cum-1: Nhà văn hóa", "Bà con Ấp 1"),
    ("xa-dong", "Xã Đông", "ap-2", "Ấp 2", 80, "Giả Hai", "cum-1", "Bà con Ấp 2"),
    ("xa-tay", "Xã Tây", "ap-1", "Ấp Chợ", 60, "Giả Ba", "cum-1", "Bà con Ấp Chợ"),
    ("xa-nam", "Xã Nam", "ap-song", "Ấp Sông", 40, "", "cum-song", ""),
)


def province(folder: Path, *, settings: str = "") -> Path:
    """Make a province's workspace."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "province.yaml").write_text(PROVINCE, encoding="utf-8")
    (folder / "loa.toml").write_text(settings, encoding="utf-8")
    return folder


def as_csv(
    path: Path,
    rows: Sequence[Sequence[object]] = ROWS,
    headings: Sequence[str] = HEADINGS,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> Path:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows([headings, *rows])
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def as_xlsx(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path
