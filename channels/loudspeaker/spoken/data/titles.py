"""Titles of people and letters for places, which stand before a name or a number."""

from __future__ import annotations

from typing import Final

#: Titles whose dot belongs to them, before a name.
TITLES: Final = {
    "BS": "bác sĩ",
    "Bs": "bác sĩ",
    "Ds": "dược sĩ",
    "Ys": "y sĩ",
    "Đd": "điều dưỡng",
    "ThS": "thạc sĩ",
    "Ths": "thạc sĩ",
    "TS": "tiến sĩ",
    "GS": "giáo sư",
    "PGS": "phó giáo sư",
    "GS.TS": "giáo sư, tiến sĩ",
    "GS.TSKH": "giáo sư, tiến sĩ khoa học",
    "PGS.TSKH": "phó giáo sư, tiến sĩ khoa học",
    "TSKH": "tiến sĩ khoa học",
    "BSCKI": "bác sĩ chuyên khoa một",
    "BSCKII": "bác sĩ chuyên khoa hai",
    "CKI": "chuyên khoa một",
    "CKII": "chuyên khoa hai",
    "BSNT": "bác sĩ nội trú",
    "NSND": "nghệ sĩ nhân dân",
    "NSƯT": "nghệ sĩ ưu tú",
    "NGND": "nhà giáo nhân dân",
    "NGƯT": "nhà giáo ưu tú",
    "TTND": "thầy thuốc nhân dân",
    "TTƯT": "thầy thuốc ưu tú",
    "GS. TS": "giáo sư, tiến sĩ",
    "PGS. TS": "phó giáo sư, tiến sĩ",
    "PGS.TS": "phó giáo sư, tiến sĩ",
    "KS": "kỹ sư",
    "LS": "luật sư",
    "DS": "dược sĩ",
    "YS": "y sĩ",
    "ĐD": "điều dưỡng",
    "CN": "cử nhân",
    "NS": "nghệ sĩ",
    "Dr": "bác sĩ",
    "Ng": "Nguyễn",
    "Ô": "ông",
    "Mr": "ông",
    "Mrs": "bà",
    "Ms": "bà",
}
#: How a letter is signed, before the signer's office.
SIGNED: Final = {
    "TM": "thay mặt",
    "KT": "ký thay",
    "TL": "thừa lệnh",
    "TUQ": "thừa ủy quyền",
    "Q": "quyền",
}
#: Before a name (capital letter) or a number: what the letter stands for, dot or no dot.
PLACES: Final = {
    "TP": "thành phố",
    "Tp": "thành phố",
    "tp": "thành phố",
    "T.p": "thành phố",
    "t.p": "thành phố",
    "TX": "thị xã",
    "Tx": "thị xã",
    "TT": "thị trấn",
    "Tt": "thị trấn",
    "P": "phường",
    "Q": "quận",
    "H": "huyện",
    "X": "xã",
    "x": "xã",
    "h": "huyện",
    "T": "tỉnh",
    "t": "tỉnh",
    "Đ": "đường",
}
