"""``loa spoken``: one spoken line for each written one, and why it is said so."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.commune import make_commune

from channels.loudspeaker.spoken import speak
from channels.loudspeaker.spoken.rules import CATEGORY_OF, PRONOUNCE
from engine.cli.main import build
from engine.cli.spoken_words import AS_WRITTEN, pieces_of, rule_in_words
from engine.errors import InputError, LoaError

PROVINCE = Path(__file__).parents[2] / "campaigns" / "examples" / "tinh-mau"

#: A fresh process, as a program that pipes lines through has one.
PROGRAM = (sys.executable, "-c", "from engine.cli import main; main()", "spoken")


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder that is no workspace, in English."""
    folder = tmp_path / "nowhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LOA_LANG", "en")
    monkeypatch.delenv("LOA_WORKSPACE", raising=False)
    return folder


def run(written: str | bytes, *options: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(build(), ["spoken", *options], input=written)


def said(written: str | bytes, *options: str) -> list[str]:
    """Return the lines printed; the command must have done well."""
    result = run(written, *options)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout.split("\n")


def test_each_line_is_answered_by_one_and_an_empty_one_stays_empty() -> None:
    assert said("Họp 7h30\n\nUBND xã\n   \n5 hộ\n") == [
        "Họp bảy giờ ba mươi phút",
        "",
        "Ủy ban nhân dân xã",
        "",
        "năm hộ",
        "",
    ]


def test_a_last_line_without_an_end_and_windows_lines_are_answered_too() -> None:
    assert said("5 hộ\r\n\r\n6 hộ") == ["năm hộ", "", "sáu hộ", ""]


def test_nothing_written_is_nothing_said() -> None:
    assert run("").stdout == ""


@pytest.mark.parametrize("break_", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\r", "\x1e", "\0"])
def test_no_other_character_breaks_a_line(break_: str) -> None:
    assert said(f"5 hộ{break_}6 hộ\n7 hộ\n")[1:] == ["bảy hộ", ""]


def test_a_byte_order_mark_is_no_text() -> None:
    assert said("\ufeff5 hộ\n") == ["năm hộ", ""]


def test_bytes_that_are_no_utf8_are_left_out_told_and_stop_nothing() -> None:
    result = run("5 hộ\nđường ".encode() + b"\xff\xfe link\n" + "6 hộ\n".encode())

    assert result.exit_code == 0
    assert result.stdout.split("\n") == ["năm hộ", "đường linh", "sáu hộ", ""]
    assert "line 2: byte 11 is no UTF-8 (0xff)" in result.stderr


def test_many_broken_lines_are_counted_not_all_named() -> None:
    result = run(b"\xff\n" * 25)

    assert result.stdout == "\n" * 25
    assert result.stderr.count("0xff") == 10
    assert "25 lines in all" in result.stderr


def test_the_region_may_be_asked_for() -> None:
    assert said("1.005 hộ\n", "--region", "north")[0] == "một nghìn không trăm linh năm hộ"
    assert said("1.005 hộ\n", "--region", "south")[0] == "một ngàn không trăm lẻ năm hộ"
    assert said("1.005 hộ\n")[0] == "một ngàn không trăm lẻ năm hộ"


def _workspace(folder: Path, *, lexicon: str = "", region: str = "north") -> Path:
    make_commune(folder)
    with (folder / "commune.yaml").open("a", encoding="utf-8") as file:
        file.write(lexicon)
    with (folder / "loa.toml").open("a", encoding="utf-8") as file:
        file.write(f'[loudspeaker]\nregion = "{region}"\n')
    return folder


def test_in_a_workspace_its_region_and_its_own_words_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _workspace(tmp_path / "xa", lexicon="pronounce: {UBND: nhà việc, XYZ: xê i dét}\n")

    assert said("1.005 hộ\n", "-w", str(folder))[0] == "một nghìn không trăm linh năm hộ"
    monkeypatch.chdir(folder / "campaigns")
    assert said("UBND và XYZ\n")[0] == "nhà việc và xê i dét"
    assert said("1.005 hộ\n", "--region", "south")[0] == "một ngàn không trăm lẻ năm hộ"
    (row,) = [line for line in said("gặp XYZ\n", "--explain") if "→ xê i dét" in line]
    assert "the commune's own pronunciation" in row


def test_a_folder_that_is_no_workspace_is_refused_when_it_is_named(outside: Path) -> None:
    assert isinstance(run("5\n", "-w", str(outside)).exception, LoaError)


def test_a_faulty_lexicon_is_told_with_its_line(tmp_path: Path) -> None:
    folder = _workspace(tmp_path / "xa", lexicon='pronounce: {UBND: ""}\n')

    error = run("5\n", "-w", str(folder)).exception

    assert isinstance(error, InputError)
    (problem,) = error.problems
    assert "commune.yaml" in str(problem)
    assert "pronounce" in str(problem)


def test_a_provinces_words_are_those_of_all_its_communes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(PROVINCE, tmp_path / "tinh"))
    file = folder / "province.yaml"
    text = file.read_text(encoding="utf-8").replace(
        "communes:\n", "communes:\n  pronounce: {XYZ: xê i dét}\n"
    )
    file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    imported = CliRunner().invoke(
        build(), ["registry", "import", "danh-sach-ap.csv", "danh-sach-xa.csv"]
    )
    assert imported.exit_code == 0, imported.output

    assert said("gặp XYZ\n")[0] == "gặp xê i dét"
    assert said("gặp XYZ\n", "--commune", "xa-dong")[0] == "gặp xê i dét"


def test_an_explanation_shows_each_piece_its_rule_and_the_doubts() -> None:
    result = run("Họp 7h30 tại UBND, gặp XYZ 🎉\n\n", "--explain")

    rows = result.stdout.split("\n")
    assert rows[0].endswith("Họp 7h30 tại UBND, gặp XYZ 🎉")
    assert rows[1].endswith("Họp bảy giờ ba mươi phút tại Ủy ban nhân dân, gặp ích y dét")
    assert [" ".join(row.split()) for row in rows[2:10]] == [
        "Họp [said as written]",
        "7h30 → bảy giờ ba mươi phút [hours: time]",
        "tại [said as written]",
        "UBND → Ủy ban nhân dân [abbreviations: abbreviation]",
        "gặp [said as written]",
        "? XYZ → ích y dét [other words: word]",
        "Doubt: an unknown abbreviation, spelled letter by letter",
        "🎉 → (not said) [signs and marks: other script]",
    ]
    assert rows[11].split() == ["2"]
    assert "1 doubts" in result.stderr


def test_an_explanation_speaks_vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "vi")
    text = "\n".join(said("gặp XYZ lúc 7h\n", "--explain"))
    assert "giờ giấc" in text
    assert "Chưa chắc:" in text


@pytest.mark.parametrize("rule", [*CATEGORY_OF, AS_WRITTEN, PRONOUNCE])
def test_every_rule_can_be_told_in_words(rule: str) -> None:
    assert rule_in_words(rule)


def test_for_programs_each_line_is_one_of_json_with_offsets_into_the_text() -> None:
    written = "🎉 Họp ngày 5/12 tại UBND\u200b xã, XYZ và Zenbook ½ ngày"
    first, second, rest = said(f"{written}\n5\n", "--json")

    assert rest == ""
    found = json.loads(first)
    assert found["spoken"] == speak(written).text
    assert json.loads(second)["line"] == 2
    for piece in found["pieces"]:
        text = written[piece["start"] : piece["end"]].replace("\u200b", "").strip()
        assert text == piece["written"].replace("1/2", "½")
    assert [piece["doubt"] for piece in found["pieces"] if piece["doubt"]] == [
        "unknown_abbreviation",
        "foreign_word",
    ]


def test_the_pieces_of_a_line_are_all_of_it() -> None:
    table = Path(__file__).with_name("spoken_pairs.tsv").read_text(encoding="utf-8")
    for row in table.splitlines():
        if row.startswith("#") or not row:
            continue
        line = unicodedata.normalize("NFC", row.split("\t")[1])
        left = list(line)
        for piece in pieces_of(line, speak(line)):
            left[piece.start : piece.end] = " " * (piece.end - piece.start)
        assert not re.search(r"\w", "".join(left)), line


def test_a_filter_starts_without_ledger_schemas_and_channels(outside: Path) -> None:
    code = (
        "import sys\n"
        "from engine.cli.main import build\n"
        "build().main(['spoken'], standalone_mode=False)\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'sqlalchemy', 'pydantic', 'yaml', 'numpy', 'jinja2'}, loaded\n"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=outside,
        env={**os.environ, "PYTHONPATH": root},
        input="5 hộ\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert (done.stdout, done.stderr) == ("năm hộ\n", "")


def test_each_line_is_answered_before_the_next_is_written(outside: Path) -> None:
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        PROGRAM,
        cwd=outside,
        env={**os.environ, "PYTHONPATH": root},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number, words in ((5, "năm"), (21, "hai mươi mốt")):
            process.stdin.write(f"{number} hộ\n")
            process.stdin.flush()
            assert process.stdout.readline() == f"{words} hộ\n"
        process.stdin.close()
        assert process.wait(timeout=60) == 0
