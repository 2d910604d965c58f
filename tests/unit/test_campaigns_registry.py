from datetime import date, time
from pathlib import Path

import pytest
from support.campaign_files import COMMUNE, commune_told, load_commune

from engine.models import GroupKind, Hours, MapPoint, Right, Signature


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_a_registry_file_becomes_a_registry(tmp_path: Path) -> None:
    loaded = load_commune(tmp_path, COMMUNE)
    registry = loaded.registry
    assert loaded.source == COMMUNE.encode()
    assert [h.flyer_copies for h in registry.hamlets] == [51, 7]
    assert [h.head for h in registry.hamlets] == ["ap-1-head", "lan"]
    assert registry.people_by_id["ap-1-head"].phone == "0900000011"
    assert registry.people_by_id["minh"].rights == {Right.APPROVE}
    assert registry.teams[0].members == ("lan", "to-1-2", "to-1-3")
    assert registry.people_by_id["to-1-3"].phone == "113"
    assert registry.clusters_by_hamlet["ap-2"][0].place == "Chợ"
    assert registry.station.hours == (Hours(time(5), time(6, 30)), Hours(time(17), time(18, 30)))
    assert registry.station.days == frozenset(range(1, 8))
    assert registry.chat_hours == Hours(time(6, 30), time(20))
    heads, group = registry.chat_groups
    assert (heads.kind, heads.backend, heads.hamlets) == (GroupKind.HEADS, "kit", ("ap-1", "ap-2"))
    assert (group.backend, group.agreed_on) == ("telegram", date(2026, 3, 1))
    assert registry.portal.url == "https://xa-mau.example"
    assert registry.print_point.name == "Văn phòng"


@pytest.mark.parametrize("written", ['"10.9210, 106.0432"', "[10.9210, 106.0432]"])
def test_a_hamlet_has_a_place_on_the_map(tmp_path: Path, written: str) -> None:
    text = COMMUNE.replace("- id: ap-1\n", f"- id: ap-1\n    point: {written}\n", 1)
    assert text != COMMUNE
    registry = load_commune(tmp_path, text).registry
    assert [one.point for one in registry.hamlets] == [MapPoint(10.921, 106.0432), None]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('"106.0432, 10.9210"', "found 106.043, 10.921; in Vietnam the latitude is 6 to 24 and"),
        ("Ấp 1", 'found "Ấp 1"; write latitude and longitude, for example "10.9210, 106.0432"'),
        ("[1, 2, 3]", "found a list; write latitude and longitude"),
        ("[nan, 106]", "in Vietnam the latitude is 6 to 24"),
        ("10.9", 'found "10.9"; write latitude and longitude'),
    ],
)
def test_a_place_that_is_none_is_told_with_its_place_in_the_file(
    tmp_path: Path, written: str, said: str
) -> None:
    text = COMMUNE.replace("- id: ap-1\n", f"- id: ap-1\n    point: {written}\n", 1)
    [problem] = commune_told(tmp_path, text)
    assert "hamlets[1].point" in problem
    assert said in problem


def test_a_communes_own_pronunciations_are_words_on_one_line(tmp_path: Path) -> None:
    text = COMMUNE + "pronounce: {Bàu Môn: bào môn, 113: một một ba}\n"
    registry = load_commune(tmp_path, text).registry
    assert registry.pronounce == {"Bàu Môn": "bào môn", "113": "một một ba"}
    assert load_commune(tmp_path, COMMUNE).registry.pronounce == {}
    (told,) = commune_told(tmp_path, COMMUNE + "pronounce: {UBND: [nhà, việc]}\n")
    assert "pronounce.UBND" in told


def test_a_number_of_copies_for_each_hamlet_is_taken_as_it_is(tmp_path: Path) -> None:
    text = COMMUNE.replace('copies_per_household: "0,5"', "copies: 40")
    hamlets = load_commune(tmp_path, text).registry.hamlets
    assert [hamlet.flyer_copies for hamlet in hamlets] == [40, 7]


def test_what_official_documents_share_is_said_once(tmp_path: Path) -> None:
    official = "official: {place: Mẫu, signed_for: TM. UBND, signer: Trần Mẫu, recipients: Các ấp}"
    text = COMMUNE.replace("copies_per_household:", f"{official}, copies_per_household:")
    known = load_commune(tmp_path, text).registry.signature
    assert known == Signature("", "Mẫu", "TM. UBND", "", "Trần Mẫu", ("Các ấp",))
    assert load_commune(tmp_path, COMMUNE).registry.signature == Signature()


def test_what_leaves_somebody_out_is_a_warning(tmp_path: Path) -> None:
    text = COMMUNE.replace("hamlets: [ap-1, ap-2], place", "hamlets: [ap-1], place")
    text = text.replace("      agreed_on: 01/03/2026\n", "").replace("rights: approve", "role: x")
    warnings = load_commune(tmp_path, text).warnings
    assert [(w.line, w.column, w.field, w.message) for w in warnings] == [
        (3, 3, "people", "nobody has the right: approve campaigns (approve)"),
        (13, 5, "hamlets[2]", "no chat group reaches this hamlet's households"),
        (13, 5, "hamlets[2]", "no loudspeaker is heard in this hamlet"),
        (
            21,
            7,
            "chat.groups[2]",
            "agreed_on is missing: the day on which the community agreed to this group",
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: ap-2,", "id: ap-1,", '13:10: hamlets[2].id: the id "ap-1" is already used on line 6'),
        ("id: minh", "id: lan", '4:10: people[2].id: the id "lan" is already used on line 3'),
        ("id: minh", "id: ap-1-head", '11:11: hamlets[1].head: the id "ap-1-head" is already used'),
        (
            "[ap-1, ap-2], place",
            "[ap-1, ap-3], place",
            "15:33: loudspeakers[1].hamlets[2]: there is",
        ),
        (
            "hamlets: ap-1\n",
            "hamlets: ap-9\n",
            "25:16: chat.groups[2].hamlets[1]: there is no hamlet",
        ),
        (
            "run_by: ap-1-head",
            "run_by: lann",
            '26:15: chat.groups[2].run_by: there is no person "la',
        ),
        ("head: lan", "head: lann", '13:50: hamlets[2].head: there is no person "lann" (did you'),
        (
            "members: [lan,",
            "members: [lann,",
            '31:38: teams[1].members[1]: there is no person "lann',
        ),
        (
            "households: 95",
            "households: 1.250",
            '13:40: hamlets[2].households: found "1.250"; write',
        ),
        ("households: 95", "households: -1", "13:40: hamlets[2].households: found -1; 0 or more"),
        ("poor_households: 6", "poor_households: 99", "6:5: hamlets[1]: 99 poor and 9 near-poor"),
        ("0900.000.001", "912345678", "3:33: people[1].phone: found 912345678; a phone number"),
        (
            "[submit, confirm]",
            "[aprove]",
            '3:56: people[1].rights[1]: found "aprove" (did you mean',
        ),
        ('"17:00-18:30"', '"6:00-7:00"', "16:19: station.hours[1]: these hours overlap with 05:00"),
        ('"17:00-18:30"', '"22:00-05:00"', '16:19: station.hours[1]: found "22:00-05:00"; the end'),
        ('"17:00-18:30"', "sáng", '16:19: station.hours[1]: found "sáng"; write two times'),
        ("sessions_per_day: 2", "sessions_per_day: 0", "16:62: station.sessions_per_day: found"),
        ('      address: "-100123"\n', "", "21:7: chat.groups[2]: a group sent by telegram needs"),
        ("https://xa-mau", "javascript:xa-mau", "32:32: portal.url: found"),
        ("https://xa-mau", "https://a b", "32:32: portal.url: found"),
        ("https://xa-mau.example/", "https://[x", "32:32: portal.url: found"),
        ('"0,5"', '"0,5", copies: 1', "29:9: flyers: give either copies_per_household or copies"),
        ('"0,5"', "nhiều", '29:32: flyers.copies_per_household: found "nhiều"; write a number'),
        ('"0,5"', "'NaN'", '29:32: flyers.copies_per_household: found "NaN"; write a number'),
        (
            "platform: zalo",
            "plaform: zalo",
            '20:36: chat.groups[1].plaform: there is no key "plaform"',
        ),
        (
            "kind: heads",
            "kind: head",
            '20:58: chat.groups[1].kind: found "head" (did you mean "heads"?)',
        ),
        ("01/03/2026", "30/02/2026", '27:18: chat.groups[2].agreed_on: "30/02/2026": there is no'),
        ("id: xa-mau", "id: Xã Mẫu", '1:15: commune.id: found "Xã Mẫu"; an id has'),
        ("portal:", "portals:", "1:1: portal: this key is missing"),
    ],
)
def test_each_fault_is_told_at_its_line_and_column(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    assert old in COMMUNE
    found = commune_told(tmp_path, COMMUNE.replace(old, new, 1))
    assert any(line.startswith(expected) for line in found), found


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = COMMUNE.replace("id: xa-mau", "id: Xã").replace("head: lan", "head: lann")
    text = text.replace("[ap-1, ap-2], place", "[ap-3], place").replace("url:", "ulr:")
    fields = [line.split(" ")[1] for line in commune_told(tmp_path, text)]
    assert fields == [
        "commune.id:",
        "hamlets[2].head:",
        "loudspeakers[1].hamlets[1]:",
        "portal.url:",
        "portal.ulr:",
    ]


def test_a_fault_in_one_part_brings_no_false_faults_in_others(tmp_path: Path) -> None:
    text = COMMUNE.replace("households: 95", "households: nhiều")
    assert [line.split(" ")[1] for line in commune_told(tmp_path, text)] == [
        "hamlets[2].households:"
    ]
