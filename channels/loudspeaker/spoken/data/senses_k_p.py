"""Abbreviations with more than one meaning, K to P.

How to read the table: see ``ambiguous``.
"""

from __future__ import annotations

from typing import Final

TABLE: Final = """
KC = khoảng cách
  khẩn cấp < tin bão họp điện lũ cảnh trường tình thiên dịch > : về số
  kháng chiến < chương huy hc đội tham > hạng chống
  khoảng cách < giữ > tối an từ giữa #number
KD = kinh doanh
  kinh doanh < hộ sản hoạt sx ngành đăng đk và > vận dịch xăng ăn thuốc nhà
KH = kế hoạch
  kỳ họp < sau trước tại khai bế chuẩn > thứ cuối giữa thường chuyên
  kế hoạch < duyệt hành khai dựng hiện các lập >
  khách hàng < quý các chăm lỗi ơn mã > vui sử vay dùng đăng bị vì thân
  khách hàng < > đến lưu có mang đóng thanh sẽ trong mất
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
  khai giảng < lễ tựu > #date
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
  khai sinh < lục giấy bản ký > cho
  kiểm sát < viện >
KT = kinh tế
  kinh tuyến < tây đông >
  kinh tế < phòng > xã hộ hợp
  kiểm tra < đoàn > giám
KV = khu vực
  ki lô vôn < đường trạm lưới áp >
  khu vực < tổ > #number
KĐ = kiểm định
  khởi điểm < giá >
  kinh Đông < độ >
LH = liên hệ
  liên hiệp < hội > phụ htx các
  liên hệ < : . , ( > : #phone đ/c số chị anh ông bà bộ phòng trạm trưởng ban
LK = lũy kế
  liền kề < lô nhà căn khu dãy nền >
  lũy kế < > từ đến #number
LL = lực lượng
  lực lượng < các > công dân quân vũ
LN = lâm nghiệp
  lâm nghiệp < nông >
LS = liệt sĩ
  lãi suất < > #number > ≥ = < giảm tăng ưu thấp từ ~ vay trả góp ngân hàng gửi
  liệt sĩ < mộ thân gia anh con vợ mẹ >
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
  lao động < người tuyển > nông tb
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
  nông dân < hội các giúp clb bộ > gieo sạ trồng sản
  nhân dân < bà quý toàn > #percent
  nội dung < > :
NĐ = nghị định
  nguyên đán < > nghỉ bính đinh mậu kỷ canh nhâm giáp
  nhân đạo < máu hội quỹ tháng lòng chữ tết >
  ngộ độc < vụ bị ca >
  nghị định < theo số tại của cứ các hai và hành dự thảo > số #document #number mới trên này quy
NH = ngân hàng
  ngân hàng < stk tk > #account
  ngân hàng < tại qua > chính nông agribank vietcombank bidv vietinbank sacombank acb mb
  ngân hàng < > techcombank hdbank vpbank tpbank lpbank đông
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
  nhà nước < giá vốn > #percent
  nhà nước < > hỗ thu
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
  nguyện vọng < đăng xét điểm chuẩn trượt đậu > #number
  nhân viên < các cán #number > y văn bưu thú
  nhiệm vụ < thực > trọng chính
NX = nhận xét
  nhận xét < > đánh
PA = phương án
  phương án < > pccc phòng sử #number
PC = phòng chống
  phụ cấp < + lương cơm trưởng hưởng > ~ lương tuyển thu nhập
  pê xê < tính bàn chiếc bộ #number laptop > laptop
  ?công ty điện lực < > long tây cần tiền đồng bến vĩnh kiên an bạc cà hậu sóc trà bình
  phòng chống < ban > dịch bão lụt thiên cháy ma hiv tham bạo cháy tnxh
PH = phụ huynh
  phụ huynh < các quý #number cho > học hs :
PL = phụ lục
  Phật lịch < > #buddhist
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
PTTH = phát thanh truyền hình
  phổ thông trung học < trường cấp bằng lớp khối thi tốt > cũ
  phát thanh truyền hình < đài báo và trên trung > tỉnh và
LQ = lũ quét
  lăng quăng < diệt kiểm không có vật > muỗi chủ
  lũ quét < cảnh nguy cơ trận xảy > sạt và
"""
