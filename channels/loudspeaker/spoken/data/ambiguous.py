"""Abbreviations with more than one meaning, and the neighbours that decide between them.

The most likely meaning comes first; it is said with a doubt when no neighbour decides. Below
it stands each meaning that neighbours can call for, in the order tried: ``< after which words
> before which ~ near which``. The last are words of the clause that only hint at the meaning:
it is said with a doubt then too. Words are in lower case; a neighbour may also be a mark, or
``#number``, ``#phone``, ``#date``, ``#document`` (30/2022/TT-BYT), ``#plate``, ``#account``,
``#roman``, and before it ``#clock`` (16g30).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .ambiguous_more import MORE


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning: it holds after one of ``after`` or before one of ``before``.

    One of ``topic`` in the same clause makes it likely.
    """

    spoken: str
    after: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    topic: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Meanings in the order tried; ``otherwise`` is the most likely one, said with a doubt."""

    meanings: tuple[Meaning, ...]
    otherwise: str


def _read(table: str) -> dict[str, Ambiguous]:
    entries: dict[str, tuple[str, list[Meaning]]] = {}
    meanings: list[Meaning] = []
    for line in table.strip().splitlines():
        if line.startswith("  "):
            spoken, _, neighbours = line.partition("<")
            neighbours, _, topic = neighbours.partition("~")
            after, _, before = neighbours.partition(">")
            words = (frozenset(part.split()) for part in (after, before, topic))
            meanings.append(Meaning(spoken.strip(), *words))
        else:
            written, _, otherwise = line.partition(" = ")
            meanings = []
            entries[written] = (otherwise, meanings)
    return {
        written: Ambiguous(tuple(meanings), otherwise)
        for written, (otherwise, meanings) in entries.items()
    }


TABLE: Final = """
BCH = Ban chấp hành
  Ban chỉ huy < > quân chqs phòng pctt ptds tkcn cứu
  Ban chấp hành < > đảng đoàn hội trung tw công chi lâm liên
CA = công an
  công an < trưởng phó ban đồng bộ đội và > xã phường huyện tỉnh ấp thôn khu tp viên nhân
  ca < mắc > nhiễm bệnh sáng chiều đêm
BĐ = bưu điện
  báo động < trên dưới mức vượt đạt > cấp i ii iii #number
BT = bí thư
  bí thư < đồng phó đ/c và > đảng chi cb đoàn huyện tỉnh
CĐ = cao đẳng
  chỉ đạo < ban >
  cao đẳng < đh học trường > y sư
  công đoàn < bch ct ban > cơ viên
CB = cán bộ
  chi bộ < bt pbt cu >
  cán bộ < các đội ngũ #number > xã phường huyện công và
CN = chủ nhật
  chủ nhật < > ngày hàng hằng nghỉ này tới : #date
  công nhân < khu đội các #number > viên lao may kỹ xây
  chứng nhận < giấy > qsdđ qsd
  chi nhánh < ngân hàng agribank vietcombank bidv vietinbank nhcsxh điện >
  chi nhánh < > ngân công điện viettel vnpt agribank văn
  chủ nhật < #clock sáng chiều tối trưa t2 t3 t4 t5 t6 t7 ngày và đến thứ mỗi nghỉ , - ( bảy ; & >
CP = Chính phủ
  cổ phần < ty nhtm >
  Chính phủ < của >
CNQSDĐ = chứng nhận quyền sử dụng đất
  chứng nhận quyền sử dụng đất < giấy cấp sổ >
  chuyển nhượng quyền sử dụng đất < hồ hợp thủ việc sơ đồng tục >
CS = cơ sở
  chính sách < hộ gia > xã
  cơ sở < y tại > sản kinh y
CT = chủ tịch
  công ty < các tại > tnhh cp cổ điện xổ
  chủ tịch < đồng phó ông bà đ/c p > ubnd hđnd hội xã ủy mttq hnd
  chương trình < thực các > ntm mtqg ocop mục giảm
  chỉ thị < theo > số #document
  xê tê < chụp phim > scan
BKS = Ban kiểm soát
  biển kiểm soát < mang xe đeo gắn > #plate : số
  Ban kiểm soát < htx >
BQ = bình quân
  bình quân < nhập tuổi điểm > đầu
  bảo quản < > lạnh
BTN = bê tông nhựa
  bê tông nhựa < đường rải thảm > nóng
  bệnh truyền nhiễm < pc các >
CC = công chức
  công chức < cán các > viên địa tư văn
  cung cấp < > nước
  chung cư < khu >
CM = chuyên môn
  chuyên môn < phòng tổ trình >
  cách mạng < lão gia >
CV = công văn
  chuyên viên < các anh chị > phòng
  công văn < theo > số #document
DA = dự án
  dự án < các ban bql #number > đầu xây #number
DC = dân cư
  dân cư < khu >
  dân chủ < quy >
DS = danh sách
  dân số < tác viên ctv > kế
  danh sách < theo lập > hộ các
  dược sĩ < bs >
DN = doanh nghiệp
  doanh nghiệp < các hỗ hộ cho #number > nhỏ vừa tư
ĐB = đại biểu
  đặc biệt < giải > khó
  đại biểu < các vị quý bầu #number > quốc hđnd dự
  đồng bào < > dân
ĐC = địa chỉ
  địa chỉ < > : số
  đồng chí < các do gồm > bí chủ phó nguyễn trưởng
ĐH = đại học
  đại hội < > đảng chi đoàn hội công #roman
  đại học < trường học tốt > y sư bách cần nông
ĐT = điện thoại
  điện thoại < số qua gọi > : liên bàn di nóng #phone
  đội tuyển < các > bóng
  đầu tư < vốn dự mức tổng chủ > xdcb xây công phát
HS = học sinh
  học sinh < em các cho lượng số #number > nghèo giỏi lớp trường tiểu mầm thcs thpt
  hồ sơ < nộp đủ nhận bộ > gồm hợp đầy
DT = diện tích
  diện tích < > tự đất gieo lúa
  di tích < khu > lịch
HN = hội nghị
  Hà Nội < tại tp thành >
  hội nghị < > tổng sơ triển
GD = giáo dục
  giáo dục < ngành phòng sở > và mầm phổ
  giao dịch < điểm phòng >
GĐ = gia đình
  giám đốc < ông bà phó tổng anh > sở công điện trung hợp htx bệnh
  giai đoạn < > #number #roman
  gia đình < hộ các từng > văn chính có liệt thương học bà em
HC = hành chính
  hành chính < tổ văn cải > công
  huân chương < > lao độc kháng
HĐ = hoạt động
  hợp đồng < ký > số #document lao lđ lđlđ mua thuê thi
  Hội đồng < thường > nghĩa tư thi quản xét tuyển trường nvqs bồi
  hoạt động < các > của
HH = hiệp hội
  hàng hóa < bán >
  hội họp < >
HK = học kỳ
  hộ khẩu < sổ số >
  học kỳ < > i ii #number
HT = hỗ trợ
  hè thu < vụ >
  hiệu trưởng < thầy cô ông bà phó > trường
  hộ tịch < tp >
  hệ thống < > điện nước truyền
GV = giáo viên
  giáo viên < các đội cho #number > trường chủ và :
KH = kế hoạch
  khách hàng < quý các chăm > vui sử vay dùng
  kế hoạch < theo #number > số năm #document #number
KN = khuyến nông
  khiếu nại < đơn > tố
  khuyến nông < > viên
KP = khu phố
  kinh phí < tổng nguồn cấp trợ quyết dự từ > hoạt thực chi
  khu phố < trưởng các ban thư ở tại > #number văn
KT = kinh tế
  kinh tế < phòng > xã hộ hợp
  kiểm tra < đoàn > giám
LĐ = lao động
  lãnh đạo < đ/c các > ubnd xã phòng
  lao động < người > nông tb
LL = lực lượng
  lực lượng < các > công dân quân vũ
LS = liệt sĩ
  liệt sĩ < mộ thân gia anh >
  luật sư < ông bà > tư
  lãi suất < > vay tiền huy : cho
LV = làm việc
  làm việc < ngày giờ >
  lĩnh vực < các >
MT = môi trường
  mặt trận < ban > tổ
  môi trường < vệ bảo > sống
ND = nội dung
  nông dân < hội các giúp > gieo sạ trồng sản
  nhân dân < bà quý toàn >
  nội dung < > :
NN = nông nghiệp
  nhà nước < quản của cơ >
  nạn nhân < > cđdc chất
  nông nghiệp < sản đất > và
NH = ngân hàng
  ngân hàng < tại qua > chính nông agribank vietcombank bidv
  năm học < > #number
NV = nhân viên
  nhân viên < các cán #number > y văn bưu thú
  nhiệm vụ < thực > trọng chính
PC = phòng chống
  phòng chống < ban > dịch bão lụt thiên cháy ma
PP = phương pháp
  phó phòng < đ/c ông bà > vhxh kinh nội tư tchc
PT = phát triển
  phong trào < các > thi toàn văn
  phát triển < > kinh nông
  phụ trách < > :
QL = quản lý
  quốc lộ < trên dọc > #number
  quản lý < ban bộ > đất nhà dự
QLĐ = quản lý điện
  quản lý điện < đội >
SK = sức khỏe
  sức khỏe < khám > cộng người
  sự kiện < các >
SL = số lượng
  số lượng < > :
  sản lượng < > lúa
SX = sản xuất
  sản xuất < đất vụ > nông lúa vụ
TB = thông báo
  trung bình < điểm mức độ > khá
  thương binh < > liệt - loại hạng
  Trưởng ban < đ/c ông bà > tuyên dân tổ kiểm công thanh
  thông báo < theo > số về của #document
TC = tổ chức
  trung cấp < cđ > nghề
  tổ chức < ban > cán
  tài chính < phòng sở bộ >
TG = thời gian
  thời gian < > :
  thế giới < trên > bóng cup ~ ngày quốc việt
THA = thi hành án
  tăng huyết áp < bệnh mắc bị > đái đtđ và độ
  thi hành án < > dân hình
TK = tài khoản
  tài khoản < số qua vào mở > ngân định #account #phone : số
  tiết kiệm < tổ > và
  thư ký < > tòa
TN = thanh niên
  thanh niên < đoàn hội liên các > xung tình
  tốt nghiệp < thi xét > thpt thcs
  thu nhập < mức >
TP = thành phố
  trưởng phòng < phó đ/c ông bà > vhxh kinh văn nội tchc
  thành phố < của toàn trong các xã > và trực hcm
TV = thành viên
  thành viên < > hđnd ban hội tổ btc ubnd câu
  tử vong < #number ca > ~ mắc bệnh sxh tcm ca tai nạn
  ti vi < smart màn xem > samsung sony lg
  thường vụ < ban >
TS = tiến sĩ
  thủy sản < nuôi > nước
  tiến sĩ < > bs
TT = trung tâm
  thông tư < theo > số #document #number
  trung tâm < tại > y văn dịch học dạy phục hành dvnn bồi giáo chính
  thường trực < pbt pct > hđnd đảng đoàn ubmttq hội đu
  thủ tướng < > chính
TTĐT = thông tin điện tử
  thông tin điện tử < cổng trang >
TU = Tỉnh ủy
  Tỉnh ủy < của >
VX = văn xã
  văn xã < - >
VC = viên chức
  vợ chồng < hai >
VH = văn hóa
  văn hóa < nhà ấp đình > xã và
VT = văn thư
  văn thư < lưu : ; , - >
  viễn thông < >
ĐĐ = địa điểm
  địa điểm < > :
  đại diện < > hộ
  đất đai < >
ĐD = đại diện
  điều dưỡng < các > trưởng viên
  đại diện < > hộ cha
ĐV = đơn vị
  đảng viên < các > dự mới
"""
AMBIGUOUS: Final = _read(TABLE + MORE)
