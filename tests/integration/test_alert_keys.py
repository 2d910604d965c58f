"""Two people at one keyboard: the real ``loa`` in a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from support.alerts import OTHER, files, set_passphrases
from support.commune import PASSPHRASE, loa, make_commune

from engine.app import open_app
from engine.ledger import Status

TEXT = "Nước lũ đang lên nhanh. Bà con lên chỗ cao."
GIVE = ("alert", TEXT, "--by", "lan", "--with", "minh")

#: Seconds after which a program hangs.
PATIENCE = 120


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = make_commune(tmp_path / "xa")
    with open_app(folder) as app:
        set_passphrases(app)
    return folder


def typed(workspace: Path, *arguments: str, keys: dict[str, str]) -> tuple[int, str]:
    """Run ``loa`` at a terminal and answer each prompt once; return its status and the screen."""
    here, there = pty.openpty()
    environ = {k: v for k, v in os.environ.items() if not k.startswith("LOA_")}
    program = subprocess.Popen(
        [Path(sys.executable).with_name("loa"), *arguments, "-w", str(workspace)],
        stdin=there, stdout=there, stderr=there, start_new_session=True,
        env={**environ, "LOA_LANG": "en", "COLUMNS": "120"},
    )  # fmt: skip
    os.close(there)
    screen, left, deadline = "", dict(keys), time.monotonic() + PATIENCE
    while True:
        assert time.monotonic() < deadline, screen
        for prompt in [one for one in left if one in screen and _hidden(here)]:
            os.write(here, f"{left.pop(prompt)}\n".encode())
        ready, _write, _error = select.select([here], [], [], 0.02)
        if not ready:
            continue
        try:
            data = os.read(here, 4096)
        except OSError:  # the program has closed its side
            break
        if not data:
            break
        screen += data.decode("utf-8", "replace")
    os.close(here)
    return program.wait(PATIENCE), screen


def _hidden(terminal: int) -> bool:
    """Say whether what is typed is shown no more: what was typed before that is thrown away."""
    return not termios.tcgetattr(terminal)[3] & termios.ECHO


BOTH = {"Passphrase of lan": PASSPHRASE, "Passphrase of minh": OTHER}


def test_two_people_give_an_alert_in_one_command(workspace: Path) -> None:
    status, screen = typed(workspace, *GIVE, keys=BOTH)
    assert status == 0, screen
    assert "approved with two keys, lan and minh" in screen
    assert "on air now" in screen
    assert "--by PERSON --with PERSON" in screen, "the all-clear is typed once, by both"
    assert PASSPHRASE not in screen
    assert OTHER not in screen
    with open_app(workspace) as app:
        (alert,) = app.ledger.revisions.campaign_ids()
        assert app.office.newest(alert).status is Status.OPEN
    said = loa("events", alert, "-w", str(workspace))
    assert "two keys: both were there" in said.stdout
    assert "lan and minh gave their passphrases in one command" in said.stdout
    shown = loa("status", alert, "-w", str(workspace))
    assert "Approved with two keys: lan and minh." in shown.stdout
    status, screen = typed(workspace, *GIVE, keys=BOTH)
    assert status == 1
    assert f"the same text is on air since 04:00 01/12/2026 ({alert})" in screen
    checked = loa("check", "-w", str(workspace))
    assert checked.returncode == 0, checked.stderr
    alone = loa("all-clear", alert, "--by", "lan", "-w", str(workspace))
    assert alone.returncode == 0, alone.stderr
    assert f"until it is approved, what is left of {alert} goes on" in alone.stdout
    ending = ("all-clear", alert, "--by", "lan", "--with", "minh")
    status, screen = typed(workspace, *ending, keys=BOTH)
    assert status == 0, screen
    assert f"{alert} is stopped; told are those whom it reached" in screen


def test_a_wrong_key_leaves_nothing_behind(workspace: Path) -> None:
    before = files(workspace)
    status, screen = typed(workspace, *GIVE, keys={**BOTH, "Passphrase of minh": "nham-lan-roi"})
    assert status == 1
    assert "minh: the passphrase is wrong" in screen
    assert files(workspace) == before


def test_keys_are_typed_by_people_and_by_two_of_them(workspace: Path) -> None:
    """``support.commune.loa`` has a passphrase in its environment, and no terminal."""
    alone = loa(*GIVE, "-w", str(workspace))
    assert alone.returncode == 1
    assert "typed at a terminal" in alone.stderr
    oneself = loa("alert", TEXT, "--by", "minh", "--with", "minh", "-w", str(workspace))
    assert "two keys are two people's" in oneself.stderr
    assert not files(workspace, "khan*")


def test_who_is_alone_is_told_what_to_do(workspace: Path) -> None:
    said = loa("alert", TEXT, "--by", "lan", "--until", "22:00", "-w", str(workspace))
    assert said.returncode == 0, said.stderr
    (name,) = files(workspace, "khan*")
    assert f"loa approve {name.removesuffix('.yaml')} --by PERSON" in said.stdout
    assert "who may approve: minh" in said.stdout
    assert "telephone one of them" in said.stdout
    written = (workspace / "campaigns" / name).read_text("utf-8")
    assert "repeat: {every: 15m, until: 2026-12-01 22:00}" in written
    again = loa("alert", TEXT, "--by", "lan", "-w", str(workspace))
    assert again.returncode == 1
    assert "the same waits for approval since 04:00" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ((), "give either TEXT or --file"),
        (("x", "--file", "campaigns/bao-lu.yaml"), "give either TEXT or --file"),
        (("x", "--every", "3m"), "--every: "),
        (("x", "--until", "mai"), "--until: "),
        (("x", "--once", "--every", "1h"), "either --every or --once"),
        (("x", "--hamlet", "ap-9"), 'there is no hamlet "ap-9"'),
        (("x", "--cluster", "cum-9"), 'there is no cluster "cum-9"'),
        (("x", "--channels", "chat,fax"), 'there is no channel "fax"'),
        (("--file", "campaigns/bao-lu.yaml", "--drill"), "write drill: true"),
        (("--file", "campaigns/bao-lu.yaml", "--once"), "the file says that itself"),
        (("--file", "campaigns/tiem-phong.yaml"), "needs priority: emergency"),
    ],
)
def test_what_is_typed_wrong_is_told_and_nothing_is_written(
    workspace: Path, arguments: tuple[str, ...], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from engine.cli.main import build

    monkeypatch.chdir(workspace)
    monkeypatch.setenv("LOA_LANG", "en")
    before = files(workspace)
    done = CliRunner().invoke(build(), ["alert", *arguments, "--by", "lan"])
    assert fault in f"{done.output} {done.exception}"
    assert files(workspace) == before


def test_a_province_is_told_plainly_that_alerts_are_a_commune_s(tmp_path: Path) -> None:
    (tmp_path / "province.yaml").write_text("x", encoding="utf-8")
    said = loa("alert", TEXT, "--by", "lan", "-w", str(tmp_path))
    assert said.returncode == 1
    assert "are a commune's" in said.stderr
