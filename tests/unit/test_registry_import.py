"""Importing a province's tables: revisions in the ledger, and what an official is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.commune import loa, make_commune
from support.dispatching import KEY
from support.tables import HEADINGS, ROWS, as_csv, province

from campaigns.province_file import load_province
from campaigns.tables.listed import read_tables
from engine.errors import InputError, LoaError
from engine.ledger.areas import Areas
from engine.ledger.database import Database
from engine.ledger.places import Place
from engine.ledger.registries import Registries, newest_registries
from engine.ledger.schema import open_database
from engine.ledger.seal import Seal
from engine.models import GroupKind, Province, Registry, Right
from engine.planner.importing import Change, Importer

NOW = datetime(2026, 12, 1, 1, tzinfo=UTC)
COMMUNES = ("Mã xã", "Giờ phát thanh", "Người trình", "Người duyệt", "Nhóm trưởng ấp")


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


class Desk:
    """A province with a ledger of its own."""

    def __init__(self, folder: Path, place: Place) -> None:
        self.folder = province(folder / "tinh")
        self.province: Province = load_province(self.folder / "province.yaml").province
        self.database = open_database(Database.connect(place))
        self.areas = Areas(self.database, self.province.id)

    def take(
        self, *tables: tuple[Sequence[str], Sequence[Sequence[object]]], province: str = ""
    ) -> dict[str, Change]:
        """Import tables, each its headings and rows; return the changes by commune."""
        files = [
            as_csv(self.folder / f"{index}.csv", rows, headings)
            for index, (headings, rows) in enumerate(tables)
        ]
        owner = self.province
        if province:
            owner = Province(province, "Tỉnh Khác", "", communes=self.province.communes)
        importer = Importer(self.database, Seal(KEY), owner)
        listed = read_tables(files)
        changes = importer.changes(listed)
        done = importer.write(listed, changes, NOW, "a.csv", lambda _change: None)
        return {change.commune_id: change for change in done}

    def registry(self, commune_id: str) -> Registry:
        registries = self.registries(commune_id)
        return registries.load(registries.latest())

    def registries(self, commune_id: str) -> Registries:
        return Registries(self.database, commune_id, Seal(KEY))


@pytest.fixture
def desk(tmp_path: Path, place: Place) -> Iterator[Desk]:
    opened = Desk(tmp_path, place)
    yield opened
    opened.database.close()


def test_each_commune_gets_a_revision_with_all_that_its_rows_say(desk: Desk) -> None:
    changes = desk.take((HEADINGS, ROWS))
    assert {name: change.revision for name, change in changes.items()} == dict.fromkeys(changes, 1)
    registry = desk.registry("xa-dong")
    assert registry.commune.office == "Ủy ban nhân dân xã Đông"
    assert registry.portal.url == "https://xa-dong.example"
    assert [hamlet.households for hamlet in registry.hamlets] == [100, 80]
    (cluster,) = registry.clusters
    assert (cluster.id, cluster.hamlets, cluster.place) == (
        "cum-1",
        ("ap-1", "ap-2"),
        "Nhà văn hóa",
    )
    assert registry.people_by_id["ap-1-head"].name == "Giả Một"
    assert [group.run_by for group in registry.chat_groups] == ["ap-1-head", "ap-2-head"]
    assert registry.station == desk.province.communes.station


def test_a_communes_lexicon_stays_unless_the_province_has_one(desk: Desk) -> None:
    desk.take((HEADINGS, ROWS))
    own = replace(desk.registry("xa-dong"), pronounce={"Bàu Môn": "bào môn"})
    desk.registries("xa-dong").save(own, "own", NOW, origin="a.csv")
    desk.take((HEADINGS, ROWS))
    assert desk.registry("xa-dong").pronounce == {"Bàu Môn": "bào môn"}

    everywhere = replace(desk.province.communes, pronounce={"QXZ": "xã đội"})
    desk.province = replace(desk.province, communes=everywhere)
    changes = desk.take((HEADINGS, ROWS))
    assert desk.registry("xa-dong").pronounce == {"QXZ": "xã đội"}
    assert changes["xa-dong"].shared


TEAMS = ("Mã xã", "Mã tổ", "Tên tổ", "Các ấp", "Thành viên", "Số hộ mỗi người một ngày")
STEPS = ("Mã xã", "Khi chưa thấy chuyển tin")


def test_tables_name_teams_deputies_and_what_is_done_where_nobody_passes_on(desk: Desk) -> None:
    headings, rows = (*HEADINGS, "Phó ấp"), [(*row, "") for row in ROWS]
    rows[0] = (*ROWS[0], "Giả Phó: 0900.000.041; Giả Phụ")
    teams = [
        ("xa-dong", "to-1", "Tổ Một", "ap-1", "Giả An: 0900.000.031; ap-2-head", 6),
        ("xa-dong", "xanh", "Đội Xanh", "tất cả", "Giả Bích", ""),
    ]
    steps = [("xa-dong", "after 6h: remind; after 24h without relay: team visit")]
    desk.take((headings, rows), (TEAMS, teams), (STEPS, steps))
    registry = desk.registry("xa-dong")
    assert [(one.id, one.members, one.hamlets, one.visits_per_day) for one in registry.teams] == [
        ("to-1", ("to-1-1", "ap-2-head"), ("ap-1",), 6),
        ("xanh", ("xanh-1",), ("ap-1", "ap-2"), 8),
    ]
    assert registry.people_by_id["to-1-1"].phone == "0900.000.031"
    assert registry.people_by_id["ap-1-pho-2"].name == "Giả Phụ"
    assert registry.seconds(registry.hamlets[0]) == ("ap-1-pho-1", "ap-1-pho-2")
    assert [(step.do, step.minutes) for step in registry.escalation] == [
        ("remind", 360),
        ("team_visit", 1440),
    ]
    assert not desk.registry("xa-tay").teams
    assert not desk.take((HEADINGS, ROWS))["xa-dong"].anything, "what no table tells stays"
    assert desk.take((TEAMS, teams[1:]))["xa-dong"].shared, "a commune's teams are listed whole"
    assert [one.id for one in desk.registry("xa-dong").teams] == ["xanh"]
    assert "to-1-1" not in desk.registry("xa-dong").people_by_id
    renamed = [(*teams[1][:4], "Giả Châu", "")]
    assert desk.take((TEAMS, renamed))["xa-dong"].shared, "somebody else is a change"
    desk.take((STEPS, [("xa-dong", "none")]))
    assert desk.registry("xa-dong").escalation == ()


def test_a_province_may_say_what_is_done_in_every_new_commune(desk: Desk) -> None:
    file = desk.folder / "province.yaml"
    with file.open("a", encoding="utf-8") as text:
        text.write("  escalation:\n    - after 6h: remind\n    - after 12h: second contact\n")
    desk.province = load_province(file).province
    desk.take((HEADINGS, ROWS))
    assert [step.minutes for step in desk.registry("xa-tay").escalation] == [360, 720]
    file.write_text(file.read_text(encoding="utf-8").replace("12h", "6h"), encoding="utf-8")
    with pytest.raises(InputError, match=r"communes.escalation\[2\]: a step comes after"):
        load_province(file)


@pytest.mark.parametrize(
    ("teams", "steps", "told"),
    [
        (
            [
                ("xa-dong", "to-1", "Tổ Một", "ap-7; ap-2", "lan", 8),
                ("xa-dong", "to-2", "Tổ Hai", "ap-1", "khach", 8),
            ],
            "",
            [(2, 4, 'no hamlet "ap-7"'), (2, 5, 'no person "lan"'), (3, 5, 'no person "khach"')],
        ),
        (
            [
                ("xa-dong", "to-1", "Tổ Một", "ap-1", "Giả An", 0),
                ("xa-dong", "to-2", "Tổ Hai", "", "Giả An: x: y: z", 8),
                ("xa-dong", "to-3", "Tổ Ba", "ap-1", "", 8),
                ("xa-dong", "to-3", "Tổ Bốn", "ap-1", "", 8),
            ],
            "",
            [
                (2, 6, "0"),
                (3, 4, "the cell is empty"),
                (3, 5, "write name: phone"),
                (5, 2, 'the id "to-3" is already used in xa-dong, row 4'),
            ],
        ),
        ([], "after 24h: team visit", [(2, 2, "the commune has no team")]),
        ([], "after 6h: remind; after 2h: remind", [(2, 2, "a step comes after")]),
        ([], "after 6h: sing", [(2, 2, "sing")]),
    ],
)
def test_every_fault_of_teams_and_steps_stands_at_its_cell_and_nothing_is_written(
    desk: Desk, teams: list[tuple[object, ...]], steps: str, told: list[tuple[int, int, str]]
) -> None:
    tables = [(HEADINGS, ROWS)]
    if teams:
        tables.append((TEAMS, teams))
    if steps:
        tables.append((STEPS, [("xa-dong", steps)]))
    with pytest.raises(InputError) as caught:
        desk.take(*tables)
    found = sorted(caught.value.problems, key=lambda one: (one.line, one.column))
    assert [(one.line, one.column) for one in found] == [fault[:2] for fault in told]
    for problem, (_line, _column, words) in zip(found, told, strict=True):
        assert words in problem.message
        assert Path(problem.file).name == "1.csv"
    assert not newest_registries(desk.database)


def test_the_areas_form_a_tree(desk: Desk) -> None:
    desk.take((HEADINGS, ROWS))
    assert [area.id for area in desk.areas.communes()] == ["xa-dong", "xa-nam", "xa-tay"]
    assert {area.parent for area in desk.areas.communes()} == {"tinh-mau"}
    assert [area.id for area in desk.areas.hamlets("xa-dong")] == ["xa-dong/ap-1", "xa-dong/ap-2"]
    desk.take((HEADINGS, [ROWS[0]]))
    assert [area.id for area in desk.areas.hamlets("xa-dong")] == ["xa-dong/ap-1"]


def test_the_same_table_again_changes_nothing(desk: Desk) -> None:
    desk.take((HEADINGS, ROWS))
    again = desk.take((HEADINGS, ROWS))
    assert not [change for change in again.values() if change.anything]
    assert [change.revision for change in again.values()] == [1, 1, 1]


def test_what_came_went_and_changed_is_told_and_earlier_revisions_stay(desk: Desk) -> None:
    desk.take((HEADINGS, ROWS))
    before = desk.registry("xa-dong")
    grown = (*ROWS[0][:4], 120, *ROWS[0][5:])
    new = ("xa-dong", "Xã Đông", "ap-3", "Ấp 3", 10, "", "", "")
    change = desk.take((HEADINGS, [grown, new]))["xa-dong"]
    assert (change.added, change.changed, change.removed) == (("ap-3",), ("ap-1",), ("ap-2",))
    assert change.revision == 2
    assert desk.registries("xa-dong").load(1) == before
    assert newest_registries(desk.database)["xa-tay"].revision == 1, "what is not listed stays"


def test_a_new_head_is_a_change_of_the_hamlet(desk: Desk) -> None:
    desk.take((HEADINGS, ROWS))
    renamed = (*ROWS[2][:5], "Giả Mới", *ROWS[2][6:])
    assert desk.take((HEADINGS, [renamed]))["xa-tay"].changed == ("ap-1",)


def test_a_missing_column_leaves_what_was_and_an_empty_cell_empties(desk: Desk) -> None:
    desk.take((HEADINGS, ROWS))
    few = [row[:5] for row in ROWS]
    assert not [one for one in desk.take((HEADINGS[:5], few)).values() if one.anything]
    empty = [(*row[:5], "", "", "") for row in ROWS[:2]]
    desk.take((HEADINGS, empty))
    registry = desk.registry("xa-dong")
    assert not registry.clusters
    assert not registry.chat_groups
    assert not registry.people
    assert [hamlet.head for hamlet in registry.hamlets] == [None, None]


def test_a_communes_own_row_is_stronger_than_defaults_and_stays(desk: Desk) -> None:
    row = ("xa-dong", "06:00-07:00", "an: Giả An: 0900.000.009", "an; bình", "Trưởng ấp")
    with pytest.raises(InputError, match="an id has 1 to 64"):
        desk.take((HEADINGS, ROWS), (COMMUNES, [row]))
    row = (*row[:3], "an; binh: Giả Bình", row[4])
    desk.take((HEADINGS, ROWS), (COMMUNES, [row]))
    for _again in range(2):
        registry = desk.registry("xa-dong")
        assert [f"{one.start:%H:%M}" for one in registry.station.hours] == ["06:00"]
        assert registry.people_by_id["an"].rights == {Right.SUBMIT, Right.APPROVE}
        heads = [one for one in registry.chat_groups if one.kind is GroupKind.HEADS]
        assert [group.hamlets for group in heads] == [("ap-1", "ap-2")]
        desk.take((HEADINGS, ROWS))


def test_a_commune_may_be_listed_alone_once_its_hamlets_are_known(desk: Desk) -> None:
    with pytest.raises(InputError, match="xa-dong has no hamlet"):
        desk.take((COMMUNES[:2], [("xa-dong", "06:00-07:00")]))
    desk.take((HEADINGS, ROWS))
    change = desk.take((COMMUNES[:2], [("xa-dong", "06:00-07:00")]))["xa-dong"]
    assert change.shared
    assert len(desk.registry("xa-dong").hamlets) == 2


def test_a_person_whom_nobody_names_is_told(desk: Desk) -> None:
    with pytest.raises(InputError, match="lan is named nowhere"):
        desk.take((HEADINGS, ROWS), (("Mã xã", "Người trình"), [("xa-dong", "lan")]))
    assert not newest_registries(desk.database)


def test_a_commune_of_another_province_is_refused(desk: Desk) -> None:
    desk.take((HEADINGS, ROWS))
    with pytest.raises(InputError, match="belongs to the province tinh-mau"):
        desk.take((HEADINGS, ROWS), province="tinh-khac")
    with pytest.raises(InputError, match="the province's own"):
        desk.take((HEADINGS, [("tinh-mau", *ROWS[0][1:])]))
    assert not Areas(desk.database, "tinh-khac").communes()
    assert not Areas(desk.database, "tinh-khac").hamlets("xa-dong")


def test_nothing_is_written_when_one_commune_lacks_something(tmp_path: Path) -> None:
    folder = province(tmp_path)
    text = (folder / "province.yaml").read_text(encoding="utf-8")
    (folder / "province.yaml").write_text(text.partition("communes:")[0], encoding="utf-8")
    as_csv(folder / "a.csv")
    done = loa("registry", "import", "a.csv", cwd=folder)
    assert done.returncode == 1
    for heading in ("Giờ phát thanh", "Nơi in tờ rơi", "Địa chỉ trang tin"):
        assert done.stderr.count(f'nothing says "{heading}"') == 3
    assert "xa-dong" not in loa("registry", "list", cwd=folder).stdout


def test_an_official_sees_errors_by_row_then_a_dry_run_then_the_revisions(tmp_path: Path) -> None:
    folder = province(tmp_path)
    as_csv(folder / "a.csv", [*ROWS, ("xa-x", "Xã X", "Ap 1", "", "?", "", "", "")])
    bad = loa("registry", "import", "a.csv", cwd=folder)
    assert bad.returncode == 1
    for place in ("a.csv:6:3: column C", "a.csv:6:4: column D", "a.csv:6:5: column E"):
        assert place in bad.stderr
    as_csv(folder / "a.csv")
    dry = loa("registry", "import", "a.csv", "--dry-run", cwd=folder)
    assert "nothing was written" in dry.stdout
    assert "xa-dong" not in loa("registry", "list", cwd=folder).stdout
    done = loa("registry", "import", "a.csv", cwd=folder)
    assert "xa-dong Xã Đông: new commune, +2 hamlets (ap-1, ap-2), revision 1" in done.stdout
    assert "hamlets +4, −0, 0 changed; 3 new communes" in done.stdout
    assert "xa-tay" in loa("registry", "list", cwd=folder).stdout
    shown = loa("registry", "show", "xa-tay", cwd=folder)
    assert "Ấp Chợ" in shown.stdout
    assert "Giả Ba" in shown.stdout
    assert loa("registry", "show", "xa-la", cwd=folder).returncode == 1


def test_a_commune_with_a_file_of_its_own_keeps_it(tmp_path: Path) -> None:
    commune = make_commune(tmp_path / "xa")
    as_csv(commune / "a.csv")
    refused = loa("registry", "import", "a.csv", cwd=commune)
    assert refused.returncode == 1
    assert "commune.yaml, and it stays the truth" in refused.stderr


def test_a_template_is_never_written_over_a_table(tmp_path: Path) -> None:
    assert loa("registry", "template", "a.csv", cwd=tmp_path).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-to.csv", "a-xa.csv", "a.csv"]
    again = loa("registry", "template", "a.csv", cwd=tmp_path)
    assert again.returncode == 1
    assert "it is there already" in again.stderr


def test_rows_of_a_commune_with_its_own_file_are_left_out_and_said(desk: Desk) -> None:
    desk.take((HEADINGS, ROWS))
    own = desk.registry("xa-tay")
    desk.registries("xa-tay").save(own, "khác", NOW)
    renamed = [(*row[:3], "Ấp Đổi", *row[4:]) for row in ROWS]
    changes = desk.take((HEADINGS, renamed))
    assert changes["xa-tay"].own_file
    assert not changes["xa-tay"].anything
    assert desk.registry("xa-tay") == own
    assert desk.registry("xa-dong").hamlets[0].name == "Ấp Đổi"


def test_an_unknown_table_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(LoaError, match="a table is a"):
        read_tables([tmp_path / "a.doc"])
