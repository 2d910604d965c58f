"""Abbreviations with more than one meaning, D to H.

How to read the table: see ``ambiguous``.
"""

from __future__ import annotations

from typing import Final

TABLE: Final = """
DA = dự án
  dự án < các ban bql #number > đầu xây #number
DC = dân cư
  dân cư < khu >
  dân chủ < quy >
DĐ = di động
  di động < điện thoại số đt > : #phone
  diễn đàn < > trẻ nhân
DK = dự kiến
  dê ca < soạn >
  dự kiến < > tổ ngày đến hoàn thu đạt #date #number
DM = danh mục
  danh mục < theo các > hồ thủ dự
DN = doanh nghiệp
  doanh nghiệp < các hỗ hộ cho #number > nhỏ vừa tư
DP = dự phòng
  dân phòng < đội lực >
  dự phòng < tế chi quỹ tiêm >
DS = danh sách
  dân số < tác viên ctv > kế
  danh sách < theo lập > hộ các
  dược sĩ < bs >
DT = diện tích
  ?điện thoại < > #phone
  diện tích < > tự đất gieo lúa #area
  dự toán < #percent % so giao > ~ nsnn ngân chi vượt
  doanh thu < hkd hộ > ≥ > < ≤ từ ~ kinh doanh thuế hóa đơn gtgt tncn
  di tích < khu > lịch
DV = dịch vụ
  dịch vụ < các phí htx > công thương vận du y chuyển ăn và
ĐA = đề án
  đề án < theo các > #number số phát xây
ĐB = đại biểu
  Đông Bắc < gió hướng phía mùa >
  đặc biệt < giải > khó #account
  đại biểu < các vị quý bầu #number > quốc hđnd dự
  đồng bào < > dân
đc = được
  địa chỉ < > : số
  đồng chí < các > bí chủ phó trưởng nguyễn
  được < đã sẽ mới cũng không chưa > hỗ cấp nhận phép miễn giảm tiêm khám vay hưởng
ĐC = địa chỉ
  địa chỉ < > : số
  đồng chí < các do gồm > bí chủ phó nguyễn trưởng
ĐD = đại diện
  điều dưỡng < các > trưởng viên
  đại diện < > hộ cha
ĐĐ = địa điểm
  địa điểm < > :
  đại diện < > hộ
  đất đai < >
ĐG = đánh giá
  đơn giá < theo > : #number
  đấu giá < phiên > đất quyền tài
  đánh giá < > kết xếp cán chất công
ĐH = đại học
  đại hội < > đảng chi đoàn hội công #roman
  đường huyết < thử đo chỉ test kiểm >
  đại học < trường học tốt nghiệp > y sư bách cần nông ~ ths thạc cđ gv
  đại hội < dự > ~ chi đảng
ĐK = đăng ký
  đặc khu < phường, > phú côn
  đặc khu < > ~ phường đvhc
  điều kiện < đủ >
  đường kính < ống >
  đăng ký < đã phiếu giấy chưa người hồ > tạm thường xe kinh học dự tham nghĩa mua khai kết
ĐL = điện lực
  đại lý < các > bán thuế xổ vé
  Đà Lạt < tp >
  điện lực < > huyện khu cần bến đồng tỉnh
ĐN = đề nghị
  Đông Nam < gió hướng phía mùa >
  Đà Nẵng < tp >
  Đồng Nai < tỉnh >
  đề nghị < văn đơn thư > các cấp
  điện nước < > tính giá ~ trọ thuê phòng
ĐP = địa phương
  địa phương < các ngân tại > và tự
ĐS = đường sắt
  đường sắt < chắn > bắc cao
  đời sống < > văn nhân
ĐT = điện thoại
  điện thoại < số qua gọi > : liên bàn di nóng #phone
  đội tuyển < các > bóng
  đầu tư < vốn dự mức tổng chủ > xdcb xây công phát
ĐV = đơn vị
  đảng viên < các > dự mới
  đảng viên < > ~ chi đảng
ĐVM = đảng viên mới
  đơn vị máu < > ~ máu hiến
  đảng viên mới < nạp các >
GC = ghi chú
  gia cầm < cúm dịch nuôi đàn trại súc gs ga gà vịt trâu heo bò mổ > gia và thủy
  ghi chú < > :
  gia cầm < > ~ cúm dịch chăn nuôi gia súc tiêm thú vịt gà heo
GD = giáo dục
  giáo dục < ngành phòng sở > và mầm phổ
  giao dịch < điểm phòng >
GĐ = gia đình
  gia đình < clb " “ bộ > thể hạnh
  giám đốc < ông bà phó tổng anh phó các > sở công điện trung hợp htx bệnh tt bv cty ct htx vnpt sở
  giai đoạn < > #number #roman
  gia đình < hộ các từng > văn chính có liệt thương học bà em
GP = giấy phép
  giải phóng < > mặt miền
  giấy phép < cấp có số > xây lái môi hành số #document
GS = giáo sư
  gia súc < đàn lmlm >
  giám sát < đoàn ban kế tổ kt công tác > xây thi đầu cộng và chuyên
  giáo sư < các > ts
GT = giao thông
  giá trị < > sản
  giới tính < > :
  giao thông < toàn an nút ùn lượng đường tham công > nông đường thủy công
GV = giáo viên
  giáo viên < các đội cho #number > trường chủ và :
HA = huyết áp
  huyết áp < đo tăng > cao thấp tăng
HB = học bổng
  học bổng < suất quỹ trao nhận tặng #number > khuyến cho
HC = hành chính
  huân chương < > kc lđ qc
  hành chính < tổ văn cải giờ ngày > công
  huân chương < > lao độc kháng
HCV = huy chương vàng
  huy chương vàng < #number đạt giành được đoạt tặng nhận > : ( #number hcb
  hát xê vê < gan kháng thể virus rút vi-rút nhiễm anti >
  hát xê vê < > ~ viêm gan virus kháng nhiễm hbv hiv máu nghiệm
  huy chương vàng < > ~ giải thi hội thao bóng môn hcb hcđ
HĐ = hoạt động
  Hội đồng < > thi coi chấm phúc
  hợp đồng < ký > số #document lao lđ lđlđ mua thuê thi
  Hội đồng < thường > nghĩa tư thi quản xét tuyển trường nvqs bồi
  hoạt động < các > của
  hợp đồng < > ~ lương lđ xklđ tuyển dụng
  hóa đơn < xuất viết > ~ ký hiệu mst thuế bán hàng
HH = hiệp hội
  hàng hóa < bán >
  hội họp < >
HK = học kỳ
  hộ khẩu < sổ số >
  học kỳ < > i ii #number
HN = hội nghị
  hộ nghèo < lệ số cn > hcn và
  Hà Nội < tại tp thành ga >
  hội nghị < > tổng sơ triển
  Hà Nội < > ~ tàu chuyến bay vé
HP = Hải Phòng
  ?mã lực < #number máy suất >
  học phí < > #number #money
  học phí < thu đóng >
  Hải Phòng < tp >
HQ = hải quan
  hiệu quả < > cao
  hải quân < vùng quân đoàn sĩ tàu bđbp > ~ vùng lữ hải biển đảo nhập ngũ thanh
  hải quan < chi cục > cửa
HS = học sinh
  hệ số < lương bậc nhân > #decimal
  học sinh < em các cho lượng số #number > nghèo giỏi lớp trường tiểu mầm thcs thpt
  hồ sơ < nộp đủ nhận bộ mã loại thành > gồm hợp đầy
  hồ sơ < > ~ tiếp nhận giải quyết hẹn thủ tthc dvc số cửa trễ
HT = hỗ trợ
  hưởng thọ < > ~ cụ mất trần viếng
  hè thu < vụ lúa và đx >
  hè thu < > ~ lúa vụ đx sạ giống đông xuân
  hiệu trưởng < thầy cô ông bà phó > trường
  hộ tịch < tp >
  hệ thống < > điện nước truyền
  hội trường < tại > a b c ubnd lầu tầng nhà kp ấp khu nhà lầu
"""
