"""The order of a programme, its bridges, and the chapters of its joined sound."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutagen.id3 import ID3
from support import builders as b
from support import ffmpeg, sound

from channels.loudspeaker.audio.carrier import carrier_of
from channels.loudspeaker.audio.mp3 import Mp3, tag
from channels.loudspeaker.audio.terms import Chapter, Finish, Format, Tags
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.framing import Framing
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.programme import programme
from engine.clock import VIETNAM
from engine.models import (
    Artifact,
    File,
    FixedOrder,
    Item,
    Priority,
    Registry,
    Rendered,
    StationRules,
)

DAY = "2026-12-02"
SLOT = datetime(2026, 12, 2, 5, 0, tzinfo=VIETNAM)
ROUTINE, IMPORTANT, EMERGENCY = Priority.ROUTINE, Priority.IMPORTANT, Priority.EMERGENCY


def ruled(**rules: Any) -> Registry:
    registry = b.registry()
    return replace(registry, station=replace(registry.station, **rules))


#: An item in little: campaign, priority, day of December on which it was first approved.
Told = tuple[str, Priority, int | None]


def order(*told: Told, slot: datetime = SLOT, **rules: Any) -> list[str]:
    """Return the campaigns as a programme airs them."""
    file = File.of_bytes("x", "audio/mpeg", sound_of("x"))
    items = [
        Item(
            number,
            b.hamlet(),
            b.content("loudspeaker", LoudspeakerOptions(), campaign_id=name, priority=priority),
            file,
            since=None if day is None else datetime(2026, 12, day, 9, tzinfo=VIETNAM),
        )
        for number, (name, priority, day) in enumerate(told)
    ]
    made = programme(b.bundle("loudspeaker", "folder", "cum-1", slot=slot), items, ruled(**rules))
    names = [file.name for file in made.files if file.name.endswith(".json")]
    return [one["campaign"] for one in json.loads(made.named(names[0]).read())["items"]]


def sound_of(_name: str) -> bytes:
    return bytes(Mp3().silence(0.2))


def test_items_come_by_priority_and_the_oldest_approval_first() -> None:
    told: list[Told] = [
        ("a-moi", ROUTINE, 3),
        ("b-chua-duyet", ROUTINE, None),
        ("c-uu-tien-moi", IMPORTANT, 3),
        ("d-cu", ROUTINE, 1),
        ("e-khan", EMERGENCY, 3),
        ("f-uu-tien-cu", IMPORTANT, 2),
    ]
    expected = ["e-khan", "f-uu-tien-cu", "c-uu-tien-moi", "d-cu", "a-moi", "b-chua-duyet"]
    assert order(*told) == expected
    assert order(*reversed(told)) == expected


def test_important_items_come_in_the_communes_order() -> None:
    told: list[Told] = [
        ("thu-chi", IMPORTANT, 1),
        ("y-te-sot-ret", IMPORTANT, 2),
        ("bau-cu", IMPORTANT, 3),
        ("y-te-thuong", ROUTINE, 1),
    ]
    found = order(*told, order=("bau-cu", "y-te-*"))
    assert found == ["bau-cu", "y-te-sot-ret", "thu-chi", "y-te-thuong"]


def test_a_fixed_order_holds_for_its_time_and_for_emergencies_never() -> None:
    told: list[Told] = [
        ("a", IMPORTANT, 1),
        ("b", ROUTINE, 1),
        ("c", EMERGENCY, 1),
        ("d", ROUTINE, 2),
    ]
    every_day = FixedOrder(time(5), ("d", "c", "a"))
    assert order(*told, fixed=(every_day,)) == ["c", "d", "a", "b"]
    this_day = FixedOrder(time(5), ("b",), date(2026, 12, 2))
    assert order(*told, fixed=(every_day, this_day)) == ["c", "b", "a", "d"]
    evening = SLOT + timedelta(hours=12)
    assert order(*told, fixed=(every_day, this_day), slot=evening) == ["c", "a", "b", "d"]
    next_day = SLOT + timedelta(days=1)
    assert order(*told, fixed=(every_day, this_day), slot=next_day) == ["c", "d", "a", "b"]


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[LoudspeakerChannel]:
    made = LoudspeakerChannel(outbox=tmp_path / "outbox", speech_cache=tmp_path / "cache")
    yield made
    made.close()


def item(channel: LoudspeakerChannel, folder: Path, name: str, **changes: Any) -> Item:
    values = {
        "campaign_id": name,
        "title": f"Tin {name}",
        "body": f"Tin {name} đây.",
        "contact": "",
    }
    content = b.content("loudspeaker", LoudspeakerOptions(), **{**values, **changes})
    rendered = channel.render(channel.prepare(content, b.hamlet(), b.FakeArtifacts()))
    return Item(1, b.hamlet(), content, stored(folder, rendered))


def stored(folder: Path, rendered: Rendered) -> File:
    file = File.of_bytes("x", rendered.media_type, rendered.data)
    path = folder / file.sha256
    path.write_bytes(rendered.data)
    return replace(file, source=path)


def manifest_of(made: Artifact) -> Any:
    return json.loads(made.named(f"{DAY}/0500.json").read())


@pytest.mark.parametrize("kind", [Format.MP3, Format.WAV])
def test_each_item_is_heard_where_its_chapter_says(tmp_path: Path, kind: Format) -> None:
    finish = Finish(format=kind)
    channel = LoudspeakerChannel(
        outbox=tmp_path / "outbox", speech_cache=tmp_path / "cache", finish=finish
    )
    items = [item(channel, tmp_path, name) for name in ("a", "b", "c")]
    made = channel.assemble(b.bundle("loudspeaker", "folder", "cum-1"), items, b.registry())
    channel.close()
    joined = made.named(f"{DAY}/0500-programme.{kind}").read()
    heard = sound.decoded(joined)
    listed = manifest_of(made)["items"]
    assert [one["campaign"] for one in listed] == ["a", "b", "c"]
    for one in listed:
        alone = sound.decoded(made.named(one["file"]).read())
        at = round(one["starts"] * 44_100)  # which is told to a millisecond: 44 samples
        nearby = (np.abs(heard[n : n + len(alone)] - alone) for n in range(at - 44, at + 45))
        assert min(gap[2 * 1152 : -2 * 1152].max() for gap in nearby) < 0.01
    data = joined if kind is Format.MP3 else joined[joined.index(b"id3 ") + 8 :]
    tags = ID3(io.BytesIO(data))
    chapters = [tags[f"CHAP:{name}"] for name in tags["CTOC:toc"].child_element_ids]
    titles = [str(one.sub_frames["TIT2"]) for one in chapters]
    assert titles == ["Mở đầu chương trình", "Tin a", "Tin b", "Tin c", "Kết thúc chương trình"]
    starts = [one.start_time for one in chapters]
    assert starts[1:-1] == [pytest.approx(one["starts"] * 1000, abs=1) for one in listed]
    assert chapters[-1].end_time == pytest.approx(len(heard) / 44.1, abs=60)


def test_another_program_reads_the_chapters(channel: LoudspeakerChannel, tmp_path: Path) -> None:
    items = [item(channel, tmp_path, name) for name in ("a", "b")]
    made = channel.assemble(b.bundle("loudspeaker", "folder", "cum-1"), items, b.registry())
    path = tmp_path / "whole.mp3"
    path.write_bytes(made.named(f"{DAY}/0500-programme.mp3").read())
    found = ffmpeg.chapters(path)
    assert [title for title, _begins in found][1:3] == ["Tin a", "Tin b"]
    starts = [one["starts"] for one in manifest_of(made)["items"]]
    assert [begins for _title, begins in found][1:3] == pytest.approx(starts, abs=0.001)


def test_hundreds_of_chapters_are_spread_over_tables() -> None:
    named = [Chapter(f"Tin {number}", number, number + 1) for number in range(600)]
    tags = ID3(io.BytesIO(tag(Tags("x", "y", "", ""), named)))
    tables = tags["CTOC:toc"].child_element_ids
    below = [name for table in tables for name in tags[f"CTOC:{table}"].child_element_ids]
    assert [str(tags[f"CHAP:{name}"].sub_frames["TIT2"]) for name in below] == [
        one.title for one in named
    ]


def test_a_bridge_parts_items_and_is_one_file(channel: LoudspeakerChannel, tmp_path: Path) -> None:
    items = [item(channel, tmp_path, name) for name in ("a", "b", "c")]
    made = channel.assemble(b.bundle("loudspeaker", "folder", "cum-1"), items, b.registry())
    names = [file.name for file in made.files]
    assert names.count(f"{DAY}/0500-bridge.mp3") == 1
    rows = made.named(f"{DAY}/0500.m3u8").read().decode().splitlines()
    assert rows.count("0500-bridge.mp3") == 2
    bridge = sound.decoded(made.named(f"{DAY}/0500-bridge.mp3").read())
    assert 1.0 < len(bridge) / 44_100 < 3.0
    assert sound.loudness(bridge) == pytest.approx(-16.0, abs=1.0)
    assert made.remarks == ()
    alone = channel.assemble(b.bundle("loudspeaker", "folder", "cum-1"), items[:1], b.registry())
    assert "bridge" not in manifest_of(alone)


def test_a_station_may_have_its_own_bridge_or_none(tmp_path: Path) -> None:
    own = sound.sound_file(tmp_path / "cat.wav", sound.murmur(2.5, 0.3))
    lengths = []
    for framing in (Framing(bridge=False), Framing(bridge_sound=own)):
        channel = LoudspeakerChannel(
            outbox=tmp_path / "outbox", speech_cache=tmp_path / "cache", framing=framing
        )
        items = [item(channel, tmp_path, name) for name in ("a", "b")]
        made = channel.assemble(b.bundle("loudspeaker", "folder", "cum-1"), items, b.registry())
        channel.close()
        assert made.remarks == ()
        lengths.append(manifest_of(made).get("bridge", {}).get("seconds"))
    assert lengths[0] is None
    assert lengths[1] == pytest.approx(3.0, abs=0.3)


def test_many_clusters_with_the_same_list_cost_one_join(
    channel: LoudspeakerChannel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joins: list[int] = []
    real = Mp3.join

    def counted(carrier: Mp3, files: Any, *rest: Any) -> tuple[float, ...]:
        joins.append(1)
        return real(carrier, files, *rest)

    monkeypatch.setattr(Mp3, "join", counted)
    both = [item(channel, tmp_path, name) for name in ("a", "b")]
    sources = set()
    for number in range(40):
        bundle = b.bundle("loudspeaker", "folder", f"cum-{number}", id=number)
        items = [replace(one, delivery_id=number * 2 + n) for n, one in enumerate(both)]
        made = channel.assemble(bundle, items, b.registry())
        sources.add(made.named(f"{DAY}/0500-programme.mp3").source)
    assert len(joins) == len(sources) == 1
    channel.assemble(b.bundle("loudspeaker", "folder", "cum-99"), both[:1], b.registry())
    assert len(joins) == 2


def test_two_items_of_one_title_at_other_times_are_other_programmes() -> None:
    out = io.BytesIO()
    parts = [io.BytesIO(sound_of("x")) for _ in range(2)]
    begins = carrier_of(Finish()).join(parts, Tags("x", "y", "", ""), out, ("a", ""))
    assert begins == pytest.approx((0.0, begins[2] / 2, begins[2]))
    assert len(ID3(io.BytesIO(out.getvalue())).getall("CHAP")) == 1


def test_rules_without_an_order_are_as_before() -> None:
    rules = b.registry().station
    assert StationRules(rules.hours, rules.sessions_per_day, rules.minutes_per_session) == rules
