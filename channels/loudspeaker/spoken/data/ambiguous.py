"""Abbreviations with more than one meaning, and the neighbours that decide between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning; it holds after one of ``after`` or before one of ``before`` (lower case)."""

    spoken: str
    after: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Meanings in the order tried; ``otherwise`` is the most likely one, said with a doubt."""

    meanings: tuple[Meaning, ...]
    otherwise: str


def _either(otherwise: str, *meanings: tuple[str, str, str]) -> Ambiguous:
    """Build from (spoken, words it follows, words it precedes)."""
    return Ambiguous(
        tuple(
            Meaning(spoken, frozenset(after.split()), frozenset(before.split()))
            for spoken, after, before in meanings
        ),
        otherwise,
    )


_DAYS: Final = "sáng chiều tối trưa t2 t3 t4 t5 t6 t7 ngày và đến thứ hàng mỗi nghỉ , - ( bảy"
_OFFICE: Final = "xã phường huyện tỉnh ấp thôn khu tp"

AMBIGUOUS: Final = {
    "BCH": _either(
        "Ban chấp hành",
        ("Ban chỉ huy", "", "quân chqs phòng pctt tkcn cứu"),
        ("Ban chấp hành", "", "đảng đoàn hội trung tw công chi lâm liên"),
    ),
    "CA": _either(
        "công an",
        ("công an", "trưởng phó ban đồng bộ đội và", f"{_OFFICE} khu viên nhân"),
        ("ca", "mắc", "nhiễm bệnh sáng chiều đêm"),
    ),
    "BĐ": _either("bưu điện", ("báo động", "trên dưới mức vượt đạt", "cấp i ii iii")),
    "BT": _either("bí thư", ("bí thư", "đồng phó đ/c và", "đảng chi đoàn huyện tỉnh")),
    "CĐ": _either("cao đẳng", ("cao đẳng", "đh học trường", "y sư"), ("công đoàn", "", "cơ viên")),
    "CB": _either("cán bộ", ("cán bộ", "các đội ngũ", "xã phường huyện công và")),
    "CN": _either(
        "chủ nhật",
        ("công nhân", "khu đội các", "viên lao"),
        ("chi nhánh", "ngân", "ngân công điện viettel vnpt agribank văn"),
        ("chủ nhật", _DAYS, "ngày hàng hằng nghỉ này tới"),
    ),
    "CP": _either("Chính phủ", ("cổ phần", "ty nhtm", ""), ("Chính phủ", "của", "")),
    "CS": _either("cơ sở", ("chính sách", "hộ gia", "xã"), ("cơ sở", "y tại", "sản kinh y")),
    "CT": _either(
        "chủ tịch",
        ("công ty", "các tại", "tnhh cp cổ điện xổ"),
        ("chủ tịch", "đồng phó ông bà đ/c", "ubnd hđnd hội xã ủy"),
        ("chỉ thị", "theo", "số"),
    ),
    "DN": _either("doanh nghiệp", ("doanh nghiệp", "các hỗ hộ cho", "nhỏ vừa tư")),
    "ĐB": _either(
        "đại biểu", ("đại biểu", "các vị quý bầu", "quốc hđnd dự"), ("đồng bào", "", "dân")
    ),
    "ĐC": _either(
        "địa chỉ", ("địa chỉ", "", ": số"), ("đồng chí", "các do gồm", "bí chủ phó nguyễn trưởng")
    ),
    "ĐH": _either("đại học", ("đại học", "trường học tốt", "y sư bách cần nông")),
    "ĐT": _either(
        "điện thoại", ("điện thoại", "số qua gọi", ": liên"), ("đội tuyển", "các", "bóng")
    ),
    "HS": _either(
        "học sinh", ("học sinh", "em các cho", "nghèo giỏi lớp trường"), ("hồ sơ", "nộp", "gồm")
    ),
    "HN": _either("hội nghị", ("Hà Nội", "tại tp thành", ""), ("hội nghị", "", "tổng sơ triển")),
    "GV": _either("giáo viên", ("giáo viên", "các đội cho", "trường chủ và")),
    "KH": _either("kế hoạch", ("khách hàng", "quý các chăm", "vui sử"), ("kế hoạch", "theo", "số")),
    "LS": _either("liệt sĩ", ("liệt sĩ", "mộ thân gia anh", ""), ("luật sư", "ông bà", "tư")),
    "MT": _either("môi trường", ("mặt trận", "ban", "tổ"), ("môi trường", "vệ bảo", "sống")),
    "ND": _either("nội dung", ("nhân dân", "bà quý toàn", ""), ("nội dung", "", ":")),
    "NN": _either("nông nghiệp", ("nhà nước", "quản của cơ", ""), ("nông nghiệp", "sản đất", "và")),
    "SX": _either("sản xuất", ("sản xuất", "đất vụ", "nông lúa vụ")),
    "TB": _either("thông báo", ("thương binh", "", "liệt -"), ("thông báo", "theo", "số về của")),
    "TS": _either("tiến sĩ", ("thủy sản", "nuôi", "nước"), ("tiến sĩ", "", "bs")),
    "TT": _either(
        "trung tâm",
        ("thông tư", "theo", "số"),
        ("trung tâm", "tại", "y văn dịch học dạy phục hành dvnn bồi giáo chính"),
        ("thường trực", "", "hđnd đảng đoàn ubmttq hội"),
        ("thủ tướng", "", "chính"),
    ),
    "TTĐT": _either("thông tin điện tử", ("thông tin điện tử", "cổng trang", "")),
    "TU": _either("Tỉnh ủy", ("Tỉnh ủy", "của", "")),
    "VX": _either("văn xã", ("văn xã", "-", "")),
    "XH": _either("xã hội", ("xã hội", "mạng hội tệ", "")),
}

#: Titles whose dot belongs to them, before a name.
TITLES: Final = {
    "BS": "bác sĩ",
    "Bs": "bác sĩ",
    "ThS": "thạc sĩ",
    "Ths": "thạc sĩ",
    "TS": "tiến sĩ",
    "GS": "giáo sư",
    "PGS": "phó giáo sư",
    "GS.TS": "giáo sư, tiến sĩ",
    "PGS.TS": "phó giáo sư, tiến sĩ",
    "KS": "kỹ sư",
    "LS": "luật sư",
    "DS": "dược sĩ",
    "YS": "y sĩ",
    "ĐD": "điều dưỡng",
}
#: Before a name (capital letter) or a number: what the letter stands for, dot or no dot.
PLACES: Final = {
    "TP": "thành phố",
    "Tp": "thành phố",
    "tp": "thành phố",
    "TX": "thị xã",
    "Tx": "thị xã",
    "TT": "thị trấn",
    "Tt": "thị trấn",
    "P": "phường",
    "Q": "quận",
    "H": "huyện",
    "X": "xã",
    "T": "tỉnh",
    "Đ": "đường",
}
