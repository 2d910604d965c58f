"""Letters that stand for a person's name: ông Võ V.T, Trần Văn X, Lê T X Mai. No numerals."""

from __future__ import annotations

import re
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .letters import spell
from .model import Doubtful, Why
from .syllables import LOWER, UPPER
from .wordlist import words

_TITLES: Final = words("ông bà anh chị em cô chú bác cụ cháu dì cậu mợ thím thầy bé đ/c")
#: Titles of two words, by the last, with the first.
_LONG_TITLES: Final = {
    "chí": "đồng",
    "cáo": "bị",
    "nhân": "bệnh nạn",
    "tượng": "đối",
    "can": "bị nghi",
}
_SURNAMES: Final = words(
    "nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý đoàn trương đinh lâm "
    "mai trịnh đào tô cao châu hà tạ thái lương lưu kiều quách tăng la từ văn thạch danh sơn kim "
    "ngụy nghiêm tống triệu doãn khưu lữ mạc ông phùng giang diệp ninh"
)
#: Between a surname and the letter.
_MIDDLES: Final = words(
    "văn thị hữu đức minh ngọc thanh công đình quốc xuân thành hoàng kim thế bá tấn phước phú "
    "hoài thu mỹ bích anh duy quang trung hồng tuấn"
)
#: What bears a person's name and a numeral: "trường Lê Văn Tám I".
_NAMED_AFTER: Final = words(
    "trường đường cầu chợ kênh rạch phố tiểu thcs thpt th mầm mẫu hẻm ấp xã chùa bến lô công"
)
_SENTENCE: Final = re.compile(rf"\s+[{UPPER}]")
_MARKS: Final = frozenset(",;:.(-/")


def _letters(match: re.Match[str], ctx: Context) -> Reading:
    """Read the letters of a name by their names, after a title or the rest of the name."""
    dotted = "." in match[0]
    if not (_titled(ctx) or _in_a_name(match, ctx, dotted=dotted)):
        return None
    if ctx.after(_TITLES) and match[0].endswith(".") and _SENTENCE.match(ctx.line, match.end()):
        return None  # "gặp anh V. Hôm nay…"
    said = spell(re.sub(r"[^\w]", "", match[0]))
    return Doubtful(said, Why.UNKNOWN_ABBREVIATION) if len(said.split()) > 1 else said


def _titled(ctx: Context) -> bool:
    """Say whether a title was just written, perhaps with letters of the name behind it."""
    for token in reversed(ctx.history[-3:]):
        word = token.lower()
        if len(token) == 1 and token.isupper():
            continue
        before = ctx.history[-2].lower() if len(ctx.history) > 1 else ""
        return word in _TITLES or before in _LONG_TITLES.get(word, "").split()
    return False


def _in_a_name(match: re.Match[str], ctx: Context, *, dotted: bool) -> bool:
    """Say whether a surname stands before the letters, with what shows that a person has it."""
    name: list[str] = []
    for token in reversed(ctx.history[-5:]):
        if not token[:1].isupper() or token in _MARKS:
            break
        name.append(token.lower().rstrip("."))
    if not name:
        return False
    if _follows_a_title(name, ctx) and not ctx.near(_NAMED_AFTER, len(name) + 2):
        return True
    if name[-1] not in _SURNAMES and name[-2:-1] and name[-2] not in _SURNAMES:
        return False
    if name[-1] not in _SURNAMES and len(name) < 2:
        return False
    if ctx.near(_NAMED_AFTER, len(name) + 2) and not ctx.near(_TITLES, len(name) + 2):
        return False
    goes_on = bool(re.match(rf"\s+[{UPPER}](?:[{LOWER}]|\s)", ctx.line[match.end() :]))
    middle = len(name) > 1 and (name[0] in _MIDDLES or len(name[0]) == 1)
    return middle or dotted or goes_on or ctx.near(_TITLES, len(name) + 2)


def _follows_a_title(name: list[str], ctx: Context) -> bool:
    """Say whether a title stands before ``name`` (last word first): "bác Ba X", "ông Tư V."."""
    if len(name) > 1 and name[-1] in _TITLES:
        return True
    before = [word.lower() for word in ctx.history[: -len(name)][-2:]]
    if not before:
        return False
    first = before[0] if len(before) > 1 else ""
    return before[-1] in _TITLES or first in _LONG_TITLES.get(before[-1], "").split()


PEOPLE: Final[tuple[Rule, ...]] = (
    rule(
        "letters of a name",
        rf"[{UPPER}](?:\.[{UPPER}]){{0,4}}"
        rf"(?:\.(?=\s?[,;:()]|\s+[{LOWER}]|\s?[{UPPER}][{LOWER}])(?!\d))?{WHOLE}(?!\.[{UPPER}]|\d|-\d)",
        _letters,
        starts=UPPER,
    ),
    rule(
        "letters of a name",
        rf"[{UPPER}](?:\.[{UPPER}]){{0,4}}{WHOLE}(?!\.[{UPPER}0-9]|\d|-\d)",
        _letters,
        starts=UPPER,
    ),
)
