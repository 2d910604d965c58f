"""Passphrases: kept so that they cannot be read, and proved by whatever made their hash."""

from __future__ import annotations

import pytest
from support.quick import SHIPPED

from engine.errors import LoaError
from engine.planner import passphrase
from engine.planner.passphrase import hash_passphrase, matches

WORD = "mật-khẩu-bịa-ra"

#: As it was kept before Argon2id: scrypt with N = 2^14, r = 8, p = 5 of the word above.
BEFORE = "scrypt$16384$8$5$MDEyMzQ1Njc4OWFiY2RlZg==$e9XgKrSgH6OItoCuoioTb5JObNE5iYILdmhgVewjFcc="


@pytest.fixture(autouse=True)
def as_it_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests take the least cost that there is."""
    monkeypatch.setattr(passphrase, "_MEMORY", SHIPPED[0])
    monkeypatch.setattr(passphrase, "_PASSES", SHIPPED[1])


def test_the_same_word_is_kept_otherwise_each_time_and_matches_each_time() -> None:
    first, second = hash_passphrase(WORD), hash_passphrase(WORD)
    assert first != second
    assert first.startswith("argon2id$19456$2$1$"), "what OWASP recommends first"
    assert WORD not in first
    assert matches(WORD, first)
    assert matches(WORD, second)
    assert not matches(WORD + "x", first)


def test_what_was_kept_as_scrypt_still_opens() -> None:
    assert matches(WORD, BEFORE)
    assert not matches(WORD + "x", BEFORE)


def test_a_scheme_that_nobody_knows_proves_nothing() -> None:
    with pytest.raises(ValueError, match="unknown passphrase scheme md5"):
        matches(WORD, "md5$1$2")


def test_a_short_one_is_refused() -> None:
    with pytest.raises(LoaError, match="8"):
        hash_passphrase("ngắn")
