"""Devices on a real broker: commands, answers, what is refused, and what is never played again."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from support import builders as b
from support.airing import KEY
from support.broker import FarSide, far_side
from support.cable import Cable
from support.programmes import programme_of
from support.redis_server import wait_until

from channels.base import ChannelError
from channels.loudspeaker.players.mqtt.backend import MqttBackend
from channels.loudspeaker.players.station_plan import Limits
from engine.clock import SimulatedClock
from engine.models import Bundle, Priority
from engine.models.envelope import Envelope, SigningKey
from engine.models.hashing import canonical_json
from engine.models.play import PlayOutcome

COMMAND = "loa/xa-mau/cum-1/command"
SOUND = b"as good as any sound: nobody listens"
_numbers = count(1)


def bundle(wait: float = 0.0, **changes: Any) -> Bundle:
    """Return a bundle whose slot is in ``wait`` seconds; no two are the same."""
    number = next(_numbers)
    slot = datetime.now(UTC) + timedelta(seconds=wait)
    values = {"id": number, "slot": slot, **changes}
    return b.bundle("loudspeaker", "thiet-bi", values.pop("target", "cum-1"), **values)


def programme(bundle: Bundle, *names: str, seconds: float = 0.2) -> Any:
    return programme_of(
        bundle, {name: (name.encode() + SOUND, seconds) for name in names or ("tiem",)}
    )  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[FarSide]:
    with far_side() as far:
        yield far


@pytest.fixture
def far(running: FarSide) -> Iterator[FarSide]:
    """The broker without any device or connection, and nothing that it keeps."""
    yield running
    running.end()
    for cluster in ("cum-1", "cum-2"):
        running.say_as(cluster, f"loa/xa-mau/{cluster}/state", "", retain=True)
        running.say_as("loa", f"loa/xa-mau/{cluster}/kept", "", retain=True)


def outcomes(plays: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(play["campaign_id"], play["outcome"]) for play in plays]


def test_a_device_takes_a_programme_plays_it_and_says_so(far: FarSide) -> None:
    device, backend, one = far.device(), far.backend(), bundle()
    device.start()
    receipt = backend.deliver(programme(one, "tiem", "hop"), one)
    assert receipt.reference == f"cum-1/{one.key}"
    assert device.answers() == [{"id": one.key, "state": "taken"}]
    wait_until(lambda: len(device.plays()) == 2, "both plays")
    found: list[Any] = []
    mark = ""

    def all_there() -> bool:
        nonlocal mark
        plays, mark = backend.plays(mark)
        found.extend(plays)
        return len(found) == 2

    wait_until(all_there, "what was played")
    assert [(play.campaign_id, play.outcome) for play in found] == [
        ("tiem", PlayOutcome.PLAYED), ("hop", PlayOutcome.PLAYED),
    ]  # fmt: skip
    assert {(play.cluster, play.slot, play.hamlets) for play in found} == {
        ("cum-1", one.slot, ("ap-1",))
    }
    assert backend.plays(mark) == ([], mark)
    backend.check()


def test_the_same_command_twice_is_answered_twice_and_played_once(far: FarSide) -> None:
    device, backend, one = far.device(), far.backend(), bundle()
    device.start()
    first = backend.deliver(programme(one), one)
    assert backend.deliver(programme(one), one) == first
    later = bundle()
    backend.deliver(programme(later, "hop"), later)
    wait_until(lambda: ("hop", "played") in outcomes(device.plays()), "the later one")
    assert len(device.answers()) == 3
    assert outcomes(device.plays()) == [("tiem", "played"), ("hop", "played")]


def test_a_device_that_does_not_answer_is_a_failure_that_may_pass(far: FarSide) -> None:
    device, one = far.device("--deaf"), bundle()
    device.start()
    with pytest.raises(ChannelError, match="cum-1") as caught:
        far.backend(patience=0.3).deliver(programme(one), one)
    assert not caught.value.permanent


@pytest.mark.parametrize(("spoilt", "reason"), [("gone", "fetch"), ("other", "sound")])
def test_a_sound_that_is_not_as_the_command_says_is_refused(
    far: FarSide, spoilt: str, reason: str
) -> None:
    device, backend, one = far.device(), far.backend(), bundle()
    device.start()
    made = programme(one, f"xau-{spoilt}")
    (file,) = (one for one in made.files if one.name.endswith(".mp3"))
    path = far.sounds / f"{file.sha256}.mp3"
    path.write_bytes(b"another sound")
    if spoilt == "gone":
        path.unlink()
        backend = far.backend(address=far.address + "/elsewhere")
    with pytest.raises(ChannelError, match="cum-1") as caught:
        backend.deliver(made, one)
    assert not caught.value.permanent
    assert device.answers() == [{"id": one.key, "state": "refused", "reason": reason}]
    assert device.plays() == []


def test_a_command_that_has_expired_is_refused_for_good(far: FarSide) -> None:
    device, one = far.device(), bundle()
    device.start()
    past = Limits(late=timedelta(0), overrun=timedelta(seconds=-1))
    with pytest.raises(ChannelError, match="cum-1") as caught:
        far.backend(limits=past).deliver(programme(one), one)
    assert caught.value.permanent
    assert device.answers()[0]["reason"] == "expired"


def test_an_earlier_version_does_not_come_back(far: FarSide) -> None:
    device, backend, second = far.device(), far.backend(), bundle(30, version=2)
    device.start()
    backend.deliver(programme(second, "hop"), second)
    first = replace(second, version=1, edition=7)
    with pytest.raises(ChannelError):
        backend.deliver(programme(first, "tiem"), first)
    assert device.answers()[-1]["reason"] == "old"


def test_a_device_that_is_gone_is_known_by_its_last_will(far: FarSide) -> None:
    device, backend, one = far.device(), far.backend(patience=30), bundle()
    device.start()
    backend.check()
    device.kill()

    def offline() -> bool:
        try:
            backend.check()
        except ChannelError as error:
            return "cum-1" in str(error) and not error.permanent
        return False

    wait_until(offline, "the last will")
    with pytest.raises(ChannelError, match="cum-1"):
        far.backend().check()  # one that has only now begun to listen
    with pytest.raises(ChannelError, match="cum-1") as caught:
        backend.deliver(programme(one), one)
    assert not caught.value.permanent
    device.start()
    wait_until(lambda: not offline(), "the device again")
    backend.deliver(programme(one), one)


def test_a_device_that_goes_while_its_answer_is_awaited_is_told_at_once(far: FarSide) -> None:
    device, backend = far.device("--deaf"), far.backend(patience=60)
    device.start()
    one = bundle()
    backend.check()
    device.kill()
    with pytest.raises(ChannelError, match="cum-1") as caught:
        backend.deliver(programme(one), one)
    assert not caught.value.permanent


def test_wrong_credentials_are_said_in_words(far: FarSide) -> None:
    one = bundle()
    with pytest.raises(ChannelError, match=r"127\.0\.0\.1") as caught:
        far.backend(password="sai").deliver(programme(one), one)
    assert not caught.value.permanent
    assert "sai" not in str(caught.value)
    device = far.device(password="sai")
    device.start(until="not let in")
    with pytest.raises(ChannelError):
        far.backend(patience=0.3).deliver(programme(one), one)


def test_a_broker_that_is_gone_may_come_back(far: FarSide) -> None:
    device, backend, one = far.device(), far.backend(), bundle()
    device.start()
    backend.deliver(programme(one), one)
    far.broker.stop()
    try:
        two = bundle()
        impatient = far.backend()
        with pytest.raises(ChannelError) as caught:
            impatient.deliver(programme(two), two)
        assert not caught.value.permanent
    finally:
        far.broker.start()
    wait_until(lambda: device.said().count("online") == 2, "the device again")
    backend.deliver(programme(two, "hop"), two)
    wait_until(lambda: ("hop", "played") in outcomes(device.plays()), "the later one")


def answered_by(far: FarSide, user: str) -> None:
    """Deliver to device 1 while ``user`` says again and again that it took the programme."""
    backend, one = far.backend(patience=0.5), bundle()
    forged = json.dumps({"id": one.key, "state": "taken"})
    with ThreadPoolExecutor(1) as pool:
        delivery = pool.submit(backend.deliver, programme(one), one)
        while not delivery.done():
            far.say_as(user, "loa/xa-mau/cum-1/answer", forged)
        delivery.result()


def test_nobody_speaks_for_another_device(far: FarSide) -> None:
    answered_by(far, "cum-1")
    with pytest.raises(ChannelError, match="cum-1"):
        answered_by(far, "cum-2")
    denied = [line for line in far.broker.said().splitlines() if "Denied PUBLISH" in line]
    assert denied
    assert all("loa/xa-mau/cum-1/answer" in line for line in denied)


def test_nobody_hears_what_another_device_is_told(far: FarSide) -> None:
    thief, one = far.device(cluster="cum-1", user="cum-2"), bundle()
    thief.start()
    with pytest.raises(ChannelError, match="cum-1"):
        far.backend(patience=0.5).deliver(programme(one), one)
    assert thief.answers() == []


def test_a_command_that_the_broker_kept_is_not_played(far: FarSide) -> None:
    device, one = far.device(), bundle()
    stale = {"command": 2, "id": "cu", "cluster": "cum-1", "slot": "2026-01-01T00:00:00+07:00",
             "version": [1, 1], "sounds": [], "begin_until": "2099-01-01T00:00:00+07:00",
             "expires": "2099-01-01T00:00:00+07:00", "topic": COMMAND, "sequence": 1}  # fmt: skip
    topic = COMMAND
    far.say_as("loa", topic, signed(stale), retain=True)
    device.start()
    far.backend().deliver(programme(one), one)
    far.say_as("loa", topic, "", retain=True)
    assert [answer["id"] for answer in device.answers()] == [one.key]


def signed(command: Mapping[str, Any], key: SigningKey = KEY) -> str:
    return json.dumps(key.sign_bytes(canonical_json(command)).as_json())


def overheard(far: FarSide, **own: Any) -> tuple[MqttBackend, list[Envelope]]:
    """Return a backend, and every command that it signs: whoever hears the broker has them."""
    kept: list[Envelope] = []

    def sign(payload: bytes) -> Envelope:
        kept.append(KEY.sign_bytes(payload))
        return kept[-1]

    return far.backend(sign=sign, **own), kept


def test_the_brokers_password_alone_makes_no_device_speak(far: FarSide) -> None:
    device, one = far.device(), bundle()
    device.start()
    backend, kept = overheard(far)
    backend.deliver(programme(one), one)
    wait_until(lambda: outcomes(device.plays()) == [("tiem", "played")], "the honest one")
    right = json.loads(kept[0].payload)
    other = {**right, "id": "gia", "sequence": right["sequence"] + 1}
    altered = {**kept[0].as_json(), "payload": b64encode(canonical_json(other)).decode()}
    for forged in (signed(other, SigningKey.made()), json.dumps(altered)):
        far.say_as("loa", COMMAND, forged)
    far.say_as("loa", COMMAND, json.dumps(other))
    wait_until(lambda: len(device.answers()) == 4, "three answers more")
    assert [one.get("reason") for one in device.answers()[1:]] == [
        "signature", "signature", "format",
    ]  # fmt: skip
    far.say_as("loa", COMMAND, signed({**other, "topic": "loa/xa-mau/cum-2/command"}))
    wait_until(lambda: len(device.answers()) == 5, "one answer more")
    assert device.answers()[-1]["reason"] == "format", "it was meant for another device"
    assert outcomes(device.plays()) == [("tiem", "played")]


def test_a_command_that_is_replayed_plays_nothing(far: FarSide) -> None:
    device, first, second = far.device(), bundle(), bundle()
    device.start()
    backend, kept = overheard(far)
    for number, one in enumerate((first, second)):
        backend.deliver(programme(one, f"bai-{number}"), one)
    wait_until(lambda: len(device.plays()) == 2, "both plays")
    old = json.dumps(kept[0].as_json())
    far.say_as("loa", COMMAND, old)
    wait_until(lambda: len(device.answers()) == 3, "the answer again")
    assert device.answers()[-1] == {"id": first.key, "state": "taken"}, "played once all the same"
    device.kill()
    (device.folder / "commands.json").unlink()  # as when it has long expired
    device.start()
    far.say_as("loa", COMMAND, old)
    wait_until(lambda: len(device.answers()) == 4, "the refusal")
    assert device.answers()[-1]["reason"] == "replayed"
    third = bundle()
    backend.deliver(programme(third, "moi"), third)
    wait_until(lambda: len(device.plays()) == 3, "the next one")
    assert outcomes(device.plays())[-1] == ("moi", "played")


def test_a_device_that_trusts_another_key_says_so(far: FarSide) -> None:
    device, one = far.device(), bundle()
    (device.folder / "key").write_text(SigningKey.made().public.text)
    device.start()
    with pytest.raises(ChannelError, match="loa players key") as caught:
        far.backend().deliver(programme(one), one)
    assert not caught.value.permanent
    assert device.plays() == []


def test_with_the_network_cut_what_it_has_plays_what_is_stale_does_not_and_all_is_told_once(
    far: FarSide,
) -> None:
    cable = Cable(far.broker.port)
    device, backend = far.device(port=str(cable.port)), far.backend(patience=0.3)
    device.start()
    morning, noon = bundle(1.0), bundle()
    backend.deliver(programme(morning, "sang"), morning)
    cable.cut()
    with pytest.raises(ChannelError, match="cum-1") as caught:
        backend.deliver(programme(noon, "trua"), noon)
    assert not caught.value.permanent
    wait_until(lambda: outcomes(device.plays()) == [("sang", "played")], "what it has")
    assert backend.plays("")[0] == []
    cable.mend()
    wait_until(lambda: device.said().count("online") == 2, "the device again")
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1, minutes=1)
    stale = bundle(slot=an_hour_ago)
    late = far.backend(clock=SimulatedClock(an_hour_ago))
    with pytest.raises(ChannelError) as caught:
        late.deliver(programme(stale, "cu"), stale)
    assert caught.value.permanent
    backend.deliver(programme(noon, "trua"), noon)
    found: list[Any] = []
    mark = ""

    def all_there() -> bool:
        nonlocal mark
        plays, mark = backend.plays(mark)
        found.extend(plays)
        return len(found) >= 2

    wait_until(all_there, "both plays")
    assert backend.plays(mark)[0] == []
    assert [(play.campaign_id, play.number) for play in found] == [("sang", 1), ("trua", 2)]
    device.kill()
    cable.cut()


def test_for_a_whole_hour_without_network_what_it_has_plays_in_time_and_the_log_comes_after(
    far: FarSide,
) -> None:
    """The device's clock goes an hour ahead while it hears nobody. What Loa said meanwhile reaches
    it at last, too late to begin: it says so, and plays nothing of it."""
    cable = Cable(far.broker.port)
    device = far.device(port=str(cable.port))
    device.start()
    names = {"dau-gio": 0, "giua-gio": 30, "cuoi-gio": 59}
    slots = {name: bundle(minute * 60.0) for name, minute in names.items()}
    backend, said = overheard(far, patience=0.3)
    found: list[Any] = []
    mark = ""

    def heard() -> int:
        nonlocal mark
        plays, mark = backend.plays(mark)
        found.extend(plays)
        return len(found)

    for name, one in slots.items():
        backend.deliver(programme(one, name), one)
    wait_until(lambda: outcomes(device.plays()) == [("dau-gio", "played")], "the first one")
    wait_until(lambda: heard() == 1, "its report")
    cable.cut()
    missed = bundle(20 * 60.0)
    with pytest.raises(ChannelError, match="cum-1"):
        backend.deliver(programme(missed, "lo"), missed)
    device.pass_by(timedelta(minutes=30))
    wait_until(lambda: len(device.plays()) == 2, "the second one")
    device.pass_by(timedelta(minutes=29))
    wait_until(lambda: len(device.plays()) == 3, "the third one")
    assert heard() == 1, "nobody hears it meanwhile"
    device.pass_by(timedelta(minutes=1))
    cable.mend()
    wait_until(lambda: device.said().count("online") == 2, "the device again")
    far.say_as("loa", COMMAND, json.dumps(said[-1].as_json()))
    wait_until(lambda: heard() >= 4, "what was played meanwhile")
    assert backend.plays(mark)[0] == []
    assert [(play.campaign_id, play.outcome.value, play.number) for play in found] == [
        ("dau-gio", "played", 1), ("giua-gio", "played", 2), ("cuoi-gio", "played", 3),
        ("lo", "refused", 4),
    ]  # fmt: skip
    late = {play.campaign_id: play.began - play.slot for play in found[:3]}
    assert all(timedelta(0) <= by < timedelta(seconds=30) for by in late.values()), late
    device.kill()
    cable.cut()


def test_an_emergency_cuts_off_a_routine_item_which_is_played_again_whole(far: FarSide) -> None:
    device, backend, one = far.device(), far.backend(), bundle()
    device.start()
    backend.deliver(programme(one, "tiem", seconds=1.0), one)
    emergency = bundle(priority=Priority.EMERGENCY)
    backend.deliver(programme(emergency, "lu"), emergency)
    wait_until(lambda: len(device.plays()) == 3, "three plays")
    assert outcomes(device.plays()) == [("tiem", "cut"), ("lu", "played"), ("tiem", "played")]
    assert device.plays()[2]["seconds"] >= 1.0


def test_a_log_that_cannot_be_written_keeps_nothing_from_being_played(far: FarSide) -> None:
    device, backend = far.device(), far.backend()
    device.start()
    log = device.folder / "plays.jsonl"
    log.mkdir()  # nobody can append to that, whoever runs this test
    for name in ("tiem", "hop"):
        one = bundle()
        backend.deliver(programme(one, name), one)
    wait_until(lambda: device.said().count("not written down") == 2, "both plays")
    log.rmdir()
    one = bundle()
    backend.deliver(programme(one, "lu"), one)
    wait_until(lambda: outcomes(device.plays()) == [("lu", "played")], "the next play")
    assert device.plays()[0]["number"] == 1
    assert device.said().count("not written down") == 2, "each once"


def test_opening_bridge_and_closing_come_where_they_belong(far: FarSide) -> None:
    """The player writes down what it is given; nobody reports anything but items."""
    player = "sh -c 'basename \"$0\" >> played'"
    device, backend, one = far.device("--play", player), far.backend(), bundle()
    device.start()
    parts = {part: (part.encode(), 0.1) for part in ("opening", "bridge", "closing")}
    items = {name: (name.encode(), 0.1) for name in ("tiem", "hop", "lu")}
    backend.deliver(programme_of(one, items, **parts), one)
    played = device.folder / "played"
    wait_until(lambda: played.exists() and len(played.read_text().split()) == 7, "seven sounds")
    names = {hashlib.sha256(sound).hexdigest(): part for part, (sound, _s) in
             {**parts, **items}.items()}  # fmt: skip
    assert [names[sha256] for sha256 in played.read_text().split()] == [
        "opening", "tiem", "bridge", "hop", "bridge", "lu", "closing",
    ]  # fmt: skip
    assert [play["campaign_id"] for play in device.plays()] == ["tiem", "hop", "lu"]


def test_what_was_played_while_loa_was_away_comes_when_it_is_back(far: FarSide) -> None:
    device, backend, one = far.device(), far.backend(), bundle(0.5)
    device.start()
    backend.deliver(programme(one), one)
    backend.close()
    wait_until(lambda: outcomes(device.plays()) == [("tiem", "played")], "the play")
    found: list[Any] = []
    mark = ""

    def there() -> bool:
        nonlocal mark
        plays, mark = backend.plays(mark)
        found.extend(plays)
        return bool(found)

    wait_until(there, "what was played meanwhile")
    assert [(play.campaign_id, play.number) for play in found] == [("tiem", 1)]


def test_without_a_clock_that_is_sure_a_device_takes_emergencies_alone(far: FarSide) -> None:
    device, backend, one = far.device(), far.backend(), bundle()
    device.start()
    device.clock.unlink()
    with pytest.raises(ChannelError) as caught:
        backend.deliver(programme(one), one)
    assert not caught.value.permanent
    emergency = bundle(priority=Priority.EMERGENCY)
    backend.deliver(programme(emergency, "lu"), emergency)
    wait_until(lambda: outcomes(device.plays()) == [("lu", "played")], "the emergency")


def test_the_line_may_be_encrypted(far: FarSide) -> None:
    device, one = far.device(), bundle()
    device.start()
    far.backend(tls=True).deliver(programme(one), one)


def test_a_broker_whose_certificate_nobody_vouches_for_hears_nothing(far: FarSide) -> None:
    one = bundle()
    with pytest.raises(ChannelError, match=r"127\.0\.0\.1") as caught:
        far.backend(tls=True, ca_file=None).deliver(programme(one), one)
    assert not caught.value.permanent
