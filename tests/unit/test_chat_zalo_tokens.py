"""An Official Account's tokens: renewed in time, by one worker, and never used before kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support import zalo
from support.builders import FreeLimits, MemoryTokens
from support.zalo import FarSide

from channels.base import ChannelError
from channels.chat.bots.habits import Habit, Script, refuse
from channels.chat.zalo.client import ZaloClient
from engine.models import TokenPair

TOKEN = "/access_token"
GROUPS = "/v3.0/oa/group/getgroupsofoa"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def far(tmp_path: Path) -> Iterator[FarSide]:
    with zalo.far_side(tmp_path) as running:
        yield running


@pytest.fixture
def client(far: FarSide) -> Iterator[ZaloClient]:
    made = a_client(far)
    yield made
    made.close()


def a_client(far: FarSide, tokens: MemoryTokens | None = None) -> ZaloClient:
    return ZaloClient(far.account, tokens or far.tokens, FreeLimits(), far.clock)


def ask(client: ZaloClient) -> object:
    return client.get(GROUPS, {"offset": 0, "count": 1}, where="x")


def kept(far: FarSide) -> TokenPair:
    pair = far.tokens.get(far.account.key)
    assert pair is not None
    return pair


def later(far: FarSide, hours: float) -> None:
    far.clock.advance_to(far.clock.now() + hours * HOUR)


def test_a_young_token_is_used_as_it_is_and_renewed_at_twenty_hours(
    client: ZaloClient, far: FarSide
) -> None:
    later(far, 19.9)
    ask(client)
    assert far.world.refreshes == 0
    later(far, 0.2)
    ask(client)
    ask(client)
    assert far.world.refreshes == 1
    assert kept(far).access_until == far.clock.now() + 25 * HOUR
    assert kept(far).refresh_until == far.clock.now() + timedelta(days=90)


def test_a_token_that_zalo_no_longer_takes_is_renewed_once(
    client: ZaloClient, far: FarSide
) -> None:
    far.world.void_access()
    ask(client)
    assert far.world.refreshes == 1
    assert far.fake.asked.count(GROUPS) == 2


def test_one_that_stays_refused_needs_a_person_and_does_not_go_round(
    client: ZaloClient, far: FarSide
) -> None:
    far.fake.script(refuse(-216, GROUPS), refuse(-216, GROUPS))
    with pytest.raises(ChannelError, match="loa zalo login") as caught:
        ask(client)
    assert caught.value.permanent
    assert far.world.refreshes == 1


def test_the_new_pair_is_kept_before_it_is_used(far: FarSide) -> None:
    class Forgetful(MemoryTokens):
        def renew(self, account: str, claim: str, pair: TokenPair) -> bool:
            raise OSError("đĩa hỏng")

    tokens = Forgetful(kept=dict(far.tokens.kept))
    client = a_client(far, tokens)
    later(far, 24)
    with pytest.raises(OSError, match="hỏng"):
        ask(client)
    assert GROUPS not in far.fake.asked
    client.close()


def test_eight_workers_renew_once(far: FarSide) -> None:
    """Each has its own connection; the one refresh token would be dead for all the others."""
    later(far, 22)
    start, failed = threading.Barrier(8), []

    def work() -> None:
        client = a_client(far)
        start.wait()
        try:
            ask(client)
        except ChannelError as error:
            failed.append(error)
        client.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # One whose old token was replaced before the new one was kept comes again, and is told so.
    assert all(error.retry_after and not error.permanent for error in failed)
    assert len(failed) < 8
    assert far.world.refreshes == 1
    assert kept(far).refused == ""
    last = a_client(far)
    ask(last)
    last.close()


def test_while_another_renews_a_dead_token_one_comes_again(
    client: ZaloClient, far: FarSide
) -> None:
    later(far, 26)
    now = far.clock.now()
    assert far.tokens.claim(far.account.key, 1, now=now, until=now + HOUR)
    with pytest.raises(ChannelError) as caught:
        ask(client)
    assert not caught.value.permanent
    assert caught.value.retry_after is not None
    later(far, 1)
    ask(client)


def test_used_elsewhere_a_person_is_told_while_the_old_token_still_serves(
    client: ZaloClient, far: FarSide
) -> None:
    far.world.void_refresh()
    later(far, 21)
    ask(client)
    assert "-14014" in kept(far).refused
    assert client.keeper.expires_at() == kept(far).access_until
    later(far, 5)
    with pytest.raises(ChannelError, match="loa zalo login") as caught:
        ask(client)
    assert caught.value.permanent
    far.log_in()
    ask(client)
    assert client.keeper.expires_at() == kept(far).refresh_until


@pytest.mark.parametrize(
    "habit",
    [Habit.DROP_BEFORE, Habit.NOT_JSON, Habit.HALF_BODY, Habit.NO_RESULT],
)
def test_an_unclear_renewal_is_tried_again_and_its_end_is_said(
    habit: Habit, client: ZaloClient, far: FarSide
) -> None:
    """What was answered and lost on the way used the token up: nothing can bring it back."""
    later(far, 26)
    far.fake.script(Script(habit, path=TOKEN))
    with pytest.raises(ChannelError) as caught:
        ask(client)
    assert (caught.value.permanent, caught.value.unknown) == (False, False)
    if habit is Habit.DROP_BEFORE:
        ask(client)
        assert kept(far).refused == ""
    else:
        with pytest.raises(ChannelError, match="loa zalo login") as last:
            ask(client)
        assert last.value.permanent


def test_it_is_kept_alive_though_nothing_is_sent(client: ZaloClient, far: FarSide) -> None:
    for _hours in range(100):
        later(far, 12)
        client.keeper.keep_alive()
    assert far.world.refreshes == 50
    assert kept(far).refused == ""
    ask(client)


def test_nobody_logged_in_is_said_and_needs_a_person(far: FarSide) -> None:
    client = a_client(far, MemoryTokens())
    with pytest.raises(ChannelError, match="loa zalo login") as caught:
        ask(client)
    assert caught.value.permanent
    assert client.keeper.expires_at() is None
    client.keeper.keep_alive()
    client.close()
