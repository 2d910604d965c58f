"""Abbreviations with more than one meaning, Q to Y.

How to read the table: see ``ambiguous``.
"""

from __future__ import annotations

from typing import Final

TABLE: Final = """
QC = quảng cáo
QL = quản lý
  quốc lộ < trên dọc > #number
  quản lý < ban bộ về > đất nhà dự
QLĐ = quản lý điện
  quản lý điện < đội >
QN = Quảng Ninh
  quân nhân < #number các >
QS = quân sự
  quân sự < chỉ nghĩa cht chtqs > địa tỉnh huyện xã phường khu
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
  sức khỏe < khám giấy phiếu hồ > cộng người
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
  trung bình < điểm sống mức độ ẩm nhiệt suất tuổi lượng giá lên xuống > khá
  Tây Bắc < hướng phía mùa >
  ?Tây Bắc < gió >
  thương binh < > liệt - loại hạng #percent
  Trưởng ban < đ/c ông bà > tuyên dân tổ kiểm công thanh
  thông báo < theo > số về của #document
  trung bình < > ~ người kg tấn đồng điểm
TC = tổ chức
  trợ cấp < nhận hưởng mức chi > cho nct bhtn btxh thai
  tiêu chí < #number đạt các bộ > ntm số nông
  trung cấp < cđ > nghề
  tổ chức < ban > cán
  tài chính < phòng sở bộ >
  tiểu cầu < > ~ máu sốt xuất huyết xuyết nhập viện sxh
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
  thi hành án < chế chi cục > dân hình
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
  thành phố < của toàn trong các xã cấp > và trực hcm
TQ = Trung Quốc
  tổng quát < nội khám âm sa >
  Trung Quốc < sang đi hàng từ tại cửa khẩu > và
  Tuyên Quang < tỉnh >
TS = tiến sĩ
  thủy sản < nuôi > nước
  tiến sĩ < > bs
  tài sản < khai thuê bán > gắn ~ quỹ dn doanh nghiệp thuế
  thí sinh < số > ~ phòng thi môn
TT = trung tâm
  thân thể < hiểm bh >
  trung tâm < gđ pgđ trung > #phone
  từ thiện < cháo cơm quán bếp phát >
  tập thể < mỗi > xuất tiên tích cá
  thông tư < theo cứ > số #document #number
  trung tâm < tại > y văn dịch học dạy phục hành dvnn bồi giáo chính
  thứ tự < số >
  tải trọng < > #load
  thường trực < pbt pct > hđnd đảng đoàn ubmttq hội đu ubnd
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
  tử vong < #number ca > ~ mắc bệnh sxh tcm ca tai nạn cháy đuối
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
TMĐT = thương mại điện tử
  thương mại điện tử < sàn về qua trên và > qua
  tổng mức đầu tư < có là > #money : ~ dự án công trình xây đường cầu
TM = thương mại
  tiền mặt < trả bằng thu chi #number quà > và hoặc
  thay mặt < > ubnd bch đảng ban hội tổ chi
  thuyết minh < bản > bctc
XM = xe máy
  xây mới < căn nhà > ~ căn nhà sửa
  xe máy < đi bằng giữ > biển không
  xi măng < bao tấn > pcb
XP = xử phạt
  xuất phát < điểm lệnh giờ vạch > lúc từ tại #hour
  xử phạt < bị mức tiền đã quyết không theo và qđ > vphc hành vi nghiêm tiền từ đến #money các
XS = xác suất
  xổ số < quả vé giải đại lý dò > kiến long tiền vĩnh đồng bến kt
TSC = tài sản công
  tê sờ xê < độ mủ >
  tài sản công < quản bán lý dụng về > tại và
"""
