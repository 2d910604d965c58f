"""Abbreviations with more than one meaning, A to C.

How to read the table: see ``ambiguous``.
"""

from __future__ import annotations

from typing import Final

TABLE: Final = """
AT = an toàn
  an toàn < công mất bảo > giao lao thực vệ điện thông trật
BB = biên bản
  bộ binh < đoàn sư trung tiểu đại >
  biên bản < theo lập các ký số > số vi họp #document #number
BC = báo cáo
  bầu cử < tổ ubbc hđbc cuộc phiếu đvbc đơn điểm > đbqh
  báo cáo < theo số các nộp gửi kt làm viết lập bản nghe xem duyệt trình qua thảo kỳ hạn >
  báo cáo < > số về của gửi tình kết sơ tổng quý tháng năm công tài thuế tuần nhanh chính kiểm
  báo cáo < - / > định thu hoạt #document
BCH = Ban chấp hành
  Ban chỉ huy < > quân chqs phòng pctt ptds tkcn cứu qs pctt&tkcn pttks pvds pccc bđbp biên
  Ban chấp hành < > đảng đoàn hội trung tw công chi lâm liên
BD = bồi dưỡng
  Bình Dương < tỉnh tp >
  bồi dưỡng < lớp đào tập > chính nghiệp kiến kỹ thường nâng cán
BĐ = bưu điện
  bản đồ < tờ > giải địa quy hành
  bóng đá < giải sân cầu đội clb > nam nữ thiếu mini
  báo động < trên dưới mức vượt đạt > cấp i ii iii #number
BH = bảo hiểm
  Biên Hòa < tp thành >
  bảo hiểm < đóng thẻ mua phí tiền > y xã thất tự nông xe cây
BK = bằng khen
  bán kết < trận vòng > #number
  bằng khen < tặng nhận được #number > của ubnd chủ bộ cho
BKS = Ban kiểm soát
  biển kiểm soát < mang xe đeo gắn > #plate : số
  Ban kiểm soát < htx >
BM = biểu mẫu
  bà mẹ < > trẻ việt vn
  bộ môn < tổ trưởng > toán văn
  biểu mẫu < theo các điền > số #number
BN = bệnh nhân
  bệnh nhân < #number các số ca có cho > nam nữ lao nhập covid nặng tâm nghèo
BP = bộ phận
  biên phòng < bộ đội đồn trạm >
  bộ phận < các tại > một tiếp văn tài địa tnkq
BQ = bình quân
  bình quân < nhập tuổi điểm > đầu
  bảo quản < > lạnh
BS = bác sĩ
  biển số < xe mang > #plate :
  bổ sung < > hồ sửa vốn thêm
  bác sĩ < các gặp #number đội . ths. ts. gs. pgs. gs.ts. pgs.ts. > ck cki ckii đa gia trưởng thú
  biển số < > ~ xe odo đời
BT = bí thư
  bí thư < đồng phó đ/c và > đảng chi cb đoàn huyện tỉnh
BTN = bê tông nhựa
  bê tông nhựa < đường rải thảm > nóng
  bệnh truyền nhiễm < pc các bệnh ca mắc >
BV = bệnh viện
  bảo vệ < tuyển tổ đội > thực môi rừng tổ dân ~ tuyển lương
  bệnh viện < tại của đến ở từ > đa huyện tỉnh nhi phụ mắt chợ
CA = công an
  công an < danh trưởng phó ban đồng bộ đội và > xã phường huyện tỉnh ấp thôn khu tp viên nhân
  ca < mắc > nhiễm bệnh sáng chiều đêm
CB = cán bộ
  xê bê < ngắt cầu đóng bật nhảy lắp > điện pha
  chi bộ < bt pbt cu >
  cán bộ < các đội ngũ #number > xã phường huyện công và
CC = công chức
  căn cước < làm cấp thẻ đổi > công
  công chức < cán các > viên địa tư văn
  cung cấp < > nước
  chữa cháy < bình xe đội phòng trụ >
  chung cư < khu >
  chung cư < > ~ lầu căn tầng lô block
CD = công dân
  công dân < các mỗi cho > nam nữ từ việt đủ
  xê đê < đĩa >
CĐ = cao đẳng
  chỉ đạo < ban >
  cao đẳng < đh học trường nghiệp > y sư
  công đoàn < bch ct ban viên > cơ viên
  ?công đoàn < > xã phường huyện ubnd tỉnh trường
CGC = cúm gia cầm
  cựu giáo chức < hội chi clb > ~ hội
  cúm gia cầm < dịch bệnh phòng chống virus vi chủng vắc > h5n1 - trên ở tại a
CH = cửa hàng
  chỉ huy < ban phó >
  căn hộ < #number >
  cửa hàng < các > xăng bán tiện vật
CK = cùng kỳ
  cam kết < ký bản >
  chuyên khoa < bs bác sĩ > i ii #roman
  chuyển khoản < tiền bằng hoặc qua và hình thức cầu dung cú nd tk stk nhận gửi > qua vào theo
  chung kết < trận vòng bán > ~ loại giải đội thi trận bóng
  cùng kỳ < so với > năm ~ tăng giảm
  chuyển khoản < > ~ tiền đồng đ tk tài
CKI = chuyên khoa một
  chuyên khoa một < bs bs. sĩ ths ths. >
  cuối kỳ một < thi tra điểm đề >
CKII = chuyên khoa hai
  chuyên khoa hai < bs bs. sĩ ths ths. >
  cuối kỳ hai < thi tra điểm đề >
CL = chất lượng
  chất lượng < nâng kiểm > cao tốt nước dạy giáo cuộc
CM = chuyên môn
  chuyên môn < phòng tổ trình >
  cách mạng < lão gia >
CN = chủ nhật
  công nghiệp < khu cụm ngành may >
  cá nhân < mỗi tt > tập xuất tiêu tích
  chủ nhật < > ngày hàng hằng nghỉ này tới : #date
  công nhân < đội các #number > viên lao may kỹ xây
  chứng nhận < giấy > qsdđ qsd
  chi nhánh < ngân hàng agribank vietcombank bidv vietinbank nhcsxh điện >
  chi nhánh < đai vpđk vpđkđđ đăng > kv khu ngân công điện viettel vnpt agribank văn
  chủ nhật < #clock sáng chiều tối trưa t2 t3 t4 t5 t6 t7 ngày và đến thứ mỗi nghỉ , - ( bảy ; & >
  chủ nhật < trừ >
CNQSDĐ = chứng nhận quyền sử dụng đất
  chứng nhận quyền sử dụng đất < giấy cấp sổ >
  chuyển nhượng quyền sử dụng đất < hồ hợp thủ việc sơ đồng tục >
CP = Chính phủ
  cổ phần < ty nhtm cty ctcp tnhh công.ty >
  Chính phủ < của >
CQ = cơ quan
  chính quyền < đảng > địa cơ và
  cơ quan < các tại > nhà chức công thuế đơn ban
CQĐT = chính quyền điện tử
  cơ quan điều tra < csđt công ca tại > công
CS = cơ sở
  chính sách < hộ gia > xã
  cơ sở < y tại > sản kinh y
CT = chủ tịch
  cử tri < thẻ >
  công ty < các tại > tnhh cp cổ điện xổ
  chủ tịch < đồng phó ông bà đ/c p > ubnd hđnd hội xã ủy mttq hnd
  chương trình < thực các > ntm mtqg ocop mục giảm
  chỉ thị < theo > số #document
  xê tê < chụp phim > scan
CTMT = công tác Mặt trận
  chương trình mục tiêu < các > quốc qg
  chương trình mục tiêu < > ~ quốc giảm nghèo
  công tác Mặt trận < ban trưởng phó tb > ấp khu thôn xóm tổ kp xã phường
CV = công văn
  chuyên viên < các anh chị > phòng
  công văn < theo > số #document
CCT = Chi cục Thuế
  cùng chi trả < phần mức bhyt > #percent không
  Chi cục Thuế < của tại từ đến > khu kv huyện cơ
"""
