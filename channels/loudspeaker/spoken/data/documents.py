"""What the letters of a document's number stand for: its kind, its issuer."""

from __future__ import annotations

from typing import Final

KINDS: Final = {
    "NĐ": "nghị định", "QĐ": "quyết định", "NQ": "nghị quyết", "TT": "thông tư",
    "TTLT": "thông tư liên tịch", "CT": "chỉ thị", "KH": "kế hoạch", "TB": "thông báo",
    "BC": "báo cáo", "CV": "công văn", "TTr": "tờ trình", "GM": "giấy mời", "HD": "hướng dẫn",
    "KL": "kết luận", "QC": "quy chế", "QyĐ": "quy định", "QĐi": "quy định", "L": "luật",
    "PL": "pháp lệnh", "CĐ": "công điện", "CTr": "chương trình", "ĐA": "đề án",
    "PA": "phương án", "BB": "biên bản", "GP": "giấy phép", "TTg": "Thủ tướng Chính phủ",
    "VBHN": "văn bản hợp nhất", "TL": "thông lệnh", "HĐ": "hợp đồng",
    "NQLT": "nghị quyết liên tịch", "QĐLT": "quyết định liên tịch", "Ttr": "tờ trình",
    "KHLT": "kế hoạch liên tịch", "HDLT": "hướng dẫn liên tịch", "TBKL": "thông báo kết luận",
    "CTPH": "chương trình phối hợp", "QCPH": "quy chế phối hợp", "CTHĐ": "chương trình hành động",
    "GBN": "giấy biên nhận", "GGT": "giấy giới thiệu",
    "HDLN": "hướng dẫn liên ngành", "LCT": "lịch công tác", "LG": "lệnh gọi",
}  # fmt: skip
ISSUERS: Final = {
    "CP": "Chính phủ", "TTg": "Thủ tướng Chính phủ", "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân", "TW": "Trung ương", "TƯ": "Trung ương", "QH": "Quốc hội",
    "UBTVQH": "Ủy ban Thường vụ Quốc hội", "CTN": "Chủ tịch nước", "VPCP": "Văn phòng Chính phủ",
    "TU": "Tỉnh ủy", "HU": "Huyện ủy", "ĐU": "Đảng ủy", "BYT": "Bộ y tế", "BTC": "Bộ Tài chính",
    "BNV": "Bộ Nội vụ", "BCA": "Bộ Công an", "BQP": "Bộ Quốc phòng",
    "BGDĐT": "Bộ Giáo dục và Đào tạo",
    "BLĐTBXH": "Bộ Lao động, Thương binh và Xã hội", "BTNMT": "Bộ Tài nguyên và Môi trường",
    "BNNPTNT": "Bộ Nông nghiệp và Phát triển nông thôn", "BNNMT": "Bộ Nông nghiệp và Môi trường",
    "BTTTT": "Bộ Thông tin và Truyền thông", "BKHCN": "Bộ Khoa học và Công nghệ",
    "BKHĐT": "Bộ Kế hoạch và Đầu tư", "BXD": "Bộ Xây dựng", "BCT": "Bộ Công Thương",
    "BGTVT": "Bộ Giao thông vận tải", "BTP": "Bộ Tư pháp",
    "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch",
    "BDTTG": "Bộ Dân tộc và Tôn giáo", "BNG": "Bộ Ngoại giao", "NHNN": "Ngân hàng Nhà nước",
    "BHXH": "Bảo hiểm xã hội", "MTTQ": "Mặt trận Tổ quốc", "UBMTTQ": "Ủy ban Mặt trận Tổ quốc",
    "MTTW": "Mặt trận Trung ương", "STC": "Sở Tài chính", "SYT": "Sở y tế", "SNV": "Sở Nội vụ",
    "SGDĐT": "Sở Giáo dục và Đào tạo", "CB": "chi bộ", "CA": "công an", "CAX": "công an xã",
    "CAT": "công an tỉnh",
    "BCĐ": "Ban chỉ đạo", "BCH": "Ban chấp hành", "BCHQS": "Ban chỉ huy quân sự",
    "TYT": "trạm y tế",
    "TTHĐND": "Thường trực Hội đồng nhân dân", "HĐBT": "Hội đồng Bộ trưởng",
    "HĐTP": "Hội đồng Thẩm phán", "TANDTC": "Tòa án nhân dân tối cao",
    "VKSNDTC": "Viện kiểm sát nhân dân tối cao", "KTNN": "Kiểm toán Nhà nước",
    "ĐCT": "Đoàn Chủ tịch",
    "PVHXH": "phòng văn hóa xã hội", "PKT": "phòng kinh tế",
    "TCT": "Tổng cục Thuế", "BCĐPCTT": "Ban chỉ đạo phòng chống thiên tai",
    "TTPVHCC": "trung tâm phục vụ hành chính công",
}  # fmt: skip
#: Departments and matters, which follow the issuer.
MATTERS: Final = {
    "VP": "văn phòng", "VX": "văn xã", "KT": "kinh tế", "NC": "nội chính", "VHXH": "văn hóa xã hội",
    "PCTT": "phòng chống thiên tai", "HC": "hành chính", "XD": "xây dựng", "NN": "nông nghiệp",
    "NVY": "nghiệp vụ y", "NVD": "nghiệp vụ dược", "XPHC": "xử phạt hành chính", "TH": "tổng hợp",
    "XPVPHC": "xử phạt vi phạm hành chính", "VPHC": "vi phạm hành chính",
    "KGVX": "khoa giáo văn xã",
    "TCCB": "tổ chức cán bộ", "TCHC": "tổ chức hành chính", "NV": "nội vụ", "TC": "tài chính",
    "ĐT": "đô thị", "ĐĐ": "đất đai", "MT": "môi trường", "TNMT": "tài nguyên môi trường",
    "LĐ": "lao động", "VH": "văn hóa", "GD": "giáo dục", "YT": "y tế", "KSTT": "kiểm soát thủ tục",
    "CNTT": "công nghệ thông tin", "TT": "thanh tra", "KTTH": "kinh tế tổng hợp",
    "QHĐP": "quan hệ địa phương", "TCD": "tiếp công dân", "KSTTHC": "kiểm soát thủ tục hành chính",
    "CCHC": "cải cách hành chính", "CĐS": "chuyển đổi số", "BTXH": "bảo trợ xã hội",
    "NQ": "nghị quyết", "TĐKT": "thi đua, khen thưởng", "KTN": "kinh tế ngành",
}  # fmt: skip
#: A ministry, a department of the province, of the commune: before what it is for.
ORGANS: Final = {"B": "Bộ", "S": "Sở", "P": "phòng"}
#: What there is a ministry or a department of the province for.
FIELDS: Final = frozenset(
    {"GDĐT", "GD&ĐT", "TNMT", "TN&MT", "NNMT", "NN&MT", "NNPTNT", "NN&PTNT", "KHCN", "KH&CN",
     "KHĐT", "KH&ĐT", "TTTT", "TT&TT", "VHTTDL", "VHTT&DL", "LĐTBXH", "LĐTB&XH", "GTVT", "XD"}
)  # fmt: skip
