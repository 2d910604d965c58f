"""Players in the ledger: enrolled once, told in order what to play, and never told backwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import delete, update
from support import airing
from support.airing import cancel, item, programme, sound
from support.dispatching import KEY, NOW

from engine.errors import LoaError
from engine.ledger import Ledger, Seal
from engine.ledger.places import Place
from engine.ledger.player_tables import player_feeds, programmes
from engine.ledger.players import Doors
from engine.ledger.programmes import Feeds
from engine.ledger.restoring import Return, take_up
from engine.models.airing import Message, Programme
from engine.models.envelope import SignatureError, SigningKey

LATER = NOW + timedelta(days=2)
SOON = NOW + timedelta(hours=1)
CLUSTERS = ["cum-1", "cum-2"]


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    ledger = Ledger.open(place, "xa-mau", seal=Seal(KEY), options={})
    yield ledger
    ledger.close()


def message(**changes: object) -> Programme:
    return programme(**{"commune": "xa-mau", "expires": LATER, **changes})


def heard(ledger: Ledger, after: int = 0, at: datetime = NOW) -> list[Message]:
    """What a player with the commune's key makes of what is published."""
    key = ledger.player_keys.current(NOW)
    found = ledger.programmes.after(after, CLUSTERS, at=at, limit=99)
    return [one.envelope.opened({key.id: key}) for one in found]


def test_a_code_is_good_once_and_gives_a_token_that_is_kept_nowhere(ledger: Ledger) -> None:
    player, code = ledger.players.invite(["cum-2", "cum-1"], name="Ấp Một", at=NOW, until=SOON)
    assert (player.id, player.clusters, player.plays) == ("cum-1.1", ("cum-1", "cum-2"), False)
    assert code.means(ledger.player_keys.get(player.key_id).public)
    doors = Doors(ledger.database)
    enrolled = doors.enrol(code.secret, version="1", at=SOON)
    assert enrolled is not None
    assert enrolled.player.plays
    assert doors.enrol(code.secret, version="1", at=SOON) is None
    assert doors.known_by(enrolled.token) == enrolled.player
    assert doors.known_by(enrolled.token + "x") is None
    assert enrolled.token not in repr(enrolled)
    with ledger.database.read() as connection:
        whole = str(connection.exec_driver_sql("SELECT * FROM players").all())
    assert enrolled.token not in whole
    assert code.secret not in whole


def test_a_code_that_is_too_old_or_taken_back_opens_nothing(ledger: Ledger) -> None:
    _player, code = ledger.players.invite(["cum-1"], name="", at=NOW, until=SOON)
    doors = Doors(ledger.database)
    assert doors.enrol(code.secret, version="1", at=SOON + timedelta(seconds=1)) is None
    ledger.players.revoke("cum-1.1", NOW)
    assert doors.enrol(code.secret, version="1", at=NOW) is None


def test_a_revoked_player_is_nobody_and_its_name_is_not_given_again(ledger: Ledger) -> None:
    _player, code = ledger.players.invite(["cum-1"], name="", at=NOW, until=SOON)
    enrolled = Doors(ledger.database).enrol(code.secret, version="1", at=NOW)
    assert enrolled is not None
    revoked = ledger.players.revoke("cum-1.1", SOON)
    assert revoked.revoked_at == SOON
    assert not revoked.plays
    assert Doors(ledger.database).known_by(enrolled.token) is None
    again, _code = ledger.players.invite(["cum-1"], name="", at=NOW, until=SOON)
    assert again.id == "cum-1.2"
    assert ledger.players.revoke("cum-1.1", LATER).revoked_at == SOON
    with pytest.raises(LoaError, match=r"no player cum-9 \(there are: cum-1\.1, cum-1\.2\)"):
        ledger.players.revoke("cum-9", NOW)


def test_how_a_player_fares_is_kept(ledger: Ledger) -> None:
    _player, code = ledger.players.invite(["cum-1"], name="", at=NOW, until=SOON)
    doors = Doors(ledger.database)
    enrolled = doors.enrol(code.secret, version="0.1", at=NOW)
    assert enrolled is not None
    slow = timedelta(seconds=-75.5)
    doors.told(enrolled.player, at=SOON, offset=slow, disk_free=7 << 30, version="0.2")
    (player,) = ledger.players.all()
    told = (player.seen_at, player.offset, player.disk_free, player.version)
    assert told == (SOON, slow, 7 << 30, "0.2")
    doors.seen(player, LATER)
    assert ledger.players.all()[0].seen_at == LATER


def test_what_is_published_is_signed_dated_and_in_order(ledger: Ledger) -> None:
    first = ledger.programmes.publish(message(sequence=7), NOW)
    second = ledger.programmes.publish(message(cluster="cum-2"), NOW)
    assert first < second
    assert first >= NOW.timestamp() * 1000
    one, two = heard(ledger)
    assert isinstance(one, Programme)
    assert (one.sequence, one.made_at, one.items) == (first, NOW, (item(),))
    assert heard(ledger, first) == [two]
    assert heard(ledger, second) == []
    assert ledger.programmes.after(0, ["cum-2"], at=NOW, limit=9)[0].sequence == second
    assert ledger.programmes.last() == second


def test_the_same_again_changes_nothing_and_a_change_comes_after(ledger: Ledger) -> None:
    first = ledger.programmes.publish(message(), NOW)
    assert ledger.programmes.publish(message(), SOON) == first
    changed = message(version=2, items=(item(title="Khác"),))
    second = ledger.programmes.publish(changed, SOON)
    assert second > first
    assert [one.version for one in heard(ledger) if isinstance(one, Programme)] == [2]
    gone = ledger.programmes.publish(cancel(commune="xa-mau", version=3), SOON)
    (said,) = heard(ledger)
    assert not isinstance(said, Programme)
    assert gone > second


def test_a_worker_that_overslept_publishes_nothing_old(ledger: Ledger) -> None:
    newest = ledger.programmes.publish(message(version=2), NOW)
    assert ledger.programmes.publish(message(version=1, items=(item(title="Cũ"),)), SOON) == newest
    (said,) = heard(ledger)
    assert isinstance(said, Programme)
    assert said.version == 2


def test_what_is_over_is_not_told_and_forgotten(ledger: Ledger) -> None:
    ledger.programmes.publish(message(expires=SOON), NOW)
    assert len(heard(ledger, at=SOON)) == 1
    assert heard(ledger, at=SOON + timedelta(seconds=1)) == []
    assert Feeds(ledger.database).forget(SOON) == 0
    assert Feeds(ledger.database).forget(SOON + timedelta(seconds=1)) == 1


def test_only_sounds_of_the_players_own_clusters_are_its_to_fetch(ledger: Ledger) -> None:
    opening = sound(b"opening")
    ledger.programmes.publish(message(opening=opening), NOW)
    lists = ledger.programmes.lists
    assert lists(opening.sha256, ["cum-1"])
    assert lists(sound().sha256, CLUSTERS)
    assert not lists(opening.sha256, ["cum-2"])
    assert not lists(sound(b"else").sha256, CLUSTERS)
    ledger.programmes.publish(cancel(commune="xa-mau"), NOW)
    assert not lists(opening.sha256, ["cum-1"])


def test_a_clock_that_stands_or_goes_back_does_not_turn_sequences_back(ledger: Ledger) -> None:
    given = [
        ledger.programmes.publish(message(version=number), at)
        for number, at in zip(count(1), [NOW, NOW, NOW - timedelta(days=30), NOW], strict=False)
    ]
    assert given == sorted(set(given))


def test_a_restored_ledger_goes_on_above_what_was_published_after_the_backup(
    ledger: Ledger,
) -> None:
    ledger.programmes.publish(message(), NOW)
    saved = ledger.programmes.last()
    lost = ledger.programmes.publish(message(version=2), SOON)
    with ledger.database.write() as connection:  # back to what the backup knew
        connection.execute(update(player_feeds).values(sequence=saved))
        connection.execute(delete(programmes))
    take_up(ledger.database, Return(NOW, SOON, frozenset(), "thử"))
    assert ledger.programmes.publish(message(version=2), NOW) > lost


def test_without_the_data_key_a_restored_ledger_signs_with_a_new_key(ledger: Ledger) -> None:
    old = ledger.player_keys.current(NOW)
    take_up(ledger.database, Return(NOW, SOON, frozenset(), "thử"))
    assert ledger.player_keys.current(SOON) == old
    take_up(ledger.database, Return(NOW, SOON, frozenset(), "thử"), forget_people=True)
    assert ledger.player_keys.current(SOON) != old


def test_a_player_that_is_ahead_of_the_ledger_pulls_it_along(ledger: Ledger) -> None:
    """A backup came back, and what was published since had been under a wrong clock."""
    ledger.programmes.publish(message(), NOW)
    seen = ledger.programmes.last() + 90 * 86_400_000
    assert ledger.programmes.seen_by_a_player(seen, NOW)
    assert not ledger.programmes.seen_by_a_player(seen, NOW)
    assert ledger.programmes.publish(message(version=2), NOW) > seen
    beyond = 2**53 - 1
    assert not ledger.programmes.seen_by_a_player(beyond, NOW)
    assert ledger.programmes.last() < beyond
    assert not ledger.programmes.seen_by_a_player(seen, NOW)


def test_publishing_at_once_gives_each_a_sequence_and_nobody_reads_past_one(
    ledger: Ledger, place: Place
) -> None:
    others = [Ledger.open(place, "xa-mau", seal=Seal(KEY), options={}) for _n in range(3)]
    ledger.player_keys.current(NOW)
    missed: list[int] = []
    done = threading.Event()

    def watch() -> None:
        """What is at or below the highest sequence seen must have been seen by then."""
        seen, high = set[int](), 0
        while not done.is_set():
            found = [one.sequence for one in heard(ledger, at=NOW) if isinstance(one, Programme)]
            missed.extend(one for one in found if one < high and one not in seen)
            seen |= set(found)
            high = max([high, *found])

    def publish(mine: Ledger, number: int) -> None:
        for n in range(20):
            slot = airing.SLOT + timedelta(minutes=20 * number + n)
            mine.programmes.publish(message(slot=slot), NOW)

    threads = [threading.Thread(target=publish, args=(it, n)) for n, it in enumerate(others)]
    watcher = threading.Thread(target=watch)
    watcher.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    watcher.join()
    for other in others:
        other.close()
    assert len({one.sequence for one in heard(ledger) if isinstance(one, Programme)}) == 60
    assert not missed


def test_a_new_key_leaves_players_the_one_they_pinned(ledger: Ledger) -> None:
    old = ledger.player_keys.current(NOW)
    ledger.programmes.publish(message(), NOW)
    new = ledger.player_keys.rotate(SOON)
    assert new.id != old.id
    assert ledger.player_keys.current(SOON) == new
    ledger.programmes.publish(message(cluster="cum-2"), SOON)
    found = ledger.programmes.after(0, CLUSTERS, at=NOW, limit=9)
    assert [one.envelope.key for one in found] == [old.id, new.id]
    for key in (old, new):
        for one in found:
            envelope = ledger.player_keys.signed_with(one.envelope, key.id)
            assert isinstance(envelope.opened({key.id: key}), Programme)


def test_what_somebody_wrote_into_the_ledger_is_not_signed_for_him(ledger: Ledger) -> None:
    ledger.player_keys.current(NOW)
    new = ledger.player_keys.rotate(SOON)
    with pytest.raises(SignatureError):
        ledger.player_keys.signed_with(SigningKey.made().sign(message()), new.id)


def test_a_lost_data_key_is_said_and_signs_nothing(ledger: Ledger, place: Place) -> None:
    from cryptography.fernet import Fernet

    ledger.player_keys.current(NOW)
    other = Ledger.open(place, "xa-mau", seal=Seal(Fernet.generate_key()), options={})
    with pytest.raises(LoaError, match="xa-mau: the key that signs programmes is sealed"):
        other.programmes.publish(message(), NOW)
    other.close()
    assert ledger.programmes.last() == 0


def test_at_another_communes_door_a_code_is_nobodys_and_stays_good(ledger: Ledger) -> None:
    _player, code = ledger.players.invite(["cum-1"], name="", at=NOW, until=SOON)
    others, ours = Doors(ledger.database, "xa-khac"), Doors(ledger.database, "xa-mau")
    assert others.enrol(code.secret, version="1", at=NOW) is None
    enrolled = ours.enrol(code.secret, version="1", at=NOW)
    assert enrolled is not None
    assert others.known_by(enrolled.token) is None
    assert ours.known_by(enrolled.token) == enrolled.player
    assert (ours.any_listens(), others.any_listens()) == (True, False)
    assert Doors(ledger.database).any_listens()
