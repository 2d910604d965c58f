"""Write the coverage table in docs/speech.md anew from the rules and the pairs.

Run from the repository's root: ``.venv/bin/python docs/speech_tables.py``. A test fails when
the page and the rules differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from channels.loudspeaker.spoken import Spoken, speak
from channels.loudspeaker.spoken.abbreviations import ABBREVIATIONS, ACRONYMS, FOREIGN
from channels.loudspeaker.spoken.data.ambiguous import AMBIGUOUS
from channels.loudspeaker.spoken.rules import CATEGORIES, CATEGORY_OF

PAGE = Path(__file__).parent / "speech.md"
PAIRS = Path(__file__).parents[1] / "tests" / "unit" / "spoken_pairs.tsv"

_MARKED = re.compile(r"(<!-- coverage -->\n).*?(<!-- end -->)", re.DOTALL)

#: A category's name, and what shows best what it reads.
_SHOWN = {
    "dates": ("ngày tháng / dates", "từ ngày 1-5/12"),
    "times": ("giờ giấc / hours", "7h30 - 11h"),
    "money": ("tiền / money", "2tr350"),
    "units": ("đơn vị đo / measures", "250 µg/m3"),
    "numbers": ("con số / numbers", "1.234.567 người"),
    "phones": ("điện thoại / phones", "0272.3812.345"),
    "identity": ("giấy tờ, biển số / papers, plates", "biển số 62A-123.45"),
    "addresses": ("địa chỉ / addresses", "số nhà 15/3B"),
    "documents": ("số hiệu văn bản / documents", "Nghị quyết 18-NQ/TW"),
    "roman": ("số La Mã / Roman numerals", "Bình Trung II"),
    "abbreviations": ("chữ viết tắt / abbreviations", "v/v chi trả"),
    "foreign": ("từ nước ngoài / foreign words", "nhóm ZALO"),
    "web": ("địa chỉ mạng / web", "24h.com.vn"),
    "signs": ("dấu, ký hiệu / signs", "≥ 60 tuổi"),
    "words": ("từ khác / other words", "tổ A"),
}


def written() -> str:
    """Return the page with the table as the rules and the pairs have it now."""
    page = PAGE.read_text(encoding="utf-8")
    return _MARKED.sub(lambda found: f"{found[1]}{table()}\n{found[2]}", page)


def readings() -> Mapping[str, Spoken]:
    """Return how each written form of the pairs is read."""
    rows = (row.split("\t") for row in PAIRS.read_text(encoding="utf-8").splitlines())
    return {row[1]: speak(row[1]) for row in rows if len(row) == 4}


def fired(readings: Mapping[str, Spoken]) -> Mapping[str, Sequence[str]]:
    """Return by each rule's name the written forms in which it read something."""
    found: dict[str, list[str]] = {name: [] for name in CATEGORY_OF}
    for text, spoken in readings.items():
        for rule in dict.fromkeys(token.rule for token in spoken.tokens):
            found[rule].append(text)
    return found


def table() -> str:
    """Return the table, and how much the lists of words hold."""
    said = readings()
    by_rule = fired(said)
    rows = [["Loại / kind", "Quy tắc / rules", "Cặp / pairs", "Viết / written", "Nói / spoken"]]
    rows.append(["---", "---:", "---:", "---", "---"])
    for category, names in CATEGORIES.items():
        shown, example = _SHOWN[category]
        pairs = {text for name in names for text in by_rule[name]}
        spoken = said[example].text
        rows.append([shown, str(len(names)), str(len(pairs)), f"`{example}`", spoken])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    doubtful = sum(bool(spoken.doubts) for spoken in said.values())
    foreign = len(FOREIGN) + len(ACRONYMS)
    lines += [
        "",
        f"Cả thảy {len(CATEGORY_OF)} quy tắc và {len(said)} cặp viết → nói, trong đó {doubtful} "
        f"cặp có chỗ chưa chắc; {len(ABBREVIATIONS)} chữ viết tắt một nghĩa, {len(AMBIGUOUS)} chữ "
        f"viết tắt đọc theo chữ đứng cạnh, {foreign} tên và từ nước ngoài.",
        "",
        f"*English: {len(CATEGORY_OF)} rules and {len(said)} pairs, {doubtful} of them "
        f"with a doubt; {len(ABBREVIATIONS)} abbreviations of one meaning, {len(AMBIGUOUS)} read "
        f"by their neighbours, {foreign} foreign names and words.*",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
