"""A commune without a workspace of its own: its office works in that of many, by ``--commune``."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.commune import PASSPHRASE, make_commune

from engine.cli.main import build
from engine.errors import LoaError

PROVINCE = Path(__file__).parents[2] / "campaigns" / "examples" / "tinh-mau"

OWN = """\
id: hop-dan
title: Họp dân
valid: {from: 2026-12-01, until: 2026-12-05}
contact: Xã
text: Mời bà con {{ hamlet.name }} họp.
schedule: now
channels: {flyer: true, portal: true}
"""

#: No such campaign, or nobody who may: the west's registry names no officials.
NOT_THEIRS = 'no campaign "hop-dan"|nothing goes to ap-1|minh does not have the right'

EAST = ("--commune", "xa-dong")
CONFIRMED = ("--hamlet", "ap-1", "--channel", "flyer", "--households", "7", "--by", "ap-1-head")


@pytest.fixture(autouse=True)
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A province's folder with its communes imported, in which one stands."""
    folder = Path(shutil.copytree(PROVINCE, tmp_path / "tinh"))
    (folder / "campaigns" / "hop-dan.yaml").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LOA_LANG", "en")
    monkeypatch.setenv("LOA_PASSPHRASE", PASSPHRASE)
    loa("registry", "import", "danh-sach-ap.csv", "danh-sach-xa.csv")
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build(), arguments)


def loa(*arguments: str) -> str:
    """Run a command that must do what it says; return what it printed."""
    result = run(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refused(*arguments: str) -> str:
    """Run a command that must refuse; return its reason."""
    result = run(*arguments)
    assert isinstance(result.exception, LoaError), (result.output, result.exception)
    return str(result.exception)


def on_its_way() -> None:
    """Bring the commune's own campaign as far as its hamlets."""
    loa("passphrase", "minh", *EAST)
    said = loa("submit", "campaigns/hop-dan.yaml", "--by", "lan", *EAST)
    assert "loa approve hop-dan --commune xa-dong --by PERSON" in said
    loa("approve", "hop-dan", "--by", "minh", *EAST)
    loa("run")


def test_a_commune_plans_previews_sends_and_confirms_its_own_campaign(office: Path) -> None:
    assert "4 deliveries" in loa("plan", "campaigns/hop-dan.yaml", *EAST)
    on_its_way()
    assert "communes/xa-dong/preview" in loa("preview", "hop-dan", *EAST)
    assert "evidence kept for 1" in loa("confirm", "hop-dan", *CONFIRMED, *EAST)
    assert "confirmed" in loa("status", "hop-dan", *EAST)
    assert "ap-1-head" in loa("events", "hop-dan", *EAST)
    assert "hop-dan" in loa("report", "hop-dan", *EAST)
    assert (office / "communes" / "xa-dong" / "reports" / "hop-dan").is_dir()
    assert "nothing failed" in loa("retry", "hop-dan", "--by", "minh", *EAST)
    assert "nothing is uncertain" in loa("resolve", "hop-dan", "--sent", "--by", "minh", *EAST)


def test_a_commune_checks_its_own_campaign_against_its_own_registry(office: Path) -> None:
    file = office / "campaigns" / "hop-dan.yaml"
    assert "✓ 1 campaigns are in order" in loa("check", str(file), *EAST)
    file.write_text(OWN + "audience: {hamlets: [ap-99]}\n", encoding="utf-8")
    assert 'there is no hamlet "ap-99"' in refused("check", str(file), *EAST)
    assert "name the campaign FILES" in refused("check", *EAST)
    assert "no registry of this commune" in refused("check", str(file), "--commune", "xa-bac")


def test_its_neighbours_do_not_see_it_and_have_no_say_in_it() -> None:
    on_its_way()
    west = ("--commune", "xa-tay")
    assert "hop-dan" in loa("status", *EAST)
    assert "hop-dan" not in loa("status", *west)
    for command in (
        ("status", "hop-dan"),
        ("report", "hop-dan"),
        ("events", "hop-dan"),
        ("preview", "hop-dan"),
        ("confirm", "hop-dan", *CONFIRMED),
        ("retry", "hop-dan", "--by", "minh"),
        ("resolve", "hop-dan", "--resend", "--by", "minh"),
        ("cancel", "hop-dan", "--reason", "x", "--by", "minh"),
        ("approve", "hop-dan", "--by", "minh"),
    ):
        assert re.search(NOT_THEIRS, refused(*command, *west)), command


def test_what_the_province_sent_is_confirmed_in_the_commune() -> None:
    loa("passphrase", "son")
    loa("submit", "campaigns/bao-so-3.yaml", "--by", "ha")
    loa("approve", "bao-so-3", "--by", "son")
    loa("run")
    campaign = "tinh-mau--bao-so-3"
    assert "Ấp 1" in loa("status", campaign, *EAST)
    word = ("--hamlet", "ap-1", "--channel", "portal", "--households", "3", "--by", "ap-1-head")
    loa("confirm", campaign, *word, *EAST)


def test_a_commune_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "xa-bac: the ledger has no registry" in refused("status", "--commune", "xa-bac")
    for odd in ("", "..", "a/b"):
        refused("status", "--commune", odd)
    alone = make_commune(tmp_path / "xa")
    said = refused("status", "--workspace", str(alone), "--commune", "xa-mau")
    assert "one commune's workspace" in said


def test_without_it_a_command_of_a_communes_office_says_what_is_missing() -> None:
    assert "--commune" in refused("confirm", "hop-dan", *CONFIRMED)
