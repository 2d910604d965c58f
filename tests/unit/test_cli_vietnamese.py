"""The command line as an official meets it: whole in Vietnamese, errors too."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from support.commune import PASSPHRASE, make_commune

from engine.cli.commands import table
from engine.cli.main import main

#: Words that no Vietnamese screen needs. Keys of YAML files and names of commands stay English.
ENGLISH = re.compile(
    r"\b(the|is|are|was|not|must|should|be|of|or|and|with|found|allowed|expected|missing|required|"
    r"invalid|valid|value|error|usage|options?|commands?|arguments?|args|directory|folder|person|"
    r"integer|range|number|input|string|default|please|cannot|could|no such|already|exists|does|"
    r"nothing|waits|right|wrong|hamlet's|traceback|none|null|errno|exception)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    out: str
    err: str


Loa = Callable[..., Said]


@pytest.fixture
def loa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Loa:
    """Run ``loa`` in this process, as a person without any settings would."""
    monkeypatch.delenv("LOA_LANG", raising=False)
    monkeypatch.setenv("LOA_PASSPHRASE", PASSPHRASE)

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["loa", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        found = capsys.readouterr()
        out, err = (text.replace(str(tmp_path), "…") for text in found)
        return Said(int(str(ended.value.code)), out, err)

    return run


@pytest.fixture
def xa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    workspace = make_commune(tmp_path / "xa")
    monkeypatch.chdir(workspace)
    return workspace


def test_a_mistyped_command_is_guessed_in_english_too(
    loa: Loa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    assert "No such command 'statsu'. (did you mean \"status\"?)" in loa("statsu").err


def english_in(text: str) -> list[str]:
    return [found[0] for found in ENGLISH.finditer(text)]


@pytest.mark.parametrize("command", ["", *table()])
def test_help_holds_no_english(command: str, loa: Loa) -> None:
    said = loa(*filter(None, [command, "--help"]))
    assert said.status == 0
    assert "Cách dùng: loa" in said.out
    # Names of options and their choices are typed, not read.
    assert english_in(re.sub(r"--\w+|\[[a-z|]+\]", "", said.out)) == []


def test_every_command_is_told_on_one_line_of_a_narrow_terminal(loa: Loa) -> None:
    lines = loa("--help").out.splitlines()
    listed = lines[lines.index("Các lệnh:") + 1 :]
    assert [line.split()[0] for line in listed] == list(table())
    assert max(map(len, lines)) <= 80


def test_help_in_english_when_asked_for(loa: Loa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    assert "Usage: loa plan [OPTIONS] FILE" in loa("plan", "--help").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("pln", "Không có lệnh 'pln'. (có phải là \"plan\"?)"),
        ("statsu", "Không có lệnh 'statsu'. (có phải là \"status\"?)"),
        ("xyzzy", "Không có lệnh 'xyzzy'.\n"),
        ("registry lits", '(có phải là "list"?)'),
        ("db coppy", '(có phải là "copy"?)'),
        ("--vrsion", "Không có tùy chọn --vrsion. (Có phải là: --version)"),
        ("plan", "Thiếu tham số 'TỆP'."),
        ("plan khong-co.yaml", "'khong-co.yaml' không tồn tại."),
        ("plan campaigns", "'campaigns' là một thư mục."),
        ("init", "Thiếu tham số 'THƯ_MỤC'."),
        ("init a b", "Thừa tham số (b)"),
        ("init commune.yaml", "'commune.yaml' là một tệp."),
        ("events --last x", "'x' không phải là số nguyên."),
        ("events --last 0", "0 nằm ngoài khoảng x>=1."),
        ("events --last", "Tùy chọn '--last' cần 1 giá trị."),
        ("run --watch=1", "Tùy chọn '--watch' không nhận giá trị."),
        ("submit campaigns/tiem-phong.yaml", "Thiếu tùy chọn '--by'."),
        ("confirm a --hamlet b --by c", "Thiếu tùy chọn '--channel'. Chọn một trong:"),
        ("confirm a --hamlet b --by c --channel radio", "không thuộc các giá trị cho phép"),
        ("status -w commune.yaml", "'commune.yaml' là một tệp."),
    ],
)
def test_wrong_usage_is_told_in_vietnamese_with_status_2(
    arguments: str, words: str, loa: Loa, xa: Path
) -> None:
    said = loa(*arguments.split())
    assert said.status == 2
    assert words in said.err
    assert "Lỗi: " in said.err
    assert english_in(re.sub(r"--?\w+", "", said.err)) == []
    assert said.out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("status khong-co", "chưa có chiến dịch nào mã"),
        ("report khong-co", "chưa có chiến dịch nào mã"),
        ("preview khong-co", "chưa có chiến dịch nào mã"),
        ("approve khong-co --by minh", "chưa có chiến dịch nào mã"),
        ("cancel khong-co --by minh --reason hoãn", "chưa có chiến dịch nào mã"),
        ("retry khong-co --by minh", "chưa có chiến dịch nào mã"),
        ("resolve khong-co --by minh --sent", "chưa có chiến dịch nào mã"),
        ("submit campaigns/tiem-phong.yaml --by ai", "không có quyền trình"),
        ("confirm x --hamlet ap-9 --channel chat --by lan", "không có ấp mã"),
        ("confirm x --hamlet ap-1 --channel chat --by ai", "không được xác nhận thay"),
        ("confirm x --hamlet ap-1 --channel chat --by lan", "qua kênh nhóm chat"),
        ("passphrase ai", "không có quyền nào"),
        ("status -w campaigns", "loa init THƯ_MỤC"),
        ("init .", "đã có sẵn commune.yaml"),
        ("demo .", "thư mục không trống"),
    ],
)
def test_what_cannot_be_done_is_told_in_vietnamese_with_status_1(
    arguments: str, words: str, loa: Loa, xa: Path
) -> None:
    said = loa(*arguments.split())
    assert said.status == 1
    assert words in said.err
    assert english_in(said.err.replace("live = true", "")) == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('live = "maybe"', 'live: đang ghi "maybe"; ở đây cần true hoặc false'),
        ("lve = true", 'không có mục "lve" (có phải là "live"?)'),
        ("run = 3", "run: đang ghi 3; ở đây cần nhóm các mục con"),
        ("[run]\nthreads = 0", "run.threads: đang ghi 0; chỉ cho phép từ 1 trở lên"),
        ("[run]\nattempts = 999", "chỉ cho phép từ 100 trở xuống"),
        ("[run]\nthreads = 1.5", "ở đây cần số nguyên"),
        ("[retries.chat]\nattempt = 3", '(có phải là "attempts"?); cho phép: attempts, first_wait'),
        ("[retries.chat]\nfirst_wait = -1", "retries.chat.first_wait: đang ghi -1"),
        ("[loudspeaker]\nengine = 'espek'", '(có phải là "espeak"?); cho phép: espeak, gtts'),
        ("[loudspeaker]\nvoice = 3", "ở đây cần chữ"),
        ("[loudspeaker]\nloudness = 'to'", "ở đây cần số"),
        ("[clock]\nsimulated = 2026-12-01T05:00:00", "kèm múi giờ"),
        ("[clock]\nsimulated = 'mai'", "kèm múi giờ"),
        ("[clock]\nsimulated = true", "kèm múi giờ"),
        ("live =\n", "dòng 1, cột"),
        ("live = true\nlive = true\n", "dòng 2, cột"),
        ("ghi = '''", "cuối tệp: mỗi thiết lập chỉ ghi một lần"),
        ("[telegram]\ntoken_file = 'khong-co'", "khong-co: telegram: không đọc được tệp: không"),
    ],
)
def test_wrong_settings_are_told_in_vietnamese(
    settings: str, words: str, loa: Loa, xa: Path
) -> None:
    (xa / "loa.toml").write_text(settings, encoding="utf-8")
    said = loa("check")
    assert said.status == 1
    assert words in said.err
    assert english_in(said.err.replace("true", "")) == []


def test_settings_that_are_no_text_are_told_in_vietnamese(loa: Loa, xa: Path) -> None:
    (xa / "loa.toml").write_bytes(b"\xff\xfe")
    assert "byte 0xFF không phải chữ UTF-8" in loa("check").err
    (xa / "loa.toml").unlink()
    (xa / "loa.toml").mkdir()
    assert "không đọc được tệp: đây là một thư mục" in loa("check").err


def test_a_wrong_variable_is_named(loa: Loa, xa: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_RUN_THREADS", "hai")
    said = loa("check")
    assert (said.status, said.err) == (
        1,
        'LOA_RUN_THREADS: đang ghi "hai"; ở đây cần số nguyên\n',
    )


def test_a_ledger_that_is_none_is_told_in_vietnamese(loa: Loa, xa: Path) -> None:
    (xa / "loa.db").write_text("không phải sổ")
    said = loa("status")
    assert said.status == 1
    assert "loa.db: không mở được sổ theo dõi: tệp này không phải là sổ theo dõi" in said.err
    (xa / "loa.db").unlink()
    (xa / "loa.db").mkdir()
    assert "không mở được tệp" in loa("status").err


def test_a_ledger_damaged_while_in_use_is_no_traceback(loa: Loa, xa: Path) -> None:
    assert loa("status").status == 0
    ledger = xa / "loa.db"
    pages = ledger.read_bytes()
    ledger.write_bytes(pages[:4096] + b"\xa5" * (len(pages) - 4096))
    said = loa("status")
    assert said.status == 1
    assert "tệp bị hỏng" in said.err
    assert english_in(said.err) == []


def test_a_key_that_cannot_be_used_is_told_in_vietnamese(loa: Loa, xa: Path) -> None:
    (xa / "data.key").write_text("ngắn")
    said = loa("status")
    assert said.status == 1
    assert "khóa dữ liệu không hợp lệ" in said.err


def test_a_refused_write_is_told_in_vietnamese(loa: Loa, xa: Path) -> None:
    shutil.rmtree(xa / "artifacts", ignore_errors=True)
    (xa / "reports").write_text("một tệp ở chỗ của thư mục")
    assert loa("submit", "campaigns/tiem-phong.yaml", "--by", "lan").status == 0
    said = loa("report", "tiem-phong")
    assert said.status == 1
    assert "không ghi được báo cáo: ở chỗ của thư mục lại có một tệp" in said.err
    assert english_in(said.err.replace("live = true", "")) == []


def test_click_alone_never_shows_its_own_placeholders(loa: Loa) -> None:
    for command in table():
        shown = loa(command, "--help").out
        for placeholder in ("[OPTIONS]", "FILE", "FOLDER", "TEXT", "INTEGER", "PATH"):
            assert placeholder not in shown, command
    assert click.Command("x").options_metavar == "[OPTIONS]"


def test_the_plan_is_laid_out_by_hamlet_for_a_narrow_terminal(loa: Loa, xa: Path) -> None:
    said = loa("plan", "campaigns/tiem-phong.yaml")
    lines = said.out.splitlines()
    assert said.status == 0
    assert [line for line in lines if line in ("Ấp 1", "Ấp 2")] == ["Ấp 1", "Ấp 2"]
    assert "* ngay khi được duyệt; ở đây tính từ bây giờ" in lines
    assert max(map(len, lines)) <= 80
    assert english_in(said.out) == []


def test_the_audit_trail_holds_no_english(loa: Loa, xa: Path) -> None:
    loa("passphrase", "minh")
    loa("submit", "campaigns/tiem-phong.yaml", "--by", "lan")
    assert loa("approve", "tiem-phong", "--by", "minh").status == 0
    assert loa("cancel", "tiem-phong", "--by", "minh", "--reason", "hoãn").status == 0
    trail = loa("events").out
    for words in ("đã nạp danh bạ địa bàn  bản 1", "đã trình", "đã duyệt", "đã hủy", "hoãn"):
        assert words in trail
    assert english_in(trail) == []
    assert not re.search(r"revision|content|planned|submitted|cancelled", trail)


@pytest.mark.parametrize(
    "text",
    [
        "{{ gio",
        "{% if gio %}x",
        "{% macro a() %}{% endmacro %}",
        "{{ gio gio }}",
        "{{ }}",
        "{{ 'x }}",
        "{{ gio.upper() }}",
        "{{ gio[0] }}",
        "{{ gio | shell }}",
        "{{ 1 < 'x' }}",
        "{{ ''.__class__ }}",
        "{{ khong_co }}",
        "{% for a in hamlets %}{% for b in a %}{% endfor %}{% endfor %}",
    ],
)
def test_a_mistake_in_a_text_is_told_in_vietnamese(text: str, loa: Loa, xa: Path) -> None:
    file = xa / "campaigns" / "tiem-phong.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    said_in = next(n for n, line in enumerate(lines) if line.startswith("text:"))
    lines[said_in:] = [line for line in lines[said_in + 1 :] if not line.startswith(" ")]
    file.write_text("\n".join([*lines, f"text: {json.dumps(text)}"]), encoding="utf-8")
    said = loa("check", file)
    assert said.status == 1
    assert "text: " in said.err
    # Words of the template language, and the names that the message offers.
    left = re.sub(r"cho phép: .*|[\w.]*\b(if|for|endif|endfor|elif|else|text)\b", "", said.err)
    assert english_in(left) == []
    assert not re.search(r"expected|template|token|Call|Getitem|Macro|unsupported|'str'", left)
