"""Units of measure and money: their signs, and how they are said."""

from __future__ import annotations

from typing import Final

UNITS: Final = {
    "mm": "mi li mét", "cm": "xăng ti mét", "dm": "đề xi mét", "m": "mét", "km": "ki lô mét",
    "Km": "ki lô mét", "KM": "ki lô mét",
    "mm2": "mi li mét vuông", "cm2": "xăng ti mét vuông", "m2": "mét vuông",
    "km2": "ki lô mét vuông", "cm3": "xăng ti mét khối", "m3": "mét khối", "dm3": "đề xi mét khối",
    "M2": "mét vuông", "M3": "mét khối",
    "ha": "héc ta", "Ha": "héc ta", "HA": "héc ta",
    "mg": "mi li gam", "g": "gam", "gr": "gam", "kg": "ki lô gam", "Kg": "ki lô gam",
    "KG": "ki lô gam", "µg": "mi crô gam", "ml": "mi li lít", "mL": "mi li lít", "l": "lít",
    "lit": "lít", "cc": "xê xê", "°C": "độ xê", "°": "độ", "°F": "độ ép", "oC": "độ xê",
    "%": "phần trăm", "‰": "phần nghìn", "W": "oát", "kW": "ki lô oát", "KW": "ki lô oát",
    "MW": "mê ga oát", "kWh": "ki lô oát giờ", "KWh": "ki lô oát giờ", "kwh": "ki lô oát giờ",
    "kWp": "ki lô oát pích", "MWp": "mê ga oát pích", "MWh": "mê ga oát giờ", "V": "vôn",
    "kV": "ki lô vôn", "KV": "ki lô vôn", "mA": "mi li am pe", "Ah": "am pe giờ",
    "mAh": "mi li am pe giờ",
    "kVA": "ki lô vôn am pe", "KVA": "ki lô vôn am pe", "Hz": "héc", "kHz": "ki lô héc",
    "MHz": "mê ga héc", "GHz": "gi ga héc", "KB": "ki lô bai", "MB": "mê ga bai",
    "GB": "gi ga bai", "TB": "tê ra bai", "Mb": "mê ga bít", "Gb": "gi ga bít",
    "Mbps": "mê ga bít trên giây", "Gbps": "gi ga bít trên giây", "dB": "đề xi ben",
    "dBA": "đề xi ben", "dl": "đề xi lít", "dL": "đề xi lít", "mmol": "mi li mol",
    "°N": "độ vĩ Bắc", "°E": "độ kinh Đông", "°S": "độ vĩ Nam", "°W": "độ kinh Tây", "°K": "độ ca",
    "%o": "phần nghìn", "dm2": "đề xi mét vuông", "mm3": "mi li mét khối", "µm": "mi crô mét",
    "mmHg": "mi li mét thủy ngân", "HP": "mã lực", "s": "giây", "kcal": "ki lô ca lo",
    "hPa": "héc tô pát can", "kPa": "ki lô pát can", "MVA": "mê ga vôn am pe",
    "UI": "u i", "ppm": "phần triệu", "ppb": "phần tỷ", "inch": "inh", "th": "tháng",
    "Mb/s": "mê ga bít trên giây",
    "ms": "mi li giây", "m/s2": "mét trên giây bình phương", "hp": "mã lực", "CV": "mã lực",
}  # fmt: skip
MONEY: Final = {
    "đ": "đồng", "Đ": "đồng", "₫": "đồng", "đồng": "đồng", "vnđ": "đồng", "VNĐ": "đồng",
    "VND": "đồng", "Vnđ": "đồng", "vnd": "đồng", "USD": "đô la Mỹ", "$": "đô la Mỹ",
    "EUR": "ơ rô", "€": "ơ rô", "trđ": "triệu đồng", "tr.đ": "triệu đồng", "tr đ": "triệu đồng",
    "trđồng": "triệu đồng", "tỷđ": "tỷ đồng",
}  # fmt: skip
#: Words and letters after which a sum of money is meant.
SUMS: Final = frozenset({"triệu", "tỷ", "tỉ", "ngàn", "nghìn", "trăm", "k", "tr"})
