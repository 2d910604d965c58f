"""Numbers of official documents: 07/2021/NĐ-CP, 123/QĐ-UBND, 18-NQ/TW, 41/2024/QH15.

Said as on the radio: the kind of document unless it was just named, its number, its year, and
who issued it, with pauses, so that "số không bảy, năm hai ngàn…" is not heard as one number.
"""

from __future__ import annotations

import re
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .letters import spell
from .model import Doubtful, Why
from .numbers import read_digits
from .wordlist import words

KINDS: Final = {
    "NĐ": "nghị định", "QĐ": "quyết định", "NQ": "nghị quyết", "TT": "thông tư",
    "TTLT": "thông tư liên tịch", "CT": "chỉ thị", "KH": "kế hoạch", "TB": "thông báo",
    "BC": "báo cáo", "CV": "công văn", "TTr": "tờ trình", "GM": "giấy mời", "HD": "hướng dẫn",
    "KL": "kết luận", "QC": "quy chế", "QyĐ": "quy định", "QĐi": "quy định", "L": "luật",
    "PL": "pháp lệnh", "CĐ": "công điện", "CTr": "chương trình", "ĐA": "đề án",
    "PA": "phương án", "BB": "biên bản", "GP": "giấy phép", "TTg": "Thủ tướng Chính phủ",
    "VBHN": "văn bản hợp nhất", "TL": "thông lệnh", "HĐ": "hợp đồng",
    "NQLT": "nghị quyết liên tịch",
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
    "SGDĐT": "Sở Giáo dục và Đào tạo", "CA": "công an", "CAX": "công an xã", "CAT": "công an tỉnh",
    "BCĐ": "Ban chỉ đạo", "BCH": "Ban chấp hành", "BCHQS": "Ban chỉ huy quân sự",
    "TYT": "trạm y tế", "VP": "văn phòng", "VX": "văn xã", "KT": "kinh tế", "NC": "nội chính",
    "TTHĐND": "Thường trực Hội đồng nhân dân", "HĐBT": "Hội đồng Bộ trưởng",
    "HĐTP": "Hội đồng Thẩm phán", "TANDTC": "Tòa án nhân dân tối cao",
    "VKSNDTC": "Viện kiểm sát nhân dân tối cao", "KTNN": "Kiểm toán Nhà nước",
    "ĐCT": "Đoàn Chủ tịch",
    "VHXH": "văn hóa xã hội", "PVHXH": "phòng văn hóa xã hội", "PKT": "phòng kinh tế",
    "TCT": "Tổng cục Thuế", "BCĐPCTT": "Ban chỉ đạo phòng chống thiên tai",
    "PCTT": "phòng chống thiên tai", "TTPVHCC": "trung tâm phục vụ hành chính công",
}  # fmt: skip
_LAST_WORDS: Final = words(
    "định quyết tư tịch thị hoạch báo cáo văn trình mời dẫn luận chế luật lệnh điện án luật"
)
_DOCUMENT_LEADS: Final = _LAST_WORDS | {"số", "bản", *map(str.lower, KINDS)}
_CODE: Final = r"[A-ZĐÂƯ][A-ZĐÂƯa-z&]{0,11}"
_NUMBER: Final = r"(\d{1,6})([a-z])?"


def _ordinal(number: str, ctx: Context) -> str:
    """Read a document's number: a leading zero is said."""
    return read_digits(number) if number[0] == "0" else ctx.cardinal(int(number))


def _number_said(ctx: Context) -> bool:
    """Say whether "số" or "Số:" was just written."""
    return ctx.after({"số"}) or (ctx.after({":"}) and ctx.near({"số"}, 2))


def _numbered(number: str, letter: str | None, year: str | None, ctx: Context) -> str:
    """Read a document's number and year, with "số" unless the writer put it."""
    words = _ordinal(number, ctx) + (f" {spell(letter)}" if letter else "")
    if not _number_said(ctx):
        words = f"số {words}"
    return f"{words}, năm {ctx.cardinal(int(year))}" if year else words


def _named(ctx: Context) -> bool:
    """Say whether the kind of document was just named: "Quyết định số"."""
    history = [token.lower() for token in ctx.history[-3:]]
    while history and history[-1] in {"số", ":"}:
        history.pop()
    return bool(history) and history[-1] in _DOCUMENT_LEADS


def _issuer(code: str, ctx: Context) -> tuple[str, bool]:
    """Return how an issuer's code is said, and whether it is known."""
    term = re.fullmatch(r"(QH|UBTVQH)(\d{1,2})", code)
    if term:
        return f"{ISSUERS[term[1]]} khóa {ctx.cardinal(int(term[2]))}", True
    known = ISSUERS.get(code)
    return (known, True) if known else (spell(re.sub(r"[^A-Za-zĐđÂâƯư]", "", code)), False)


def _suffix(codes: str, ctx: Context) -> tuple[str, str, bool]:
    """Split NĐ-CP into the kind, the issuers as said, and whether all was known."""
    parts = re.split(r"[-/]", codes)
    kind = KINDS.get(parts[0], "") if parts[0] not in ISSUERS or len(parts) > 1 else ""
    if kind:
        parts = parts[1:]
    said = [_issuer(part, ctx) for part in parts]
    return kind, ", ".join(words for words, _ in said), all(known for _, known in said)


def _reference(match: re.Match[str], ctx: Context) -> Reading:
    number, letter, year, codes = match.groups()
    kind, issuers, known = _suffix(codes, ctx)
    if not kind and not known and not _named(ctx):
        return None
    words = _numbered(number, letter, year, ctx)
    if kind and not _named(ctx):
        if _number_said(ctx):
            issuers = f"{kind} của {issuers}" if issuers else kind
        else:
            words, issuers = f"{kind} {words}", f"của {issuers}" if issuers else ""
    elif issuers:
        issuers = f"của {issuers}"
    said = f"{words}, {issuers}" if issuers else words
    return said if known else Doubtful(said, Why.UNKNOWN_ABBREVIATION)


def _number_and_year(match: re.Match[str], ctx: Context) -> Reading:
    """Read "Nghị định 07/2021" and "Luật số 41/2024"."""
    number, letter, year = match.groups()
    if not _named(ctx):
        return None
    return _numbered(number, letter, year, ctx)


def _codes_only(match: re.Match[str], ctx: Context) -> Reading:
    """Read "QĐ-UBND" with no number: quyết định của Ủy ban nhân dân."""
    kind, issuers, known = _suffix(match[0], ctx)
    if not kind or not issuers or not known:
        return None
    return f"của {issuers}" if _named(ctx) else f"{kind} của {issuers}"


def _clause_number(match: re.Match[str], ctx: Context) -> Reading:
    """Read "Điều 15a": the number and its letter."""
    if not ctx.after({"điều", "khoản", "điểm", "mục", "mẫu", "phụ"}):
        return None
    return f"{ctx.number(match[1])} {spell(match[2])}"


LEGAL: Final[tuple[Rule, ...]] = (
    rule(
        "document number",
        rf"{_NUMBER}(?:/([12]\d{{3}}))?[/-]({_CODE}\d{{0,2}}(?:[-/]{_CODE}\d{{0,2}}){{0,4}}){WHOLE}",
        _reference,
    ),
    rule("document and year", rf"{_NUMBER}/([12]\d{{3}})(?![/\d-]){WHOLE}", _number_and_year),
    rule("clause number", rf"(\d{{1,3}})([a-zđ]){WHOLE}", _clause_number),
)
LEGAL_WORDS: Final[tuple[Rule, ...]] = (
    rule("document code", rf"{_CODE}(?:[-/]{_CODE}){{1,3}}{WHOLE}", _codes_only),
)
