"""Abbreviations of police, courts, defence, traffic and disasters: written = spoken."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
KSV = kiểm sát viên
ĐTV = điều tra viên
CHV = chấp hành viên
KSND = kiểm sát nhân dân
CQCSĐT = cơ quan cảnh sát điều tra
ANĐT = an ninh điều tra
CTHADS = Cục Thi hành án dân sự
CQTHA = cơ quan thi hành án
TNHS = trách nhiệm hình sự
CCTP = cải cách tư pháp
PCTNTP = phòng, chống tham nhũng, tội phạm
PCMTMD = phòng, chống ma túy, mại dâm
XPVPHC = xử phạt vi phạm hành chính
TNGTĐB = tai nạn giao thông đường bộ
VPGT = vi phạm giao thông
ĐKXM = đăng ký xe máy
TTATĐT = trật tự, an toàn đô thị
ATVSV = an toàn vệ sinh viên
TNLĐBNN = tai nạn lao động, bệnh nghề nghiệp
LĐTE = lao động trẻ em
LĐPT = lao động phổ thông
ATTTM = an toàn thông tin mạng
QĐNDVN = Quân đội nhân dân Việt Nam
LLDQ = lực lượng dân quân
HVQS = Học viện quân sự
PCBL = phòng chống bão lụt
PCCCCR = phòng cháy, chữa cháy rừng
PCCCCNCH = phòng cháy, chữa cháy và cứu nạn, cứu hộ
QLRR = quản lý rủi ro
QLRRTT = quản lý rủi ro thiên tai
LLXK = lực lượng xung kích
ĐXKPCTT = đội xung kích phòng chống thiên tai
BCHPCTTTKCN = Ban chỉ huy phòng chống thiên tai và tìm kiếm cứu nạn
SLBS = sạt lở bờ sông
SLBB = sạt lở bờ biển
HMXNM = hạn mặn, xâm nhập mặn
PCHH = phòng chống hạn hán
ĐKTV = đăng ký tạm vắng
XNCT = xác nhận cư trú
GXN = giấy xác nhận
GXNHN = giấy xác nhận hôn nhân
CMT = chứng minh thư
RRTT = rủi ro thiên tai
TTB = tây tây bắc
ĐĐB = đông đông bắc
ĐĐN = đông đông nam
Đ/u = đại úy
Đ/úy = đại úy
Đ/uý = đại úy
Đ/tá = đại tá
Th/tá = thiếu tá
Tr/tá = trung tá
Tr/úy = trung úy
Tr/u = trung úy
Th/u = thượng úy
Th/úy = thượng úy
T/tá = trung tá
LQ = lũ quét
SLĐ = sạt lở đất
"""
