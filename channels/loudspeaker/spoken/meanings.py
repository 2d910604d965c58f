"""What an abbreviation of several meanings stands for, by what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .context import WORD, Context, Reading
from .data.ambiguous import AMBIGUOUS, Meaning
from .dates import COUNTED
from .model import Doubtful, Why
from .wordlist import words

#: What stands beside abbreviations of any meaning.
_WEAK: Final = frozenset({"#number", ",", ":", ".", "-", "("})
#: The end of 7h, 16g30 or 11:30.
_COUNT_AHEAD: Final = re.compile(r"\s?[:.]?\s?\d{1,3}(?=\s)")
_CLOCK: Final = re.compile(r"\d[hg](?:\d\d'?)?$|\d:\d\d$")
#: What an abbreviation may be followed by, beside words: the names that ``ambiguous`` uses.
_FOLLOWED: Final = (
    ("#percent", re.compile(r"\s?\d[\d.,]*\s?%")),
    ("#document", re.compile(r"\s*(?:số\s*)?:?\s?\d{1,6}[a-z]?(?:/\d{4})?[/-][A-ZĐ]")),
    ("#phone", re.compile(r"\s?[.:]?\s?[(+]?(?:0|84)[\d. ()-]{7}")),
    ("#date", re.compile(r"\s?[,(]?\s?\d{1,2}[/-]\d")),
    ("#plate", re.compile(r"\s?:?\s?\d\d-?[A-Z]")),
    ("#account", re.compile(r"\s?:?\s?\d[\d. ]{5,}")),
    ("#buddhist", re.compile(r"[. ]{1,2}2[56]\d\d(?!\d)")),
    ("#decimal", re.compile(r"\s?:?\s?\d,\d")),
    ("#roman", re.compile(r"\s[IVX]+(?!\w)")),
    (
        "#money",
        re.compile(r"\s?:?\s?\d[\d.,]*\s?(?:triệu|tỷ|tỉ|ngàn|nghìn|đồng|trđ|tr|đ|k|VN)(?!\w)"),
    ),
    ("#yield", re.compile(r"\s?:?\s?\d[\d.,-]*\s?(?:tấn|tạ|kg|giạ|t|kí|ký)(?!\w)")),
    ("#load", re.compile(r"\s?:?\s?\d[\d.,]*\s?(?:T|tấn)(?!\w)")),
    ("#area", re.compile(r"\s?:?\s?\d[\d.,]*\s?(?:m2|ha|km2|công|sào)(?!\w)")),
    ("#inch", re.compile(r"\s?\d{2,3}\s?(?:inch|in|\")(?!\w)")),
    ("#hour", re.compile(r"\s?:?\s?\d{1,2}(?:[hg](?:\d\d)?|:\d\d)(?!\w)")),
    ("#number", re.compile(r"\s?[.:]?\s?\d")),
)
#: Said once though written twice, before an abbreviation that holds it. A phòng phòng chống and
#: a xã xã hội hóa are said twice.
_SAID_TWICE: Final = words(
    "đất hộ người số ban hội đoàn sổ giấy thẻ phiếu lúa vụ tổ đội trường bệnh ngày năm quỹ khu "
    "luật bộ sở ông bà huyện tỉnh cây nhà đường trạm viện ngành trại xe máy nước mã tên lớp"
)


def _following(end: int, ctx: Context) -> Iterator[str]:
    """Yield what stands after ``end``: a word, or a mark, and the kinds of number."""
    word = ctx.next_word(end)
    yield word or ctx.line[end : end + 2].strip()
    yield from (kind for kind, pattern in _FOLLOWED if pattern.match(ctx.line, end))


def meaning_of(written: str, end: int, ctx: Context) -> Reading:
    """Return the meaning that the neighbours of an ambiguous abbreviation call for.

    A mark or a number beside it counts for less than what the clause is about.
    """
    following = frozenset(_following(end, ctx))
    if _counts(end, ctx):
        following -= {"#number"}
    last = {ctx.last(), ctx.last().rstrip("."), ctx.last().lstrip("/ ")}
    if ctx.last()[:1].isdigit():
        last.add("#clock" if _CLOCK.search(ctx.last()) else "#number")
    weak: Meaning | None = None
    for meaning in AMBIGUOUS[written].meanings:
        called = (meaning.after & last) | (meaning.before & following)
        if called - _WEAK:
            return _said(meaning)
        weak = weak or (meaning if called else None)
    if weak is None or topic_of(written, end, ctx) not in {None, weak.spoken}:
        return None
    return _said(weak)


def _said(meaning: Meaning) -> Reading:
    """Return a meaning that was called for, with a doubt if it is never certain."""
    if meaning.unsure:
        return Doubtful(meaning.spoken, Why.AMBIGUOUS_ABBREVIATION)
    return meaning.spoken


def _counts(end: int, ctx: Context) -> bool:
    """Say whether a count follows: the "TT: 01 suất" of a list numbers no thông tư."""
    found = _COUNT_AHEAD.match(ctx.line, end)
    return bool(found) and ctx.next_word(found.end() if found else end) in COUNTED | {
        "suất",
        "phần",
    }


def topic_of(written: str, end: int, ctx: Context) -> str | None:
    """Return the meaning that words farther off in the clause hint at."""
    ahead = frozenset(word.lower() for word in WORD.findall(ctx.line[end : end + 40]))
    for meaning in AMBIGUOUS[written].meanings:
        if meaning.topic and (not meaning.topic.isdisjoint(ahead) or ctx.near(meaning.topic, 12)):
            return meaning.spoken
    return None


def undoubled(spoken: str, ctx: Context) -> str:
    """Leave out what the writer said before an abbreviation that says it again: "đất ONT"."""
    words = spoken.split()
    for count in range(min(len(words) - 1, len(ctx.history), 4), 0, -1):
        before = [word.lower() for word in ctx.history[-count:]]
        if before == [word.lower() for word in words[:count]]:
            said_twice = count > 1 or before[0] in _SAID_TWICE
            return " ".join(words[count:]) if said_twice else spoken
    return spoken
