"""The life of a notice in the ledger, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import pytest
from support.dispatching import KEY, NOW

from engine.ledger import Ledger, Seal
from engine.ledger.notices import HOUSE, REMEMBERED, Kept, NoticeBook
from engine.ledger.places import Place
from engine.models.notice import Concern, Notice, Severity

START = NOW.astimezone(UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ALL = frozenset(Concern)


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    opened = Ledger.open(place, "xa-mau", seal=Seal(KEY), options={})
    yield opened
    opened.close()


@pytest.fixture
def book(ledger: Ledger) -> NoticeBook:
    return NoticeBook(ledger.database, "xa-mau")


def notice(number: int = 1, severity: Severity = Severity.WARNING, **facts: str) -> Notice:
    return Notice(Concern.FAILED, severity, START, (f"tin-{number}", "chat"), facts)


def claim(book: NoticeBook, minutes: float = 0, holder: str = "ta") -> list[str]:
    now = START + minutes * MINUTE
    found = book.claim(now, holder=holder, until=now + 10 * MINUTE, remind=DAY)
    return [one.notice.key for one in found]


def only(book: NoticeBook, *, gone: bool = False) -> Kept:
    (kept,) = book.all(gone=gone)
    return kept


def test_a_notice_appears_changes_goes_and_comes_back(book: NoticeBook) -> None:
    book.record([notice(count="1")], ALL, START)
    book.record([notice(count="2")], ALL, START + MINUTE)
    assert only(book).notice == notice(count="2")
    book.done("failed:tin-1:chat", "lan", START + MINUTE)
    book.record([], ALL, START + 2 * MINUTE)
    assert not book.all()
    over = only(book, gone=True)
    assert (over.gone_at, over.done_by) == (START + 2 * MINUTE, "lan")
    back = Notice(Concern.FAILED, Severity.WARNING, START + DAY, ("tin-1", "chat"))
    book.record([back], ALL, START + DAY)
    assert only(book) == Kept(back, None, None, None, None, frozenset(), 0, None, "")
    book.record([], ALL, START + 2 * DAY)
    book.record([], ALL, START + 2 * DAY + REMEMBERED + MINUTE)
    assert not book.all(gone=True)


def test_who_does_not_look_for_something_does_not_say_that_it_is_gone(book: NoticeBook) -> None:
    book.record([notice()], ALL, START)
    book.record([], ALL - {Concern.FAILED}, START + MINUTE)
    assert only(book).gone_at is None


def test_who_looked_earlier_does_not_say_that_what_came_later_is_gone(book: NoticeBook) -> None:
    book.record([notice()], ALL, START + MINUTE)
    book.record([], ALL, START)
    assert only(book).gone_at is None


def test_what_a_person_did_is_on_the_record_and_undone_when_it_gets_worse(
    ledger: Ledger, book: NoticeBook
) -> None:
    book.record([notice()], ALL, START)
    assert book.done("failed:tin-1:chat", "lan", START)
    assert not book.done("failed:tin-2:chat", "lan", START)
    told = [(one.actor, one.to_state, one.detail) for one in ledger.views.events()]
    assert told == [("lan", "notice_done", "failed:tin-1:chat")]
    book.record([notice()], ALL, START + MINUTE)
    assert only(book).done_by == "lan"
    book.record([notice(severity=Severity.URGENT)], ALL, START + 2 * MINUTE)
    assert only(book).done_by is None


def test_the_most_urgent_stands_first_and_what_is_over_last(book: NoticeBook) -> None:
    urgent = notice(3, Severity.URGENT)
    book.record([notice(1), notice(2), notice(4)], ALL, START)
    book.record([notice(1), notice(2), urgent], ALL, START + MINUTE)
    book.done(notice(1).key, "lan", START + MINUTE)
    order = [one.notice.about[0] for one in book.all(gone=True)]
    assert order == ["tin-3", "tin-2", "tin-1", "tin-4"]


def test_it_is_told_once_when_it_appears_again_when_worse_and_after_a_day(
    book: NoticeBook,
) -> None:
    book.record([notice()], ALL, START)
    assert claim(book) == [notice().key]
    book.told("ta", [notice().key], START)
    assert not claim(book, 5)
    book.record([notice(severity=Severity.URGENT)], ALL, START + 6 * MINUTE)
    assert claim(book, 6) == [notice().key]
    book.told("ta", [notice().key], START + 6 * MINUTE)
    assert not claim(book, 7)
    assert claim(book, 6 + 24 * 60 + 1) == [notice().key]


def test_what_is_done_with_or_gone_is_not_told(book: NoticeBook) -> None:
    book.record([notice(1), notice(2)], ALL, START)
    book.done(notice(1).key, "lan", START)
    book.record([notice(1)], ALL, START + MINUTE)
    assert not claim(book, 1)


def test_of_many_at_once_one_gets_it(book: NoticeBook) -> None:
    book.record([notice(number) for number in range(5)], ALL, START)
    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(lambda one: claim(book, 0, f"ta-{one}"), range(4)))
        duties = list(pool.map(lambda _: book.take_duty("x", START, START + MINUTE), range(4)))
    assert sorted(map(len, won)) == [0, 0, 0, 5]
    assert sorted(duties) == [False, False, False, True]
    assert book.take_duty("x", START + MINUTE, START + 2 * MINUTE)


def test_what_a_dead_process_had_claimed_is_told_by_another(book: NoticeBook) -> None:
    book.record([notice()], ALL, START)
    assert claim(book, 0, "chet")
    assert not claim(book, 9, "song")
    assert claim(book, 11, "song")
    book.told("chet", [notice().key], START)
    assert only(book).told_at is None, "it is no longer the dead one's to settle"


def test_a_failure_is_kept_and_tried_again_in_its_time(book: NoticeBook) -> None:
    book.record([notice()], ALL, START)
    claim(book)
    again = START + 2 * MINUTE
    book.not_told("ta", [notice().key], told_to=["b", "a"], error="bận", again_at=again)
    kept = only(book)
    assert (kept.tries, kept.error, kept.told_to) == (1, "bận", frozenset("ab"))
    assert not claim(book, 1)
    assert claim(book, 2)
    book.told("ta", [notice().key], again)
    kept = only(book)
    assert (kept.tries, kept.error, kept.told_to, kept.told_at) == (0, "", frozenset(), again)


def test_a_commune_and_the_house_see_their_own_notices_only(
    ledger: Ledger, book: NoticeBook
) -> None:
    others = [NoticeBook(ledger.database, "xa-khac"), NoticeBook(ledger.database, HOUSE)]
    book.record([notice()], ALL, START)
    for other in others:
        assert not other.all(gone=True)
        assert not claim(other)
        assert not other.done(notice().key, "lan", START)
        other.record([], ALL, START + MINUTE)
        assert book.take_duty("x", START, START + MINUTE) == (other is others[0])
    assert only(book).gone_at is None
