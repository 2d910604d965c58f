"""The columns that a registry's tables may have, and what people call them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``headings``: the Vietnamese one that Loa writes, the English one, then others.

    ``example`` stands in the template's made-up row.
    """

    key: str
    headings: tuple[str, ...]
    example: str | int = ""
    required: bool = False


#: One row for each hamlet.
HAMLETS: tuple[Column, ...] = (
    Column("commune_id", ("Mã xã", "Commune id", "Mã xã, phường"), "xa-mau", required=True),
    Column("commune_name", ("Tên xã", "Commune", "Commune name", "Xã"), "Xã Mẫu", required=True),
    Column("hamlet_id", ("Mã ấp", "Hamlet id", "Mã thôn"), "ap-1", required=True),
    Column("hamlet_name", ("Tên ấp", "Hamlet", "Hamlet name", "Ấp", "Tên thôn"), "Ấp 1", True),
    Column("households", ("Số hộ", "Households", "Tổng số hộ"), 412, required=True),
    Column("poor_households", ("Hộ nghèo", "Poor households", "Số hộ nghèo"), 21),
    Column("near_poor_households", ("Hộ cận nghèo", "Near-poor households", "Số hộ cận nghèo"), 33),
    Column("elderly_households", ("Hộ người cao tuổi", "Elderly households")),
    Column("no_smartphone_households", ("Hộ không smartphone", "Households without smartphone")),
    Column("head_name", ("Trưởng ấp", "Head", "Trưởng thôn"), "Nguyễn Văn Giả"),
    Column("head_phone", ("Điện thoại trưởng ấp", "Head phone", "Số điện thoại"), "0900.000.011"),
    Column("deputies", ("Phó ấp", "Deputies", "Cấp phó", "Phó trưởng ấp"), "Lê Thị Giả"),
    Column("tags", ("Nhãn", "Tags"), "ven-song; cho"),
    Column("flyer_copies", ("Số tờ rơi", "Flyer copies"), 400),
    Column("point", ("Tọa độ", "Coordinates", "Vĩ độ, kinh độ"), "10.9210, 106.0432"),
    Column("loudspeakers", ("Cụm loa", "Loudspeakers"), "cum-1: Nhà văn hóa Ấp 1; cum-2"),
    Column("players", ("Thiết bị phát", "Players", "Player"), "folder"),
    Column("chat_group", ("Nhóm chat", "Chat group", "Nhóm Zalo"), "Bà con Ấp 1"),
    Column("chat_platform", ("Nền tảng chat", "Chat platform", "Nền tảng"), "zalo"),
    Column("chat_agreed_on", ("Ngày thống nhất nhóm", "Chat agreed on"), "01/03/2026"),
    Column("chat_address", ("Địa chỉ nhóm chat", "Chat address", "Mã nhóm chat")),
)

#: One row for each commune: what its hamlets share.
COMMUNES: tuple[Column, ...] = (
    HAMLETS[0],
    Column("commune_name", HAMLETS[1].headings, "Xã Mẫu"),
    Column("office", ("Cơ quan", "Office"), "Ủy ban nhân dân xã Mẫu"),
    Column("phone", ("Điện thoại", "Phone", "Điện thoại cơ quan"), "0900.000.000"),
    Column("address", ("Địa chỉ", "Address")),
    Column("station_hours", ("Giờ phát thanh", "Station hours"), "05:00-06:30; 17:00-18:30"),
    Column("sessions_per_day", ("Số buổi mỗi ngày", "Sessions per day"), 2),
    Column("minutes_per_session", ("Số phút mỗi buổi", "Minutes per session"), 30),
    Column("chat_hours", ("Giờ nhắn tin", "Chat hours"), "06:00-21:00"),
    Column("print_point", ("Nơi in tờ rơi", "Print point", "Nơi in"), "Văn phòng xã"),
    Column("portal_name", ("Tên trang tin", "Portal name"), "Trang tin xã Mẫu"),
    Column("portal_url", ("Địa chỉ trang tin", "Portal url"), "https://xa-mau.example"),
    Column("heads_group", ("Nhóm trưởng ấp", "Heads group"), "Trưởng ấp xã Mẫu"),
    Column("heads_platform", ("Nền tảng nhóm trưởng ấp", "Heads platform"), "zalo"),
    Column("heads_address", ("Địa chỉ nhóm trưởng ấp", "Heads address")),
    Column("submitters", ("Người trình", "Submitters"), "lan: Nguyễn Thị Giả: 0900.000.001"),
    Column("approvers", ("Người duyệt", "Approvers"), "minh: Trần Văn Giả: 0900.000.002"),
    Column("confirmers", ("Người xác nhận", "Confirmers"), "lan"),
    Column(
        "escalation",
        ("Khi chưa thấy chuyển tin", "Escalation", "Nhắc khi chưa chuyển"),
        "after 6h: remind; after 12h: second contact",
    ),
)

#: One row for each team that goes from door to door.
TEAMS: tuple[Column, ...] = (
    HAMLETS[0],
    Column("team_id", ("Mã tổ", "Team id", "Mã đội"), "to-1", required=True),
    Column("team_name", ("Tên tổ", "Team", "Team name", "Tổ", "Tên đội"), "Tổ số Ấp 1", True),
    Column("team_hamlets", ("Các ấp", "Hamlets", "Ấp phụ trách"), "ap-1", required=True),
    Column("members", ("Thành viên", "Members"), "Trần Thị Giả: 0900.000.031; Phạm Văn Giả"),
    Column("visits_per_day", ("Số hộ mỗi người một ngày", "Visits per day"), 8),
)

#: Columns that such lists often have and Loa does not need: a running number, a remark.
IGNORED = frozenset({"stt", "tt", "no", "no.", "ghi chu", "note", "notes"})


def folded(heading: str) -> str:
    """Return a heading without marks, case, double spaces and the asterisk of a form."""
    plain = unicodedata.normalize("NFD", heading.casefold().replace("đ", "d"))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(bare.replace("*", " ").replace("_", " ").split())


def by_heading(columns: tuple[Column, ...]) -> dict[str, Column]:
    """Return each column by every heading it may have, its key among them, folded."""
    return {
        folded(heading): column for column in columns for heading in (*column.headings, column.key)
    }


def letter(column: int) -> str:
    """Return a column's name in a spreadsheet; 1 is A, 27 is AA."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
