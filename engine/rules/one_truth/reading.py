"""All facts of one text, each with the words that say what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from engine.rules.one_truth.amounts import amounts_in
from engine.rules.one_truth.dates import days_in, weekdays_in
from engine.rules.one_truth.facts import Fact, Kind, Place, Value
from engine.rules.one_truth.found import Found
from engine.rules.one_truth.hours import hours_in
from engine.rules.one_truth.phones import phones_in
from engine.rules.one_truth.places import hamlets_in, places_in
from engine.rules.one_truth.weekdays import joined_weekdays
from engine.rules.one_truth.words import ENDS, FOREIGN, Word, words_of


def wordlist(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that stand beside facts of any meaning.
_TELL_NOTHING: Final = wordlist(
    """
    ngày giờ phút tháng năm mùng mồng thứ chủ nhật hôm nay mai sáng trưa chiều tối đêm buổi
    lúc vào từ đến tới hết trước sau khoảng khi ngay đúng bắt đầu kết thúc thời gian hạn chót
    tại ở về địa điểm nơi số điện thoại liên hệ gọi hỏi qua theo là của và với cho các những mỗi
    một hai ba bốn sáu bảy tám chín mười đồng triệu nghìn ngàn mức tiền được bị có không thì mà
    sẽ đã đang để do bởi này kia đó đây trong ngoài trên dưới xin mời kính đề nghị bà con ông
    quý hãy phải cần nhân dân người hộ xã ấp thôn thông báo tổ chức diễn ra hoặc nếu cùng tất cả
    """
)
#: Offices and people whose telephone numbers texts give, written small.
_OWNERS: Final = wordlist(
    """
    trạm y tế công an ủy uỷ ban lực trưởng bác sĩ thú cứu hỏa quân đoàn
    """
)
_NEAR_BEFORE, _NEAR_AFTER = 10, 4
_TIMES: Final = frozenset({Kind.DATE, Kind.HOUR})
_BREAKS: Final = ENDS | {","}


@lru_cache(maxsize=4_096)
def facts_of(text: str, hamlets: tuple[str, ...] = ()) -> tuple[Fact, ...]:
    """Return every fact of ``text`` in its order; ``hamlets`` are the names in the registry."""
    words = words_of(text)
    found = sorted(_found(words, hamlets), key=lambda one: (one.begin, one.end))
    found = [_named_after_time(words, one, found) for one in found]
    spans = _sentences(words)
    return tuple(_fact(text, words, one, found, spans) for one in found)


def _found(words: tuple[Word, ...], hamlets: tuple[str, ...]) -> Iterator[Found]:
    hours = list(hours_in(words))
    days = list(days_in(words))
    places = list(places_in(words))
    phones = list(phones_in(words))
    taken = frozenset(
        index for one in (*hours, *days, *phones, *places) for index in range(one.begin, one.end)
    )
    yield from hours
    yield from joined_weekdays(words, days, list(weekdays_in(words)))
    yield from phones
    yield from places
    yield from amounts_in(words, taken)
    yield from (one for one in hamlets_in(words, hamlets) if one.begin not in taken)


def _named_after_time(words: tuple[Word, ...], one: Found, found: list[Found]) -> Found:
    """A place right behind a day or an hour is where people are asked to come."""
    if one.kind is not Kind.PLACE or one.venue:
        return one
    before = one.begin
    while before and words[before - 1].said in {",", "-", "–", "(", ")"}:
        before -= 1
    timed = any(other.end == before and other.kind in _TIMES for other in found)
    return replace(one, venue=timed and before < one.begin)


def _sentences(words: tuple[Word, ...]) -> list[tuple[int, int]]:
    spans, begin = [], 0
    for index, word in enumerate(words):
        if word.said in ENDS:
            spans.append((begin, index))
            begin = index + 1
    return [*spans, (begin, len(words))]


def _fact(
    text: str,
    words: tuple[Word, ...],
    one: Found,
    found: list[Found],
    spans: list[tuple[int, int]],
) -> Fact:
    start, end = words[one.begin].start, words[one.end - 1].end
    first, last = next(span for span in spans if span[0] <= one.begin <= span[1])
    others = [other for other in found if first <= other.begin < last and other is not one]
    named = (*others, one) if one.kind is not Kind.PHONE else _but_places((*others, one))
    covered = {index for other in named for index in range(other.begin, other.end)}
    wide = _telling(words, range(first, last), covered)
    marks = {key_of(other.kind, other.value) for other in others if other.kind is not one.kind}
    return Fact(
        kind=one.kind,
        value=one.value,
        written=one.written or text[start:end],
        start=start,
        end=end,
        role=one.role,
        near=frozenset(_near(words, one, others, covered, (first, last))),
        wide=frozenset(wide | marks),
        venue=one.venue,
        hamlet=_hamlet_of(words, one, others),
    )


def _hamlet_of(words: tuple[Word, ...], one: Found, others: list[Found]) -> str:
    """Return the hamlet of a day's or an hour's clause; "" where it names none, or several."""
    if one.kind not in _TIMES:
        return ""
    first, last = one.begin, one.end
    while first and words[first - 1].said not in _BREAKS:
        first -= 1
    while last < len(words) and words[last].said not in _BREAKS:
        last += 1
    named = {
        " ".join(other.value.name)
        for other in others
        if other.kind is Kind.HAMLET
        and isinstance(other.value, Place)
        and first <= other.begin < last
    }
    return named.pop() if len(named) == 1 else ""


def _but_places(found: tuple[Found, ...]) -> tuple[Found, ...]:
    """A telephone number is known by whose it is: there a place is a word like others."""
    return tuple(one for one in found if one.kind not in {Kind.PLACE, Kind.HAMLET})


def _near(
    words: tuple[Word, ...],
    one: Found,
    others: list[Found],
    covered: set[int],
    sentence: tuple[int, int],
) -> set[str]:
    """Return the telling words just before a fact, back to the last one of its kind, and after."""
    alike = [other for other in others if other.kind is one.kind]
    first = max(
        [sentence[0], one.begin - _NEAR_BEFORE, *(o.end for o in alike if o.end <= one.begin)]
    )
    if one.kind is Kind.PHONE:
        owner = range(max(first, sentence[0] + 1), one.begin)
        return {words[i].said for i in owner if i not in covered and _owns(words[i])}
    last = min(
        [sentence[1], one.end + _NEAR_AFTER, *(o.begin for o in alike if o.begin >= one.end)]
    )
    after = one.end
    while after < last and words[after].said not in _BREAKS:
        after += 1
    return _telling(words, range(first, after), covered)


def _owns(word: Word) -> bool:
    """Say whether a word tells whose telephone number follows: a name, an office, a person."""
    return word.said not in _TELL_NOTHING and (word.capital or word.said in _OWNERS)


def _telling(words: tuple[Word, ...], span: range, covered: set[int]) -> set[str]:
    return {
        words[index].said
        for index in span
        if index not in covered
        and not words[index].mark
        and words[index].rule != FOREIGN
        and words[index].said not in _TELL_NOTHING
    }


def key_of(kind: Kind, value: Value) -> str:
    """Return a fact as one word, to stand among the words around other facts."""
    return f"{kind}:{value}"
