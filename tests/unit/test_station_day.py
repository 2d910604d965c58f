"""The station's day: sessions, what is free, what clashes; as table, picture and calendar."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import icalendar
import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from support import builders
from support.commune import PASSPHRASE, make_commune

from channels.loudspeaker.options import LoudspeakerOptions
from engine.cli.main import build
from engine.clock import VIETNAM
from engine.ledger.air_views import Airing
from engine.models import Around, Content, Hours, Priority, Purpose, Quiet, Registry, Relay
from engine.reports.station.calendar import ics
from engine.reports.station.day import StationDay, station_day
from engine.reports.station.picture import png
from engine.reports.station.scale import panels
from engine.reports.station.table import day_table
from engine.reports.station.timeline import svg
from engine.states import State

#: A Tuesday.
DAY = date(2026, 12, 1)
SVG = "{http://www.w3.org/2000/svg}"


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(DAY, time(hour, minute), tzinfo=VIETNAM)


MORNING = at(5)


def said(title: str, seconds: float, **changes: object) -> Content:
    """A content whose length is its own body."""
    return builders.content(
        "loudspeaker", LoudspeakerOptions(), title=title, body=str(seconds), **changes
    )


CONTENTS = {
    "a": said("Tin A", 600.0),
    "b": said("Tin B", 90.0, priority=Priority.IMPORTANT),
    "c": said("Lũ <b>lên</b> & nhanh", 30.0, priority=Priority.EMERGENCY),
}


def airing(key: str, cluster: str = "cum-1", slot: datetime = MORNING, **changes: object) -> Airing:
    values = {
        "cluster": cluster,
        "slot": slot,
        "campaign_id": f"chien-dich-{key}",
        "hamlet_id": "ap-1",
        "content_hash": key,
        "priority": CONTENTS[key].priority,
        "state": State.PLANNED,
    }
    return Airing(**{**values, **changes})  # type: ignore[arg-type] - tests name their own fields


def day_of(*airings: Airing, registry: Registry | None = None, **more: object) -> StationDay:
    return station_day(
        DAY,
        registry or builders.registry(),
        airings,
        CONTENTS,
        lambda content: float(content.body),
        **more,  # type: ignore[arg-type] - as above
    )


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_a_session_airs_the_urgent_first_and_counts_where_each_begins() -> None:
    day = day_of(airing("a"), airing("b"), airing("c"))
    (session,) = day.clusters[0].sessions
    assert [(item.title, item.begins - at(5)) for item in session.items] == [
        ("Lũ <b>lên</b> & nhanh", timedelta(0)),
        ("Tin B", timedelta(seconds=30)),
        ("Tin A", timedelta(seconds=120)),
    ]
    assert session.ends == at(5, 12)


def test_opening_bridges_and_closing_take_their_time_except_in_an_emergency() -> None:
    around = Around(20.0, 2.0, 12.0)
    two = day_of(airing("a"), airing("b"), around=around).clusters[0].sessions[0]
    assert [item.begins - two.slot for item in two.items] == [
        timedelta(seconds=12),
        timedelta(seconds=12 + 90 + 2),
    ]
    assert two.seconds == 600 + 90 + 20 + 2
    urgent = day_of(airing("c"), around=around).clusters[0].sessions[0]
    assert (urgent.items[0].begins, urgent.seconds) == (urgent.slot, 30)


def test_hamlets_that_hear_the_same_words_share_an_item() -> None:
    day = day_of(airing("a"), airing("a", hamlet_id="ap-2"), airing("a", cluster="cum-2"))
    assert [item.hamlets for item in day.clusters[0].sessions[0].items] == [("ap-1", "ap-2")]
    assert len(day.clusters[1].sessions) == 1
    assert not day.clusters[2].sessions


def test_what_is_too_long_or_too_often_or_out_of_hours_is_told_with_its_clusters() -> None:
    long = [airing("a", slot=at(5), campaign_id=f"dai-{n}", content_hash="a") for n in range(2)]
    rules = replace(builders.registry().station, minutes_per_session=9, sessions_per_day=2)
    registry = builders.registry(station=rules)
    slots = [airing("b", "cum-2", at(hour)) for hour in (5, 17, 18, 22)]
    found = {one.message: one.target for one in day_of(*long, *slots, registry=registry).clashes}
    assert len(found) == 3
    assert [target for message, target in found.items() if "minutes at" in message] == ["cum-1"]
    assert [target for message, target in found.items() if "4 sessions" in message] == ["cum-2"]
    assert [target for message, target in found.items() if "outside" in message] == [""]


def test_an_emergency_breaks_no_rule_of_the_day() -> None:
    assert not day_of(airing("c", slot=at(3))).clashes


def test_one_cluster_alone_is_shown_with_its_own_clashes() -> None:
    day = day_of(airing("a", "cum-1"), airing("b", "cum-2", at(22)), only="cum-1")
    assert [cluster.cluster.id for cluster in day.clusters] == ["cum-1"]
    assert not day.clashes


def test_panels_hold_the_hours_and_every_session_without_overlap() -> None:
    day = day_of(airing("a"), airing("c", slot=at(3, 7)))
    shown = panels(day, 100.0, 1000.0)
    assert [(panel.begins, panel.ends) for panel in shown] == [
        (at(3), at(4)),
        (at(5), at(6, 30)),
        (at(17), at(18, 30)),
    ]
    assert shown[0].left == 100.0
    assert shown[-1].left + shown[-1].width == pytest.approx(1100.0)
    assert all(a.left + a.width < b.left for a, b in pairwise(shown))


def test_a_minute_is_as_wide_in_every_panel_and_a_long_day_makes_a_wide_picture() -> None:
    night = [airing("c", slot=at(hour, minute)) for hour, minute in ((2, 50), (23, 59))]
    shown = panels(day_of(*night, airing("a")), 100.0, 1000.0)
    scales = {round(one.width / ((one.ends - one.begins) / timedelta(hours=1)), 6) for one in shown}
    assert len(scales) == 1
    assert (shown[0].begins, shown[0].ends) == (at(2), at(3))
    assert shown[-1].ends == at(23) + timedelta(hours=1)
    rules = replace(builders.registry().station, hours=(Hours(time(4), time(23)),))
    (whole,) = panels(day_of(registry=builders.registry(station=rules)), 100.0, 1000.0)
    assert whole.width == 19 * 72.0
    picture = ElementTree.fromstring(svg(day_of(registry=builders.registry(station=rules))))
    assert float(picture.attrib["width"]) >= whole.width


def test_what_is_out_of_hours_is_told_apart_from_what_is_allowed() -> None:
    shown = panels(day_of(airing("c", slot=at(6, 20)), airing("c", slot=at(2))), 100.0, 1000.0)
    assert [one.closed for one in shown] == [((at(2), at(3)),), (), ()]
    late = panels(day_of(airing("c", slot=at(6, 40))), 100.0, 1000.0)
    assert late[0].closed == ((at(6, 30), at(6, 45)),)
    (text,) = [words for words in words_of(airing("c", slot=at(2))) if words == "out of hours"]
    assert text
    assert "out of hours: only emergencies may speak" in words_of(airing("c", slot=at(2)))
    assert "out of hours" not in words_of(airing("a"))


def words_of(*airings: Airing) -> list[str]:
    root = ElementTree.fromstring(svg(day_of(*airings)))
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


def test_the_seconds_and_the_states_of_the_picture_are_those_of_the_table() -> None:
    short = replace(CONTENTS["a"], body="420.4")
    day = station_day(
        DAY,
        builders.registry(),
        [
            airing("a", campaign_id="tin", state=State.CONFIRMED),
            airing("a", "cum-2", campaign_id="tin", content_hash="a2"),
        ],
        {**CONTENTS, "a2": short},
        lambda content: float(content.body),
    )
    console = Console(width=200, record=True, file=StringIO())
    console.print(day_table(day))
    table = console.export_text()
    assert re.search(r"Tin A \(tin\) +600 ", table)
    assert re.search(r"Tin A \(tin\) +420 ", table)
    name = "khan-cap-261201-2c50c9"
    narrow = Console(width=60, record=True, file=StringIO())
    narrow.print(day_table(day_of(airing("c", campaign_id=name))))
    assert f"({name})" in narrow.export_text(), "it is copied from here"
    (listed,) = [
        "".join(one.itertext())
        for one in ElementTree.fromstring(svg(day)).iter(f"{SVG}text")
        if "Tin A" in "".join(one.itertext())
    ]
    assert "420–600 s" in listed
    assert listed.endswith("confirmed, planned")


def test_a_drill_is_striped_and_named() -> None:
    picture = svg(day_of(airing("c", purpose=Purpose.DRILL)))
    assert 'fill="url(#drill)"' in picture
    assert "a drill" in words_of(airing("c", purpose=Purpose.DRILL))
    assert 'fill="url(#drill)"' not in svg(day_of(airing("c")))


def test_a_day_without_hours_or_items_still_has_a_picture() -> None:
    rules = replace(builders.registry().station, days=frozenset({7}))
    picture = svg(day_of(registry=builders.registry(station=rules)))
    assert "Nothing is on air" in picture


def test_the_picture_is_sound_xml_with_a_bar_for_each_item_and_no_markup_of_theirs() -> None:
    station = replace(
        builders.registry().station,
        relays=(Relay(Hours(time(5, 30), time(6)), "Đài tỉnh"),),
        quiet=(Quiet(DAY, DAY, Hours(time(17), time(18)), "tang lễ", frozenset({"cum-2"})),),
    )
    day = day_of(airing("a"), airing("b"), airing("c"), registry=builders.registry(station=station))
    root = ElementTree.fromstring(svg(day))
    bars = [one for one in root.iter(f"{SVG}rect") if one.find(f"{SVG}title") is not None]
    assert len(bars) == 3
    assert all(float(bar.attrib["width"]) >= 3 for bar in bars)
    texts = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
    assert any("Lũ <b>lên</b> & nhanh" in text for text in texts)
    assert any(text == "tang lễ" for text in texts)
    assert any("18.0 min free" in text for text in texts)


def test_the_picture_becomes_a_png_of_twice_its_size() -> None:
    data = png(svg(day_of(airing("a"))))
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(data[16:20]) == 2560


def test_the_calendar_holds_every_session_and_writing_it_again_replaces_it() -> None:
    station = replace(
        builders.registry().station, relays=(Relay(Hours(time(5, 30), time(6)), "Đài tỉnh"),)
    )
    registry = builders.registry(2, station=station)
    calendar = icalendar.Calendar.from_ical(
        ics(day_of(airing("a"), airing("c", slot=at(3)), registry=registry), builders.NOW)
    )
    events = calendar.walk("VEVENT")
    assert sorted(str(event["summary"]) for event in events) == [
        "Broadcast, Nhà văn hóa ấp 1",
        "Emergency broadcast, Nhà văn hóa ấp 1",
        "Relay, Nhà văn hóa ấp 1: Đài tỉnh",
        "Relay, Nhà văn hóa ấp 2: Đài tỉnh",
    ]
    broadcast = next(event for event in events if event["summary"].startswith("Broadcast"))
    assert broadcast["dtstart"].dt == at(5)
    assert broadcast["dtend"].dt == at(5, 10)
    again = icalendar.Calendar.from_ical(
        ics(day_of(airing("b"), airing("c", slot=at(3)), registry=registry), builders.NOW)
    )
    assert {str(event["uid"]) for event in again.walk("VEVENT")} == {
        str(event["uid"]) for event in events
    }


NOTICE = """\
id: hop-dan
title: Họp dân
valid: {from: 2026-12-01, until: 2026-12-05}
contact: Xã
text: Mời bà con {{ hamlet.name }} họp.
schedule: {dates: [2026-12-02], times: ["05:10"]}
channels: {loudspeaker: true}
"""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_commune(tmp_path / "xa", {"hop-dan": NOTICE})
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LOA_PASSPHRASE", PASSPHRASE)
    return folder


def loa(*arguments: str) -> Result:
    return CliRunner().invoke(build(), arguments)


def shown(*arguments: str) -> str:
    result = loa(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_what_is_proposed_is_marked_until_it_is_approved(office: Path) -> None:
    shown("passphrase", "minh")
    before = shown("station", "day", "02/12/2026", "--with", "campaigns/hop-dan.yaml")
    assert "★ Họp dân" in before
    assert "proposed" in before
    assert "Họp dân" not in shown("station", "day", "02/12/2026")
    shown("submit", "campaigns/hop-dan.yaml", "--by", "lan")
    shown("approve", "hop-dan", "--by", "minh")
    after = shown("station", "day", "2026-12-02", "--svg", "ngay.svg", "--ics", "ngay.ics")
    assert "planned" in after
    assert "★" not in after
    assert "Họp dân" in (office / "ngay.svg").read_text(encoding="utf-8")
    assert b"BEGIN:VEVENT" in (office / "ngay.ics").read_bytes()
    twice = shown("station", "day", "02/12/2026", "--with", "campaigns/hop-dan.yaml")
    assert twice.count("Họp dân") == before.count("Họp dân"), "it would replace what waits"


def test_a_day_or_cluster_that_is_none_is_told_with_what_is_allowed(office: Path) -> None:
    assert "write a day as 01/12/2026" in str(loa("station", "day", "mai").exception)
    assert "allowed: cum-1" in str(loa("station", "day", "--cluster", "cum-9").exception)
    folder = office / "khong-co"
    folder.write_text("a file")
    refused = loa("station", "day", "--svg", str(folder / "a.svg")).exception
    assert "cannot be written" in str(refused)


def talk(name: str, **more: str) -> str:
    """A campaign on the loudspeakers alone, of more than a minute."""
    keys = "".join(f"{key}: {value}\n" for key, value in more.items())
    return (
        f"id: {name}\ntitle: Tin {name}\nvalid: {{from: 2026-12-01, until: 2026-12-05}}\n"
        f"contact: Xã\ntext: {'Mời bà con đến họp tại nhà văn hóa ấp. ' * 15}\n"
        f"schedule: {{dates: [2026-12-02], times: ['05:10']}}\n{keys}"
        "channels: {loudspeaker: true}\n"
    )


@pytest.fixture
def crowded(office: Path) -> Path:
    """A commune of two minutes a session, in which a routine campaign is on air already."""
    rules = office / "commune.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("minutes_per_session: 30", "minutes_per_session: 2"), "utf-8")
    shown("passphrase", "minh")
    for name in ("thuong", "uu-tien", "moi"):
        more = {"priority": "important"} if name == "uu-tien" else {}
        (office / "campaigns" / f"{name}.yaml").write_text(talk(name, **more), encoding="utf-8")
    shown("submit", "campaigns/thuong.yaml", "--by", "lan")
    shown("approve", "thuong", "--by", "minh")
    return office


def lines_of(text: str, mark: str) -> list[str]:
    """Return the sentences after a mark, put together again."""
    found: list[str] = []
    for line in text.splitlines():
        if line.strip().startswith(f"{mark} "):
            found.append(line.strip().removeprefix(f"{mark} "))
        elif found and line.startswith("  ") and line.strip():
            found[-1] += f" {line.strip()}"
        elif found:
            break
    return found


def told(breach_line: str) -> str:
    """Return what a line says, whatever it says it of."""
    return breach_line.rpartition(" · ")[2].rpartition("cum-2: ")[2]


def test_the_day_moves_what_the_plan_moves_and_says_the_same(crowded: Path) -> None:
    plan = shown("plan", "campaigns/uu-tien.yaml")
    day = shown("station", "day", "02/12/2026", "--with", "campaigns/uu-tien.yaml")
    said = "the session at 05:10 02/12/2026 is full: thuong gives way and moves to 17:00 02/12/2026"
    assert [told(one) for one in lines_of(plan, "!")] == [said]
    assert [told(one) for one in lines_of(day, "!")] == [said]
    assert not lines_of(day, "✗")
    morning, evening = (day.index(hour) for hour in ("05:10:", "17:00:"))
    assert morning < day.index("★ Tin uu-tien") < evening < day.index("Tin thuong")
    assert day.count("↷ moved from 05:10 02/12/2026") == 2, "on both clusters"
    shown("submit", "campaigns/uu-tien.yaml", "--by", "lan")
    shown("approve", "uu-tien", "--by", "minh")
    after = shown("station", "day", "02/12/2026")
    shown_before = day[: day.index("! cum-1")].replace("proposed", "planned")
    assert _words(after) == _words(shown_before), "what was shown is what came"


def _words(text: str) -> list[str]:
    return re.findall(r"[\w:/.-]+", text)


def test_what_gives_way_itself_is_shown_where_it_goes(crowded: Path) -> None:
    day = shown("station", "day", "02/12/2026", "--with", "campaigns/moi.yaml")
    said = "the session at 05:10 02/12/2026 is full: it moves to 17:00 02/12/2026"
    assert [told(one) for one in lines_of(day, "!")] == [said]
    assert day.index("17:00:") < day.index("★ Tin moi")
    assert "★ Tin moi" not in day[: day.index("17:00:")]


def test_the_other_campaigns_minutes_are_counted(crowded: Path) -> None:
    text = talk("qua-dai").replace("họp tại nhà văn hóa ấp. ", "họp. " * 40)
    (crowded / "campaigns" / "qua-dai.yaml").write_text(text, encoding="utf-8")
    plan = (
        shown("plan", "campaigns/qua-dai.yaml")
        if False
        else loa("plan", "campaigns/qua-dai.yaml").output
    )
    day = shown("station", "day", "02/12/2026", "--with", "campaigns/qua-dai.yaml")
    stops = [told(one) for one in lines_of(plan, "✗")]
    assert stops
    assert [told(one) for one in lines_of(day, "✗")] == stops
    assert "0.0 of them" not in day


@pytest.mark.parametrize(("code", "width"), [("vi", 80), ("en", 80), ("vi", 60), ("en", 100)])
def test_no_rule_is_wider_than_the_terminal(
    crowded: Path, monkeypatch: pytest.MonkeyPatch, code: str, width: int
) -> None:
    monkeypatch.setenv("LOA_LANG", code)
    if width != 80:
        monkeypatch.setenv("COLUMNS", str(width))
    else:
        monkeypatch.delenv("COLUMNS", raising=False)
    for arguments in (
        ("plan", "campaigns/uu-tien.yaml"),
        ("station", "day", "02/12/2026", "--with", "campaigns/uu-tien.yaml"),
    ):
        text = loa(*arguments).output
        (rule,) = lines_of(text, "!")
        assert len(rule) > width - 4, "it needs more than a line"
        lines = text.splitlines()
        first = next(n for n, line in enumerate(lines) if line.strip().startswith("! "))
        broken = lines[first:]
        assert all(len(line) <= width for line in broken)
        assert len(broken[0]) > width - 20, "and fills them"
    text = talk("qua-dai").replace("họp tại nhà văn hóa ấp. ", "họp. " * 40)
    (crowded / "campaigns" / "qua-dai.yaml").write_text(text, encoding="utf-8")
    for arguments in (
        ("plan", "campaigns/qua-dai.yaml"),
        ("station", "day", "02/12/2026", "--with", "campaigns/qua-dai.yaml"),
    ):
        text = loa(*arguments).output
        assert lines_of(text, "✗")
        assert all(len(line) <= width for line in text.splitlines()[-6:])
