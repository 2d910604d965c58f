"""Lines as officials write them, each different: dates, hours, sums, papers, places, measures."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import cycle

#: A slot in braces is filled in anew for each line; people, places and numbers are made up.
TEMPLATES = (
    "UBND xã {xa} kính mời đại diện hộ dân ấp {n} dự họp lúc {gio} ngày {ngay} tại NVH ấp {n}.",
    "Mức hỗ trợ {tien}đ/hộ, nhận từ ngày {d}-{e}/{m}/2026, mang theo CCCD và sổ hộ nghèo số {so}.",
    "Căn cứ Nghị định số {so}/2024/NĐ-CP ngày {ngay} của Chính phủ về xử phạt VPHC;",
    "Thực hiện Kế hoạch số {so}/KH-UBND ngày {ngay} của UBND tỉnh {xa} về giảm nghèo năm 2026.",
    "Gió Đông Bắc cấp {c}-{c2}, giật cấp {c3}; mưa {mm}-{mm2}mm, có nơi > {mm3} mm; độ mặn {n}‰.",
    "Trẻ từ {n}-{mm} tháng tuổi tiêm vắc xin sởi – rubella, {gio} - {gio2}, thứ {t} ({d}/{m}).",
    "Liên hệ đ/c {ten}, SĐT 09{mm}.{p2}.{p3} (Zalo), hoặc Trạm Y tế xã, ĐT: 0272.3{p}.{p2}.",
    "Thu gom rác: T{t}, T{t2}, CN hằng tuần, {gio}-{gio2}; phí {tien}đ/hộ/tháng.",
    "Năm 2026, thu nhập bình quân đạt {n},{c} triệu đồng/người/năm, tăng {c},{d}% so với năm 2025.",
    "Giá lúa OM18: {c}.{so}-{c2}.{so2} đ/kg; phân u-rê {mm}.500đ/kg; cá tra {mm2}k/kg.",
    "Tạm ngừng cấp điện từ {gio} đến {gio2} ngày {ngay} tại số {n}/{d}B, đường ĐT.{so}, KP{c}.",
    "Theo điểm {chu} khoản {c} Điều {n} Luật số {so}/2024/QH15, mức phạt từ {c} - {c2} triệu đồng.",
    "Đảng bộ xã lần thứ {rom}, nhiệm kỳ 2025-2030; HĐND xã khóa {rom}, kỳ họp thứ {n}.",
    "Bà con nộp thuế đất PNN trước {d}/{m}; STK {so}{p}{p2} tại NHCSXH; quá hạn phạt 0,0{c}%/ngày.",
    "- Hộ nghèo: {so} hộ (chiếm {c},{d}%), hộ cận nghèo: {so2} hộ; đã xây {n} căn nhà, {mm}tr/căn.",
    "Lịch chi trả BTXH: ấp {n}: {gio} ngày {d}/{m}; ấp {c}: {gio2} cùng ngày, tổng {tien}.000đ.",
    "Kính thưa bà con, hôm nay đài truyền thanh xã {xa} phát lại thông báo của công an về {ten}.",
    "Bà con chú ý giữ gìn vệ sinh chung, không vứt rác xuống kênh {xa}, không đốt rơm rạ ban đêm.",
    "Xe 62{chu2}-{p}.{mm} gây tai nạn tại Km {n}+{so} QL62, ai biết gọi 113 hoặc 0272 3{p} {p2}.",
    "Nộp hồ sơ qua https://dichvucong.gov.vn hoặc BPMC, từ T2-T6, {gio}-{gio2}; lệ phí {n}.000đ.",
)
_NAMES = "An Bình Chi Dung Giang Hà Hòa Hưng Khánh Lan Minh Mẫu Nga Phúc Quang Sơn Thạnh Tây Vinh"
_ROMAN = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV"
_SLOT = re.compile(r"\{(\w+)\}")


def lines(count: int, seed: int = 1) -> Iterator[str]:
    """Yield ``count`` different lines, the templates in turn, each filled in by chance."""
    chance = random.Random(seed)
    seen: set[str] = set()
    for template in cycle(TEMPLATES):
        line = _SLOT.sub(lambda slot: _filled(slot[1], chance), template)
        if len(seen) == count:
            return
        if line not in seen:
            seen.add(line)
            yield line


def _filled(slot: str, chance: random.Random) -> str:
    whole = chance.randint
    names = _NAMES.split()
    match slot.rstrip("23"):
        case "gio":
            return f"{whole(5, 20)}h{whole(0, 59):02}"
        case "ngay":
            return f"{whole(1, 28):02}/{whole(1, 12):02}/{whole(2020, 2030)}"
        case "tien":
            return f"{whole(1, 9)}{whole(0, 99):02}.000"
        case "xa":
            return " ".join(chance.sample(names, 3))
        case "ten":
            return "Nguyễn " + " ".join(chance.sample(names, 2))
        case "rom":
            return chance.choice(_ROMAN.split())
        case "chu":
            return chance.choice("abcd") if slot == "chu" else chance.choice("ABCDFH")
        case "p" | "so":
            return str(whole(100, 999))
        case "mm":
            return str(whole(10, 99))
        case "t" | "c":
            return str(whole(2, 7))
        case _:
            return str(whole(1, 12))
