"""A province's folder before and after its registry: what it is told to do first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli.main import build
from engine.errors import InputError, LoaError

PROVINCE = Path(__file__).parents[2] / "campaigns" / "examples" / "tinh-mau"
CAMPAIGN = "campaigns/bao-so-3.yaml"
TABLES = ("danh-sach-ap.csv", "danh-sach-xa.csv")
FIRST = "take them in with: loa registry import FILES"


@pytest.fixture(autouse=True)
def tinh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example province's folder, nothing imported yet, in which one stands."""
    folder = Path(shutil.copytree(PROVINCE, tmp_path / "tinh"))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LOA_LANG", "en")
    return folder


def loa(*arguments: str) -> Result:
    return CliRunner().invoke(build(), arguments)


def done(*arguments: str) -> str:
    result = loa(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def faults(*arguments: str) -> list[str]:
    error = loa("check", *arguments).exception
    assert isinstance(error, InputError)
    return [f"{Path(one.file).name}: {one.field}: {one.message}" for one in error.problems]


@pytest.mark.parametrize("command", [("plan", CAMPAIGN), ("submit", CAMPAIGN, "--by", "ha")])
def test_before_the_import_planning_says_how_to_import(command: tuple[str, ...]) -> None:
    error = loa(*command).exception
    assert isinstance(error, LoaError)
    assert FIRST in str(error)
    assert "xa-dong" not in str(error)


def test_before_the_import_a_check_says_so_beside_every_other_fault(tinh: Path) -> None:
    (only,) = faults()
    assert FIRST in only
    text = (tinh / CAMPAIGN).read_text(encoding="utf-8")
    (tinh / CAMPAIGN).write_text(text.replace("title:", "titel:"), encoding="utf-8")
    found = faults()
    assert [fault.split(": ")[1] for fault in found] == ["title", "titel", ""]


def test_a_check_tells_a_faulty_province_and_faulty_campaigns_at_once(tinh: Path) -> None:
    for name, old, new in (("province.yaml", "id: ha", "id: Hà"), (CAMPAIGN, "title:", "titel:")):
        text = (tinh / name).read_text(encoding="utf-8")
        assert old in text
        (tinh / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert [fault.split(": ")[1] for fault in faults()] == ["title", "titel", "people[1].id"]


def test_a_check_warns_of_a_reading_in_the_provinces_lexicon_that_is_read_anew(tinh: Path) -> None:
    done("registry", "import", *TABLES)
    path = tinh / "province.yaml"
    text = path.read_text(encoding="utf-8")
    assert "communes:\n" in text
    lexicon = "communes:\n  pronounce: {QXZ: tổ 5, m2: mờ hai}\n"
    path.write_text(text.replace("communes:\n", lexicon, 1), encoding="utf-8")
    told = [line for line in done("check").splitlines() if "read by the rules" in line]
    assert len(told) == 1
    assert "communes.pronounce.QXZ" in told[0]
    assert "“tổ năm”" in told[0]


def test_two_campaigns_of_one_id_are_told(tinh: Path) -> None:
    done("registry", "import", *TABLES)
    shutil.copy(tinh / CAMPAIGN, tinh / "campaigns" / "lai.yaml")
    (fault,) = faults()
    assert 'the id "bao-so-3" is already that of' in fault


def test_an_empty_registry_is_said_to_be_empty() -> None:
    assert FIRST in done("registry", "list")
    done("registry", "import", *TABLES)
    listed = done("registry", "list")
    assert "xa-dong" in listed
    assert FIRST not in listed


def test_a_template_that_nobody_filled_in_is_warned_about(tinh: Path) -> None:
    done("registry", "template", "t.csv")
    made_up = 't.csv, row 2: the commune "xa-mau" is made up'
    assert made_up in done("registry", "import", "--dry-run", "t.csv")
    assert made_up in done("registry", "import", "t.csv", "t-xa.csv")
    alone = done("registry", "import", "--dry-run", "t-xa.csv")
    assert 't-xa.csv, row 2: the commune "xa-mau" is made up' in alone
    filled = (tinh / "t.csv").read_text(encoding="utf-8-sig").replace("Xã Mẫu", "Xã Thật")
    (tinh / "t.csv").write_text(filled, encoding="utf-8")
    assert '"xa-mau" is the made-up id of the template' in done("registry", "import", "t.csv")
    (tinh / "t.csv").write_text(filled.replace("xa-mau", "xa-that"), encoding="utf-8")
    assert "made" not in done("registry", "import", "t.csv")


def test_a_template_as_a_workbook_is_warned_about_too() -> None:
    done("registry", "template", "t.xlsx")
    assert "is made up" in done("registry", "import", "--dry-run", "t.xlsx")
