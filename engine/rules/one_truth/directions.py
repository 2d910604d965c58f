"""Which way a correction's reason points: what it says was told, and what it says holds now.

"Đổi từ 9 giờ sang 10 giờ" tells both ways by their words. A cue leads to the values behind it up
to the next cue or the end of the clause ("thay vì 9 giờ"), or follows the one it judges ("9 giờ
mới đúng"). What no cue tells has no direction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from engine.rules.one_truth.facts import Fact, Kind


class Way(StrEnum):
    """Where a reason puts a value: in what was told before, or in what holds now."""

    OLD = "old"
    NEW = "new"


#: What such a value is: "giờ mới", "số cũ"; of a market or a school the word is a name.
_THING: Final = (
    r"\b(?:giờ|ngày|số|mức|phí|giá|lịch|điểm|bản|gian|báo|tiền|hạn|thoại|máy|nơi|chỗ|dung)"
    r"(?: [^\W\d]+)?(?<!chợ)(?<!trường)(?<!cầu)(?<!đường)(?<!đình)(?<!sở)"
)
_CHANGE: Final = r"(?:sửa|đổi|dời|rời|chuyển|lùi|hoãn|tăng|giảm|nâng|hạ|(?:điều )?chỉnh|đính chính)"
_ACT: Final = r"(?:họp|tiêm|khám|phát|thu|nhận|tổ chức|bắt đầu|diễn ra)"
_NO_DAY: Final = "".join(
    rf"(?<!{word} )" for word in ("đến", "tới", "hôm", "sáng", "trưa", "chiều", "tối", "đêm", "năm")
)
_TO: Final = (
    r"\bsang\b|(?<!hoàn )(?<!hình )(?<!tạo )(?<!trưởng )(?<!trung )"
    r"\bthành\b(?! phố| viên| lập| phần| tích| niên| đoàn| ủy| uỷ| công)"
    r"|\b(?:xuống|lên)(?: còn| đến| tới| mức| thành)?(?= \d)|(?:→|->|=>|⇒)"
)
#: Each cue by its name. The first that matches at a place is it, so the longer stand first.
_CUES: Final = re.compile(
    re.sub(
        r"\n +",
        "",
        rf"""
      (?P<old>\b(?:chứ )?không (?:phải|còn)\b(?: là\b)?|\bchứ không\b
        |\b(?:trước|ban đầu|lúc đầu)(?: (?:đây|đó|kia))?(?: đã)?[ ]
          (?:ghi|là|báo|viết|in|hẹn)\b(?! nhầm| sai)
        |\b(?:trước (?:đây|kia)|ban đầu)\b|\bđã (?:ghi|báo)\b(?! nhầm| sai)
        |{_THING} cũ\b|\bcũ(?=:)|\bbỏ\b(?! sót| phiếu| trống| quên| qua| thiếu))
    |(?P<slip>\b(?:nhầm|sai|lộn)\b)
    |(?P<swap>\bthay\b(?=[^.,;]*\bbằng\b))
    |(?P<by>\bbằng\b)
    |(?P<instead>\bthay (?:vì|cho)\b)
    |(?P<negated>\bkhông {_ACT}\b(?=[^.;!?]*\bmà\b|[^.,;!?]*\bnữa\b))
    |(?P<new>\bmà là\b|\b(?:đúng|chính xác|đúng ra)(?: phải)? là\b|\bphải là\b
        |\b(?:giờ|ngày|số|mức|giá|phí) đúng\b|\bđúng(?=:)|\bmới là\b|{_THING} mới\b|\bmới(?=:)
        |\b{_NO_DAY}nay (?:xin |được |phải )*(?:là\b|(?:{_CHANGE}|ghi|báo) lại(?: là)?\b|{_ACT}\b)
        |\bxin (?:{_CHANGE}|ghi|báo) lại(?: là)?\b|\b{_CHANGE} lại là\b
        |\bvẫn (?:là|giữ|lúc|vào|{_ACT})\b|\bgiữ nguyên\b)
    |(?P<but>\bmà\b)
    |(?P<to>{_TO})
    |(?P<till>\b(?:đến|tới)\b)
    |(?P<since>\btừ\b)
    |(?P<turn>[,;.!?…–—()](?=\s|\Z)|\((?=\w)|\)|\b(?:để|do|vì|bởi|như|so với)\b)
    """,
    ),
    re.IGNORECASE,
)
_CHANGED: Final = re.compile(rf"\b{_CHANGE}\b", re.IGNORECASE)
#: What stands behind a value that it calls right or wrong.
_CALLED_RIGHT: Final = re.compile(
    r"\s?(?:thì )?(?:mới|là)(?: là)?(?: \w+){0,2} (?:đúng|chính xác)\b"
)
_CALLED_WRONG: Final = re.compile(
    r"\s?(?:thì )?(?:là |bị |là do )?(?:ghi |gõ )?"
    r"(?:(?:nhầm|sai)\b(?! thành| sang| ra| là| với|\s*\S*\d)|không đúng\b|chưa đúng\b|không còn\b)"
    r"|\s?\((?:cũ|sai|nhầm)\)"
)
_CALLED_NEW: Final = re.compile(r"\s?\((?:mới|đúng)\)")
_TAKEN_FOR: Final = re.compile(r"\s*(?:với|ra|qua)\b", re.IGNORECASE)
_DENIED: Final = re.compile(r"chứ|không", re.IGNORECASE)
#: What a slip is of: "ghi nhầm ngày họp lúc 10 giờ" says nothing of the hour.
_OF: Final[tuple[tuple[re.Pattern[str], frozenset[Kind]], ...]] = (
    (re.compile(r"\s*(?:giờ)\b"), frozenset({Kind.HOUR})),
    (re.compile(r"\s*(?:thời gian)\b"), frozenset({Kind.HOUR, Kind.DATE})),
    (re.compile(r"\s*(?:ngày|thứ|hạn)\b"), frozenset({Kind.DATE})),
    (re.compile(r"\s*(?:địa điểm|nơi|chỗ|điểm|địa chỉ)\b"), frozenset({Kind.PLACE})),
    (re.compile(r"\s*số (?:điện thoại|máy)\b"), frozenset({Kind.PHONE})),
    (re.compile(r"\s*(?:số tiền|mức|lệ phí|phí|giá|tiền)\b"), frozenset({Kind.MONEY})),
    (re.compile(r"\s*(?:tên|buổi|cuộc|lịch|nội dung)\b"), frozenset()),
)  # fmt: skip
#: What may stand between two values of different kinds that are said as one.
_JOINED: Final = re.compile(r"(?:[\s,]|\b(?:ngày|lúc|vào|tại|ở|và|hôm|sáng|chiều|tối)\b)*", re.I)

#: What comes behind the second of them where a comma parts them, and it begins no clause.
_ENDED: Final = re.compile(r"\s*(?:\Z|[,;.)]|(?:sang|thành|đến|là|mới)\b)", re.IGNORECASE)

Pairs = Callable[[Fact, Fact], bool]


@dataclass(frozen=True, slots=True)
class _Cue:
    name: str
    begin: int
    end: int


def ways_of(reason: str, facts: Sequence[Fact], of_one_text: Pairs) -> dict[Fact, tuple[Way, int]]:
    """Return the way of each fact that a cue tells, and where what says so begins.

    ``of_one_text`` says whether two facts are both of the old text or both of the new: then
    "đến" between them is no change.
    """
    known = [fact for fact in facts if fact.kind is not Kind.HAMLET]
    cues = [
        _Cue(str(found.lastgroup), found.start(), found.end())
        for found in _CUES.finditer(reason)
        if not any(fact.start <= found.start() < fact.end for fact in known) and not _named(found)
    ]
    ways: dict[Fact, tuple[Way, int]] = {}
    for fact in known:
        led = _led(reason, fact, known, cues, of_one_text)
        if led is not None:
            ways[fact] = led
    for fact in reversed(known):
        called = _called(reason, fact, known)
        denied = fact in ways and _DENIED.match(reason, ways[fact][1]) is not None
        if called is not None and not denied:
            ways[fact] = called, fact.start
    for one, other in _neighbours(reason, known):  # "9 giờ, ngày 7/12": one way
        if one in ways and other not in ways:
            ways[other] = ways[one]
    return ways


def _named(found: re.Match[str]) -> bool:
    """Say whether what looks like a cue is a part of a name: "Ấp Kinh Mới", "Tân Thành"."""
    last = found[0].split()[-1:]
    return found.start() > 0 and bool(last) and last[0].istitle()


def _neighbours(reason: str, facts: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    for one, other in pairwise(facts):
        between = reason[one.end : other.start]
        if one.kind is other.kind or not _JOINED.fullmatch(between):
            continue
        if "," not in between or _ENDED.match(reason, other.end):
            yield one, other
            yield other, one


def _called(reason: str, fact: Fact, facts: Sequence[Fact]) -> Way | None:
    """Return what a value is called right behind it: "9 giờ mới đúng", "9 giờ là sai"."""
    following = min((one.start for one in facts if one.start >= fact.end), default=len(reason))
    behind = reason[fact.end : following].lower()
    if _CALLED_WRONG.match(behind):
        return Way.OLD
    return Way.NEW if _CALLED_RIGHT.match(behind) or _CALLED_NEW.match(behind) else None


def _led(
    reason: str, fact: Fact, facts: Sequence[Fact], cues: Sequence[_Cue], of_one_text: Pairs
) -> tuple[Way, int] | None:
    """Return the way to which the last cue before a fact leads, and where that begins."""
    before = [cue for cue in cues if cue.end <= fact.start]
    after = [cue for cue in cues if cue.begin >= fact.end]
    for index in range(len(before) - 1, -1, -1):
        cue, earlier = before[index], _clause(before[:index])
        way = _way(reason, cue, fact, facts, earlier, after, of_one_text)
        if way == "on":
            continue
        if isinstance(way, Way):
            return way, cue.begin
        return _left(fact, facts, after) if cue.name == "turn" else None
    return _left(fact, facts, after)


def _clause(cues: Sequence[_Cue]) -> list[_Cue]:
    """Return the cues of the clause at whose end these stop."""
    last = max((at for at, cue in enumerate(cues) if cue.name == "turn"), default=-1)
    return list(cues[last + 1 :])


def _left(fact: Fact, facts: Sequence[Fact], after: Sequence[_Cue]) -> tuple[Way, int] | None:
    """Return OLD for what stands before "sang" and another of its kind: "9 giờ sang 10 giờ"."""
    if after and after[0].name == "to" and _next_alike(fact, facts, after[0].end):
        return Way.OLD, fact.start
    return None


def _next_alike(fact: Fact, facts: Sequence[Fact], at: int) -> bool:
    return any(one.kind is fact.kind and one.start >= at for one in facts)


def _way(
    reason: str,
    cue: _Cue,
    fact: Fact,
    facts: Sequence[Fact],
    earlier: Sequence[_Cue],
    after: Sequence[_Cue],
    of_one_text: Pairs,
) -> Way | str | None:
    """Return where one cue leads; "on" where it tells nothing and the one before it counts."""
    slipped = any(one.name == "slip" for one in earlier)
    follows = after[0].name if after else ""
    moved = follows == "to" and _next_alike(fact, facts, after[0].end)
    if cue.name in {"old", "negated", "swap"}:
        return Way.OLD
    if cue.name == "slip":
        mixed = follows == "to" and not _changed(reason, fact.end, after[0].begin)
        mixed = mixed or _TAKEN_FOR.match(reason, fact.end) is not None
        return Way.OLD if not mixed and fact.kind in _slip_of(reason, cue, facts) else None
    if cue.name == "instead":
        return Way.NEW if slipped else Way.OLD
    if cue.name == "new":
        return Way.OLD if moved else Way.NEW
    if cue.name in {"but", "by"}:
        turned = {"old", "negated"} if cue.name == "but" else {"swap"}
        return Way.NEW if any(one.name in turned for one in earlier) else "on"
    if cue.name == "to":
        said = max((one.end for one in earlier if one.name == "slip"), default=0)
        return None if slipped and not _changed(reason, said, cue.begin) else Way.NEW
    begin = earlier[-1].begin if earlier else 0
    if cue.name == "till":
        return _till(reason, cue, fact, facts, begin, of_one_text)
    if cue.name == "since":
        return _since(reason, fact, facts, after, of_one_text)
    return None


def _till(
    reason: str, cue: _Cue, fact: Fact, facts: Sequence[Fact], begin: int, of_one_text: Pairs
) -> Way | str:
    """Say whether "đến" leads to what holds now ("dời đến 10 giờ"), or ends a span of time."""
    start = max((reason.rfind(mark, 0, cue.begin) for mark in ",;."), default=0)
    if not _changed(reason, max(start, 0), cue.begin):
        return "on"
    first = [one for one in facts if one.end <= cue.begin and one.kind is fact.kind]
    return "on" if first and of_one_text(first[-1], fact) else Way.NEW


def _since(
    reason: str, fact: Fact, facts: Sequence[Fact], after: Sequence[_Cue], of_one_text: Pairs
) -> Way | str:
    """Say whether "từ" leads to what was told ("từ 9 giờ sang 10 giờ"), or begins a time."""
    for cue in after:
        if cue.name == "to":
            return Way.OLD
        if cue.name == "till":
            second = [one for one in facts if one.start >= cue.end and one.kind is fact.kind]
            if second and of_one_text(fact, second[0]):
                continue
            start = max((reason.rfind(mark, 0, fact.start) for mark in ",;."), default=0)
            return Way.OLD if second and _changed(reason, max(start, 0), fact.start) else "on"
        if cue.name not in {"since"}:
            break
    return "on"


def _changed(reason: str, begin: int, end: int) -> bool:
    return _CHANGED.search(reason, begin, end) is not None


def _slip_of(reason: str, cue: _Cue, facts: Sequence[Fact]) -> frozenset[Kind]:
    """Return the kinds of which a slip may be, by the word right behind "nhầm"."""
    first = min((fact.start for fact in facts if fact.start >= cue.end), default=len(reason))
    for named, kinds in _OF:
        if named.match(reason[cue.end : first].lower()):
            return kinds
    return frozenset(Kind)
