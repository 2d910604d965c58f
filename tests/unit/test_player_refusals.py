"""What a player refuses to play, and that its log and its server hear of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from support.airing import SLOT
from support.amplifier import EARLY, Rig, a_cancel, a_programme, an_emergency, newer
from support.player_server import Far, forged, player_server, sequence

from engine.models.airing import Programme, ServerTime
from engine.models.envelope import SigningKey

pytestmark = pytest.mark.usefixtures("english")

OTHER = SigningKey.made()


def altered(wire: dict[str, str]) -> dict[str, str]:
    payload = base64.b64decode(wire["payload"]).replace(b"bao", b"gio")
    return {**wire, "payload": base64.b64encode(payload).decode()}


def signed_by_another(far: Far, programme: Programme) -> dict[str, str]:
    return OTHER.sign(programme).as_json()


BAD: dict[str, tuple[Callable[[Far, Programme], object], str]] = {
    "unsigned": (
        lambda far, p: {**far.key.sign(p).as_json(), "signature": ""},
        "altered, or never",
    ),
    "forged": (lambda far, p: forged(far.key.sign(p).as_json()), "altered, or never signed"),
    "altered": (lambda far, p: altered(far.key.sign(p).as_json()), "altered, or never signed"),
    "another key": (signed_by_another, "is not trusted here"),
    "another key under the trusted one's name": (
        lambda far, p: {**signed_by_another(far, p), "key": far.key.public.id},
        "altered, or never signed",
    ),
    "another commune": (
        lambda far, p: far.key.sign(newer(p, commune="xa-khac")).as_json(),
        "meant for the commune xa-khac",
    ),
    "another cluster": (
        lambda far, p: far.key.sign(newer(p, cluster="cum-2")).as_json(),
        "meant for the cluster cum-2",
    ),
    "expired": (
        lambda far, p: far.key.sign(newer(p, expires=EARLY - timedelta(seconds=1))).as_json(),
        "expired at",
    ),
    "no programme": (
        lambda far, p: far.key.sign(ServerTime("0123456789abcdef", p.slot)).as_json(),
        "no programme",
    ),
    "no envelope": (lambda far, p: {"payload": ""}, "is missing"),
    "no JSON object": (lambda far, p: ["bao"], "JSON"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_not_for_this_player_is_silent_and_logged_once(
    player: Rig, far: Far, kind: str
) -> None:
    make, reason = BAD[kind]
    programme = an_emergency(far, "bao", EARLY)
    far.put(sequence(), make(far, programme))
    for _time in range(3):
        player.talk()
    player.run(120)
    assert player.sounds == []
    assert [play["outcome"] for play in far.plays.values()] == ["refused"]
    assert reason in far.plays[1]["reason"]


def test_a_good_one_behind_bad_ones_is_played(player: Rig, far: Far) -> None:
    wire = far.key.sign(an_emergency(far, "bao", EARLY)).as_json()
    far.put(sequence(), forged(wire))
    far.publish(an_emergency(far, "vo-de", EARLY))
    player.talk()
    player.agent.turn()
    assert player.sounds == ["vo-de"]


def test_an_old_emergency_that_is_replayed_is_refused(player: Rig, far: Far) -> None:
    wire = far.publish(an_emergency(far, "bao", EARLY, expires=EARLY + timedelta(days=1)))
    player.talk()
    player.run(60)
    far.publish(a_cancel(an_emergency(far, "bao", EARLY)))
    player.talk()
    assert player.sounds == ["bao"]
    player.killed()
    far.put(sequence(), wire)
    player.talk()
    player.run(600)
    assert player.sounds == ["bao"]
    assert "replayed" in far.plays[2]["reason"]


def test_a_replay_is_refused_also_when_nothing_vouches_for_the_clock(player: Rig, far: Far) -> None:
    """The number that is kept decides, not the time."""
    wire = far.publish(an_emergency(far, "bao", EARLY))
    player.talk()
    player.run(1200)
    assert player.sounds == ["bao"]
    player.world.reboot(away=timedelta(days=30))
    player.world.wrong = -timedelta(days=30)
    player.killed()
    far.put(sequence(), wire)
    assert player.agent.keeper.standing().doubt is not None
    player.agent.stream.turn()
    player.run(600)
    assert player.sounds == ["bao"]


def test_the_same_envelope_again_is_no_attack(player: Rig, far: Far) -> None:
    wire = far.publish(a_programme(far, "tin-1"))
    player.talk()
    far.put(sequence(), wire)
    player.talk()
    player.run((SLOT - EARLY).total_seconds() + 120, 30)
    player.talk()
    assert player.sounds == ["tin-1"]
    assert far.heard("refused") == []


def test_two_servers_with_one_key_never_make_anything_play_twice(player: Rig, far: Far) -> None:
    """A workspace that was copied: both say different things about one slot, by turns."""
    programme = a_programme(far, "tin-1")
    twin = Far()
    twin.now, twin.held, twin.sounds = far.now, 0.0, far.sounds
    far.publish(programme)
    twin.publish(newer(programme, sequence=programme.sequence - 1))
    twin.publish(newer(programme, sequence=programme.sequence))
    with player_server(twin) as address:
        other = Rig(player.folder.parent / "unused", address, twin, now=EARLY)
        player.talk()
        # The address now leads to the other server.
        stream, other.agent.stream._line = other.agent.stream._line, player.agent.stream._line
        player.agent.stream._line, mine = stream, player.agent.stream._line
        player.agent.stream._cursor = 0
        player.agent.stream.turn()
        player.agent.stream._line = mine
        other.close()
    player.run((SLOT - EARLY).total_seconds() + 300, 10)
    player.talk()
    assert player.sounds == ["tin-1"]
    refused = [p["reason"] for p in far.plays.values() if p["outcome"] == "refused"]
    assert len(refused) == 2
    assert all("replayed" in reason for reason in refused)


def test_two_servers_with_two_keys_one_is_never_believed(player: Rig, far: Far) -> None:
    impostor = Far(OTHER)
    player.talk()
    with player_server(impostor) as address:
        impostor.now, impostor.held = far.now, 0.0
        impostor.publish(an_emergency(impostor, "bao", EARLY))
        other = Rig(player.folder.parent / "other", address, impostor, now=EARLY)
        assert "refused" in other.tried()
        other.agent.stream._keeper.compare(EARLY, other.world.counter, other.world.counter)
        other.agent.stream.turn()
        other.run(60)
        assert other.sounds == []
        assert other.plays() == [("unknown", "refused")]
        other.close()


def test_a_flood_of_forgeries_does_not_fill_the_disk(player: Rig, far: Far) -> None:
    wire = far.key.sign(an_emergency(far, "bao", EARLY)).as_json()
    for number in range(200):
        far.put(sequence(), {**wire, "key": f"{number:016x}"})
    for _time in range(5):
        player.agent.stream.turn()
    assert len(player.plays()) == 60
    far.publish(an_emergency(far, "vo-de", EARLY))
    for _time in range(5):
        player.agent.stream.turn()
    player.agent.turn()
    assert player.sounds == ["vo-de"]


def test_a_programme_that_was_changed_on_the_disk_is_not_played(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    (path,) = (player.folder / "programmes").rglob("*.json")
    stored = json.loads(path.read_text())
    stored["envelope"] = forged(stored["envelope"])
    path.write_text(json.dumps(stored))
    player.killed()
    player.online = False
    player.run((SLOT - EARLY).total_seconds() + 300, 60)
    assert player.sounds == []
    assert player.agent.shelf.spoilt == 1


def test_a_sound_that_was_changed_on_the_disk_is_not_played_and_fetched_again(
    player: Rig, far: Far
) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    (sound,) = (player.folder / "sounds").iterdir()
    sound.write_bytes(b"gia-1")
    player.run((SLOT - EARLY).total_seconds() + 5, 60)
    assert player.sounds == []
    player.talk()
    player.run(100)
    assert player.sounds == ["tin-1"]
    assert player.plays() == [("tin-1", "played")]


def test_a_server_that_sends_another_sound_makes_nothing_play(player: Rig, far: Far) -> None:
    programme = a_programme(far, "tin-1")
    far.sounds[programme.items[0].sound.sha256] = b"gia-1"
    far.publish(programme)
    player.talk()
    player.run((SLOT - EARLY).total_seconds() + 1500, 60)
    player.talk()
    assert player.sounds == []
    assert far.heard("failed") == ["tin-1"]
    assert far.plays[1]["reason"] == "its sound had not come when it was due"


def test_more_bytes_than_were_signed_are_not_taken(player: Rig, far: Far) -> None:
    programme = a_programme(far, "tin-1")
    far.sounds[programme.items[0].sound.sha256] = b"x" * 5_000_000
    far.publish(programme)
    player.talk()
    left = sum(path.stat().st_size for path in (player.folder / "sounds").iterdir())
    assert left < 100_000
