"""Tokens in the ledger: sealed, renewed by one worker at a time, kept before they are used."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select
from support.dispatching import KEY, NOW

from engine.errors import LoaError
from engine.ledger import Ledger, Seal
from engine.ledger.places import Place
from engine.ledger.restoring import Return, take_up
from engine.ledger.token_tables import tokens
from engine.models import TokenPair

NAME = "zalo/1/2"
LATER = NOW + timedelta(minutes=5)
DAY = timedelta(days=1)
BACK = Return(NOW, NOW, frozenset(), "x")


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    ledger = Ledger.open(place, "xa-mau", seal=Seal(KEY), options={})
    yield ledger
    ledger.close()


def pair(number: int) -> TokenPair:
    return TokenPair(f"vào-{number}", f"mới-{number}", NOW + number * DAY, NOW + 90 * DAY)


def test_a_seeded_pair_comes_back_and_lies_sealed(ledger: Ledger) -> None:
    assert ledger.tokens.get(NAME) is None
    ledger.tokens.seed(NAME, pair(1))
    assert ledger.tokens.get(NAME) == pair(1)
    with ledger.database.read() as connection:
        (row,) = connection.execute(select(tokens)).all()
    assert "mới-1" not in str(row)
    assert "mới-1".encode() not in bytes(row.sealed)


def test_one_claim_at_a_time_renews_and_a_lost_claim_changes_nothing(ledger: Ledger) -> None:
    ledger.tokens.seed(NAME, pair(1))
    mine = ledger.tokens.claim(NAME, 1, now=NOW, until=LATER)
    assert mine is not None
    assert ledger.tokens.claim(NAME, 1, now=NOW, until=LATER) is None
    theirs = ledger.tokens.claim(NAME, 1, now=LATER, until=LATER + DAY)
    assert theirs is not None, "a claim ends by itself"
    assert not ledger.tokens.renew(NAME, mine, pair(2))
    ledger.tokens.refuse(NAME, mine, "quá muộn")
    assert ledger.tokens.get(NAME) == pair(1)
    assert ledger.tokens.renew(NAME, theirs, pair(3))
    found = ledger.tokens.get(NAME)
    assert found is not None
    assert (found.access, found.version) == ("vào-3", 2)
    assert ledger.tokens.claim(NAME, 1, now=LATER, until=LATER) is None, "of an older pair"


def test_a_refusal_is_kept_until_somebody_logs_in(ledger: Ledger) -> None:
    ledger.tokens.seed(NAME, pair(1))
    claim = ledger.tokens.claim(NAME, 1, now=NOW, until=LATER)
    assert claim is not None
    ledger.tokens.refuse(NAME, claim, "-14014 hết hạn")
    refused = ledger.tokens.get(NAME)
    assert refused is not None
    assert refused.refused == "-14014 hết hạn"
    ledger.tokens.seed(NAME, pair(2))
    again = ledger.tokens.get(NAME)
    assert again is not None
    assert (again.refused, again.version, again.access) == ("", 2, "vào-2")


def test_of_many_workers_one_gets_the_claim(ledger: Ledger, place: Place) -> None:
    ledger.tokens.seed(NAME, pair(1))
    won: list[str] = []
    start = threading.Barrier(8)

    def work() -> None:
        own = Ledger.open(place, "xa-mau", seal=Seal(KEY), options={})
        start.wait()
        claim = own.tokens.claim(NAME, 1, now=NOW, until=LATER)
        if claim is not None:
            won.append(claim)
        own.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_another_data_key_opens_nothing(ledger: Ledger, place: Place) -> None:
    ledger.tokens.seed(NAME, pair(1))
    other = Ledger.open(place, "xa-mau", seal=Seal(Fernet.generate_key()), options={})
    with pytest.raises(LoaError):
        other.tokens.get(NAME)
    other.close()


def test_a_restored_ledger_has_no_claims_and_without_the_key_no_tokens(ledger: Ledger) -> None:
    ledger.tokens.seed(NAME, pair(1))
    assert ledger.tokens.claim(NAME, 1, now=NOW, until=NOW + 9 * DAY) is not None
    take_up(ledger.database, BACK)
    assert ledger.tokens.claim(NAME, 1, now=NOW, until=LATER) is not None
    take_up(ledger.database, BACK, forget_people=True)
    assert ledger.tokens.get(NAME) is None
