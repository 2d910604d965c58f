"""A programme's frame: opening, closing, and all of it in one file, made once for all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutagen.id3 import ID3
from support import builders as b
from support import sound

from channels.base import ChannelError
from channels.loudspeaker.audio.terms import Finish, Format, Profile
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.framing import Framing
from channels.loudspeaker.inputs import AnnouncementInputs
from channels.loudspeaker.kept import Shared, SharedSounds, Written
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.studio import Studio
from engine.models import (
    Around,
    Artifact,
    Commune,
    File,
    Item,
    Priority,
    Registry,
    Rendered,
    StationRules,
)

DAY = "2026-12-02"
REGISTRY = b.registry()


@dataclass
class Station:
    """A channel in a folder, the items it has rendered, and how often it made an announcement."""

    folder: Path
    channel: LoudspeakerChannel
    announced: list[AnnouncementInputs]

    def item(self, campaign: str = "lu", hamlet: int = 1, **changes: Any) -> Item:
        content = b.content(
            "loudspeaker", LoudspeakerOptions(), campaign_id=campaign, **{"contact": "", **changes}
        )
        inputs = self.channel.prepare(content, b.hamlet(hamlet), b.FakeArtifacts())
        rendered = self.channel.render(inputs)
        return Item(hamlet, b.hamlet(hamlet), content, stored(self.folder, rendered))

    def programme(self, *items: Item, registry: Registry = REGISTRY, **changes: Any) -> Artifact:
        cluster = changes.pop("cluster", "cum-1")
        bundle = b.bundle("loudspeaker", "folder", cluster, **changes)
        return self.channel.assemble(bundle, items, registry)


def stored(folder: Path, rendered: Rendered) -> File:
    file = File.of_bytes("x", rendered.media_type, rendered.data)
    path = folder / file.sha256
    path.write_bytes(rendered.data)
    return replace(file, source=path)


Make = Callable[..., Station]


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    made: list[LoudspeakerChannel] = []
    announced: list[AnnouncementInputs] = []
    real = Studio.announcement

    def counted(studio: Studio, inputs: AnnouncementInputs) -> Rendered:
        announced.append(inputs)
        return real(studio, inputs)

    monkeypatch.setattr(Studio, "announcement", counted)

    def make(**settings: Any) -> Station:
        channel = LoudspeakerChannel(
            outbox=tmp_path / "outbox", speech_cache=tmp_path / "cache", **settings
        )
        made.append(channel)
        return Station(tmp_path, channel, announced)

    yield make
    for channel in made:
        channel.close()


def manifest_of(programme: Artifact) -> Any:
    return json.loads(programme.named(f"{DAY}/0500.json").read())


def playlist_of(programme: Artifact) -> list[str]:
    rows = programme.named(f"{DAY}/0500.m3u8").read().decode().splitlines()
    return [row for row in rows if not row.startswith("#")]


def test_opening_and_closing_stand_once_around_all_items(station: Make) -> None:
    here = station()
    made = here.programme(here.item("a"), here.item("b", body="Tin khác."))
    assert playlist_of(made) == [
        "0500-opening.mp3",
        "0500-routine-a.mp3",
        "0500-bridge.mp3",
        "0500-routine-b.mp3",
        "0500-closing.mp3",
    ]
    manifest = manifest_of(made)
    assert [one["campaign"] for one in manifest["items"]] == ["a", "b"]
    for part in ("opening", "bridge", "closing", "programme"):
        file = made.named(f"{DAY}/0500-{part}.mp3")
        assert manifest[part]["sha256"] == file.sha256
        assert manifest[part]["size"] == file.size
    assert made.remarks == ()


def test_one_file_holds_the_programme_in_order_at_one_level(station: Make) -> None:
    here = station()
    made = here.programme(here.item("a"), here.item("b", body="Tin khác."))
    names = [f"0500-{part}" for part in ("opening", "routine-a", "bridge", "routine-b", "closing")]
    parts = [sound.decoded(made.named(f"{DAY}/{name}.mp3").read()) for name in names]
    joined = made.named(f"{DAY}/0500-programme.mp3")
    heard = sound.decoded(joined.read())
    assert len(heard) == sum(map(len, parts))
    assert np.abs(heard - np.concatenate(parts)).max() < 0.01
    for one in (*parts, heard):
        assert sound.loudness(one) == pytest.approx(-16.0, abs=0.5)
        assert sound.true_peak(one) <= -1.0
    assert manifest_of(made)["programme"]["seconds"] == pytest.approx(len(heard) / 44_100, abs=0.1)
    assert isinstance(joined.source, Path)
    assert str(ID3(joined.source)["TPE1"]) == "Đài Truyền thanh xã Mẫu"


def test_what_is_shared_is_made_once_for_all_clusters_and_slots(station: Make) -> None:
    here = station()
    item = here.item()
    made = [here.programme(item, cluster=f"cum-{number}") for number in range(1, 4)]
    evening = here.programme(
        item, slot=b.bundle("loudspeaker", "folder", "x").slot.replace(hour=17)
    )
    assert len(here.announced) == 2
    sources = {one.named(f"{DAY}/0500-programme.mp3").source for one in made}
    assert sources == {evening.named(f"{DAY}/1700-programme.mp3").source}
    again = station().programme(item)
    assert again == made[0]
    assert len(here.announced) == 2


def test_the_station_says_its_own_name(station: Make) -> None:
    def said(registry: Registry, **settings: Any) -> str:
        here = station(framing=Framing(**settings))
        here.programme(here.item(), registry=registry)
        return here.announced[-2].speech.sentences[0].text

    assert said(REGISTRY) == "Đây là Đài Truyền thanh xã Mẫu."
    assert said(REGISTRY, station="Đài ta") == "Đây là Đài ta."
    rules = replace(REGISTRY.station, name="Tiếng nói Ấp Bắc")
    assert said(replace(REGISTRY, station=rules), station="Đài ta") == "Đây là Tiếng nói Ấp Bắc."
    city = Commune("p", "Bến Nghé", "Thành phố Mẫu", "UBND")
    assert said(replace(REGISTRY, commune=city)) == "Đây là Đài Truyền thanh Bến Nghé."


def test_an_emergency_begins_with_an_alarm_and_waits_for_no_file(
    station: Make, tmp_path: Path
) -> None:
    here = station(framing=Framing(jingle=tmp_path / "gone.mp3", bed=tmp_path / "gone.mp3"))
    made = here.programme(here.item(priority=Priority.EMERGENCY))
    assert made.remarks == ()
    opening = here.announced[0]
    assert opening.chime == "alarm"
    assert opening.speech.sentences[0].text == "Thông báo khẩn cấp!"


@pytest.mark.parametrize("priority", [Priority.EMERGENCY, Priority.ROUTINE])
@pytest.mark.parametrize("profile", Profile)
def test_nothing_is_found_wrong_with_a_programme_and_its_opening(
    station: Make, priority: Priority, profile: Profile
) -> None:
    """The tones of an alarm are no speech whose tops were cut off."""
    here = station(finish=Finish(profile=profile))
    made = here.programme(here.item(priority=priority))
    listener = here.channel.listener()
    for part in ("opening", "closing", "programme"):
        source = made.named(f"{DAY}/0500-{part}.mp3").source
        assert isinstance(source, Path)
        assert listener.alone(listener.sound(source)).faults == (), part


def test_a_jingle_and_a_bed_of_the_stations_own(station: Make, tmp_path: Path) -> None:
    jingle = sound.sound_file(tmp_path / "hieu.ogg", sound.murmur(4, 0.3))
    time = np.arange(3 * 44_100) / 44_100
    bed = sound.sound_file(tmp_path / "nen.wav", 0.2 * np.sin(2 * np.pi * 700 * time))
    plain, rich = station(), station(framing=Framing(jingle=jingle, bed=bed))
    item = plain.item()
    bare = sound.decoded(plain.programme(item).named(f"{DAY}/0500-opening.mp3").read())
    made = rich.programme(item)
    assert made.remarks == ()
    heard = sound.decoded(made.named(f"{DAY}/0500-opening.mp3").read())
    assert sound.loudness(heard) == pytest.approx(-16.0, abs=0.7)
    assert sound.true_peak(heard) <= -1.0
    assert len(heard) > len(bare) + 3 * 44_100
    assert tone(heard[-5 * 44_100 :], 700) > 20 * tone(bare[-5 * 44_100 :], 700)


def tone(samples: Any, hertz: float) -> float:
    time = np.arange(len(samples)) / 44_100
    return float(np.abs(np.mean(samples * np.exp(-2j * np.pi * hertz * time))))


@pytest.mark.parametrize("lasts", [0.0, 70.0], ids=["gone", "long"])
def test_a_jingle_that_cannot_air_is_told_and_the_items_air(
    station: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasts: float
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    jingle = tmp_path / "hieu.wav"
    if lasts:
        sound.sound_file(jingle, sound.murmur(lasts, 0.3, rate=8_000), rate=8_000)
    here = station(framing=Framing(jingle=jingle))
    made = here.programme(here.item())
    (remark,) = made.remarks
    assert remark.startswith("without hieu.wav: ")
    assert playlist_of(made)[0] == "0500-opening.mp3"
    assert [one.jingle for one in here.announced if one.speech.sentences][-1] is None
    assert here.announced[-2].chime == "bells"
    assert "programme" in manifest_of(made)


def test_a_bed_that_is_gone_takes_neither_words_nor_jingle_with_it(
    station: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    jingle = tmp_path / "hieu.wav"
    sound.sound_file(jingle, sound.murmur(2, 0.3, rate=8_000), rate=8_000)
    here = station(framing=Framing(jingle=jingle, bed=tmp_path / "nen.wav"))
    made = here.programme(here.item())
    (remark,) = made.remarks
    assert remark.startswith("without nen.wav: ")
    opening, closing = here.announced[-2], here.announced[-1]
    assert (opening.jingle is not None, opening.bed) == (True, None)
    assert opening.speech.sentences[0].text.startswith("Đây là")
    assert closing.bed is None


def test_a_station_that_wants_no_frame_has_none(station: Make) -> None:
    here = station(framing=Framing(opening="", closing="", chime=False))
    made = here.programme(here.item())
    assert playlist_of(made) == ["0500-routine-lu.mp3"]
    assert here.announced == []
    assert "opening" not in manifest_of(made)


def test_a_chime_may_open_without_words(station: Make) -> None:
    here = station(framing=Framing(opening=""))
    heard = sound.decoded(here.programme(here.item()).named(f"{DAY}/0500-opening.mp3").read())
    assert 2.5 < len(heard) / 44_100 < 4.0


def test_an_empty_programme_has_neither_frame_nor_file(station: Make) -> None:
    made = station().programme()
    assert [file.name for file in made.files] == [f"{DAY}/0500.m3u8", f"{DAY}/0500.json"]


def test_an_item_that_cannot_be_joined_airs_by_itself(
    station: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    here = station()
    wav = station(finish=Finish(format=Format.WAV)).item("b")
    made = here.programme(here.item("a"), wav)
    (remark,) = made.remarks
    assert remark.startswith("the programme is not in one file, only in its parts: ")
    assert "0500-routine-b.wav" in playlist_of(made)


def test_a_station_on_wav_has_all_of_it_in_wav(station: Make) -> None:
    here = station(finish=Finish(format=Format.WAV, rate=22_050))
    made = here.programme(here.item())
    assert [file.name.rpartition(".")[2] for file in made.files] == [*["wav"] * 4, "m3u8", "json"]
    assert made.remarks == ()
    heard = made.named(f"{DAY}/0500-programme.wav").size / 2 / 22_050
    assert manifest_of(made)["programme"]["seconds"] == pytest.approx(heard, abs=0.2)


def test_frame_and_joined_file_go_when_the_programme_is_emptied(station: Make) -> None:
    here = station()
    bundle = b.bundle("loudspeaker", "folder", "cum-1")
    backend = here.channel.backends["folder"]
    backend.deliver(here.programme(here.item()), bundle)
    day = here.folder / "outbox" / "cum-1" / DAY
    assert {path.name for path in day.iterdir()} >= {"0500-opening.mp3", "0500-programme.mp3"}
    backend.deliver(here.programme(), replace(bundle, version=2))
    assert {path.name for path in day.iterdir()} == {"0500.m3u8", "0500.json"}


def test_clusters_that_are_served_at_once_share_one_making(station: Make) -> None:
    here = station()
    item = here.item()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: here.programme(item, cluster=f"cum-{n}"), range(4)))
    assert len(here.announced) == 2
    assert len({one.named(f"{DAY}/0500-programme.mp3").source for one in made}) == 1


def test_a_shared_sound_that_was_cut_is_made_again(tmp_path: Path) -> None:
    sounds = SharedSounds(tmp_path)
    written: list[int] = []

    def write(out: Any) -> Written:
        written.append(out.write(b"sound"))
        return Written(1.5, ("a remark",))

    first = sounds.make("ab" * 32, "mp3", "audio/mpeg", write)
    assert sounds.make("ab" * 32, "mp3", "audio/mpeg", write) == first
    assert (first.seconds, first.remarks, len(written)) == (1.5, ("a remark",), 1)
    assert isinstance(first.file.source, Path)
    first.file.source.write_bytes(b"so")
    assert sounds.make("ab" * 32, "mp3", "audio/mpeg", write) == first
    assert len(written) == 2


def test_a_sound_that_could_not_be_made_leaves_nothing(tmp_path: Path) -> None:
    def fail(out: Any) -> Written:
        out.write(b"half")
        raise ChannelError("no voice", permanent=False)

    with pytest.raises(ChannelError, match="no voice"):
        SharedSounds(tmp_path).make("cd" * 32, "mp3", "audio/mpeg", fail)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_rules_of_a_station_without_a_name_are_as_before() -> None:
    rules = REGISTRY.station
    assert StationRules(rules.hours, rules.sessions_per_day, rules.minutes_per_session) == rules


def test_what_was_asked_before_is_looked_for_and_not_worked_out_again(tmp_path: Path) -> None:
    sounds, made = SharedSounds(tmp_path), list[str]()

    def make() -> Shared:
        made.append("x")
        return sounds.make("ab" * 32, "mp3", "audio/mpeg", write)

    def write(out: Any) -> Written:
        out.write(b"sound")
        return Written(1.5, ("a remark",) if len(made) == 3 else ())

    first = sounds.recall("asked", make)
    assert first is not None
    assert sounds.recall("asked", make) == first
    assert len(made) == 1
    assert isinstance(first.file.source, Path)
    first.file.source.unlink()
    assert sounds.recall("asked", make) == first, "what was pruned is made again"
    assert len(made) == 2
    first.file.source.unlink()
    for _again in range(2):
        told = sounds.recall("asked", make)
        assert told is not None
        assert told.remarks == ("a remark",)
    assert len(made) == 4, "what was not made as it was chosen is asked for anew"


def test_what_is_around_the_items_is_foreseen(station: Make, tmp_path: Path) -> None:
    own = sound.sound_file(tmp_path / "hieu.wav", sound.murmur(3.0, 0.3))
    for framing in (Framing(), Framing(jingle=own, bridge_sound=own), Framing(jingle=tmp_path)):
        here = station(framing=framing)
        made = manifest_of(here.programme(here.item("a"), here.item("b", body="Tin khác.")))
        foreseen = here.channel.around(REGISTRY)
        ends = made["opening"]["seconds"] + made["closing"]["seconds"]
        assert foreseen.ends == pytest.approx(ends, rel=0.15)
        assert foreseen.opening == pytest.approx(made["opening"]["seconds"], rel=0.15)
        assert foreseen.between == pytest.approx(made["bridge"]["seconds"], rel=0.15)
    silent = station(framing=Framing(opening="", closing="", chime=False, bridge=False))
    assert silent.channel.around(REGISTRY) == Around()
