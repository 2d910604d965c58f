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
XH = xã hội
  xã hội < mạng hội tệ trí trợ >
XN = xác nhận
  xét nghiệm < phiếu kết làm lấy > máu
  xác nhận < giấy đơn >
NS = ngày sinh
  năng suất < > lúa bình đạt
  ngày sinh < > : #date
KV = khu vực
  ki lô vôn < đường trạm lưới áp >
AT = an toàn
  an toàn < công mất bảo > giao lao thực vệ điện thông trật
BD = bồi dưỡng
  Bình Dương < tỉnh tp >
  bồi dưỡng < lớp đào tập > chính nghiệp kiến kỹ thường nâng cán
BH = bảo hiểm
  Biên Hòa < tp thành >
  bảo hiểm < đóng thẻ mua phí tiền > y xã thất tự nông xe cây
BM = biểu mẫu
  bà mẹ < > trẻ việt vn
  bộ môn < tổ trưởng > toán văn
  biểu mẫu < theo các điền > số #number
BN = bệnh nhân
  bệnh nhân < #number các số ca có cho > nam nữ lao nhập covid nặng tâm nghèo
BP = bộ phận
  biên phòng < bộ đội đồn trạm >
  bộ phận < các tại > một tiếp văn tài địa tnkq
CH = cửa hàng
  chỉ huy < ban phó >
  căn hộ < #number >
  cửa hàng < các > xăng bán tiện vật
CK = cùng kỳ
  cam kết < ký bản >
  chuyên khoa < bs bác sĩ > i ii #roman
  chuyển khoản < tiền bằng hoặc qua và hình thức > qua vào : theo
  chung kết < trận vòng bán >
  cùng kỳ < so với > năm ~ tăng giảm
  chuyển khoản < > ~ tiền đồng đ tk tài
CL = chất lượng
  chất lượng < nâng kiểm > cao tốt nước dạy giáo cuộc
CQ = cơ quan
  chính quyền < đảng > địa cơ và
  cơ quan < các tại > nhà chức công thuế đơn ban
DĐ = di động
  di động < điện thoại số đt > : #phone
  diễn đàn < > trẻ nhân
DK = dự kiến
  dê ca < soạn >
  dự kiến < > tổ ngày đến hoàn thu đạt #date #number
DM = danh mục
  danh mục < theo các > hồ thủ dự
DP = dự phòng
  dân phòng < đội lực >
  dự phòng < tế chi quỹ tiêm >
DV = dịch vụ
  dịch vụ < các phí htx > công thương vận du y chuyển ăn và
ĐA = đề án
  đề án < theo các > #number số phát xây
ĐG = đánh giá
  đơn giá < theo > : #number
  đấu giá < phiên > đất quyền tài
  đánh giá < > kết xếp cán chất công
ĐK = đăng ký
  điều kiện < đủ >
  đường kính < ống >
  đăng ký < đã phiếu giấy chưa người hồ > tạm thường xe kinh học dự tham nghĩa mua khai kết
ĐL = điện lực
  đại lý < các > bán thuế xổ vé
  Đà Lạt < tp >
  điện lực < > huyện khu cần bến đồng tỉnh
ĐN = đề nghị
  Đà Nẵng < tp >
  Đồng Nai < tỉnh >
  đề nghị < văn đơn thư > các cấp
ĐP = địa phương
  địa phương < các ngân tại > và tự
ĐS = đường sắt
  đường sắt < chắn > bắc cao
  đời sống < > văn nhân
GP = giấy phép
  giải phóng < > mặt miền
  giấy phép < cấp có số > xây lái môi hành số #document
GT = giao thông
  giá trị < > sản
  giới tính < > :
  giao thông < toàn an nút ùn lượng đường tham công > nông đường thủy công
HA = huyết áp
  huyết áp < đo tăng > cao thấp tăng
HP = Hải Phòng
  học phí < thu đóng >
  Hải Phòng < tp >
HQ = hải quan
  hiệu quả < > cao
  hải quan < chi cục > cửa
KD = kinh doanh
  kinh doanh < hộ sản hoạt sx ngành đăng đk và > vận dịch xăng ăn thuốc nhà
KĐ = kiểm định
KL = kết luận
  khối lượng < tổng > :
  kỷ luật < khen >
  kết luận < theo > số #document #number thanh
KQ = kết quả
  kết quả < trả nhận có báo công > xét học thực :
KK = khuyến khích
  khó khăn < hoàn hs hộ >
  kê khai < > tài
  khuyến khích < giải #number >
LH = liên hệ
  liên hiệp < hội > phụ htx các
  liên hệ < : . , ( > : #phone đ/c số chị anh ông
LN = lâm nghiệp
  lâm nghiệp < nông >
LT = lương thực
  liên tịch < tt nq > số
  lý thuyết < thi >
LK = lũy kế
  lũy kế < > từ đến #number
LX = lái xe
  Long Xuyên < tp >
MB = mặt bằng
MH = mô hình
  môn học < các >
  mô hình < các > trồng nuôi
MS = mã số
  mã số < > : #number thuế
NC = nâng cao
  nhân công < chi ngày >
  nâng cao < ntm >
NK = nhập khẩu
  nhân khẩu < #number hộ, >
NL = năng lực
  năng lượng < > mặt
NT = nông thôn
  nông thôn < thành giao nước môi hội gt > mới
NX = nhận xét
  nhận xét < > đánh
PA = phương án
  phương án < > pccc phòng sử #number
PH = phụ huynh
  phụ huynh < các quý #number cho > học hs :
PM = phần mềm
  phần mềm < trên qua > quản
PV = phóng viên
QC = quảng cáo
QN = Quảng Ninh
  quân nhân < #number các >
QS = quân sự
  quân sự < chỉ nghĩa > địa tỉnh huyện xã phường khu
QT = quản trị
  quy trình < theo > #number
  quản trị < hội >
SC = sửa chữa
  sửa chữa < > đường điện nhà
SD = sử dụng
  sử dụng < > đất điện
SĐ = sơ đồ
  sư đoàn < > #number
SH = sinh hoạt
  sinh hoạt < nước hội > chi hè
  sở hữu < > nhà đất
SP = sản phẩm
  sư phạm < đh cđ >
  sản phẩm < #number các > ocop nông
SS = sẵn sàng
  sơ sinh < trẻ >
TD = tín dụng
  thể dục < > tt thể
  tín dụng < qtdnd quỹ vốn >
TE = trẻ em
  tê e < + >
  trẻ em < #number các phụ bà và em cho > dưới từ có mồ
TĐ = thi đua
  thẩm định < > dự hồ
  Thủ Đức < tp >
  thi đua < > khen
TQ = Trung Quốc
  Tuyên Quang < tỉnh >
VB = văn bản
  văn bản < các theo > số #document chỉ
VĐ = vận động
  vấn đề < các >
VK = vũ khí
VL = vật liệu
  Vĩnh Long < tỉnh tp >
VS = vệ sinh
  vệ sinh < dọn tổng nhà > môi an
XK = xuất khẩu
  xuất khẩu < nhập > lao gạo
XL = xử lý
  xử lý < > vi rác nước
TH = tiểu học
  tổng hợp < vp > kết danh số báo
  trường hợp < #number các có > nghi mắc f0
  truyền hình < đài pt ptth >
  tiểu học < trường >
KS = kỹ sư
  kiểm sát < viện >
CQĐT = chính quyền điện tử
  cơ quan điều tra < csđt công ca tại > công
CKI = chuyên khoa một
  chuyên khoa một < bs bs. sĩ ths ths. >
  cuối kỳ một < thi tra điểm đề >
CKII = chuyên khoa hai
  chuyên khoa hai < bs bs. sĩ ths ths. >
  cuối kỳ hai < thi tra điểm đề >
UV = Ủy viên
  u vê < tia số >
  Ủy viên < các đ/c phó đồng và - , : > btv bch thường ubkt ban tw
PL = phụ lục
  pháp lệnh < > ưu cán về dân chi #document
  phụ lục < phần mục tại theo các > kèm ban đính #number #roman
  phân loại < > rác chất
BS = bác sĩ
  biển số < xe mang > #plate :
  bổ sung < > hồ sửa vốn thêm
  bác sĩ < các gặp #number đội . ths. ts. gs. pgs. gs.ts. pgs.ts. > ck đa gia trưởng thú
"""
AMBIGUOUS: Final = _read(TABLE)
