"""Every fault of a campaign file: told at its line and column, all at once."""

from dataclasses import replace
from pathlib import Path

import pytest
from support import builders
from support.campaign_files import (
    CAMPAIGN,
    OPTIONS,
    check_campaigns,
    faults,
    told,
)

from engine.errors import InputError


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


KEYS = "attachments, audience, channels, contact, hamlets, id, issuer, priority, schedule, text"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: tiem-vac-xin\n", "", "1:1: id: this key is missing"),
        ("title: Tiêm vắc xin\n", "", "1:1: title: this key is missing"),
        ("valid: {until: 2026-12-08}", "valid: {}", "3:8: valid.until: this key is missing"),
        ("title:", "titel:", '2:1: titel: there is no key "titel" (did you mean "title"?)'),
        ("id: tiem-vac-xin", "id: Tiêm", '1:5: id: found "Tiêm"; an id has'),
        ("id: tiem-vac-xin", "id: ../../etc", '1:5: id: found "../../etc"; an id has'),
        ("id: tiem-vac-xin", "id: a--b", '1:5: id: found "a--b"; an id has'),
        ("id: tiem-vac-xin", "id: -a", '1:5: id: found "-a"; an id has'),
        ("id: tiem-vac-xin", f"id: {'a' * 65}", "1:5: id: found"),
        ("id: tiem-vac-xin", 'id: "a\\n"', '1:5: id: found "a"; an id has'),
        ("id: tiem-vac-xin", "id: ap", '1:5: id: the id "ap" is kept for Loa; choose another'),
        ("id: tiem-vac-xin", "id: ban-tin", '1:5: id: the id "ban-tin" is kept for Loa'),
        ("title: Tiêm vắc xin", "title:", "2:7: title: found nothing; a text is expected"),
        ("title: Tiêm vắc xin", "title: '  '", "2:8: title: the text is empty"),
        ("title: Tiêm vắc xin", f"title: {'ậ' * 151}", "2:8: title: "),
        ("title: Tiêm vắc xin", 'title: "a\\nb"', "2:8: title: only one line is allowed"),
        ("title: Tiêm vắc xin", "title: 'a {{ b }}'", "2:8: title: {{ … }} works in text only"),
        ("title: Tiêm vắc xin", "title: [a]", "2:8: title: found a list; a text is expected"),
        (
            "id: tiem-vac-xin",
            "priority: urgent\nid: x",
            '1:11: priority: found "urgent"; allowed: routine, important, emergency',
        ),
        ("{until: 2026-12-08}", "{until: 2026-11-30}", "3:16: valid.until: the campaign ended on"),
        (
            "{until: 2026-12-08}",
            "{from: 2026-12-08, until: 2026-12-02}",
            "3:8: valid: the campaign ends (02/12/2026 23:59) before it begins (08/12/2026 00:00)",
        ),
        ("{until: 2026-12-08}", "{until: 8/13/2026}", '3:16: valid.until: "8/13/2026": there is'),
        ("{until: 2026-12-08}", "soon", '3:8: valid: found "soon"; a group of keys is expected'),
        ("hamlet.name", "hamlet.nam", '5:24: text: ".nam" is not allowed'),
        ("hamlet.name", "gio", '5:17: text: "gio" has no value in Ấp 1, Ấp 2, Ấp 3, Ấp 4'),
        ("hamlet.name", "''.__class__", '5:20: text: ".__class__" is not allowed'),
        ("{{ hamlet.name }}", "{{ hamlet.name", "5:"),
        ("  Mời bà con {{ hamlet.name }} đến lúc 7 giờ.", "  {# rỗng #}", "5:3: text: the text is"),
    ],
)
def test_each_fault_is_told_at_its_line_and_column(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    assert old in CAMPAIGN
    found = told(tmp_path, CAMPAIGN.replace(old, new))
    assert any(line.startswith(expected) for line in found), found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("audience: {}", "6:11: audience: found a group of keys; write all, or hamlets, tags"),
        ("audience: some", '6:11: audience: found "some"; write all, or hamlets'),
        ("audience: {hamlets: []}", "6:21: audience.hamlets: the list is empty; leave it out to"),
        (
            "audience: {hamlets: [ap-1, ap-01]}",
            '6:28: audience.hamlets[2]: there is no hamlet "ap-01" (did you mean "ap-1"?); '
            "allowed: ap-1, ap-2, ap-3, ap-4",
        ),
        ("audience: {tags: cho}", '6:18: audience.tags[1]: there is no tag "cho"'),
        (
            "audience: {households: por}",
            '6:24: audience.households: found "por" (did you mean "poor',
        ),
        ("values: {hamlet: 1}", '6:10: values.hamlet: "hamlet" cannot be the name of a variable'),
        ("values: {_a: 1}", '6:10: values._a: "_a" cannot be the name'),
        ("values: {a b: 1}", '6:10: values.a b: "a b" cannot be the name'),
        ("values: {a: }", "6:13: values.a: found nothing; a variable holds"),
        ("values: {a: {b: 1}}", "6:13: values.a: found a group of keys"),
        ("values: {a: [[1]]}", "6:13: values.a: a list may hold 1 to 100 texts or numbers"),
        (f"values: {{a: [{'1, ' * 101}]}}", "6:13: values.a: a list may hold 1 to 100"),
        (f"values: {{a: {'x' * 2001}}}", "6:13: values.a: the value has 2001 characters"),
        ("hamlets: {ap-7: {a: 1}}", '6:11: hamlets.ap-7: there is no hamlet "ap-7"'),
        ("hamlets: {Ấp: {a: 1}}", '6:11: hamlets.Ấp: found "Ấp"; an id has'),
        (
            "audience: {hamlets: ap-1}\nhamlets: {ap-2: {a: 1}}",
            "7:11: hamlets.ap-2: this hamlet is not in the audience",
        ),
        ("schedule: soon", '6:11: schedule: found "soon"; write now, or dates and times'),
        ("schedule: {}", "6:11: schedule.times: this key is missing"),
        ("schedule: {times: [5:30]}", "6:11: schedule: give either dates, or from and to"),
        ("schedule: {from: 2026-12-02, times: 5:30}", "6:11: schedule: from and to belong"),
        ("schedule: {dates: 2026-12-02, days: mon, times: 5:30}", "6:11: schedule: days belongs"),
        ("schedule: {dates: 2026-12-02, times: []}", "6:38: schedule.times: the list is empty"),
        ("schedule: {dates: [2], times: 5:30}", '6:20: schedule.dates[1]: "2" is not a date'),
        (
            "schedule: {dates: 2026-12-02, times: [5:30, 25:00]}",
            '6:45: schedule.times[2]: "25:00" is not a time of day; write 05:30 or 17h00',
        ),
        (
            "schedule: {from: 2026-12-02, to: 2026-12-03, days: [t2], times: 5:30}",
            '6:53: schedule.days[1]: found "t2"; allowed: mon, tue, wed, thu, fri, sat, sun',
        ),
        (
            "schedule: {dates: 2026-12-09, times: 5:30}",
            "6:11: schedule: outside the campaign's validity (… – 08/12/2026 23:59): "
            "09/12/2026 05:30",
        ),
        ("schedule: {dates: 2026-12-01, times: 5:30}", "6:11: schedule: every time of this"),
        ("channels: {loudspeker: true}", '6:12: channels.loudspeker: there is no key "loudspeker"'),
        ("channels: {chat: no}", '6:18: channels.chat: found "no"; write true, false, or'),
        ("channels: {chat: {enabled: no}}", '6:28: channels.chat.enabled: found "no"; write true'),
        ("channels: {chat: {audio: a.ogg}}", '6:19: channels.chat.audio: there is no key "audio"'),
        ("channels: {chat: false}", "6:11: channels: no channel is in use"),
        ("channels: {}", "6:11: channels: no channel is in use"),
        ("channels: {loudspeaker: {repeat: x}}", '6:34: channels.loudspeaker.repeat: found "x"; a'),
        ("channels: {loudspeaker: {repeat: 9}}", "6:34: channels.loudspeaker.repeat: found 9; 3"),
        (
            "channels: {loudspeaker: {clusters: [cum-9]}}",
            '6:37: channels.loudspeaker.clusters[1]: there is no cluster "cum-9" (did you mean',
        ),
        ("channels: {chat: {text: '{{ x }}'}}", '6:29: channels.chat.text: "x" has no value in'),
        ("attachments: [../a.pdf]", "6:15: attachments[1]: ../a.pdf lies outside the campaign's"),
        ("attachments: a.pdf", "6:14: attachments[1]: there is no file a.pdf"),
        (f"attachments: [{'a.pdf, ' * 21}]", "6:14: attachments: found 21 values; at most 20"),
    ],
)
def test_each_fault_of_an_added_line_is_told_at_its_place(
    tmp_path: Path, line: str, expected: str
) -> None:
    found = told(tmp_path, CAMPAIGN + line + "\n")
    assert any(one.startswith(expected) for one in found), found


def test_every_fault_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        """\
id: Sai
titel: Một
valid: {until: 2026-12-08}
audience: {hamlets: [ap-9]}
text: |
  Dòng một
  {{ ''.__class__ }}
schedule: {dates: 2026-12-02, times: 30:00}
attachments: [/etc/passwd]
channels: {portal: {text: "{{ gio }}"}, fyler: true}
id: khac
""",
    )
    assert [line.split(" ")[0] + line.split(" ")[1] for line in found] == [
        "1:1:title:",
        "1:5:id:",
        "2:1:titel:",
        "4:22:audience.hamlets[1]:",
        "7:9:text:",
        "8:38:schedule.times[1]:",
        "9:15:attachments[1]:",
        "10:41:channels.fyler:",
        "11:1:id:",
    ]


def test_a_variable_missing_in_some_hamlets_names_them_and_the_nearest(tmp_path: Path) -> None:
    text = CAMPAIGN.replace("hamlet.name", "gio") + "hamlets: {ap-2: {gio: 7}, ap-3: {gio: 8}}\n"
    assert told(tmp_path, text) == ['5:17: text: "gio" has no value in Ấp 1, Ấp 4']
    typo = CAMPAIGN.replace("hamlet.name", "ngay_tiem") + "values: {ngay_tim: 1}\n"
    assert told(tmp_path, typo)[0].endswith('(did you mean "ngay_tim"?)')


def test_a_hamlet_without_households_of_the_group_needs_no_values(tmp_path: Path) -> None:
    hamlets = (builders.hamlet(1), builders.hamlet(2, poor_households=0))
    registry = replace(builders.registry(2), hamlets=hamlets)
    text = CAMPAIGN.replace("hamlet.name", "gio") + "hamlets: {ap-1: {gio: 7}}\n"
    assert faults(tmp_path, text + "audience: {households: poor}\n", registry) == []
    assert len(faults(tmp_path, text, registry)) == 1
    nobody = replace(builders.registry(1), hamlets=(builders.hamlet(1, poor_households=0),))
    found = told(tmp_path, CAMPAIGN + "audience: {households: poor}\n", nobody)
    assert found == ["6:11: audience: no hamlet has such households"]


def test_a_text_of_fifty_thousand_characters_is_refused(tmp_path: Path) -> None:
    long = CAMPAIGN.replace("đến lúc", "ậ" * 50_000)
    assert told(tmp_path, long) == [
        f'4:7: text: "Mời bà con {{{{ hamlet.name }}}} {"ậ" * 11}…" is too long; '
        "at most 20000 characters are allowed"
    ]


def test_checking_a_folder_tells_every_fault_of_every_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CAMPAIGN)
    (tmp_path / "b.yml").write_text(CAMPAIGN)
    (tmp_path / "c.yaml").write_text(CAMPAIGN.replace("title", "titel"))
    (tmp_path / ".hidden.yaml").write_text("- x")
    (tmp_path / "readme.md").write_text("x")
    with pytest.raises(InputError) as error:
        check_campaigns(tmp_path, builders.registry(), OPTIONS, builders.NOW)
    assert [(Path(p.file).name, p.line, p.field) for p in error.value.problems] == [
        ("b.yml", 1, "id"),
        ("c.yaml", 1, "title"),
        ("c.yaml", 1, "id"),
        ("c.yaml", 2, "titel"),
    ]
    clash = error.value.problems[0].message
    assert clash == f'the id "tiem-vac-xin" is already that of {tmp_path / "a.yaml"}'


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the folder cannot be read"):
        check_campaigns(tmp_path / "no", builders.registry(), OPTIONS, builders.NOW)


def test_what_is_said_twice_stands_in_pairs_of_brackets_on_a_line(tmp_path: Path) -> None:
    marked = CAMPAIGN.replace("7 giờ", "[[7 giờ]], gọi [[{{ commune.phone }}]]")
    assert faults(tmp_path, marked) == []
    (half,) = told(tmp_path, CAMPAIGN.replace("7 giờ", "[[7 giờ]"))
    assert half.startswith("5:40: text: what is said twice stands between [[ and ]]")


def test_half_a_mark_is_told_where_it_stands_and_none_may_be_in_a_title(tmp_path: Path) -> None:
    extra = "contact: 'Gọi [[0272'\n"
    title = CAMPAIGN.replace("title: ", "title: '[[Họp]]' #")
    found = told(tmp_path, title + extra)
    assert any("title: [[ ]] marks what is said twice" in fault for fault in found)
    assert any("contact: what is said twice" in fault for fault in found)
