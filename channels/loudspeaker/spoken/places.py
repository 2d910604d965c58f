"""Places before their names, roads by their numbers, and letters that stand before a number."""

from __future__ import annotations

import re
from typing import Final

from .abbreviations import ACRONYMS, FOREIGN, abbreviation, alternation, first_letters
from .context import WHOLE, Context, Reading, Rule, rule
from .data.ambiguous import AMBIGUOUS
from .data.documents import KINDS
from .data.titles import PLACES
from .letters import spell
from .meanings import meaning_of
from .model import Doubtful, Why
from .numbers import read_digits, read_groups
from .spans import of_a_match
from .syllables import LOWER, UPPER
from .wordlist import words

#: Before the number of a road, or of a flood alarm.
_SERIES: Final = {"ĐT": "đường tỉnh", "ĐH": "đường huyện", "ĐX": "đường xã", "QL": "quốc lộ",
                 "TL": "tỉnh lộ", "HL": "hương lộ", "BĐ": "báo động"}  # fmt: skip
_ROADS: Final = alternation(key for key in _SERIES if key != "BĐ")
#: A number that is no place's: 30/2022/TT-BYT.
_PAPER_NUMBER: Final = re.compile(r"\d{1,4}/")
#: What makes a room of the P. that stands for a ward elsewhere: "P. Tiếp dân", "P.10 lầu 1".
_ROOM: Final = re.compile(
    r"(?:Tiếp|Văn|Tài|Nội|Công|Tư|Giáo|Họp|Khám|Cấp|Kế|Hành|Kinh|Tổ) [a-zà-ỹđ]|\d+,? (?:lầu|tầng)"
)
#: Near these a P. with a number is a room…
_LESSONS: Final = words("lớp khám thi")
#: …unless what holds the ward follows.
_WARD_AHEAD: Final = re.compile(r"\d+,?\s+(?:TP|Tp|Q\.|quận|thành|tỉnh|T\.)")
#: Numbers that call for help, after ĐT; provincial roads have them too.
_RESCUE: Final = frozenset({"111", "112", "113", "114", "115"})
#: A deputy's office: "P. Trưởng ban".
_DEPUTY: Final = re.compile(
    r"(?:Trưởng(?=[ ]?[:,(;])|Trưởng (?:ban|phòng|ấp|khoa|đoàn|trạm|công an)"
    r"|Chủ tịch|Giám đốc|Bí thư|Hiệu trưởng)(?!\w)"
)
_BEFORE_PLACES: Final = words(", - ( tại ở thuộc về từ")
_SIDES: Final = {"Đ": "Đông", "T": "Tây", "N": "Nam", "B": "Bắc"}
_OFFICES: Final = words(
    "ct pct bt pbt ubnd hđnd mttq ubmttq ca đu đtn hpn hnd hccb bch btv tyt chqs"
)
#: Canals are named by letters that mean nothing else: kênh KH7, rạch CT2.
_WATERS: Final = words("kênh rạch cống mương")
#: A year since the Buddha.
_BUDDHIST: Final = re.compile(r"2[56]\d\d")
_LETTERED: Final = words("lô dãy khu bảng điểm mục tổ nhóm lớp")
#: In a line with one of these G.8 is a prize.
_LOTTERY: Final = words("xs xskt xổ vé")
#: Near these a C with a number is the force of a wind.
_WINDS: Final = words("gió giật bão atnđ sức")
#: After these, letters and digits are a code, not an abbreviation.
_CODED: Final = words("mã thẻ hiệu seri số máy khung")


def _place(match: re.Match[str], ctx: Context) -> Reading:
    """Read "TP. Tân An", "P.4", "X. Bình Hòa": a place before its name or number."""
    written, dot = match.group("place"), match.group("dot")
    if _PAPER_NUMBER.match(ctx.line, match.end()):
        return None
    if written in AMBIGUOUS:
        meaning = meaning_of(written, match.end(), ctx)
        if meaning:
            return meaning
    numbered = ctx.line[match.end() : match.end() + 1].isdigit()
    if written == "P" and _ROOM.match(ctx.line, match.end()):
        return "phòng"
    if (
        written == "P"
        and numbered
        and ctx.near(_LESSONS, 12)
        and not _WARD_AHEAD.match(ctx.line, match.end())
    ):
        return "phòng"
    if written == "P" and dot and _DEPUTY.match(ctx.line, match.end()):
        return "phó"
    if written in "xht" and not (dot and (not ctx.history or ctx.after(_BEFORE_PLACES))):
        return None
    if numbered and written not in "PQ":
        return None
    if len(written) == 1:
        if not dot and not numbered:
            return None
        before = ctx.history[-1] if ctx.history else ""
        if dot and before.lower() == PLACES[written]:
            return ""  # "xã X. Long Kiến" names the kind twice
        if before[:1].isupper() and not (before.isupper() and len(before) > 1):
            return None
    if written == "Q" and ctx.near({"quý"}, 8):
        return "quý"
    return PLACES[written]


def _nameless(match: re.Match[str], ctx: Context) -> Reading:
    """Read the P. of "UBND P." with no name after it."""
    return PLACES[match[1]] if ctx.after(_OFFICES) else None


def _office(match: re.Match[str], ctx: Context) -> Reading:
    """Read the P. of "P.TCHC"."""
    return "phòng"


def _side(match: re.Match[str], ctx: Context) -> Reading:
    """Read the T of "phía T giáp rạch"."""
    return _SIDES[match[0]] if ctx.after({"phía", "hướng"}) else None


def _road(match: re.Match[str], ctx: Context) -> Reading:
    """Read "ĐT 825", "QL.1A" and ĐH12, also after the word "đường"."""
    letters, number, letter = match.groups()
    if letters == "ĐX" and ctx.after({"vụ", "lúa"}):
        return None
    if letters == "ĐH" and ctx.near({"ths", "thạc", "gv", "cđ"}, 8):
        return None  # "GV: 88 (ThS 12, ĐH 70, CĐ 6)"
    name = _SERIES[letters]
    if letters == "ĐT" and number in _RESCUE and not ctx.near({"đường", "tuyến", "trên"}, 3):
        return Doubtful(f"điện thoại {read_digits(number)}", Why.AMBIGUOUS_ABBREVIATION)
    if ctx.after({"đường"}):
        name = name.removeprefix("đường ")
    if number[0] == "N":
        name += " nờ"
    said = f"{name} {ctx.number(number.lstrip('N'))}"
    return f"{said} {spell(letter)}" if letter else said


def _letters_to(match: re.Match[str], ctx: Context) -> Reading:
    """Read "tuyến T1-T3", "lô A1 - A5"."""
    letters, first, last = match.groups()
    name = _name_of(letters, first, ctx) or spell(letters)
    joint = "," if of_a_match(ctx) else " đến"
    return f"{name} {ctx.number(first)}{joint} {name} {ctx.number(last)}"


def _letters_in_a_row(match: re.Match[str], ctx: Context) -> Reading:
    """Read N0-N3-N7: the days on which an injection is given; more than two are no span."""
    numbers = re.findall(r"\d+", match[0])
    name = _name_of(match[1], numbers[0], ctx) or spell(match[1])
    said = ", ".join(f"{name} {ctx.number(number)}" for number in numbers)
    return said.removeprefix(f"{name} ") if ctx.after({name}) else said


def _letter_to(match: re.Match[str], ctx: Context) -> Reading:
    """Read A-Z and "lô A-D" as from one letter to the other."""
    first, last = match.groups()
    if not first:
        return "a đến dét"
    if ord(last) - ord(first) < 2 or not ctx.after(_LETTERED):
        return None
    return f"{spell(first)} đến {spell(last)}"


def _numbered(match: re.Match[str], ctx: Context) -> Reading:
    """Read KP4, COVID-19, A4, H5N1, the room A12.05: letters, a number, perhaps more."""
    letters, number, more, room = match.groups()
    if ctx.after({"bay"}):
        return f"{spell(letters)} {read_digits(number)}"
    if room == ".000":
        number, room = number + "000", ""
    name = _name_of(letters, number, ctx)
    spelled = name or spell(letters)
    if letters == "IR" and len(number) == 5:
        said = f"{spelled} {read_digits(number)}"
    elif not name and len(number) > 3 and (len(letters) > 2 or ctx.after(_CODED)):
        said = f"{spelled}, {read_groups(number)}"
    else:
        as_digits = number[0] == "0" and (spelled == spell(letters) or letters in KINDS)
        said = f"{spelled} {read_digits(number) if as_digits else ctx.number(number)}"
    for letter, digits in re.findall(r"([A-ZĐ])(\d*)", more):
        said += f" {spell(letter)}" + (f" {ctx.number(digits)}" if digits else "")
    if room:
        digits = read_digits(room[1:]) if room[1] == "0" else ctx.number(room[1:])
        rises = letters in {"P", "KP"} and room[0] == "-" and int(room[1:]) > int(number)
        joint = " chấm " if room[0] == "." else " đến " if rises else ", "
        said += f"{joint}{digits}"
    unknown = not name and len(letters) > 2 and not ctx.after(_CODED)
    return Doubtful(said, Why.UNKNOWN_ABBREVIATION) if unknown else said


def _name_of(letters: str, number: str, ctx: Context) -> str | None:
    """Return what the letters of KP4 and HK1 mean; None if they are only letters.

    The CT of the form CT01 is two letters, whatever it means elsewhere.
    """
    if letters in _SERIES and (letters != "ĐT" or len(number) > 1):
        return _SERIES[letters]
    if len(letters) > 1 and ctx.after(_CODED) and len(number) > 3:
        return None
    if letters == "N" and ctx.near({"mũi", "tiêm"}, 12):
        return "ngày"
    if letters == "G" and not _LOTTERY.isdisjoint(word.lower() for word in ctx.history):
        return "giải"
    if letters == "C" and ctx.near(_WINDS, 8):
        return "cấp"
    if letters == "P" and len(number) == 3:
        return "phòng"
    if letters == "PL" and _BUDDHIST.fullmatch(number):
        return "Phật lịch"
    if letters == "PL" and ctx.near({"tôm", "giống", "cua", "cá"}, 6):  # post-larvae
        return None
    if letters == "NH" and len(number) < 4:  # NH3, NH4
        return None
    if len(letters) == 2 and ctx.after(_WATERS) and letters not in PLACES:
        return None
    if letters in AMBIGUOUS:
        meanings = AMBIGUOUS[letters].meanings
        called = [
            one.spoken for one in meanings if ctx.last() in one.after and ctx.last().isalpha()
        ]
        numbered = [one.spoken for one in meanings if "#number" in one.before]
        return next(iter(called + numbered), None)
    return abbreviation(letters) or FOREIGN.get(letters.lower()) or ACRONYMS.get(letters)


PLACE_LETTERS: Final[tuple[Rule, ...]] = (
    rule("place", rf"([PXHQ])\.?(?=\s+(?:[{LOWER}(]|0\d\d)|\s?[,;)]|$)", _nameless, starts="PXHQ"),
    rule(
        "place",
        rf"(?P<place>{alternation(PLACES)})(?:(?P<dot>\.)\s?|\s|(?=\d))"
        rf"(?=[{UPPER}][{LOWER}]|\d{{1,2}}{WHOLE})",
        _place,
        starts=first_letters(PLACES),
    ),
    rule(
        "road",
        rf"(?!ĐT\d(?!\d))({_ROADS})[. ]?\s?(N?\d{{1,3}})([A-Z])?(?!\s?\d|[.,/]\d){WHOLE}",
        _road,
        starts=first_letters(_SERIES),
    ),
    rule(
        "office", rf"P\.\s?(?=[{UPPER}]{{2}}|(?:họp|khám|tiếp|làm|học|chờ)\s)", _office, starts="P"
    ),
    rule("place", rf"[ĐTNB]{WHOLE}(?!\.\S)", _side, starts="ĐTNB"),
)
NUMBERED: Final[tuple[Rule, ...]] = (
    rule(
        "letters to letters",
        rf"([{UPPER}]{{1,2}})\d{{1,3}}(?:\s?-\s?\1\d{{1,3}}){{2,8}}{WHOLE}",
        _letters_in_a_row,
        starts=UPPER,
    ),
    rule(
        "letters to letters",
        rf"(?:A-Z|a-z|([A-HĐ])-([A-HĐ])){WHOLE}",
        _letter_to,
        starts=UPPER + "a",
    ),
    rule(
        "letters to letters",
        rf"([{UPPER}]{{1,2}})(\d{{1,3}})\s?-\s?\1(\d{{1,3}}){WHOLE}",
        _letters_to,
        starts=UPPER,
    ),
    rule(
        "letters and number",
        rf"([{UPPER}]{{1,10}})[.-]?(\d{{1,6}})((?:[A-ZĐ]\d{{0,3}}){{0,2}})([.-]\d{{1,3}})?{WHOLE}",
        _numbered,
        starts=UPPER,
    ),
)
