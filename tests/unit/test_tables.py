"""Tables of hamlets and communes: every way of writing them, every fault at its cell."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from support.tables import HEADINGS, ROWS, as_csv, as_xlsx

from campaigns.tables.columns import COMMUNES, HAMLETS, TEAMS, by_heading, folded, letter
from campaigns.tables.listed import Listed, read_tables
from campaigns.tables.sheets import MAX_UNPACKED
from campaigns.tables.template import SHEETS, template_csv, template_xlsx
from engine.errors import InputError, Problem
from engine.models import Right


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def faults(*paths: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read_tables(paths)
    return caught.value.problems


def row(**cells: object) -> list[object]:
    """Return the first row of the made-up table with some cells written over."""
    values: dict[str, object] = dict(zip(HEADINGS, ROWS[0], strict=True))
    return list(
        {**values, **{name.replace("_", " "): cell for name, cell in cells.items()}}.values()
    )


def summary(listed: Listed) -> dict[str, list[tuple[str, str, int]]]:
    return {
        commune.id: [(one.hamlet_id, one.hamlet_name, one.households) for one in commune.hamlets]
        for commune in listed.communes.values()
    }


EXPECTED = {
    "xa-dong": [("ap-1", "Ấp 1", 100), ("ap-2", "Ấp 2", 80)],
    "xa-tay": [("ap-1", "Ấp Chợ", 60)],
    "xa-nam": [("ap-song", "Ấp Sông", 40)],
}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_is_read_however_it_was_saved(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = as_csv(tmp_path / "a.csv", delimiter=delimiter, encoding=encoding)
    assert summary(read_tables([path])) == EXPECTED


def test_a_workbook_is_read_like_a_csv(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path / "a.xlsx", {"Ấp": [HEADINGS, *ROWS]})
    assert summary(read_tables([path])) == EXPECTED


def test_headings_may_be_english_without_marks_or_below_a_title(tmp_path: Path) -> None:
    english = ("Commune ID", "commune_name", "Hamlet id", "Hamlet *", "HOUSEHOLDS")
    rows = [("Danh sách các ấp",), (), english, *[one[:5] for one in ROWS]]
    assert summary(read_tables([as_xlsx(tmp_path / "a.xlsx", {"x": rows})])) == EXPECTED
    plain = ("STT", "ma xa", "TEN XA", "Ma ap", "ten  ap", "So ho", "Ghi chú")
    numbered = [(index, *one[:5], "?") for index, one in enumerate(ROWS, 1)]
    assert summary(read_tables([as_csv(tmp_path / "a.csv", numbered, plain)])) == EXPECTED


def test_text_is_composed_at_intake(tmp_path: Path) -> None:
    written = [unicodedata.normalize("NFD", str(cell)) for cell in ROWS[0]]
    headings = [unicodedata.normalize("NFD", one) for one in HEADINGS]
    for path in (
        as_csv(tmp_path / "a.csv", [written], headings),
        as_xlsx(tmp_path / "a.xlsx", {"x": [headings, written]}),
    ):
        (commune,) = read_tables([path]).communes.values()
        assert commune.name == "Xã Đông"
        assert commune.hamlets[0].loudspeakers[0].place == "Nhà văn hóa"


def test_a_workbooks_own_numbers_and_days_are_taken_as_typed(tmp_path: Path) -> None:
    headings = [*HEADINGS, "Ngày thống nhất nhóm"]
    cells = [*row(Số_hộ=100.0), datetime(2026, 3, 1)]  # noqa: DTZ001 - a spreadsheet's day
    listed = read_tables([as_xlsx(tmp_path / "a.xlsx", {"x": [headings, cells]})])
    (hamlet,) = listed.communes["xa-dong"].hamlets
    assert (hamlet.households, hamlet.chat_agreed_on) == (100, date(2026, 3, 1))


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"Số_hộ": "nhiều"}, 5, 'column E "Số hộ": found "nhiều"; write a whole number'),
        ({"Số_hộ": ""}, 5, "the cell is empty"),
        ({"Số_hộ": -1}, 5, "found -1; 0 or more is allowed"),
        ({"Số_hộ": 12.5}, 5, 'found "12.5"; write a whole number'),
        ({"Mã_ấp": "Ấp 1"}, 3, "an id has 1 to 64 small letters"),
        ({"Mã_xã": ""}, 1, "the cell is empty"),
        ({"Tên_ấp": "x" * 151}, 4, "at most 150 characters"),
        ({"Cụm_loa": "Cụm Một"}, 7, "an id has 1 to 64"),
        ({"Trưởng_ấp": "a\u202eb"}, 6, "U+202E is not allowed"),
    ],
)
def test_a_faulty_cell_is_told_with_its_row_and_column(
    tmp_path: Path, cells: dict[str, object], column: int, message: str
) -> None:
    bad = row(**cells)
    for path in (
        as_csv(tmp_path / "a.csv", [ROWS[1], bad]),
        as_xlsx(tmp_path / "a.xlsx", {"Ấp": [HEADINGS, ROWS[1], bad]}),
    ):
        (fault,) = faults(path)
        assert (fault.line, fault.column) == (3, column)
        assert str(path) in str(fault)
        assert message in str(fault)


def test_every_fault_of_every_row_is_told(tmp_path: Path) -> None:
    bad = [("Xã 1", "x", f"AP {number}", "", "?") for number in range(700)]
    found = faults(as_csv(tmp_path / "a.csv", bad, HEADINGS[:5]))
    assert len(found) == 700 * 4
    assert {fault.line for fault in found} == set(range(2, 702))


def test_what_only_several_cells_show_is_told(tmp_path: Path) -> None:
    headings = [*HEADINGS, "Hộ nghèo", "Nền tảng", "Điện thoại trưởng ấp"]
    rows = [
        [*row(), 101, "", ""],
        [*row(Mã_ấp="ap-2", Nhóm_chat=""), 0, "zalo", ""],
        [*row(Mã_ấp="ap-3", Trưởng_ấp=""), 0, "", "0900 000 001"],
        [*row(Mã_ấp="ap-4"), 0, "telegram", ""],
        [*row(Mã_ấp="ap-5"), 0, "", "900000001"],
        [*row(Mã_ấp="ap-6", Tên_xã="Xã Tây"), 0, "", ""],
        [*row(Mã_ấp="ap-6"), 0, "", ""],
    ]
    told = [
        str(fault).partition(": ")[2]
        for fault in faults(as_csv(tmp_path / "a.csv", rows, headings))
    ]
    assert [text for text in told if "more than the 100 households" in text]
    assert [text for text in told if "no chat group" in text]
    assert [text for text in told if "write the head's name" in text]
    assert [text for text in told if "needs its address" in text]
    assert [text for text in told if "dropped the first 0" in text]


def test_an_id_or_a_name_that_disagrees_names_the_other_row(tmp_path: Path) -> None:
    rows = [ROWS[0], row(Mã_ấp="ap-9", Tên_xã="Xã Đoài"), ROWS[0]]
    first, second = faults(as_csv(tmp_path / "a.csv", rows))
    assert 'called "Xã Đông" in row 2' in first.message
    assert (second.line, second.column) == (4, 3)
    assert 'the id "ap-1" is already used in xa-dong, row 2' in second.message


def test_headings_that_are_wrong_are_told_with_the_nearest(tmp_path: Path) -> None:
    path = as_csv(
        tmp_path / "a.csv", [ROWS[0][:5]], ("Mã xã", "Tên xã", "Mã ấp", "Tên ấp", "Số hô hộ")
    )
    missing, unknown = faults(path)
    assert 'the column "Số hộ" is missing (did you mean "Số hô hộ"?)' in str(missing)
    assert 'there is no column "Số hô hộ"' in unknown.message
    twice = as_csv(tmp_path / "b.csv", [(*ROWS[0][:5], 1)], (*HEADINGS[:5], "Households"))
    (fault,) = faults(twice)
    assert "stands at E already" in fault.message


def test_a_cell_without_a_heading_is_not_lost_silently(tmp_path: Path) -> None:
    (fault,) = faults(as_csv(tmp_path / "a.csv", [[*ROWS[0], "lạc"]]))
    assert (fault.line, fault.column) == (2, 9)
    assert 'found "lạc" in a column without a heading' in fault.message


def test_a_formula_that_went_wrong_is_told_as_that(tmp_path: Path) -> None:
    (fault,) = faults(as_csv(tmp_path / "a.csv", [row(Số_hộ="#REF!")]))
    assert "formula went wrong" in fault.message


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", "Mã xã".encode("utf-16"), "saved as UTF-16"),
        ("a.csv", "Mã xã,Tên xã\n".encode("cp1258", "replace") + b"\xd0\xff", "not UTF-8"),
        ("a.csv", b"", "no row of headings"),
        ("a.csv", b"x,y\n1,2\n", "needed are: Mã xã"),
        ("a.csv", b"PK\x03\x04", "name it .xlsx"),
        ("a.xlsx", b"PK\x03\x04", "cannot be read"),
        ("a.xlsx", b"M,T", "cannot be read"),
        ("a.xls", b"", "found .xls; a table is a .csv or .xlsx file"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (fault,) = faults(tmp_path / name)
    assert message in str(fault)


def test_a_quote_that_never_ends_is_told_by_its_row(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "a.csv")
    path.write_text(path.read_text(encoding="utf-8") + 'xa-x,"Xã', encoding="utf-8")
    (fault,) = faults(path)
    assert fault.line == 6
    assert "broken here" in fault.message


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", b"")
    data = bytearray(path.read_bytes())
    size = data.index(b"PK\x01\x02") + 24  # where a zip's directory says how big a file becomes
    data[size : size + 4] = (MAX_UNPACKED + 1).to_bytes(4, "little")
    path.write_bytes(data)
    (fault,) = faults(path)
    assert "unpacks to" in fault.message


def test_a_sheet_without_headings_is_named_and_another_is_read(tmp_path: Path) -> None:
    sheets: dict[str, Sequence[Sequence[object]]] = {
        "Hướng dẫn": [("Điền vào sheet bên cạnh",)],
        "Ấp": [HEADINGS, *ROWS],
    }
    listed = read_tables([as_xlsx(tmp_path / "a.xlsx", sheets)])
    assert summary(listed) == EXPECTED
    assert [name.rpartition("[")[2] for name in listed.unread] == ["Hướng dẫn]"]


def test_communes_come_from_a_table_of_their_own(tmp_path: Path) -> None:
    headings = ("Mã xã", "Cơ quan", "Giờ phát thanh", "Người trình", "Người duyệt")
    cells = (
        "xa-tay",
        "UBND xã Tây",
        "5:00-6:00; 17h00-18h00",
        "an: Giả An: 0900.1",
        "an; binh: Giả Bình",
    )
    hamlets, communes = as_csv(tmp_path / "a.csv"), as_csv(tmp_path / "b.csv", [cells], headings)
    settings = read_tables([communes, hamlets]).communes["xa-tay"].settings
    assert settings is not None
    assert settings.office == "UBND xã Tây"
    assert [f"{hours.start:%H:%M}" for hours in settings.station_hours] == ["05:00", "17:00"]
    assert [one.id for one in settings.approvers] == ["an", "binh"]
    overlapping = as_csv(tmp_path / "c.csv", [("x", "05:00-06:00; 06:00-07:00")], headings[:3:2])
    (fault,) = faults(overlapping)
    assert fault.column == 2
    assert "overlap with 05:00-06:00" in fault.message


def test_the_templates_are_read_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(template_xlsx())
    for title, columns in SHEETS:
        (tmp_path / f"{title}.csv").write_bytes(template_csv(columns))
    apart = [tmp_path / f"{title}.csv" for title, _columns in SHEETS]
    for paths in ([tmp_path / "a.xlsx"], apart):
        commune = read_tables(paths).communes["xa-mau"]
        assert commune.given == {column.key for column in HAMLETS}
        assert commune.settings is not None
        assert len(commune.hamlets) == 1
        assert commune.teams_given == {column.key for column in TEAMS}
        assert [one.row.team_id for one in commune.teams] == ["to-1"]


def test_no_two_columns_share_a_heading() -> None:
    for columns in (HAMLETS, COMMUNES, TEAMS):
        written = [folded(name) for one in columns for name in {folded(h) for h in one.headings}]
        assert len(written) == len(set(written))
        assert set(written) <= set(by_heading(columns))


def test_columns_have_the_names_that_spreadsheets_give_them() -> None:
    assert [letter(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert set(Right) == {"submit", "approve", "confirm"}, "the communes' table has a column each"
