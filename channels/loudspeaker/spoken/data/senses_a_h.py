"""Abbreviations with more than one meaning, A to H.

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
  Ban chỉ huy < > quân chqs phòng pctt ptds tkcn cứu
  Ban chấp hành < > đảng đoàn hội trung tw công chi lâm liên
BD = bồi dưỡng
  Bình Dương < tỉnh tp >
  bồi dưỡng < lớp đào tập > chính nghiệp kiến kỹ thường nâng cán
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
BĐ = bưu điện
  bản đồ < tờ > giải địa quy hành
  bóng đá < giải sân cầu đội clb > nam nữ thiếu mini
  báo động < trên dưới mức vượt đạt > cấp i ii iii #number
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
CH = cửa hàng
  chỉ huy < ban phó >
  căn hộ < #number >
  cửa hàng < các > xăng bán tiện vật
CK = cùng kỳ
  cam kết < ký bản >
  chuyên khoa < bs bác sĩ > i ii #roman
  chuyển khoản < tiền bằng hoặc qua và hình thức cầu > qua vào theo
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
  chi nhánh < > ngân công điện viettel vnpt agribank văn
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
CV = công văn
  chuyên viên < các anh chị > phòng
  công văn < theo > số #document
CGC = cúm gia cầm
  cựu giáo chức < hội chi clb > ~ hội
  cúm gia cầm < dịch bệnh phòng chống virus vi chủng vắc > h5n1 - trên ở tại a
CĐ = cao đẳng
  chỉ đạo < ban >
  cao đẳng < đh học trường nghiệp > y sư
  công đoàn < bch ct ban viên > cơ viên
  ?công đoàn < > xã phường huyện ubnd tỉnh trường
DA = dự án
  dự án < các ban bql #number > đầu xây #number
DC = dân cư
  dân cư < khu >
  dân chủ < quy >
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
  dự toán < > ~ nsnn ngân chi vượt
  doanh thu < > ~ kinh doanh thuế hóa đơn gtgt tncn
  di tích < khu > lịch
GC = ghi chú
  gia cầm < cúm dịch nuôi đàn trại súc gs ga gà vịt trâu heo bò mổ > gia và thủy
  ghi chú < > :
  gia cầm < > ~ cúm dịch chăn nuôi gia súc tiêm thú vịt gà heo
DV = dịch vụ
  dịch vụ < các phí htx > công thương vận du y chuyển ăn và
đc = được
  địa chỉ < > : số
  đồng chí < các > bí chủ phó trưởng nguyễn
  được < đã sẽ mới cũng không chưa > hỗ cấp nhận phép miễn giảm tiêm khám vay hưởng
CTMT = công tác Mặt trận
  chương trình mục tiêu < các > quốc qg
  chương trình mục tiêu < > ~ quốc giảm nghèo
  công tác Mặt trận < ban trưởng phó tb > ấp khu thôn xóm tổ kp xã phường
DĐ = di động
  di động < điện thoại số đt > : #phone
  diễn đàn < > trẻ nhân
ĐA = đề án
  đề án < theo các > #number số phát xây
ĐB = đại biểu
  Đông Bắc < gió hướng phía mùa >
  đặc biệt < giải > khó
  đại biểu < các vị quý bầu #number > quốc hđnd dự
  đồng bào < > dân
ĐC = địa chỉ
  địa chỉ < > : số
  đồng chí < các do gồm > bí chủ phó nguyễn trưởng
ĐD = đại diện
  điều dưỡng < các > trưởng viên
  đại diện < > hộ cha
ĐG = đánh giá
  đơn giá < theo > : #number
  đấu giá < phiên > đất quyền tài
  đánh giá < > kết xếp cán chất công
ĐH = đại học
  đại hội < > đảng chi đoàn hội công #roman
  đường huyết < thử đo chỉ test kiểm >
  đại học < trường học tốt nghiệp > y sư bách cần nông
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
ĐĐ = địa điểm
  địa điểm < > :
  đại diện < > hộ
  đất đai < >
GD = giáo dục
  giáo dục < ngành phòng sở > và mầm phổ
  giao dịch < điểm phòng >
GP = giấy phép
  giải phóng < > mặt miền
  giấy phép < cấp có số > xây lái môi hành số #document
GT = giao thông
  giá trị < > sản
  giới tính < > :
  giao thông < toàn an nút ùn lượng đường tham công > nông đường thủy công
GV = giáo viên
  giáo viên < các đội cho #number > trường chủ và :
GĐ = gia đình
  giám đốc < ông bà phó tổng anh > sở công điện trung hợp htx bệnh
  giai đoạn < > #number #roman
  gia đình < hộ các từng > văn chính có liệt thương học bà em
HA = huyết áp
  huyết áp < đo tăng > cao thấp tăng
HC = hành chính
  huân chương < > kc lđ qc
  hành chính < tổ văn cải giờ ngày > công
  huân chương < > lao độc kháng
HH = hiệp hội
  hàng hóa < bán >
  hội họp < >
HK = học kỳ
  hộ khẩu < sổ số >
  học kỳ < > i ii #number
HB = học bổng
  học bổng < suất quỹ trao nhận tặng #number > khuyến cho
HN = hội nghị
  hộ nghèo < lệ số cn > hcn và
  Hà Nội < tại tp thành ga >
  hội nghị < > tổng sơ triển
  Hà Nội < > ~ tàu chuyến bay vé
HCV = huy chương vàng
  huy chương vàng < #number đạt giành được đoạt tặng nhận > : ( #number hcb
  hát xê vê < gan kháng thể virus rút vi-rút nhiễm anti >
  hát xê vê < > ~ viêm gan virus kháng nhiễm hbv hiv máu nghiệm
  huy chương vàng < > ~ giải thi hội thao bóng môn hcb hcđ
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
  học sinh < em các cho lượng số #number > nghèo giỏi lớp trường tiểu mầm thcs thpt
  hồ sơ < nộp đủ nhận bộ > gồm hợp đầy
  hồ sơ < > ~ tiếp nhận giải quyết hẹn thủ tthc dvc số cửa trễ
HT = hỗ trợ
  hưởng thọ < > ~ cụ mất trần viếng
  hè thu < vụ lúa và đx >
  hè thu < > ~ lúa vụ đx sạ giống đông xuân
  hiệu trưởng < thầy cô ông bà phó > trường
  hộ tịch < tp >
  hệ thống < > điện nước truyền
  hội trường < tại > a b c ubnd lầu tầng nhà
HĐ = hoạt động
  hợp đồng < ký > số #document lao lđ lđlđ mua thuê thi
  Hội đồng < thường > nghĩa tư thi quản xét tuyển trường nvqs bồi
  hoạt động < các > của
  hợp đồng < > ~ lương lđ xklđ tuyển dụng
  hóa đơn < xuất viết > ~ ký hiệu mst thuế bán hàng
BV = bệnh viện
  bảo vệ < tuyển tổ đội > thực môi rừng tổ dân ~ tuyển lương
  bệnh viện < tại của đến ở từ > đa huyện tỉnh nhi phụ mắt chợ
ĐVM = đảng viên mới
  đơn vị máu < > ~ máu hiến
  đảng viên mới < nạp các >
GS = giáo sư
  gia súc < đàn lmlm >
  giám sát < đoàn ban kế tổ kt công tác > xây thi đầu cộng và chuyên
  giáo sư < các > ts
"""
