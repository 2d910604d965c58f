"""Abbreviations with more than one meaning, and the neighbours that decide between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning; it holds after one of ``after`` or before one of ``before`` (lower case).

    Both may also name what is no word: a mark, ``#number``, ``#phone``, ``#date``,
    ``#document`` (30/2022/TT-BYT), ``#plate``, ``#account``.
    """

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


_DAYS: Final = "sáng chiều tối trưa t2 t3 t4 t5 t6 t7 ngày và đến thứ hàng mỗi nghỉ , - ( bảy ;"
_OFFICE: Final = "xã phường huyện tỉnh ấp thôn khu tp"

AMBIGUOUS: Final = {
    "BCH": _either(
        "Ban chấp hành",
        ("Ban chỉ huy", "", "quân chqs phòng pctt ptds tkcn cứu"),
        ("Ban chấp hành", "", "đảng đoàn hội trung tw công chi lâm liên"),
    ),
    "CA": _either(
        "công an",
        ("công an", "trưởng phó ban đồng bộ đội và", f"{_OFFICE} khu viên nhân"),
        ("ca", "mắc", "nhiễm bệnh sáng chiều đêm"),
    ),
    "BĐ": _either("bưu điện", ("báo động", "trên dưới mức vượt đạt", "cấp i ii iii #number")),
    "BT": _either("bí thư", ("bí thư", "đồng phó đ/c và", "đảng chi đoàn huyện tỉnh")),
    "CĐ": _either(
        "cao đẳng",
        ("chỉ đạo", "ban", ""),
        ("cao đẳng", "đh học trường", "y sư"),
        ("công đoàn", "", "cơ viên"),
    ),
    "CB": _either("cán bộ", ("cán bộ", "các đội ngũ #number", "xã phường huyện công và")),
    "CN": _either(
        "chủ nhật",
        ("công nhân", "khu đội các #number", "viên lao may kỹ xây"),
        ("chứng nhận", "giấy", "qsdđ qsd"),
        (
            "chi nhánh",
            "ngân hàng agribank vietcombank bidv vietinbank nhcsxh điện",
            "ngân công điện viettel vnpt agribank văn",
        ),
        ("chủ nhật", _DAYS, "ngày hàng hằng nghỉ này tới : #date"),
    ),
    "CP": _either("Chính phủ", ("cổ phần", "ty nhtm", ""), ("Chính phủ", "của", "")),
    "CNQSDĐ": _either(
        "chứng nhận quyền sử dụng đất",
        ("chứng nhận quyền sử dụng đất", "giấy cấp sổ", ""),
        ("chuyển nhượng quyền sử dụng đất", "hồ hợp thủ việc sơ đồng tục", ""),
    ),
    "CS": _either("cơ sở", ("chính sách", "hộ gia", "xã"), ("cơ sở", "y tại", "sản kinh y")),
    "CT": _either(
        "chủ tịch",
        ("công ty", "các tại", "tnhh cp cổ điện xổ"),
        ("chủ tịch", "đồng phó ông bà đ/c p", "ubnd hđnd hội xã ủy mttq hnd"),
        ("chương trình", "thực các", "ntm mtqg ocop mục giảm"),
        ("chỉ thị", "theo", "số #document"),
        ("xê tê", "chụp phim", "scan"),
    ),
    "BKS": _either(
        "Ban kiểm soát",
        ("biển kiểm soát", "mang xe đeo gắn", "#plate : số"),
        ("Ban kiểm soát", "htx", ""),
    ),
    "BQ": _either("bình quân", ("bình quân", "nhập tuổi điểm", "đầu"), ("bảo quản", "", "lạnh")),
    "BTN": _either(
        "bê tông nhựa",
        ("bê tông nhựa", "đường rải thảm", "nóng"),
        ("bệnh truyền nhiễm", "pc các", ""),
    ),
    "CC": _either(
        "công chức",
        ("công chức", "cán các", "viên địa tư văn"),
        ("cung cấp", "", "nước"),
        ("chung cư", "khu", ""),
    ),
    "CM": _either("chuyên môn", ("chuyên môn", "phòng tổ trình", ""), ("cách mạng", "lão gia", "")),
    "CV": _either(
        "công văn", ("chuyên viên", "các anh chị", "phòng"), ("công văn", "theo", "số #document")
    ),
    "DA": _either("dự án", ("dự án", "các ban bql #number", "đầu xây #number")),
    "DC": _either("dân cư", ("dân cư", "khu", ""), ("dân chủ", "quy", "")),
    "DS": _either(
        "danh sách",
        ("dân số", "tác viên ctv", "kế"),
        ("danh sách", "theo lập", "hộ các"),
        ("dược sĩ", "bs", ""),
    ),
    "DN": _either("doanh nghiệp", ("doanh nghiệp", "các hỗ hộ cho #number", "nhỏ vừa tư")),
    "ĐB": _either(
        "đại biểu",
        ("đặc biệt", "giải", "khó"),
        ("đại biểu", "các vị quý bầu #number", "quốc hđnd dự"),
        ("đồng bào", "", "dân"),
    ),
    "ĐC": _either(
        "địa chỉ", ("địa chỉ", "", ": số"), ("đồng chí", "các do gồm", "bí chủ phó nguyễn trưởng")
    ),
    "ĐH": _either(
        "đại học",
        ("đại hội", "", "đảng chi đoàn hội công"),
        ("đại học", "trường học tốt", "y sư bách cần nông"),
    ),
    "ĐT": _either(
        "điện thoại",
        ("điện thoại", "số qua gọi", ": liên bàn di nóng #phone"),
        ("đội tuyển", "các", "bóng"),
        ("đầu tư", "vốn dự", "xdcb xây công phát"),
    ),
    "HS": _either(
        "học sinh",
        ("học sinh", "em các cho lượng số #number", "nghèo giỏi lớp trường tiểu mầm thcs thpt"),
        ("hồ sơ", "nộp đủ nhận bộ", "gồm hợp đầy"),
    ),
    "DT": _either("diện tích", ("diện tích", "", "tự đất gieo lúa"), ("di tích", "khu", "lịch")),
    "HN": _either("hội nghị", ("Hà Nội", "tại tp thành", ""), ("hội nghị", "", "tổng sơ triển")),
    "GD": _either(
        "giáo dục", ("giáo dục", "ngành phòng sở", "và mầm phổ"), ("giao dịch", "điểm phòng", "")
    ),
    "GĐ": _either(
        "gia đình",
        ("giám đốc", "ông bà phó tổng anh", "sở công điện trung hợp htx bệnh"),
        ("gia đình", "hộ các từng", "văn chính có liệt thương học bà em"),
    ),
    "HC": _either(
        "hành chính", ("hành chính", "tổ văn cải", "công"), ("huân chương", "", "lao độc kháng")
    ),
    "HĐ": _either(
        "hoạt động",
        ("hợp đồng", "ký", "số #document lao lđ lđlđ mua thuê thi"),
        ("Hội đồng", "thường", "nghĩa tư thi quản xét tuyển trường nvqs bồi"),
        ("hoạt động", "các", "của"),
    ),
    "HH": _either("hiệp hội", ("hàng hóa", "bán", ""), ("hội họp", "", "")),
    "HK": _either("học kỳ", ("hộ khẩu", "sổ số", ""), ("học kỳ", "", "i ii #number")),
    "HT": _either(
        "hỗ trợ",
        ("hè thu", "vụ", ""),
        ("hiệu trưởng", "thầy cô ông bà phó", "trường"),
        ("hộ tịch", "tp", ""),
        ("hệ thống", "", "điện nước truyền"),
    ),
    "GV": _either("giáo viên", ("giáo viên", "các đội cho #number", "trường chủ và")),
    "KH": _either(
        "kế hoạch",
        ("khách hàng", "quý các chăm", "vui sử vay dùng"),
        ("kế hoạch", "theo #number", "số năm #document #number"),
    ),
    "KN": _either("khuyến nông", ("khiếu nại", "đơn", "tố"), ("khuyến nông", "", "viên")),
    "KP": _either(
        "khu phố",
        ("kinh phí", "tổng nguồn cấp trợ quyết dự từ", "hoạt thực chi"),
        ("khu phố", "trưởng các ban thư ở tại", "#number văn"),
    ),
    "KT": _either("kinh tế", ("kinh tế", "phòng", "xã hộ hợp"), ("kiểm tra", "đoàn", "giám")),
    "LĐ": _either(
        "lao động", ("lãnh đạo", "đ/c các", "ubnd xã phòng"), ("lao động", "người", "nông tb")
    ),
    "LL": _either("lực lượng", ("lực lượng", "các", "công dân quân vũ")),
    "LS": _either("liệt sĩ", ("liệt sĩ", "mộ thân gia anh", ""), ("luật sư", "ông bà", "tư")),
    "LV": _either("làm việc", ("làm việc", "ngày giờ", ""), ("lĩnh vực", "các", "")),
    "MT": _either("môi trường", ("mặt trận", "ban", "tổ"), ("môi trường", "vệ bảo", "sống")),
    "ND": _either(
        "nội dung",
        ("nông dân", "hội các giúp", "gieo sạ trồng sản"),
        ("nhân dân", "bà quý toàn", ""),
        ("nội dung", "", ":"),
    ),
    "NN": _either("nông nghiệp", ("nhà nước", "quản của cơ", ""), ("nông nghiệp", "sản đất", "và")),
    "NH": _either(
        "ngân hàng",
        ("ngân hàng", "tại qua", "chính nông agribank vietcombank bidv"),
        ("năm học", "", "#number"),
    ),
    "NV": _either(
        "nhân viên",
        ("nhân viên", "các cán #number", "y văn bưu thú"),
        ("nhiệm vụ", "thực", "trọng chính"),
    ),
    "PC": _either("phòng chống", ("phòng chống", "ban", "dịch bão lụt thiên cháy ma")),
    "PP": _either("phương pháp", ("phó phòng", "đ/c ông bà", "vhxh kinh nội tư tchc")),
    "PT": _either(
        "phát triển",
        ("phong trào", "các", "thi toàn văn"),
        ("phát triển", "", "kinh nông"),
        ("phụ trách", "", ":"),
    ),
    "QL": _either(
        "quản lý", ("quốc lộ", "trên dọc", "n #number"), ("quản lý", "ban bộ", "đất nhà dự")
    ),
    "QLĐ": _either("quản lý điện", ("quản lý điện", "đội", "")),
    "SK": _either("sức khỏe", ("sức khỏe", "khám", "cộng người"), ("sự kiện", "các", "")),
    "SL": _either("số lượng", ("số lượng", "", ":"), ("sản lượng", "", "lúa")),
    "SX": _either("sản xuất", ("sản xuất", "đất vụ", "nông lúa vụ")),
    "TB": _either(
        "thông báo",
        ("thương binh", "", "liệt - loại hạng"),
        ("Trưởng ban", "đ/c ông bà", "tuyên dân tổ kiểm công thanh"),
        ("thông báo", "theo", "số về của #document"),
    ),
    "TC": _either(
        "tổ chức",
        ("trung cấp", "cđ", "nghề"),
        ("tổ chức", "ban", "cán"),
        ("tài chính", "phòng sở bộ", ""),
    ),
    "TG": _either("thời gian", ("thời gian", "", ":"), ("thế giới", "", "")),
    "THA": _either(
        "thi hành án",
        ("tăng huyết áp", "bệnh mắc bị", "đái đtđ và độ"),
        ("thi hành án", "", "dân hình"),
    ),
    "TK": _either(
        "tài khoản",
        ("tài khoản", "số qua vào mở", "ngân định #account #phone : số"),
        ("tiết kiệm", "tổ", "và"),
        ("thư ký", "", "tòa"),
    ),
    "TN": _either(
        "thanh niên",
        ("thanh niên", "đoàn hội liên các", "xung tình"),
        ("tốt nghiệp", "thi xét", "thpt thcs"),
        ("thu nhập", "mức", ""),
    ),
    "TP": _either(
        "thành phố",
        ("trưởng phòng", "phó đ/c ông bà", "vhxh kinh văn nội tchc"),
        ("thành phố", "của toàn trong các xã", "và trực hcm"),
    ),
    "TV": _either(
        "thành viên", ("ti vi", "smart màn xem", "samsung sony lg"), ("thường vụ", "ban", "")
    ),
    "TS": _either("tiến sĩ", ("thủy sản", "nuôi", "nước"), ("tiến sĩ", "", "bs")),
    "TT": _either(
        "trung tâm",
        ("thông tư", "theo", "số #document"),
        ("trung tâm", "tại", "y văn dịch học dạy phục hành dvnn bồi giáo chính"),
        ("thường trực", "pbt pct", "hđnd đảng đoàn ubmttq hội đu"),
        ("thủ tướng", "", "chính"),
    ),
    "TTĐT": _either("thông tin điện tử", ("thông tin điện tử", "cổng trang", "")),
    "TU": _either("Tỉnh ủy", ("Tỉnh ủy", "của", "")),
    "VX": _either("văn xã", ("văn xã", "-", "")),
    "VC": _either("viên chức", ("vợ chồng", "hai", "")),
    "VH": _either("văn hóa", ("văn hóa", "nhà ấp đình", "xã và")),
    "VT": _either("văn thư", ("văn thư", "lưu : ; , -", ""), ("viễn thông", "", "")),
    "ĐĐ": _either("địa điểm", ("địa điểm", "", ":"), ("đại diện", "", "hộ"), ("đất đai", "", "")),
    "ĐD": _either("đại diện", ("điều dưỡng", "các", "trưởng viên"), ("đại diện", "", "hộ cha")),
    "ĐV": _either("đơn vị", ("đảng viên", "các", "dự mới")),
    "XH": _either("xã hội", ("xã hội", "mạng hội tệ trí trợ", "")),
    "XN": _either(
        "xác nhận", ("xét nghiệm", "phiếu kết làm lấy", "máu"), ("xác nhận", "giấy đơn", "")
    ),
}
