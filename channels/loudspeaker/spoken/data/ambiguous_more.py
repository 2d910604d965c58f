"""The second half of the table in ``ambiguous``."""

from __future__ import annotations

from typing import Final

MORE: Final = """
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
