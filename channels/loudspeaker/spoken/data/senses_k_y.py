"""Abbreviations with more than one meaning, K to Y.

How to read the table: see ``ambiguous``.
"""

from __future__ import annotations

from typing import Final

TABLE: Final = """
KC = khoảng cách
  kháng chiến < chương huy hc đội tham > hạng chống
  khoảng cách < > tối an từ giữa #number
KD = kinh doanh
  kinh doanh < hộ sản hoạt sx ngành đăng đk và > vận dịch xăng ăn thuốc nhà
KH = kế hoạch
  kế hoạch < duyệt hành khai dựng hiện các lập >
  khách hàng < quý các chăm > vui sử vay dùng
  kế hoạch < theo #number > số năm #document #number
KK = khuyến khích
  khó khăn < hoàn hs hộ >
  kê khai < > tài
  khuyến khích < giải #number >
KL = kết luận
  khối lượng < tổng > :
  kỷ luật < khen >
  kết luận < theo > số #document #number thanh
KN = khuyến nông
  khiếu nại < đơn > tố
  khuyến nông < > viên
KG = ki lô gam
  kính gửi < gửi > : ubnd các ông bà
  ki lô gam < #number bằng theo mỗi một >
  kính gửi < > ~ kính
KP = khu phố
  kinh phí < > #money
  kinh phí < tổng nguồn cấp trợ quyết dự từ > hoạt thực chi
  khu phố < trưởng các ban thư ở tại > #number văn
KQ = kết quả
  kết quả < trả nhận có báo công > xét học thực :
KS = kỹ sư
  kiểm sát < viện >
KT = kinh tế
  kinh tuyến < tây đông >
  kinh tế < phòng > xã hộ hợp
  kiểm tra < đoàn > giám
KV = khu vực
  ki lô vôn < đường trạm lưới áp >
  khu vực < tổ > #number
KĐ = kiểm định
  kinh Đông < độ >
LH = liên hệ
  liên hiệp < hội > phụ htx các
  liên hệ < : . , ( > : #phone đ/c số chị anh ông bà bộ phòng trạm trưởng ban
LK = lũy kế
  lũy kế < > từ đến #number
LL = lực lượng
  lực lượng < các > công dân quân vũ
LN = lâm nghiệp
  lâm nghiệp < nông >
LS = liệt sĩ
  lãi suất < > #number
  liệt sĩ < mộ thân gia anh >
  luật sư < ông bà > tư
  lãi suất < > vay tiền huy : cho
LT = lương thực
  liên tịch < tt nq > số
  lý thuyết < thi >
LV = làm việc
  làm việc < ngày giờ >
  lĩnh vực < các >
LX = lái xe
  Long Xuyên < tp >
LĐ = lao động
  lãnh đạo < đ/c các > ubnd xã phòng
  lao động < người > nông tb
MB = mặt bằng
  mê ga bai < #number nặng lượng bằng dưới trên quá >
  em bê < chuyển ck vào bank hàng tk khoản qua bidv agribank vietcombank vcb acb > bank #account
  em bê < > ~ ngân hàng bidv agribank vietcombank chuyển khoản tk stk
MH = mô hình
  môn học < các >
  mô hình < các > trồng nuôi
MS = mã số
  mã số < > : #number thuế
MT = môi trường
  mặt trận < ban > tổ
  môi trường < vệ bảo > sống
NC = nâng cao
  nhân công < chi ngày >
  nâng cao < ntm >
ND = nội dung
  nông dân < hội các giúp > gieo sạ trồng sản
  nhân dân < bà quý toàn > #percent
  nội dung < > :
NH = ngân hàng
  ngân hàng < tại qua > chính nông agribank vietcombank bidv
  năm học < > #number
NK = nhập khẩu
  nhiệm kỳ < > #number
  nhân khẩu < #number hộ, >
NL = năng lực
  năng lượng < > mặt
NN = nông nghiệp
  nhà nước < quản của cơ >
  nạn nhân < > cđdc chất
  nông nghiệp < sản đất > và
  nhà nước < giá > #percent
NS = ngày sinh
  năng suất < > #yield
  ngân sách < chi thu nguồn tổng cân > nhà địa trung tỉnh xã huyện #money
  năng suất < > lúa bình đạt bq
  ngày sinh < > : #date
NSX = ngày sản xuất
  ngân sách xã < chi thu nguồn từ quỹ của > và chi hỗ
  ngày sản xuất < > : #date
  ngày sản xuất < > ~ hsd hạn nhãn bao
NT = nông thôn
  ngày tuổi < #number >
  nông thôn < thành giao nước môi hội gt > mới
NV = nhân viên
  nhân viên < các cán #number > y văn bưu thú
  nhiệm vụ < thực > trọng chính
NX = nhận xét
  nhận xét < > đánh
PA = phương án
  phương án < > pccc phòng sử #number
PC = phòng chống
  pê xê < tính bàn chiếc bộ #number laptop > laptop
  ?công ty điện lực < > long tây cần tiền đồng bến vĩnh kiên an bạc cà hậu sóc trà bình
  phòng chống < ban > dịch bão lụt thiên cháy ma
PH = phụ huynh
  phụ huynh < các quý #number cho > học hs :
PL = phụ lục
  pháp lệnh < > ưu cán về dân chi #document
  phụ lục < phần mục tại theo các > kèm ban đính #number #roman
  phân loại < > rác chất
PM = phần mềm
  phần mềm < trên qua > quản
PP = phương pháp
  phó phòng < đ/c ông bà > vhxh kinh nội tư tchc
PT = phát triển
  phong trào < các > thi toàn văn
  phát triển < > kinh nông
  phụ trách < > :
PV = phóng viên
  phục vụ < nữ nam > quán bàn nhà tiệc
QC = quảng cáo
QL = quản lý
  quốc lộ < trên dọc > #number
  quản lý < ban bộ > đất nhà dự
QLĐ = quản lý điện
  quản lý điện < đội >
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
SH = sinh hoạt
  ét hát < xe >
  sinh hoạt < nước hội > chi hè
  sở hữu < > nhà đất
SK = sức khỏe
  sức khỏe < khám > cộng người
  sự kiện < các >
SL = số lượng
  số lượng < > :
  sản lượng < > lúa
SP = sản phẩm
  sư phạm < đh cđ >
  sản phẩm < #number các > ocop nông
SS = sẵn sàng
  sơ sinh < trẻ >
SX = sản xuất
  sản xuất < đất vụ > nông lúa vụ
SĐ = sơ đồ
  sư đoàn < > #number
TB = thông báo
  trung bình < điểm mức độ ẩm nhiệt suất tuổi lượng giá > khá
  Tây Bắc < hướng phía mùa >
  ?Tây Bắc < gió >
  thương binh < > liệt - loại hạng #percent
  Trưởng ban < đ/c ông bà > tuyên dân tổ kiểm công thanh
  thông báo < theo > số về của #document
  trung bình < > ~ người kg tấn đồng điểm
TC = tổ chức
  tiêu chí < #number đạt các bộ > ntm số nông
  trung cấp < cđ > nghề
  tổ chức < ban > cán
  tài chính < phòng sở bộ >
TD = tín dụng
  thể dục < > tt thể
  tín dụng < qtdnd quỹ vốn >
TE = trẻ em
  tê e < + >
  trẻ em < #number các phụ bà và em cho > dưới từ có mồ
TG = thời gian
  thời gian < > :
  thế giới < trên > bóng cup ~ ngày quốc việt
TH = tiểu học
  tổng hợp < vp > kết danh số báo
  trường hợp < #number các có > nghi mắc f0
  truyền hình < đài pt ptth >
  tiểu học < trường >
THT = tổ hợp tác
  tổ hợp tác < các tại htx và thành xã viên mô hình > nông trồng sản số dịch nuôi
  tụ huyết trùng < lmlm bệnh dịch > bò trâu heo
  tụ huyết trùng < > ~ lmlm tiêm vắc xin trâu bò heo gia súc
THA = thi hành án
  tăng huyết áp < bệnh mắc bị > đái đtđ và độ
  thi hành án < > dân hình
TK = tài khoản
  thế kỷ < > #roman
  tài khoản < số qua vào mở > ngân định #account #phone : số
  tiết kiệm < tổ > và
  thư ký < > tòa
TN = thanh niên
  Tây Nam < gió hướng phía mùa >
  thanh niên < đoàn hội liên các > xung tình
  tốt nghiệp < thi xét > thpt thcs
  thu nhập < mức >
  tự nhiên < đất tích >
  tự nguyện < bhxh bhyt hội >
TP = thành phố
  ?thành phần < > :
  trưởng phòng < phó đ/c ông bà > vhxh kinh văn nội tchc
  thành phố < của toàn trong các xã > và trực hcm
TQ = Trung Quốc
  Tuyên Quang < tỉnh >
TS = tiến sĩ
  thủy sản < nuôi > nước
  tiến sĩ < > bs
  thí sinh < số > ~ phòng thi môn
TT = trung tâm
  từ thiện < cháo cơm quán bếp phát >
  tập thể < mỗi > xuất tiên tích cá
  thông tư < theo > số #document #number
  trung tâm < tại > y văn dịch học dạy phục hành dvnn bồi giáo chính
  thứ tự < số >
  tải trọng < > #load
  thường trực < pbt pct > hđnd đảng đoàn ubmttq hội đu
  thủ tướng < > chính
TTN = thanh thiếu niên
  Tây Tây Nam < hướng phía gió giữa >
  thanh thiếu niên < các cho đoàn > và nhi xã
  thanh thiếu niên < > ~ đoàn hè sinh hoạt nhi đồng
TTĐT = thông tin điện tử
  thông tin điện tử < cổng trang >
TU = Tỉnh ủy
  Tỉnh ủy < của >
TV = thành viên
  thành viên < > ~ htx vốn góp thq clb hội tổ nhóm
  thành viên < > hđnd ban hội tổ btc ubnd câu
  tử vong < #number ca > ~ mắc bệnh sxh tcm ca tai nạn
  ti vi < smart màn xem hình chiếc cái mua lắp bật tắt loa > samsung sony lg led #inch
  ?ti vi < > fm loa
  ?ti vi < > ~ led fm loa đài radio màn hình inch
  thường vụ < ban >
TĐ = thi đua
  thu đông < vụ lúa ht và >
  thu đông < > ~ vụ lúa sạ đx ht
  thẩm định < > dự hồ
  Thủ Đức < tp >
  thi đua < > khen
UV = Ủy viên
  u vê < tia số > ~ nắng nóng tia nhiệt độ cực
  Ủy viên < các đ/c phó đồng và - , : > btv bch thường ubkt ban tw
VB = văn bản
  vĩ Bắc < độ >
  văn bản < các theo > số #document chỉ
VC = viên chức
  vợ chồng < hai >
VH = văn hóa
  văn hóa < nhà ấp đình > xã và
VK = vũ khí
VL = vật liệu
  Vĩnh Long < tỉnh tp >
VS = vệ sinh
  vệ sinh < dọn tổng nhà > môi an
VT = văn thư
  vĩ tuyến < nam bắc >
  vị trí < > #number ~ đất giá
  văn thư < lưu : ; , - >
  viễn thông < >
VX = văn xã
  văn xã < - >
VĐ = vận động
  vấn đề < các >
XH = xã hội
  xã hội < mạng hội tệ trí trợ >
XK = xuất khẩu
  xuất khẩu < nhập > lao gạo
XL = xử lý
  xử lý < > vi rác nước
  ích lờ < size xai > ~ size áo
XN = xác nhận
  xét nghiệm < phiếu kết làm lấy > máu
  xác nhận < giấy đơn >
QK = quân khu
  quốc khánh < lễ ngày tết nghỉ mừng dịp niệm > #date
  quân khu < > #number #roman
QH = Quốc hội
  quy hoạch < kiến chỉnh đồ án lập xã theo khu > chi sử đất xây treo chung #number ~ đất dự án
  Quốc hội < biểu của khóa bầu > khóa họp
TL = tỉnh lộ
  tỉnh lộ < trên đường dọc > #number
  thương lượng < tỷ tỉ triệu giá ( lương > ~ bán cho thuê giá
  tài liệu < các theo > họp tuyên kèm
  thành lập < qđ quyết định ngày > đoàn đảng hội các xã
KM = ki lô mét
  khuyến mãi < không hưởng giá được chương và , > giá lớn khủng #percent
  ki lô mét < > #number
TM = thương mại
  tiền mặt < trả bằng thu chi > và hoặc
  thay mặt < > ubnd bch đảng ban hội tổ chi
  thuyết minh < bản > bctc
XM = xe máy
  xây mới < căn nhà > ~ căn nhà sửa
  xe máy < đi bằng giữ > biển không
  xi măng < bao tấn > pcb
"""
