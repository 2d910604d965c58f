"""One look at a file tells every fault in it: mending one brings no other to light."""

from pathlib import Path

import pytest
from support import builders
from support.campaign_files import CAMPAIGN, COMMUNE, OPTIONS, commune_told, told

from campaigns.loader import examine_campaign
from campaigns.registry_file import examine_registry
from channels.flyer.options import FlyerOptions

FLYERS = {**OPTIONS, "flyer": FlyerOptions}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def fields(folder: Path, text: str) -> list[str]:
    """Return the place and field of each fault."""
    return [" ".join(line.split(" ")[:2]).rstrip(":") for line in told(folder, text)]


def test_values_beside_a_faulty_one_are_judged_too(tmp_path: Path) -> None:
    text = CAMPAIGN + (
        "schedule: {from: 2026-12-05, to: 2026-12-01, days: [t2, mon], times: [25:30, 5:30]}\n"
        "audience: {hamlets: [Sai, ap-9, ap-1], households: por, tags: []}\n"
        "channels: {chat: {title: [a], text: '{{ x }}'}, portal: {text: '{{ y', colour: red}}\n"
    )
    assert fields(tmp_path, text) == [
        "6:11: schedule",
        "6:53: schedule.days[1]",
        "6:71: schedule.times[1]",
        "7:22: audience.hamlets[1]",
        "7:27: audience.hamlets[2]",
        "7:52: audience.households",
        "7:63: audience.tags",
        "8:26: channels.chat.title",
        "8:41: channels.chat.text",
        "8:65: channels.portal.text",
        "8:72: channels.portal.colour",
    ]


def test_an_ending_that_is_past_is_told_beside_a_faulty_beginning(tmp_path: Path) -> None:
    past = "{from: %s, until: 2026-11-20}"
    for begins, first in (("32/11/2026", "3:15: valid.from"), ("2026-11-25", "3:8: valid")):
        text = CAMPAIGN.replace("{until: 2026-12-08}", past % begins)
        found = fields(tmp_path, text)
        assert [line.split(" ")[1] for line in found] == [first.split(" ")[1], "valid.until"]
        assert first in found


def test_moments_that_are_known_are_held_against_the_validity(tmp_path: Path) -> None:
    text = CAMPAIGN + "schedule: {dates: [2026-12-09, 2026-12-02, x], times: [5:30, 6h, 26:00]}\n"
    found = told(tmp_path, text)
    assert found[0].endswith("(… – 08/12/2026 23:59): 09/12/2026 05:30, 09/12/2026 06:00")
    assert fields(tmp_path, text)[1:] == ["6:44: schedule.dates[3]", "6:66: schedule.times[3]"]


@pytest.mark.parametrize(
    "line",
    [
        "schedule: {dates: 2026-12-02, times: [x]}",
        "schedule: {from: x, to: 2026-12-03, times: 5:30}",
        "schedule: {from: 2026-12-07, to: 2026-12-07, days: [t3, sun], times: 5:30}",
        "audience: {hamlets: [Sai]}\nhamlets: {ap-1: {a: 1}}",
        "values: {a: }\nchannels: {chat: {text: '{{ a }}'}}",
        "hamlets: {ap-1: {a: [[1]]}}\nchannels: {chat: {text: '{{ a }}'}}",
        "channels: {chat: {enabled: x}}",
        "priority: soon\nschedule: now",
        "attachments: [[a]]",
    ],
)
def test_a_fault_brings_no_false_ones_with_it(tmp_path: Path, line: str) -> None:
    assert len(told(tmp_path, CAMPAIGN + line + "\n")) == 1


def test_keys_that_exclude_each_other_are_told_whatever_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    for given in ("{copies: 0, copies_per_household: 2}", "{copies: 1, copies_per_household: no}"):
        path.write_text(CAMPAIGN + f"channels: {{flyer: {given}}}\n")
        examined = examine_campaign(
            path, builders.registry(), FLYERS, builders.NOW, finished_is_fault=True
        )
        said = [problem.message for problem in examined.problems]
        assert "give either copies or copies_per_household, not both" in said
        assert len(said) == 2
    both = CAMPAIGN + "schedule: {dates: x, from: 2026-12-02, to: 2026-12-03, times: 5:30}\n"
    assert fields(tmp_path, both) == ["6:11: schedule", "6:19: schedule.dates[1]"]


def test_every_fault_of_a_text_is_told_at_its_place(tmp_path: Path) -> None:
    text = CAMPAIGN.replace(
        "  Mời bà con {{ hamlet.name }} đến lúc 7 giờ.",
        "  {{ a b }} {{ gio }} {{ hamlet.nam }}\n"
        "  {% if x > %}một{% endif %} {{ ''.__class__ }} {% foo %}\n"
        "  {% for x in xs y %}{{ x }} {{ gio | nhan }}{% endfor %} {{ ten",
    )
    assert [line.split(": ", 2)[0] for line in told(tmp_path, text)] == [
        "5:3",
        "5:16",
        "5:33",
        "6:3",
        "6:36",
        "6:49",
        "7:3",
        "7:39",
        "7:59",
    ]


def test_what_is_never_closed_hides_nothing_else(tmp_path: Path) -> None:
    text = CAMPAIGN.replace("hamlet.name", "gio").replace(
        "đến lúc 7 giờ.",
        "{% if hamlet.name %}{{ hamlet.nam }}{% for x in xs %}{{ x }}{{ loop.index }}{% endfor %}",
    )
    assert [line.split(": ", 2)[0] for line in told(tmp_path, text)] == ["5:14", "5:17", "5:54"]


def test_braces_in_quotes_comments_and_raw_text_are_no_fault(tmp_path: Path) -> None:
    sound = "{{ '}}' }} {# {{ a b } #} {% raw %}{{ c d }}{% endraw %}"
    assert told(tmp_path, CAMPAIGN.replace("{{ hamlet.name }}", sound)) == []
    text = CAMPAIGN.replace("{{ hamlet.name }}", sound + " {{ e f }}")
    assert len(told(tmp_path, text)) == 1


def test_a_filter_that_does_not_fit_hides_no_other(tmp_path: Path) -> None:
    text = CAMPAIGN.replace("{{ hamlet.name }}", "{{ a | money }} {{ b | money }} {{ c }}")
    text += "values: {a: 500.000, b: năm trăm, c: 1}\n"
    assert told(tmp_path, text) == [
        '5:3: text: found "500.000"; money needs a whole number, without dots',
        '5:3: text: found "năm trăm"; money needs a whole number, without dots',
    ]
    own = CAMPAIGN.replace("{{ hamlet.name }}", "{{ a | money }}") + (
        "hamlets: {ap-1: {a: 5}, ap-2: {a: x}, ap-3: {a: 6}, ap-4: {a: x}}\n"
    )
    assert [line.rpartition(" ")[2] for line in told(tmp_path, own)] == ["2)"]


def test_a_variable_that_nobody_gives_is_told_while_others_are_faulty(tmp_path: Path) -> None:
    text = CAMPAIGN.replace("hamlet.name", "gio") + "values: {gioo: [[1]]}\n"
    assert told(tmp_path, text)[0].endswith('text: "gio" has no value (did you mean "gioo"?)')


def test_invisible_characters_hide_nothing_behind_them(tmp_path: Path) -> None:
    found = fields(tmp_path, CAMPAIGN.replace("Tiêm", "Ti\x07êm") + "titel: x\n")
    assert found == ["2:10: the", "6:1: titel"]


def test_without_a_registry_all_that_needs_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        CAMPAIGN.replace("hamlet.name", "gio").replace("2026-12-08", "2026-11-08")
        + "audience: {hamlets: [ap-99]}\nattachments: [khong-co.pdf]\nschedule: {times: x}\n"
    )
    examined = examine_campaign(path, None, OPTIONS, builders.NOW, finished_is_fault=True)
    assert [problem.field for problem in examined.problems] == [
        "schedule.times[1]",
        "valid.until",
        "schedule",
        "text",
        "attachments[1]",
    ]


def test_a_registry_tells_all_that_can_be_known_of_it(tmp_path: Path) -> None:
    text = COMMUNE.replace("households: 95", "households: nhiều")
    text = text.replace("poor_households: 6", "poor_households: 99")
    text = text.replace('"0,5"', "nhiều, copies: 1").replace("head: lan", "head: lann")
    text = text.replace("[ap-1, ap-2], place", "[ap-3, ap-2], place")
    assert [line.split(" ")[1] for line in commune_told(tmp_path, text)] == [
        "hamlets[1]:",
        "hamlets[2].households:",
        "loudspeakers[1].hamlets[1]:",
        "flyers:",
        "flyers.copies_per_household:",
    ]


def test_a_registry_lends_its_places_while_other_parts_are_faulty(tmp_path: Path) -> None:
    path = tmp_path / "commune.yaml"
    path.write_text(COMMUNE.replace("portal:", "portals:"))
    found = examine_registry(path)
    assert found.loaded is None
    assert found.places is not None
    path.write_text(COMMUNE.replace("households: 95", "households: nhiều"))
    assert examine_registry(path).places is None
